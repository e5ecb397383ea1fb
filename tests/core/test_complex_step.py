"""Every function of the table on complex numbers: f(x + ih) = f(x) + ih f'(x), on either side of a kink.

The imaginary part is held against the vjp and against central differences of the real function.
"""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from grader.backprop import Backprop
from grader.errors import GraderError
from grader.evaluation import Evaluator
from grader.expression import SCALAR, Apply, Expression, Shape, Symbol
from grader.primitives import TABLE, apply
from grader.primitives.build import mul, number, total

STEP = 2.0**-100
DRAWS = 4
SHAPES: tuple[Shape, ...] = (SCALAR, (3, 1), (1, 3), (3, 2), (3, 3))
ABOVE_ZERO = {"log", "log'", "sqrt", "sqrt'", "pow"}
Values = dict[str, np.ndarray]


def applications(name: str) -> Iterator[Apply]:
    """A function applied to symbols of all shapes that fit, as many as it can take."""
    for shapes in itertools.product(SHAPES, repeat=TABLE[name].arity[0]):
        try:
            yield apply(name, *(Symbol(f"a{at}", shape) for at, shape in enumerate(shapes)))
        except GraderError:
            continue


def drawn(node: Apply, rng: np.random.Generator) -> Values:
    """Values of both signs away from zero, none like another; and weights that make a number of it."""
    values = {"g": rng.normal(size=(DRAWS, *node.shape))}
    for arg in node.args:
        sizes = rng.uniform(0.2, 2.0, (DRAWS, *arg.shape))
        signs = 1.0 if node.function in ABOVE_ZERO else rng.choice([-1.0, 1.0], sizes.shape)
        values[arg.name] = sizes * signs  # type: ignore[union-attr]
    return values


def evaluated(node: Expression, values: Values) -> np.ndarray:
    return Evaluator(values, Backprop({}).lower)(node)


def moved(values: Values, name: str, entry: tuple[int, int], step: complex) -> Values:
    array = values[name].astype(type(step))
    array[:, *entry] += step
    return {**values, name: array}


@pytest.mark.parametrize("name", [name for name in TABLE if TABLE[name].arity[0] > 0])
def test_the_imaginary_part_is_the_derivative(name: str) -> None:
    rng = np.random.default_rng(len(name))
    nodes = list(applications(name))
    assert nodes
    for node in nodes:
        values = drawn(node, rng)
        loss = total(mul(Symbol("g", node.shape), node))
        for arg in node.args:
            assert isinstance(arg, Symbol)
            gradient = evaluated(Backprop({}).derivative(loss, arg), values)
            gradient = np.broadcast_to(gradient, (DRAWS, *arg.shape))
            for entry in np.ndindex(arg.shape):
                by_step = evaluated(loss, moved(values, arg.name, entry, 1j * STEP))
                found = np.broadcast_to(by_step.imag, (DRAWS, 1, 1))[:, 0, 0] / STEP
                np.testing.assert_allclose(found, gradient[:, *entry], rtol=1e-12, atol=1e-13)
                up, down = (
                    evaluated(loss, moved(values, arg.name, entry, h)) for h in (1e-6, -1e-6)
                )
                slope = np.broadcast_to((up - down) / 2e-6, (DRAWS, 1, 1))[:, 0, 0]
                np.testing.assert_allclose(found, slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "abs", "softplus", "sigmoid", "tanh", "silu", "sech"]
)
@pytest.mark.parametrize("at", [-600.0, -40.0, -1e-9, 1e-9, 40.0, 600.0])
def test_far_out_and_near_a_kink_no_digit_is_lost(name: str, at: float) -> None:
    """The real part is that of the real function to the last digits, however small it is."""
    x = Symbol("x", SCALAR)
    node = apply(name, x)
    real = {"x": np.full((1, 1, 1), at)}
    value = evaluated(node, {"x": real["x"] + 1j * STEP}).item()
    assert value.real == pytest.approx(evaluated(node, real).item(), rel=1e-14, abs=1e-300)
    slope = evaluated(Backprop({}).derivative(node, x), real).item()
    assert value.imag / STEP == pytest.approx(slope, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("exponent", [2, 3, 4, 7, -1, -2, 0.5, 2.5, 120])
@pytest.mark.parametrize("base", [-1.3, 0.7])
def test_powers_of_either_sign(base: float, exponent: float) -> None:
    x = Symbol("x", SCALAR)
    node = apply("pow", x, number(exponent))
    with np.errstate(invalid="ignore"):
        value = evaluated(node, {"x": np.full((1, 1, 1), base + 1j * STEP)}).item()
    if base < 0 and exponent % 1:
        assert np.isnan(value.real)
    else:
        assert value.imag / STEP == pytest.approx(exponent * base ** (exponent - 1), rel=1e-13)


def test_a_choice_by_the_sign_of_a_complex_number_is_that_of_its_real_part() -> None:
    x = Symbol("x", (3, 1))
    values = {"x": np.array([[[-1.0], [0.0], [1.0]]]) + 1j * STEP}
    chosen = apply("where", apply("gt", x, number(0)), apply("square", x), number(7))
    np.testing.assert_array_equal(evaluated(chosen, values).real.ravel(), [7, 7, 1])
    np.testing.assert_array_equal(evaluated(apply("eq", x, number(0)), values).ravel(), [0, 1, 0])
