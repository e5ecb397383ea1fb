"""The gradebook: what counts for every student. All class reports and exports are made from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from grader.course.student import Student
from grader.course.timing import Timing
from grader.result import Report, Verdict


class StudentStatus(StrEnum):
    """The status of a student."""

    GRADED = "graded"
    NEEDS_REVIEW = "needs review"
    MISSING = "missing"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Column:
    """One question of the problem."""

    id: str
    max_score: float
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One student and what counts for them: their report with every override in it.

    `report` is None if nothing was handed in. `timing` is None if there is no deadline. `notes` are about
    the submission as a whole, such as that it is one of two. If `unsure`, a human must choose which
    submission counts.
    """

    student: Student
    report: Report | None = None
    timing: Timing | None = None
    notes: tuple[str, ...] = ()
    unsure: bool = False

    @property
    def status(self) -> StudentStatus:
        """`missing`, `error` if the grader failed, `needs review`, or `graded`."""
        if self.report is None:
            return StudentStatus.MISSING
        waiting = [q for q in self.report.questions if q.needs_review]
        if any(question.verdict is Verdict.ERROR for question in waiting):
            return StudentStatus.ERROR
        return StudentStatus.NEEDS_REVIEW if waiting or self.unsure else StudentStatus.GRADED

    @property
    def score(self) -> float | None:
        """Points without regard to lateness; None if nothing was handed in."""
        return None if self.report is None else self.report.score

    @property
    def pending(self) -> float:
        """Points that wait for a human, all of them if the submission itself is unclear."""
        if self.report is None:
            return 0.0
        return self.report.max_score if self.unsure else self.report.pending

    @property
    def final(self) -> float | None:
        """Points without regard to lateness; None if nothing was handed in, or anything is pending."""
        return None if self.report is None or self.pending else self.report.score

    @property
    def credited(self) -> float | None:
        """Points after the deduction for lateness; None if they are not final."""
        if self.final is None:
            return None
        credit = self.timing.credit if self.timing else 1.0
        return round(self.final * credit, 6)


@dataclass(frozen=True)
class Gradebook:
    """A class: the problem's questions, and a standing for every student, by id.

    Properties are computed once: a pass over the class for each row would be quadratic in its size.
    """

    problem: str
    title: str
    columns: tuple[Column, ...]
    standings: tuple[Standing, ...] = field(default=())

    @cached_property
    def max_score(self) -> float:
        """Points that could be earned."""
        return round(sum(column.max_score for column in self.columns), 6)

    def best(self, standing: Standing) -> float:
        """Points that this student could earn; an older report may have had other questions."""
        return self.max_score if standing.report is None else standing.report.max_score

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """The reports of all who handed something in."""
        return tuple(s.report for s in self.standings if s.report is not None)

    @cached_property
    def decided(self) -> tuple[Report, ...]:
        """The reports on which nothing is pending: only these enter a mean."""
        return tuple(s.report for s in self.standings if s.report is not None and not s.pending)

    @cached_property
    def has_deadline(self) -> bool:
        """Whether there is a deadline, so that lateness gets columns."""
        return any(standing.timing is not None for standing in self.standings)

    @classmethod
    def of(cls, reports: Iterable[Report]) -> "Gradebook":
        """A gradebook made of reports only, without roster and deadline."""
        everybody = tuple(reports)
        columns = {
            q.id: Column(q.id, q.max_score, q.prompt) for r in everybody for q in r.questions
        }
        first = everybody[0] if everybody else None
        return cls(
            problem=first.problem if first else "",
            title=first.title if first else "",
            columns=tuple(columns.values()),
            standings=tuple(Standing(Student(r.submission.id), r) for r in everybody),
        )
