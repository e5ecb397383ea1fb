"""What an array can do itself: its methods and attributes in NumPy."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from grader.program.budget import ITEMS, Budget
from grader.program.errors import Failed, Refused
from grader.program.library.dtypes import type_of
from grader.program.library.elementwise import broadcasts
from grader.program.library.indexing import TABLE as INDEXING
from grader.program.library.products import TABLE as PRODUCTS
from grader.program.library.reductions import reduction
from grader.program.library.rows import Guard, Row, inputs, nothing, row, size


def _called(name: str) -> Callable[..., Any]:
    """A function that calls one method; the name is ours, never a program's."""

    def call(array: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(array, name)(*args, **kwargs)

    return call


def _method(name: str, guard: Guard = inputs) -> Row:
    return row(_called(name), guard)


def _clip(budget: Budget, array: Any, *args: Any, **kwargs: Any) -> None:
    bounds = [kwargs[name] for name in ("min", "max") if name in kwargs]
    broadcasts(budget, array, *args[:2], *bounds)


def _short(budget: Budget, array: Any) -> None:
    if size(array) > ITEMS:
        raise Refused(f"a list of more than {ITEMS:,} items")


def view(array: Any, *shape: Any) -> Any:
    """PyTorch's `x.view(2, -1)`, and NumPy's `x.view()`.

    Raises Failed where the entries would have to be copied.
    """
    if any(isinstance(length, np.dtype) for length in shape):
        raise Refused("`view` of another type")
    viewed = array.reshape(*shape) if shape else array[...]
    if array.size and not np.shares_memory(viewed, array):
        raise Failed("`view` of an array whose entries do not lie in a row")
    return viewed


REDUCED = "sum mean prod max min var std any all argmax argmin cumsum cumprod".split()
PLAIN = """argpartition argsort astype compress conj copy diagonal fill flatten nonzero partition put
    ravel reshape round searchsorted sort trace""".split()
FREE = "item squeeze swapaxes transpose".split()

METHODS: dict[str, Row] = {
    **{name: reduction(_called(name)) for name in REDUCED},
    **{name: _method(name) for name in PLAIN},
    **{name: _method(name, nothing) for name in FREE},
    "clip": _method("clip", _clip),
    "tolist": _method("tolist", _short),
    "dot": PRODUCTS["numpy.dot"],
    "repeat": INDEXING["numpy.repeat"],
    "take": INDEXING["numpy.take"],
    "view": row(view),
}


def _attribute(get: Callable[[Any], Any]) -> Row:
    """A row that costs nothing: a view, or a number that is known already."""
    return lambda budget, array: get(array)


def _flat(array: Any) -> Any:
    """All entries as one axis that shares memory. Raises Refused if there is no such axis."""
    if not array.flags.c_contiguous:
        raise Refused("`.flat` of a transposed or sliced array")
    return array.reshape(-1)


ATTRIBUTES: dict[str, Row] = {
    "flat": _attribute(_flat),
    **{
        name: _attribute(attrgetter(name))
        for name in "T shape size ndim nbytes itemsize real".split()
    },
    "mT": _attribute(lambda array: np.swapaxes(array, -1, -2)),
    "dtype": _attribute(type_of),
    "data": _attribute(lambda array: array),
}
