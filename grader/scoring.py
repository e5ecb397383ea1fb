"""Points for a verdict."""

from grader.problem import Question
from grader.result import Verdict


def points(question: Question, verdict: Verdict, fraction: float = 0.0) -> float:
    """The points of an answer: all, none, or for `partial` the `fraction` of entries that are right."""
    if verdict is Verdict.CORRECT:
        return question.points
    if verdict is Verdict.PARTIAL:
        return round(question.points * fraction, 6)
    return 0.0
