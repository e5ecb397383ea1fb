"""Operators, comparisons and case distinctions, entry by entry.

Comparisons are piecewise constant: their derivative is zero wherever it exists.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.expression import SCALAR, Apply, Expression, Number
from grader.primitives.build import ZERO, div, fold, mul, neg, number, power, sub
from grader.primitives.registry import Array, BackwardRule, Primitive, Vjp, apply, register, same
from grader.primitives.symbolic import choice, truth

Adjoints = tuple[Expression | None, ...]
WHOLE = 100  # NumPy computes complex powers with smaller whole exponents by multiplication


def _folded(node: Apply, *adjoints: Expression | None) -> Adjoints:
    """The adjoints, summed down to the shapes that the arguments had before broadcasting."""
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
    """a**b; squares and cubes are multiplied out, which is many times faster than `power`."""
    exponent = b.item() if b.size == 1 else None
    if exponent == 2:
        return a * a
    if exponent == 3:
        return a * a * a
    is_complex = np.iscomplexobj(a) or np.iscomplexobj(b)
    return _continued_power(a, b) if is_complex else np.asarray(np.power(a, b))


def _continued_power(a: Array, b: Array) -> Array:
    """(±1)**b · e^{b log |a|}: a negative base has a real power only if the exponent is whole."""
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
    """A vjp that passes the adjoint to the chosen argument."""

    def vjp(g: Expression, node: Apply) -> Adjoints:
        chosen = apply(comparison, *node.args)
        return _folded(node, apply("where", chosen, g, ZERO), apply("where", chosen, ZERO, g))

    return vjp


def _flat(g: Expression, node: Apply) -> Adjoints:
    """The vjp of a piecewise constant function."""
    return (None,) * len(node.args)


def difference(node: Apply) -> Expression:
    """The kink of a comparison: zero where both sides are equal."""
    return sub(node.args[0], node.args[1])


def _truth(ufunc: Callable[..., Any]) -> Callable[..., Array]:
    """A comparison with values 1.0 and 0.0, and NaN if an argument is NaN."""

    def value(a: Array, b: Array) -> Array:
        a, b = a.real, b.real
        return np.asarray(np.where(np.isnan(a) | np.isnan(b), np.nan, ufunc(a, b)))

    return value


def product_in_words(node: Apply) -> str:
    """The name of a product: elementwise, of numbers, or a scaling."""
    left, right = (arg.shape for arg in node.args)
    if SCALAR not in (left, right):
        return "elementwise product"
    return "product of numbers" if node.shape == SCALAR else "scaling by a number"


def _division_in_words(node: Apply) -> str:
    if node.args[1].shape != SCALAR:
        return "elementwise division"
    return "quotient" if node.shape == SCALAR else "division by a number"


def _power_in_words(node: Apply) -> str:
    return "power" if node.shape == SCALAR else "elementwise power"


def _binary(name: str, value: Callable[..., Array], vjp: Vjp, **more: Any) -> Primitive:
    return Primitive(name, same, value, vjp, arity=(2, 2), entrywise=True, **more)


def _extremum(
    name: str, value: Callable[..., Array], comparison: str, larger: str, *infix: str
) -> Primitive:
    relation = {"gt": operator.gt, "lt": operator.lt}[comparison]
    return _binary(
        name, value, _extremum_vjp(comparison), chains=True, exact=True, kink=difference,
        sympy=lambda sp, a, b: choice(sp, relation(a, b), a, b), sides=lambda node: node.args,
        infix=(name, *infix), latex=infix[:1], words=f"{larger} of",
        rule=BackwardRule(name, f"the {larger} one gets ${{G}}$, the other one nothing"),
    )  # fmt: skip


def _logic(
    name: str, value: Callable[..., Any], sympy: Callable[..., Any], **more: Any
) -> Primitive:
    """A condition on two arguments."""
    return _binary(name, _truth(value), _flat, exact=True, sympy=truth(sympy), **more)


def _comparison(
    name: str, value: Callable[..., Any], sympy: Callable[..., Any], opposite: str, *infix: str
) -> Primitive:
    kink = None if name in ("eq", "ne") else difference
    return _logic(name, value, sympy, opposite=opposite, infix=infix, kink=kink, words="condition")


def _holds(sp: Any, *entries: Any) -> list[Any]:
    return [sp.Ne(entry, 0) for entry in entries]


register(
    _binary(
        "add", np.add, lambda g, node: _folded(node, g, g),
        sympy=lambda sp, a, b: a + b, infix=("Add", "add"), words="sum",
        rule=BackwardRule("sum", "${A} + {B}$ hands ${G}$ to both"),
    ),
    _binary(
        "sub", np.subtract, lambda g, node: _folded(node, g, neg(g)),
        sympy=lambda sp, a, b: a - b, infix=("subtract",), words="difference",
        rule=BackwardRule("difference", "${A} - {B}$ hands ${G}$ to ${A}$ and $-{G}$ to ${B}$"),
    ),
    _binary(
        "mul", np.multiply, _mul_vjp, sympy=lambda sp, a, b: a * b,
        infix=("multiply", "multiply_elementwise"), words=product_in_words,
        rule=BackwardRule(
            "product",
            "${A} \\odot {B}$ hands ${G} \\odot {B}$ to ${A}$ and ${G} \\odot {A}$ to ${B}$",
        ),
    ),
    _binary(
        "div", np.divide, _div_vjp, sympy=lambda sp, a, b: a / b, infix=("divide",),
        words=_division_in_words,
        rule=BackwardRule(
            "quotient",
            "${A} / {B}$ hands ${G} / {B}$ to ${A}$ and $-{G} \\odot {A} / {B}^2$ to ${B}$",
        ),
    ),
    _binary(
        "pow", _pow_value, _pow_vjp, sympy=lambda sp, a, b: a**b, infix=("pow", "power", "Pow"),
        words=_power_in_words,
        rule=BackwardRule("power", "${A}^n$ hands on $n {A}^{{n-1}} \\odot {G}$"),
    ),
    Primitive(
        "neg", same, np.negative, lambda g, node: (neg(g),), sympy=lambda sp, a: -a, entrywise=True,
        exact=True, infix=("negative",), words="negative of",
        rule=BackwardRule("sign", "$-{A}$ hands on $-{G}$"),
    ),
    _extremum("maximum", np.maximum, "gt", "larger", "max", "Max"),
    _extremum("minimum", np.minimum, "lt", "smaller", "min", "Min"),
    _comparison("gt", np.greater, lambda sp, a, b: a > b, "le", "Gt", "greater"),
    _comparison("ge", np.greater_equal, lambda sp, a, b: a >= b, "lt", "Ge", "greater_equal"),
    _comparison("lt", np.less, lambda sp, a, b: a < b, "ge", "Lt", "less"),
    _comparison("le", np.less_equal, lambda sp, a, b: a <= b, "gt", "Le", "less_equal"),
    _comparison(
        "eq", np.equal, lambda sp, a, b: sp.Eq(a, b), "ne", "Eq", "equal", "KroneckerDelta"
    ),
    _comparison("ne", np.not_equal, lambda sp, a, b: sp.Ne(a, b), "eq", "Ne", "not_equal"),
    _logic(
        "and", np.logical_and, lambda sp, a, b: sp.And(*_holds(sp, a, b)), chains=True,
        infix=("And", "logical_and"), words="both of",
    ),
    _logic(
        "or", np.logical_or, lambda sp, a, b: sp.Or(*_holds(sp, a, b)), chains=True,
        infix=("Or", "logical_or"), words="one of",
    ),
    Primitive(
        "not", same, lambda a: np.asarray(a.real == 0, dtype=np.float64), _flat,
        sympy=truth(lambda sp, a: sp.Eq(a, 0)), entrywise=True, exact=True,
        infix=("Not", "logical_not"), words="opposite of",
    ),
    Primitive(
        "where", same, _where_value, _where_vjp,
        sympy=lambda sp, c, a, b: choice(sp, sp.Ne(c, 0), a, b), arity=(3, 3), entrywise=True,
        exact=True, infix=("where", "ITE"), words="case distinction",
        rule=BackwardRule("cases", "the case that holds gets ${G}$, the other one nothing"),
    ),
)  # fmt: skip
