"""The parts of a paper that no question took: formulas, and notes in words, each with its place.

In a paper with an answer these are: formulas that are not a step, a definition, a statement or on the way
to an answer; all below the number of a question without an answer; and words that name such a question or
point elsewhere. In a paper without an answer every formula and every note counts.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.alignment.align import FoundAnswer
from grader.alignment.formulas import is_mention
from grader.alignment.numbering import named, questions_marked
from grader.alignment.standing import PLAIN, standings
from grader.alignment.statements import language_of_paper, statements
from grader.alignment.words import said_below
from grader.problem.model import Problem
from grader.submission import Formula, Item, Leftover, Marker, Paper, Place, Prose, is_blank

_MATHEMATICS = re.compile(r"[=≈∂∇∑⊙Α-Ωα-ω^]|[^\W\d_]\d*\s?[*/@·]\s?[^\W\d_]")
_ELSEWHERE = re.compile(
    r"\b(?:attach\w*|enclosed|photo\w*|pictures?|scan\w*|hand-?written|by hand|on paper|e-?mail\w*|uploaded"
    r"|separate|anhang|angehängt|beilieg\w+|foto|ci-joint\w*|adjunt\w+)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:q|questions?|problems?|exercises?|parts?|aufgaben?|exercices?)[\s.]?\(?(\d{1,3}[a-z]?)\b",
    re.IGNORECASE,
)

# The top of every homework: title, name, date, greeting.
_LABELLED = re.compile(
    r"(?:(?:full |first |last )?name|student|id|netid|date|course|class|section|instructor|professor|due"
    r"|title|author|e-?mail|matr\w*|datum|kurs)\b[\w\s.#]{0,20}:",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?:dear|hello|hi|hey|thanks?|many thanks|best|kind regards|cheers|sincerely|liebe[rs]?|hallo|danke"
    r"|bonjour|merci|hola|gracias)\b",
    re.IGNORECASE,
)
_TITLE = frozenset(
    "homework hw assignment pset problem problems set sheet exercise exercises solution solutions"
    " answers submission report übungsblatt übung devoir and the for with from und von der die das"
    " page part".split()
)
_GREETING_WORDS = 6
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?|https?://\S+|\S+@\S+")
_SHOWN = 60  # characters in a message


@dataclass(frozen=True, slots=True)
class _Section:
    """The items below a marker, and the questions that the marker names."""

    questions: tuple[str, ...]
    items: Sequence[Item]


def left_over(
    problem: Problem, paper: Paper, answers: Mapping[str, FoundAnswer], answered: Collection[str]
) -> Iterator[Leftover]:
    """The parts that no question took; `answers` are the paper's, `answered` all answered questions."""
    known = _accounted(answers)
    taken = {found.entry.formula.place for found in answers.values()}
    for section in _sections(problem, paper):
        is_answered = bool(section.questions) and all(one in answered for one in section.questions)
        yield from _formulas(section, known | taken, taken if is_answered else set())
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


def _accounted(answers: Mapping[str, FoundAnswer]) -> set[Place]:
    """The formulas that say what a derivative, a quantity or a name of the student's own is."""
    every = [entry for found in answers.values() for entry in found.paper]
    lost = {
        e.formula.place
        for e in every
        if e.left is None and not e.standing.is_beside and not e.is_open
    }
    return {entry.formula.place for entry in every} - lost


def _formulas(
    section: _Section, known: Collection[Place], taken: Collection[Place]
) -> Iterator[Leftover]:
    """The formulas that no question took; those before the answers in `taken` are on the way to them."""
    standing = standings(section.items, language_of_paper(section.items))
    last = max((at for at, item in enumerate(section.items) if item.place in taken), default=-1)
    for at, item in enumerate(section.items):
        if at < last or not isinstance(item, Formula) or item.place in known:
            continue
        if item.notation == "bound":
            continue
        if not standing.get(at, PLAIN).is_beside and not is_mention(" ".join(item.text.split())):
            kind = "code" if item.notation == "code" else "the formula"
            yield Leftover(f"{kind} `{_shown(item.text)}`", item.place)


# Words


def _pointing(section: _Section, problem: Problem, answered: Collection[str]) -> Iterator[Leftover]:
    """The words that name a question without an answer, or point elsewhere."""
    for item in section.items:
        if isinstance(item, Prose) and not is_blank(item.text):
            labels = [named(label, problem.questions) for label in _NAMED.findall(item.text)]
            if any(one is not None and one.id not in answered for one in labels) or (
                _ELSEWHERE.search(item.text)
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
        if isinstance(item, Prose) and _is_note(item.text):
            yield _note(item.text, item.place)


def _is_note(text: str) -> bool:
    """Whether a line says something: it is no title, name, date, greeting, or word of excuse."""
    if text.startswith("#") and not _ELSEWHERE.search(text):
        return False
    if is_blank(text) or _LABELLED.match(text.lstrip(" *_#>")):
        return False
    words = _WORD.findall(_COMMAND.sub(" ", text))
    if len(words) <= _GREETING_WORDS and _GREETING.match(text):
        return False
    if _MATHEMATICS.search(text):
        return True
    return any(word[0].islower() and word not in _TITLE for word in words)


def _note(text: str, place: Place, question: str | None = None) -> Leftover:
    kind = "the table" if text.startswith("|") else "the words"
    return Leftover(f"{kind} “{_shown(text)}”", place, question=question)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
