"""The roster: a CSV with a row a student, from the registrar or the learning platform."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.course.student import Student
from grader.errors import AuthorError, Fault

ID = ("id", "student id", "student_id", "sid", "sis user id", "idnumber", "id number", "username")
NAME = ("name", "full name", "student", "student name")
EMAIL = ("email", "email address", "e-mail", "mail")
FIRST, LAST = ("first name", "given name", "firstname"), ("last name", "surname", "lastname")
ALSO = (
    *ID, *EMAIL, "login", "login id", "sis login id", "user", "canvas id", "canvas_id", "moodle id",
    "moodle_id", "participant",
)  # fmt: skip
"""Columns that may identify a submission, besides the student's name."""

_MOST_BYTES = 20_000_000


def read_roster(path: Path) -> tuple[Student, ...]:
    """The students, in the order of the file.

    The separator may be a comma, a semicolon or a tab. Raises AuthorError with all faults and their
    lines; OSError.
    """
    text = _decoded(path.read_bytes()[:_MOST_BYTES])
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = [name.strip().casefold() for name in next(rows, [])]
    if not any(name in header for name in ID):
        reason = f"there is no column for the id; it may be called {', '.join(ID)}"
        raise AuthorError([Fault(str(path), 1, 1, "", reason)])
    students, faults = [], []
    seen: dict[str, int] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        student = _student(dict(zip(header, map(str.strip, row), strict=False)))
        if fault := _fault(student, seen, rows.line_num):
            faults.append(Fault(str(path), rows.line_num, 1, "", fault))
        seen.setdefault(student.id.casefold(), rows.line_num)
        students.append(student)
    if faults:
        raise AuthorError(faults)
    return tuple(students)


class StudentFinder:
    """Finds the student of a submission: by id, by another column, or by a name that only one has."""

    def __init__(self, roster: Sequence[Student]) -> None:
        self._by_id = {student.id.casefold(): student for student in roster}
        self._by_column = _unique((key, student) for student in roster for key in _keys(student))
        self._by_name = _unique((key, s) for s in roster for key in sorted(_names(s.name)))

    def student(self, submission_id: str, name: str = "", email: str = "") -> Student | None:
        """The student of a submission; None if nobody fits, or more than one."""
        for text in (submission_id, email):
            found = self._by_id.get(text.casefold()) or self._by_column.get(text.casefold())
            if text and found:
                return found
        found_names = [self._by_name.get(key) for key in sorted(_names(name))]
        return next((student for student in found_names if student), None)


def _student(fields: Mapping[str, str]) -> Student:
    known = Student("", fields=fields)
    full = known.field(*NAME) or f"{known.field(*FIRST)} {known.field(*LAST)}".strip()
    return Student(known.field(*ID), full, known.field(*EMAIL), fields)


def _fault(student: Student, seen: Mapping[str, int], line: int) -> str:
    if not student.id:
        return "this row has no id"
    if student.id.casefold() in seen:
        return f"{student.id!r} is already in line {seen[student.id.casefold()]}"
    return ""


def _keys(student: Student) -> Iterable[str]:
    """Everything that identifies a student except their name; of an address also the part before `@`."""
    values = {student.fields[column].casefold() for column in ALSO if student.fields.get(column)}
    return values | {value.partition("@")[0] for value in values if "@" in value}


def _names(name: str) -> set[str]:
    """The forms of a name: `Doe, Jane` and `Jane Doe` are one, and Canvas writes `doejane`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    if not words:
        return set()
    last_first = [words[-1], *words[:-1]]
    return {" ".join(sorted(words)), "".join(words), "".join(last_first)}


def _unique(pairs: Iterable[tuple[str, Student]]) -> dict[str, Student]:
    """The keys that belong to one student only."""
    found: dict[str, list[Student]] = {}
    for key, student in pairs:
        if key and student not in found.setdefault(key, []):
            found[key].append(student)
    return {key: students[0] for key, students in found.items() if len(students) == 1}


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
