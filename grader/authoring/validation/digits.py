"""SymPy's function names for numbers of 100 digits, in mpmath, which SymPy uses itself.

A form written for SymPy gives a number here, so no expression grows: `Piecewise` chooses at once.
"""

from typing import Any

from mpmath import mp

_CONTEXT = mp.clone()
_CONTEXT.dps = 100

Float = _CONTEXT.mpf
Integer = _CONTEXT.mpf


def Rational(numerator: int | str, denominator: int = 1) -> Any:  # noqa: N802
    """A quotient of whole numbers, or an exact decimal fraction."""
    return _CONTEXT.mpf(numerator) / denominator


def Piecewise(*cases: tuple[Any, bool]) -> Any:  # noqa: N802
    """The value of the first case that holds."""
    return next(value for value, condition in cases if condition)


def Eq(a: Any, b: Any) -> bool:  # noqa: N802
    """Whether two numbers are equal."""
    return bool(a == b)


def Ne(a: Any, b: Any) -> bool:  # noqa: N802
    """Whether two numbers differ."""
    return bool(a != b)


def And(*conditions: bool) -> bool:  # noqa: N802
    """Whether all hold."""
    return all(conditions)


def Or(*conditions: bool) -> bool:  # noqa: N802
    """Whether one holds."""
    return any(conditions)


def __getattr__(name: str) -> Any:
    """`exp`, `log`, `tanh` and the like are called as in SymPy."""
    return getattr(_CONTEXT, name)
