"""Moodle's offline grading worksheet, filled in place, in whatever language its headings are.

A row is known by its first cell, which ends in the participant's number ("Participant 123"). The grade
stands before the column that has the same maximum in every row.
"""

import re

from grader.course import Gradebook, Standing
from grader.reports.exports.grades import grade, left_out
from grader.reports.exports.protocol import Exported, ExportError, Options
from grader.reports.exports.tables import Table, read_table

_NUMBER = re.compile(r"\D*(\d+)\s*")
_POINTS = re.compile(r"\d+(?:[.,]\d+)?")
_PARTICIPANT = ("participant", "moodle id", "moodle_id", "id")


def export(gradebook: Gradebook, options: Options) -> Exported:
    """The worksheet with our grades. Raises ExportError."""
    file = read_table(options.into, "the worksheet (Download grading worksheet)")
    column = _grade_column(file)
    rows = _participants(file)
    written, notes = 0, []
    for standing in gradebook.standings:
        row = rows.get(_participant(standing, rows))
        points = grade(standing, options)
        if row is None:
            notes.append(f"not in the worksheet: {standing.student.id}")
        elif points is not None:
            file.rows[row][column] = _written(points, file.rows[row][column + 1])
            written += 1
    notes.append(f"{written} grades in the column {file.rows[0][column]!r}")
    return Exported({"moodle-worksheet.csv": file.text()}, (*notes, *left_out(gradebook, options)))


def _participants(file: Table) -> dict[str, int]:
    rows = {}
    for number, row in enumerate(file.rows):
        match = _NUMBER.fullmatch(row[0]) if number and row else None
        if match:
            rows[match[1]] = number
    if not rows:
        raise ExportError("this is no grading worksheet: no row begins with a participant's number")
    return rows


def _grade_column(file: Table) -> int:
    """Before the one column in which every row has the same number: the maximum grade."""
    body = [row for row in file.rows[1:] if len(row) == len(file.rows[0])]
    found = [
        at for at in range(2, len(file.rows[0]))
        if body and len({row[at] for row in body}) == 1 and _POINTS.fullmatch(body[0][at].strip())
    ]  # fmt: skip
    if len(found) != 1:
        raise ExportError(
            "the worksheet should have one column with the same maximum grade in every row"
        )
    return found[0] - 1


def _participant(standing: Standing, rows: dict[str, int]) -> str:
    known = (standing.student.id, *map(standing.student.fields.get, _PARTICIPANT))
    return next((name for name in known if name in rows), "")


def _written(points: float, maximum: str) -> str:
    """With the decimal sign that the worksheet has."""
    text = f"{points:.2f}"
    return text.replace(".", ",") if "," in maximum else text
