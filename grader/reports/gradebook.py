"""`gradebook.csv`: a row a student.

A question that waits for a person has an empty cell, which learning platforms and spreadsheets
take for "not graded yet"; a 0 there would be the silent zero that we promise never to give.
"""

from collections.abc import Sequence

from grader.reports.csv_text import cell, table
from grader.reports.figures import points
from grader.result import QuestionResult, Report

FILENAME = "gradebook.csv"


def render(reports: Sequence[Report]) -> str:
    """The gradebook of a class, in the order of `reports`."""
    columns = question_ids(reports)
    header = ["id", *map(cell, columns), "score", "max_score", "status"]
    return table(header, (_row(report, columns) for report in reports))


def question_ids(reports: Sequence[Report]) -> list[str]:
    """The ids of all questions, in the order in which they first occur."""
    return list(dict.fromkeys(q.id for report in reports for q in report.questions))


def status(report: Report) -> str:
    """`graded` or `needs review`."""
    return "needs review" if report.needs_review else "graded"


def _row(report: Report, columns: Sequence[str]) -> list[str]:
    cells = {question.id: _points(question) for question in report.questions}
    return [
        cell(report.submission.id),
        *(cells.get(column, "") for column in columns),
        points(report.score),
        points(report.max_score),
        status(report),
    ]


def _points(question: QuestionResult) -> str:
    return "" if question.needs_review else points(question.score)
