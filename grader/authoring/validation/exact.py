"""Derivatives by differences in 100 digits, independent of the grader's rules and of rounding.

The step is 30 digits down, so that a central difference keeps more digits than a double has, wherever
the model is finite. Functions are written from their definitions, not in the forms of
`grader.primitives`. Arrays are NumPy arrays of mpmath's numbers, so that broadcasting is NumPy's.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.authoring.validation import digits
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
    Placed,
    Slice,
    Sum,
    Symbol,
    Tabulate,
    symbols_in,
)
from grader.key import QuestionKey
from grader.primitives import TABLE, Array
from grader.primitives.symbolic import Exact
from grader.problem import Scope

STEP = digits.Float("1e-30")
MOST_ENTRIES = 16  # of a large array to differentiate by; other entries on the next draw


class NotExactError(GraderError):
    """This arithmetic cannot compute the value."""


def exact(key: QuestionKey, draw: int) -> Array:
    """The derivative that a question asks for on one draw: (1, rows, columns), laid out as the key's.

    Large arrays are differentiated by some entries only; the others are NaN. Raises NotExactError.
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
    """All entries of a small array; some of a large one, which differ from draw to draw."""
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
        raise NotExactError("a value is not a real number") from error


class _Model:
    """The forward model on one draw, with moved entries of one array."""

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
        """The values of all names, with one entry moved by a step."""
        held = self._still[self._base].copy()
        held[entry] += step
        return forward(
            self._scope, {**self._still, self._base: held}, _evaluated, _inner, self._gradients
        )


def _behind(scope: Scope, name: str) -> list[str]:
    """The quantities computed from a symbol or quantity."""
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
        raise NotExactError("a value is not a real number") from error


def _inner(a: Exact, b: Exact) -> Exact:
    return np.full((1, 1), np.sum(a * b), dtype=object)


def _numbers(array: Array) -> Exact:
    return _each(lambda x: digits.Float(float(x)), array.astype(object))


def _each(function: Callable[..., Any], *arrays: Exact) -> Exact:
    """A function entry by entry; its arguments are broadcast."""
    return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), dtype=object)


class Numeric:
    """Evaluates an expression at values of its index variables, in 100 digits or in the numbers of `sp`."""

    def __init__(
        self, values: Mapping[str, Exact], indices: Mapping[str, int], sp: Any = digits
    ) -> None:
        self._values = values
        self._indices = dict(indices)
        self._sp = sp

    def __call__(self, node: Expression) -> Exact:
        """(rows, columns) of numbers, or broadcastable to that. Raises NotExactError."""
        match node:
            case Number():
                return _scalar(self._sp.Float(node.value))
            case Symbol():
                if node.name not in self._values:
                    raise NotExactError(f"`{node.name}` has no value")
                return self._values[node.name]
            case Index():
                return _scalar(self._sp.Integer(self._indices[node.name]))
            case Apply():
                return self._apply(node)
            case Item():
                base = np.broadcast_to(self(node.base), node.base.shape)
                return base[self._selected(node.row), self._selected(node.column)]
            case Placed():
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
                raise NotExactError("the model contains a derivative")

    def _apply(self, node: Apply) -> Exact:
        row = TABLE[node.function]
        if row.sympy is None:
            assert row.expansion is not None
            return self(row.expansion(node))
        if row.entrywise:
            return _each(partial(row.sympy, self._sp), *map(self, node.args))
        return np.asarray(row.sympy(self._sp, node, *map(self._full, node.args)), dtype=object)

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
