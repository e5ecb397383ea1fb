"""Reads files into a `Submission`: a student's answers with their places."""

from grader.submission.blanks import is_blank
from grader.submission.model import (
    ArrayAnswer,
    Formula,
    Item,
    Leftover,
    Marker,
    Paper,
    Place,
    Prose,
    Refusal,
    Submission,
    TextAnswer,
)
from grader.submission.reading import digest_of, paper_of, read

__all__ = [
    "ArrayAnswer",
    "Formula",
    "Item",
    "Leftover",
    "Marker",
    "Paper",
    "Place",
    "Prose",
    "Refusal",
    "Submission",
    "TextAnswer",
    "digest_of",
    "is_blank",
    "paper_of",
    "read",
]
