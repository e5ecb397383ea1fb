"""The members of a class: whose each submission is, and when it was handed in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from grader.batch.discovery import FoundSubmission
from grader.batch.discovery.discover import newest
from grader.course import Student, Timing
from grader.course.lateness import Lateness
from grader.course.roster import StudentFinder

MOST_NOTES = 50


@dataclass(frozen=True, slots=True)
class Members:
    """One submission a student, the students of the roster, and notes for the instructor."""

    found: list[FoundSubmission]
    students: tuple[Student, ...] = ()
    notes: tuple[str, ...] = ()
    timed: Callable[[FoundSubmission], Timing | None] = lambda _: None

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
    if not roster:
        return Members(list(found))
    finder = StudentFinder(roster)
    owners = [(each, finder.student(each.id, each.name, each.email)) for each in found]
    unknown = tuple(
        f"{each.id}: not on the roster, but graded" for each, owner in owners if owner is None
    )
    renamed = [replace(each, id=owner.id) if owner else each for each, owner in owners]
    return Members(newest(renamed), tuple(roster), unknown)
