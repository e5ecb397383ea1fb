"""The answer of a submission to each question, and how to read it.

Answers come from papers, answer files and arrays. If there are several for one question, the last one
counts, and a note says so.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from grader.claims import (
    THE_SAME,
    Assembled,
    Candidate,
    Claim,
    PlainEquation,
    Words,
    alone,
    in_words,
    member_convention,
    named,
    names_for,
    own,
    says_more,
    table_of,
)
from grader.errors import Span, StudentError, Unreadable
from grader.grading.array_names import question_of
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

    `key` identifies everything that `read` depends on; None if that is not known. `found` is the claim of a
    paper, or of a formula that is `is_alone`: all that was given for the question. `chain` is the
    derivation. `rivals` are the other claims that may answer the question, `before` is the member of the
    chain before the last one. `instead` are the words below the number of the question, if the answer by
    its left side is one to something else.
    """

    text: str
    notation: str
    place: Place
    read: ReadAnswer
    messages: tuple[Message, ...] = ()
    key: tuple[object, ...] | None = None
    found: Candidate | None = None
    is_alone: bool = False
    chain: Chain | None = None
    rivals: "Callable[[], Sequence[Written]]" = tuple
    instead: "InWords | None" = None
    before: "Callable[[], Written | None]" = lambda: None

    @property
    def is_unsure(self) -> bool:
        """Whether by its left side it is an answer to something else."""
        return self.found is not None and (self.found.is_shared or self.found.is_doubtful)

    @property
    def steps(self) -> Collection[tuple[str, str]]:
        """The derivatives that no question asks for and that the student worked out elsewhere."""
        return self.found.steps.own if self.found is not None else ()

    @property
    def about_names(self) -> Sequence[Claim]:
        """The claims about the model itself."""
        return self.found.about_names if self.found is not None else ()

    @property
    def rests_on(self) -> Sequence[Claim]:
        """The lines of a listing that give another value to a name in the answer."""
        return self.found.claim.rests_on if self.found is not None else ()


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
    tables = [table_of(problem, paper) for paper in papers]
    questions = problem.questions
    by_id = {question.id: question for question in questions}
    for table in tables:
        for question_id, found in table.answers.items():
            _add(given, question_id, _from_paper(found[0], found[1:]))
    for answer in submission.answers:
        question = by_id.get(answer.question) or question_of(answer, questions)
        if question is not None:
            _add(given, question.id, _from_file(question, answer, problem))
    for refusal in submission.refusals:
        question = named(refusal.question, questions)
        if question is not None:
            _add(given, question.id, RefusedAnswer(refusal))
    sure = {name for name, one in given.items() if not (isinstance(one, Written) and one.is_unsure)}
    words = _in_words(problem, papers, sure)
    for name, said in words.items():
        unsure = given.get(name)
        given[name] = replace(unsure, instead=said) if isinstance(unsure, Written) else said
    answered = {*sure, *(name for name, said in words.items() if said.words.states)}
    return Collected(
        given, leftovers(problem, submission, list(zip(papers, tables, strict=True)), answered)
    )


def _in_words(
    problem: Problem, papers: Sequence[Paper], answered: Collection[str]
) -> dict[str, InWords]:
    """The words that papers have in place of formulas, by question id."""
    if len(answered) == len(problem.questions):
        return {}
    found = [in_words(problem, paper) for paper in papers]
    return {
        question: InWords(words)
        for in_paper in found
        for question, words in in_paper.items()
        if question not in answered
    }


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


def _from_paper(found: Candidate, rivals: Sequence[Candidate] = ()) -> Written:
    """A claim of a paper as an answer."""
    claim = found.claim
    error = _refusal(found)
    if error is not None:
        read: ReadAnswer = partial(_refuse, error)
        written = Written(claim.formula.text, "latex", claim.place(), read)
    else:
        written = Written(
            _compact(claim.text),
            "infix" if isinstance(claim.equation, PlainEquation) else "latex",
            claim.place(claim.answer_span),
            partial(_read_with_steps, found),
            key=_key(found),
            chain=Chain(partial(_derivation, found), partial(_read_claim, found.question)),
            before=partial(_shorter, found),
        )
    return replace(
        written,
        messages=_notes_on(found),
        found=found,
        rivals=lambda: [_from_paper(rival) for rival in rivals],
    )


def _refusal(found: Candidate) -> StudentError | None:
    """Why a claim cannot be read as an answer, if that is known without reading it."""
    claim = found.claim
    if claim.equation is None:
        return claim.error or Unreadable("this formula cannot be read")
    if not found.names_question and says_more(claim, found.question):
        message = "the left side has more in it than the derivative that the question asks for"
        return Unreadable(message, hint="write only that derivative on the left")
    return None


def _refuse(error: StudentError, conventions: Conventions = USUAL) -> Reading:
    raise error


