"""Text that is safe to show: student text without control characters.

Control characters, escape sequences and bidirectional overrides are removed. They can repaint a terminal,
or show another formula than the one that was graded. `result.json` keeps the original text.
"""

import re

# Each alternative starts with an escape and stops before the next: linear time on hostile text.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*+[ -/]*+[@-~]"  # CSI: colours, cursor movements
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*+(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, …
    r"|\x1b[ -/]*+[0-~]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NEWLINES = re.compile("\r\n?|[\u0085\u2028\u2029]")


def printable(text: str) -> str:
    """`text` without control characters, escape sequences and bidirectional overrides."""
    unescaped = _ESCAPES.sub("", _NEWLINES.sub("\n", text))
    return _CONTROLS.sub("", unescaped)


def one_line(text: str, limit: int | None = None) -> str:
    """`text`, printable, on one line, cut to `limit` characters."""
    line = " ".join(printable(text).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def in_backticks(text: str, limit: int | None = None) -> list[str]:
    """A message on one line, cut at its backticks: every second part stood between two of them."""
    return re.split("`([^`]+)`", one_line(text, limit))


def block(text: str, limit: int = 8000) -> str:
    """`text`, printable, as lines; after `limit` characters only the number of the others."""
    lines = printable(text).strip("\n").rstrip()
    if len(lines) <= limit:
        return lines
    return f"{lines[:limit]}\n… ({len(lines) - limit} more characters)"
