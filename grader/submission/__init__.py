"""Reads files into a `Submission`: a student's answers with their places."""

from grader.submission.blanks import is_blank
from grader.submission.listings import Listing, listings_of
from grader.submission.model import (
    ArrayAnswer,
    Formula,
    Item,
    Leftover,
    Marker,
    Paper,
    Piece,
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
    "Listing",
    "Marker",
    "Paper",
    "Piece",
    "Place",
    "Prose",
    "Refusal",
    "Submission",
    "TextAnswer",
    "digest_of",
    "is_blank",
    "listings_of",
    "paper_of",
    "read",
]
