"""Points for a verdict."""

from grader.problem import Question
from grader.result import Verdict


def points(question: Question, verdict: Verdict, fraction: float = 0.0) -> float:
    """What an answer earns: all, nothing, or for `partial` in proportion to its right entries."""
    if verdict is Verdict.CORRECT:
        return question.points
    if verdict is Verdict.PARTIAL:
        return round(question.points * fraction, 6)
    return 0.0
