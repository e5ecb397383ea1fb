"""What an engine is. Adding one adds a module and a row in `choose`."""

from collections.abc import Iterator, Sequence
from typing import Protocol, Self

from grader.batch.discovery import FoundSubmission
from grader.batch.worker import Graded


class Engine(Protocol):
    """Grades submissions somewhere, each guarded from the others."""

    def grade(self, found: Sequence[FoundSubmission]) -> Iterator[list[Graded]]:
        """What became of each, a few at a time, in any order; none is left out."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *error: object) -> None:
        """End at once: what is not done will be done another time."""
