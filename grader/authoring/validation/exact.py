"""Derivatives by differences in 100 digits: independent of our rules and of our rounding.

The step is 30 digits down, so that a central difference keeps more digits than a double has, wherever
the model is finite. Functions have other forms here than in `grader.primitives`, written from their
definitions. Arrays are NumPy arrays of mpmath's numbers, so that broadcasting is NumPy's.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.authoring.validation import digits as sp
from grader.authoring.validation.forward import forward, upstream
from grader.authoring.validation.layout import position, target
from grader.errors import GraderError
from grader.expression import (
    Apply,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Place,
    Slice,
    Sum,
    Symbol,
    Tabulate,
    symbols_in,
)
from grader.key import QuestionKey
from grader.primitives import TABLE, Array
from grader.problem import Scope

Exact = NDArray[Any]  # (rows, columns) of numbers of 100 digits
STEP = sp.Float("1e-30")
MOST_ENTRIES = 16  # of a large array that is differentiated by, and others on the next draw


class NotExactError(GraderError):
    """This arithmetic does not have what is asked for."""


def exact(key: QuestionKey, draw: int) -> Array:
    """The derivative that a question asks for on one draw: (1, rows, columns), laid out as the key's.

    Of large arrays only some entries are differentiated by; the others are NaN. Raises NotExactError.
    """
    question = key.question
    of, wrt = question.of, question.wrt
    assert of is not None
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    sizes = tuple(index.size for index in question.free)
    model = _Model(key, draw, base)
    partial = np.full((1, *sizes, *of.shape, *base.shape), np.nan)
    for entry in _some(base.shape, draw):
        up, down = (model.moved(entry, step) for step in (STEP, -STEP))
        for place in np.ndindex(*sizes):
            if isinstance(wrt, Item) and position(key, place) != entry:
                continue
            where = {i.name: i.start + p for i, p in zip(question.free, place, strict=True)}
            slope = (_evaluated(of, up, where) - _evaluated(of, down, where)) / (2 * STEP)
            partial[(0, *place, ..., *entry)] = _doubles(slope)
    return target(key, partial)


def _some(shape: tuple[int, int], draw: int) -> list[tuple[int, int]]:
    """All entries of a small array, and some of a large one, others on another draw."""
    entries = [(row, column) for row in range(shape[0]) for column in range(shape[1])]
    if len(entries) <= 2 * MOST_ENTRIES:
        return entries
    rng = np.random.Generator(np.random.PCG64(draw % 1000))
    chosen = rng.choice(len(entries), MOST_ENTRIES, replace=False)
    return [entries[at] for at in chosen]


def _doubles(values: Exact) -> Array:
    """Numbers as doubles."""
    try:
        return values.astype(np.float64)
    except TypeError as error:  # a complex one: the logarithm of a negative number, say
        raise NotExactError("it has a value that is no real number") from error


class _Model:
    """The forward model on one draw, where entries of one array are moved."""

    def __init__(self, key: QuestionKey, draw: int, base: Symbol) -> None:
        self._scope, self._base = key.question.scope, base.name
        values = {name: _numbers(array[draw]) for name, array in key.draws.values.items()}
        symbols = {name: values[name] for name in self._scope.symbols}
        self._gradients = upstream(self._scope, symbols, _evaluated, _inner)
        self._still = forward(
            self._scope,
            {**symbols, base.name: values[base.name]},
            _evaluated,
            _inner,
            self._gradients,
        )
        for name in _behind(self._scope, base.name):
            self._still.pop(name, None)

    def moved(self, entry: tuple[int, int], step: Any) -> dict[str, Exact]:
        """The values of everything with one entry moved by a step."""
        held = self._still[self._base].copy()
        held[entry] += step
        return forward(
            self._scope, {**self._still, self._base: held}, _evaluated, _inner, self._gradients
        )


def _behind(scope: Scope, name: str) -> list[str]:
    """The quantities that are computed from a symbol or quantity."""
    found = [name]
    for quantity in scope.model.values():
        used = (
            symbols_in(quantity.definition)
            if quantity.definition is not None
            else quantity.upstream
        )
        if quantity.name != name and not set(found).isdisjoint(used):
            found.append(quantity.name)
    return found[1:]


def _evaluated(
    node: Expression, values: Mapping[str, Exact], indices: Mapping[str, int] = MappingProxyType({})
) -> Exact:
    try:
        return np.broadcast_to(Numeric(values, indices)(node), node.shape)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise NotExactError("it has a value that is no real number") from error


def _inner(a: Exact, b: Exact) -> Exact:
    return np.full((1, 1), np.sum(a * b), dtype=object)


def _numbers(array: Array) -> Exact:
    return _each(lambda x: sp.Float(float(x)), array.astype(object))


def _each(function: Callable[..., Any], *arrays: Exact) -> Exact:
    """A function entry by entry, arguments broadcast."""
    return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), dtype=object)


def _choice(condition: Any, yes: Any, no: Any) -> Any:
    return sp.Piecewise((yes, condition), (no, True))


def _truth(relation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: _choice(relation(a, b), sp.Integer(1), sp.Integer(0))


_LEAK = sp.Rational(1, 100)
_ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "pow": lambda a, b: a**b, "neg": lambda a: -a,
    "exp": sp.exp, "log": sp.log, "sqrt": sp.sqrt, "sin": sp.sin, "cos": sp.cos, "tanh": sp.tanh,
    "square": lambda x: x**2, "sigmoid": lambda x: 1 / (1 + sp.exp(-x)),
    "softplus": lambda x: sp.log(1 + sp.exp(x)),
    "relu": lambda x: _choice(x > 0, x, sp.Integer(0)),
    "abs": lambda x: _choice(x > 0, x, -x),
    "sign": lambda x: _choice(x > 0, sp.Integer(1), sp.Integer(-1)),
    "step": lambda x, *_: _choice(x > 0, sp.Integer(1), sp.Integer(0)),
    "leaky_relu": lambda x, slope=_LEAK: _choice(x > 0, x, slope * x),
    "maximum": lambda a, b: _choice(a > b, a, b), "minimum": lambda a, b: _choice(a < b, a, b),
    "gt": _truth(lambda a, b: a > b), "ge": _truth(lambda a, b: a >= b),
    "lt": _truth(lambda a, b: a < b), "le": _truth(lambda a, b: a <= b),
    "eq": _truth(sp.Eq), "ne": _truth(sp.Ne),
    "where": lambda c, a, b: _choice(sp.Ne(c, 0), a, b),
}  # fmt: skip


def _axis(params: tuple[int | None, ...]) -> int | None:
    return params[0] if params else None


def _sum(x: Exact, axis: int | None) -> Exact:
    return np.asarray(np.sum(x, axis=axis, keepdims=True), dtype=object)


def _rowwise(node: Apply) -> int | None:
    """The axis of softmax and its kin: all entries of a vector, each row of a matrix."""
    if node.params:
        return node.params[0]
    return None if 1 in node.args[0].shape else 1


def _softmax(x: Exact, node: Apply) -> Exact:
    powers = _each(sp.exp, x)
    return np.asarray(powers / _sum(powers, _rowwise(node)), dtype=object)


def _log_softmax(x: Exact, node: Apply) -> Exact:
    total = _sum(_each(sp.exp, x), _rowwise(node))
    return np.asarray(x - _each(sp.log, total), dtype=object)


def _diag(x: Exact, node: Apply) -> Exact:
    return np.diag(x.ravel()) if 1 in x.shape else np.diagonal(x)[:, None]


def _correlate(x: Exact, w: Exact, node: Apply) -> Exact:
    flat, kernel = x.ravel(), w.ravel()
    count = len(flat) - len(kernel) + 1
    entries = [np.sum(flat[at : at + len(kernel)] * kernel) for at in range(count)]
    return np.array(entries, dtype=object).reshape(node.shape)


def _convolve(a: Exact, b: Exact, node: Apply) -> Exact:
    whole = np.zeros(a.size + b.size - 1, dtype=object)
    for at, factor in enumerate(a.ravel()):
        whole[at : at + b.size] += factor * b.ravel()
    return whole.reshape(node.shape)


_WHOLE: dict[str, Callable[..., Exact]] = {
    "matmul": lambda a, b, node: a @ b,
    "transpose": lambda x, node: x.T,
    "sum": lambda x, node: _sum(x, _axis(node.params)),
    "trace": lambda x, node: np.full((1, 1), np.trace(x), dtype=object),
    "diag": _diag,
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": lambda x, node: _each(sp.log, _sum(_each(sp.exp, x), _axis(node.params))),
    "correlate": _correlate,
    "convolve": _convolve,
    "flip": lambda x, node: x[::-1, ::-1],
    "zeros": lambda node: np.zeros(node.shape, dtype=object),
    "ones": lambda node: np.ones(node.shape, dtype=object),
    "identity": lambda node: np.eye(*node.shape, dtype=object),
}


class Numeric:
    """Evaluates an expression in 100 digits at given values of its index variables."""

    def __init__(self, values: Mapping[str, Exact], indices: Mapping[str, int]) -> None:
        self._values = values
        self._indices = dict(indices)

    def __call__(self, node: Expression) -> Exact:
        """(rows, columns) of numbers, or broadcastable to that. Raises NotExactError."""
        match node:
            case Number():
                return _scalar(sp.Float(node.value))
            case Symbol():
                if node.name not in self._values:
                    raise NotExactError(f"`{node.name}` has no value")
                return self._values[node.name]
            case Index():
                return _scalar(sp.Integer(self._indices[node.name]))
            case Apply():
                return self._apply(node)
            case Item():
                base = np.broadcast_to(self(node.base), node.base.shape)
                return base[self._selected(node.row), self._selected(node.column)]
            case Place():
                placed = np.zeros(node.shape, dtype=object)
                placed[self._selected(node.row), self._selected(node.column)] = self(node.value)
                return placed
            case Sum():
                return np.asarray(sum(self._over(node.body, node.index)), dtype=object)
            case Tabulate():
                rows = self._over_rows(node)
                return np.array(rows, dtype=object)
            case Matrix():
                rows = [[self(entry)[0, 0] for entry in row] for row in node.rows]
                return np.array(rows, dtype=object)
            case _:
                raise NotExactError("a derivative inside of the model")

    def _apply(self, node: Apply) -> Exact:
        if node.function in _ELEMENTWISE:
            return _each(_ELEMENTWISE[node.function], *map(self, node.args))
        if node.function in _WHOLE:
            return _WHOLE[node.function](*(self._full(arg) for arg in node.args), node)
        expansion = TABLE[node.function].expansion
        if expansion is None:
            raise NotExactError(f"`{node.function}` is not known here")
        return self(expansion(node))

    def _full(self, node: Expression) -> Exact:
        return np.broadcast_to(self(node), node.shape)

    def _selected(self, selector: "Expression | Slice") -> slice:
        if isinstance(selector, Slice):
            return slice(selector.start - 1, selector.stop)
        at = int(self(selector)[0, 0])
        return slice(at - 1, at)

    def _over(self, body: Expression, index: Index) -> list[Exact]:
        """The values of a body while an index variable runs."""
        outer = self._indices.get(index.name)
        values = []
        for at in range(index.start, index.stop + 1):
            self._indices[index.name] = at
            values.append(self(body))
        if outer is None:
            del self._indices[index.name]
        else:
            self._indices[index.name] = outer
        return values

    def _over_rows(self, node: Tabulate) -> list[list[Any]]:
        rows = []
        outer = self._indices.get(node.row.name)
        for at in range(node.row.start, node.row.stop + 1):
            self._indices[node.row.name] = at
            rows.append([value[0, 0] for value in self._over(node.body, node.column)])
        if outer is None:
            del self._indices[node.row.name]
        else:
            self._indices[node.row.name] = outer
        return rows


def _scalar(value: Any) -> Exact:
    return np.full((1, 1), value, dtype=object)
