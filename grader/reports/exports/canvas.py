"""Canvas: grades merged into the instructor's own export of the gradebook.

A student is found by Canvas' ID, then SIS User ID, then SIS Login ID. A cell is only written where there
is a grade, with two decimals; everything else stays as it came.
"""

import re

from grader.course import Gradebook, Standing
from grader.reports.exports.grades import grade, left_out
from grader.reports.exports.protocol import Exported, ExportError, Options
from grader.reports.exports.tables import Table, read_table

_BY = (
    ("ID", ("canvas id", "canvas_id", "id")),
    ("SIS User ID", ("sis user id", "sis_id", "sid", "student id", "idnumber")),
    ("SIS Login ID", ("sis login id", "login id", "login", "username", "email")),
)
"""A column of Canvas, and the columns of the roster that may hold the same."""

_TITLE = re.compile(r"(.*) \((\d+)\)")


def export(gradebook: Gradebook, options: Options) -> Exported:
    """The instructor's file with our grades. Raises ExportError."""
    file = read_table(options.into, "Canvas' own export of the gradebook")
    header = file.rows[0]
    if "Student" not in header or "ID" not in header:
        raise ExportError(
            "this is no export of Canvas' gradebook: it has no columns Student and ID"
        )
    column = _column(header, gradebook, options.assignment)
    found, notes = {}, []
    for standing in gradebook.standings:
        row = _row(file, standing)
        if row is None:
            notes.append(f"not in Canvas' file: {standing.student.id}")
        elif (points := grade(standing, options)) is not None:
            found[row] = f"{points:.2f}"
    for row, text in found.items():
        file.rows[row].extend([""] * (column + 1 - len(file.rows[row])))
        file.rows[row][column] = text
    notes.append(f"{len(found)} grades in the column {header[column]!r}")
    return Exported({"canvas.csv": file.text()}, (*notes, *left_out(gradebook, options)))


def _column(header: list[str], gradebook: Gradebook, wanted: str) -> int:
    """The assignment's column: by the number in its title, by its title, or else by the problem's."""
    titles = {at: match for at, text in enumerate(header) if (match := _TITLE.fullmatch(text))}
    names = {wanted} if wanted else {gradebook.title, gradebook.problem}
    fits = [at for at, match in titles.items() if names & {match[0], match[1], match[2]}]
    if len(fits) != 1:
        found = ", ".join(repr(match[0]) for match in titles.values()) or "none"
        raise ExportError(f"say with --assignment which column is meant; Canvas' file has {found}")
    return fits[0]


def _row(file: Table, standing: Standing) -> int | None:
    """The student's row. Two that fit are none: a grade must not go to somebody else."""
    for column, fields in _BY:
        if column not in file.rows[0]:
            continue
        at = file.rows[0].index(column)
        ours = {standing.student.id, *(standing.student.fields.get(name, "") for name in fields)}
        if column == "SIS Login ID":
            ours.add(standing.student.email)
        wanted = {text.strip().casefold() for text in ours} - {""}
        rows = [
            number for number, row in enumerate(file.rows)
            if number and at < len(row) and row[at].strip().casefold() in wanted
        ]  # fmt: skip
        if rows:
            return rows[0] if len(rows) == 1 else None
    return None
