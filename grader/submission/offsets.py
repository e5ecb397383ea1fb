"""Offsets into a text: their lines and columns, and blanking ranges in place."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from grader.submission.model import Place

Range = tuple[int, int]

_INK = re.compile(r"[^\n]")


class Places:
    """Turns offsets of one text into places."""

    def __init__(self, path: str, text: str, cell: int | None = None) -> None:
        self._path = path
        self._cell = cell
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int) -> Place:
        """The place of one offset."""
        line = bisect_right(self._lines, offset)
        return Place(self._path, line, offset - self._lines[line - 1] + 1, self._cell)


def blanked(text: str, ranges: Iterable[Range]) -> str:
    """The text with spaces in `ranges`, except line ends, so that no place moves."""
    pieces, done = [], 0
    for start, end in sorted(ranges):
        if end > done:
            start = max(start, done)
            pieces += [text[done:start], _INK.sub(" ", text[start:end])]
            done = end
    return "".join([*pieces, text[done:]])


def restored(text: str, original: str, ranges: Iterable[Range]) -> str:
    """The text with the characters of `original` in `ranges`."""
    pieces, done = [], 0
    for start, end in ranges:
        pieces += [text[done:start], original[start:end]]
        done = end
    return "".join([*pieces, text[done:]])


def trimmed(text: str, start: int, end: int) -> Range:
    """The range without the white space at its ends."""
    body = text[start:end]
    left = len(body) - len(body.lstrip())
    return start + left, start + max(left, len(body.rstrip()))
