"""Functions that choose, sort and change entries."""

import math
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.library.elementwise import BINARY, broadcasts
from grader.program.library.rows import Row, charge, extent, plain, row, rows, shape, size


def index(value: Any) -> Any:
    """An index of an array: a number, slice, `None`, `...`, array or list, or a tuple of these.

    Raises Refused for anything else.
    """
    if type(value) is tuple:
        return tuple([index(part) for part in value])
    if type(value) is slice:
        return slice(plain(value.start), plain(value.stop), plain(value.step))
    return value if value is Ellipsis else plain(value)


def chosen(array: np.ndarray, place: Any) -> int:
    """No fewer than the entries of `array[place]`. Raises ValueError or IndexError as that does."""
    parts = place if type(place) is tuple else (place,)
    arrays: list[tuple[int, ...]] = []
    size, axis = 1, 0
    for part in parts:
        if part is Ellipsis:
            rest = array.ndim - axis - sum([_axes(each) for each in parts if each is not Ellipsis])
            rest += axis - sum([_axes(each) for each in parts[: parts.index(Ellipsis)]])
            size *= extent(array.shape[axis : axis + max(rest, 0)])
            axis += max(rest, 0)
            continue
        if type(part) is slice:
            size *= extent(array.shape[axis : axis + 1])
        elif type(part) in (np.ndarray, list, bool, np.bool_):
            arrays.append(_entries(part))
        axis += _axes(part)
    size *= extent(array.shape[axis:])
    return size * extent(np.broadcast_shapes(*arrays))


def _is_mask(part: Any) -> bool:
    return type(part) in (np.ndarray, list, bool, np.bool_) and np.asarray(part).dtype == bool


def _axes(part: Any) -> int:
    """How many axes a part of an index takes."""
    if part is None:
        return 0
    return np.ndim(part) if _is_mask(part) else 1


def _entries(part: Any) -> tuple[int, ...]:
    return (int(np.count_nonzero(part)),) if _is_mask(part) else shape(part)


def at(ufunc: np.ufunc) -> Row:
    """`np.add.at(a, index, values)`."""

    def call(budget: Budget, a: Any, indices: Any, *values: Any) -> None:
        array, place = plain(a), index(indices)
        given = [plain(value) for value in values]
        charge(budget, max(chosen(np.asarray(array), place), *[size(value) for value in given], 1))
        ufunc.at(array, place, *given)

    return call


def taken(budget: Budget, a: Any, indices: Any, axis: Any = None, *_: Any, **__: Any) -> None:
    """A guard: each index brings all that lies along the other axes."""
    lengths = shape(a)
    rest = 1 if axis is None else extent(lengths) // max(1, lengths[axis])
    charge(budget, rest * extent(shape(indices)))


def along(budget: Budget, arr: Any, indices: Any, *rest: Any, **_: Any) -> None:
    """`take_along_axis` broadcasts all axes but one."""
    a, b = shape(arr), shape(indices)
    charge(budget, math.prod([max(m, n) for m, n in zip(a, b, strict=False)]))


def _indices(budget: Budget, n: Any, k: Any = 0, m: Any = None) -> None:
    charge(budget, 2 * max(1, int(n)) * max(1, int(n if m is None else m)))


def _found(budget: Budget, a: Any) -> None:
    charge(budget, size(a) * max(1, np.ndim(a)))


def _grid(budget: Budget, *arrays: Any, **kwargs: Any) -> None:
    charge(budget, max(1, len(arrays)) * math.prod([max(1, size(array)) for array in arrays]))


def _counted(budget: Budget, x: Any, weights: Any = None, minlength: Any = 0) -> None:
    top = np.max(x) if size(x) else 0
    charge(budget, max(size(x), int(top) + 1, int(minlength)))


def _repeated(budget: Budget, a: Any, repeats: Any, axis: Any = None) -> None:
    lengths = shape(a)
    times = np.asarray(repeats)
    if times.size == 1:
        charge(budget, extent(lengths) * max(1, int(times.reshape(-1)[0])))
    else:
        axis_length = extent(lengths) if axis is None else max(1, lengths[axis])
        charge(budget, extent(lengths) // axis_length * max(1, sum(map(int, times.flat))))


TABLE: dict[str, Row] = {
    **{f"numpy.{name}.at": at(getattr(np, name)) for name in BINARY if hasattr(np, name)},
    "numpy.take": row(np.take, taken),
    "numpy.take_along_axis": row(np.take_along_axis, along),
    "numpy.put_along_axis": row(np.put_along_axis, along),
    "numpy.compress": row(np.compress),
    "numpy.extract": row(np.extract),
    "numpy.nonzero": row(np.nonzero, _found),
    "numpy.argwhere": row(np.argwhere, _found),
    **rows(
        np, "flatnonzero argsort sort argpartition partition unique searchsorted digitize isin in1d"
    ),
    "numpy.ix_": row(np.ix_),
    "numpy.meshgrid": row(np.meshgrid, _grid),
    "numpy.triu_indices": row(np.triu_indices, _indices),
    "numpy.tril_indices": row(np.tril_indices, _indices),
    "numpy.diag_indices": row(np.diag_indices, lambda budget, n, ndim=2: charge(budget, n * ndim)),
    "numpy.bincount": row(np.bincount, _counted),
    "numpy.repeat": row(np.repeat, _repeated),
    "numpy.copyto": row(np.copyto, broadcasts),
    **rows(np, "putmask place put fill_diagonal"),
}
