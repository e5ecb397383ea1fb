"""Moodle's gradebook: a CSV to import, with students by idnumber, email or username."""

from collections import Counter

from grader.course import Gradebook, Standing
from grader.reports.csv_text import cell, table
from grader.reports.exports.grades import feedback, grade, left_out, listed, written
from grader.reports.exports.protocol import Exported, ExportOptions

FILENAME = "moodle.csv"

_BY = {
    "idnumber": ("idnumber", "id number"),
    "email": ("email", "email address", "e-mail", "mail"),
    "username": ("username", "login", "user"),
}
"""The keys by which Moodle matches students, and the columns of the roster that can hold them."""


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """The file, by the key that most students have. A note lists the students without it."""
    graded = [(s, points) for s in gradebook.standings if (points := grade(s, options)) is not None]
    key, names, note = _key([standing for standing, _ in graded])
    shared = {name for name, count in Counter(names.values()).items() if name and count > 1}
    rows = [
        [cell(name), written(points), cell(feedback(standing, options))]
        for standing, points in graded
        if (name := names[standing.student.id]) and name not in shared
    ]
    without = [student for student, name in names.items() if not name]
    double = [student for student, name in names.items() if name in shared]
    notes = [note]
    if without:
        notes.append(f"left out, because they have no {key}: {listed(without)}")
    if double:
        notes.append(f"left out, because they share an {key}: {listed(double)}")
    title = cell(options.assignment or gradebook.title or "grade", 120)
    text = table([key, title, "feedback"], rows)
    return Exported({FILENAME: text}, (*notes, *left_out(gradebook, options)))


def _key(graded: list[Standing]) -> tuple[str, dict[str, str], str]:
    """The first key that most students have, its value for each student, and a note about it."""
    known = {key: {s.student.id: _value(s, key) for s in graded} for key in _BY}
    key = max(known, key=lambda name: sum(map(bool, known[name].values())))
    if any(known[key].values()):
        return key, known[key], f"students are matched by {key}"
    note = "the roster has no idnumber, email or username: the ids are used as idnumbers"
    return "idnumber", {s.student.id: s.student.id for s in graded}, note


def _value(standing: Standing, key: str) -> str:
    known = standing.student.field(*_BY[key])
    return known or (standing.student.email if key == "email" else "")
