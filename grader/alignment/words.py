"""Words under a marker without a formula, which may be an answer.

Most are not: a copied prompt, a title, "I don't know". A statement goes to a human.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from grader.problem.model import Question
from grader.submission import Formula, Marker, Paper, Place, Prose, is_blank

_ASKED = (
    r"(?i)(?:what|which|how|why|write|compute|calculate|derive|find|show|give|determine|express|prove|put"
    r"|state|and (?:what|with|the)|berechne\w*|bestimme\w*|leiten?|was|calcul\w+|d[ée]termine[zr]?"
    r"|hint|recall|note that|points?)\b"
)
_STATES = (
    r"(?i)\b(?:is|are|was|be|equals?|same|zero|one|times|transposed?|product|sum|multipl\w+|minus|plus|as|like"
    r"|see|above|identity|vanish\w*|ist|sind|gleich\w*|null|eins|wie|siehe|est|sont|même|nul|es|son|igual"
    r"|mismo|cero|uguale|stesso)\b|[=≈∂δσ·⊙@^]|[A-Za-z]\d"
)
_POINTS = r"(?i)[\[(]?\s?\d{1,3}(?:\.\d)?\s?(?:points?|pts?|p|marks?|punkte?)\.?\s?[\])]?"
_SENTENCE = re.compile(r"(?<=[?:])\s+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMPUTES = re.compile(r"[-+*/^_\\]|\w\s+\w")  # more than a name
_LONGEST = 400  # characters in a message
_MOSTLY = 0.7  # of a line's words are in the prompt that it repeats


@dataclass(frozen=True, slots=True)
class Words:
    """A student's words in place of a formula; `states` means that they may be an answer."""

    text: str
    place: Place
    states: bool


def words(
    paper: Paper, marked: Callable[[tuple[str, ...]], Sequence[Question]]
) -> Iterator[tuple[Question, Words]]:
    """The words below each marker that `marked` takes for that of one question."""
    for labels, lines in _sections(paper):
        questions = marked(labels)
        if len(questions) == 1 and (said := said_below(lines, questions[0])):
            yield questions[0], said


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
    computes = any(formula in text for formula in formulas)
    states = not is_blank(text) and (computes or re.search(_STATES, text) is not None)
    return Words(text, place, states)


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
    if sentence.endswith(":") or re.match(_ASKED, sentence) or re.fullmatch(_POINTS, sentence):
        return True
    repeated = sum(word in prompt for word in found)
    return len(found) >= 4 and repeated >= _MOSTLY * len(found)
