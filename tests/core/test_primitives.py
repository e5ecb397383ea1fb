"""Every row of the table: its value against a formula, its vjp against two independent oracles.

`CASES` holds, for each row, an independent NumPy formula, the shapes of its arguments and where they
are drawn from. A row without a case fails `test_every_row_has_a_case`. A row `f'` is tested like any
other, so its vjp is the second derivative of f.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from grader.backprop import Backprop
from grader.errors import ShapeMismatch, Unreadable
from grader.evaluation import Evaluator
from grader.expression import SCALAR, Apply, Expression, Shape, Symbol
from grader.primitives import TABLE, apply, broadcast
from grader.primitives.build import mul, number, total

DRAWS = 3
COLUMN, ROW, MATRIX, SQUARE = (3, 1), (1, 2), (3, 2), (3, 3)
ARRAYS: list[tuple[Shape, ...]] = [(SCALAR,), (COLUMN,), (ROW,), (MATRIX,)]
PAIRS: list[tuple[Shape, ...]] = [
    (SCALAR, SCALAR), (COLUMN, COLUMN), (ROW, ROW), (MATRIX, MATRIX),
    (SCALAR, COLUMN), (COLUMN, SCALAR), (SCALAR, ROW), (ROW, SCALAR),
    (SCALAR, MATRIX), (MATRIX, SCALAR), (COLUMN, MATRIX), (MATRIX, COLUMN),
    (ROW, MATRIX), (MATRIX, ROW),
]  # fmt: skip
CHOICES: list[tuple[Shape, ...]] = [
    (SCALAR, SCALAR, SCALAR), (MATRIX, MATRIX, MATRIX), (MATRIX, SCALAR, SCALAR),
    (SCALAR, MATRIX, MATRIX), (COLUMN, MATRIX, SCALAR), (SCALAR, ROW, MATRIX), (ROW, ROW, MATRIX),
]  # fmt: skip
Params = tuple[int | None, ...]
Domain = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def grid(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    """Values of both signs, never 0, and different for different arguments."""
    return rng.integers(-8, 8, size) / 4 + rng.uniform(0.05, 0.1, size)


def off_grid(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    return grid(rng, size) + 0.125


def positive(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.4, 2.0, size)


def between_poles(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    """Where the tangent is smooth."""
    return grid(rng, size) / 2


def whole(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    return rng.integers(-1, 2, size).astype(float)


def bits(rng: np.random.Generator, size: tuple[int, ...]) -> np.ndarray:
    return rng.integers(0, 2, size).astype(float)


@dataclass(frozen=True)
class Case:
    formula: Callable[..., Any]
    shapes: Sequence[tuple[Shape, ...]]
    domains: Sequence[Domain] = (grid, off_grid, grid)
    params: Sequence[Params] = ((),)


def unary(formula: Callable[..., Any], domain: Domain = grid) -> Case:
    return Case(formula, ARRAYS, (domain,))


def binary(formula: Callable[..., Any], *domains: Domain) -> Case:
    return Case(formula, PAIRS, domains or (grid, off_grid))


def flat(value: Callable[..., Any]) -> Callable[..., Any]:
    """A formula without a derivative, tied to its arguments so that autograd sees them."""

    def formula(*args: Any) -> Any:
        return value(*args) * 1.0 + sum(0.0 * arg for arg in args)

    return formula


def truth(value: Callable[..., Any], *domains: Domain) -> Case:
    return binary(flat(value), *domains)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + anp.exp(-x))


def arctan(x: Any) -> Any:
    """By the half-angle formula: cos(arctan x) is 1/√(1 + x²)."""
    return 2 * anp.arcsin(anp.sqrt((1 - 1 / anp.sqrt(1 + x * x)) / 2)) * anp.sign(x)


def mish(x: Any) -> Any:
    """x ((1 + e^x)² − 1) / ((1 + e^x)² + 1): tanh(log t) is (t² − 1) / (t² + 1)."""
    squared = (1 + anp.exp(x)) ** 2
    return x * (squared - 1) / (squared + 1)


def axis_of(params: Params) -> int | None:
    return params[0] if params else None


def reduced(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, *params: anp.reshape(
        function(x, axis=axis_of(params)), _reduced(x.shape, params)
    )


def _reduced(shape: Shape, params: Params) -> Shape:
    return {0: (1, shape[1]), 1: (shape[0], 1)}.get(axis_of(params), SCALAR)  # type: ignore[arg-type]


def softmax(x: Any, *params: int | None) -> Any:
    """Along an axis; without one along a vector, or along each row of a matrix."""
    axis = params[0] if params else (None if 1 in x.shape else 1)
    weights = anp.exp(x)
    return weights / anp.sum(weights, axis=axis, keepdims=True)


def logsumexp(x: Any, axis: int | None = None) -> Any:
    return anp.log(anp.sum(anp.exp(x), axis=axis))


def diag(x: Any) -> Any:
    if 1 in x.shape:
        return anp.diag(anp.reshape(x, -1))
    return anp.reshape(anp.diag(x), (-1, 1))


def flat_vector(x: Any) -> Any:
    return anp.reshape(x, -1)


def correlate(x: Any, w: Any) -> Any:
    """The sum that defines a convolutional layer, written out; a row or a column, as x is."""
    flat, kernel = anp.ravel(x), anp.ravel(w)
    count = len(flat) - len(kernel) + 1
    entries = [anp.sum(flat[at : at + len(kernel)] * kernel) for at in range(count)]
    return anp.reshape(anp.array(entries), (1, count) if x.shape[1] > 1 else (count, 1))


def convolve(a: Any, b: Any) -> Any:
    """The coefficients of a product of polynomials."""
    first, second = anp.ravel(a), anp.ravel(b)
    count = len(first) + len(second) - 1
    places = np.eye(count)
    terms = [
        first[i] * second[j] * places[i + j] for i in range(len(first)) for j in range(len(second))
    ]
    return anp.reshape(sum(terms), (1, count) if a.shape[1] > 1 else (count, 1))


def inner(a: Any, b: Any) -> Any:
    return anp.reshape(anp.sum(flat_vector(a) * flat_vector(b)), SCALAR)


def outer(a: Any, b: Any) -> Any:
    return anp.reshape(a, (-1, 1)) * anp.reshape(b, (1, -1))


def dot(a: Any, b: Any) -> Any:
    if SCALAR in (a.shape, b.shape):
        return a * b
    return anp.dot(a, b) if a.shape[1] == b.shape[0] else inner(a, b)


VECTORS = [(COLUMN, COLUMN), (COLUMN, ROW), (ROW, COLUMN), (ROW, ROW)]
PRODUCTS: list[tuple[Shape, ...]] = [
    (MATRIX, (2, 4)), (MATRIX, (2, 1)), ((1, 3), MATRIX), ((1, 3), COLUMN), (COLUMN, ROW),
    (SCALAR, ROW), (COLUMN, SCALAR), (SCALAR, SCALAR),
]  # fmt: skip
AXES: Sequence[Params] = ((), (None,), (0,), (1,))
SIZES: Sequence[Params] = (SCALAR, COLUMN, ROW, MATRIX)

CASES: dict[str, Case] = {
    "add": binary(lambda a, b: a + b),
    "sub": binary(lambda a, b: a - b),
    "mul": binary(lambda a, b: a * b),
    "div": binary(lambda a, b: a / b),
    "pow": binary(lambda a, b: anp.exp(b * anp.log(a)), positive, grid),
    "neg": unary(lambda a: -a),
    "maximum": binary(lambda a, b: (a + b + anp.abs(a - b)) / 2),
    "minimum": binary(lambda a, b: (a + b - anp.abs(a - b)) / 2),
    "gt": truth(lambda a, b: a > b),
    "ge": truth(lambda a, b: a >= b),
    "lt": truth(lambda a, b: a < b),
    "le": truth(lambda a, b: a <= b),
    "eq": truth(lambda a, b: a == b, whole, whole),
    "ne": truth(lambda a, b: a != b, whole, whole),
    "and": truth(lambda a, b: (a != 0) & (b != 0), bits, bits),
    "or": truth(lambda a, b: (a != 0) | (b != 0), bits, bits),
    "not": Case(flat(lambda a: a == 0), ARRAYS, (bits,)),
    "where": Case(
        lambda c, a, b: a * (c != 0) + b * (c == 0) + 0.0 * c, CHOICES, (bits, grid, grid)
    ),
    "exp": unary(anp.exp),
    "exp'": unary(anp.exp),
    "log": unary(anp.log, positive),
    "log'": unary(lambda x: 1 / x, positive),
    "sqrt": unary(lambda x: x**0.5, positive),
    "sqrt'": unary(lambda x: 0.5 * x**-0.5, positive),
    "sin": unary(anp.sin),
    "sin'": unary(anp.cos),
    "cos": unary(anp.cos),
    "cos'": unary(lambda x: -anp.sin(x)),
    "square": unary(lambda x: x * x),
    "square'": unary(lambda x: 2 * x),
    "abs": unary(lambda x: anp.where(x > 0, x, -x)),
    "abs'": unary(flat(lambda x: np.where(x > 0, 1, -1))),
    "sign": unary(flat(lambda x: np.where(x > 0, 1, -1))),
    "sign'": unary(flat(lambda x: np.zeros(x.shape))),
    "step": unary(flat(lambda x: x > 0)),
    "step'": unary(flat(lambda x: np.zeros(x.shape))),
    "relu": unary(lambda x: x * (x > 0)),
    "relu'": unary(flat(lambda x: x > 0)),
    "leaky_relu": unary(lambda x: anp.where(x > 0, x, 0.01 * x)),
    "leaky_relu'": unary(flat(lambda x: np.where(x > 0, 1, 0.01))),
    "sigmoid": unary(sigmoid),
    "sigmoid'": unary(lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": unary(anp.tanh),
    "sinh": unary(anp.sinh),
    "cosh": unary(anp.cosh),
    "sech": unary(lambda x: 1 / anp.cosh(x)),
    "tanh'": unary(lambda x: anp.cosh(x) ** -2),
    "sinh'": unary(anp.cosh),
    "cosh'": unary(anp.sinh),
    "sech'": unary(lambda x: -anp.sinh(x) / anp.cosh(x) ** 2),
    "tan": unary(lambda x: anp.sin(x) / anp.cos(x), between_poles),
    "tan'": unary(lambda x: anp.cos(x) ** -2, between_poles),
    "arctan": unary(arctan),
    "arctan'": unary(lambda x: 1 / (1 + x * x)),
    "log_sigmoid": unary(lambda x: anp.log(sigmoid(x))),
    "log_sigmoid'": unary(lambda x: sigmoid(-x)),
    "softplus": unary(lambda x: anp.log(1 + anp.exp(x))),
    "softplus'": unary(sigmoid),
    "silu": unary(lambda x: x * sigmoid(x)),
    "silu'": unary(lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
    "mish": unary(mish),
    "mish'": unary(autograd.elementwise_grad(mish)),
    "elu": unary(lambda x: anp.where(x > 0, x, anp.exp(x) - 1)),
    "elu'": unary(lambda x: anp.where(x > 0, 1 + 0 * x, anp.exp(x))),
    "softsign": unary(lambda x: anp.where(x > 0, x / (1 + x), x / (1 - x))),
    "softsign'": unary(lambda x: anp.where(x > 0, (1 + x) ** -2.0, (1 - x) ** -2.0)),
    "hardtanh": unary(lambda x: (anp.abs(x + 1) - anp.abs(x - 1)) / 2),
    "hardtanh'": unary(flat(lambda x: abs(x) < 1)),
    "matmul": Case(anp.dot, PRODUCTS),
    "dot": Case(dot, [*PRODUCTS, *VECTORS[:1], ((1, 3), (1, 3)), (MATRIX, SCALAR)]),
    "outer": Case(outer, [*VECTORS, (SCALAR, COLUMN), (SCALAR, SCALAR)]),
    "inner": Case(inner, [(COLUMN, COLUMN), (COLUMN, (1, 3)), ((1, 3), COLUMN), ((1, 3), (1, 3))]),
    "correlate": Case(
        correlate, [((4, 1), (2, 1)), ((4, 1), (1, 4)), ((1, 5), (2, 1)), (COLUMN, SCALAR)]
    ),
    "convolve": Case(convolve, [(COLUMN, (2, 1)), (COLUMN, ROW), (ROW, COLUMN), (SCALAR, COLUMN)]),
    "flip": Case(lambda x: x[::-1, ::-1], [(SCALAR,), (COLUMN,), (ROW,)]),
    "transpose": unary(lambda x: x.T),
    "sum": Case(reduced(anp.sum), ARRAYS, params=AXES),
    "mean": Case(reduced(anp.mean), ARRAYS, params=AXES),
    "diag": Case(diag, [(SCALAR,), (COLUMN,), (ROW,), (SQUARE,)]),
    "trace": Case(lambda x: anp.reshape(anp.trace(x), SCALAR), [(SCALAR,), (SQUARE,)]),
    "norm": unary(lambda x: anp.reshape(anp.sqrt(anp.sum(x * x)), SCALAR)),
    "softmax": Case(softmax, ARRAYS, params=AXES),
    "log_softmax": Case(lambda x, *p: anp.log(softmax(x, *p)), ARRAYS, params=AXES),
    "logsumexp": Case(reduced(logsumexp), ARRAYS, params=AXES),
    "zeros": Case(lambda m, n: np.zeros((m, n)), [()], params=SIZES),
    "ones": Case(lambda m, n: np.ones((m, n)), [()], params=SIZES),
    "identity": Case(lambda m, n: np.eye(m, n), [()], params=(SCALAR, SQUARE)),
}


@dataclass(frozen=True)
class Application:
    """A row applied to symbols of some shapes, with values for them and for an adjoint."""

    node: Apply
    values: dict[str, np.ndarray]
    formula: Callable[..., Any]

    @property
    def args(self) -> list[np.ndarray]:
        return [self.values[arg.name] for arg in self.node.args]  # type: ignore[union-attr]

    @property
    def loss(self) -> Expression:
        """⟨adjoint, f(args)⟩, whose gradient is the vjp."""
        return total(mul(Symbol("g", self.node.shape), self.node))

    def loss_of(self, draw: int) -> Callable[..., Any]:
        """The same loss of one draw by the independent formula."""
        adjoint = self.values["g"][draw]

        def loss(*args: Any) -> Any:
            return anp.sum(adjoint * self.formula(*args, *self.node.params))

        return loss

    def gradient(self, at: int) -> np.ndarray:
        """The gradient of the backward pass, on all draws."""
        arg = self.node.args[at]
        gradient = Backprop({}).derivative(self.loss, arg)
        assert gradient.shape == arg.shape
        value = evaluated(gradient, self.values)
        return np.broadcast_to(value, (DRAWS, *arg.shape))


def evaluated(node: Expression, values: dict[str, np.ndarray]) -> np.ndarray:
    return Evaluator(values, Backprop({}).lower)(node)


def applications(name: str) -> Iterator[Application]:
    case = CASES[name]
    rng = np.random.default_rng(len(name))
    for shapes in case.shapes:
        for params in case.params:
            symbols = [Symbol(f"a{at}", shape) for at, shape in enumerate(shapes)]
            node = apply(name, *symbols, params=params)
            values = {
                symbol.name: domain(rng, (DRAWS, *symbol.shape))
                for symbol, domain in zip(symbols, case.domains, strict=False)
            }
            values["g"] = rng.normal(size=(DRAWS, *node.shape))
            yield Application(node, values, case.formula)


def labelled(used: Application) -> str:
    shapes = "-".join(f"{m}x{n}" for m, n in (arg.shape for arg in used.node.args))
    return f"{used.node.function}({shapes}){used.node.params or ''}"


def test_every_row_has_a_case() -> None:
    assert set(CASES) == set(TABLE)


@pytest.mark.parametrize("name", CASES)
def test_laws(name: str, subtests: pytest.Subtests) -> None:
    """Of every row, for all shapes of its arguments."""
    for used in applications(name):
        for law in (value, vjp_agrees_with_autograd, vjp_agrees_with_finite_differences):
            with subtests.test(law=law.__name__, used=labelled(used)):
                law(used)


def value(used: Application) -> None:
    got = np.broadcast_to(evaluated(used.node, used.values), (DRAWS, *used.node.shape))
    for draw in range(DRAWS):
        expected = used.formula(*(arg[draw] for arg in used.args), *used.node.params)
        np.testing.assert_allclose(got[draw], expected, rtol=1e-12, atol=1e-12)


def vjp_agrees_with_autograd(used: Application) -> None:
    for at in range(len(used.node.args)):
        got = used.gradient(at)
        for draw in range(DRAWS):
            args = [arg[draw] for arg in used.args]
            expected = autograd.grad(used.loss_of(draw), at)(*args)
            np.testing.assert_allclose(got[draw], expected, rtol=1e-9, atol=1e-12)


def vjp_agrees_with_finite_differences(used: Application) -> None:
    for at, arg in enumerate(used.node.args):
        got = used.gradient(at)
        expected = differences(used, at, arg.shape)
        np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-7)


def differences(used: Application, at: int, shape: Shape, step: float = 1e-5) -> np.ndarray:
    """Central differences of our own value, one entry after the other, on all draws at once."""
    result = np.zeros((DRAWS, *shape))
    name = used.node.args[at].name  # type: ignore[union-attr]
    for i, j in np.ndindex(shape):
        moved = np.zeros(shape)
        moved[i, j] = step
        up, down = (
            evaluated(used.loss, {**used.values, name: used.values[name] + change})
            for change in (moved, -moved)
        )
        result[:, i, j] = ((up - down) / (2 * step))[:, 0, 0]
    return result


@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "log",
        "sqrt",
        "sin",
        "cos",
        "sigmoid",
        "tanh",
        "softplus",
        "silu",
        "mish",
        "log_sigmoid",
        "tan",
        "arctan",
        "sinh",
        "cosh",
        "sech",
    ],
)
def test_third_derivatives_of_smooth_functions(name: str) -> None:
    """The derivative of a derivative of a derivative, since expansions are differentiated too."""
    x = Symbol("x", SCALAR)
    values = {"x": np.linspace(0.5, 1.5, DRAWS).reshape(-1, 1, 1)}
    node: Expression = apply(name, x)
    formula = CASES[name].formula
    for _ in range(3):
        node, formula = Backprop({}).derivative(node, x), autograd.elementwise_grad(formula)
    expected = formula(values["x"])
    np.testing.assert_allclose(evaluated(node, values) + 0 * expected, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("relu", 0.0, 0.0), ("abs", 0.0, 0.0), ("sign", 0.0, 0.0), ("step", 0.0, 0.5),
        ("sigmoid", -800.0, 0.0), ("sigmoid", 800.0, 1.0),
        ("softplus", -800.0, 0.0), ("softplus", 800.0, 800.0), ("tanh", 400.0, 1.0),
        ("log_sigmoid", -800.0, -800.0), ("log_sigmoid", 800.0, 0.0), ("mish", 800.0, 800.0),
        ("mish", -800.0, 0.0), ("elu", -800.0, -1.0), ("elu", 800.0, 800.0), ("hardtanh", 3.0, 1.0),
        ("softsign", 0.0, 0.0), ("sech", 800.0, 0.0),
    ],
)  # fmt: skip
def test_values_at_kinks_and_far_out(name: str, at: float, value: float) -> None:
    x = Symbol("x", SCALAR)
    assert evaluated(apply(name, x), {"x": np.full((1, 1, 1), at)}).item() == value


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
def test_softmax_does_not_overflow(name: str) -> None:
    value = evaluated(apply(name, Symbol("x", COLUMN)), {"x": np.full((1, *COLUMN), 1e4)})
    third = {"softmax": 1 / 3, "log_softmax": -np.log(3), "logsumexp": 1e4 + np.log(3)}[name]
    np.testing.assert_allclose(value, third, rtol=1e-12)


def test_the_slope_of_leaky_relu_and_the_step_at_zero_can_be_given() -> None:
    x, slope = Symbol("x", COLUMN), Symbol("s", SCALAR)
    values = {"x": np.array([[[-2.0], [0.0], [3.0]]]), "s": np.full((1, 1, 1), 0.25)}
    leaky = evaluated(apply("leaky_relu", x, slope), values)
    assert leaky.ravel().tolist() == [-0.5, 0.0, 3.0]
    assert evaluated(apply("leaky_relu'", x, slope), values).ravel().tolist() == [0.25, 0.25, 1.0]
    assert evaluated(apply("step", x, slope), values).ravel().tolist() == [0.0, 0.25, 1.0]


def test_powers_of_negative_bases_have_derivatives_by_the_base() -> None:
    x = Symbol("x", SCALAR)
    values = {"x": np.array([-2.0, -0.5, 3.0]).reshape(-1, 1, 1)}
    for exponent in (2.0, 3.0, 4.0, -1.0):
        node = apply("pow", x, number(exponent))
        got = evaluated(Backprop({}).derivative(node, x), values)
        np.testing.assert_allclose(got, exponent * values["x"] ** (exponent - 1), rtol=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [
        (SCALAR, MATRIX, MATRIX), (MATRIX, SCALAR, MATRIX), (COLUMN, MATRIX, MATRIX),
        (ROW, MATRIX, MATRIX), (MATRIX, MATRIX, MATRIX), (SCALAR, SCALAR, SCALAR),
    ],
)  # fmt: skip
def test_broadcasting(a: Shape, b: Shape, shape: Shape) -> None:
    assert broadcast(a, b) == shape


@pytest.mark.parametrize(
    ("a", "b"), [(COLUMN, ROW), (ROW, COLUMN), (COLUMN, (2, 1)), (MATRIX, (2, 3)), ((2, 1), MATRIX)]
)
def test_a_row_and_a_column_never_broadcast_to_a_matrix(a: Shape, b: Shape) -> None:
    with pytest.raises(ShapeMismatch):
        broadcast(a, b)


@pytest.mark.parametrize(
    ("name", "shapes"),
    [
        ("matmul", (MATRIX, MATRIX)), ("outer", (MATRIX, COLUMN)), ("inner", (COLUMN, ROW)),
        ("trace", (MATRIX,)), ("diag", (MATRIX,)), ("add", (COLUMN, ROW)),
    ],
)  # fmt: skip
def test_shapes_that_do_not_fit_are_refused(name: str, shapes: tuple[Shape, ...]) -> None:
    with pytest.raises(ShapeMismatch):
        apply(name, *(Symbol("a", shape) for shape in shapes))


@pytest.mark.parametrize(("name", "count"), [("add", 1), ("where", 2), ("exp", 0), ("exp", 2)])
def test_a_wrong_number_of_arguments_is_refused(name: str, count: int) -> None:
    with pytest.raises(Unreadable, match="takes"):
        apply(name, *(Symbol("a", SCALAR),) * count)


def test_exact_rows_do_not_round() -> None:
    """`exact` rows are not disturbed when noise is estimated: their result needs no rounding."""
    exact = [name for name, row in TABLE.items() if row.exact]
    for used in (used for name in exact for used in applications(name)):
        coarse = {key: np.round(value * 8) / 8 for key, value in used.values.items()}
        result = evaluated(used.node, coarse)
        assert (result == result.astype(np.float32)).all(), used.node.function


def test_spellings_are_unique() -> None:
    for notation in ("infix", "latex"):
        spelled = [text for row in TABLE.values() for text in getattr(row, notation)]
        assert len(spelled) == len(set(spelled))
