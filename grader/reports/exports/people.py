"""Whose row is whose in a platform's file. A grade that could be two people's is nobody's.

Ids of different kinds look alike: a registrar's number may be the number by which Canvas knows somebody
else. So a value counts for a column only if the roster says that it belongs there; where the roster does
not say, all columns are asked, and the row that most of them name is the student's.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.course import Standing, Student
from grader.reports.exports.grades import listed
from grader.reports.exports.tables import PlatformTable


def folded(text: str) -> str:
    """A text as it is compared: without the space around it, in lower case."""
    return text.strip().casefold()


def folded_name(text: str) -> str:
    """A name as it is compared: `Doe, Jane` is `Jane Doe`."""
    return " ".join(sorted(folded(text).replace(",", " ").split()))


_IDS = ("id", "sid", "student id", "student_id", "idnumber", "id number", "username", "user")


def ids(student: Student) -> Iterable[str]:
    """What may stand in any column with ids."""
    return (student.id, student.email, *(student.fields.get(name, "") for name in _IDS))


@dataclass(frozen=True, slots=True)
class Identity:
    """A column that tells people apart.

    `fields` are the columns of the roster that hold the very same. `otherwise` is what may stand there
    if the roster has none of these. `key` is what of a text is compared.
    """

    at: int
    fields: tuple[str, ...] = ()
    otherwise: Callable[[Student], Iterable[str]] = ids
    key: Callable[[str], str] = folded


@dataclass(frozen=True, slots=True)
class Matched:
    """Students by the number of their row, and what the instructor must know of the others."""

    rows: Mapping[int, Standing]
    notes: tuple[str, ...]


def matched(
    table: PlatformTable,
    rows: Sequence[int],
    identities: Sequence[Identity],
    standings: Sequence[Standing],
) -> Matched:
    """Who stands in which of these rows."""
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
    shared = [one.student.id for several in found.values() if len(several) > 1 for one in several]
    notes = [
        ("not in the platform's file", absent),
        ("left out, more than one row of the platform's file fits", unclear),
        ("left out, they fit the same row of the platform's file", shared),
    ]
    told = tuple(f"{what}: {listed(names)}" for what, names in notes if names)
    return Matched({row: one[0] for row, one in found.items() if len(one) == 1}, told)


_Index = Sequence[tuple[Identity, Mapping[str, list[int]]]]


def _index(table: PlatformTable, rows: Iterable[int], identity: Identity) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for row in rows:
        if key := identity.key(table.get(row, identity.at)):
            index.setdefault(key, []).append(row)
    return index


def _best(student: Student, index: _Index) -> list[int]:
    """The rows that most columns name; first by what the roster says of these very columns."""
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
