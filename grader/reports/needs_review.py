"""`needs-review.csv`: the answers that need a human, with the reason and the place."""

from collections.abc import Iterator

from grader.course import Gradebook, Standing
from grader.reports.csv_text import cell, table
from grader.result import AnswerRecord, Kind, QuestionResult, Report, Verdict

FILENAME = "needs-review.csv"
HEADER = ("id", "question", "verdict", "reason", "line", "answer", "path")

_EXCERPT = 200
_REASONS = {
    Verdict.UNREADABLE: "the grader could not read it",
    Verdict.UNDECIDED: "the grader could not decide it",
    Verdict.ERROR: "a fault of the grader",
}
_NO_ANSWER = AnswerRecord(text="", notation="")


def render(gradebook: Gradebook) -> str:
    """A row for each answer that waits for a human, and for each student whose submission is unclear."""
    return table(HEADER, (row for standing in gradebook.standings for row in _rows(standing)))


def reason(question: QuestionResult) -> str:
    """Why a human must look: the first error, else the first message, else the verdict."""
    errors = [message for message in question.messages if message.kind == Kind.ERROR]
    texts = [message.text for message in (*errors, *question.messages)]
    return texts[0] if texts else _REASONS[question.verdict]


def _rows(standing: Standing) -> Iterator[list[str]]:
    report = standing.report
    if report is None:
        return
    if standing.unsure:
        notes = cell(" ".join(standing.notes), 2 * _EXCERPT)
        yield [cell(report.submission.id), "", "", notes, "", "", cell(report.submission.path)]
    yield from (_row(report, question) for question in report.questions if question.needs_review)


def _row(report: Report, question: QuestionResult) -> list[str]:
    answer = question.answer or _NO_ANSWER
    return [
        cell(report.submission.id),
        cell(question.id),
        question.verdict.value,
        cell(reason(question), 2 * _EXCERPT),
        "" if answer.line is None else str(answer.line),
        cell(answer.text, _EXCERPT),
        cell(answer.path or report.submission.path),
    ]
