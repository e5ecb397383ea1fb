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

from grader.comparison import compare, is_surely_wrong
from grader.diagnosis.batched_passes import ABSENT, Stacked, is_on_the_way, is_stackable
from grader.diagnosis.catalogue import CATALOGUE
from grader.diagnosis.faulty_pass import Pass, mutant, traced
from grader.diagnosis.mistake import MadeMistake, faults
from grader.diagnosis.mutants import MATCH, Match
from grader.diagnosis.sentences import Sentences
from grader.errors import GraderError
from grader.evaluation import ROUNDOFF, Memory
from grader.expression import Apply, Expression, Index, Symbol, symbols_in, transform, walk
from grader.key import QuestionKey
from grader.notation import Names, printing
from grader.primitives import TABLE, Array, apply
from grader.primitives.build import ONE, item

NEAR_MISS = "near-miss"
AT_ONCE = 64  # answers in one comparison
LONGEST = 40  # characters of a unit in a message
SLIGHTLY = 1e-4  # relative error of a near miss
Identity = tuple[str, str, int]
Near = tuple[str, Array | None]  # what is wrong with an answer, and its values if it has any
_RANGE = re.compile(r", 1, \d+\)")


@dataclass(frozen=True)
class Wrong:
    """The name of a wrong answer, which does not depend on the draws.

    `nth` counts wrong answers with the same name.
    """

    code: str
    text: str
    nth: int = 0

    @cached_property
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
    memory = Memory()
    if key.reference is not None:
        yield from _catalogued(key, key.reference, only, memory)
    if only is None or any(code == NEAR_MISS for code, _, _ in only):
        yield from _near(key, only, memory)


def _is_asked_for(wrong: Wrong, only: Collection[Identity] | None) -> bool:
    return only is None or wrong.identity in only


