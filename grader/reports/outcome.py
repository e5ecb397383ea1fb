"""What one question is to a test runner, after what people decided."""

from enum import StrEnum

from grader.result import QuestionResult, Verdict


class Outcome(StrEnum):
    """A test's result. `waiting` is neither passed nor failed: a person must look."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    WAITING = "waiting"


def outcome(question: QuestionResult) -> Outcome:
    """By the verdict; where a person decided, by their points."""
    if question.needs_review:
        return Outcome.WAITING
    if 0 < question.max_score <= question.score:
        return Outcome.PASSED
    if question.override is None and question.verdict is Verdict.CORRECT:
        return Outcome.PASSED
    if question.override is None and question.verdict is Verdict.MISSING:
        return Outcome.SKIPPED
    return Outcome.FAILED
