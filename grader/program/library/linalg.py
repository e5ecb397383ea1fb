"""Linear algebra, of small matrices."""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.rows import Row, charge, extent, inputs, row, rows, shape, size

LONGEST = 400  # rows or columns
MATRICES = 16  # of one product


def _small(budget: Budget, *arrays: Any, **_: Any) -> None:
    """A guard for what takes time that grows with the third power of the length."""
    for array in arrays:
        lengths = shape(array)[-2:]
        if len(shape(array)) > 1 and max(lengths) > LONGEST:
            raise Refused(f"linear algebra with more than {LONGEST} rows")
        charge(budget, size(array), size(array) * max(lengths, default=1))


def _squares(budget: Budget, *arrays: Any, **_: Any) -> None:
    """Singular vectors make a square matrix of each side."""
    _small(budget, *arrays[:1])
    lengths = shape(arrays[0])
    charge(budget, 2 * extent(lengths[:-2]) * max(lengths[-2:], default=1) ** 2)


def _solved(budget: Budget, a: Any, b: Any, **_: Any) -> None:
    _small(budget, a)
    left, right = shape(a), shape(b)
    stack = extent(np.broadcast_shapes(left[:-2], right[:-2]))
    columns = extent(right[-1:]) if len(right) > 1 else 1
    charge(budget, stack * extent(left[-1:]) * columns, stack * extent(left[-2:]) * columns)


def _norm(budget: Budget, x: Any, ord: Any = None, axis: Any = None, *_: Any, **__: Any) -> None:
    inputs(budget, x)
    if ord in (2, -2, "nuc") and len(shape(x)) > 1:
        longest = max(shape(x))
        if longest > LONGEST:
            raise Refused(f"a norm by singular values with more than {LONGEST} rows")
        charge(budget, size(x), size(x) * longest)


def _power(budget: Budget, a: Any, n: Any) -> None:
    _small(budget, a)
    charge(
        budget,
        size(a),
        2 * size(a) * max(shape(a)[-1:], default=1) * max(1, abs(int(n)).bit_length()),
    )


def _chained(budget: Budget, arrays: Any, **_: Any) -> None:
    if len(arrays) > MATRICES:
        raise Refused("a product of too many matrices")
    longest = max([max(shape(array), default=1) for array in arrays], default=1)
    charge(budget, longest**2, len(arrays) * longest**3)


TABLE: dict[str, Row] = {
    **rows(
        np.linalg,
        "inv det slogdet pinv cholesky eigvalsh matrix_rank cond",
        _small,
        "numpy.linalg.",
    ),
    **rows(np.linalg, "svd qr eigh", _squares, "numpy.linalg."),
    "numpy.linalg.norm": row(np.linalg.norm, _norm),
    "numpy.linalg.solve": row(np.linalg.solve, _solved),
    "numpy.linalg.matrix_power": row(np.linalg.matrix_power, _power),
    "numpy.linalg.multi_dot": row(np.linalg.multi_dot, _chained),
}
