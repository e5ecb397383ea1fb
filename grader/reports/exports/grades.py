"""Which number a platform gets for a student."""

from grader.course import Gradebook, Standing, Status
from grader.reports.exports.protocol import Options


def grade(standing: Standing, options: Options) -> float | None:
    """The points, with what lateness takes away if asked for; None if no grade is to be written.

    Nothing is written while an answer waits for a person, or for a student who handed nothing in,
    unless that is to be 0.
    """
    if standing.report is None:
        return 0.0 if options.missing_as_zero else None
    if standing.status is not Status.GRADED:
        return None
    return standing.credited if options.late_credit else standing.score


def left_out(gradebook: Gradebook, options: Options) -> tuple[str, ...]:
    """Who gets no grade and why, as notes."""
    waiting = [s.student.id for s in gradebook.standings if _waits(s)]
    notes = []
    if waiting:
        notes.append(f"no grade yet, a person must look first: {', '.join(waiting)}")
    late = [s.student.id for s in gradebook.standings if s.timing and s.timing.credit < 1]
    if late and not options.late_credit:
        notes.append(
            f"late, without what that costs (--late-credit takes it off): {', '.join(late)}"
        )
    return tuple(notes)


def _waits(standing: Standing) -> bool:
    return standing.status in (Status.NEEDS_REVIEW, Status.ERROR)
