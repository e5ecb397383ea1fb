"""Derivatives by SymPy, in 40 digits: independent of our rules and of our rounding.

Only the entry that is differentiated by is a letter; everything else is the number that it is on a draw,
which keeps expressions small.
Arrays are NumPy arrays of SymPy objects, so that broadcasting is NumPy's.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

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
)
from grader.key import QuestionKey
from grader.primitives import TABLE, Array
from grader.primitives.symbolic import Exact

DIGITS = 40
MOST_ENTRIES = 2  # of an array that is differentiated by, and others on the next draw
LETTER = sp.Symbol("t", real=True)


class NotExactError(GraderError):
    """SymPy's arithmetic does not have this, or it would take too long."""


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
    numbers = {name: _numbers(array[draw]) for name, array in key.draws.values.items()}
    partial = np.full((1, *sizes, *of.shape, *base.shape), np.nan)
    for entry in _some(base.shape, draw):
        moved = numbers[base.name].copy()
        at, moved[entry] = moved[entry], LETTER
        values = _values(key, numbers, {base.name: moved})
        for place in np.ndindex(*sizes):
            if isinstance(wrt, Item) and position(key, place) != entry:
                continue
            where = {i.name: i.start + p for i, p in zip(question.free, place, strict=True)}
            value = np.broadcast_to(Symbolic(values, where)(of), of.shape)
            slopes = [_slope(one, at) for one in value.ravel()]
            partial[(0, *place, ..., *entry)] = np.array(slopes).reshape(of.shape)
    return target(key, partial)


def _some(shape: tuple[int, int], draw: int) -> list[tuple[int, int]]:
    """All entries of a small array, and some of a large one, others on another draw."""
    entries = [(row, column) for row in range(shape[0]) for column in range(shape[1])]
    if len(entries) <= 2 * MOST_ENTRIES:
        return entries
    rng = np.random.Generator(np.random.PCG64(draw % 1000))
    chosen = rng.choice(len(entries), MOST_ENTRIES, replace=False)
    return [entries[at] for at in chosen]


def _slope(value: Any, at: Any) -> float:
    """The derivative of one entry by the letter, at a value of the letter."""
    try:
        slope = sp.diff(value, LETTER)
        number = slope.evalf(DIGITS, subs={LETTER: at}) if slope.free_symbols else slope
        found = float(number)
    except (TypeError, RecursionError) as error:
        raise NotExactError("SymPy finds no value for a derivative") from error
    if math.isnan(found):
        raise NotExactError("SymPy finds no value for a derivative")
    return found


def _values(
    key: QuestionKey, numbers: Mapping[str, Exact], held: Mapping[str, Exact]
) -> dict[str, Exact]:
    scope = key.question.scope
    symbols = {name: numbers[name] for name in scope.symbols}
    gradients = upstream(scope, symbols, _evaluated, _inner)
    return forward(scope, {**symbols, **held}, _evaluated, _inner, gradients)


def _evaluated(node: Expression, values: Mapping[str, Exact]) -> Exact:
    return np.broadcast_to(Symbolic(values, {})(node), node.shape)


def _inner(a: Exact, b: Exact) -> Exact:
    return np.full((1, 1), np.sum(a * b), dtype=object)


def _numbers(array: Array) -> Exact:
    return _each(lambda x: sp.Float(float(x), DIGITS), array.astype(object))


def _each(function: Callable[..., Any], *arrays: Exact) -> Exact:
    """A function entry by entry, arguments broadcast."""
    return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), dtype=object)


class Symbolic:
    """Evaluates an expression in SymPy's arithmetic at given values of its index variables."""

    def __init__(self, values: Mapping[str, Exact], indices: Mapping[str, int]) -> None:
        self._values = values
        self._indices = dict(indices)

    def __call__(self, node: Expression) -> Exact:
        """(rows, columns) of SymPy objects, or broadcastable to that. Raises NotExactError."""
        match node:
            case Number():
                whole = node.value.is_integer()
                value = sp.Integer(int(node.value)) if whole else sp.Float(node.value, DIGITS)
                return _scalar(value)
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
        row = TABLE[node.function]
        if row.sympy is None:
            assert row.expansion is not None
            return self(row.expansion(node))
        if row.entrywise:
            return _each(partial(row.sympy, sp), *map(self, node.args))
        return np.asarray(row.sympy(sp, node, *map(self._full, node.args)), dtype=object)

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
