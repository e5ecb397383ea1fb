"""Moodle's offline grading worksheet, filled in; its headings can be in any language.

Students are matched by participant number, email address and full name. Grades and empty feedback comments
are filled in. Locked rows, comments of instructors and all other cells stay.
"""

from collections.abc import Iterable, Iterator

from grader.course import Gradebook, Standing, Student
from grader.reports.exports.grades import (
    feedback,
    grade,
    grades,
    left_out,
    listed,
    other_maximum,
    written,
)
from grader.reports.exports.people import Identity, Matched, folded_name, matched
from grader.reports.exports.protocol import Exported, ExportOptions
from grader.reports.exports.tables import PlatformTable, read_table
from grader.reports.exports.worksheet import Layout, is_locked, layout, number, value

FILENAME = "moodle-worksheet.csv"

_PARTICIPANT = ("participant", "participant id", "moodle id", "moodle_id")
_EMAIL = ("email", "email address", "e-mail", "mail")
_NAME = 1


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """The worksheet with the grades. Raises ExportError."""
    file = read_table(options.into, "the worksheet (in Moodle: Download grading worksheet)")
    columns = layout(file)
    rows = [row for row, cells in file.body() if any(map(str.strip, cells))]
    people = matched(file, rows, _identities(columns), gradebook.standings)
    notes = [
        *_filled_in(file, columns, people, options),
        *people.notes,
        *_unmatched_rows(file, rows, people),
        *other_maximum(gradebook, file.get(rows[0], columns.maximum)),
        *left_out(gradebook, options),
    ]
    return Exported({FILENAME: file.text()}, tuple(notes))


def _identities(columns: Layout) -> list[Identity]:
    """The columns that identify students. An anonymous assignment has only participant numbers."""
    numbers = Identity(0, _PARTICIPANT, _numbers, number)
    if columns.email is None:
        return [numbers]
    return [numbers, Identity(columns.email, _EMAIL), Identity(_NAME, (), _names, folded_name)]


def _numbers(student: Student) -> Iterable[str]:
    """The id if it is a number, as in Moodle's downloads: `student-12` need not be `Participant 12`."""
    return (student.id,) if student.id.isdecimal() else ()


def _names(student: Student) -> Iterable[str]:
    return (student.name,)


def _filled_in(
    file: PlatformTable, columns: Layout, people: Matched, options: ExportOptions
) -> Iterator[str]:
    comma = file.has_decimal_comma(columns.grade, columns.maximum)
    count, locked, kept, above = 0, [], [], []
    for row, standing in people.rows.items():
        points, student = grade(standing, options), standing.student.id
        if points is None:
            continue
        if is_locked(file, row, columns):
            locked.append(student)
        elif points > (value(file.get(row, columns.maximum)) or 0):
            above.append(student)
        elif standing.report is None and file.get(row, columns.grade):
            kept.append(student)
        else:
            file.put(row, columns.grade, written(points, comma))
            _comment(file, row, columns, standing, options)
            count += 1
    yield f"{grades(count)} in the column {file.header[columns.grade]!r}"
    unchanged = [
        ("locked in Moodle", locked),
        ("more points than Moodle's maximum", above),
        ("no submission, but a grade", kept),
    ]
    yield from (f"unchanged, {why}: {listed(names)}" for why, names in unchanged if names)


def _comment(
    file: PlatformTable, row: int, columns: Layout, standing: Standing, options: ExportOptions
) -> None:
    if columns.feedback is not None and not file.get(row, columns.feedback):
        file.put(row, columns.feedback, feedback(standing, options))


def _unmatched_rows(file: PlatformTable, rows: Iterable[int], people: Matched) -> Iterator[str]:
    names = [file.get(row, 0) for row in rows if row not in people.rows]
    if names:
        yield f"in the worksheet, but not in this class: {listed(names)}"
