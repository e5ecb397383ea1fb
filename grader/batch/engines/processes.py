"""Grades in processes on this machine. One may die or hang without harm to the others.

A process gets a few submissions at a time. If it hangs, dies or runs out of memory, each of them is tried
once more, alone in a new process: this shows which one caused it.
"""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from multiprocessing.context import BaseContext
from typing import Self

from pebble import ProcessExpired, ProcessPool

from grader.batch.discovery import FoundSubmission
from grader.batch.engines.pipeline import pipelined
from grader.batch.worker import Done, Graded, Job, Limits, prepare, work

CHUNK = 16
"""Submissions in one task: one alone costs more to send than to grade."""

AHEAD = 4  # chunks that wait for each worker: enough to keep it busy

# What the future of a lost task can raise; the task itself catches everything else.
_LOST = (TimeoutError, ProcessExpired, MemoryError, EOFError, OSError, RuntimeError)


class Here:
    """Worker processes on this machine."""

    def __init__(self, job: Job, workers: int, limits: Limits) -> None:
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


def processors() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def context() -> BaseContext:
    """How to start processes: from a fork server, since forking a process with threads may deadlock."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.batch.worker"])
    return context
