"""Functions that arrange entries in another shape."""

import math
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.library.rows import Row, charge, extent, row, rows, shape, size


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
    """Each part is an array, be it empty."""
    parts = indices_or_sections
    charge(budget, int(parts) if isinstance(parts, (int, np.integer)) else size(parts))


TABLE: dict[str, Row] = {
    **rows(
        np,
        """reshape ravel squeeze expand_dims transpose permute_dims matrix_transpose swapaxes moveaxis
        rollaxis atleast_1d atleast_2d atleast_3d concatenate concat stack hstack vstack
        column_stack dstack flip fliplr flipud roll rot90 diagonal tril triu append insert delete
        shape size ndim block""",
    ),
    "numpy.broadcast_to": row(np.broadcast_to, _broadcast),
    "numpy.broadcast_arrays": row(np.broadcast_arrays, _broadcast_all),
    "numpy.tile": row(np.tile, _tiled),
    "numpy.pad": row(np.pad, _padded),
    **rows(np, "split array_split hsplit vsplit dsplit", _split),
}
