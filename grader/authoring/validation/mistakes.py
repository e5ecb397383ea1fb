"""The kill matrix: which mistakes are told apart from the reference by the draws.

Besides the mistakes of the catalogue there are near misses: answers that agree with the reference in
almost all entries, almost to the last digit, or only for some inputs.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from grader.primitives import Array, apply
from grader.primitives.build import ONE, item

NEAR_MISS = "near-miss"
LONGEST = 40  # characters of a unit that is named
SLIGHTLY = 1e-4  # how far off a near miss is
Identity = tuple[str, str, int]
_RANGE = re.compile(r", 1, \d+\)")


@dataclass(frozen=True)
class Attempt:
    """A wrong answer to a question, and on how many draws it differs from the reference.

    `identity` names the same mistake in a problem of other sizes; `nth` counts those that are called alike.
    """

    code: str
    text: str
    caught: int = 0
    decided: bool = True
    nth: int = 0

    @property
    def identity(self) -> Identity:
        """What the mistake is called whatever the sizes are."""
        return self.code, _RANGE.sub(", 1, #)", self.text), self.nth


def attempts(key: QuestionKey) -> Iterator[Attempt]:
    """Every wrong answer that is tried, the catalogue's first."""
    seen: Counter[Identity] = Counter()
    for attempt in chain(catalogued(key), near_misses(key)):
        yield replace(attempt, nth=seen[attempt.identity])
        seen[attempt.identity] += 1


def catalogued(key: QuestionKey) -> Iterator[Attempt]:
    """The mistakes of the catalogue that can be made in this question, each in every way."""
    if key.reference is None:
        return
    passed = traced(key.question, key.reference)
    sentences = Sentences(key.question.scope.names, "infix")
    for fault in faults(CATALOGUE, passed):
        expression = mutant(passed, [fault.way.changes])
        if expression is None or _reads_alike(expression, passed.result):
            continue  # it cannot be made here, or changes nothing that is written
        value = evaluated(key, expression)
        if value is not None:
            yield measured(key, fault.mistake.code, _said(sentences, fault), value)


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


def measured(key: QuestionKey, code: str, text: str, value: Array) -> Attempt:
    """How the comparison sees an answer, draw by draw and as a whole."""
    noise = np.abs(value) * ROUNDOFF * 16
    whole = compare(value, key.expected, key.noise, lambda: noise)
    scale = np.abs(key.expected).max(axis=0)  # of each entry: near zero an entry is mostly rounding
    apart = np.abs(value - key.expected) > MATCH * np.maximum(scale, MATCH * scale.max(initial=0.0))
    decided = whole.correct or bool((whole.status == Status.INCORRECT).any())
    return Attempt(code, text, int(apart.any(axis=(1, 2)).sum()), decided)


# Near misses


def near_misses(key: QuestionKey) -> Iterator[Attempt]:
    """Answers that are almost right."""
    expected = key.expected
    yield measured(
        key, NEAR_MISS, "all of it one ten-thousandth too large", expected * (1 + SLIGHTLY)
    )
    for row, column in np.ndindex(key.grid):
        value = expected.copy()
        value[:, row, column] += SLIGHTLY * (np.abs(value[:, row, column]) + _size(expected))
        yield measured(key, NEAR_MISS, f"entry ({row + 1}, {column + 1}) a little too large", value)
    if key.reference is not None:
        yield from _right_for_some(key, key.reference)


def _size(expected: Array) -> float:
    return float(np.abs(expected).max(initial=0.0)) or 1.0


def _right_for_some(key: QuestionKey, reference: Expression) -> Iterator[Attempt]:
    for name in sorted(symbols_in(reference)):
        if not (key.draws.values[name] < 0).any():
            continue  # it is its own absolute value
        changed = transform(reference, lambda node, name=name: _positive(node, name))  # type: ignore[misc]
        yield from _tried(key, f"right only where {name} is positive", changed)
    for node in dict.fromkeys(part for part in walk(reference) if _has_kink(part)):
        for active in _active(node):
            changed = transform(reference, lambda part, node=node, active=active:  # type: ignore[misc]
                                active if part == node else part)  # fmt: skip
            text = f"right only where {_said_of(key, node)} is {_said_of(key, active)}"
            yield from _tried(key, text, changed)


def _said_of(key: QuestionKey, node: Expression) -> str:
    text = printing.infix(node, key.question.names)
    return text if len(text) <= LONGEST else "a unit with a kink"


def _tried(key: QuestionKey, text: str, expression: Expression) -> Iterator[Attempt]:
    value = evaluated(key, expression)
    if value is not None:
        yield measured(key, NEAR_MISS, text, value)


def _positive(node: Expression, name: str) -> Expression:
    return apply("abs", node) if isinstance(node, Symbol) and node.name == name else node


def _has_kink(node: Expression) -> bool:
    return isinstance(node, Apply) and (
        node.function in _ACTIVE or node.function in ("maximum", "minimum")
    )


_ACTIVE = {"relu", "leaky_relu", "abs"}


def _active(node: Expression) -> list[Expression]:
    """A function with a kink as it is on one side of it."""
    assert isinstance(node, Apply)
    if node.function in _ACTIVE:
        return [node.args[0]]
    return [arg for arg in node.args if arg.shape == node.shape]
