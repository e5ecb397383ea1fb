"""The words of human languages that the grader knows, and what they do in a sentence."""

from grader.lexicon.roles import (
    NOTES,
    PARTLY_KNOWN,
    Mark,
    Role,
    find,
    is_ordinary,
    language_of,
    partly_known,
    pattern,
    words,
)

__all__ = [
    "NOTES",
    "PARTLY_KNOWN",
    "Mark",
    "Role",
    "find",
    "is_ordinary",
    "language_of",
    "partly_known",
    "pattern",
    "words",
]
