"""For authors: checks of a problem, new problems, handouts and worked keys."""
