"""The roster: a CSV with a row a student, from the registrar or the learning platform."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.course.student import Student, id_key
from grader.errors import AuthorError, Fault

ID = ("id", "student id", "studentid", "sid", "sis user id", "idnumber", "id number", "username")
NAME = ("name", "full name", "student", "student name")
EMAIL = ("email", "email address", "e mail", "mail")
FIRST, LAST = ("first name", "given name", "firstname"), ("last name", "surname", "lastname")
NUMBERS = ("canvas id", "canvas user id", "moodle id", "participant")
"""Columns with a platform's own numbers."""
ALSO = (*ID, *EMAIL, *NUMBERS, "login", "login id", "sis login id", "user")
"""Columns that may identify a submission, besides the student's name."""

_MOST_BYTES = 20_000_000
_HEADER_BYTES = 4_096
_PARTICIPANT = re.compile(r".*?(\d+)")  # Moodle's worksheet: `Participant 123`, in any language
_STAFF = frozenset({"instructor", "ta", "reader"})  # roles in Gradescope's roster
_TEST_STUDENT = "student, test"  # Canvas lists one in each course


def read_roster(path: Path) -> tuple[Student, ...]:
    """The students, in the order of the file.

    The separator may be a comma, a semicolon or a tab. A student without an id goes by their email.
    Rows that platforms add for something else are no students, and the same student twice is one. Raises
    AuthorError with all faults and their lines; OSError.
    """
    with path.open("rb") as file:
        text = _decoded(file.read(_MOST_BYTES))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = _header(next(rows, []))
    if not {"identifier", *ID, *EMAIL}.intersection(_fields(header, header)):
        reason = f"there is no column for the id; it may be called {', '.join(ID)}"
        raise AuthorError([Fault(str(path), 1, 1, "", reason)])
    students, faults = [], []
    seen: dict[str, tuple[int, Student]] = {}
    for row in rows:
        student = _student(_fields(header, row))
        if not _is_student(student, row):
            continue
        before = seen.setdefault(id_key(student.id), (rows.line_num, student))
        if not student.id:
            faults.append(Fault(str(path), rows.line_num, 1, "", "this row has no id"))
        elif before[1] is student:
            students.append(student)
        elif _names(student.name) != _names(before[1].name):
            reason = f"{student.id!r} is already in line {before[0]}"
            faults.append(Fault(str(path), rows.line_num, 1, "", reason))
    if faults:
        raise AuthorError(faults)
    return tuple(students)


def is_roster(path: Path) -> bool:
    """Whether a file is a CSV with a column for the id or the email, and one for the name."""
    if path.suffix.lower() != ".csv" or path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        text = _decoded(file.read(_HEADER_BYTES))
    header = _header(next(csv.reader([text.partition("\n")[0]], delimiter=_delimiter(text)), []))
    columns = _fields(header, header).keys()
    return bool(columns & {*ID, *EMAIL} and columns & {*NAME, *LAST})


class StudentFinder:
    """Finds the student of a submission: by id, by another column, or by a name that only one has."""

    def __init__(self, roster: Sequence[Student]) -> None:
        self._by_id = {id_key(student.id): student for student in roster}
        self._by_number = _unique((key, s) for s in roster for key in _numbers(s))
        self._by_column = _unique((key, student) for student in roster for key in _keys(student))
        self._by_name = _unique((key, s) for s in roster for key in sorted(_names(s.name)))

    def student(
        self, submission_id: str, name: str = "", email: str = "", is_numbered: bool = False
    ) -> Student | None:
        """The student of a submission; None if nobody fits, or if it names more than one.

        `is_numbered` means that the id is a platform's own number.
        """
        number = self._by_number.get(id_key(submission_id)) if is_numbered else None
        by_id = number or self._identified(submission_id)
        if by_id and not number and _is_other(by_id, submission_id, name, email, is_numbered):
            by_id = None
        named = [self._by_name.get(key) for key in sorted(_names(name))]
        fits = [by_id, self._identified(email), *named]
        different = {student.id: student for student in fits if student}
        return next(iter(different.values())) if len(different) == 1 else None

    def knows(self, submission_id: str) -> bool:
        """Whether a student of the roster has this id."""
        return id_key(submission_id) in self._by_id

    def _identified(self, text: str) -> Student | None:
        key = id_key(text)
        return self._by_id.get(key) or self._by_column.get(key) if key else None


def _is_other(
    student: Student, submission_id: str, name: str, email: str, is_numbered: bool
) -> bool:
    """Whether an id names a student by chance: everything else is that of somebody else.

    A platform's number may be another student's id. What is before the `@` of an address may be too.
    """
    if is_numbered and name and student.name:
        joined, words = "".join(_words(name)), _words(student.name)
        if joined.isascii() != any(word.isascii() for word in words):
            return False  # `Wang Fang` and `王芳` may be one
        return not any(word in joined for word in words if len(word) > 1 or len(words) == 1)
    derived = id_key(submission_id) == id_key(email.partition("@")[0])
    return bool(derived and student.email) and id_key(student.email) != id_key(email)


def _header(names: Iterable[str]) -> list[str]:
    return [name.strip().casefold() for name in names]


def _fields(header: Sequence[str], row: Sequence[str]) -> Mapping[str, str]:
    """The cells by their headers; `Student-ID` and `student_id` are also `student id`."""
    cells = dict(zip(header, map(str.strip, row), strict=False))
    plain = {re.sub(r"[\W_]+", " ", name).strip(): cell for name, cell in cells.items()}
    participant = _PARTICIPANT.fullmatch(cells.get("identifier", ""))
    return {"participant": participant[1], **plain, **cells} if participant else {**plain, **cells}


def _student(fields: Mapping[str, str]) -> Student:
    known = Student("", fields=fields)
    full = known.field(*NAME) or f"{known.field(*FIRST)} {known.field(*LAST)}".strip()
    email = known.field(*EMAIL)
    return Student(known.field(*ID) or email or known.field("participant"), full, email, fields)


def _is_student(student: Student, row: Sequence[str]) -> bool:
    """Whether a row is about a student: Canvas has rows for points, Gradescope for instructors."""
    filled = [cell.strip() for cell in row if cell.strip()]
    if not filled or student.fields.get("role", "").casefold() in _STAFF:
        return False
    is_canvas = "section" in student.fields and "student" in student.fields
    return not (is_canvas and (not student.id or student.name.casefold() == _TEST_STUDENT))


def _numbers(student: Student) -> Iterable[str]:
    return {id_key(value) for column in NUMBERS if (value := student.fields.get(column))}


def _keys(student: Student) -> Iterable[str]:
    """Everything that identifies a student except their name; of an address also the part before `@`."""
    values = {id_key(value) for column in ALSO if (value := student.fields.get(column))}
    return values | {value.partition("@")[0] for value in values if "@" in value}


def _words(name: str) -> list[str]:
    """The words of a name, without capitals and accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in plain).split()


def _names(name: str) -> set[str]:
    """The forms of a name: `Doe, Jane` and `Jane Doe` are one, and Canvas writes `doejane`."""
    words = _words(name)
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
