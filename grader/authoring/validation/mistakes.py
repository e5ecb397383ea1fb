"""The kill matrix: which mistakes are told apart from the reference by the draws.

Besides the mistakes of the catalogue there are near misses: answers that agree with the reference in
almost all entries, almost to the last digit, or only for some inputs.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np

from grader.comparison import Status, compare
from grader.diagnosis.catalogue import CATALOGUE
from grader.diagnosis.faulty import mutant, traced
from grader.diagnosis.mistake import Fault, faults
from grader.diagnosis.mutants import MATCH, Match
from grader.diagnosis.sentences import Sentences
from grader.errors import GraderError
from grader.evaluation import ROUNDOFF
from grader.expression import Apply, Expression, Index, Symbol, symbols_in, transform, walk
from grader.key import QuestionKey
from grader.notation import printing
from grader.primitives import TABLE, Array, apply
from grader.primitives.build import ONE, item

NEAR_MISS = "near-miss"
LONGEST = 40  # characters of a unit that is named
SLIGHTLY = 1e-4  # how far off a near miss is
Identity = tuple[str, str, int]
_RANGE = re.compile(r", 1, \d+\)")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer as an expression, which is the same whatever the draws are.

    `nth` counts those that are called alike. With `signed`, the name of a symbol, it is wrong only if that
    symbol may be negative.
    """

    code: str
    text: str
    expression: Expression = field(repr=False)
    signed: str = ""
    nth: int = 0

    @property
    def identity(self) -> Identity:
        """What it is called in a problem of other sizes too."""
        return self.code, _RANGE.sub(", 1, #)", self.text), self.nth


@dataclass(frozen=True, slots=True)
class Attempt:
    """A wrong answer to a question, and on how many draws it differs from the reference."""

    wrong: Wrong
    caught: int = 0
    decided: bool = True

    @property
    def code(self) -> str:
        """The code of its mistake."""
        return self.wrong.code

    @property
    def text(self) -> str:
        """What is wrong with it."""
        return self.wrong.text

    @property
    def identity(self) -> Identity:
        """What the mistake is called in a problem of other sizes too."""
        return self.wrong.identity


def attempts(key: QuestionKey, only: Collection[Identity] | None = None) -> Iterator[Attempt]:
    """Every wrong answer that is tried, the catalogue's first; or only those that are named."""
    for wrong in _wrong(_Asked(key)):
        if (only is None or wrong.identity in only) and _can_be_wrong(key, wrong):
            value = evaluated(key, wrong.expression)
            if value is not None:
                yield measured(key, wrong, value)
    yield from (near for near in near_misses(key) if only is None or near.identity in only)


def _can_be_wrong(key: QuestionKey, wrong: Wrong) -> bool:
    return not wrong.signed or bool((key.draws.values[wrong.signed] < 0).any())


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the wrong answers to a question depend on: not the draws."""

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
def _wrong(asked: _Asked) -> tuple[Wrong, ...]:
    """The wrong answers to a question that are expressions, made once for all numbers of draws."""
    seen: Counter[Identity] = Counter()
    found = []
    for wrong in chain(catalogued(asked.key), right_for_some(asked.key)):
        found.append(replace(wrong, nth=seen[wrong.identity]))
        seen[wrong.identity] += 1
    return tuple(found)


def catalogued(key: QuestionKey) -> Iterator[Wrong]:
    """The mistakes of the catalogue that can be made in this question, each in every way."""
    if key.reference is None:
        return
    passed = traced(key.question, key.reference)
    sentences = Sentences(key.question.scope.names, "infix")
    for fault in faults(CATALOGUE, passed):
        expression = mutant(passed, [fault.way.changes])
        if expression is not None and not _reads_alike(expression, passed.result):
            yield Wrong(fault.mistake.code, _said(sentences, fault), expression)


def _reads_alike(one: Expression, other: Expression) -> bool:
    """Whether two expressions are the same, entry by entry, as they are written."""
    if one == other or one.shape != other.shape:
        return one == other
    row = Index("row", 1, one.shape[0]) if one.shape[0] > 1 else ONE
    column = Index("column", 1, one.shape[1]) if one.shape[1] > 1 else ONE
    return item(one, row, column) == item(other, row, column)


def _said(sentences: Sentences, fault: Fault) -> str:
    return sentences.messages([Match((fault,))])[0].text


def evaluated(key: QuestionKey, expression: Expression) -> Array | None:
    """The values of an answer; None if its shape is refused, or it has none."""
    try:
        key.check_shape(expression, ())
        value = key.evaluate(expression)
    except (GraderError, ValueError, IndexError):
        return None
    return value if np.isfinite(value).all() else None


def measured(key: QuestionKey, wrong: Wrong, value: Array) -> Attempt:
    """How the comparison sees an answer, draw by draw and as a whole."""
    noise = np.abs(value) * ROUNDOFF * 16
    whole = compare(value, key.expected, key.noise, lambda: noise)
    scale = np.abs(key.expected).max(axis=0)  # of each entry: near zero an entry is mostly rounding
    apart = np.abs(value - key.expected) > MATCH * np.maximum(scale, MATCH * scale.max(initial=0.0))
    decided = whole.correct or bool((whole.status == Status.INCORRECT).any())
    caught = int(apart.any(axis=(1, 2)).sum())
    return Attempt(wrong, caught, decided)


# Near misses


def near_misses(key: QuestionKey) -> Iterator[Attempt]:
    """Answers whose values are almost right."""
    expected = key.expected
    whole = Wrong(NEAR_MISS, "all of it one ten-thousandth too large", ONE)
    yield measured(key, whole, expected * (1 + SLIGHTLY))
    for row, column in np.ndindex(key.grid):
        value = expected.copy()
        value[:, row, column] += SLIGHTLY * (np.abs(value[:, row, column]) + _size(expected))
        near = Wrong(NEAR_MISS, f"entry ({row + 1}, {column + 1}) a little too large", ONE)
        yield measured(key, near, value)


def _size(expected: Array) -> float:
    return float(np.abs(expected).max(initial=0.0)) or 1.0


def right_for_some(key: QuestionKey) -> Iterator[Wrong]:
    """Answers that are right only for some inputs, or on one side of a kink."""
    reference = key.reference
    if reference is None:
        return
    for name in sorted(symbols_in(reference)):
        changed = transform(reference, lambda node, name=name: _positive(node, name))  # type: ignore[misc]
        yield Wrong(NEAR_MISS, f"right only where {name} is positive", changed, signed=name)
    for node in dict.fromkeys(part for part in walk(reference) if _has_kink(part)):
        for active in _active(node):
            changed = transform(reference, lambda part, node=node, active=active:  # type: ignore[misc]
                                active if part == node else part)  # fmt: skip
            text = f"right only where {_said_of(key, node)} is {_said_of(key, active)}"
            yield Wrong(NEAR_MISS, text, changed)


def _said_of(key: QuestionKey, node: Expression) -> str:
    text = printing.infix(node, key.question.names)
    return text if len(text) <= LONGEST else "a unit with a kink"


def _positive(node: Expression, name: str) -> Expression:
    return apply("abs", node) if isinstance(node, Symbol) and node.name == name else node


def _has_kink(node: Expression) -> bool:
    return isinstance(node, Apply) and TABLE[node.function].sides is not None


def _active(node: Expression) -> list[Expression]:
    """A function with a kink as it is on one side of it."""
    assert isinstance(node, Apply)
    sides = TABLE[node.function].sides
    assert sides is not None
    return [side for side in sides(node) if side.shape == node.shape]
