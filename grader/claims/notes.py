"""Words of a paper that stand without a formula: an answer in words, a copied prompt, a title, a greeting.

Most say nothing about an answer. A statement goes to a human.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from grader import lexicon
from grader.claims.numbering import questions_marked
from grader.lexicon import NOTES, Mark, Role, find
from grader.problem.model import Problem, Question
from grader.submission import Formula, Marker, Paper, Place, Prose, is_blank

_SIGNS = re.compile(r"[=≈∂δσ·⊙@^]|[A-Za-z]\d")
_MATHEMATICS = re.compile(r"[=≈∂∇∑⊙Α-Ωα-ω^]|[^\W\d_]\d*\s?[*/@·]\s?[^\W\d_]")
_POINTS = re.compile(r"[\[(]?\s?\d{1,3}(?:\.\d)?\s?(\w*)\.?\s?[\])]?")
_SENTENCE = re.compile(r"(?<=[?:])\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_COMPUTES = re.compile(r"[-+*/^_\\]|\w\s+\w")  # more than a name
_COMMAND = re.compile(r"\\[A-Za-z]+\*?|https?://\S+|\S+@\S+")
_NUMBER = re.compile(r"[\s.]?\(?(\d{1,3}[a-z]?)\b", re.IGNORECASE)
_FIELD = re.compile(r"[\w\s.#]{0,20}[:：]")
_LONGEST = 400  # characters in a message
_MOSTLY = 0.7  # of a line's words are in the prompt that it repeats
_GREETING_WORDS = 6


@dataclass(frozen=True, slots=True)
class Words:
    """A student's words in place of a formula; `states` means that they may be an answer."""

    text: str
    place: Place
    states: bool


def in_words(problem: Problem, paper: Paper) -> dict[str, Words]:
    """The words below the marker of each question; of several the last."""
    found = {}
    for labels, lines in _sections(paper):
        marked = [*questions_marked(labels, problem.questions)]
        if len(marked) == 1 and (said := said_below(lines, problem[marked[0]])):
            found[marked[0]] = said
    return found


def _sections(paper: Paper) -> Iterator[tuple[tuple[str, ...], list[Prose | Formula]]]:
    labels: tuple[str, ...] = ()
    lines: list[Prose | Formula] = []
    for item in paper.items:
        if isinstance(item, Marker):
            yield labels, lines
            labels, lines = item.labels, []
        elif not item.text.startswith("#"):
            lines.append(item)
    yield labels, lines


def said_below(items: Sequence[Prose | Formula], question: Question) -> Words | None:
    """The student's own sentences; None if there are none."""
    prompt = {word.lower() for word in _WORD.findall(question.prompt)}
    own: list[str] = []
    place: Place | None = None
    formulas = [i.text for i in items if isinstance(i, Formula) and _COMPUTES.search(i.text)]
    for paragraph in _paragraphs(items):
        sentences = _SENTENCE.split(" ".join(item.text for item in paragraph)[:_LONGEST])
        kept = [sentence for sentence in sentences if not _is_asked(sentence, prompt)]
        if kept:
            place = place or paragraph[0].place
            own += kept
    if place is None:
        return None
    text = " ".join(own)[:_LONGEST]
    says = (
        any(formula in text for formula in formulas)
        or _SIGNS.search(text)
        or _has(text, Role.STATES)
    )
    return Words(text, place, bool(says) and not is_blank(text))


def _paragraphs(items: Sequence[Prose | Formula]) -> Iterator[list[Prose | Formula]]:
    """Runs of items on the same and on consecutive lines that have any words in them."""
    run: list[Prose | Formula] = []
    for item in items:
        if run and item.place.line > run[-1].place.line + 1:
            yield from _with_words(run)
            run = []
        run.append(item)
    yield from _with_words(run)


def _with_words(run: list[Prose | Formula]) -> Iterator[list[Prose | Formula]]:
    if any(isinstance(item, Prose) for item in run):
        yield run


def _is_asked(sentence: str, prompt: Collection[str]) -> bool:
    """Whether a sentence is the prompt, or announces something."""
    found = [word.lower() for word in _WORD.findall(sentence)]
    if is_blank(sentence):
        return not any(character.isalnum() or character == "?" for character in sentence)
    points = _POINTS.fullmatch(sentence)
    if points and (not points[1] or points[1].lower() in lexicon.words(Role.POINTS)):
        return bool(points[1])
    if sentence.endswith(":") or _begins(sentence, Role.TASK) is not None:
        return True
    repeated = sum(word in prompt for word in found)
    return len(found) >= 4 and repeated >= _MOSTLY * len(found)


def is_note(text: str) -> bool:
    """Whether a line says something: it is no title, name, date, greeting, or word of excuse."""
    if text.startswith("#") and not points_elsewhere(text):
        return False
    field = _begins(text.lstrip(" *_#>"), Role.FORM)
    if is_blank(text) or (field is not None and _FIELD.match(text.lstrip(" *_#>"), field.end)):
        return False
    said = _LONG_WORD.findall(_COMMAND.sub(" ", text))
    if len(said) <= _GREETING_WORDS and _begins(text, Role.GREETING) is not None:
        return False
    title = lexicon.words(Role.TITLE)
    return bool(_MATHEMATICS.search(text)) or any(
        not word[0].isupper() and word not in title for word in said
    )


def is_printed(text: str) -> bool:
    """Whether a line has several numbers with decimals and no words, as a program prints an array."""
    return len(_DECIMAL.findall(text)) > 1 and not _LETTER.search(_PRINTING.sub(" ", text))


_DECIMAL = re.compile(r"\d\.|\.\d|\d[eE][-+]?\d")
_LETTER = re.compile(r"[^\W\d_]")
_PRINTING = re.compile(
    r"(?<=[\d.])[eE](?=[-+]?\d)|\b(?:array|Array|tensor|dtype|device|float\d{0,2}|np|numpy|torch|jnp|nan|inf)\b"
)


def points_elsewhere(text: str) -> bool:
    """Whether words say that an answer is somewhere else: on paper, in an e-mail."""
    return _has(text, Role.OUTSIDE)


def numbers_named(text: str) -> list[str]:
    """The numbers of the questions that words name: `question 6`."""
    marks = (mark for mark in find(text, among=NOTES) if Role.QUESTION in mark.roles)
    return [found[1] for mark in marks if (found := _NUMBER.match(text, mark.end))]


def _begins(text: str, role: Role) -> Mark | None:
    """The first word of a text if it has a role."""
    first = find(text[:_LONGEST], among=NOTES)[:1]
    return (
        first[0]
        if first and not text[: first[0].start].strip() and role in first[0].roles
        else None
    )


def _has(text: str, role: Role) -> bool:
    return any(role in mark.roles for mark in find(text, among=NOTES))
