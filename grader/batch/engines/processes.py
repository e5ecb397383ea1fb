"""Grades in processes on this machine. One may die or hang without harm to the others.

A process gets a few submissions at a time. If it hangs, dies or runs out of memory, each of them is tried
once more, alone in a new process: this shows which one caused it.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from typing import Self

from pebble import ProcessExpired, ProcessPool

from grader.batch.discovery import FoundSubmission
from grader.batch.engines.pipeline import pipelined
from grader.batch.worker import Done, Graded, Job, Limits, prepare, work
from grader.errors import GraderError

CHUNK = 16
"""Submissions in one task: one alone costs more to send than to grade."""

AHEAD = 4  # chunks that wait for each worker: enough to keep it busy

# What the future of a lost task can raise; the task itself catches everything else.
_LOST = (TimeoutError, ProcessExpired, MemoryError, EOFError, OSError, RuntimeError)


FILES, FILES_EACH = 64, 12
"""Open files that this process needs: some at all, and pipes and sockets for each worker."""


class TooFewFilesError(GraderError):
    """The shell allows too few open files."""


class Here:
    """Worker processes on this machine."""

    def __init__(self, job: Job, workers: int, limits: Limits) -> None:
        _allow_files(FILES + FILES_EACH * workers)
        self._job, self._workers, self._limits = job, workers, limits
        self._pool = self._new_pool(workers, tasks=0)
        self._alone: ProcessPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for pool in (self._pool, self._alone):
            if pool is not None:
                pool.stop()
                pool.join()

    def grade(self, found: Sequence[FoundSubmission]) -> Iterator[Done]:
        """The outcomes, a few at a time."""
        size = max(1, min(CHUNK, -(-len(found) // self._workers)))
        ahead = AHEAD * self._workers
        return pipelined(found, size, ahead, partial(self._schedule, self._pool), self._outcomes)

    def _outcomes(self, future: Future[Done], chunk: Sequence[FoundSubmission]) -> Done:
        """The outcomes of a task; submissions without a report are tried again, each alone."""
        try:
            done = future.result()
        except _LOST:
            return [self._retried(found) for found in chunk]
        by_id = {found.id: found for found in chunk}
        return [
            self._retried(by_id[outcome.id]) if outcome.report is None else outcome
            for outcome in done
        ]

    def _retried(self, found: FoundSubmission) -> Graded:
        """The outcome for one submission in a process of its own."""
        if self._alone is None:
            self._alone = self._new_pool(1, tasks=1)
        try:
            (outcome,) = self._schedule(self._alone, [found]).result()
        except _LOST as error:
            return Graded(found.id, None, failure=self._reason(error))
        return replace(outcome, failure=self._worded(outcome.failure))

    def _reason(self, error: BaseException) -> str:
        if isinstance(error, TimeoutError):
            return f"it took longer than {self._limits.seconds:g} seconds"
        if isinstance(error, MemoryError):
            return f"it took more than {self._limits.megabytes} MB of memory"
        if isinstance(error, ProcessExpired):
            return f"its process died (exit code {error.exitcode})"
        return f"{type(error).__name__}: {error}"

    def _worded(self, failure: str) -> str:
        return self._reason(MemoryError()) if failure.startswith("MemoryError") else failure

    def _schedule(self, pool: ProcessPool, chunk: Sequence[FoundSubmission]) -> "Future[Done]":
        future: Future[Done] = pool.schedule(
            work, args=[self._job, chunk], timeout=self._limits.seconds
        )
        return future

    def _new_pool(self, workers: int, tasks: int) -> ProcessPool:
        return ProcessPool(
            max_workers=workers,
            max_tasks=tasks,
            initializer=prepare,
            initargs=[self._limits.megabytes],
            context=context(),
        )


def _allow_files(count: int) -> None:
    """Allow this process as many open files. Raises TooFewFilesError."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise TooFewFilesError(
                f"this shell allows only {hard} open files, and {count} are needed: run `ulimit -n 1024` "
                "first, or use fewer --workers"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def processors() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _ignoring_ctrl_c() -> Iterator[None]:
    """Ignore Ctrl-C, also in processes that start inside the block; only a main thread has signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@cache
def context() -> BaseContext:
    """How to start processes: from a fork server, since forking a process with threads may deadlock."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.batch.worker"])
    with _ignoring_ctrl_c():  # which a terminal sends to the server and its workers as well
        forkserver.ensure_running()
    # Workers start at once when the server has imported everything: Ctrl-C then finds no half of one.
    first = context.Process(target=int)
    first.start()
    first.join()
    return context
