"""Functions of `scipy.special` and `math`, with the values that these have."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.library.elementwise import broadcasts
from grader.program.library.rows import Row, charge, plain, row, size


def expit(x: Any) -> Any:
    """The logistic function, without overflow."""
    x = np.asarray(x)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def softmax(x: Any, axis: Any = None) -> Any:
    """Exponentials that sum to one along `axis`."""
    x = np.asarray(x)
    powers = np.exp(x - np.amax(x, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithm of `softmax`."""
    x = np.asarray(x)
    low = x - np.amax(x, axis=axis, keepdims=True)
    return low - np.log(np.sum(np.exp(low), axis=axis, keepdims=True))


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    """The logarithm of the sum of `b * exp(a)`."""
    a = np.asarray(a)
    top = np.amax(
        a if b is None else np.where(np.asarray(b) != 0, a, -np.inf), axis=axis, keepdims=True
    )
    top = np.where(np.isfinite(top), top, 0.0)
    powers = np.exp(a - top) if b is None else np.asarray(b) * np.exp(a - top)
    total = np.log(np.sum(powers, axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)[()]


def _weighed(budget: Budget, a: Any, axis: Any = None, b: Any = None, **_: Any) -> None:
    broadcasts(budget, a, 1.0 if b is None else b)


def xlogy(x: Any, y: Any) -> Any:
    """`x * log(y)`, and zero where `x` is."""
    x, y = np.broadcast_arrays(x, y)
    return np.where((x == 0) & ~np.isnan(y), 0.0, x * np.log(y))[()]


def entr(x: Any) -> Any:
    """`-x * log(x)`, zero at zero and minus infinity below."""
    x = np.asarray(x)
    return np.where(x < 0, -np.inf, -xlogy(x, x))[()]


def each(function: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function of `math` for each entry."""

    def call(x: Any) -> Any:
        array = np.asarray(x, dtype=float)
        return np.array([function(entry) for entry in array.flat]).reshape(array.shape)[()]

    return call


def _slow(budget: Budget, x: Any) -> None:
    """Each entry costs as much as a hundred of NumPy's."""
    charge(budget, size(x), 100 * size(x))


def logit(p: Any) -> Any:
    """The inverse of `expit`."""
    p = np.asarray(p)
    return np.log(p / (1.0 - p))


SCIPY: dict[str, Row] = {
    "expit": row(expit),
    "logit": row(logit),
    "softmax": row(softmax),
    "log_softmax": row(log_softmax),
    "log_expit": row(lambda x: -np.logaddexp(0.0, -np.asarray(x))),
    "logsumexp": row(logsumexp, _weighed),
    "xlogy": row(xlogy, broadcasts),
    "entr": row(entr),
    "erf": row(each(math.erf), _slow),
    "erfc": row(each(math.erfc), _slow),
    "exp2": row(np.exp2),
    "expm1": row(np.expm1),
    "log1p": row(np.log1p),
    "cbrt": row(np.cbrt),
}

MATH = """exp exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh
    tanh asinh acosh atanh erf erfc gamma lgamma fabs floor ceil trunc copysign isnan isinf isfinite
    isclose hypot pow fmod degrees radians fsum gcd""".split()


def _number(value: Any) -> Any:
    """A number for `math`; an array with one entry counts as that."""
    given = plain(value)
    if type(given) is np.ndarray:
        if given.size != 1:
            raise TypeError("only length-1 arrays can be converted to Python scalars")
        return given.item()
    return given


def _of_math(function: Callable[..., Any]) -> Row:
    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        charge(budget, sum([size(value) for value in args]))
        named = {name: _number(value) for name, value in kwargs.items()}
        return function(*[_number(value) for value in args], **named)

    return call


TABLE: dict[str, Row] = {
    **{f"scipy.special.{name}": function for name, function in SCIPY.items()},
    **{f"math.{name}": _of_math(getattr(math, name)) for name in MATH},
}
