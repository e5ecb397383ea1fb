"""Worked examples: small whole numbers on which an answer is wrong, to check by hand.

The draws that grading uses have many digits. Here a pool of small draws is made once for a question,
the simplest first, and a wrong answer is evaluated on all of them at once.
"""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.facts import leaves
from grader.draws import SAMPLERS, Draws, generator, kinks, modelled, per_draw
from grader.errors import GraderError
from grader.expression import Expression
from grader.key import QuestionKey
from grader.primitives import Array
from grader.problem.model import Declared
from grader.python_reference import natural
from grader.result import WorkedExample

POOL = 128  # small draws that it tries
CLEAR = 0.05  # a smaller difference is not seen at once
MOST_NUMBERS = 150  # in all symbols that matter: nobody works out more by hand
DIGITS = np.array([0, 0, 0, 1, 1, -1, 2, -2, 3])
FRACTION, ZERO = 12.0, 4.0  # the cost of a result that is no whole number, or is zero


class Examples:
    """Small draws of one question, and differences found on them."""

    def __init__(self, key: QuestionKey) -> None:
        self._key = key

    def against(self, node: Expression) -> WorkedExample | None:
        """The simplest small draw on which a wrong answer differs from the reference; None if none."""
        if self._key.reference is None:
            return None
        needed = self._matter | leaves(self._key, node)
        try:
            return self._simplest(node, needed) if self._is_small(needed) else None
        except (GraderError, ValueError):  # too much to evaluate on so many draws
            return None

    def _simplest(self, node: Expression, needed: set[str]) -> WorkedExample | None:
        got = self._key.laid_out(node, self._pool.values, self._pool.count)
        differs = self._differs(got) & ~self._on_kink(node)[:, None, None]
        if not differs.any():
            return None
        cost = np.where(differs, self._cost[:, None, None] + _untidy(self._expected, got), np.inf)
        draw, row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
        return WorkedExample(
            values=self._shown(int(draw), needed),
            entry=_entry(int(row), int(column), self._key.grid),
            expected=_tidy(float(self._expected[draw, row, column])),
            got=_tidy(float(got[draw, row, column])),
        )

    def _is_small(self, needed: set[str]) -> bool:
        """Whether there are symbols to choose values for, and no more than fit on a page."""
        symbols = self._key.question.scope.symbols
        return 0 < sum(math.prod(symbols[n].shape) for n in needed) <= MOST_NUMBERS

    def _differs(self, got: Array) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(np.isfinite(got) & (np.abs(got - self._expected) > CLEAR))

    def _on_kink(self, node: Expression) -> NDArray[np.bool_]:
        own = [kink for kink in kinks([node]) if kink not in self._avoided]
        return _at_zero(own, self._pool, self._key)

    @cached_property
    def _avoided(self) -> list[Expression]:
        """The kinks of the model and the reference, which the pool avoids."""
        assert self._key.reference is not None
        model = self._key.question.scope.model.values()
        definitions = [q.definition for q in model if q.definition is not None]
        return kinks([*definitions, self._key.reference])

    def _shown(self, draw: int, needed: set[str]) -> Mapping[str, Any]:
        symbols = self._key.question.scope.symbols
        return {name: _plain(self._pool.values[name][draw]) for name in symbols if name in needed}

    @cached_property
    def _matter(self) -> set[str]:
        """The symbols that the reference depends on."""
        assert self._key.reference is not None
        return leaves(self._key, self._key.reference)

    # The pool

    @cached_property
    def _pool(self) -> Draws:
        """Small draws on which the reference is finite and no kink is hit, the simplest first."""
        key = self._key
        assert key.reference is not None
        rng = generator(0, "examples", key.question.id)
        scope = key.question.scope
        symbols = {symbol.name: small(symbol, rng) for symbol in scope.symbols.values()}
        draws = modelled(scope, symbols, POOL, key.backprop.lower)
        good = ~_at_zero(self._avoided, draws, key)
        with np.errstate(all="ignore"):
            value = key.laid_out(key.reference, draws.values, draws.count)
        good &= np.isfinite(value).all(axis=(1, 2))
        cost = self._simplicity(draws)
        order = np.argsort(cost, kind="stable")
        return draws.part(order[good[order]])

    def _simplicity(self, draws: Draws) -> Array:
        """The work to compute each draw by hand: a number other than 0 or 1 costs more."""
        cost = np.zeros(draws.count)
        for name in self._matter:
            sizes = np.abs(draws.values[name])
            cost += np.minimum(sizes, 1).sum(axis=(1, 2)) + (sizes > 1).sum(axis=(1, 2))
        return cost

    @cached_property
    def _cost(self) -> Array:
        return self._simplicity(self._pool)

    @cached_property
    def _expected(self) -> Array:
        assert self._key.reference is not None
        return self._key.laid_out(self._key.reference, self._pool.values, self._pool.count)


