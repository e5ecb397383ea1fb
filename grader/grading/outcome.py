"""Outcomes: the verdict of a comparison, with its messages."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.comparison import Comparison, EntryStatus, compare
from grader.errors import Nonsense, StudentError
from grader.expression import SCALAR, Expression
from grader.key import QuestionKey
from grader.primitives import Array
from grader.problem import Question
from grader.result import (
    AnswerRecord,
    Counterexample,
    Instructor,
    Kind,
    Message,
    QuestionResult,
    Verdict,
    WorkedExample,
)
from grader.scoring import points

_WORDS = [status.name.lower() for status in sorted(EntryStatus)]


@dataclass(frozen=True, slots=True)
class WrongValues:
    """The values `got` (draws, rows, columns) of a wrong answer; `wrong` (rows, columns) marks entries.

    `node` is the answer as it was read, or its transpose if it was `turned` to fit the reference.
    """

    node: Expression
    got: Array
    wrong: NDArray[np.bool_]
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement of an answer, without its text and place.

    `values` are set for a wrong answer that could be compared. `example` is a difference that can be
    checked by hand. `instructor` is for the instructor only. `several` means that only several mistakes
    together explain the answer.
    """

    verdict: Verdict
    fraction: float = 0.0
    messages: tuple[Message, ...] = ()
    counterexample: Counterexample | None = None
    entries: tuple[tuple[str, ...], ...] | None = None
    values: WrongValues | None = None
    example: WorkedExample | None = None
    instructor: Instructor | None = None
    several: bool = False


def result_of(
    question: Question,
    outcome: Outcome,
    answer: AnswerRecord | None,
    messages: tuple[Message, ...] = (),
) -> QuestionResult:
    """The result of a question; `messages` come after those of the outcome."""
    return QuestionResult(
        id=question.id,
        verdict=outcome.verdict,
        score=points(question, outcome.verdict, outcome.fraction),
        max_score=question.points,
        prompt=question.prompt,
        answer=answer,
        messages=outcome.messages + messages,
        counterexample=outcome.counterexample,
        entries=outcome.entries,
        example=outcome.example,
        instructor=outcome.instructor,
    )


def unread(error: StudentError) -> Outcome:
    """The outcome of an error: an unreadable answer goes to a human; nonsense is incorrect."""
    if isinstance(error, Nonsense):
        return Outcome(Verdict.INCORRECT, messages=error_messages(error, Kind.MISTAKE))
    return Outcome(Verdict.UNREADABLE, messages=error_messages(error, Kind.ERROR))


def for_a_human(why: Message) -> Outcome:
    """The outcome of what the grader cannot decide, with the reason."""
    return Outcome(Verdict.UNDECIDED, messages=(why,))


def error_messages(error: StudentError, kind: Kind) -> tuple[Message, ...]:
    """An error as messages: what is wrong, where, and what to try."""
    message = Message(kind, error.message, error.code, error.pointer() or None)
    return (message, Message(Kind.HINT, error.hint)) if error.hint else (message,)


def outcome_of(key: QuestionKey, comparison: Comparison, got: Array, whole: bool) -> Outcome:
    """The outcome of a comparison. With `whole`, an array may be partly right; a formula in indices not."""
    entries = grid_of(comparison)
    if comparison.correct:
        return Outcome(Verdict.CORRECT, 1.0, entries=entries)
    counterexample = counterexample_of(key, comparison, got)
    some_undecided = (comparison.status == EntryStatus.UNDECIDED).any()
    if some_undecided and not (comparison.status == EntryStatus.INCORRECT).any():
        return Outcome(Verdict.UNDECIDED, messages=(_UNDECIDED,), entries=entries)
    if _is_right_where_defined(key, got):
        return Outcome(Verdict.UNDECIDED, messages=(_NOT_EVERYWHERE,), entries=entries)
    fraction = comparison.fraction
    if whole and fraction > 0 and not key.question.all_or_nothing:
        return Outcome(
            Verdict.PARTIAL, fraction, counterexample=counterexample, entries=entries,
            messages=(_partly(comparison),),
        )  # fmt: skip
    return Outcome(Verdict.INCORRECT, counterexample=counterexample, entries=entries,
                   messages=_undefined(counterexample))  # fmt: skip


_UNDECIDED = Message(
    Kind.ERROR,
    "rounding errors are too large to tell whether the answer equals the reference; "
    "a person will look at it",
    "undecided",
)


_NOT_EVERYWHERE = Message(
    Kind.ERROR,
    "the answer is right for some values of the symbols, but has no value for others; a person will look "
    "at it",
    "not-finite",
)


def _is_right_where_defined(key: QuestionKey, got: Array) -> bool:
    """Whether all values that an answer has are right, such as those of one case of two."""
    defined = np.isfinite(got)
    if defined.all() or not defined.any():
        return False
    filled = np.where(defined, got, key.expected)
    return compare(filled, key.expected, key.noise, lambda: key.noise).correct


def _partly(comparison: Comparison) -> Message:
    right = int((comparison.status == EntryStatus.CORRECT).sum())
    return Message(Kind.NOTE, f"{right} of {comparison.status.size} entries are right", "entries")


def _undefined(counterexample: Counterexample | None) -> tuple[Message, ...]:
    if counterexample is None or np.isfinite(counterexample.got):
        return ()
    text = "for some values of the symbols the answer is not a finite number"
    return (Message(Kind.NOTE, text, "not-finite"),)


def grid_of(comparison: Comparison) -> tuple[tuple[str, ...], ...] | None:
    """The status of each entry in words; None for a scalar."""
    status = comparison.status
    if status.size == 1:
        return None
    return tuple(tuple([_WORDS[value] for value in row]) for row in status.tolist())


def counterexample_of(
    key: QuestionKey, comparison: Comparison, got: Array
) -> Counterexample | None:
    """The clearest difference, with its numbers; None if there is none."""
    if comparison.worst is None:
        return None
    draw, row, column = comparison.worst
    return Counterexample(
        draw=draw + 1,
        entry=_entry(row, column, key),
        expected=float(key.expected[draw, row, column]),
        got=float(got[draw, row, column]),
    )


def _entry(row: int, column: int, key: QuestionKey) -> tuple[int, ...]:
    grid, axes = key.grid, key.axes
    if len(axes) > 2 and math.prod(axes) == grid[0] * grid[1]:
        at = np.unravel_index(row * grid[1] + column, axes)
        return tuple(int(index) + 1 for index in at)
    if grid == SCALAR:
        return ()
    if grid[1] == 1:
        return (row + 1,)
    return (column + 1,) if grid[0] == 1 else (row + 1, column + 1)
