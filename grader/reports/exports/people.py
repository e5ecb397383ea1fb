"""Match students with the rows of a platform's file. If a row fits two students, neither gets a grade.

Ids of different kinds look alike: the registrar's number of one student can be the Canvas ID of another. So
if the roster names the kind of an id, only the column of this kind is compared. Otherwise all columns are
compared, and the student gets the row that most of them name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.course import Standing, Student
from grader.course.student import id_key
from grader.reports.exports.grades import listed
from grader.reports.exports.tables import PlatformTable


def folded(text: str) -> str:
    """A text for comparison: without spaces around it, in lower case."""
    return id_key(text)


def folded_name(text: str) -> str:
    """A name for comparison: `Doe, Jane` equals `Jane Doe`."""
    return " ".join(sorted(folded(text).replace(",", " ").split()))


_IDS = ("id", "sid", "student id", "student_id", "idnumber", "id number", "username", "user")


def ids(student: Student) -> Iterable[str]:
    """The values of a student that can be in any column of ids."""
    return (student.id, student.email, *(student.fields.get(name, "") for name in _IDS))


@dataclass(frozen=True, slots=True)
class Identity:
    """A column that identifies students.

    `fields` are the columns of the roster with the same kind of id. `otherwise` gives the values to try if
    the roster has none of them. `key` prepares a text for comparison.
    """

    at: int
    fields: tuple[str, ...] = ()
    otherwise: Callable[[Student], Iterable[str]] = ids
    key: Callable[[str], str] = folded


@dataclass(frozen=True, slots=True)
class Matched:
    """Students by the number of their row, and notes on those without one."""

    rows: Mapping[int, Standing]
    notes: tuple[str, ...]


def matched(
    table: PlatformTable,
    rows: Sequence[int],
    identities: Sequence[Identity],
    standings: Sequence[Standing],
) -> Matched:
    """Match the students with these rows."""
    index = [(identity, _index(table, rows, identity)) for identity in identities]
    found: dict[int, list[Standing]] = {}
    absent: list[str] = []
    unclear: list[str] = []
    for standing in standings:
        best = _best(standing.student, index)
        if len(best) == 1:
            found.setdefault(best[0], []).append(standing)
        else:
            (unclear if best else absent).append(standing.student.id)
    shared = [fit.student.id for fits in found.values() if len(fits) > 1 for fit in fits]
    problems = [
        ("not in the platform's file", absent),
        ("left out, because several rows of the platform's file fit", unclear),
        ("left out, because they fit the same row of the platform's file", shared),
    ]
    notes = tuple(f"{problem}: {listed(names)}" for problem, names in problems if names)
    return Matched({row: fits[0] for row, fits in found.items() if len(fits) == 1}, notes)


_Index = Sequence[tuple[Identity, Mapping[str, list[int]]]]


def _index(table: PlatformTable, rows: Iterable[int], identity: Identity) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for row in rows:
        if key := identity.key(table.get(row, identity.at)):
            index.setdefault(key, []).append(row)
    return index


def _best(student: Student, index: _Index) -> list[int]:
    """The rows that most columns name. The ids whose kind the roster names come first."""
    return _most(student, index, _identities) or _most(student, index, _possible)


def _most(student: Student, index: _Index,
          values: Callable[[Student, Identity], Iterable[str]]) -> list[int]:  # fmt: skip
    votes: Counter[int] = Counter()
    for identity, rows in index:
        keys = {identity.key(value) for value in values(student, identity)}
        votes.update({row for key in keys for row in rows.get(key, ())})
    most = max(votes.values(), default=0)
    return [row for row, count in votes.items() if count == most]


def _identities(student: Student, identity: Identity) -> Iterable[str]:
    return (student.fields.get(name, "") for name in identity.fields)


def _possible(student: Student, identity: Identity) -> Iterable[str]:
    return identity.otherwise(student)
