"""One answer against one reference: read, shape, evaluate, compare."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from grader.comparison import Comparison, Status, compare, compare_numbers
from grader.errors import Nonsense, ShapeMismatch, StudentError
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Shape,
    Symbol,
    shape_text,
    walk,
)
from grader.grading.echo import TreeEcho
from grader.grading.given import Given, Numbers, Refused, Written
from grader.key import Key, QuestionKey, fits
from grader.notation import Reading, printing
from grader.primitives import Array
from grader.problem import Question
from grader.result import (
    AnswerRecord,
    Counterexample,
    Echo,
    Kind,
    Message,
    QuestionResult,
    Verdict,
)
from grader.scoring import points

_WORDS = {Status.CORRECT: "correct", Status.UNDECIDED: "undecided", Status.INCORRECT: "incorrect"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer, apart from where it stands: this is what answers share."""

    verdict: Verdict
    fraction: float = 0.0
    messages: tuple[Message, ...] = ()
    counterexample: Counterexample | None = None
    entries: tuple[tuple[str, ...], ...] | None = None
    echo: Echo | None = None
    shape: Shape | None = None


def judge(key: Key, question: Question, given: Given | None, student: str) -> QuestionResult:
    """The result of one question."""
    if given is None:
        return _result(question, Outcome(Verdict.MISSING), None, ())
    match given:
        case Refused():
            return _refused(question, given)
        case Numbers():
            return _numbers(key, question, given, student)
        case Written():
            return _written(key, question, given)


def _result(
    question: Question,
    outcome: Outcome,
    answer: AnswerRecord | None,
    messages: tuple[Message, ...],
) -> QuestionResult:
    return QuestionResult(
        id=question.id,
        verdict=outcome.verdict,
        score=points(question, outcome.verdict, outcome.fraction),
        max_score=question.points,
        prompt=question.prompt,
        answer=answer,
        messages=(*outcome.messages, *messages),
        counterexample=outcome.counterexample,
        entries=outcome.entries,
    )


# Text


def _written(key: Key, question: Question, given: Written) -> QuestionResult:
    remembered = (question.id, *given.key) if given.key is not None else None
    outcome = key.seen.get(remembered) if remembered else None
    if outcome is None:
        outcome = _outcome(key[question.id], given)
        if remembered:
            key.seen[remembered] = outcome
    assert isinstance(outcome, Outcome)
    return _result(question, outcome, _record(given, outcome), given.messages)


def _record(given: Written, outcome: Outcome) -> AnswerRecord:
    place = given.place
    return AnswerRecord(
        given.text, given.notation, place.path, place.line, place.column, outcome.echo,
        None if outcome.shape is None else shape_text(outcome.shape),
    )  # fmt: skip


def _outcome(key: QuestionKey, given: Written) -> Outcome:
    try:
        reading = given.read()
    except StudentError as error:
        return _unread(error)
    try:
        _worked_out(reading, key.question)
        outcome = _evaluated(key, reading)
    except StudentError as error:
        outcome = _unread(error)
    notes = tuple(Message(Kind.NOTE, note, "reading") for note in reading.notes)
    echo = TreeEcho(reading.node, key.question.scope.names)
    return replace(
        outcome, messages=outcome.messages + notes, echo=echo, shape=reading.node.shape
    )


def _unread(error: StudentError) -> Outcome:
    """Unreadable goes to a human; what makes no sense is incorrect."""
    if isinstance(error, Nonsense):
        return Outcome(Verdict.INCORRECT, messages=_explained(error, Kind.MISTAKE))
    return Outcome(Verdict.UNREADABLE, messages=_explained(error, Kind.ERROR))


def _explained(error: StudentError, kind: Kind) -> tuple[Message, ...]:
    message = Message(kind, error.message, error.code, error.pointer() or None)
    return (message, Message(Kind.HINT, error.hint)) if error.hint else (message,)


class NotWorkedOut(Nonsense):
    """An answer that says what was asked in other words, or leaves the asked derivative in it."""

    default_code = "not-worked-out"


