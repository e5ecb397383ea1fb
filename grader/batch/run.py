"""Grading a class into its store: who is in it, what is still to be done, and what counts in the end.

Every step can be repeated. A batch that was killed leaves what was filed until then, and the next one
finds it: nothing is graded twice but what was in flight.
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
    """Write down the problem, the class, and what each handed in. `students` are those of a roster."""
    listed = {student.id: student for student in students}
    everybody = {
        one.id: listed.get(one.id, Student(one.id, one.name, one.email)) for one in found
    } | listed
    hand_ins = {one.id: (one.digest(), _hand_in(one, timed(one))) for one in found}
    with store.together():
        store.set_class({name: _plain(student) for name, student in everybody.items()}, hand_ins)
        store.count_problem(problem)


def begin(
    store: Store, problem: Problem, found: Sequence[FoundSubmission], fresh: bool
) -> list[FoundSubmission]:
    """What is still to be graded; with `fresh`, everything.

    What the grader failed on is tried again, unless the batch before was cut off: then it goes on.
    """
    goes_on = store.fact(STATE) == RUNNING
    store.note(STATE, RUNNING)
    filed = {} if fresh else store.filed(problem.digest, __version__)
    digests = {name: digest for name, (digest, _) in store.hand_ins().items()}
    done = {key for key, failed in filed.items() if goes_on or not failed}
    return [one for one in found if (one.id, digests[one.id]) not in done]


def graded(
    store: Store,
    problem: Problem,
    found: Sequence[FoundSubmission],
    engine: Engine,
    whole: Callable[[Graded], Graded] = lambda one: one,
) -> Iterator[list[Graded]]:
    """Grade, and file each result as soon as it is there; yields what was filed.

    `whole` makes a report of all questions from one of some.
    """
    digests = {name: digest for name, (digest, _) in store.hand_ins().items()}
    by_id = {one.id: one for one in found}
    for done in engine.grade(found):
        with store.together():
            store.add_results(
                _row(problem, by_id[one.id], digests[one.id], whole(one)) for one in done
            )
        yield done


def finish(store: Store, problem: Problem) -> None:
    """From now on what was graded by this problem and version counts."""
    with store.together():
        store.stand(filed_now(store, problem))
        store.note(STATE, FINISHED)


def hand_ins(store: Store) -> list[tuple[FoundSubmission, str]]:
    """What was handed in, where it lies, and its digest when it was graded."""
    return [(_found(name, data), digest) for name, (digest, data) in store.hand_ins().items()]


def filed_now(store: Store, problem: Problem) -> list[Filed]:
    """Under what the results of this problem and version are filed, for all who handed something in."""
    return [
        Filed(name, digest, problem.digest, __version__)
        for name, (digest, _) in store.hand_ins().items()
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
    problem: Problem, found: FoundSubmission, digest: str, one: Graded
) -> tuple[Filed, bool, str]:
    """A result as it is filed: under the digest that was listed, so that the next batch finds it."""
    filed = Filed(one.id, digest, problem.digest, __version__)
    if one.report is not None:
        return filed, False, one.report
    report = failed(problem, found, digest, one.failure)
    return filed, True, json.dumps(report.to_json(instructor=True))


def _hand_in(found: FoundSubmission, timing: Timing | None) -> Mapping[str, object]:
    return {
        "path": str(found.path.absolute()),
        "files": [[name, str(place.absolute())] for name, place in found.files],
        "timing": timing_json(timing),
        "notes": found.notes,
        "unsure": found.unsure,
        "left_out": found.left_out,
    }


def _found(name: str, data: Mapping[str, Any]) -> FoundSubmission:
    """A hand-in as `_hand_in` wrote it down, as far as it is read again."""
    files = tuple((file, Path(place)) for file, place in data["files"])
    left_out = tuple((file, reason) for file, reason in data.get("left_out", ()))
    return FoundSubmission(name, Path(data["path"]), files, left_out=left_out)


def _plain(student: Student) -> Mapping[str, object]:
    data = asdict(student)
    return {name: data[name] for name in ("name", "email", "fields")}
