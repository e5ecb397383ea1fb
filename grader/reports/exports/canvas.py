"""Canvas: grades in a copy of the gradebook file from Canvas, or in a new file.

Students are matched by the columns ID, SIS User ID and SIS Login ID. A cell changes only if there is a
grade, which has two decimals; all other cells stay. `EX` (excused) and `N/A` (not assigned) stay too: a
number would end both in Canvas.
"""

import re
from collections.abc import Iterable, Iterator

from grader.course import Gradebook, Standing
from grader.reports.csv_text import cell, table
from grader.reports.exports.grades import grade, grades, left_out, listed, other_maximum, written
from grader.reports.exports.people import Identity, Matched, matched
from grader.reports.exports.protocol import Exported, ExportError, ExportOptions
from grader.reports.exports.tables import PlatformTable, read_table

FILENAME = "canvas.csv"

_FIELDS = {
    "ID": ("canvas id", "canvas_id", "canvas user id"),
    "SIS User ID": ("sis user id", "sis_user_id", "sis_id", "sis id"),
    "SIS Login ID": ("sis login id", "sis_login_id", "login id", "login", "username"),
}
"""Each column of Canvas, and the columns of the roster with the same values."""

_TITLE = re.compile(r"(.*) \((\d+)\)\s*", re.DOTALL)
_KEPT = ("EX", "N/A")
_POINTS_POSSIBLE = "Points Possible"
_TEST_STUDENT = "Student, Test"


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """The file from Canvas with the grades, or else a new file to import. Raises ExportError."""
    if options.into is None:
        return _fresh(gradebook, options)
    file = read_table(options.into, "the gradebook file that you exported from Canvas")
    if not {"ID", "Section"} <= set(file.header):
        raise ExportError(
            "this is not a gradebook file from Canvas: it has no columns ID and Section"
        )
    column = _column(file, gradebook, options.assignment)
    rows = list(_students(file))
    identities = [
        Identity(at, _FIELDS[name]) for at, name in enumerate(file.header) if name in _FIELDS
    ]
    people = matched(file, rows, identities, gradebook.standings)
    notes = [
        *_filled_in(file, column, people, options),
        *people.notes,
        *_unmatched_rows(file, rows, people),
        *other_maximum(gradebook, _possible(file, column)),
        *left_out(gradebook, options),
    ]
    return Exported({FILENAME: file.text()}, tuple(notes))


def _students(file: PlatformTable) -> Iterator[int]:
    """The rows of students, without those of points and posting policies."""
    header = file.header
    known = [header.index(name) for name in _FIELDS if name in header]
    for row, cells in file.body():
        if _POINTS_POSSIBLE not in cells[0] and any(file.get(row, at) for at in known):
            yield row


def _possible(file: PlatformTable, column: int) -> str:
    """The maximum in Canvas; `(read only)` for a column that cannot be imported."""
    rows = (row for row, cells in file.body() if cells and _POINTS_POSSIBLE in cells[0])
    return next((file.get(row, column) for row in rows), "")


def _column(file: PlatformTable, gradebook: Gradebook, wanted: str) -> int:
    """The assignment's column, by its title or the number in it; by default by the problem's title."""
    titles = {
        at: match
        for at, text in enumerate(file.header)
        if (match := _TITLE.fullmatch(text)) and not _possible(file, at).startswith("(")
    }
    names = {
        _plain(name) for name in ([wanted] if wanted else [gradebook.title, gradebook.problem])
    }
    fits = [
        at for at, match in titles.items() if names & set(map(_plain, (match[0], *match.groups())))
    ]
    if len(fits) != 1:
        found = ", ".join(repr(match[0]) for match in titles.values()) or "none"
        raise ExportError(f"choose a column with --assignment; the file from Canvas has {found}")
    return fits[0]


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())


def _filled_in(
    file: PlatformTable, column: int, people: Matched, options: ExportOptions
) -> Iterator[str]:
    comma = file.has_decimal_comma(column)
    count, kept = 0, []
    for row, standing in people.rows.items():
        points = grade(standing, options)
        if points is None:
            continue
        if _stays(file.get(row, column), standing):
            kept.append(f"{standing.student.id} ({file.get(row, column)})")
            continue
        file.put(row, column, written(points, comma))
        count += 1
    yield f"{grades(count)} in the column {file.header[column]!r}"
    if kept:
        yield f"unchanged: {listed(kept)}"


def _stays(now: str, standing: Standing) -> bool:
    """Whether a cell keeps its value: a 0 for a missing submission must not replace a grade."""
    return now.upper() in _KEPT or (standing.report is None and now not in ("", "-"))


def _unmatched_rows(file: PlatformTable, rows: Iterable[int], people: Matched) -> Iterator[str]:
    names = [file.rows[row][0] for row in rows if row not in people.rows]
    names = [name for name in names if name != _TEST_STUDENT]
    if names:
        yield f"in the file from Canvas, but not in this class: {listed(names)}"


def _fresh(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """A new file to import. Canvas finds students by their SIS ids, and asks about those it cannot find."""
    title = cell(options.assignment or gradebook.title or gradebook.problem, 200)
    header = ["Student", *_FIELDS, "Section", title]
    possible = [f"    {_POINTS_POSSIBLE}", "", "", "", "", written(gradebook.max_score)]
    graded = [(s, points) for s in gradebook.standings if (points := grade(s, options)) is not None]
    rows = [[*_identity_cells(standing), written(points)] for standing, points in graded]
    note = (
        "Canvas finds these students by their SIS ids; it is safer to export the gradebook from Canvas and "
        "give that file with --into"
    )
    notes = (note, *left_out(gradebook, options))
    return Exported({FILENAME: table(header, [possible, *rows])}, notes)


def _identity_cells(standing: Standing) -> list[str]:
    student = standing.student
    canvas, sis, login = (student.field(*fields) for fields in _FIELDS.values())
    name = student.name or student.id
    texts = (name, canvas, sis or student.id, login or student.email, student.field("section"))
    return list(map(cell, texts))
