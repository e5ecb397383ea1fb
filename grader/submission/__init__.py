"""Files → `Submission`: what a student handed in, with the place of every piece."""

from grader.submission.blanks import is_blank
from grader.submission.model import (
    ArrayAnswer,
    Formula,
    Item,
    Marker,
    Paper,
    Place,
    Prose,
    Refusal,
    Submission,
    TextAnswer,
)
from grader.submission.reading import read

__all__ = [
    "ArrayAnswer",
    "Formula",
    "Item",
    "Marker",
    "Paper",
    "Place",
    "Prose",
    "Refusal",
    "Submission",
    "TextAnswer",
    "is_blank",
    "read",
]
