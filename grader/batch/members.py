"""The members of a class: which hand-in is whose, and when it came."""

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
    """One hand-in a student, the students of the roster, and what the instructor must know of them."""

    found: list[FoundSubmission]
    students: tuple[Student, ...] = ()
    notes: tuple[str, ...] = ()
    timed: Callable[[FoundSubmission], Timing | None] = lambda _: None

    def with_notes(self, notes: Iterable[str]) -> "Members":
        """The same, and more that the instructor must know; of many notes the first."""
        several = tuple(notes)
        more = (f"and {len(several) - MOST_NOTES} more",) if len(several) > MOST_NOTES else ()
        return replace(self, notes=(*self.notes, *several[:MOST_NOTES], *more))

    def with_lateness(self, lateness: Lateness) -> "Members":
        """The same, each hand-in against its deadline."""

        def timed(one: FoundSubmission) -> Timing:
            return lateness.timing(one.id, one.submitted, one.marked_late)

        return replace(self, timed=timed)


def members(found: Sequence[FoundSubmission], roster: Sequence[Student]) -> Members:
    """Give each hand-in to its student; those of nobody on the roster are kept, and told."""
    if not roster:
        return Members(list(found))
    names = StudentFinder(roster)
    owners = [(one, names.student(one.id, one.name, one.email)) for one in found]
    strangers = tuple(
        f"{one.id}: nobody on the roster; graded all the same" for one, who in owners if who is None
    )
    given = [replace(one, id=who.id) if who else one for one, who in owners]
    return Members(newest(given), tuple(roster), strangers)
