"""Judging an answer in numbers, on the draws that were published for the student."""

from dataclasses import replace

import numpy as np

from grader.comparison import Comparison, EntryStatus, compare_numbers
from grader.diagnosis import Diagnosing
from grader.errors import ShapeMismatch, StudentError
from grader.expression import shape_text
from grader.grading.collected import Numbers
from grader.grading.outcome import Outcome, outcome_of, result_of, unread
from grader.key import Key, QuestionKey, fits
from grader.primitives import Array
from grader.problem import Question
from grader.result import AnswerRecord, Instructor, Kind, Message, QuestionResult, Verdict

MOST_DRAWS = 256  # that `grader draw` publishes at once


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
    answer = given.answer
    own, got = _own_draws(key, question, answer.array, student)
    comparison = compare_numbers(got, own.expected, own.noise, answer.digits, answer.decimals)
    outcome = outcome_of(own, comparison, got, whole=True)
    if question.feedback != "full":
        outcome = _withheld(outcome)
    if outcome.verdict is Verdict.UNDECIDED:
        text = (
            f"with {answer.digits} digits the numbers are not precise enough to judge; "
            "hand in more digits"
        )
        return replace(outcome, messages=(Message(Kind.ERROR, text, "precision"),))
    outcome = _explained(own, outcome, comparison, got, answer.digits)
    note = Message(Kind.NOTE, f"compared on the {_draws_text(len(got))} published for {student}")
    return replace(outcome, messages=(*outcome.messages, note))


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


def _draws_text(count: int) -> str:
    return "draw" if count == 1 else f"{count} draws"


def _own_draws(
    key: Key, question: Question, array: Array, student: str
) -> tuple[QuestionKey, Array]:
    """The reference on the student's own draws, and the array laid out like it.

    An extra leading axis counts draws, as `grader draw --count` publishes them. Raises ShapeMismatch.
    """
    single = published(key, student, 1)[question.id]
    for count in (1, len(array) if array.ndim else 1):
        if count > MOST_DRAWS:
            break
        own = single if count == 1 else published(key, student, count)[question.id]
        shape = array.shape[1:] if count > 1 else array.shape
        grid = _as_grid(shape)
        if grid is not None and fits(grid, own.grid):
            return own, array.reshape(own.expected.shape)
    raise ShapeMismatch(
        f"the array is {'×'.join(map(str, array.shape)) or 'a scalar'}, but the question asks for "
        f"{shape_text(single.grid)}"
    )


def _as_grid(shape: tuple[int, ...]) -> tuple[int, int] | None:
    sizes = [size for size in shape if size != 1]
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(sizes) > 2:
        return None
    return (*sizes, 1, 1)[:2]  # type: ignore[return-value]


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