def _worked_out(reading: Reading, question: Question) -> None:
    """Raise NotWorkedOut for an answer that still contains what it should derive."""
    asked = _base(question.wrt)
    own = question.of.function + "'" if isinstance(question.of, Apply) else None
    for part in _derivatives(reading):
        if isinstance(part, Derivative) and _base(part.wrt) == asked:
            text = printing.infix(part, question.scope.names)
            raise NotWorkedOut(
                f"the answer still contains a derivative with respect to what is asked: {text}",
                span=part.span,
                hint="work that derivative out",
            )
        if isinstance(part, Apply) and part.function == own:
            raise NotWorkedOut("the answer only names the derivative that is asked for",
                               span=part.span, hint="say what its values are")  # fmt: skip


def _derivatives(reading: Reading) -> Iterator[Expression]:
    """The derivative terms of an answer, those inside the student's definitions included."""
    yield from reading.derivatives
    if reading.defined:
        yield from walk(reading.node)


def _base(node: Expression | None) -> str | None:
    base = node.base if isinstance(node, Item) else node
    return base.name if isinstance(base, Symbol) else None


def _evaluated(key: QuestionKey, reading: Reading) -> Outcome:
    node = reading.node
    try:
        key.check_shape(node, reading.used)
    except ShapeMismatch as error:
        return _block(key, node, error)
    got = key.evaluate(node)
    comparison = compare(got, key.expected, key.noise, lambda: key.noise_of(node, got))
    return _told(key, comparison, got, whole=not key.is_indexed(node))


def _told(key: QuestionKey, comparison: Comparison, got: Array, whole: bool) -> Outcome:
    """The verdict of a comparison. One formula in index variables is right or wrong as a whole."""
    entries = _grid(comparison)
    if comparison.correct:
        return Outcome(Verdict.CORRECT, 1.0, entries=entries)
    counterexample = _counterexample(key, comparison, got)
    some_undecided = (comparison.status == Status.UNDECIDED).any()
    if some_undecided and not (comparison.status == Status.INCORRECT).any():
        return Outcome(Verdict.UNDECIDED, messages=(_UNDECIDED,), entries=entries)
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
    "the answer agrees with the reference only to within the precision that can be had; "
    "a person will look at it",
    "undecided",
)


def _partly(comparison: Comparison) -> Message:
    right = int((comparison.status == Status.CORRECT).sum())
    return Message(Kind.NOTE, f"{right} of {comparison.status.size} entries are right", "entries")


def _undefined(counterexample: Counterexample | None) -> tuple[Message, ...]:
    if counterexample is None or np.isfinite(counterexample.got):
        return ()
    text = "for some values of the symbols the answer is not a finite number"
    return (Message(Kind.NOTE, text, "not-finite"),)


def _grid(comparison: Comparison) -> tuple[tuple[str, ...], ...] | None:
    status = comparison.status
    if status.size == 1:
        return None
    return tuple(tuple(_WORDS[Status(value)] for value in row) for row in status.tolist())


def _counterexample(key: QuestionKey, comparison: Comparison, got: Array) -> Counterexample | None:
    if comparison.worst is None:
        return None
    draw, row, column = comparison.worst
    return Counterexample(
        draw=draw + 1,
        entry=_entry(row, column, key.grid),
        expected=float(key.expected[draw, row, column]),
        got=float(got[draw, row, column]),
    )


def _entry(row: int, column: int, grid: tuple[int, int]) -> tuple[int, ...]:
    if grid == SCALAR:
        return ()
    if grid[1] == 1:
        return (row + 1,)
    return (column + 1,) if grid[0] == 1 else (row + 1, column + 1)


