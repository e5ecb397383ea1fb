"""What a submission gives to each question, and how it is to be read.

Answers come from papers, answer files and arrays; where there are several for one question, the last
one counts, and the student is told.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from grader.alignment import Found, align, answer_of, entries, named, names_for
from grader.errors import Span, StudentError, Unreadable
from grader.grading.letters import letters_of, spread, with_letters
from grader.notation import Reading, infix, latex
from grader.notation.equations import Equation
from grader.problem import Problem, Question
from grader.result import Kind, Message
from grader.submission import ArrayAnswer, Formula, Paper, Place, Refusal, Submission, TextAnswer


class Read(Protocol):
    """Reads an answer; `other` numbers ambiguous products to be read in the less usual way."""

    def __call__(self, other: frozenset[int] = frozenset()) -> Reading: ...


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in text, and how it is read.

    `key` identifies what `read` depends on, if that is known. `derived` are derivatives that the
    student worked out elsewhere.
    """

    text: str
    notation: str
    place: Place
    read: Read
    messages: tuple[Message, ...] = ()
    key: tuple[object, ...] | None = None
    derived: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Numbers:
    """An answer in numbers."""

    answer: ArrayAnswer
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is there and could not be taken."""

    refusal: Refusal
    messages: tuple[Message, ...] = ()


Given = Written | Numbers | Refused


def collect(problem: Problem, submission: Submission) -> dict[str, Given]:
    """What is given to each question, by question id."""
    given: dict[str, Given] = {}
    questions = problem.questions
    by_id = {question.id: question for question in questions}
    for paper in submission.papers:
        for question_id, found in align(problem, paper).items():
            _add(given, question_id, _from_paper(found, by_id[question_id]))
    for answer in submission.answers:
        question = by_id.get(answer.question) or named(answer.question, questions)
        if question is not None:
            _add(given, question.id, _from_file(question, answer, problem))
    for refusal in submission.refusals:
        question = named(refusal.question, questions)
        if question is not None:
            _add(given, question.id, Refused(refusal))
    return given


def unplaced(problem: Problem, submission: Submission) -> list[Refusal]:
    """What was handed in and belongs to no question: it must not vanish without a word."""
    refusals = [
        refusal
        for refusal in submission.refusals
        if named(refusal.question, problem.questions) is None
    ]
    known = ", ".join(question.id for question in problem.questions[:20])
    ids = {question.id for question in problem.questions}
    for answer in submission.answers:
        if answer.question not in ids and named(answer.question, problem.questions) is None:
            message = f"there is no question `{answer.question[:40]}` in this problem"
            hint = f"the questions are {known}"
            refusals.append(Refusal(message, answer.place, None, hint, whole_file=True))
    return refusals


_AGAIN = Message(
    Kind.NOTE,
    "this question is answered more than once; the last answer counts",
    "answered-again",
)


def _add(given: dict[str, Given], question: str, new: Given) -> None:
    """The last answer counts."""
    if question in given:
        new = replace(new, messages=(*new.messages, _AGAIN))
    given[question] = new


def _from_paper(found: Found, question: Question) -> Written:
    equation = found.entry.equation
    if equation is None:
        error = found.entry.error or Unreadable("this formula cannot be read")
        return _broken(found, error)
    span = _span_of(equation)
    letters = letters_of(question, found.entry)
    names = with_letters(found.names, letters)

    def read(other: frozenset[int] = frozenset()) -> Reading:
        reading = latex.read_tokens(equation.answer, names, equation.source, other)
        return spread(reading, letters, question)

    text = equation.source[equation.span.start : equation.span.end]
    tokens = " ".join([token.text for token in equation.answer])  # what macros stood for
    depends = ("latex", text, tokens, tuple(names.indices.values()), found.derived)
    key = None if found.names.definitions else depends
    place = found.entry.place(span)
    return Written(text, "latex", place, read, _about(found), key, found.derived)


def _span_of(equation: Equation) -> Span:
    return Span(equation.answer[0].start, equation.answer[-1].end)


def _broken(found: Found, error: StudentError) -> Written:
    def read(other: frozenset[int] = frozenset()) -> Reading:
        raise error

    return Written(found.entry.formula.text, "latex", found.entry.place(), read, _about(found))


def _about(found: Found) -> tuple[Message, ...]:
    """What is to be said about where the answer was found."""
    messages = []
    if found.match is not None and found.match < 0.85:
        text = (
            "the left side names another derivative than the question asks for; "
            "the right side was graded"
        )
        messages.append(Message(Kind.NOTE, text, "left-side-mismatch"))
    if found.again:
        messages.append(_AGAIN)
    if found.moved:
        text = "this answer stands under another number; it was found by its left side"
        messages.append(Message(Kind.NOTE, text, "found-by-left-side"))
    return tuple(messages)


def _from_file(
    question: Question, answer: TextAnswer | ArrayAnswer, problem: Problem
) -> Written | Numbers:
    if isinstance(answer, ArrayAnswer):
        return Numbers(answer)
    base = problem.index_base if answer.index_base is None else answer.index_base
    if answer.notation == "latex":
        return _latex_answer(question, answer)
    letters = letters_of(question, None)
    names = with_letters(question.names, letters).based(base)

    def read(other: frozenset[int] = frozenset()) -> Reading:
        return spread(infix.read(answer.text, names, other), letters, question)

    return Written(answer.text, "infix", answer.place, read, (), ("infix", base, answer.text))


def _latex_answer(question: Question, answer: TextAnswer) -> Written:
    def read(other: frozenset[int] = frozenset()) -> Reading:
        return read_latex(question, answer.text, answer.place, other)

    return Written(answer.text, "latex", answer.place, read, (), ("latex file", answer.text))


def read_latex(
    question: Question, text: str, place: Place, other: frozenset[int] = frozenset()
) -> Reading:
    """One answer in LaTeX, perhaps an equation or a chain of them. Raises StudentError."""
    formula = Formula(text, True, place)
    found = entries(Paper((formula,)), question.scope.names)
    entry = answer_of([entry for entry in found if not entry.is_open], question)
    if entry is None:
        raise Unreadable("there is no expression here", text, Span(0, max(1, len(text))))
    if entry.equation is None:
        raise entry.error or Unreadable("this formula cannot be read", text)
    letters = letters_of(question, entry)
    names = with_letters(names_for(question, entry), letters)
    return spread(latex.read_tokens(entry.equation.answer, names, text, other), letters, question)
