"""Arrays of numbers: .npz, .npy, tables, and printed ones."""
