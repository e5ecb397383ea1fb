"""The values of a question's faulty derivatives on its draws, and which of them an answer has.

Mistakes made alone are kept as arrays. Of several made at once there are many, so only a fingerprint is
kept of each: the direction of two random projections of its values, which a constant factor does not
change. What the fingerprint finds is evaluated again and compared on every draw.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.catalogue import CATALOGUE
from grader.diagnosis.faulty import RESULT, Pass, mutant, traced
from grader.diagnosis.mistake import Fault, faults
from grader.errors import GraderError
from grader.expression import Expression, walk
from grader.key import QuestionKey
from grader.primitives import Array

MATCH = 1e-9  # of the largest value of an entry: answers and mutants differ by rounding only
NEAR = 1e-7  # between fingerprints: radians, or a part of the largest value
MOST_PAIRS = 3_000  # the likeliest: for a question of a large network they take two seconds, once
PAIR_WORK = 120_000  # nodes of derivatives: a second or so
MOST_PRODUCTS = 10_000  # pairs of which one is a factor too many: microseconds each
MOST_TRIPLES = 1_500
DROPPED = frozenset({
    "dropped-activation-derivative", "dropped-weight", "dropped-input", "dropped-upstream",
    "summed-instead-of-selected",
})  # fmt: skip
"""Mistakes of which people make three at once: they write down less and less."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Mutant:
    """A faulty derivative: the mistakes in it and its values, laid out like those of the key."""

    faults: tuple[Fault, ...]
    expression: Expression
    value: Array


@dataclass(frozen=True, eq=False)
class Match:
    """Mistakes whose values, times `factor`, are those of an answer on every draw."""

    faults: tuple[Fault, ...]
    factor: float = 1.0

    @property
    def rank(self) -> tuple[int, int]:
        """The simplest first."""
        return len(self.faults) + (self.factor != 1.0), sum(fault.rank for fault in self.faults)


