"""Functions of one variable, entry by entry: a row for each, with its derivative as an expression.

Every row `f` comes with a row `f'`, so that σ'(z) can be written, read and printed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.expression import Apply, Expression
from grader.primitives.build import ONE, ZERO, add, div, mul, neg, number, power, sub, zeros
from grader.primitives.registry import Array, BackwardRule, Primitive, apply, register, same
from grader.primitives.symbolic import choice

LEAK = number(0.01)  # the usual slope of leaky ReLU; a second argument changes it
TWO = number(2)


def function(
    name: str,
    value: Callable[..., Array],
    slope: Callable[..., Expression],
    sympy: Callable[..., Any],
    *,
    parameters: int = 0,
    kink: Callable[[Expression], Expression] | None = None,
    infix: tuple[str, ...] = (),
    latex: tuple[str, ...] = (),
    **more: Any,
) -> tuple[Primitive, Primitive]:
    """The rows of f and f'. `slope` gives f' of the argument and of up to `parameters` further numbers.

    `kink` gets the argument. The name is the first spelling, except in LaTeX if it has an underscore.
    """
    prime = name + "'"
    arity = (1, 1 + parameters)
    bends = None if kink is None else lambda node: kink(node.args[0])

    def vjp(g: Expression, node: Apply) -> tuple[Expression | None, ...]:
        parameters = (None,) * (len(node.args) - 1)  # they are constants
        return mul(g, apply(prime, *node.args)), *parameters

    readable = () if "_" in name else (name,)  # nobody writes \_ in LaTeX
    return (
        Primitive(
            name, same, value, vjp, sympy=sympy, arity=arity, entrywise=True, kink=bends,
            infix=(name, *infix), latex=(*readable, *latex), **more,
        ),
        Primitive(
            prime, same, expansion=lambda node: slope(*node.args), arity=arity, entrywise=True,
            kink=bends,
        ),
    )  # fmt: skip


def _call(name: str) -> Callable[[Expression], Expression]:
    return lambda x: apply(name, x)


def _at_zero(x: Expression) -> Expression:
    return x


def _flat(x: Expression, *_: Expression) -> Expression:
    return zeros(x.shape)


def _where_positive(x: Expression, yes: Expression, no: Expression) -> Expression:
    return apply("where", apply("gt", x, ZERO), yes, no)


def abs_value(x: Array) -> Array:
    """|x|, analytic on each side of the kink (`np.abs` of a complex number is its modulus)."""
    return np.where(x.real < 0, -x, x) if np.iscomplexobj(x) else np.abs(x)


def sigmoid_value(x: Array) -> Array:
    """1 / (1 + e^{-x}) without overflow."""
    decay = np.exp(-abs_value(x))
    return np.where(x.real >= 0, 1.0, decay) / (1.0 + decay)


def sech_value(x: Array) -> Array:
    """1 / cosh x without overflow."""
    decay = np.exp(-abs_value(x))
    return 2.0 * decay / (1.0 + decay * decay)


def softplus_value(x: Array) -> Array:
    """log(1 + e^x) without overflow."""
    value = np.logaddexp(0.0, x.real)
    if not np.iscomplexobj(x):
        return np.asarray(value)
    tail = np.log1p(np.exp(-abs_value(x)))  # only for its imaginary part: NumPy rounds the real one
    return np.asarray(value + 1j * (np.where(x.real > 0, x.imag, 0.0) + tail.imag))


def _leaky_value(x: Array, slope: Array | float = LEAK.value) -> Array:
    return np.where(x.real > 0, x, slope * x)


def _leaky_sides(node: Apply) -> tuple[Expression, ...]:
    x, slope = (*node.args, LEAK)[:2]
    return x, mul(slope, x)


def _elu_value(x: Array, scale: Array | float = 1.0) -> Array:
    return np.where(x.real > 0, x, scale * np.expm1(np.minimum(x, 0.0)))


def _elu_sides(node: Apply) -> tuple[Expression, ...]:
    x, scale = (*node.args, ONE)[:2]
    return x, mul(scale, sub(apply("exp", x), ONE))


def _logistic_slope(x: Expression) -> Expression:
    return mul(apply("sigmoid", x), sub(ONE, apply("sigmoid", x)))


def _tanh_slope(y: Expression) -> Expression:
    return sub(ONE, power(y, TWO))


def _silu_slope(x: Expression) -> Expression:
    """σ(x) + x σ′(x)."""
    return add(apply("sigmoid", x), mul(x, _logistic_slope(x)))


def _mish_slope(x: Expression) -> Expression:
    """y + x (1 − y²) σ(x), where y = tanh(softplus(x))."""
    y = apply("tanh", apply("softplus", x))
    return add(y, mul(mul(x, _tanh_slope(y)), apply("sigmoid", x)))


def _softsign_slope(x: Expression) -> Expression:
    """1 / (1 + |x|)²."""
    return div(ONE, power(add(ONE, apply("abs", x)), TWO))


def _softsign_sides(node: Apply) -> tuple[Expression, ...]:
    (x,) = node.args
    return div(x, add(ONE, x)), div(x, sub(ONE, x))


def _hardtanh_slope(x: Expression) -> Expression:
    return apply("where", apply("lt", apply("abs", x), ONE), ONE, ZERO)


def _sigmoid_by_sympy(sp: Any, x: Any) -> Any:
    return 1 / (1 + sp.exp(-x))


def _magnitude(sp: Any, x: Any) -> Any:
    return choice(sp, x > 0, x, -x)


ELEMENTARY = (
    function("exp", np.exp, _call("exp"), lambda sp, x: sp.exp(x), bare=True, formula="e^u"),
    function(
        "log", np.log, lambda x: div(ONE, x), lambda sp, x: sp.log(x), bare=True,
        infix=("ln",), latex=("ln",),
    ),
    function(
        "sqrt", np.sqrt, lambda x: div(number(0.5), apply("sqrt", x)), lambda sp, x: sp.sqrt(x),
        bare=True,
    ),
    function(
        "square", np.square, lambda x: mul(TWO, x), lambda sp, x: x**2,
        formula="u^2", rule=BackwardRule("square", "${A}^2$ hands on $2 {A} \\odot {G}$"),
    ),
    function("sin", np.sin, _call("cos"), lambda sp, x: sp.sin(x), bare=True),
    function("cos", np.cos, lambda x: neg(apply("sin", x)), lambda sp, x: sp.cos(x), bare=True),
    function(
        "tan", np.tan, lambda x: add(ONE, power(apply("tan", x), TWO)), lambda sp, x: sp.tan(x),
        bare=True,
    ),
    function(
        "arctan", np.arctan, lambda x: div(ONE, add(ONE, power(x, TWO))), lambda sp, x: sp.atan(x),
        bare=True, infix=("atan",), latex=("atan",),
    ),
    function("sinh", np.sinh, _call("cosh"), lambda sp, x: sp.sinh(x), bare=True),
    function("cosh", np.cosh, _call("sinh"), lambda sp, x: sp.cosh(x), bare=True),
    function(
        "sech", sech_value, lambda x: neg(mul(apply("sech", x), apply("tanh", x))),
        lambda sp, x: sp.sech(x), bare=True, formula=r"\frac{1}{\cosh(u)}",
    ),
    function(
        "log_sigmoid", lambda x: -softplus_value(-x), lambda x: sub(ONE, apply("sigmoid", x)),
        lambda sp, x: sp.log(_sigmoid_by_sympy(sp, x)), infix=("logsigmoid", "LogSigmoid"),
        latex=("logsigmoid", "LogSigmoid"), formula=r"-\log(1 + e^{-u})",
    ),
)  # fmt: skip

SMOOTH_ACTIVATIONS = (
    function(
        "sigmoid", sigmoid_value, _logistic_slope, _sigmoid_by_sympy, activation=True,
        infix=("expit", "logistic"), latex=("expit",), formula=r"\frac{1}{1 + e^{-u}}",
        slope_by_value=lambda y: mul(y, sub(ONE, y)),
    ),
    function(
        "tanh", np.tanh, lambda x: _tanh_slope(apply("tanh", x)), lambda sp, x: sp.tanh(x),
        activation=True, bare=True, formula=r"\tanh(u)", slope_by_value=_tanh_slope,
    ),
    function(
        "softplus", softplus_value, _call("sigmoid"), lambda sp, x: sp.log(1 + sp.exp(x)),
        activation=True, infix=("Softplus",), latex=("Softplus",), formula=r"\log(1 + e^u)",
    ),
    function(
        "silu", lambda x: x * sigmoid_value(x), _silu_slope,
        lambda sp, x: x * _sigmoid_by_sympy(sp, x), activation=True,
        infix=("SiLU", "swish", "Swish"), latex=("SiLU", "swish", "Swish"),
        formula=r"\frac{u}{1 + e^{-u}}",
    ),
    function(
        "mish", lambda x: x * np.tanh(softplus_value(x)), _mish_slope,
        lambda sp, x: x * sp.tanh(sp.log(1 + sp.exp(x))), activation=True,
        infix=("Mish",), latex=("Mish",), formula=r"u \tanh(\log(1 + e^u))",
    ),
)  # fmt: skip

KINKED = (
    function(
        "abs", abs_value, _call("sign"), _magnitude, activation=True, exact=True, bare=True, kink=_at_zero,
        sides=lambda node: (node.args[0], neg(node.args[0])), infix=("Abs", "fabs"),
        slope_in_words="1 where ${u} > 0$ and $-1$ where ${u} < 0$",
    ),
    function(
        "sign", lambda x: np.sign(x.real), _flat,
        lambda sp, x: choice(sp, x > 0, sp.Integer(1), sp.Integer(-1)),
        activation=True, exact=True, kink=_at_zero, sides=lambda node: (ONE, neg(ONE)),
        infix=("sgn",), latex=("sgn",),
    ),
    function(
        "step", lambda x, at_zero=0.5: np.heaviside(x.real, np.real(at_zero)), _flat,
        lambda sp, x, *_: choice(sp, x > 0, sp.Integer(1), sp.Integer(0)), parameters=1,
        activation=True, exact=True, kink=_at_zero, sides=lambda node: (ONE, ZERO),
        infix=("Heaviside", "heaviside", "H"), latex=("Heaviside",),
    ),
    function(
        "relu", lambda x: np.maximum(x, 0.0), _call("step"),
        lambda sp, x: choice(sp, x > 0, x, sp.Integer(0)),
        activation=True, exact=True, kink=_at_zero, sides=lambda node: (node.args[0], ZERO),
        infix=("ReLU", "Relu", "RELU"), latex=("ReLU", "Relu", "RELU"), formula=r"\max(0, u)",
        slope_in_words="1 where ${u} > 0$ and 0 where ${u} < 0$",
    ),
    function(
        "leaky_relu", _leaky_value,
        lambda x, slope=LEAK: _where_positive(x, ONE, slope),
        lambda sp, x, *slope: choice(sp, x > 0, x, (*slope, sp.Rational(1, 100))[0] * x),
        parameters=1, activation=True, kink=_at_zero, sides=_leaky_sides,
        infix=("LeakyReLU",), latex=("LeakyReLU",), formula=r"\max(0.01 u, u)",
    ),
    function(
        "elu", _elu_value,
        lambda x, scale=ONE: _where_positive(x, ONE, mul(scale, apply("exp", x))),
        lambda sp, x, scale=1: choice(sp, x > 0, x, scale * (sp.exp(x) - 1)),
        parameters=1, activation=True, kink=_at_zero, sides=_elu_sides,
        infix=("ELU",), latex=("ELU",), formula=r"\max(0, u) + \min(0, e^u - 1)",
    ),
    function(
        "softsign", lambda x: x / (1.0 + abs_value(x)), _softsign_slope,
        lambda sp, x: x / (1 + _magnitude(sp, x)), activation=True, kink=_at_zero,
        sides=_softsign_sides, infix=("Softsign",), latex=("Softsign",), formula=r"\frac{u}{1 + |u|}",
    ),
    function(
        "hardtanh", lambda x: np.where(np.abs(x.real) < 1.0, x, np.sign(x.real)), _hardtanh_slope,
        lambda sp, x: choice(sp, x > 1, sp.Integer(1), choice(sp, x > -1, x, sp.Integer(-1))),
        activation=True, exact=True,
        kink=lambda x: sub(power(x, TWO), ONE), sides=lambda node: (node.args[0], ONE, neg(ONE)),
        infix=("Hardtanh", "hard_tanh"), latex=("Hardtanh",), formula=r"\max(-1, \min(1, u))",
        slope_in_words="1 where $|{u}| < 1$ and 0 where $|{u}| > 1$",
    ),
)  # fmt: skip

for rows in (*ELEMENTARY, *SMOOTH_ACTIVATIONS, *KINKED):
    register(*rows)
