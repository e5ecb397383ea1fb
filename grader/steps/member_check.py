"""Checking one member: whether it has the values of the derivative that the question asks for."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import NamedTuple

from grader.claims import Claim
from grader.comparison import EntryStatus, compare
from grader.errors import Nonsense, StudentError
from grader.expression import Apply, Derivative, Expression, base_name, walk
from grader.key import QuestionKey
from grader.notation import USUAL, Conventions, Reading
from grader.notation.conventions import TooManyReadings, other_readings
from grader.primitives import Array
from grader.primitives.build import transpose
from grader.problem import Question
from grader.steps.chain import ReadEntry

READINGS = 40  # for one derivation, so that no paper takes long


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
        self, read: ReadEntry, entry: Claim, judge: Callable[[Reading], MemberStatus]
    ) -> MemberFinding:
        """The best finding for a member over its readings."""
        reading: Reading | StudentError
        try:
            reading = self._read(read, entry)
        except StudentError as error:
            reading = error
        except ValueError:
            return MemberFinding(MemberStatus.UNKNOWN)
        finding = _finding(judge, reading)
        if isinstance(reading, Reading) and finding.status not in _FAULTY:
            return finding
        try:
            for other in other_readings(partial(self._read, read, entry), reading):
                found = _finding(judge, other)
                if found.status not in _FAULTY:
                    return MemberFinding(MemberStatus.UNKNOWN) if other.doubtful else found
        except (TooManyReadings, ValueError):
            return MemberFinding(MemberStatus.UNKNOWN)
        return finding

    def _read(self, read: ReadEntry, entry: Claim, conventions: Conventions = USUAL) -> Reading:
        if self._left == 0:
            raise TooManyReadings("this derivation can be read in too many ways")
        self._left -= 1
        return read(entry, conventions)


_FAULTY = (MemberStatus.WRONG, MemberStatus.NONSENSE)


def _finding(
    judge: Callable[[Reading], MemberStatus], reading: Reading | StudentError
) -> MemberFinding:
    """The finding for one reading, or for the error in its place."""
    if isinstance(reading, Nonsense):
        return MemberFinding(MemberStatus.NONSENSE, reading)
    if isinstance(reading, StudentError):
        return MemberFinding(MemberStatus.UNKNOWN)
    try:
        return MemberFinding(judge(reading))
    except Nonsense as error:
        return MemberFinding(MemberStatus.NONSENSE, error)
    except (StudentError, ValueError):
        return MemberFinding(MemberStatus.UNKNOWN)


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
