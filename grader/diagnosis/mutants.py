"""The values of a question's faulty derivatives, and which of them an answer has.

The values of single mistakes are kept as arrays. There are many combinations, so only their fingerprints
are kept; a combination that a fingerprint finds is evaluated again and compared on every draw.

The work on combinations is counted, not timed, so that the messages never depend on the machine. The
likeliest come first, until the work is used up.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from grader.diagnosis.derivatives import Derivatives
from grader.diagnosis.faulty_pass import RESULT
from grader.diagnosis.fingerprints import (
    MATCH,
    NEAR,
    Batch,
    FingerprintTable,
    Mask,
    Several,
    blend,
    fingerprints,
    named_factor,
    ratio,
    same,
    table_of,
    usable,
)
from grader.diagnosis.mistake import MadeMistake
from grader.evaluation import Memory
from grader.expression import Expression, walk
from grader.key import QuestionKey
from grader.primitives import Array
from grader.simplification import simplest

MOST_PAIRS = 3_000  # the likeliest; microseconds each if they share steps
MOST_TRIPLES = 1_500
STEPS = 150  # of backward passes, for several mistakes in one step: 0.3 ms each
WRITTEN = 2_000  # nodes of derivatives that are evaluated on their own: 15 µs each
ODD_FACTOR = 3  # the rank of a constant of unknown origin beside known mistakes
FEW = 8  # draws of a fingerprint
DROPPED = frozenset({
    "dropped-activation-derivative", "dropped-weight", "dropped-input", "dropped-upstream",
    "summed-instead-of-selected",
})  # fmt: skip
"""Mistakes that people make three at a time: they leave out more and more."""

__all__ = ["MATCH", "Match", "Mutant", "Mutants", "same"]


@dataclass(frozen=True, eq=False)
class Mutant:
    """A faulty derivative: its mistakes and its values (draws, rows, columns), laid out like the key's."""

    faults: Several
    value: Array
    _written: "Mutants" = field(repr=False)

    @cached_property
    def expression(self) -> Expression:
        """The derivative itself."""
        written = self._written.written(self.faults)
        assert written is not None
        return written


@dataclass(frozen=True, eq=False)
class Match:
    """Mistakes whose values, times `factor`, are those of an answer on every draw."""

    faults: Several
    factor: float = 1.0

    @property
    def rank(self) -> tuple[int, int]:
        """How many mistakes, then how unlikely they are; the lowest is the simplest."""
        odd = 0 if self.factor in (1.0, -1.0) else ODD_FACTOR
        return len(self.faults) + (self.factor != 1.0), sum(f.rank for f in self.faults) + odd


