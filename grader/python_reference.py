"""References that the author's own Python computes: `reference: {python: file.py:function}`.

Authors are trusted, and make mistakes: whatever their code does, they are told where.
"""

import contextlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader.draws import Draws
from grader.expression import SCALAR
from grader.primitives import Array
from grader.problem import Python

Function = Callable[[dict[str, object]], object]


class AuthoredError(Exception):
    """What is wrong with the author's code, in a sentence."""


def computed(reference: Python, draws: Draws) -> Array:
    """The values of a reference on all draws, (draws, rows, columns): the function is called for each.

    Raises AuthoredError.
    """
    function = _function(reference)
    rows = [_row(reference, function, draws, at) for at in range(draws.count)]
    shapes = sorted({row.shape for row in rows})
    if len(shapes) > 1:
        raise AuthoredError(f"the Python reference gives arrays of several shapes: {shapes}")
    expected = np.stack(rows)
    if expected.ndim != 3 or not np.isfinite(expected).all():
        raise AuthoredError("the Python reference gave no finite array of two axes")
    return expected


def natural(array: Array) -> "Array | float":
    """An array as NumPy users hold it: a scalar as a float, a column as one axis."""
    if array.shape == SCALAR:
        return float(array[0, 0])
    return array[:, 0] if array.shape[1] == 1 else array


def _row(reference: Python, function: Function, draws: Draws, at: int) -> Array:
    values: dict[str, object] = {name: natural(array[at]) for name, array in draws.values.items()}
    given = _run(reference.file, lambda: function(values))
    try:
        return np.atleast_2d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        kind = type(given).__name__
        raise AuthoredError(f"the Python reference gave no array of numbers but {kind}") from None


def _function(reference: Python) -> Function:
    file = reference.file
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise AuthoredError(f"there is no file {file.name} beside the problem")
    module = importlib.util.module_from_spec(spec)
    loader = spec.loader
    _run(file, lambda: loader.exec_module(module))
    function = getattr(module, reference.function, None)
    if not callable(function):
        raise AuthoredError(f"{file.name} has no {reference.function}()")
    return function  # type: ignore[no-any-return]


def _run(file: Path, action: Callable[[], object]) -> object:
    """What the author's code does; what it prints goes to standard error."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return action()
    except (Exception, SystemExit) as error:  # the author's code may raise anything
        place = _line(file, error)
        raise AuthoredError(f"{file.name}{place}: {type(error).__name__}: {error}") from None


def _line(file: Path, error: BaseException) -> str:
    """Where in the author's file an error was raised."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f":{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == file]
    return f":{lines[-1]}" if lines else ""
