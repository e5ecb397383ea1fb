"""Grading a class, one submission after the other; none can stop the others."""

import gc
import logging
from collections.abc import Iterable, Iterator

from grader.batch.discovery import Found
from grader.grading import grade, report_of
from grader.key import Key
from grader.result import Kind, Message, QuestionResult, Report, SubmissionRecord, Verdict
from grader.submission import read

log = logging.getLogger("grader")


def run(key: Key, submissions: Iterable[Found]) -> Iterator[Report]:
    """A report for each submission, in order."""
    gc.freeze()  # the key lives to the end: no collection needs to look at it
    gc.enable()
    for found in submissions:
        yield _guarded(key, found)


def _guarded(key: Key, found: Found) -> Report:
    """The one place where any fault is caught: it is ours, and a human must look."""
    try:
        student = found.path.stem if found.path.is_file() else found.path.name
        return grade(key, read(found.path, id=found.id), student=student)
    except Exception as error:
        log.exception("grading %s failed", found.id)
        return failed(key, found, f"{type(error).__name__}: {error}")


def failed(key: Key, found: Found, reason: str) -> Report:
    """The report of a submission that the grader itself could not grade."""
    message = Message(Kind.ERROR, f"the grader failed on this submission ({reason})", "fault")
    questions = [
        QuestionResult(q.id, Verdict.ERROR, 0.0, q.points, q.prompt, messages=(message,))
        for q in key.problem.questions
    ]
    return report_of(
        key.problem, SubmissionRecord(found.id, str(found.path), ""), questions, [message]
    )
