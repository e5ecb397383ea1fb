"""What runs in a worker process: it grades a few submissions, or writes the pages of a few students.

A worker may hang, run out of memory or die: the process that started it notices. Only plain data goes in
and out.
"""

import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from pathlib import Path

from grader import key as keys
from grader.batch.discovery import FoundSubmission
from grader.grading import grade
from grader.grading.converted import unconfirmed
from grader.key import Key
from grader.problem import load
from grader.result import Report

log = logging.getLogger("grader")
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use: seconds, and megabytes beyond what an idle worker uses."""

    seconds: float = 60.0
    megabytes: int = 1024


@dataclass(frozen=True, slots=True)
class Graded:
    """The outcome for one submission: its report as JSON, or the reason why there is none."""

    id: str
    report: str | None
    failure: str = ""


Grader = Callable[[Key, FoundSubmission], Report]
Done = list[Graded]


def grade_one(key: Key, found: FoundSubmission) -> Report:
    """The report of one submission."""
    return grade_some(key, found, frozenset())


def grade_some(key: Key, found: FoundSubmission, only: frozenset[str]) -> Report:
    """The report of some questions of one submission; without any, of all."""
    report = grade(key, found.read(), only=only)
    return unconfirmed(report) if found.converted and not found.trusted else report


@dataclass(frozen=True, slots=True)
class Job:
    """The work on one class: the problem, and the function that grades one submission."""

    problem: Path
    grader: Grader = grade_one


_keys: dict[tuple[Path, str], Key] = {}


def prepare(megabytes: int) -> None:
    """Set up a worker: leave Ctrl-C to the parent, die with it, and limit its memory."""
    follow_parent()
    _limit_memory(megabytes)


def follow_parent() -> None:
    """Leave Ctrl-C to the parent, and die with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()


def work(job: Job, found: Sequence[FoundSubmission]) -> Done:
    """Grade submissions one after the other; a fault in one does not stop the others."""
    key = key_of(job)
    return [_guarded(job, key, submission) for submission in found]


def key_of(job: Job) -> Key:
    """The key of a job's problem, built once a process."""
    problem = load(job.problem)
    name = (job.problem, problem.digest)
    if name not in _keys:
        _keys.clear()
        _keys[name] = keys.build(problem)
        gc.freeze()  # the key lives to the end: collections need not look at it
        gc.enable()
    return _keys[name]


def _guarded(job: Job, key: Key, found: FoundSubmission) -> Graded:
    """Grade one submission. Whatever is raised here is a fault of the grader, and goes to a human."""
    try:
        report = job.grader(key, found)
        text = json.dumps(report.to_json(instructor=True), allow_nan=False, separators=(",", ":"))
        return Graded(found.id, text)
    except Exception as error:
        log.exception("grading %s failed", found.id)
        return Graded(found.id, None, failure=f"{type(error).__name__}: {error}".strip(": "))


def _die_with_parent() -> None:
    """End this worker when its parent ends: else it could stay for ever with a submission that hangs."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_end, args=(parent.sentinel,), daemon=True).start()


def _wait_for_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _limit_memory(megabytes: int) -> None:
    """Allow so much memory beyond what the process has now; only Linux enforces such a limit."""
    if sys.platform != "linux":
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + megabytes * MEGABYTE
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
