"""Programs that students hand in: a part of Python with NumPy's meaning, run by our own evaluator."""
