"""The protocols of renderers. Each format is a module that satisfies one of them."""

from typing import Protocol

from grader.course import Gradebook
from grader.result import Report


class SubmissionRenderer(Protocol):
    """A module that renders one submission as the file `FILENAME`."""

    FILENAME: str

    def render(self, report: Report) -> str:
        """The whole text of the file."""


class ClassRenderer(Protocol):
    """A module that renders a whole class as the file `FILENAME`."""

    FILENAME: str

    def render(self, gradebook: Gradebook) -> str:
        """The whole text of the file."""
