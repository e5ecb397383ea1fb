"""The type that tests of derivations share."""

from typing import Protocol

from grader.steps import Break


class Find(Protocol):
    """Finds the break in the derivation of one question's answer in a file of some text."""

    def __call__(self, question: str, text: str, name: str = "paper.md") -> Break | None:
        """The break, None if there is none."""
