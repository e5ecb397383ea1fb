"""Judging an answer in numbers, on the draws that were published for the student."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.comparison import Comparison, EntryStatus, compare_numbers
from grader.diagnosis import Diagnosing
from grader.errors import ShapeMismatch, StudentError
from grader.expression import shape_text
from grader.grading.collected import Numbers
from grader.grading.incorrect import WRONG
from grader.grading.outcome import Outcome, error_messages, outcome_of, result_of, unread
from grader.grading.wrong_shape import TURNED, up_to_layout
from grader.key import Key, QuestionKey, fits
from grader.primitives import Array
from grader.problem import Question
from grader.result import AnswerRecord, Instructor, Kind, Message, QuestionResult, Verdict
from grader.submission import ArrayAnswer

MOST_DRAWS = 256  # that `grader draw` publishes at once
SINGLE = "float32"
SINGLE_DIGITS = 7

_SINGLE = Message(
    Kind.NOTE,
    "all numbers are float32 numbers, so they were compared to seven digits",
    "single-precision",
)
_LIKE_SINGLE = Message(
    Kind.ERROR,
    "the numbers agree with the right ones to seven digits and not further, as if some of them were "
    "computed in float32; a person will look at it, or compute them in float64",
    "single-precision",
)
_OTHER_TABLE = Message(
    Kind.ERROR,
    "the numbers are right in another reading of the table: without a first row or column that only "
    "counts, or with decimal commas; a person will look at it",
    "other-reading",
)


def judge_numbers(key: Key, question: Question, given: Numbers, student: str) -> QuestionResult:
    """The result of an answer in numbers."""
    try:
        outcome = _compared(key, question, given, student)
    except StudentError as error:
        outcome = unread(error)
    return result_of(question, outcome, record_of(given), given.messages)


def record_of(given: Numbers) -> AnswerRecord:
    """The record of an answer in numbers, for reports."""
    answer = given.answer
    return AnswerRecord(
        text=_numbers_text(answer.array),
        notation="array",
        path=answer.place.path,
        line=answer.place.line,
        column=answer.place.column,
        shape=answer.array.shape,
    )


def _numbers_text(array: Array) -> str:
    if array.size > 64:
        return f"{array.size} numbers, beginning {np.array2string(array.ravel()[:4], precision=6)}"
    return np.array2string(array, precision=8, separator=", ")


def _compared(key: Key, question: Question, given: Numbers, student: str) -> Outcome:
    outcomes = []
    for answer in (given.answer, *given.answer.others):
        laid = _laid_out(key, question, answer.array, student)
        if laid is not None:
            outcomes.append(_outcome(answer, laid, student))
    if not outcomes:
        raise _mismatch(published(key, student, 1)[question.id], given.answer.array.shape)
    first, *others = outcomes
    if first.verdict is not Verdict.CORRECT and any(o.verdict is Verdict.CORRECT for o in others):
        return Outcome(Verdict.UNDECIDED, messages=(_OTHER_TABLE,))
    return first


def _outcome(answer: ArrayAnswer, laid: "_LaidOut", student: str) -> Outcome:
    """The outcome of an array that has the right shape, perhaps the transposed one."""
    own, got = laid.key, laid.got
    comparison = _comparison(own, got, answer)
    if laid.turned and not laid.may_be_turned:
        wrong = Outcome(Verdict.INCORRECT, messages=error_messages(laid.mismatch(), Kind.MISTAKE))
        return up_to_layout(own, wrong) if comparison.correct else wrong
    outcome = outcome_of(own, comparison, got, whole=True)
    if outcome.verdict in WRONG and _is_square_transposed(laid, answer):
        return up_to_layout(own, Outcome(Verdict.INCORRECT))
    if own.question.feedback != "full":
        outcome = _withheld(outcome)
    if outcome.verdict is Verdict.UNDECIDED:
        return replace(outcome, messages=(_too_few(answer),))
    if outcome.verdict in WRONG and _is_right_to_single(own, got, answer):
        return Outcome(Verdict.UNDECIDED, messages=(_LIKE_SINGLE,))
    outcome = _explained(own, outcome, comparison, got, answer.digits)
    return replace(outcome, messages=(*outcome.messages, *_notes(laid, answer, student)))


def _comparison(own: QuestionKey, got: Array, answer: ArrayAnswer) -> Comparison:
    single = answer.arithmetic == SINGLE
    return compare_numbers(
        got, own.expected, own.computed_noise, answer.digits, answer.decimals, single
    )


def _is_right_to_single(own: QuestionKey, got: Array, answer: ArrayAnswer) -> bool:
    """Whether numbers with more digits than float32 has are right to those that it has."""
    if answer.digits <= SINGLE_DIGITS:
        return False
    rounded = replace(answer, digits=SINGLE_DIGITS, decimals=None, arithmetic=SINGLE)
    return _comparison(own, got, rounded).correct


def _is_square_transposed(laid: "_LaidOut", answer: ArrayAnswer) -> bool:
    """Whether a square array is right with rows and columns swapped."""
    rows, columns = laid.key.grid
    if laid.key.question.free or rows != columns or rows == 1:
        return False
    return _comparison(laid.key, np.swapaxes(laid.got, 1, 2), answer).correct


def _too_few(answer: ArrayAnswer) -> Message:
    """The message for numbers with too few digits."""
    text = f"with {answer.digits} digits the numbers are not precise enough to judge; "
    if answer.arithmetic:
        text += f"they were computed in {answer.arithmetic}: compute them in float64"
    else:
        text += "hand in more digits"
    return Message(Kind.ERROR, text, "precision")


def _notes(laid: "_LaidOut", answer: ArrayAnswer, student: str) -> Iterator[Message]:
    if laid.turned:
        yield TURNED
    if answer.arithmetic == SINGLE:
        yield _SINGLE
    draws = "draw" if len(laid.got) == 1 else f"{len(laid.got)} draws"
    yield Message(Kind.NOTE, f"compared on the {draws} published for {student}")


def _explained(
    own: QuestionKey, outcome: Outcome, comparison: Comparison, got: Array, digits: int
) -> Outcome:
    """The outcome of wrong numbers, with the mistake that gives them if there is one."""
    wrong = comparison.status == EntryStatus.INCORRECT
    if outcome.verdict not in (Verdict.INCORRECT, Verdict.PARTIAL) or not wrong.any():
        return outcome
    found = own.cached(Diagnosing).of_numbers(got, wrong, digits)
    if not found.messages:
        return outcome
    return replace(
        outcome,
        messages=(*found.messages, *outcome.messages),
        instructor=replace(outcome.instructor or Instructor(), candidates=found.candidates),
    )


def _withheld(outcome: Outcome) -> Outcome:
    """The outcome with the expected value, which is part of the answer, for the instructor only."""
    shown = outcome.counterexample
    if shown is None:
        return outcome
    return replace(
        outcome,
        counterexample=replace(shown, expected=None),
        instructor=Instructor(expected=shown.expected),
    )


@dataclass(frozen=True, slots=True)
class _LaidOut:
    """The reference on the student's own draws, and an array of the shape `given` laid out like it.

    `turned` means that the array had the transposed shape.
    """

    key: QuestionKey
    got: Array
    given: tuple[int, ...]
    turned: bool = False

    @property
    def may_be_turned(self) -> bool:
        """Whether the author allows both layouts."""
        return self.key.question.rules.layout == "either"

    def mismatch(self) -> ShapeMismatch:
        """The error of the shape."""
        return _mismatch(self.key, self.given)


def _laid_out(key: Key, question: Question, array: Array, student: str) -> _LaidOut | None:
    """An array laid out like the reference; None if its shape does not fit.

    An extra leading axis counts draws, as `grader draw --count` publishes them.
    """
    for count in (1, len(array) if array.ndim else 1):
        if count > MOST_DRAWS:
            break
        own = published(key, student, count)[question.id]
        grid = _as_grid(array.shape[1:] if count > 1 else array.shape, own)
        if grid is None:
            continue
        if fits(grid, own.grid):
            return _LaidOut(own, array.reshape(own.expected.shape), array.shape)
        if grid == own.grid[::-1] and not own.question.free:
            turned = np.swapaxes(array.reshape(count, *grid), 1, 2)
            return _LaidOut(own, turned, array.shape, turned=True)
    return None


def _as_grid(shape: tuple[int, ...], own: QuestionKey) -> tuple[int, int] | None:
    """The rows and columns of an array as references are laid out; None if it cannot be.

    An array over index variables has an axis for each of them.
    """
    sizes = [size for size in shape if size != 1]
    if sizes == [size for size in own.axes if size != 1]:
        return own.grid
    if len(own.axes) > 2 and sizes == [math.prod(own.axes)]:
        return own.grid  # what a text file can hold of more than two axes, row by row
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(sizes) > 2:
        return None
    return (*sizes, 1, 1)[:2]  # type: ignore[return-value]


def _mismatch(asked: QuestionKey, given: tuple[int, ...]) -> ShapeMismatch:
    """The error of an array whose shape does not fit."""
    wanted = shape_text(asked.grid) if len(asked.axes) < 3 else "×".join(map(str, asked.axes))
    is_given = "×".join(map(str, given)) or "a scalar"
    return ShapeMismatch(f"the array is {is_given}, but the question asks for {wanted}")


def published(key: Key, student: str, count: int) -> Key:
    """The key on the draws published for a student; the last one is cached."""
    known = key.seen.get("published")
    if isinstance(known, tuple) and known[0] == (student, count):
        own = known[1]
    else:
        own = key.drawn_for(student, count)
        key.seen["published"] = ((student, count), own)
    assert isinstance(own, Key)
    return own
