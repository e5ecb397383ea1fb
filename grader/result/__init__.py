"""The results of grading: `Verdict`, `QuestionResult`, `Report`. Frozen, JSON-ready, versioned."""

from grader.result.records import (
    AnswerRecord,
    Counterexample,
    Echo,
    Instructor,
    Kind,
    Message,
    Override,
    Verdict,
    WorkedExample,
    WrittenEcho,
)
from grader.result.report import SCHEMA_VERSION, QuestionResult, Report, SubmissionRecord

__all__ = [
    "SCHEMA_VERSION",
    "AnswerRecord",
    "Counterexample",
    "Echo",
    "Instructor",
    "Kind",
    "Message",
    "Override",
    "QuestionResult",
    "Report",
    "SubmissionRecord",
    "Verdict",
    "WorkedExample",
    "WrittenEcho",
]
