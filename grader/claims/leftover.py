"""The parts of a paper that no question took: formulas, and notes in words, each with its place.

In a paper with an answer these are: formulas that are not a step, a definition, a statement or on the way
to an answer; all below the number of a question without an answer; and words that name such a question or
point elsewhere. In a paper without an answer every formula and every note counts.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from grader.claims.candidates import Table
from grader.claims.claim import Claim
from grader.claims.formulas import is_mention
from grader.claims.notes import is_note, is_printed, numbers_named, points_elsewhere, said_below
from grader.claims.numbering import named, questions_marked
from grader.claims.standing import PLAIN, standings
from grader.claims.statements import language_of_paper, statements
from grader.expression import base_name
from grader.problem.model import Problem
from grader.submission import Formula, Item, Leftover, Marker, Paper, Place, Prose, is_blank

_SHOWN = 60  # characters in a message


@dataclass(frozen=True, slots=True)
class _Section:
    """The items below a marker, and the questions that the marker names."""

    questions: tuple[str, ...]
    items: Sequence[Item]


def left_over(paper: Paper, table: Table, answered: Collection[str]) -> Iterator[Leftover]:
    """The parts that no question took; `answered` are the questions with an answer, here or elsewhere."""
    problem, answers = table.problem, table.answers
    known = _accounted(table) if answers else set()
    taken = {found[0].claim.formula.place for found in answers.values()}
    announced = {one.formula.place for one in table.claims if one.announced and not one.is_open}
    for section in _sections(problem, paper):
        is_answered = bool(section.questions) and all(one in answered for one in section.questions)
        way = taken if is_answered else set()
        yield from _formulas(section, known | taken, announced, way)
        yield from _numbers(section)
        if is_answered or (answers and not section.questions):
            yield from _pointing(section, problem, answered)
        elif len(section.questions) == 1:
            yield from _below(section, problem)
        else:
            yield from _notes(section)


def _sections(problem: Problem, paper: Paper) -> Iterator[_Section]:
    questions: tuple[str, ...] = ()
    items: list[Item] = []
    for item in statements(paper.items, language_of_paper(paper.items)):
        if isinstance(item, Marker):
            yield _Section(questions, items)
            questions, items = tuple(questions_marked(item.labels, problem.questions)), []
        else:
            items.append(item)
    yield _Section(questions, items)


# Formulas


def _accounted(table: Table) -> set[Place]:
    """The formulas that say what a derivative, a quantity or a name of the student's own is."""
    lost = {
        one.formula.place
        for one in table.claims
        if (one.left is None or _is_of_an_expression(one))
        and not one.standing.is_beside
        and not one.is_open
    }
    return {one.formula.place for one in table.claims} - lost


def _is_of_an_expression(claim: Claim) -> bool:
    """Whether a left side differentiates an expression, so that it may be another name of what is asked."""
    left = claim.derivative
    return left is not None and base_name(left.of) is None


def _formulas(
    section: _Section,
    known: Collection[Place],
    announced: Collection[Place],
    taken: Collection[Place],
) -> Iterator[Leftover]:
    """The formulas that no question took; those before the answers in `taken` are on the way to them.

    A name alone only mentions something, unless it is `announced` as an answer.
    """
    standing = standings(section.items, language_of_paper(section.items))
    last = max((at for at, item in enumerate(section.items) if item.place in taken), default=-1)
    for at, item in enumerate(section.items):
        if at < last or not isinstance(item, Formula) or item.place in known:
            continue
        says = item.place in announced or not is_mention(" ".join(item.text.split()))
        if says and not standing.get(at, PLAIN).is_beside:
            yield Leftover(f"the formula `{_shown(item.text)}`", item.place)


# Numbers


def _numbers(section: _Section) -> Iterator[Leftover]:
    """The first line of printed numbers: arrays that code computed may be answers."""
    for item in section.items:
        if isinstance(item, Prose) and is_printed(item.text):
            yield Leftover(f"the numbers “{_shown(item.text)}”", item.place)
            return


# Words


def _pointing(section: _Section, problem: Problem, answered: Collection[str]) -> Iterator[Leftover]:
    """The words that name a question without an answer, or point elsewhere."""
    for item in section.items:
        if isinstance(item, Prose) and not is_blank(item.text):
            labels = [named(label, problem.questions) for label in numbers_named(item.text)]
            if any(one is not None and one.id not in answered for one in labels) or (
                points_elsewhere(item.text)
            ):
                yield _note(item.text, item.place)


def _below(section: _Section, problem: Problem) -> Iterator[Leftover]:
    """The words below the number of a question that has no answer."""
    (question,) = section.questions
    items = [i for i in section.items if not isinstance(i, Marker) and not i.text.startswith("#")]
    said = said_below(items, problem[question])
    if said is not None and not is_blank(said.text):
        yield _note(said.text, said.place, question)


def _notes(section: _Section) -> Iterator[Leftover]:
    for item in section.items:
        if isinstance(item, Prose) and is_note(item.text):
            yield _note(item.text, item.place)


def _note(text: str, place: Place, question: str | None = None) -> Leftover:
    kind = "the table" if text.startswith("|") else "the words"
    return Leftover(f"{kind} “{_shown(text)}”", place, question=question)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
