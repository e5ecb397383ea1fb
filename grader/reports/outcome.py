"""The outcome of a question for a test runner. Overrides count."""

from enum import StrEnum

from grader.result import QuestionResult, Verdict


class RunnerOutcome(StrEnum):
    """A test's result. `waiting` is neither passed nor failed: a human must look."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    WAITING = "waiting"


def outcome(question: QuestionResult) -> RunnerOutcome:
    """The outcome by the verdict, or by the points of an override."""
    if question.needs_review:
        return RunnerOutcome.WAITING
    if 0 < question.max_score <= question.score:
        return RunnerOutcome.PASSED
    if question.override is None and question.verdict is Verdict.CORRECT:
        return RunnerOutcome.PASSED
    if question.override is None and question.verdict is Verdict.MISSING:
        return RunnerOutcome.SKIPPED
    return RunnerOutcome.FAILED
