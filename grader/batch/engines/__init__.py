"""Where the work of a batch is done: processes on this machine, or a Dask cluster."""