def _read_with_steps(found: Candidate, conventions: Conventions = USUAL) -> Reading:
    """An answer with the student's own values for the derivatives in it. Raises StudentError."""
    return found.steps.put_in(_read_claim(found.question, found.claim, conventions))


def _key(found: Candidate) -> tuple[object, ...] | None:
    """All that the judgement of an answer depends on; None if that is more than its text."""
    claim = found.claim
    if found.names.definitions or isinstance(claim, Assembled):
        return None
    assert claim.equation is not None
    answer = claim.equation.answer  # with macros expanded
    return (
        type(claim.equation),
        _compact(claim.text),
        answer if isinstance(answer, str) else tuple([token.text for token in answer]),
        claim.changed,
        tuple(found.names.indices.items()),
        found.steps.key,
        _texts(found.about_names),
        _texts(claim.rests_on),
    )


def _derivation(found: Candidate) -> Derivation:
    """The claims that belong to an answer."""
    claim, steps = found.claim, found.steps
    answers = [one[0].claim for one in found.table.answers.values()] or [claim]
    others = (*steps.claims, *found.about_names)
    marked = bool(claim.labels) and not found.is_moved
    return derivation(claim, others, answers, steps.asked, is_marked=marked)


def _shorter(found: Candidate) -> Written | None:
    """The answer without the last member of its chain; None if only one is left."""
    equation = found.claim.equation
    if not isinstance(equation, Equation) or len(equation.members) < 3:
        return None
    shorter = replace(equation, members=equation.members[:-1])
    claim = replace(found.claim, equation=shorter)
    return _from_paper(replace(found, source=claim, beside=(claim,)))


def _read_claim(question: Question, claim: Claim, conventions: Conventions = USUAL) -> Reading:
    """An equation in the letters of its left side, read as an answer. Raises StudentError."""
    letters = letters_of(question, claim, conventions)
    names = with_letters(names_for(question, claim, conventions), letters)
    known = member_convention(claim.derivative)
    try:
        reading = claim.read(names, conventions)
    except StudentError as error:
        error.open = {**error.open, **known}
        raise
    if known:
        reading = replace(reading, open={**reading.open, **known})
    return over_letters(reading, letters, question)


def _texts(found: Sequence[Claim]) -> tuple[str, ...]:
    return tuple(one.formula.text for one in found)


def _compact(text: str) -> str:
    """An equation without the gaps of a chain that is split over several blocks."""
    return _GAP.sub(lambda gap: "\n" if "\n" in gap[0] else " ", text)


_GAP = re.compile(r"(?<![ \t])(?:[ \t]*+\n(?:[ \t]*+\n)++[ \t]*+|[ \t]{4,}+(?=&?[=≈]))")


def _notes_on(found: Candidate) -> tuple[Message, ...]:
    """Notes on where the answer was found."""
    messages = []
    if found.match is not None and found.match < THE_SAME:
        text = (
            "the left side names a different derivative from that in the question; "
            "the right side was graded"
        )
        messages.append(Message(Kind.NOTE, text, "left-side-mismatch"))
    if found.earlier:
        messages.append(_answered_again(found.earlier, found.claim.place()))
    if found.is_moved:
        text = "this answer is under the number of another question; it was found by its left side"
        messages.append(Message(Kind.NOTE, text, "found-by-left-side"))
    return tuple(messages)


def _from_file(
    question: Question, answer: TextAnswer | ArrayAnswer, problem: Problem
) -> Written | Numbers:
    if isinstance(answer, ArrayAnswer):
        return Numbers(answer)
    if answer.notation == "code":
        error = Unreadable("the grader does not run code", answer.text, Span(0, len(answer.text)))
        return Written(answer.text, "code", answer.place, partial(_refuse, error), is_alone=True)
    base = problem.index_base if answer.index_base is None else answer.index_base
    if answer.notation == "latex":
        return latex_answer(question, answer, problem)
    letters = letters_of(question, None)
    names = with_letters(question.names, letters).based(base)

    def read(conventions: Conventions = USUAL) -> Reading:
        return over_letters(infix.read(answer.text, names, conventions), letters, question)

    return Written(
        answer.text, "infix", answer.place, read, key=("infix", base, answer.text), is_alone=True
    )


def latex_answer(question: Question, answer: TextAnswer, problem: Problem) -> Written:
    """One answer in LaTeX, perhaps an equation or a chain; equations beside it count too."""
    # The lines of the text within the file are not known, so all of it has the place of its start.
    formula = Formula(answer.text.replace("\n", " "), True, answer.place)
    found = alone(problem, question, formula)
    key = ("latex file", answer.text)
    if found is None:
        span = Span(0, max(1, len(answer.text)))
        read = partial(_refuse, Unreadable("there is no expression here", answer.text, span))
        return Written(answer.text, "latex", answer.place, read, key=key, is_alone=True)
    written = _from_paper(found)
    return replace(
        written,
        text=answer.text,
        notation="latex",
        place=answer.place,
        messages=(),
        key=key,
        is_alone=True,
        before=lambda: None,
    )
