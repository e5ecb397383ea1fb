"""What engines share: they submit enough work that no worker waits, but never all of it at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from grader.batch.discovery import FoundSubmission
from grader.batch.worker import Done

Chunk = Sequence[FoundSubmission]


def pipelined(
    found: Chunk,
    size: int,
    ahead: int,
    submit: Callable[[Chunk], "Future[Done]"],
    outcomes: Callable[["Future[Done]", Chunk], Done],
) -> Iterator[Done]:
    """Submit chunks of `size` submissions, with at most `ahead` chunks waiting; yields their outcomes."""
    waiting: dict[Future[Done], Chunk] = {}
    for start in range(0, len(found), size):
        chunk = found[start : start + size]
        waiting[submit(chunk)] = chunk
        if len(waiting) >= ahead:
            yield from _finished(waiting, outcomes)
    while waiting:
        yield from _finished(waiting, outcomes)


def _finished(
    waiting: "dict[Future[Done], Chunk]", outcomes: Callable[["Future[Done]", Chunk], Done]
) -> Iterator[Done]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield outcomes(future, waiting.pop(future))
