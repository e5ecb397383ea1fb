"""Methods that both NumPy and PyTorch have, in programs of the one, of the other and of both."""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import ProgramError, Refused
from grader.program.library.rows import Row

TORCH_KEYWORDS = {"dim", "keepdim", "dim0", "dim1", "unbiased", "descending"}
DIFFER = """transpose swapaxes std var max min repeat sort argsort squeeze nonzero sum mean prod any all
    argmax argmin flatten dot take clip""".split()


def either(ours: dict[str, Row], theirs: dict[str, Row]) -> dict[str, Row]:
    """NumPy's methods; where the keywords are PyTorch's alone, PyTorch's."""
    return {
        name: _by_keywords(function, theirs[name]) if name in theirs else function
        for name, function in ours.items()
    }


def _by_keywords(numpy: Row, torch: Row) -> Row:
    def call(budget: Budget, array: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not TORCH_KEYWORDS.isdisjoint(kwargs):
            return torch(budget, array, *args, **kwargs)
        return numpy(budget, array, *args, **kwargs)

    return call


def agreed(ours: dict[str, Row], theirs: dict[str, Row]) -> dict[str, Row]:
    """For a program that imports both: what both mean alike, or what one of them means at all."""
    return {name: _agreed(name, ours[name], theirs[name]) for name in DIFFER if name in theirs}


def _agreed(name: str, numpy: Row, torch: Row) -> Row:
    """Raises Refused if the two give different values."""

    def call(budget: Budget, array: Any, *args: Any, **kwargs: Any) -> Any:
        if name == "sort":
            raise Refused("`sort` changes an array in NumPy and makes a new one in PyTorch")
        first, second = (_outcome(row, budget, array, args, kwargs) for row in (numpy, torch))
        if isinstance(second, Exception):
            if isinstance(first, Exception):
                raise first
            return first
        if isinstance(first, Exception) or _same(first, second):
            return second
        raise Refused(f"`{name}` means one thing in NumPy and another in PyTorch")

    return call


RAISED = (ValueError, TypeError, IndexError, ProgramError)


def _outcome(row: Row, budget: Budget, array: Any, args: Any, kwargs: Any) -> Any:
    try:
        return row(budget, array, *args, **kwargs)
    except RAISED as error:
        return error


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) or isinstance(b, tuple):
        return False
    return np.array_equal(a, b, equal_nan=True)


def of_numbers(table: dict[str, Row]) -> dict[str, Row]:
    """The methods of an array for a number; Python's own numbers count as NumPy's."""
    return {name: _of_number(function) for name, function in table.items()}


def _of_number(function: Row) -> Row:
    def call(budget: Budget, number: Any, *args: Any, **kwargs: Any) -> Any:
        value = np.asarray(number)[()] if type(number) in (bool, int, float) else number
        return function(budget, value, *args, **kwargs)

    return call
