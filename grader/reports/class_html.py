"""`class.html`: the class at a glance, as one self-contained page.

The page is readable without JavaScript. Its one script sorts and filters the grid. The page's policy
allows this script by its hash; nothing else can run or load.
"""

import base64
import hashlib
import statistics
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Gradebook, Standing, StudentStatus
from grader.course.groups import Group, groups
from grader.course.statistics import common_mistakes, distribution, per_question
from grader.reports import needs_review, verdicts
from grader.reports.feedback_html import environment
from grader.reports.figures import points
from grader.reports.folder_name import folder_name
from grader.reports.gradebook_csv import late_text
from grader.reports.wording import pending, so_far
from grader.result import QuestionResult, Report

if TYPE_CHECKING:
    from markupsafe import Markup

FILENAME = "class.html"
MOST_GROUPS = 3  # of a question; `grader groups` lists all
MOST_WAITING = 100  # students

_SCRIPT = Path(__file__).with_name("templates") / "class.js"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A student whose work a human must look at: the questions, the file, and the first reason.

    `page` is the address of the instructor's page.
    """

    student: str
    questions: str
    file: str
    reason: str
    points: float
    page: str


def render(gradebook: Gradebook, linked: bool = True) -> str:
    """The page. Without `linked`, it has no links to the pages of students, which have their names."""
    waiting = _waiting(gradebook, linked)
    return environment().get_template("class.html.j2").render(
        book=gradebook,
        linked=linked,
        facts=_facts(gradebook),
        bars=_bars(gradebook),
        rows=[_row(standing, gradebook, linked) for standing in gradebook.standings],
        statistics=per_question(gradebook),
        mistakes=common_mistakes(gradebook),
        groups=_groups(gradebook),
        waiting=waiting[:MOST_WAITING],
        more_waiting=max(0, len(waiting) - MOST_WAITING),
        href=_href,
        script=_script(),
        script_hash=_script_hash(),
    )  # fmt: skip


def _facts(gradebook: Gradebook) -> list[tuple[str, str]]:
    """The figures at the top of the page, each with its label."""
    scores = [report.score for report in gradebook.decided]
    statuses = [standing.status for standing in gradebook.standings]
    facts = [("submissions", str(len(gradebook.reports)))]
    of = "" if len(scores) == len(gradebook.reports) else f", {len(scores)} decided"
    if scores:
        facts.append((f"mean{of}", points(statistics.fmean(scores))))
        facts.append((f"median{of}", points(statistics.median(scores))))
    facts.append(
        (
            "to review",
            str(sum(s in (StudentStatus.NEEDS_REVIEW, StudentStatus.ERROR) for s in statuses)),
        )
    )
    if missing := statuses.count(StudentStatus.MISSING):
        facts.append(("missing", str(missing)))
    if gradebook.has_deadline:
        late = sum(bool(s.timing and s.timing.is_late) for s in gradebook.standings)
        facts.append(("late", str(late)))
    return facts


def _bars(gradebook: Gradebook) -> list[tuple[str, int, float]]:
    """The histogram: for each range of points its label, its count, and its height from 0 to 1."""
    counts, best = distribution(gradebook), gradebook.max_score
    top = max(counts, default=0) or 1
    edges = [points(best * number / len(counts)) for number in range(len(counts) + 1)]
    return [
        (f"{edges[number]}–{edges[number + 1]}", count, count / top)
        for number, count in enumerate(counts)
    ]


def _row(standing: Standing, gradebook: Gradebook, linked: bool) -> dict[str, object]:
    questions = standing.report.questions if standing.report else ()
    known = {question.id: question for question in questions}
    instructor = linked and any(question.instructor for question in questions)
    return {
        "student": standing.student,
        "cells": [_cell(known.get(column.id)) for column in gradebook.columns],
        "score": ""
        if standing.report is None
        else f"{so_far(standing.report)}{pending(standing.report)}",
        "sort": -1 if standing.score is None else standing.score,
        "status": standing.status.value,
        "late": late_text(standing.timing),
        "feedback": _href("submissions", standing, "/feedback.html") if linked else "",
        "instructor": _href("instructor", standing, ".html") if instructor else "",
    }


def _cell(question: QuestionResult | None) -> tuple[str, str, str, str]:
    """Tone, symbol, label for screen readers, and sort key."""
    if question is None:
        return "", "", "", "-1"
    look = verdicts.LOOKS[question.verdict]
    got = "–" if question.needs_review else points(question.score)
    label = (
        f"{look.word}, {got} of {points(question.max_score)}"  # short: a class has up to 100,000
    )
    return look.tone, look.symbol, label, f"{question.score:g}"


def _href(folder: str, standing: Standing, end: str) -> str:
    """The relative address of a student's page; empty if there is none."""
    from urllib.parse import quote

    if standing.report is None:
        return ""
    return f"{folder}/{quote(folder_name(standing.student.id))}{end}"


def _groups(gradebook: Gradebook) -> list[Group]:
    """The largest groups of all questions. A group has at least two students here."""
    by_question = (groups(gradebook, column.id) for column in gradebook.columns)
    shared = [group for found in by_question for group in found[:MOST_GROUPS] if group.count > 1]
    return sorted(shared, key=lambda group: -group.count)[:12]


def _waiting(gradebook: Gradebook, linked: bool) -> list[Waiting]:
    """A line for each student who waits, those with most points first."""
    found = [
        _line(standing, standing.report, linked)
        for standing in gradebook.standings
        if standing.report and (standing.unsure or standing.report.needs_review)
    ]
    return sorted(found, key=lambda line: -line.points)


def _line(standing: Standing, report: Report, linked: bool) -> Waiting:
    waiting = [question for question in report.questions if question.needs_review]
    everything = len(waiting) == len(report.questions) > 1
    files = dict.fromkeys(q.answer.path for q in waiting if q.answer and q.answer.path)
    reasons = [*standing.notes] if standing.unsure else list(map(needs_review.reason, waiting))
    return Waiting(
        standing.student.id,
        "all" if everything else ", ".join(question.id for question in waiting),
        ", ".join(files) or report.submission.path,
        reasons[0],
        standing.pending,
        _href("instructor", standing, ".html")
        if linked and any(q.instructor for q in waiting)
        else "",
    )


@cache
def _script() -> "Markup":
    from markupsafe import Markup

    return Markup(_SCRIPT.read_text("utf-8"))  # noqa: S704 - our own file


@cache
def _script_hash() -> str:
    return base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()
