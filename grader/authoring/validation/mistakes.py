"""The kill matrix: which mistakes differ from the reference, on how many draws.

Besides the mistakes of the catalogue it has near misses: answers that agree with the reference in almost
all entries, almost to the last digit, or only for some inputs.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np

from grader.comparison import EntryStatus, compare
from grader.diagnosis.batched_passes import ABSENT, Stacked, is_on_the_way, is_stackable
from grader.diagnosis.catalogue import CATALOGUE
from grader.diagnosis.faulty_pass import Pass, mutant, traced
from grader.diagnosis.mistake import MadeMistake, faults
from grader.diagnosis.mutants import MATCH, Match
from grader.diagnosis.sentences import Sentences
from grader.errors import GraderError
from grader.evaluation import ROUNDOFF
from grader.expression import Apply, Expression, Index, Symbol, symbols_in, transform, walk
from grader.key import QuestionKey
from grader.notation import Names, printing
from grader.primitives import TABLE, Array, apply
from grader.primitives.build import ONE, item

NEAR_MISS = "near-miss"
LONGEST = 40  # characters of a unit in a message
SLIGHTLY = 1e-4  # relative error of a near miss
Identity = tuple[str, str, int]
Near = tuple[str, Array | None]  # what is wrong with an answer, and its values if it has any
_RANGE = re.compile(r", 1, \d+\)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """The name of a wrong answer, which does not depend on the draws.

    `nth` counts wrong answers with the same name.
    """

    code: str
    text: str
    nth: int = 0

    @property
    def identity(self) -> Identity:
        """The name of the mistake, the same in problems of other sizes."""
        return self.code, _RANGE.sub(", 1, #)", self.text), self.nth


@dataclass(frozen=True, slots=True)
class Attempt:
    """A wrong answer, and on how many draws it differs from the reference."""

    wrong: Wrong
    caught: int = 0
    decided: bool = True

    @property
    def code(self) -> str:
        """The code of its mistake."""
        return self.wrong.code

    @property
    def text(self) -> str:
        """A description of its mistake."""
        return self.wrong.text

    @property
    def identity(self) -> Identity:
        """The name of the mistake, the same in problems of other sizes."""
        return self.wrong.identity


def attempts(key: QuestionKey, only: Collection[Identity] | None = None) -> Iterator[Attempt]:
    """All wrong answers to try, those of the catalogue first; or `only` the named ones."""
    if key.reference is not None:
        yield from _catalogued(key, key.reference, only)
    if only is None or any(code == NEAR_MISS for code, _, _ in only):
        yield from _near(key, only)


def _is_asked_for(wrong: Wrong, only: Collection[Identity] | None) -> bool:
    return only is None or wrong.identity in only


def _catalogued(
    key: QuestionKey, reference: Expression, only: Collection[Identity] | None
) -> Iterator[Attempt]:
    """The mistakes of the catalogue that are possible in this question, at each place."""
    ways = _ways(_Asked(key))
    codes = None if only is None else {code for code, _, _ in only}
    found = [
        (fault, wrong)
        for fault in ways.faults
        if codes is None or fault.mistake.code in codes
        if _is_asked_for(wrong := ways.wrong(fault), only)
    ]
    values = _values(key, ways, [fault for fault, _ in found])
    for (fault, wrong), value in zip(found, values, strict=True):
        if value is not None and np.isfinite(value).all():
            attempt = measured(key, wrong, value)
            if attempt.caught or not _reads_alike(ways.written(fault), reference):
                yield attempt


def _values(key: QuestionKey, ways: "Ways", found: Sequence[MadeMistake]) -> Iterator[Array | None]:
    """The values of mistakes; one walk gives those of the backward pass all at once."""
    on_the_way = (
        [fault for fault in found if is_on_the_way(fault)] if is_stackable(ways.passed) else []
    )
    values, own = (
        Stacked(key, ways.passed).values([(fault,) for fault in on_the_way], key.draws.count)
        if on_the_way else (key.expected[:0], np.zeros(0, np.intp))
    )  # fmt: skip
    stacked = {
        id(fault): values[at] for fault, at in zip(on_the_way, own, strict=True) if at != ABSENT
    }
    for fault in found:
        if id(fault) in stacked:
            yield stacked[id(fault)]
        else:  # made in the finished derivative, or cancelled in the backward pass
            yield _apart(key, ways, fault)


def _apart(key: QuestionKey, ways: "Ways", fault: MadeMistake) -> Array | None:
    """The values of one mistake, which may be a multiple of the reference."""
    factor = None if fault.way.factor is None else evaluated(key, fault.way.factor)
    if factor is not None:
        with np.errstate(over="ignore"):
            return key.expected * factor
    expression = ways.written(fault)
    return None if expression is None else evaluated(key, expression)


@dataclass(frozen=True, eq=False)
class _Asked:
    """All that the wrong answers to a question depend on; the draws are no part of it."""

    key: QuestionKey

    @cached_property
    def identity(self) -> tuple[object, ...]:
        question, scope = self.key.question, self.key.question.scope
        model = tuple(
            (one.name, one.definition, *one.upstream.items()) for one in scope.model.values()
        )
        return (
            question.id,
            question.of,
            question.wrt,
            question.free,
            self.key.reference,
            model,
            scope.key,
        )

    def __hash__(self) -> int:
        return hash(self.identity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.identity == other.identity


@lru_cache(maxsize=128)
def _ways(asked: _Asked) -> "Ways":
    assert asked.key.reference is not None
    return Ways(traced(asked.key.question, asked.key.reference), asked.key.question.scope.names)


class Ways:
    """The ways to go wrong in a question, made once for all numbers of draws; texts are made on demand."""

    def __init__(self, passed: Pass, names: Names) -> None:
        self.passed = passed
        self.faults = faults(CATALOGUE, passed)
        self._sentences = Sentences(names, "infix")
        self._wrong: dict[int, Wrong] = {}
        self._written: dict[int, Expression | None] = {}

    def wrong(self, fault: MadeMistake) -> Wrong:
        """The name of a mistake."""
        if id(fault) not in self._wrong:
            seen: Counter[Identity] = Counter()
            for one in self.faults:
                if one.mistake.code == fault.mistake.code:
                    text = self._sentences.messages([Match((one,))])[0].text
                    wrong = Wrong(one.mistake.code, text)
                    self._wrong[id(one)] = replace(wrong, nth=seen[wrong.identity])
                    seen[wrong.identity] += 1
        return self._wrong[id(fault)]

    def written(self, fault: MadeMistake) -> Expression | None:
        """The derivative with a mistake in it; None if there is none."""
        if id(fault) not in self._written:
            self._written[id(fault)] = mutant(self.passed, [fault.way.changes])
        return self._written[id(fault)]


def _reads_alike(one: Expression | None, other: Expression) -> bool:
    """Whether two expressions are the same text, entry by entry."""
    if one is None or one == other or one.shape != other.shape:
        return one == other
    row = Index("row", 1, one.shape[0]) if one.shape[0] > 1 else ONE
    column = Index("column", 1, one.shape[1]) if one.shape[1] > 1 else ONE
    return item(one, row, column) == item(other, row, column)


def evaluated(key: QuestionKey, expression: Expression) -> Array | None:
    """The values of an answer; None if it has none, or the wrong shape."""
    try:
        key.check_shape(expression, ())
        value = key.evaluate(expression)
    except (GraderError, ValueError, IndexError):
        return None
    return value if np.isfinite(value).all() else None


def measured(key: QuestionKey, wrong: Wrong, value: Array) -> Attempt:
    """The result of comparing an answer with the reference, draw by draw and as a whole."""
    noise = np.abs(value) * ROUNDOFF * 16
    scale = np.abs(key.expected).max(axis=0)  # of each entry: near zero an entry is mostly rounding
    apart = np.abs(value - key.expected) > MATCH * np.maximum(scale, MATCH * scale.max(initial=0.0))
    caught = int(apart.any(axis=(1, 2)).sum())
    whole = compare(value, key.expected, key.noise, lambda: noise)
    return Attempt(
        wrong, caught, whole.correct or bool((whole.status == EntryStatus.INCORRECT).any())
    )


# Near misses


def _near(key: QuestionKey, only: Collection[Identity] | None) -> Iterator[Attempt]:
    seen: Counter[str] = Counter()
    for text, value in chain(right_for_some(key), near_misses(key)):
        wrong = Wrong(NEAR_MISS, text, seen[text])
        seen[text] += 1
        if value is not None and _is_asked_for(wrong, only):
            yield measured(key, wrong, value)


def near_misses(key: QuestionKey) -> Iterator[Near]:
    """Answers with values that are almost right."""
    expected = key.expected
    yield "everything too large by one ten-thousandth", expected * (1 + SLIGHTLY)
    for row, column in np.ndindex(key.grid):
        value = expected.copy()
        value[:, row, column] += SLIGHTLY * (np.abs(value[:, row, column]) + _size(expected))
        yield f"entry ({row + 1}, {column + 1}) a little too large", value


def _size(expected: Array) -> float:
    return float(np.abs(expected).max(initial=0.0)) or 1.0


def right_for_some(key: QuestionKey) -> Iterator[Near]:
    """Answers that are right only for some inputs, or on one side of a kink."""
    reference = key.reference
    if reference is None:
        return
    for name in sorted(symbols_in(reference)):
        if (key.draws.values[name] < 0).any():
            changed = transform(reference, lambda node, name=name: _positive(node, name))  # type: ignore[misc]
            yield f"right only where {name} is positive", evaluated(key, changed)
    for node in dict.fromkeys(part for part in walk(reference) if _has_kink(part)):
        for active in _active(node):
            changed = transform(reference, lambda part, node=node, active=active:  # type: ignore[misc]
                                active if part == node else part)  # fmt: skip
            text = f"right only where {_worded(key, node)} is {_worded(key, active)}"
            yield text, evaluated(key, changed)


def _worded(key: QuestionKey, node: Expression) -> str:
    text = printing.infix(node, key.question.names)
    return text if len(text) <= LONGEST else "a unit with a kink"


def _positive(node: Expression, name: str) -> Expression:
    return apply("abs", node) if isinstance(node, Symbol) and node.name == name else node


def _has_kink(node: Expression) -> bool:
    return isinstance(node, Apply) and TABLE[node.function].sides is not None


def _active(node: Expression) -> list[Expression]:
    """The branches of a function with a kink."""
    assert isinstance(node, Apply)
    sides = TABLE[node.function].sides
    assert sides is not None
    return [side for side in sides(node) if side.shape == node.shape]
