"""Which equation of a paper answers which question.

Real papers lose numbers, run two answers under one, and write one index for another. So three hints
are weighed together for every equation: its left-hand side, the markers above it, and the order of
questions. The best labelling of all equations is found by dynamic programming (A. Viterbi, 1967).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.alignment.entries import Entry, entries
from grader.alignment.matching import aliases, names_of, similarity
from grader.expression import Symbol
from grader.notation import Names
from grader.problem.model import Problem, Question
from grader.submission import Paper

LEFT_SIDE = 10.0  # for a left-hand side that names the question
OTHER_LEFT_SIDE = -6.0  # for one that names another question exactly
MARKER = 2.0
OTHER_MARKER = -1.0
SKIPPED = -0.3  # for each question left out
BACKWARDS = -5.0


@dataclass(frozen=True, slots=True)
class Found:
    """The answer that a paper gives to a question.

    `names` are those of the question with the student's definitions and index letters; `match` is
    how well the left-hand side names the question (None if there is none to compare); `derived` are the
    derivatives that other equations of the paper work out; `again` tells
    that an earlier answer to the same question was overridden; `moved` that it stood under another
    question's number.
    """

    question: str
    entry: Entry
    names: Names
    match: float | None
    derived: frozenset[tuple[str, str]] = frozenset()
    again: bool = False
    moved: bool = False


def align(problem: Problem, paper: Paper) -> dict[str, Found]:
    """The answers that a paper gives, by question id."""
    found = entries(paper, problem.scope.names)
    if not found or not problem.questions:
        return {}
    labels = _best_path([_emissions(entry, problem.questions) for entry in found])
    result = {}
    for at, question in enumerate(problem.questions):
        mine = [entry for entry, label in zip(found, labels, strict=True) if label == at]
        chosen = _chosen(mine, question)
        if chosen is not None:
            result[question.id] = _found(question, chosen, mine, found, problem)
    return result


def names_for(question: Question, entry: Entry) -> Names:
    """What an answer may use: the question's names, the student's, and the student's letters."""
    letters = aliases(entry.derivative, question) if entry.derivative is not None else {}
    known = question.scope.names.with_indices(question.free, letters)
    return known.with_definitions(entry.definitions)


def _found(
    question: Question,
    entry: Entry,
    mine: Sequence[Entry],
    found: Sequence[Entry],
    problem: Problem,
) -> Found:
    match = similarity(entry.derivative, question) if entry.derivative is not None else None
    earlier = [other for other in mine if other is not entry and _rank(other, question) >= 2.0]
    before = [other for other in earlier if other.labels != entry.labels]
    marked = _marked(entry.labels, problem.questions)
    return Found(
        question=question.id,
        entry=entry,
        names=names_for(question, entry),
        match=match,
        derived=derived(found, entry),
        again=bool(before),
        moved=bool(marked) and question.id not in marked,
    )


def derived(found: Sequence[Entry], apart: Entry) -> frozenset[tuple[str, str]]:
    """What other equations work out, as names of what is differentiated by what."""
    lefts = (entry.derivative for entry in found if entry is not apart and not entry.is_open)
    return frozenset(names for left in lefts if left is not None for names in names_of(left))


# Which equation belongs to which question


def _emissions(entry: Entry, questions: Sequence[Question]) -> list[float]:
    """How well an equation fits each question, apart from the order."""
    left = entry.derivative
    matches = [similarity(left, question) if left is not None else 0.0 for question in questions]
    exact = 1.0 in matches
    marked = _marked(entry.labels, questions)
    return [
        (OTHER_LEFT_SIDE if exact and match < 1.0 else LEFT_SIDE * match)
        + (0.0 if not marked else MARKER if question.id in marked else OTHER_MARKER)
        for match, question in zip(matches, questions, strict=True)
    ]


def _marked(labels: tuple[str, ...], questions: Sequence[Question]) -> list[str]:
    """The questions that markers can mean: the longest run of inner labels that names any."""
    for start in range(len(labels)):
        path = _path(".".join(labels[start:]))
        hits = [q.id for q in questions if path in _labels(q.id, q.labels)]
        if hits:
            return hits
    return []


def named(label: str | None, questions: Sequence[Question]) -> Question | None:
    """The question of an id as a student may write it: `q1`, `Q1`, `1`."""
    path = _path(label or "")
    hits = [q for q in questions if q.id == label] or [
        q for q in questions if path and path in _labels(q.id, q.labels)
    ]
    return hits[0] if len(hits) == 1 else None


@lru_cache(maxsize=4096)
def _labels(question_id: str, own: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """How a question may be marked: its id, its id's number, the author's own labels."""
    paths = [_path(label) for label in (question_id, *own)]
    stripped = [path[1:] for path in paths if len(path) > 1 and path[0] in _MARKER_WORDS]
    return frozenset([*paths, *stripped])


_MARKER_WORDS = frozenset("q p ex question problem exercise part task item".split())


def _path(label: str) -> tuple[str, ...]:
    """A label as its runs of digits and letters: `2b`, `2.b` and `2 (b)` are the same."""
    return tuple(re.findall(r"\d+|[^\W\d_]+", label.lower()))


def _best_path(scores: Sequence[Sequence[float]]) -> list[int]:
    """The labelling with the greatest sum of emissions and transitions."""
    count = len(scores[0])
    best = [scores[0][q] + SKIPPED * q for q in range(count)]
    back: list[list[int]] = []
    for row in scores[1:]:
        came = []
        following = []
        for q in range(count):
            p = max(range(count), key=lambda p: best[p] + _transition(p, q))
            came.append(p)
            following.append(best[p] + _transition(p, q) + row[q])
        back.append(came)
        best = following
    path = [max(range(count), key=lambda q: best[q])]
    for came in reversed(back):
        path.append(came[path[-1]])
    return path[::-1]


def _transition(before: int, after: int) -> float:
    if after == before:
        return 0.0
    if after < before:
        return BACKWARDS
    return SKIPPED * (after - before - 1)


# Which of a question's equations is the answer


def answer_of(found: Sequence[Entry], question: Question) -> Entry | None:
    """The answer among equations that are all meant for one question."""
    return _chosen(found, question) or (found[-1] if found else None)


def _chosen(mine: Sequence[Entry], question: Question) -> Entry | None:
    """The last of the equations that most look like the answer."""
    usable = [entry for entry in mine if not entry.is_open]
    if not usable:
        return None
    top = max(_rank(entry, question) for entry in usable)
    if top < 0:
        return None
    return [entry for entry in usable if _rank(entry, question) == top][-1]


def _rank(entry: Entry, question: Question) -> float:
    """2 + match for a left side that names the question, 1 for none, 0 for another, −1 for prose.

    A formula that cannot be read ranks like one without a left side: a human must see it.
    """
    if entry.equation is None:
        return 1.0
    if entry.derivative is not None:
        match = similarity(entry.derivative, question)
        return 2.0 + match if match > 0 else 0.0
    if entry.equation.left is None:
        return 1.0 if entry.announced else -1.0
    if isinstance(entry.left, Symbol):
        return -1.0  # a statement of the model, or of a definition
    return 1.0 if entry.left is None else 0.0
