"""Which number a platform gets for a student, how it is written, and what is said of it."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from grader.course import Gradebook, Standing, StudentStatus
from grader.reports import wording
from grader.reports.exports.protocol import ExportOptions
from grader.result import Report

_CENT = Decimal("0.01")
_MOST_NAMES = 20


def grade(standing: Standing, options: ExportOptions) -> float | None:
    """The points, with what lateness takes away if asked for; None if no grade is to be written.

    Nothing is written while an answer waits for a person, or for a student who handed nothing in,
    unless that is to be 0.
    """
    if standing.report is None:
        return 0.0 if options.missing_as_zero else None
    if standing.status is not StudentStatus.GRADED:
        return None
    return standing.credited if options.late_credit else standing.score


def written(points: float, decimal_comma: bool = False) -> str:
    """Points with two decimals, as platforms show them; halves round up, as elsewhere."""
    text = str(Decimal(str(points)).quantize(_CENT, ROUND_HALF_UP))
    return text.replace(".", ",") if decimal_comma else text


def feedback(standing: Standing, options: ExportOptions) -> str:
    """The points of each question on one line, without a word of the student's."""
    if standing.report is None:
        return "Nothing was handed in."
    parts = [f"{question.id}: {wording.ratio(question)}" for question in standing.report.questions]
    timing = standing.timing
    if options.late_credit and timing and timing.credit < 1:
        parts.append(f"late: {timing.credit:.0%} of the points count")
    return ", ".join(parts)


def left_out(gradebook: Gradebook, options: ExportOptions) -> tuple[str, ...]:
    """Who gets no grade and why, as notes."""
    notes = list(waiting(gradebook))
    late = [s.student.id for s in gradebook.standings if s.timing and s.timing.credit < 1]
    if late and not options.late_credit:
        notes.append(f"late, without what that costs (--late-credit takes it off): {listed(late)}")
    return tuple(notes)


def waiting(gradebook: Gradebook) -> tuple[str, ...]:
    """A note on those whom a person must look at first, if there are any."""
    names = [s.student.id for s in gradebook.standings if _waits(s)]
    return (f"no grade yet, a person must look first: {listed(names)}",) if names else ()


def sound(gradebook: Gradebook) -> tuple[Report, ...]:
    """The reports that say something of the student: not those on which the grader failed."""
    return tuple(
        standing.report
        for standing in gradebook.standings
        if standing.report is not None and standing.status is not StudentStatus.ERROR
    )


def other_maximum(gradebook: Gradebook, maximum: str) -> Iterable[str]:
    """A note if the platform's maximum is another than the problem's."""
    try:
        theirs = float(maximum.replace(",", "."))
    except ValueError:
        return
    if theirs != gradebook.max_score:
        ours = written(gradebook.max_score)
        yield f"the platform's maximum is {maximum}, the problem's {ours}: nothing was scaled"


def listed(names: Sequence[str]) -> str:
    """Names in a row; of many, how many more."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _waits(standing: Standing) -> bool:
    return standing.status in (StudentStatus.NEEDS_REVIEW, StudentStatus.ERROR)
