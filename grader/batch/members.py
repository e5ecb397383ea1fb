"""The members of a class: whose each submission is, and when it was handed in."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.discovery import FoundSubmission
from grader.batch.discovery.discover import newest
from grader.course import Student, Timing
from grader.course.lateness import Lateness
from grader.course.roster import StudentFinder, is_roster
from grader.course.student import id_key

MOST_NOTES = 50
_COPY = re.compile(
    r"(?P<id>.*[^\s]) ?\(\d{1,2}\)"
)  # what a browser makes of a name that it has already


@dataclass(frozen=True, slots=True)
class Members:
    """One submission a student, the students of the roster, and notes for the instructor."""

    found: list[FoundSubmission]
    students: tuple[Student, ...] = ()
    notes: tuple[str, ...] = ()
    timed: Callable[[FoundSubmission], Timing | None] = lambda found: (
        Timing.unknown(None, marked_late=True) if found.marked_late else None
    )

    def with_notes(self, notes: Iterable[str]) -> "Members":
        """The same with more notes; only the first `MOST_NOTES` of them are kept."""
        added = tuple(notes)
        more = (f"and {len(added) - MOST_NOTES} more",) if len(added) > MOST_NOTES else ()
        return replace(self, notes=(*self.notes, *added[:MOST_NOTES], *more))

    def with_lateness(self, lateness: Lateness) -> "Members":
        """The same, with each submission compared to its deadline."""

        def timed(submission: FoundSubmission) -> Timing:
            return lateness.timing(submission.id, submission.submitted, submission.marked_late)

        return replace(self, timed=timed)


def members(found: Sequence[FoundSubmission], roster: Sequence[Student]) -> Members:
    """Find the student of each submission; one without a student on the roster is kept, with a note."""
    finder = StudentFinder(roster)
    found = _without_copies(found, finder)
    if not roster:
        return Members(newest(found))
    owners = [(each, _owner(each, finder)) for each in found]
    by_name = Counter(
        owner.id for each, owner in owners if owner and not _owner(replace(each, name=""), finder)
    )
    unknown = tuple(
        f"{each.id}: not on the roster, but graded" for each, owner in owners if owner is None
    )
    renamed = [
        _renamed(each, owner, finder, unsure=owner is not None and by_name[owner.id] > 1)
        for each, owner in owners
    ]
    return Members(newest(renamed), tuple(roster), unknown)


def without_course_files(
    found: Iterable[FoundSubmission], given: Iterable[Path | None]
) -> tuple[list[FoundSubmission], tuple[str, ...]]:
    """The submissions without rosters and the files `given` as options, and a note on each of these."""
    known = [path for path in given if path is not None]
    kept, notes = [], []
    for each in found:
        if any(_is_same(each.path, path) for path in known):
            continue
        if not each.files and is_roster(each.path):
            notes.append(
                f"{each.path.name}: this is a roster, not a submission; give it with --roster"
            )
        else:
            kept.append(each)
    return kept, tuple(notes)


def _owner(each: FoundSubmission, finder: StudentFinder) -> Student | None:
    return finder.student(each.id, each.name, each.email, each.is_numbered)


def _renamed(
    each: FoundSubmission, owner: Student | None, finder: StudentFinder, unsure: bool
) -> FoundSubmission:
    """The submission under its student's id. An unknown student never gets the id of one on the roster."""
    if owner is not None:
        return replace(each, id=owner.id, unsure=each.unsure or unsure)
    if not finder.knows(each.id):
        return each
    return replace(each, id=f"{each.id} ({each.name or each.email})")


def _without_copies(
    found: Sequence[FoundSubmission], finder: StudentFinder
) -> list[FoundSubmission]:
    """The submissions, with `ada (1)` as one of `ada`.

    Without a submission of `ada` and without `ada` on the roster, that is so only for the only copy:
    `group (1)` and `group (2)` are two groups.
    """
    ids = {id_key(each.id) for each in found}
    originals = {
        each.id: match["id"]
        for each in found
        if (match := _COPY.fullmatch(each.id)) and not finder.knows(each.id)
    }
    copies = Counter(map(id_key, originals.values()))
    return [
        replace(each, id=name)
        if (name := originals.get(each.id))
        and (finder.knows(name) or id_key(name) in ids or copies[id_key(name)] == 1)
        else each
        for each in found
    ]


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
