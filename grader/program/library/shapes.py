"""Functions that arrange entries in another shape."""

import math
from typing import Any

import numpy as np

from grader.program.budget import ITEMS, Budget
from grader.program.errors import Refused
from grader.program.library.rows import Row, charge, extent, kept, plain, row, rows, shape, size

AXES = 32  # of an array


def lengths(value: Any) -> tuple[int, ...]:
    """A shape as people give it: one number or several. Raises TypeError for anything else."""
    if isinstance(value, (int, np.integer)):
        return (int(value),)
    if len(value) > AXES:
        raise ValueError(f"an array of more than {AXES} axes")
    return tuple([int(length) for length in value])


def joined(budget: Budget, arrays: Any, *_: Any, **__: Any) -> None:
    """A guard for arrays that are put together; an array is the list of its rows."""
    if type(arrays) is np.ndarray:
        pieces(budget, len(arrays))
    charge(budget, size(arrays))


def _triangle(budget: Budget, m: Any, k: Any = 0) -> None:
    """A vector counts as the row of a square matrix."""
    charge(budget, size(m) ** 2 if len(shape(m)) == 1 else size(m))


def _shapes(budget: Budget, *shapes: Any) -> None:
    for each in shapes:
        lengths(each)


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
    if max(size(shift), size(axis)) > ROLLED:
        raise Refused("`roll` along so many axes")
    charge(budget, size(a))


def _inserted(budget: Budget, arr: Any, obj: Any, values: Any, axis: Any = None) -> None:
    lengths = shape(arr)
    rest = 1 if axis is None else extent(lengths) // max(1, lengths[axis])
    charge(budget, size(arr) + max(size(values), rest * size(obj)))


def _beside(name: str) -> Row:
    """`np.c_` and `np.r_`, which are given what stands in their brackets."""
    joins = getattr(np, name)

    def join(budget: Budget, *parts: Any) -> Any:
        parts = tuple([plain(part) for part in parts])
        if any(isinstance(part, str | slice) for part in parts):
            raise Refused(f"`{name}` of ranges is not run", hint="Write `np.arange`.")
        joined(budget, parts)
        return kept(joins[parts])

    return join


ROLLED = 4  # axes of one `roll`
TABLE: dict[str, Row] = {
    **rows(
        np,
        """reshape ravel squeeze expand_dims transpose permute_dims matrix_transpose swapaxes moveaxis
        rollaxis atleast_1d atleast_2d atleast_3d flip fliplr flipud rot90 diagonal append delete
        shape size ndim block""",
    ),
    **rows(np, "concatenate concat stack hstack vstack column_stack dstack", joined),
    **rows(np, "tril triu", _triangle),
    **{f"numpy.{name}": _beside(name) for name in ("c_", "r_")},
    "numpy.roll": row(np.roll, _rolled),
    "numpy.insert": row(np.insert, _inserted),
    "numpy.broadcast_to": row(np.broadcast_to, _broadcast),
    "numpy.broadcast_arrays": row(np.broadcast_arrays, _broadcast_all),
    "numpy.broadcast_shapes": row(np.broadcast_shapes, _shapes),
    "numpy.tile": row(np.tile, _tiled),
    "numpy.pad": row(np.pad, _padded),
    **rows(np, "split array_split hsplit vsplit dsplit", _split),
}
