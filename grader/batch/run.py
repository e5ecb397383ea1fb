"""Grades a class into its store: lists the class, grades what is left, makes the results count.

Every step can be repeated. If a batch is killed, the next one finds the results that were filed before:
only the submissions that were being graded at that moment are graded again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.batch.discovery import FoundSubmission
from grader.batch.engines.protocol import Engine
from grader.batch.store import Filed, Store, timing_json
from grader.batch.worker import Graded
from grader.course import Student, Timing
from grader.grading import report_of
from grader.problem import Problem
from grader.result import Kind, Message, QuestionResult, Report, SubmissionRecord, Verdict
from grader.submission.files import printable
from grader.version import __version__

STATE = "state"
RUNNING, FINISHED = "running", "finished"

Timed = Callable[[FoundSubmission], Timing | None]


def enlist(
    store: Store,
    problem: Problem,
    found: Sequence[FoundSubmission],
    students: Iterable[Student] = (),
    timed: Timed = lambda _: None,
) -> None:
    """Store the problem, the students and their submissions. `students` are those of the roster."""
    listed = {student.id: student for student in students}
    everybody = {each.id: Student(each.id, each.name, each.email) for each in found} | listed
    submissions = {each.id: (each.digest(), _to_json(each, timed(each))) for each in found}
    with store.transaction():
        store.set_class({name: _plain(student) for name, student in everybody.items()}, submissions)
        store.count_problem(problem)


def begin(
    store: Store, problem: Problem, found: Sequence[FoundSubmission], fresh: bool
) -> list[FoundSubmission]:
    """Start a batch; returns the submissions that are still to be graded, with `fresh` all of them.

    Submissions that the grader failed on are tried again, but not if the last batch was interrupted:
    then this one continues it.
    """
    continues = store.fact(STATE) == RUNNING
    store.note(STATE, RUNNING)
    filed = {} if fresh else store.filed(problem.digest, __version__)
    digests = {name: digest for name, (digest, _) in store.submissions().items()}
    done = {key for key, failed in filed.items() if continues or not failed}
    return [each for each in found if (each.id, digests[each.id]) not in done]


def graded(
    store: Store,
    problem: Problem,
    found: Sequence[FoundSubmission],
    engine: Engine,
    completed: Callable[[Graded], Graded] = lambda outcome: outcome,
) -> Iterator[list[Graded]]:
    """Grade, and file each result at once; yields what was filed.

    `completed` turns a report of some questions into a report of all.
    """
    digests = {name: digest for name, (digest, _) in store.submissions().items()}
    by_id = {each.id: each for each in found}
    for done in engine.grade(found):
        with store.transaction():
            store.add_results(
                _row(problem, by_id[outcome.id], digests[outcome.id], completed(outcome))
                for outcome in done
            )
        yield done


def finish(store: Store, problem: Problem) -> None:
    """Make the results for this problem and version count."""
    with store.transaction():
        store.set_standings(filed_now(store, problem))
        store.note(STATE, FINISHED)


def submissions_of(store: Store) -> list[tuple[FoundSubmission, str]]:
    """The submissions of a store, each with its digest when it was graded."""
    with store.undamaged():
        return [
            (_from_json(name, data), digest) for name, (digest, data) in store.submissions().items()
        ]


def filed_now(store: Store, problem: Problem) -> list[Filed]:
    """The keys of the results for this problem and version, one for each submission."""
    return [
        Filed(name, digest, problem.digest, __version__)
        for name, (digest, _) in store.submissions().items()
    ]


def failed(problem: Problem, found: FoundSubmission, digest: str, reason: str) -> Report:
    """The report of a submission that the grader itself could not grade."""
    message = Message(Kind.ERROR, f"the grader failed on this submission ({reason})", "fault")
    questions = [
        QuestionResult(q.id, Verdict.ERROR, 0.0, q.points, q.prompt, messages=(message,))
        for q in problem.questions
    ]
    record = SubmissionRecord(found.id, printable(found.path.name), digest)
    return report_of(problem, record, questions, [message])


def _row(
    problem: Problem, found: FoundSubmission, digest: str, outcome: Graded
) -> tuple[Filed, bool, str]:
    """A result with its key. It has the digest of the list, so that the next batch finds it."""
    filed = Filed(outcome.id, digest, problem.digest, __version__)
    if outcome.report is not None:
        return filed, False, outcome.report
    report = failed(problem, found, digest, outcome.failure)
    return filed, True, json.dumps(report.to_json(instructor=True))


def _to_json(found: FoundSubmission, timing: Timing | None) -> Mapping[str, object]:
    return {
        "path": str(found.path.absolute()),
        "files": [[name, str(place.absolute())] for name, place in found.files],
        "timing": timing_json(timing),
        "notes": found.notes,
        "unsure": found.unsure,
        "left_out": found.left_out,
        "converted": [[name, str(place.absolute())] for name, place in found.converted],
        "trusted": found.trusted,
    }


def _from_json(name: str, data: Mapping[str, Any]) -> FoundSubmission:
    """A submission from the data of `_to_json`, with what grading needs of it."""
    files = tuple((file, Path(place)) for file, place in data["files"])
    left_out = tuple((file, reason) for file, reason in data.get("left_out", ()))
    converted = tuple((file, Path(place)) for file, place in data.get("converted", ()))
    return FoundSubmission(
        name, Path(data["path"]), files, left_out=left_out, converted=converted,
        trusted=data.get("trusted", False),
    )  # fmt: skip


def _plain(student: Student) -> Mapping[str, object]:
    data = asdict(student)
    return {name: data[name] for name in ("name", "email", "fields")}
