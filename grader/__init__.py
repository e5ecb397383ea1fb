"""Grades hand derivations of gradients, judged by value on random draws of the weights."""

from grader.version import __version__

__all__ = ["__version__"]
