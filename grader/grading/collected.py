"""The answer of a submission to each question, and how to read it.

Answers come from papers, answer files and arrays. If there are several for one question, the last one
counts, and a note says so.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Protocol

from grader.claims import (
    THE_SAME,
    Assembled,
    Entry,
    FoundAnswer,
    PlainEquation,
    Words,
    align,
    alone,
    in_words,
    member_convention,
    named,
    names_for,
    own,
    says_more,
)
from grader.errors import Span, StudentError, Unreadable
from grader.expression import Apply
from grader.grading.index_letters import letters_of, over_letters, with_letters
from grader.grading.leftovers import leftovers
from grader.notation import USUAL, Conventions, Reading, infix
from grader.notation.statements import Equation
from grader.problem import Problem, Question
from grader.result import Kind, Message
from grader.steps import Chain, Derivation, derivation
from grader.submission import (
    ArrayAnswer,
    Formula,
    Leftover,
    Paper,
    Place,
    Refusal,
    Submission,
    TextAnswer,
)


class ReadAnswer(Protocol):
    """Reads an answer under some conventions."""

    def __call__(self, conventions: Conventions = USUAL) -> Reading:
        """What the answer says. Raises StudentError."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in text, and how it is read.

    `key` identifies everything that `read` depends on; None if that is not known. `steps` are derivatives
    that no question asks for and that the student worked out elsewhere. `stated` are equations about the
    model itself. Both are only computed if no answer with the same key was judged before. `rests_on`
    are lines of a listing that give another value to a name in the answer. `chain` is the derivation.
    `names_question` means that the left side is the derivative that the question asks for, `is_bare` that
    there is no left side, `is_own` that it stands below the number of the question with a left side that
    fits, `is_alone` that it is all that was given for the question, `concludes` that the paper calls it
    the result, `is_shared` that by its left side it answers another question; `heading` numbers headings
    and markers. `rivals` are the other equations of the paper that may answer the question, `before` is
    the member of the chain before the last one.
    """

    text: str
    notation: str
    place: Place
    read: ReadAnswer
    messages: tuple[Message, ...] = ()
    key: tuple[object, ...] | None = None
    steps: Callable[[], Collection[tuple[str, str]]] = tuple
    stated: Callable[[], Sequence[Entry]] = tuple
    chain: Chain | None = None
    rests_on: Sequence[Entry] = ()
    names_question: bool = False
    is_bare: bool = False
    is_own: bool = False
    is_alone: bool = False
    concludes: bool = False
    is_shared: bool = False
    heading: int = 0
    rivals: "Callable[[], Sequence[Written]]" = tuple
    before: "Callable[[], Written | None]" = lambda: None


@dataclass(frozen=True, slots=True)
class Numbers:
    """An answer in numbers."""

    answer: ArrayAnswer
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedAnswer:
    """An answer that is there, but that the grader could not take."""

    refusal: Refusal
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class InWords:
    """Words in place of an answer: they go to a human if they may state one; else there is no answer."""

    words: Words
    messages: tuple[Message, ...] = ()


Given = Written | Numbers | RefusedAnswer | InWords


@dataclass(frozen=True, slots=True)
class Collected:
    """The answers by question id, and the parts of the submission that belong to no question."""

    given: Mapping[str, Given]
    leftovers: tuple[Leftover, ...] = ()


def collect(problem: Problem, submission: Submission) -> Collected:
    """The answer of a submission to each question, and the rest of the submission."""
    given: dict[str, Given] = {}
    papers = [own(paper, problem) for paper in submission.papers]
    aligned = [align(problem, paper) for paper in papers]
    questions = problem.questions
    by_id = {question.id: question for question in questions}
    for found_in_paper in aligned:
        answers = [found.entry for found in found_in_paper.values()]
        for question_id, found in found_in_paper.items():
            _add(given, question_id, _from_paper(found, by_id[question_id], answers))
    for answer in submission.answers:
        question = by_id.get(answer.question) or named(answer.question, questions)
        if question is not None:
            _add(given, question.id, _from_file(question, answer, problem))
    for refusal in submission.refusals:
        question = named(refusal.question, questions)
        if question is not None:
            _add(given, question.id, RefusedAnswer(refusal))
    words = _in_words(problem, papers, given)
    answered = {*given, *(name for name, given_words in words.items() if given_words.words.states)}
    left = leftovers(problem, submission, list(zip(papers, aligned, strict=True)), answered)
    return Collected({**words, **given}, left)


def _in_words(
    problem: Problem, papers: Sequence[Paper], answered: Collection[str]
) -> dict[str, InWords]:
    """The words that papers have in place of formulas, by question id."""
    if len(answered) == len(problem.questions):
        return {}
    found = [in_words(problem, paper) for paper in papers]
    return {question: InWords(words) for in_paper in found for question, words in in_paper.items()}


def _add(given: dict[str, Given], question: str, new: Given) -> None:
    """Add an answer. The last answer to a question counts."""
    if question in given:
        message = _answered_again([_place_of(given[question])], _place_of(new))
        new = replace(new, messages=(*new.messages, message))
    given[question] = new


def _answered_again(earlier: Sequence[Place], last: Place) -> Message:
    """The note that a question is answered more than once, and where."""
    places = list(dict.fromkeys(_where(place, last) for place in [*earlier, last]))
    listed = " and ".join([", ".join(places[:-1]), places[-1]]) if len(places) > 1 else places[0]
    text = f"this question is answered more than once, in {listed}; the last answer counts"
    return Message(Kind.NOTE, text, "answered-again")


def _where(place: Place, last: Place) -> str:
    """A place in words, with its file if that is not the file of `last`."""
    where = f"line {place.line}" if place.cell is None else f"cell {place.cell}, line {place.line}"
    return where if place.path == last.path else f"{place.path}, {where}"


def _place_of(given: Given) -> Place:
    match given:
        case Numbers():
            return given.answer.place
        case RefusedAnswer():
            return given.refusal.place
        case InWords():
            return given.words.place
        case _:
            return given.place


def _from_paper(found: FoundAnswer, question: Question, answers: Sequence[Entry]) -> Written:
    entry, equation = found.entry, found.entry.equation
    if equation is None:
        error = entry.error or Unreadable("this formula cannot be read")
        return _unreadable(found, question, error)
    if not found.names_question and says_more(entry, question):
        message = "the left side has more in it than the derivative that the question asks for"
        return _unreadable(
            found, question, Unreadable(message, hint="write only that derivative on the left")
        )

    def read(conventions: Conventions = USUAL) -> Reading:
        return found.steps.put_in(_read_entry(question, entry, conventions))

    text = _compact(entry.text)
    if isinstance(equation, PlainEquation):
        notation, expanded = "infix", equation.answer
    else:
        notation = "latex"
        expanded = " ".join([token.text for token in equation.answer])  # with macros expanded
    depends = (
        notation,
        text,
        expanded,
        entry.changed,
        tuple(found.names.indices.items()),
        found.steps.key,
        _texts(found.stated),
        _texts(entry.rests_on),
    )
    key = None if found.names.definitions or isinstance(entry, Assembled) else depends
    place = entry.place(entry.answer_span)
    others = (*found.steps.entries, *found.stated)
    marked = bool(entry.labels) and not found.moved
    cut = partial(derivation, entry, others, answers, found.steps.asked, is_marked=marked)
    chain = Chain(cut, partial(_read_entry, question))
    return Written(
        text,
        notation,
        place,
        read,
        _notes_on(found),
        key,
        lambda: found.steps.own,
        lambda: found.stated,
        chain,
        entry.rests_on,
        found.names_question,
        equation.left is None,
        marked and _fits(found),
        False,
        entry.concludes,
        found.is_shared,
        entry.heading,
        lambda: [_from_paper(rival, question, answers) for rival in found.rivals()],
        partial(_shorter, found, question, answers),
    )


def _fits(found: FoundAnswer) -> bool:
    """Whether the left side may be that of the answer: none, a name of the student's, `σ'(x)`."""
    entry = found.entry
    is_slope = isinstance(entry.left, Apply) and entry.left.function.endswith("'")
    bare = entry.equation is not None and entry.equation.left is None
    return bare or entry.defines or is_slope or bool(found.match)


def _shorter(found: FoundAnswer, question: Question, answers: Sequence[Entry]) -> Written | None:
    """The answer without the last member of its chain; None if only one is left."""
    equation = found.entry.equation
    if not isinstance(equation, Equation) or len(equation.members) < 3:
        return None
    shorter = replace(equation, members=equation.members[:-1])
    return _from_paper(
        replace(found, entry=replace(found.entry, equation=shorter)), question, answers
    )


def _read_entry(question: Question, entry: Entry, conventions: Conventions = USUAL) -> Reading:
    """An equation in the letters of its left side, read as an answer. Raises StudentError."""
    letters = letters_of(question, entry, conventions)
    names = with_letters(names_for(question, entry, conventions), letters)
    known = member_convention(entry.derivative)
    try:
        reading = entry.read(names, conventions)
    except StudentError as error:
        error.open = {**error.open, **known}
        raise
    if known:
        reading = replace(reading, open={**reading.open, **known})
    return over_letters(reading, letters, question)


def _texts(found: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.formula.text for entry in found)


def _compact(text: str) -> str:
    """An equation without the gaps of a chain that is split over several blocks."""
    return _GAP.sub(lambda gap: "\n" if "\n" in gap[0] else " ", text)


_GAP = re.compile(r"(?<![ \t])(?:[ \t]*+\n(?:[ \t]*+\n)++[ \t]*+|[ \t]{4,}+(?=&?[=≈]))")


def _unreadable(found: FoundAnswer, question: Question, error: StudentError) -> Written:
    def read(conventions: Conventions = USUAL) -> Reading:
        raise error

    return Written(
        found.entry.formula.text, "latex", found.entry.place(), read, _notes_on(found),
        names_question=found.names_question, heading=found.entry.heading,
        rivals=lambda: [_from_paper(rival, question, ()) for rival in found.rivals()],
    )  # fmt: skip


def _notes_on(found: FoundAnswer) -> tuple[Message, ...]:
    """Notes on where the answer was found."""
    messages = []
    if found.match is not None and found.match < THE_SAME:
        text = (
            "the left side names a different derivative from that in the question; "
            "the right side was graded"
        )
        messages.append(Message(Kind.NOTE, text, "left-side-mismatch"))
    if found.earlier:
        messages.append(_answered_again(found.earlier, found.entry.place()))
    if found.moved:
        text = "this answer is under the number of another question; it was found by its left side"
        messages.append(Message(Kind.NOTE, text, "found-by-left-side"))
    return tuple(messages)


def _from_file(
    question: Question, answer: TextAnswer | ArrayAnswer, problem: Problem
) -> Written | Numbers:
    if isinstance(answer, ArrayAnswer):
        return Numbers(answer)
    base = problem.index_base if answer.index_base is None else answer.index_base
    if answer.notation == "latex":
        return latex_answer(question, answer, problem)
    letters = letters_of(question, None)
    names = with_letters(question.names, letters).based(base)

    def read(conventions: Conventions = USUAL) -> Reading:
        return over_letters(infix.read(answer.text, names, conventions), letters, question)

    return Written(
        answer.text, "infix", answer.place, read, (), ("infix", base, answer.text), is_alone=True
    )


def latex_answer(question: Question, answer: TextAnswer, problem: Problem) -> Written:
    """One answer in LaTeX, perhaps an equation or a chain; equations beside it count too."""

    @cache
    def written() -> Written:
        # The lines of the text within the file are not known, so all of it has the place of its start.
        formula = Formula(answer.text.replace("\n", " "), True, answer.place)
        found = alone(problem, question, formula)
        if found is None:
            span = Span(0, max(1, len(answer.text)))
            raise Unreadable("there is no expression here", answer.text, span)
        return _from_paper(found, question, [found.entry])

    def read(conventions: Conventions = USUAL) -> Reading:
        return written().read(conventions)

    def cut() -> Derivation | None:
        chain = written().chain
        return chain.cut() if chain is not None else None

    key, chain = ("latex file", answer.text), Chain(cut, partial(_read_entry, question))
    return Written(
        answer.text, "latex", answer.place, read, (), key,
        lambda: written().steps(), lambda: written().stated(), chain, is_alone=True,
    )  # fmt: skip
