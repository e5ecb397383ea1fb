"""All results in a CSV, a row for each student."""

from grader.course import Gradebook, Standing
from grader.reports.csv_text import cell, table
from grader.reports.exports.protocol import Exported, ExportOptions
from grader.reports.figures import points
from grader.reports.gradebook_csv import LATE, late_text

FILENAME = "grades.csv"


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """One file, with names, lateness and overrides."""
    ids = [cell(column.id) for column in gradebook.columns]
    header = ["id", "name", "email", *ids, "score", "max_score", "status", *LATE, "overrides"]
    rows = (_row(standing, gradebook, options) for standing in gradebook.standings)
    return Exported({FILENAME: table(header, rows)})


def _row(standing: Standing, gradebook: Gradebook, options: ExportOptions) -> list[str]:
    questions = standing.report.questions if standing.report else ()
    known = {q.id: "" if q.needs_review else points(q.score) for q in questions}
    zero = "0" if options.missing_as_zero else ""
    timing = standing.timing
    decided = [f"{q.id}: {points(q.score)} ({q.override.comment})" for q in questions if q.override]
    return [
        *map(cell, (standing.student.id, standing.student.name, standing.student.email)),
        *(
            known.get(column.id, zero if standing.report is None else "")
            for column in gradebook.columns
        ),
        zero
        if standing.report is None
        else ""
        if standing.final is None
        else points(standing.final),
        points(gradebook.best(standing)),
        standing.status.value,
        timing.submitted.isoformat(sep=" ") if timing and timing.submitted else "",
        late_text(timing),
        f"{timing.credit:g}" if timing else "",
        points(standing.credited) if timing and standing.credited is not None else "",
        cell("; ".join(decided)),
    ]
