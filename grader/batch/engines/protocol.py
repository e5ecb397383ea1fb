"""What an engine is. A new one needs a module, and a line where the command line chooses."""

from collections.abc import Iterator, Sequence
from typing import Protocol, Self

from grader.batch.discovery import FoundSubmission
from grader.batch.worker import Graded


class Engine(Protocol):
    """Grades submissions; a fault of one never affects another."""

    def grade(self, found: Sequence[FoundSubmission]) -> Iterator[list[Graded]]:
        """The outcomes, a few at a time, in any order; one for each submission."""

    def __enter__(self) -> Self:
        """Start."""

    def __exit__(self, *error: object) -> None:
        """Stop at once; the next batch grades what is left."""
