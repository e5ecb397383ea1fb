"""The kill matrix: which mistakes differ from the reference, on how many draws.

Besides the mistakes of the catalogue it has near misses: answers that agree with the reference in almost
all entries, almost to the last digit, or only for some inputs.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

import numpy as np

from grader.comparison import compare, is_surely_wrong
from grader.diagnosis.derivatives import Derivatives
from grader.diagnosis.mistake import MadeMistake
from grader.diagnosis.mutants import MATCH, Match
from grader.diagnosis.sentences import Sentences
from grader.errors import GraderError
from grader.evaluation import ROUNDOFF, Memory
from grader.expression import Apply, Expression, Index, Symbol, symbols_in, transform, walk
from grader.key import QuestionKey
from grader.notation import printing
from grader.primitives import TABLE, Array, apply
from grader.primitives.build import ONE, item

NEAR_MISS = "near-miss"
AT_ONCE = 64  # answers in one comparison
LONGEST = 40  # characters of a unit in a message
SLIGHTLY = 1e-4  # relative error of a near miss
Identity = tuple[str, str, int]
Near = tuple[str, Callable[[], Array | None]]  # what is wrong, and the values if there are any
_RANGE = re.compile(r", 1, \d+\)")


class Wrong:
    """The name of a wrong answer, written when it is asked for. It does not depend on the draws."""

    def __init__(self, code: str, name: Callable[[], tuple[str, int]]) -> None:
        self.code = code
        self._name = name

    @cached_property
    def text(self) -> str:
        """A description of the mistake."""
        return self._name()[0]

    @cached_property
    def identity(self) -> Identity:
        """The name of the mistake, the same in problems of other sizes.

        Its number counts wrong answers with the same name.
        """
        return self.code, _without_sizes(self.text), self._name()[1]


def _without_sizes(text: str) -> str:
    return _RANGE.sub(", 1, #)", text)


Wanted = Callable[[Wrong], bool]


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


class Attempts:
    """The wrong answers to the questions of a problem and its relatives.

    What does not depend on the draws is made once for all keys of a question.
    """

    def __init__(self) -> None:
        self._ways: dict[tuple[object, ...], Ways] = {}
        self._near: dict[tuple[str, str, int], Wrong] = {}

    def on(self, key: QuestionKey, wanted: Wanted = lambda wrong: True) -> Iterator[Attempt]:
        """The results of all wrong answers that are wanted, those of the catalogue first."""
        memory = Memory()
        if key.reference is not None:
            yield from _catalogued(key, self._of(key), wanted, memory)
        seen: Counter[str] = Counter()
        answers: list[tuple[Wrong, Array]] = []
        for text, value in chain(right_for_some(key, memory), near_misses(key)):
            wrong = self._near_miss(key.question.id, text, seen[text])
            seen[text] += 1
            if wanted(wrong) and (found := value()) is not None:
                answers.append((wrong, found))
        yield from measured(key, answers)

    def _of(self, key: QuestionKey) -> "Ways":
        asked = _asked(key)
        if asked not in self._ways:
            self._ways[asked] = Ways(key)
        return self._ways[asked]

    def _near_miss(self, question: str, text: str, nth: int) -> Wrong:
        name = question, text, nth
        if name not in self._near:
            self._near[name] = Wrong(NEAR_MISS, lambda: (text, nth))
        return self._near[name]


def _catalogued(
    key: QuestionKey, ways: "Ways", wanted: Wanted, memory: Memory
) -> Iterator[Attempt]:
    """The mistakes of the catalogue that are possible in this question, at each place."""
    found = [fault for fault in ways.faults if wanted(ways.wrong(fault))]
    able = [
        (fault, value)
        for fault, value in zip(found, _values(key, ways, found, memory), strict=True)
        if value is not None and np.isfinite(value).all()
    ]
    attempts = measured(key, [(ways.wrong(fault), value) for fault, value in able])
    for (fault, _), attempt in zip(able, attempts, strict=True):
        if attempt.caught or not ways.reads_alike(fault):
            yield attempt


def _values(
    key: QuestionKey, ways: "Ways", found: Sequence[MadeMistake], memory: Memory
) -> Iterator[Array | None]:
    """The values of mistakes; of those cancelled in the backward pass, the values of what is left."""
    derivatives = ways.derivatives.on(key)
    for fault, value in zip(found, derivatives.alone(found), strict=True):
        if value is None or (fault.way.factor is not None and not np.isfinite(value).all()):
            expression = derivatives.written((fault,))
            yield None if expression is None else evaluated(key, expression, memory)
        else:
            yield value


def _asked(key: QuestionKey) -> tuple[object, ...]:
    """All that the wrong answers to a question depend on; the draws are no part of it."""
    question, scope = key.question, key.question.scope
    model = [(one.name, one.definition, *one.upstream.items()) for one in scope.model.values()]
    target = question.of, question.wrt, question.free, key.reference
    return question.id, *target, tuple(model), scope.key


class Ways:
    """The ways to go wrong in a question with a formula as reference."""

    def __init__(self, key: QuestionKey) -> None:
        assert key.reference is not None
        self._reference = key.reference
        self.derivatives = key.cached(Derivatives)
        self.faults = self.derivatives.faults(self.derivatives.passed)
        self._sentences = Sentences(key.question.scope.names, "infix")
        self._wrong = {id(fault): self._unnamed(fault) for fault in self.faults}
        self._named: dict[str, dict[int, tuple[str, int]]] = {}
        self._alike: dict[int, bool] = {}

    def wrong(self, fault: MadeMistake) -> Wrong:
        """The name of a mistake."""
        return self._wrong[id(fault)]

    def _unnamed(self, fault: MadeMistake) -> Wrong:
        code = fault.mistake.code
        return Wrong(code, lambda: self._names(code)[id(fault)])

    def _names(self, code: str) -> dict[int, tuple[str, int]]:
        """The text of each mistake with a code, and how many before it have the same name."""
        if code not in self._named:
            seen: Counter[str] = Counter()
            self._named[code] = {}
            for one in self.faults:
                if one.mistake.code == code:
                    text = self._sentences.messages([Match((one,))])[0].text
                    name = _without_sizes(text)
                    self._named[code][id(one)] = text, seen[name]
                    seen[name] += 1
        return self._named[code]

    def reads_alike(self, fault: MadeMistake) -> bool:
        """Whether a derivative with a mistake is, entry by entry, written like the reference."""
        if id(fault) not in self._alike:
            one, reference = self.derivatives.written((fault,)), self._reference
            self._alike[id(fault)] = one == reference or (
                one is not None and one.shape == reference.shape and _entry(one) == self._entry
            )
        return self._alike[id(fault)]

    @cached_property
    def _entry(self) -> Expression:
        return _entry(self._reference)


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


def near_misses(key: QuestionKey) -> Iterator[Near]:
    """Answers with values that are almost right."""
    expected = key.expected
    yield "everything too large by one ten-thousandth", lambda: expected * (1 + SLIGHTLY)
    for row, column in np.ndindex(key.grid):
        text = f"entry ({row + 1}, {column + 1}) a little too large"
        yield text, partial(_too_large, expected, row, column)


def _too_large(expected: Array, row: int, column: int) -> Array:
    """Values with one entry a little too large."""
    value, size = expected.copy(), float(np.abs(expected).max(initial=0.0)) or 1.0
    value[:, row, column] += SLIGHTLY * (np.abs(value[:, row, column]) + size)
    return value


def right_for_some(key: QuestionKey, memory: Memory) -> Iterator[Near]:
    """Answers that are right only for some inputs, or on one side of a kink."""
    reference = key.reference
    if reference is None:
        return
    for name in sorted(symbols_in(reference)):
        if (key.draws.values[name] < 0).any():
            changed = partial(_positive, name=name)
            yield f"right only where {name} is positive", partial(_changed, key, changed, memory)
    for node in dict.fromkeys(part for part in walk(reference) if _has_kink(part)):
        for active in _active(node):
            changed = partial(_replaced, node, active)
            text = f"right only where {_worded(key, node)} is {_worded(key, active)}"
            yield text, partial(_changed, key, changed, memory)


def _changed(
    key: QuestionKey, change: Callable[[Expression], Expression], memory: Memory
) -> Array | None:
    """The values of the reference with parts of it changed."""
    assert key.reference is not None
    return evaluated(key, transform(key.reference, change), memory)


def _replaced(node: Expression, other: Expression, part: Expression) -> Expression:
    return other if part == node else part


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
