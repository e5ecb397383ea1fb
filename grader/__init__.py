"""Grade hand derivations of gradients, by their values on random draws of the weights.

The Python API is `load_problem`, `grade`, `draw` and `key_latex`; `grader --help` shows the command line.
"""

from grader.version import __version__

TYPE_CHECKING = False  # as that of `typing`, which takes a while to import

if TYPE_CHECKING:
    from grader.api import draw, grade, key_latex, load_problem

__all__ = ["__version__", "draw", "grade", "key_latex", "load_problem"]


def __getattr__(name: str) -> object:
    """Import the API on first use: the command line starts faster without it."""
    if name not in __all__:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    import grader.api

    return getattr(grader.api, name)
