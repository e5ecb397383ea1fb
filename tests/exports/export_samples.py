"""A small class with the names that people really have."""

from datetime import UTC, datetime, timedelta

from grader.course import Column, Gradebook, Standing, Student, Timing
from grader.result import (
    AnswerRecord,
    Kind,
    Message,
    QuestionResult,
    Report,
    SubmissionRecord,
    Verdict,
)

NAMES = {
    "u1": "O'Brien, Jr",
    "u2": '=cmd()|" /C calc"!A0',
    "u3": "Zoë 🦊",
    "u4": "أحمد علي",
    "u5": 'Quote "and"\nnewline',
}


def question(name: str, verdict: Verdict, score: float, text: str = "") -> QuestionResult:
    messages = (Message(Kind.MISTAKE, text, "sign"),) if text else ()
    answer = AnswerRecord("delta", "infix", "hw.md", 12, 3) if verdict != Verdict.MISSING else None
    return QuestionResult(name, verdict, score, 2.0, "", answer, messages)


def report(student: str, *questions: QuestionResult) -> Report:
    record = SubmissionRecord(student, "hw.md", "sha256:0")
    return Report("p", "Homework 3", "sha256:1", "1.0", 1, 32, record, questions)


HOSTILE = "::error::owned\n::set-output name=x::y %0A ##[error] \x1b[31m <script> |=cmd()"


def gradebook(**fields: str) -> Gradebook:
    """u1 has full marks, u2 half of them, u3 waits for a human, u4 is missing, u5 was late."""
    right, wrong = (
        question("q1", Verdict.CORRECT, 2.0),
        question("q2", Verdict.INCORRECT, 0.0, HOSTILE),
    )
    waits = question("q2", Verdict.UNREADABLE, 0.0, HOSTILE)
    full = question("q2", Verdict.CORRECT, 2.0)
    deadline = datetime(2026, 11, 20, tzinfo=UTC)
    late = Timing(deadline + timedelta(hours=5), deadline, timedelta(hours=5), 0.5, "late")
    reports = {
        "u1": (right, full),
        "u2": (right, wrong),
        "u3": (right, waits),
        "u5": (right, wrong),
    }
    standings = tuple(
        Standing(
            Student(name, NAMES[name], f"{name}@uni.edu", {"id": name, **fields}),
            report(name, *reports[name]) if name in reports else None,
            late if name == "u5" else None,
        )
        for name in NAMES
    )
    return Gradebook("p", "Homework 3", (Column("q1", 2.0), Column("q2", 2.0)), standings)
