"""Statistics of a class: difficulty and discrimination of each question, and the common mistakes."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader.course.gradebook import Gradebook
from grader.result import Kind, Message

BINS = 10


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """One question. `difficulty` is the mean part of its points, from 0 (nobody) to 1 (everybody).

    `discrimination` is the corrected item-total correlation, between its points and the points for all
    other questions (Henrysson 1963); None if either is the same for everybody. `waiting` is how many
    answers a human must still look at; neither figure counts them.
    """

    id: str
    max_score: float
    difficulty: float | None
    discrimination: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class CommonMistake:
    """A mistake by its code: how many answers have it, in which questions, and one of its messages."""

    code: str
    count: int
    questions: tuple[str, ...]
    message: str


def per_question(gradebook: Gradebook) -> tuple[QuestionStatistics, ...]:
    """The statistics of every question, over all answers that are decided."""
    return tuple(_question(column.id, column.max_score, gradebook) for column in gradebook.columns)


def distribution(gradebook: Gradebook) -> tuple[int, ...]:
    """How many students have a score in each tenth of the points; full marks are in the last.

    A score of which something is pending is in none.
    """
    counts = [0] * BINS
    for report in gradebook.decided:
        share = report.score / report.max_score if report.max_score else 0.0
        counts[min(int(share * BINS), BINS - 1)] += 1
    return tuple(counts)


def common_mistakes(gradebook: Gradebook, most: int = 10) -> tuple[CommonMistake, ...]:
    """The most frequent mistakes that have a code."""
    found: dict[str, list[tuple[str, Message]]] = {}
    for report in gradebook.reports:
        for question in report.questions:
            for message in _first_of_each(question.messages):
                found.setdefault(message.code or "", []).append((question.id, message))
    order = sorted(found, key=lambda code: (-len(found[code]), code))
    return tuple(_mistake(code, found[code]) for code in order[:most])


def _first_of_each(messages: Sequence[Message]) -> list[Message]:
    named = {m.code: m for m in reversed(messages) if m.kind is Kind.MISTAKE and m.code}
    return list(named.values())


def _mistake(code: str, where: Sequence[tuple[str, Message]]) -> CommonMistake:
    questions = tuple(dict.fromkeys(question for question, _ in where))
    return CommonMistake(code, len(where), questions, where[0][1].text)


def _question(name: str, max_score: float, gradebook: Gradebook) -> QuestionStatistics:
    results = [q for r in gradebook.reports for q in r.questions if q.id == name]
    scores = [q.score for q in results if not q.needs_review]
    share = statistics.fmean(scores) / max_score if scores and max_score else None
    pairs = [
        (q.score, r.score - q.score) for r in gradebook.decided for q in r.questions if q.id == name
    ]
    waiting = len(results) - len(scores)
    return QuestionStatistics(name, max_score, share, _correlation(pairs), waiting)


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except (statistics.StatisticsError, TypeError):  # fewer than two, or the same for everybody
        return None
