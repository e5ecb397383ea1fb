"""What does the work of a batch: processes on this machine, or a Dask cluster."""