class Mutants:
    """All faulty derivatives of one question. Several mistakes at once are only tried on demand.

    `passed` is the right backward pass; None for a reference that the author's Python computes.
    """

    def __init__(self, key: QuestionKey) -> None:
        self._key = key
        written = key.cached(simplest)
        self.passed = None if written is None else self._derivatives.pass_written(written)
        self._recomputed: dict[tuple[int, ...], Array | None] = {}

    @property
    def _derivatives(self) -> Derivatives:
        return self._key.cached(Derivatives)

    @cached_property
    def singles(self) -> tuple[Mutant, ...]:
        """Each mistake made alone, without those that change nothing or give no finite values."""
        if self.passed is None:
            return ()
        found = self._derivatives.faults(self.passed)
        return tuple(
            Mutant((fault,), value, self)
            for fault, value in zip(found, self._derivatives.alone(found), strict=True)
            if value is not None and self._is_wrong(value)
        )

    def _is_wrong(self, value: Array) -> bool:
        """Whether values are finite, not all zero, and not right."""
        return bool(usable(value[None])[0]) and not same(value, self._key.expected)

    def matching(self, got: Array, wrong: Mask) -> list[Match]:
        """The simplest mistakes that explain an answer where it is wrong.

        `got` is (draws, rows, columns); `wrong` (rows, columns) marks the entries to explain.
        """
        if not np.isfinite(got[:, wrong]).all():
            return []
        found = self.alone(got, wrong)
        if found or not wrong.all() or not got.any():
            return found
        angle = float(fingerprints(got[None, :FEW])[0])
        for tables in self._tables():
            near = (chosen for table in tables for chosen in table.near(angle))
            matches = list(self._multiples(near, got))
            if matches:
                simplest = min(match.rank[0] for match in matches)
                return sorted((m for m in matches if m.rank[0] == simplest), key=lambda m: m.rank)
        return []

    def alone(self, got: Array, wrong: Mask, tolerance: float = MATCH) -> list[Match]:
        """The single mistakes that explain an answer; `tolerance` is a part of an entry's largest value."""
        if not got[:, wrong].any():  # many mistakes give zeros: then the right entries must fit too
            wrong = np.ones_like(wrong)
        target = got[:, wrong]
        reach = max(NEAR, 4 * tolerance) * self._sizes[:, None]
        apart = np.abs(self._blended[:, wrong] - blend(got)[wrong]) > reach
        close = (self.singles[at] for at in np.flatnonzero(~apart.any(axis=1)))
        return [Match(one.faults) for one in close if same(target, one.value[:, wrong], tolerance)]

    def _multiples(self, found: Iterable[Several], got: Array) -> Iterator[Match]:
        """The mistakes whose values, times a constant that people write, are those of an answer."""
        for chosen in found:
            value = self.recomputed(chosen)
            factor = None if value is None else ratio(got, value)
            if factor is not None and named_factor(factor) is not None:
                yield Match(chosen, factor)

    @cached_property
    def _blended(self) -> Array:
        """The values of each mistake, with all draws blended into one: (mistakes, rows, columns)."""
        values = [blend(one.value) for one in self.singles]
        return np.stack(values) if values else np.zeros((0, *self._key.grid))

    @cached_property
    def _sizes(self) -> Array:
        """The largest sum of sizes over all draws, for each mistake."""
        return np.array([np.abs(one.value).sum(axis=0).max() for one in self.singles])

    # Several mistakes at once

    def _tables(self) -> Iterator[tuple[FingerprintTable, ...]]:
        yield self._scaled, self._pairs
        yield (self._triples,)
        yield (self._unlikely,)

    @cached_property
    def _scaled(self) -> FingerprintTable:
        values = np.array([one.value[:FEW] for one in self.singles])
        return table_of([([one.faults for one in self.singles], values)] if self.singles else ())

    @cached_property
    def _pairs(self) -> FingerprintTable:
        return table_of(self._tried(self.pairs))

    @cached_property
    def pairs(self) -> list[Several]:
        """The likeliest two mistakes at once."""
        able = (one.faults[0] for one in self.singles if one.faults[0].way.factor is None)
        likeliest = _by_rank([fault for fault in able if not fault.way.alone])
        return self._affordable(itertools.islice(likeliest, MOST_PAIRS), WRITTEN)

    @cached_property
    def _triples(self) -> FingerprintTable:
        dropped = [m.faults[0] for m in self.singles if m.faults[0].mistake.code in DROPPED]
        able = filter(self._derivatives.is_stacked, itertools.combinations(dropped, 3))
        return table_of(self._tried(self._affordable(itertools.islice(able, MOST_TRIPLES), 0)))

    @cached_property
    def _unlikely(self) -> FingerprintTable:
        """A mistake with one factor too many, or in the derivative with respect to something else."""
        made = [one.faults[0] for one in self.singles if one.faults[0].way.factor is None]
        others = (
            (one, other)
            for one in made
            for other in made
            if one.way.alone and not other.way.alone and RESULT in other.way.changes
        )
        tried = self._tried(self._affordable(others, WRITTEN // 4))
        return table_of(itertools.chain(self._multiplied(), tried))

    def _multiplied(self) -> Iterator[Batch]:
        """A mistake with one factor too many: its values times those of the factor."""
        others = [one for one in self.singles if one.faults[0].way.factor is None]
        factors = [one for one in self.singles if one.faults[0].way.factor is not None]
        for at, one in enumerate(factors):
            factor = one.faults[0].way.factor
            value = None if factor is None else self._derivatives.value(factor)
            first = [*others, *factors[: at + 1]]
            if value is not None:
                with np.errstate(over="ignore"):
                    values = np.stack([other.value[:FEW] for other in first]) * value[:FEW]
                yield [other.faults + one.faults for other in first], values

    def _affordable(self, several: Iterable[Several], written: int) -> list[Several]:
        """The combinations, in order, until the work is used up; `written` nodes for those not stacked."""
        steps, chosen = STEPS, []
        for one in several:
            if self._derivatives.is_stacked(one):
                cost = self._derivatives.stack.work(one)
                steps -= cost
                able = steps >= 0 or cost == 0
            else:
                written -= self._size
                able = written >= 0
            if able:
                chosen.append(one)
        return chosen

    def _tried(self, several: Sequence[Several]) -> Iterator[Batch]:
        """Several mistakes at once with their values on a few draws."""
        stacked = [one for one in several if self._derivatives.is_stacked(one)]
        written = [one for one in several if not self._derivatives.is_stacked(one)]
        memory = Memory()
        values = (
            *self._derivatives.stacked(stacked, FEW),
            *(self._derivatives.evaluated(one, memory) for one in written),
        )
        found = zip((*stacked, *written), values, strict=True)
        able = [(one, value[:FEW]) for one, value in found if value is not None]
        if able:
            yield [one for one, _ in able], np.stack([value for _, value in able])

    @cached_property
    def _size(self) -> int:
        """The nodes of the reference: the work to evaluate one derivative of this question."""
        assert self.passed is not None
        return sum(1 for _ in walk(self.passed.result))

    def made(self, chosen: Several) -> Mutant | None:
        """The mutant with these mistakes; None if it is right, not finite, or makes no sense."""
        value = self._derivatives.evaluated(chosen)
        return None if value is None or not self._is_wrong(value) else Mutant(chosen, value, self)

    def written(self, chosen: Several) -> Expression | None:
        """The derivative with these mistakes; None if they do not fit together."""
        return self._derivatives.written(chosen)

    def recomputed(self, chosen: Several) -> Array | None:
        """The values of mistakes of which only the fingerprint was kept; cached, since they often recur."""
        known = tuple(map(id, chosen))
        if known not in self._recomputed:
            one = self.made(chosen)
            self._recomputed[known] = None if one is None else one.value
        return self._recomputed[known]


def _by_rank(found: Sequence[MadeMistake]) -> Iterator[Several]:
    """All pairs of mistakes, the likeliest pair first."""
    ranked: dict[int, list[MadeMistake]] = {}
    for fault in found:
        ranked.setdefault(fault.rank, []).append(fault)
    for total in range(2 * max(ranked, default=0) + 1):
        for rank, some in ranked.items():
            if 2 * rank == total:
                yield from itertools.combinations(some, 2)
            elif 2 * rank < total:
                yield from itertools.product(some, ranked.get(total - rank, ()))
