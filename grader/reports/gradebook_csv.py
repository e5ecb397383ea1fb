"""`gradebook.csv`: a row for each student.

A question that waits for a human has an empty cell. So has the score then, and `pending` says how many
points wait. Learning platforms and spreadsheets read an empty cell as "not graded yet"; a 0 would be a
silent zero. All cells of a student without a submission are empty too. The last columns are about
lateness.
"""

from collections.abc import Sequence

from grader.course import Column, Gradebook, Standing, Timing
from grader.course.timing import span_text
from grader.reports.csv_text import cell, table
from grader.reports.figures import points
from grader.result import QuestionResult

FILENAME = "gradebook.csv"
LATE = ("submitted", "late", "late_credit", "score_with_late_credit")


def render(gradebook: Gradebook) -> str:
    """The gradebook of a class."""
    columns = gradebook.columns
    header = [
        "id",
        *(cell(column.id) for column in columns),
        "score",
        "max_score",
        "status",
        "pending",
    ]
    if gradebook.has_deadline:
        header.extend(LATE)
    return table(header, (_row(standing, gradebook) for standing in gradebook.standings))


def late_text(timing: Timing | None) -> str:
    """How late a submission is, such as `1 d 2 h 5 min`; empty if in time.

    `?` if that is unknown, and `late` if only that is known.
    """
    if timing is None:
        return ""
    if timing.late is None:
        return "late" if timing.marked_late else "?"
    return span_text(timing.late)


def _row(standing: Standing, gradebook: Gradebook) -> list[str]:
    cells = [
        cell(standing.student.id),
        *_cells(standing, gradebook.columns),
        "" if standing.final is None else points(standing.final),
        points(gradebook.best(standing)),
        standing.status.value,
        "" if standing.report is None else points(standing.pending),
    ]
    return [*cells, *_late(standing)] if gradebook.has_deadline else cells


def _cells(standing: Standing, columns: Sequence[Column]) -> list[str]:
    questions = standing.report.questions if standing.report else ()
    known = {question.id: _points(question) for question in questions}
    return [known.get(column.id, "") for column in columns]


def _late(standing: Standing) -> list[str]:
    timing = standing.timing
    if timing is None or standing.report is None:
        return [""] * len(LATE)
    credited = "" if standing.credited is None else points(standing.credited)
    submitted = timing.submitted.isoformat(sep=" ") if timing.submitted else ""
    return [submitted, late_text(timing), f"{timing.credit:g}", credited]


def _points(question: QuestionResult) -> str:
    return "" if question.needs_review else points(question.score)
