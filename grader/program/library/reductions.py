"""Functions that take an axis away, and running sums."""

from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.rows import Row, charge, inputs, row, rows, size


def reduction(function: Any) -> Row:
    """A row of a reduction of one array; `where` cannot make it larger."""
    slow = row(function)

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) is np.ndarray and args[0].size:
            for name, value in kwargs.items():
                if not (
                    (name == "axis" and (type(value) is int or value is None))
                    or (name == "keepdims" and type(value) is bool)
                ):
                    break
            else:
                budget.array(args[0].size)
                return function(args[0], **kwargs)
        return slow(budget, *args, **kwargs)

    return call


def _quantiles(budget: Budget, a: Any, q: Any, *_: Any, **__: Any) -> None:
    charge(budget, size(a) * size(q))


def _differences(budget: Budget, a: Any, n: Any = 1, *args: Any, **kwargs: Any) -> None:
    """NumPy takes the differences `n` times, even of nothing."""
    if n > ORDER:
        raise Refused("differences of so high an order")
    inputs(budget, a, *args, **kwargs)


ORDER = 16  # of differences
NAMES = """sum mean prod max min amax amin var std any all nansum nanmean nanmax nanmin argmax argmin
    cumsum cumprod count_nonzero ptp""".split()

TABLE: dict[str, Row] = {
    **{f"numpy.{name}": reduction(getattr(np, name)) for name in NAMES},
    **rows(np, "median average nanprod nanvar nanstd nanargmax nanargmin nancumsum nancumprod"),
    **rows(np, "percentile quantile", _quantiles),
    "numpy.diff": row(np.diff, _differences),
}
