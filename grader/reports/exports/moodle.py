"""Moodle's gradebook: a CSV to import, by idnumber, email or username."""

from grader.course import Gradebook, Standing
from grader.reports.csv_text import cell, table
from grader.reports.exports.grades import grade, left_out
from grader.reports.exports.protocol import Exported, Options
from grader.reports.plain_text import one_line

_BY = {
    "idnumber": ("idnumber", "id number"),
    "email": ("email", "email address", "e-mail", "mail"),
    "username": ("username", "login", "user"),
}
"""What Moodle matches by, and the columns of the roster that may hold it."""


def export(gradebook: Gradebook, options: Options) -> Exported:
    """The file, keyed by what the roster knows of most; who has none is left out, and told."""
    graded = [(s, points) for s in gradebook.standings if (points := grade(s, options)) is not None]
    notes: list[str] = []
    key = max(_BY, key=lambda name: sum(bool(_value(s, name)) for s, _ in graded))
    if not any(_value(standing, key) for standing, _ in graded):
        notes.append("the roster knows no idnumber, email or username: ids are taken for idnumbers")
        rows = [(standing.student.id, standing, points) for standing, points in graded]
        key = "idnumber"
    else:
        unknown = [s.student.id for s, _ in graded if not _value(s, key)]
        if unknown:
            notes.append(f"left out, without {key}: {', '.join(unknown)}")
        rows = [(_value(s, key), s, points) for s, points in graded if _value(s, key)]
    title = one_line(options.assignment or gradebook.title or "grade", 120)
    lines = ([cell(name), f"{points:.2f}", _feedback(s)] for name, s, points in rows)
    return Exported({"moodle.csv": table([key, cell(title), "feedback"], lines)},
                    (*notes, *left_out(gradebook, options)))  # fmt: skip


def _value(standing: Standing, key: str) -> str:
    known = standing.student.field(*_BY[key])
    return known or (standing.student.email if key == "email" else "")


def _feedback(standing: Standing) -> str:
    questions = standing.report.questions if standing.report else ()
    return cell(", ".join(f"{q.id}: {q.score:g}/{q.max_score:g}" for q in questions))
