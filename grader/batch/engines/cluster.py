"""Grades on a Dask cluster.

Every worker must be able to read the problem and the submissions under the same path. A Dask worker
starts processes of its own, so that a submission that hangs or dies does not stop the Dask worker.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from multiprocessing import current_process
from typing import TYPE_CHECKING, Self

from grader.batch.discovery import FoundSubmission
from grader.batch.engines.pipeline import pipelined
from grader.batch.engines.processes import CHUNK, Here
from grader.batch.worker import Done, Graded, Job, Limits
from grader.errors import GraderError

if TYPE_CHECKING:
    from distributed import Client

CONNECT = "30s"
AHEAD = 256  # chunks that wait at the scheduler: enough for a large cluster


class ClusterError(GraderError):
    """The cluster cannot be used; the text says why and what to do."""


class Cluster:
    """The workers of a Dask scheduler."""

    def __init__(self, job: Job, scheduler: str, limits: Limits) -> None:
        self._job, self._limits = job, limits
        self._client = _client(scheduler)
        self._executor: Executor = self._client.get_executor(pure=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()

    def grade(self, found: Sequence[FoundSubmission]) -> Iterator[Done]:
        """The outcomes, a few at a time."""
        return pipelined(found, CHUNK, AHEAD, self._submit, self._outcomes)

    def _outcomes(self, future: Future[Done], chunk: Sequence[FoundSubmission]) -> Done:
        """The outcomes of a task. A task fails only after Dask has tried several workers."""
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, ClusterError):
            raise error
        if len(chunk) > 1:
            retried = [(self._submit([found]), [found]) for found in chunk]
            return [
                outcome for single, alone in retried for outcome in self._outcomes(single, alone)
            ]
        return [Graded(chunk[0].id, None, failure=f"its Dask worker failed ({error})")]

    def _submit(self, chunk: Sequence[FoundSubmission]) -> "Future[Done]":
        return self._executor.submit(on_worker, self._job, chunk, self._limits)


_own = threading.local()


def on_worker(job: Job, chunk: Sequence[FoundSubmission], limits: Limits) -> Done:
    """Grade a chunk in a process of this Dask worker. Raises ClusterError if it may not start one."""
    if current_process().daemon:
        raise ClusterError(
            "these Dask workers may not start processes of their own: start them with --no-nanny, or "
            "with DASK_DISTRIBUTED__WORKER__DAEMON=False"
        )
    if getattr(_own, "given", None) != (job, limits):
        _own.given, _own.engine = (job, limits), Here(job, 1, limits)
    engine: Here = _own.engine
    return [outcome for done in engine.grade(chunk) for outcome in done]


def _client(scheduler: str) -> "Client":
    try:
        from distributed import Client
    except ImportError as error:
        message = "--engine dask needs Dask: pip install distributed"
        raise ClusterError(message) from error
    try:
        return Client(scheduler, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {scheduler}: {error}") from error
