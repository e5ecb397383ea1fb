"""Arrays of numbers: .npz, .npy and .csv."""
