"""Offsets of a text as places: line and column."""

import re
from bisect import bisect_right

from grader.submission.model import Place


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
