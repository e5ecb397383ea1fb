"""Grades hand derivations of gradients, judged by value on random draws of the weights.

`load_problem`, `grade` and `draw` are the Python API; `grader --help` is the command line.
"""

from typing import TYPE_CHECKING

from grader.version import __version__

if TYPE_CHECKING:
    from grader.api import draw, grade, key_latex, load_problem

__all__ = ["__version__", "draw", "grade", "key_latex", "load_problem"]


def __getattr__(name: str) -> object:
    """The API, imported when it is used: the command line starts without it."""
    if name not in __all__:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    import grader.api

    return getattr(grader.api, name)
