"""Functions of one argument, entry by entry, each with its derivative as an expression.

A row `f` with a derivative brings a row `f'` along, so that σ'(z) can be written, read and printed.
"""

from collections.abc import Callable

import numpy as np

from grader.expression import Apply, Expression
from grader.primitives.build import ONE, ZERO, add, div, mul, neg, number, power, sub, zeros
from grader.primitives.registry import Array, Primitive, apply, register, same

Unary = Callable[[Expression], Expression]

LEAK = 0.01  # the usual slope of leaky ReLU; a second argument gives another


def _call(name: str) -> Unary:
    return lambda x: apply(name, x)


def abs_value(x: Array) -> Array:
    """|x|, analytic on either side of its kink (`np.abs` of a complex number is its modulus)."""
    return np.asarray(np.where(x.real < 0, -x, x) if np.iscomplexobj(x) else np.abs(x))


def sigmoid_value(x: Array) -> Array:
    """1 / (1 + e^{-x}) without overflow."""
    decay = np.exp(-abs_value(x))
    return np.where(x.real >= 0, 1.0, decay) / (1.0 + decay)


def softplus_value(x: Array) -> Array:
    """log(1 + e^x) without overflow."""
    value = np.asarray(np.logaddexp(0.0, x.real))
    if not np.iscomplexobj(x):
        return value
    tail = np.log1p(np.exp(-abs_value(x)))  # of which NumPy rounds the real part to nothing
    return value + 1j * (np.where(x.real > 0, x.imag, 0.0) + tail.imag)


def sech_value(x: Array) -> Array:
    """1 / cosh x without overflow."""
    decay = np.exp(-abs_value(x))
    return 2.0 * decay / (1.0 + decay * decay)


def _flat(x: Expression) -> Expression:
    return zeros(x.shape)


def _argument(node: Apply) -> Expression:
    return node.args[0]


def _none(node: Apply) -> tuple[None, ...]:
    """Nothing flows to arguments behind the first: they are parameters."""
    return (None,) * (len(node.args) - 1)


def _register(
    name: str,
    value: Callable[..., Array],
    derivative: Unary,
    infix: tuple[str, ...] = (),
    latex: tuple[str, ...] = (),
    kinked: bool = False,
    exact: bool = False,
    most: int = 1,
) -> None:
    prime = name + "'"
    kink = _argument if kinked else None
    register(
        Primitive(
            name, same, value, lambda g, node: (mul(g, apply(prime, node.args[0])), *_none(node)),
            arity=(1, most), infix=(name, *infix), latex=(name, *latex), kink=kink,
            derivative=derivative, exact=exact,
        ),
        Primitive(
            prime, same, kink=kink, derivative=_flat if kinked else None,
            expansion=lambda node: derivative(node.args[0]),
        ),
    )  # fmt: skip


def _logistic_slope(x: Expression) -> Expression:
    return mul(apply("sigmoid", x), sub(ONE, apply("sigmoid", x)))


def _silu_slope(x: Expression) -> Expression:
    """σ(x) + x σ′(x)."""
    return add(apply("sigmoid", x), mul(x, _logistic_slope(x)))


_register("exp", np.exp, _call("exp"))
_register("log", np.log, lambda x: div(ONE, x), ("ln",), ("ln",))
_register("sqrt", np.sqrt, lambda x: div(number(0.5), apply("sqrt", x)))
_register("sin", np.sin, _call("cos"))
_register("cos", np.cos, lambda x: neg(apply("sin", x)))
_register("square", np.square, lambda x: mul(number(2), x))
_register("abs", abs_value, _call("sign"), ("Abs", "fabs"), kinked=True, exact=True)
_register("sign", lambda x: np.sign(x.real), _flat, ("sgn",), ("sgn",), kinked=True, exact=True)
_register(
    "step", lambda x, at_zero=0.5: np.heaviside(x.real, np.real(at_zero)), _flat,
    ("Heaviside", "heaviside", "H"), ("Heaviside",), kinked=True, exact=True, most=2,
)  # fmt: skip
_register(
    "relu", lambda x: np.maximum(x, 0.0), _call("step"),
    ("ReLU", "Relu", "RELU"), ("ReLU", "Relu", "RELU"), kinked=True, exact=True,
)  # fmt: skip
_register("sigmoid", sigmoid_value, _logistic_slope, ("expit", "logistic"), ("expit",))
_register(
    "silu", lambda x: x * sigmoid_value(x), _silu_slope,
    ("SiLU", "swish", "Swish"), ("SiLU", "swish", "Swish"),
)  # fmt: skip
_register("tanh", np.tanh, lambda x: sub(ONE, power(apply("tanh", x), number(2))), (), ())
_register("sinh", np.sinh, _call("cosh"))
_register("cosh", np.cosh, _call("sinh"))
_register("sech", sech_value, lambda x: neg(mul(apply("sech", x), apply("tanh", x))))
_register("softplus", softplus_value, _call("sigmoid"))


def _slope(node: Apply) -> Expression:
    return node.args[1] if len(node.args) > 1 else number(LEAK)


def _leaky(x: Array, slope: Array | float = LEAK) -> Array:
    return np.where(x.real > 0, x, slope * x)


def _leaky_prime(node: Apply) -> Expression:
    x = node.args[0]
    return apply("where", apply("gt", x, ZERO), ONE, _slope(node))


register(
    Primitive(
        "leaky_relu", same, _leaky, arity=(1, 2), kink=_argument, infix=("leaky_relu", "LeakyReLU"),
        latex=("LeakyReLU",),
        vjp=lambda g, node: (mul(g, apply("leaky_relu'", *node.args)), *_none(node)),
    ),
    Primitive(
        "leaky_relu'", same, arity=(1, 2), kink=_argument, expansion=_leaky_prime,
    ),
)  # fmt: skip
