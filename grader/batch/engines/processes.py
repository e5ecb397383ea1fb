"""Processes on this machine, each of which may die or hang without taking others along.

A few submissions are handed over at a time. If the process that has them hangs, dies or runs out of
memory, each of them is tried once more, alone in a new process: then it is known which one it was.
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
"""Submissions handed over at a time: one by one, handing over costs more than grading."""

AHEAD = 4  # chunks a worker that wait to be done: enough to keep it busy

# What a future of a task that came to grief can raise; the task itself catches everything else.
_GRIEF = (TimeoutError, ProcessExpired, MemoryError, EOFError, OSError, RuntimeError)


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
        """What became of each, a few at a time."""
        size = max(1, min(CHUNK, -(-len(found) // self._workers)))
        ahead = AHEAD * self._workers
        return pipelined(found, size, ahead, partial(self._schedule, self._pool), self._outcomes)

    def _outcomes(self, future: Future[Done], chunk: Sequence[FoundSubmission]) -> Done:
        """What a task found; whatever came to grief in it is tried again, each alone."""
        try:
            done = future.result()
        except _GRIEF:
            return [self._again(found) for found in chunk]
        by_id = {found.id: found for found in chunk}
        return [self._again(by_id[one.id]) if one.report is None else one for one in done]

    def _again(self, found: FoundSubmission) -> Graded:
        """One submission in a process of its own."""
        if self._alone is None:
            self._alone = self._new_pool(1, tasks=1)
        try:
            (outcome,) = self._schedule(self._alone, [found]).result()
        except _GRIEF as grief:
            return Graded(found.id, None, failure=self._reason(grief))
        return replace(outcome, failure=self._worded(outcome.failure))

    def _reason(self, grief: BaseException) -> str:
        if isinstance(grief, TimeoutError):
            return f"it took longer than {self._limits.seconds:g} seconds"
        if isinstance(grief, MemoryError):
            return f"it took more than {self._limits.megabytes} MB of memory"
        if isinstance(grief, ProcessExpired):
            return f"its process died (exit code {grief.exitcode})"
        return f"{type(grief).__name__}: {grief}"

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
    """New processes from a server that was started before any thread: forking with threads may lock up."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.batch.worker"])
    return context
