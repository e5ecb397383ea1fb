"""Helpers for the SymPy forms in the table.

The argument `sp` is SymPy itself in tests, and in validation a module with the same names for numbers of
100 digits. Arrays are NumPy arrays of its objects.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Exact = NDArray[Any]  # (rows, columns) of objects


def choice(sp: Any, condition: Any, yes: Any, no: Any) -> Any:
    """One of two values."""
    return sp.Piecewise((yes, condition), (no, True))


def truth(relation: Callable[..., Any]) -> Callable[..., Any]:
    """A condition as 1 and 0; `relation` gets `sp` and the entries."""
    return lambda sp, *entries: choice(sp, relation(sp, *entries), sp.Integer(1), sp.Integer(0))


def each(function: Callable[[Any], Any], array: Exact) -> Exact:
    """A function applied to each entry."""
    return np.asarray(np.frompyfunc(function, 1, 1)(array), dtype=object)


def summed(array: Exact, axis: int | None) -> Exact:
    """The sum of all entries, or along an axis; the number of axes stays."""
    return np.asarray(np.sum(array, axis=axis, keepdims=True), dtype=object)
