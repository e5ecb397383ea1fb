"""Ranges of a text, and blanking them in place."""

import re
from collections.abc import Iterable

Range = tuple[int, int]

_INK = re.compile(r"[^\n]")


def blanked(text: str, ranges: Iterable[Range]) -> str:
    """The text with spaces in `ranges`, except line ends, so that no place moves."""
    pieces, done = [], 0
    for start, end in sorted(ranges):
        if end > done:
            start = max(start, done)
            pieces += [text[done:start], _INK.sub(" ", text[start:end])]
            done = end
    return "".join([*pieces, text[done:]])


def trimmed(text: str, start: int, end: int) -> Range:
    """The range without the white space at its ends."""
    body = text[start:end]
    left = len(body) - len(body.lstrip())
    return start + left, start + max(left, len(body.rstrip()))


def end_of_line(text: str, start: int, end: int | None = None) -> int:
    """Where the line at `start` ends, at `end` at the latest."""
    end = len(text) if end is None else end
    newline = text.find("\n", start, end)
    return end if newline < 0 else newline


def normalised(text: str) -> str:
    r"""The text with `\n` for every line ending, and only characters that can be encoded."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    # A lone surrogate, from `\ud800` in JSON, cannot be printed or stored.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