class Mutants:
    """All faulty derivatives of one question. Several mistakes at once are only tried when asked for."""

    def __init__(self, key: QuestionKey) -> None:
        self._key = key
        self._passed = _passed(key)
        self._again: dict[tuple[int, ...], Array | None] = {}

    @cached_property
    def singles(self) -> tuple[Mutant, ...]:
        """Each mistake made alone, those left out that change nothing or give no finite values."""
        if self._passed is None:
            return ()
        found = (self.made((fault,)) for fault in faults(CATALOGUE, self._passed))
        return tuple(one for one in found if one is not None)

    def matching(self, got: Array, wrong: Mask) -> list[Match]:
        """The mistakes that explain an answer where it is wrong, of the simplest kind that does.

        `got` is (draws, rows, columns), `wrong` (rows, columns) marks the entries to be explained.
        """
        if not np.isfinite(got[:, wrong]).all():
            return []
        found = self.alone(got, wrong)
        if found or not wrong.all() or not got.any():
            return found
        angle = fingerprint(got)
        for table in self._tables():
            matches = table.matching(got, angle, self)
            if matches:
                simplest = min(match.rank[0] for match in matches)
                return sorted((m for m in matches if m.rank[0] == simplest), key=lambda m: m.rank)
        return []

    def alone(self, got: Array, wrong: Mask, tolerance: float = MATCH) -> list[Match]:
        """The single mistakes that explain an answer, to a part of the largest value of each entry."""
        target = got[:, wrong]
        reach = max(NEAR, 4 * tolerance) * self._sizes[:, None]
        apart = np.abs(self._blended[:, wrong] - _blend(got)[wrong]) > reach
        close = (self.singles[at] for at in np.flatnonzero(~apart.any(axis=1)))
        return [Match(one.faults) for one in close if same(target, one.value[:, wrong], tolerance)]

    @cached_property
    def _blended(self) -> Array:
        """The values of each mistake, all draws blended into one: (mistakes, rows, columns)."""
        values = [_blend(one.value) for one in self.singles]
        return np.stack(values) if values else np.zeros((0, *self._key.grid))

    @cached_property
    def _sizes(self) -> Array:
        """The largest value of each mistake, all draws added up."""
        return np.array([np.abs(one.value).sum(axis=0).max() for one in self.singles])

    def _tables(self) -> Iterator["Table"]:
        yield self._scaled
        yield self._pairs
        yield self._triples
        yield self._unlikely

    @cached_property
    def _scaled(self) -> "Table":
        return Table((one.faults, one.value) for one in self.singles)

    @cached_property
    def _pairs(self) -> "Table":
        return Table(self._evaluated(self.pairs, len(self.pairs)))

    @cached_property
    def pairs(self) -> list[tuple[Fault, Fault]]:
        """The likeliest two mistakes at once."""
        able = (two for two in self._couples if two[1].way.factor is None and not two[0].way.alone)
        most = min(MOST_PAIRS, PAIR_WORK // self._size)
        return sorted(able, key=lambda two: two[0].rank + two[1].rank)[:most]

    @cached_property
    def _couples(self) -> list[tuple[Fault, Fault]]:
        """Any two mistakes of which the second leaves something of the first."""
        made = [one.faults[0] for one in self.singles]
        ordered = sorted(made, key=lambda fault: not fault.way.alone)
        return [
            two
            for two in itertools.combinations(ordered, 2)
            if not two[1].way.alone and (not two[0].way.alone or RESULT in two[1].way.changes)
        ]

    @cached_property
    def _unlikely(self) -> "Table":
        """A mistake with a factor too many, or in the derivative by something else."""
        products = (two for two in self._couples if two[1].way.factor is not None)
        others = (two for two in self._couples if two[1].way.factor is None and two[0].way.alone)
        most = PAIR_WORK // self._size // 2
        return Table(itertools.chain(self._multiplied(products), self._evaluated(others, most)))

    @property
    def _size(self) -> int:
        """How much a derivative of this question takes to be made and evaluated: its nodes."""
        if self._passed is None:
            return 1
        return sum(1 for _ in walk(self._passed.result)) * max(1, len(self._passed.nodes) // 8)

    def _multiplied(
        self, pairs: Iterable[tuple[Fault, Fault]]
    ) -> Iterator[tuple[tuple[Fault, ...], Array]]:
        """A mistake and a factor too many: its values times those of the factor."""
        values = {id(one.faults[0]): one.value for one in self.singles}
        factors: dict[int, Array | None] = {}
        for first, second in itertools.islice(pairs, MOST_PRODUCTS):
            assert second.way.factor is not None
            if id(second) not in factors:
                factors[id(second)] = self.value(second.way.factor)
            factor = factors[id(second)]
            with np.errstate(over="ignore"):
                value = None if factor is None else values[id(first)] * factor
            if value is not None and np.isfinite(value).all() and value.any():
                yield (first, second), value

    @cached_property
    def _triples(self) -> "Table":
        dropped = [m.faults[0] for m in self.singles if m.faults[0].mistake.code in DROPPED]
        most = min(MOST_TRIPLES, PAIR_WORK // self._size)
        return Table(self._evaluated(itertools.combinations(dropped, 3), most))

    def _evaluated(
        self, several: Iterable[tuple[Fault, ...]], most: int
    ) -> Iterator[tuple[tuple[Fault, ...], Array]]:
        for chosen in itertools.islice(several, most):
            one = self.made(chosen)
            if one is not None:
                yield one.faults, one.value

    def made(self, chosen: tuple[Fault, ...]) -> Mutant | None:
        """The derivative with these mistakes; None if it is right, not finite, or makes no sense."""
        if self._passed is None:
            return None
        expression = mutant(self._passed, [fault.way.changes for fault in chosen])
        if expression is None or expression == self._passed.result:
            return None
        value = self.value(expression)
        if value is None or not np.isfinite(value).all() or not value.any():
            return None  # what is zero says nothing of how it came about
        if same(value, self._key.expected):
            return None
        return Mutant(chosen, expression, value)

    def value(self, expression: Expression) -> Array | None:
        """The values of a derivative laid out like those of the key; None if that is not possible."""
        try:
            self._key.check_shape(expression, ())
            return self._key.evaluate(expression)
        except (GraderError, ValueError, IndexError):  # an index of its own that runs too far
            return None

    def again(self, chosen: tuple[Fault, ...]) -> Array | None:
        """The values of mistakes of which only the fingerprint was kept: the same ones come often."""
        known = tuple(map(id, chosen))
        if known not in self._again:
            one = self.made(chosen)
            self._again[known] = None if one is None else one.value
        return self._again[known]


def _passed(key: QuestionKey) -> Pass | None:
    return None if key.reference is None else traced(key.question, key.reference)


class Table:
    """Fingerprints of mutants, sorted, to be looked up."""

    def __init__(self, mutants: Iterable[tuple[tuple[Fault, ...], Array]]) -> None:
        known = [(fingerprint(value), chosen) for chosen, value in mutants]
        known.sort(key=lambda pair: pair[0])
        self._angles = np.array([angle for angle, _ in known])
        self._faults = [chosen for _, chosen in known]

    def __len__(self) -> int:
        return len(self._faults)

    def matching(self, got: Array, angle: float, mutants: Mutants) -> list[Match]:
        """The mutants whose values, times a constant that people write, are those of an answer."""
        found = []
        for at in self._near(angle):
            value = mutants.again(self._faults[at])
            factor = None if value is None else ratio(got, value)
            if factor is not None and named_factor(factor) is not None:
                found.append(Match(self._faults[at], factor))
        return found

    def _near(self, angle: float) -> Sequence[int]:
        turns = (angle - np.pi, angle, angle + np.pi)
        hits: list[int] = []
        for turn in turns:
            low, high = np.searchsorted(self._angles, (turn - NEAR, turn + NEAR))
            hits.extend(range(int(low), int(high)))
        return hits


def projection(value: Array) -> tuple[float, float] | None:
    """Two random projections of values: equal values have equal ones, others almost never.

    None for values that are not finite, or too large to be added up.
    """
    if not np.isfinite(value).all():
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        one, other = _projections(value.size) @ value.reshape(-1)
    return (float(one), float(other)) if np.isfinite((one, other)).all() else None


def fingerprint(value: Array) -> float:
    """The direction of two random projections, in [0, π): the same for all multiples of a value."""
    one, other = _projections(value.size) @ value.reshape(-1)
    return float(np.arctan2(other, one) % np.pi)


def _blend(value: Array) -> Array:
    """A random mean over draws: (draws, rows, columns) to (rows, columns), different where values are."""
    draws, rows, columns = value.shape
    return np.asarray(_projections(draws)[0] @ value.reshape(draws, -1)).reshape(rows, columns)


def _projections(size: int) -> Array:
    if size not in _PROJECTIONS:
        rng = np.random.Generator(np.random.PCG64(size))
        _PROJECTIONS[size] = rng.normal(size=(2, size))
    return _PROJECTIONS[size]


_PROJECTIONS: dict[int, Array] = {}


def same(got: Array, expected: Array, tolerance: float = MATCH) -> bool:
    """Whether values (draws, …) agree on every draw, up to rounding."""
    scale = np.maximum(np.abs(expected).max(axis=0), tolerance * np.abs(expected).max(initial=0.0))
    return bool((np.abs(got - expected) <= tolerance * scale).all())


def ratio(got: Array, expected: Array) -> float | None:
    """The constant c with got = c · expected on every draw; 1.0 exactly where that fits. None if none."""
    if same(got, expected):
        return 1.0
    square = float((expected * expected).sum())
    factor = float((got * expected).sum()) / square if square > 0 else 0.0
    if factor == 0 or not np.isfinite(factor) or not same(got, factor * expected):
        return None
    return factor


def named_factor(factor: float) -> str | None:
    """A constant in words, if it is one that people write: "1", "-1", "2", "1/3"."""
    for below in range(1, 65):
        above = factor * below
        if abs(above - round(above)) < MATCH * below and 1 <= abs(round(above)) <= 64:
            return str(round(above)) if below == 1 else f"{round(above)}/{below}"
    return None
