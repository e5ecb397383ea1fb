"""What is known of one member: whether its values are those of the derivative that was asked for."""

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

READINGS = 40  # of one derivation, so that no paper takes long
OTHER_READINGS = 6  # ambiguous products of one member that are tried the other way


class MemberStatus(Enum):
    """What is known of a member. `RESTATED` is right, and says no more than the left side."""

    RIGHT = "right"
    RESTATED = "restated"
    WRONG = "wrong"
    NONSENSE = "nonsense"
    UNKNOWN = "unknown"


class MemberFinding(NamedTuple):
    """What is known of a member, and why it makes no sense if it does not."""

    standing: MemberStatus
    error: Nonsense | None = None


class Readings:
    """Reads members, a bounded number of them; of those beyond nothing is known."""

    def __init__(self) -> None:
        self._left = READINGS

    def best(
        self, read: ReadEntry, entry: Entry, judge: Callable[[Reading], MemberStatus]
    ) -> MemberFinding:
        """What is known of a member; one that is right in any reading is right."""
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
        if finding.standing not in (MemberStatus.WRONG, MemberStatus.NONSENSE):
            return finding
        return self._best_other(read, entry, judge, min(choices, OTHER_READINGS)) or finding

    def _best_other(
        self, read: ReadEntry, entry: Entry, judge: Callable[[Reading], MemberStatus], choices: int
    ) -> MemberFinding | None:
        """What another reading makes of a member, if it is not wrong in that."""
        for one in range(1, 1 + choices):
            with contextlib.suppress(StudentError, ValueError):
                reading = self._read(read, entry, frozenset([one]))
                standing = judge(reading) if reading is not None else MemberStatus.WRONG
                if standing is not MemberStatus.WRONG:
                    return MemberFinding(standing)
        return None

    def _read(
        self, read: ReadEntry, entry: Entry, other: frozenset[int] = frozenset()
    ) -> Reading | None:
        if self._left == 0:
            return None
        self._left -= 1
        return read(entry, other)


def against_key(key: QuestionKey, reading: Reading) -> MemberStatus:
    """Whether a member has the values that were asked for. Raises StudentError."""
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
    """Whether these are the values of a further answer that the author takes for right."""
    for node in key.question.rules.accept:
        with contextlib.suppress(StudentError):
            key.check_shape(node, ())
            value = key.evaluate(node)
            noise = key.noise_of(node, value)
            if compare(got, value, noise, noise.copy).correct:
                return True
    return False


def _is_asked(part: Expression, question: Question) -> bool:
    """Whether a term is the derivative that was asked for, or an entry of it."""
    of, wrt = question.of, question.wrt
    if isinstance(part, Derivative):
        same = part.of == of or (base_name(of) is not None and base_name(part.of) == base_name(of))
        return same and base_name(part.wrt) == base_name(wrt)
    own = of.function + "'" if isinstance(of, Apply) else None
    return isinstance(part, Apply) and part.function == own