def small(symbol: Declared, rng: np.random.Generator) -> Array:
    """`POOL` draws of a symbol, (POOL, rows, columns), in small numbers, whole ones if possible."""
    kind, params = symbol.draw.kind, symbol.draw.params
    size = (POOL, *symbol.shape)
    if kind == "symmetric":
        square = np.tril(rng.choice(DIGITS, size))
        return np.asarray(square + np.swapaxes(np.tril(square, -1), -1, -2), dtype=np.float64)
    if kind == "simplex":
        return _shares(rng, size)
    if kind in ("one_hot", "mask"):
        return SAMPLERS[kind](rng, size, params)
    choices = _choices(kind, params)
    return _sparse(rng.choice(choices, size).astype(np.float64), 0 in choices, rng)


def _choices(kind: str, params: Mapping[str, float]) -> Array:
    """The easiest numbers of a distribution: digits, or else round numbers."""
    low, high = params.get("low", -np.inf), params.get("high", np.inf)
    digits = DIGITS[(low <= DIGITS) & (high >= DIGITS)]
    if kind == "normal" or len(set(digits)) > 1:
        return np.asarray(digits, dtype=np.float64)
    if kind == "integers":
        return np.arange(low, min(high, low + 3) + 1)
    step = 10.0 ** math.floor(math.log10((high - low) / 2))
    rounded = np.round(np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step, 12)
    return rounded[(low <= rounded) & (rounded <= high)]


def _sparse(numbers: Array, zeros: bool, rng: np.random.Generator) -> Array:
    """More and more zeros from draw to draw, if a symbol can be zero: they save work."""
    share = np.linspace(0.0, 0.6, len(numbers))[:, None, None]
    return np.where(rng.random(numbers.shape) < share, 0.0, numbers) if zeros else numbers


def _shares(rng: np.random.Generator, size: tuple[int, ...]) -> Array:
    """Positive shares that add up to 1, in tenths, or hundredths if there are many."""
    count, rows, columns = size
    flat = 1 in (rows, columns)
    length = max(rows, columns) if flat else columns
    whole = 10 if length < 10 else 100
    spread = np.full(length, 1 / length)
    given = rng.multinomial(whole - length, spread, (count, 1 if flat else rows))
    return np.asarray((given + 1) / whole).reshape(size)


def _at_zero(found: list[Expression], draws: Draws, key: QuestionKey) -> NDArray[np.bool_]:
    """The draws on which one of these expressions is 0, or undefined."""
    hit = np.zeros(draws.count, dtype=np.bool_)
    for kink in found:
        with np.errstate(all="ignore"):
            units = per_draw(kink, draws, key.backprop.lower)
        hit |= ~(np.abs(units) > 1e-9).all(axis=1)
    return hit


def _untidy(expected: Array, got: Array) -> Array:
    """The cost of results that make a difference hard to see: fractions, and a right result of 0."""
    with np.errstate(invalid="ignore"):  # infinite results are not shown
        whole = (np.abs(expected - np.round(expected)) < 1e-9) & (
            np.abs(got - np.round(got)) < 1e-9
        )
    return np.where(whole, 0.0, FRACTION) + np.where(np.abs(expected) < 1e-9, ZERO, 0.0)


def _entry(row: int, column: int, grid: tuple[int, int]) -> tuple[int, ...]:
    """The place of an entry from 1, without axes that have only one entry."""
    return tuple(at + 1 for at, size in ((row, grid[0]), (column, grid[1])) if size > 1)


def _tidy(value: float) -> float:
    """A number without the noise of its last digits."""
    return float(round(value)) if abs(value - round(value)) < 1e-9 else value


def _plain(array: Array) -> Any:
    """A number, a list, or a list of rows, with whole numbers as integers."""
    value = natural(array)
    if isinstance(value, float):
        return _number(value)
    if value.ndim == 1:
        return [_number(float(one)) for one in value]
    return [[_number(float(one)) for one in row] for row in value]


def _number(value: float) -> int | float:
    return int(value) if math.isfinite(value) and value.is_integer() else float(f"{value:.12g}")
