"""Operators, comparisons and choices, entry by entry.

Comparisons and choices are piecewise constant: their own derivative is zero wherever it exists.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.expression import Apply, Expression, Number
from grader.primitives.build import ZERO, div, fold, mul, neg, number, power, sub
from grader.primitives.registry import Array, Primitive, Vjp, apply, register, same

Adjoints = tuple[Expression | None, ...]
WHOLE = 100  # exponents below are powers by multiplication, in NumPy's complex numbers too


def _folded(node: Apply, *adjoints: Expression | None) -> Adjoints:
    """Adjoints of arguments that were broadcast, summed back to their own shapes."""
    return tuple(
        None if adjoint is None else fold(adjoint, arg.shape)
        for adjoint, arg in zip(adjoints, node.args, strict=True)
    )


def _mul_vjp(g: Expression, node: Apply) -> Adjoints:
    a, b = node.args
    return _folded(node, mul(g, b), mul(g, a))


def _div_vjp(g: Expression, node: Apply) -> Adjoints:
    a, b = node.args
    return _folded(node, div(g, b), neg(div(mul(g, a), power(b, number(2)))))


def _pow_vjp(g: Expression, node: Apply) -> Adjoints:
    a, b = node.args
    lower = number(b.value - 1) if isinstance(b, Number) else sub(b, number(1))
    base = mul(g, mul(b, power(a, lower)))
    exponent = None if isinstance(b, Number) else mul(mul(g, node), apply("log", a))
    return _folded(node, base, exponent)


def _pow_value(a: Array, b: Array) -> Array:
    """a**b; squares and cubes by multiplication, which is many times faster than `power`."""
    exponent = b.item() if b.size == 1 else None
    if exponent == 2:
        return a * a
    if exponent == 3:
        return a * a * a
    with_step = np.iscomplexobj(a) or np.iscomplexobj(b)
    return _continued_power(a, b) if with_step else np.asarray(np.power(a, b))


def _continued_power(a: Array, b: Array) -> Array:
    """(±1)**b · e^{b log |a|}: a negative base has a power only if the exponent is whole."""
    if not np.iscomplexobj(b) and ((b == np.round(b)) & (np.abs(b) < WHOLE)).all():
        return np.asarray(np.power(a, b))
    sign = np.power(np.where(a.real < 0, -1.0, 1.0), b.real)
    return np.asarray(sign * np.exp(b * np.log(np.where(a.real < 0, -a, a))))


def _where_vjp(g: Expression, node: Apply) -> Adjoints:
    condition = node.args[0]
    chosen, other = apply("where", condition, g, ZERO), apply("where", condition, ZERO, g)
    return _folded(node, None, chosen, other)


def _where_value(condition: Array, a: Array, b: Array) -> Array:
    condition = condition.real
    chosen = np.where(condition != 0, a, b)
    return np.asarray(np.where(np.isnan(condition), np.nan, chosen))


def _extremum_vjp(comparison: str) -> Vjp:
    """The adjoint goes to the argument that was chosen."""

    def vjp(g: Expression, node: Apply) -> Adjoints:
        chosen = apply(comparison, *node.args)
        return _folded(node, apply("where", chosen, g, ZERO), apply("where", chosen, ZERO, g))

    return vjp


def _flat(g: Expression, node: Apply) -> Adjoints:
    """The vjp of a piecewise constant function."""
    return (None,) * len(node.args)


def difference(node: Apply) -> Expression:
    """The kink of a comparison of two things is where they are equal."""
    return sub(node.args[0], node.args[1])


def _truth(ufunc: Callable[..., Any]) -> Callable[..., Array]:
    """A comparison that gives 1.0 and 0.0, and is undefined of what is undefined."""

    def value(a: Array, b: Array) -> Array:
        a, b = a.real, b.real
        return np.asarray(np.where(np.isnan(a) | np.isnan(b), np.nan, ufunc(a, b)))

    return value


def _binary(name: str, value: Callable[..., Array], vjp: Vjp, **more: object) -> Primitive:
    return Primitive(name, same, value, vjp, arity=(2, 2), **more)  # type: ignore[arg-type]


def _comparison(name: str, ufunc: Callable[..., Any], *infix: str) -> Primitive:
    kink = None if name in ("eq", "ne") else difference
    return _binary(name, _truth(ufunc), _flat, infix=infix, exact=True, kink=kink)


register(
    _binary("add", np.add, lambda g, node: _folded(node, g, g), infix=("Add", "add")),
    _binary("sub", np.subtract, lambda g, node: _folded(node, g, neg(g)), infix=("subtract",)),
    _binary("mul", np.multiply, _mul_vjp, infix=("multiply", "multiply_elementwise")),
    _binary("div", np.divide, _div_vjp, infix=("divide",)),
    _binary("pow", _pow_value, _pow_vjp, infix=("pow", "power", "Pow")),
    Primitive("neg", same, np.negative, lambda g, node: (neg(g),), infix=("negative",), exact=True),
    _binary(
        "maximum",
        np.maximum,
        _extremum_vjp("gt"),
        exact=True,
        kink=difference,
        infix=("maximum", "max", "Max"),
        latex=("max",),
    ),
    _binary(
        "minimum",
        np.minimum,
        _extremum_vjp("lt"),
        exact=True,
        kink=difference,
        infix=("minimum", "min", "Min"),
        latex=("min",),
    ),
    _comparison("gt", np.greater, "Gt", "greater"),
    _comparison("ge", np.greater_equal, "Ge", "greater_equal"),
    _comparison("lt", np.less, "Lt", "less"),
    _comparison("le", np.less_equal, "Le", "less_equal"),
    _comparison("eq", np.equal, "Eq", "equal", "KroneckerDelta"),
    _comparison("ne", np.not_equal, "Ne", "not_equal"),
    _binary("and", _truth(np.logical_and), _flat, infix=("And", "logical_and"), exact=True),
    _binary("or", _truth(np.logical_or), _flat, infix=("Or", "logical_or"), exact=True),
    Primitive(
        "not",
        same,
        lambda a: np.asarray(a.real == 0, dtype=np.float64),
        _flat,
        infix=("Not", "logical_not"),
        exact=True,
    ),
    Primitive(
        "where",
        same,
        _where_value,
        _where_vjp,
        arity=(3, 3),
        infix=("where", "ITE"),
        exact=True,
    ),
)
