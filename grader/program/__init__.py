"""Programs that students hand in: a small part of Python with NumPy's meaning, run by an evaluator of our own."""
