"""The grade of a student for a platform, how to write it, and notes for the instructor."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from grader.course import Gradebook, Standing, StudentStatus
from grader.reports import wording
from grader.reports.exports.protocol import ExportOptions
from grader.result import Report

_CENT = Decimal("0.01")
_MOST_NAMES = 20


def grade(standing: Standing, options: ExportOptions) -> float | None:
    """The points, less the penalty for late work if `late_credit`; None if there is no grade.

    There is no grade while an answer waits for a human. Without a submission there is none either, or 0
    if `missing_as_zero`.
    """
    if standing.report is None:
        return 0.0 if options.missing_as_zero else None
    if standing.status is not StudentStatus.GRADED:
        return None
    return standing.credited if options.late_credit else standing.score


def written(points: float, decimal_comma: bool = False) -> str:
    """Points with two decimals, as on the platforms. Halves round up."""
    text = str(Decimal(str(points)).quantize(_CENT, ROUND_HALF_UP))
    return text.replace(".", ",") if decimal_comma else text


def feedback(standing: Standing, options: ExportOptions) -> str:
    """The points of each question on one line, without student text."""
    if standing.report is None:
        return "No submission."
    parts = [f"{question.id}: {wording.ratio(question)}" for question in standing.report.questions]
    timing = standing.timing
    if options.late_credit and timing and timing.credit < 1:
        parts.append(f"late: {timing.credit:.0%} of the points count")
    return ", ".join(parts)


def left_out(gradebook: Gradebook, options: ExportOptions) -> tuple[str, ...]:
    """Notes on students without a grade, and on late work."""
    notes = list(waiting(gradebook))
    late = [s.student.id for s in gradebook.standings if s.timing and s.timing.credit < 1]
    if late and not options.late_credit:
        notes.append(
            f"late, but graded without a penalty (--late-credit applies it): {listed(late)}"
        )
    return tuple(notes)


def waiting(gradebook: Gradebook) -> tuple[str, ...]:
    """A note on the students who wait for a human, if there are any."""
    names = [s.student.id for s in gradebook.standings if _waits(s)]
    return (f"no grade yet, a human must look first: {listed(names)}",) if names else ()


def reports_without_error(gradebook: Gradebook) -> tuple[Report, ...]:
    """The reports without those on which the grader failed: these say nothing about the student."""
    return tuple(
        standing.report
        for standing in gradebook.standings
        if standing.report is not None and standing.status is not StudentStatus.ERROR
    )


def other_maximum(gradebook: Gradebook, maximum: str) -> Iterable[str]:
    """A note if the platform's maximum differs from the problem's."""
    try:
        theirs = float(maximum.replace(",", "."))
    except ValueError:
        return
    if theirs != gradebook.max_score:
        ours = written(gradebook.max_score)
        yield f"the platform's maximum is {maximum}, the problem's is {ours}: grades are not scaled"


def grades(count: int) -> str:
    """`1 grade`, `2 grades`."""
    return "1 grade" if count == 1 else f"{count} grades"


def listed(names: Sequence[str]) -> str:
    """Names with commas; after the first few, the number of the others."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _waits(standing: Standing) -> bool:
    return standing.status in (StudentStatus.NEEDS_REVIEW, StudentStatus.ERROR)
