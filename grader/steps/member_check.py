"""Checking one member: whether it has the values of the derivative that the question asks for."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from grader.alignment import Entry
from grader.comparison import EntryStatus, compare
from grader.errors import Nonsense, ShapeMismatch, StudentError
from grader.expression import Apply, Derivative, Expression, base_name, walk
from grader.key import QuestionKey
from grader.notation import Reading
from grader.primitives import Array
from grader.primitives.build import transpose
from grader.problem import Question
from grader.steps.chain import ReadEntry

READINGS = 40  # for one derivation, so that no paper takes long
OTHER_READINGS = 6  # ambiguous products of one member that are also read the less usual way


class MemberStatus(Enum):
    """The status of a member. `RESTATED` is right, but only repeats the left side."""

    RIGHT = "right"
    RESTATED = "restated"
    WRONG = "wrong"
    NONSENSE = "nonsense"
    UNKNOWN = "unknown"


class MemberFinding(NamedTuple):
    """The status of a member, with the error if it makes no sense."""

    status: MemberStatus
    error: Nonsense | None = None


class Readings:
    """Reads members, at most `READINGS` of them; the status of further ones is unknown."""

    def __init__(self) -> None:
        self._left = READINGS

    def best(
        self, read: ReadEntry, entry: Entry, judge: Callable[[Reading], MemberStatus]
    ) -> MemberFinding:
        """The best finding for a member over its readings."""
        choices = 0
        try:
            reading = self._read(read, entry)
            if reading is None:
                return MemberFinding(MemberStatus.UNKNOWN)
            choices = reading.choices
            finding = MemberFinding(judge(reading))
        except Nonsense as error:
            finding = MemberFinding(MemberStatus.NONSENSE, error)
            choices = choices or OTHER_READINGS * isinstance(error, ShapeMismatch)
        except (StudentError, ValueError):
            return MemberFinding(MemberStatus.UNKNOWN)
        if finding.status not in (MemberStatus.WRONG, MemberStatus.NONSENSE):
            return finding
        return self._best_other(read, entry, judge, min(choices, OTHER_READINGS)) or finding

    def _best_other(
        self, read: ReadEntry, entry: Entry, judge: Callable[[Reading], MemberStatus], choices: int
    ) -> MemberFinding | None:
        """The finding of another reading in which a member is not wrong; None if there is none."""
        for one in range(1, 1 + choices):
            with contextlib.suppress(StudentError, ValueError):
                reading = self._read(read, entry, frozenset([one]))
                status = judge(reading) if reading is not None else MemberStatus.WRONG
                if status is not MemberStatus.WRONG:
                    return MemberFinding(status)
        return None

    def _read(
        self, read: ReadEntry, entry: Entry, other: frozenset[int] = frozenset()
    ) -> Reading | None:
        if self._left == 0:
            return None
        self._left -= 1
        return read(entry, other)


def against_key(key: QuestionKey, reading: Reading) -> MemberStatus:
    """The status of a member, compared with the key. Raises StudentError."""
    node, either = reading.node, key.question.rules.layout == "either"
    if either and node.shape == key.grid[::-1]:
        turned = _compared(key, replace(reading, node=transpose(node)))
        if turned is not MemberStatus.WRONG:
            return turned
    return _compared(key, reading)


def _compared(key: QuestionKey, reading: Reading) -> MemberStatus:
    node = reading.node
    key.check_shape(node, reading.used)
    got = key.evaluate(node)
    comparison = compare(got, key.expected, key.noise, lambda: key.noise_of(node, got))
    if (comparison.status == EntryStatus.INCORRECT).any():
        return MemberStatus.RIGHT if _is_accepted(key, got) else MemberStatus.WRONG
    if not comparison.correct or key.one_sided(reading.kinked):
        return MemberStatus.UNKNOWN
    asked = any(_is_asked(part, key.question) for part in walk(node))
    return MemberStatus.RESTATED if asked else MemberStatus.RIGHT


def _is_accepted(key: QuestionKey, got: Array) -> bool:
    """Whether these are the values of a further answer that the author accepts."""
    for node in key.question.rules.accept:
        with contextlib.suppress(StudentError):
            key.check_shape(node, ())
            value = key.evaluate(node)
            noise = key.noise_of(node, value)
            if compare(got, value, noise, noise.copy).correct:
                return True
    return False


def _is_asked(part: Expression, question: Question) -> bool:
    """Whether a term is the derivative that the question asks for, or an entry of it."""
    of, wrt = question.of, question.wrt
    if isinstance(part, Derivative):
        same = part.of == of or (base_name(of) is not None and base_name(part.of) == base_name(of))
        return same and base_name(part.wrt) == base_name(wrt)
    own = of.function + "'" if isinstance(of, Apply) else None
    return isinstance(part, Apply) and part.function == own