def _catalogued(
    key: QuestionKey, reference: Expression, only: Collection[Identity] | None, memory: Memory
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
    values = _values(key, ways, [fault for fault, _ in found], memory)
    able = [
        (fault, wrong, value)
        for (fault, wrong), value in zip(found, values, strict=True)
        if value is not None and np.isfinite(value).all()
    ]
    attempts = measured(key, [(wrong, value) for _, wrong, value in able])
    for (fault, _, _), attempt in zip(able, attempts, strict=True):
        if attempt.caught or not ways.reads_alike(fault, reference):
            yield attempt


def _values(
    key: QuestionKey, ways: "Ways", found: Sequence[MadeMistake], memory: Memory
) -> Iterator[Array | None]:
    """The values of mistakes; one walk gives those of the backward pass all at once."""
    on_the_way = (
        [fault for fault in found if is_on_the_way(fault)] if is_stackable(ways.passed) else []
    )
    values, own = (
        ways.stacked(key).values([(fault,) for fault in on_the_way], key.draws.count)
        if on_the_way else (key.expected[:0], np.zeros(0, np.intp))
    )  # fmt: skip
    stacked = {
        id(fault): values[at] for fault, at in zip(on_the_way, own, strict=True) if at != ABSENT
    }
    for fault in found:
        if id(fault) in stacked:
            yield stacked[id(fault)]
        else:  # made in the finished derivative, or cancelled in the backward pass
            yield _apart(key, ways, fault, memory)


def _apart(key: QuestionKey, ways: "Ways", fault: MadeMistake, memory: Memory) -> Array | None:
    """The values of one mistake, which may be a multiple of the reference."""
    factor = None if fault.way.factor is None else evaluated(key, fault.way.factor, memory)
    if factor is not None:
        with np.errstate(over="ignore"):
            return key.expected * factor
    expression = ways.written(fault)
    return None if expression is None else evaluated(key, expression, memory)


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
        self._alike: dict[int, bool] = {}
        self._reference: Expression | None = None  # an entry of it
        self._stacked: Stacked | None = None

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

    def reads_alike(self, fault: MadeMistake, reference: Expression) -> bool:
        """Whether a derivative with a mistake is, entry by entry, written like the reference."""
        if id(fault) not in self._alike:
            one = self.written(fault)
            self._alike[id(fault)] = one == reference or (
                one is not None
                and one.shape == reference.shape
                and _entry(one) == self._entry_of(reference)
            )
        return self._alike[id(fault)]

    def _entry_of(self, reference: Expression) -> Expression:
        if self._reference is None:
            self._reference = _entry(reference)
        return self._reference

    def stacked(self, key: QuestionKey) -> Stacked:
        """The values of mistakes on the way back, on the draws of a key."""
        if self._stacked is None:
            self._stacked = Stacked(key, self.passed)
        return self._stacked.on(key)


def _entry(node: Expression) -> Expression:
    """Any entry, as it is written."""
    row = Index("row", 1, node.shape[0]) if node.shape[0] > 1 else ONE
    column = Index("column", 1, node.shape[1]) if node.shape[1] > 1 else ONE
    return item(node, row, column)


def evaluated(
    key: QuestionKey, expression: Expression, memory: Memory | None = None
) -> Array | None:
    """The values of an answer; None if it has none, or the wrong shape."""
    try:
        key.check_shape(expression, ())
        value = key.evaluate(expression, memory)
    except (GraderError, ValueError, IndexError):
        return None
    return value if np.isfinite(value).all() else None


def measured(key: QuestionKey, answers: Sequence[tuple[Wrong, Array]]) -> Iterator[Attempt]:
    """The results of comparing answers with the reference, draw by draw and as a whole."""
    scale = np.abs(key.expected).max(axis=0)  # of each entry: near zero an entry is mostly rounding
    least = MATCH * np.maximum(scale, MATCH * scale.max(initial=0.0))
    for at in range(0, len(answers), AT_ONCE):
        some = answers[at : at + AT_ONCE]
        values = np.stack([value for _, value in some])
        apart = (np.abs(values - key.expected) > least).any(axis=(2, 3)).sum(axis=1)
        noise = np.abs(values) * ROUNDOFF * 16
        wrong = is_surely_wrong(values, key.expected, key.noise, noise)
        for one, (name, value) in enumerate(some):
            decided = bool(wrong[one]) or _is_right(key, value, noise[one])
            yield Attempt(name, int(apart[one]), decided)


def _is_right(key: QuestionKey, value: Array, noise: Array) -> bool:
    return compare(value, key.expected, key.noise, lambda: noise).correct


# Near misses


def _near(key: QuestionKey, only: Collection[Identity] | None, memory: Memory) -> Iterator[Attempt]:
    seen: Counter[str] = Counter()
    answers: list[tuple[Wrong, Array]] = []
    for text, value in chain(right_for_some(key, memory), near_misses(key)):
        wrong = Wrong(NEAR_MISS, text, seen[text])
        seen[text] += 1
        if value is not None and _is_asked_for(wrong, only):
            answers.append((wrong, value))
    yield from measured(key, answers)


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


def right_for_some(key: QuestionKey, memory: Memory) -> Iterator[Near]:
    """Answers that are right only for some inputs, or on one side of a kink."""
    reference = key.reference
    if reference is None:
        return
    for name in sorted(symbols_in(reference)):
        if (key.draws.values[name] < 0).any():
            changed = transform(reference, lambda node, name=name: _positive(node, name))  # type: ignore[misc]
            yield f"right only where {name} is positive", evaluated(key, changed, memory)
    for node in dict.fromkeys(part for part in walk(reference) if _has_kink(part)):
        for active in _active(node):
            changed = transform(reference, lambda part, node=node, active=active:  # type: ignore[misc]
                                active if part == node else part)  # fmt: skip
            text = f"right only where {_worded(key, node)} is {_worded(key, active)}"
            yield text, evaluated(key, changed, memory)


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
