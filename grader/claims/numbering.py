"""Finds the question of a number in a paper: `2b`, `2.b`, `Q2 (b)`."""

import re
from collections.abc import Sequence
from functools import lru_cache

from grader.problem.model import Question


def questions_marked(labels: tuple[str, ...], questions: Sequence[Question]) -> dict[str, int]:
    """The questions that markers can mean, each with the number of labels that name it.

    These are the longest run of inner labels that names any.
    """
    for start in range(len(labels)):
        path = path_of(".".join(labels[start:]))
        hits = [q.id for q in questions if path in labels_of(q.id, q.labels)]
        if hits:
            return dict.fromkeys(hits, len(labels) - start)
    return {}


def named(label: str | None, questions: Sequence[Question]) -> Question | None:
    """The question of an id as a student may write it: `q1`, `Q1`, `1`."""
    path = path_of(label or "")
    hits = [q for q in questions if q.id == label] or [
        q for q in questions if path and path in labels_of(q.id, q.labels)
    ]
    return hits[0] if len(hits) == 1 else None


@lru_cache(maxsize=4096)
def labels_of(question_id: str, own: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """How a question may be marked: its id, its id's number, the author's own labels."""
    paths = [path_of(label) for label in (question_id, *own)]
    stripped = [path[1:] for path in paths if len(path) > 1 and path[0] in _MARKER_WORDS]
    return frozenset([*paths, *stripped])


_MARKER_WORDS = frozenset("q p ex question problem exercise part task item".split())


def path_of(label: str) -> tuple[str, ...]:
    """A label as its runs of digits and letters: `2b`, `2.b` and `2 (b)` are the same."""
    return tuple(re.findall(r"\d+|[^\W\d_]+", label.lower()))