def _block(key: QuestionKey, node: Expression, error: ShapeMismatch) -> Outcome:
    """An answer of another shape: the first rows or columns of the target earn their part."""
    rows, columns = node.shape
    whole_rows = columns == key.grid[1] and rows < key.grid[0]
    whole_columns = rows == key.grid[0] and columns < key.grid[1]
    messages = _explained(error, Kind.MISTAKE)
    wrong = Outcome(Verdict.INCORRECT, messages=messages)
    if not (whole_rows or whole_columns) or node.shape == SCALAR or key.question.free:
        return wrong
    part = replace(
        key, expected=key.expected[:, :rows, :columns], noise=key.noise[:, :rows, :columns]
    )
    got = part.evaluate(node)
    comparison = compare(got, part.expected, part.noise, lambda: part.noise_of(node, got))
    share = comparison.fraction * comparison.status.size / (key.grid[0] * key.grid[1])
    if share == 0 or key.question.all_or_nothing:
        return replace(wrong, counterexample=_counterexample(part, comparison, got))
    what = f"the first {rows} of {key.grid[0]} rows" if whole_rows else (
        f"the first {columns} of {key.grid[1]} columns")  # fmt: skip
    note = Message(Kind.NOTE, f"compared with {what}; the rest is missing", "entries")
    return Outcome(Verdict.PARTIAL, share, (*messages, note), entries=_grid(comparison))


# Numbers


def _numbers(key: Key, question: Question, given: Numbers, student: str) -> QuestionResult:
    answer = given.answer
    try:
        outcome = _compared(key, question, given, student)
    except StudentError as error:
        outcome = Outcome(Verdict.INCORRECT, messages=_explained(error, Kind.MISTAKE))
    record = AnswerRecord(
        text=_numbers_text(answer.array),
        notation="array",
        path=answer.place.path,
        line=answer.place.line,
        column=answer.place.column,
        shape="×".join(str(size) for size in answer.array.shape) or "scalar",
    )
    return _result(question, outcome, record, given.messages)


def _numbers_text(array: Array) -> str:
    if array.size > 64:
        return f"{array.size} numbers, beginning {np.array2string(array.ravel()[:4], precision=6)}"
    return np.array2string(array, precision=8, separator=", ")


def _compared(key: Key, question: Question, given: Numbers, student: str) -> Outcome:
    answer = given.answer
    own, got = _own_draws(key, question, answer.array, student)
    comparison = compare_numbers(got, own.expected, own.noise, answer.digits, answer.decimals)
    outcome = _told(own, comparison, got, whole=True)
    if outcome.verdict is Verdict.UNDECIDED:
        text = (
            f"the numbers agree to their {answer.digits} digits, which is too few to tell; "
            "hand in at least 5"
        )
        return replace(outcome, messages=(Message(Kind.ERROR, text, "precision"),))
    note = Message(Kind.NOTE, f"compared on the {_draws_text(len(got))} published for {student}")
    return replace(outcome, messages=(*outcome.messages, note))


def _draws_text(count: int) -> str:
    return "draw" if count == 1 else f"{count} draws"


def _own_draws(
    key: Key, question: Question, array: Array, student: str
) -> tuple[QuestionKey, Array]:
    """The reference on the student's own draws, and the array laid out like it.

    A leading axis more than the target has counts draws, as `grader draw --count` publishes them.
    """
    single = published(key, student, 1)[question.id]
    for count in (1, len(array) if array.ndim else 1):
        own = single if count == 1 else published(key, student, count)[question.id]
        shape = array.shape[1:] if count > 1 else array.shape
        grid = _as_grid(shape)
        if grid is not None and fits(grid, own.grid):
            return own, array.reshape(own.expected.shape)
    raise ShapeMismatch(
        f"the array is {'×'.join(map(str, array.shape)) or 'a scalar'}, the question asks for "
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
    """The key on the draws published for a student, remembered."""
    remembered = ("draws", student, count)
    if remembered not in key.seen:
        key.seen[remembered] = key.drawn_for(student, count)
    own = key.seen[remembered]
    assert isinstance(own, Key)
    return own


def _refused(question: Question, given: Refused) -> QuestionResult:
    refusal = given.refusal
    messages = [Message(Kind.ERROR, refusal.message, "unreadable")]
    if refusal.hint:
        messages.append(Message(Kind.HINT, refusal.hint))
    place = refusal.place
    record = AnswerRecord("", "unknown", place.path, place.line, place.column)
    return _result(question, Outcome(Verdict.UNREADABLE, messages=tuple(messages)), record, ())


