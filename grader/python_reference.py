"""References that the author's own Python computes: `reference: {python: file.py:function}`.

Authors are trusted, but make mistakes: every error of their code is reported with its line.
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
    """The author's code failed; the text says how and where."""


def computed(reference: Python, draws: Draws) -> Array:
    """The values of a reference, (draws, rows, columns): the function is called once a draw.

    Raises AuthoredError.
    """
    function = _function(reference)
    rows = [_row(reference, function, draws, at) for at in range(draws.count)]
    shapes = sorted({row.shape for row in rows})
    if len(shapes) > 1:
        raise AuthoredError(f"the Python reference returns arrays of different shapes: {shapes}")
    expected = np.stack(rows)
    if expected.ndim != 3 or not np.isfinite(expected).all():
        raise AuthoredError(
            "the Python reference should return an array of finite numbers with at most two axes"
        )
    return expected


def natural(array: Array) -> "Array | float":
    """An array as NumPy users write it: a scalar is a float, a column has one axis."""
    if array.shape == SCALAR:
        return float(array[0, 0])
    return array[:, 0] if array.shape[1] == 1 else array


def _row(reference: Python, function: Function, draws: Draws, at: int) -> Array:
    values: dict[str, object] = {name: natural(array[at]) for name, array in draws.values.items()}
    result = _run(reference.file, lambda: function(values))
    try:
        return np.atleast_2d(np.asarray(result, dtype=np.float64))
    except (TypeError, ValueError):
        kind = type(result).__name__
        raise AuthoredError(
            f"the Python reference should return an array of numbers, but it returned {kind}"
        ) from None


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
        raise AuthoredError(f"{file.name} has no function {reference.function}()")
    return function  # type: ignore[no-any-return]


def _run(file: Path, action: Callable[[], object]) -> object:
    """Run the author's code; what it prints goes to standard error."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return action()
    except (Exception, SystemExit) as error:  # the author's code may raise anything
        place = _line(file, error)
        raise AuthoredError(f"{file.name}{place}: {type(error).__name__}: {error}") from None


def _line(file: Path, error: BaseException) -> str:
    """The line of the author's file that raised an error, as `:12`; "" if there is none."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f":{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename) == file]
    return f":{lines[-1]}" if lines else ""
