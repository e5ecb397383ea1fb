"""Functions that arrange entries in another shape."""

import math
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.rows import ITEMS, Row, charge, extent, row, rows, shape, size


def lengths(value: Any) -> tuple[int, ...]:
    """A shape as people give it: one number or several. Raises TypeError for anything else."""
    if isinstance(value, (int, np.integer)):
        return (int(value),)
    return tuple([int(length) for length in value])


def _broadcast(budget: Budget, array: Any, shape: Any, **_: Any) -> None:
    charge(budget, extent(lengths(shape)))


def _broadcast_all(budget: Budget, *arrays: Any, **_: Any) -> None:
    together = np.broadcast_shapes(*[shape(array) for array in arrays])
    charge(budget, max(1, len(arrays)) * extent(together))


def _tiled(budget: Budget, A: Any, reps: Any) -> None:
    charge(budget, extent(shape(A)) * extent(lengths(reps)))


def _padded(budget: Budget, array: Any, pad_width: Any, *_: Any, **__: Any) -> None:
    widths = np.asarray(pad_width)
    most = shape(array)
    sides = np.broadcast_to(widths, (len(most), 2)).tolist()
    charge(
        budget, math.prod([n + sum(map(int, side)) for n, side in zip(most, sides, strict=True)])
    )


def _split(budget: Budget, ary: Any, indices_or_sections: Any, *_: Any, **__: Any) -> None:
    parts = indices_or_sections
    pieces(budget, int(parts) if isinstance(parts, (int, np.integer)) else size(parts))


def pieces(budget: Budget, count: int) -> None:
    """A guard: each part is an array, be it empty. Raises Refused if there are too many."""
    charge(budget, 100 * count)
    if count > ITEMS:
        raise Refused(f"an array in more than {ITEMS:,} parts")


def _rolled(budget: Budget, a: Any, shift: Any, axis: Any = None) -> None:
    """Two pieces for each axis, and all pairs of these."""
    if size(axis) > AXES:
        raise Refused("`roll` along so many axes")
    charge(budget, size(a))


def _inserted(budget: Budget, arr: Any, obj: Any, values: Any, axis: Any = None) -> None:
    lengths = shape(arr)
    rest = 1 if axis is None else extent(lengths) // max(1, lengths[axis])
    charge(budget, size(arr) + max(size(values), rest * size(obj)))


AXES = 4  # of one `roll`
TABLE: dict[str, Row] = {
    **rows(
        np,
        """reshape ravel squeeze expand_dims transpose permute_dims matrix_transpose swapaxes moveaxis
        rollaxis atleast_1d atleast_2d atleast_3d concatenate concat stack hstack vstack
        column_stack dstack flip fliplr flipud rot90 diagonal tril triu append delete
        shape size ndim block""",
    ),
    "numpy.roll": row(np.roll, _rolled),
    "numpy.insert": row(np.insert, _inserted),
    "numpy.broadcast_to": row(np.broadcast_to, _broadcast),
    "numpy.broadcast_arrays": row(np.broadcast_arrays, _broadcast_all),
    "numpy.broadcast_shapes": row(np.broadcast_shapes),
    "numpy.tile": row(np.tile, _tiled),
    "numpy.pad": row(np.pad, _padded),
    **rows(np, "split array_split hsplit vsplit dsplit", _split),
}
