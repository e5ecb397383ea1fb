"""Moodle's gradebook: a CSV to import, by idnumber, email or username."""

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
"""What Moodle matches by, and the columns of the roster that may hold it."""


def export(gradebook: Gradebook, options: ExportOptions) -> Exported:
    """The file, keyed by what the roster knows of most; who has none is left out, and told."""
    graded = [(s, points) for s in gradebook.standings if (points := grade(s, options)) is not None]
    key, names, told = _key([standing for standing, _ in graded])
    shared = {name for name, count in Counter(names.values()).items() if name and count > 1}
    rows = [
        [cell(name), written(points), cell(feedback(standing, options))]
        for standing, points in graded
        if (name := names[standing.student.id]) and name not in shared
    ]
    without = [who for who, name in names.items() if not name]
    double = [who for who, name in names.items() if name in shared]
    notes = [told]
    if without:
        notes.append(f"left out, without {key}: {listed(without)}")
    if double:
        notes.append(f"left out, two have the same {key}: {listed(double)}")
    title = cell(options.assignment or gradebook.title or "grade", 120)
    text = table([key, title, "feedback"], rows)
    return Exported({FILENAME: text}, (*notes, *left_out(gradebook, options)))


def _key(graded: list[Standing]) -> tuple[str, dict[str, str], str]:
    """What students go by, each student's, and a note: the first of those that most have."""
    known = {key: {s.student.id: _value(s, key) for s in graded} for key in _BY}
    key = max(known, key=lambda name: sum(map(bool, known[name].values())))
    if any(known[key].values()):
        return key, known[key], f"students go by their {key}"
    note = "the roster knows no idnumber, email or username: ids are taken for idnumbers"
    return "idnumber", {s.student.id: s.student.id for s in graded}, note


def _value(standing: Standing, key: str) -> str:
    known = standing.student.field(*_BY[key])
    return known or (standing.student.email if key == "email" else "")
