"""Functions of each entry: NumPy's ufuncs with their methods, and what is like them."""

import math
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.rows import (
    SMALL,
    Row,
    charge,
    extent,
    row,
    rows,
    shape,
    size,
)  # fmt: skip

CASES = 64  # of one `select`
NOT_BROADCAST = {"out", "axis", "axes", "dtype", "order", "casting"}


def broadcasts(budget: Budget, *args: Any, **kwargs: Any) -> None:
    """A guard: the result has the shape that all arguments have together."""
    named = [value for name, value in kwargs.items() if name not in NOT_BROADCAST]
    arrays = [value for value in (*args, *named) if type(value) in (np.ndarray, list, tuple)]
    product = math.prod([size(value) for value in arrays])
    if not 0 < product <= SMALL:
        product = extent(np.broadcast_shapes(*[shape(value) for value in arrays]))
    charge(budget, product)


def _unary(ufunc: np.ufunc) -> Row:
    slow = row(ufunc, broadcasts)

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and type(args[0]) is np.ndarray:
            budget.array(args[0].size)
            return ufunc(args[0])
        return slow(budget, *args, **kwargs)

    return call


def _binary(ufunc: np.ufunc) -> Row:
    slow = row(ufunc, broadcasts)

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 2 and not kwargs:
            a, b = args
            if type(a) is np.ndarray and (
                type(b) is float or (type(b) is np.ndarray and 0 < a.size * b.size <= SMALL)
            ):
                result = ufunc(a, b)
                budget.array(result.size)
                return result
        return slow(budget, *args, **kwargs)

    return call


UNARY = """negative positive absolute abs fabs sign exp exp2 expm1 log log2 log10 log1p sqrt cbrt square
    reciprocal sin cos tan arcsin arccos arctan asin acos atan sinh cosh tanh arcsinh arccosh arctanh
    asinh acosh atanh deg2rad rad2deg degrees radians isnan isinf isfinite signbit floor ceil trunc
    rint logical_not invert bitwise_not spacing""".split()
BINARY = """add subtract multiply divide true_divide floor_divide power pow float_power mod remainder
    fmod maximum minimum fmax fmin hypot arctan2 atan2 copysign logaddexp logaddexp2 heaviside
    greater greater_equal less less_equal equal not_equal logical_and logical_or logical_xor
    bitwise_and bitwise_or bitwise_xor left_shift right_shift nextafter""".split()
REDUCED = """add subtract multiply maximum minimum fmax fmin logical_and logical_or logical_xor
    logaddexp""".split()


def _outer(budget: Budget, a: Any, b: Any, **kwargs: Any) -> None:
    charge(budget, size(a) * size(b))


def _methods() -> dict[str, Row]:
    table = {}
    for name in BINARY:
        ufunc = getattr(np, name)
        table[f"numpy.{name}.outer"] = row(ufunc.outer, _outer)
        if name in REDUCED:
            table[f"numpy.{name}.reduce"] = row(ufunc.reduce)
            table[f"numpy.{name}.accumulate"] = row(ufunc.accumulate)
    return table


def _where(budget: Budget, condition: Any, *args: Any) -> None:
    """With one argument it gives the indices, an array for each axis."""
    broadcasts(budget, condition, *args)
    charge(budget, size(condition) * (0 if args else np.ndim(condition)))


def _select(budget: Budget, condlist: Any, choicelist: Any, default: Any = 0) -> None:
    if len(condlist) > CASES:
        raise Refused("`select` of too many cases")
    broadcasts(budget, *condlist, *choicelist, default)


TABLE: dict[str, Row] = {
    **{f"numpy.{name}": _unary(getattr(np, name)) for name in UNARY if hasattr(np, name)},
    **{f"numpy.{name}": _binary(getattr(np, name)) for name in BINARY if hasattr(np, name)},
    **_methods(),
    "numpy.clip": row(np.clip, broadcasts),
    "numpy.where": row(np.where, _where),
    "numpy.select": row(np.select, _select),
    **rows(np, "nan_to_num round around fix sinc real isreal iscomplex isneginf isposinf"),
    **rows(np, "isclose allclose array_equiv divmod", broadcasts),
    **rows(np, "array_equal interp modf"),
}
