"""Text in pieces: prose, mathematics, code, bold."""

import re
from collections.abc import Iterator
from enum import StrEnum

_PIECES = re.compile(
    r"\$\$(?P<display>[^$]+)\$\$|\$(?P<math>[^$]+)\$|`(?P<code>[^`\n]+)`|\*\*(?P<bold>[^*]+)\*\*"
)


class PieceKind(StrEnum):
    """The kind of a piece of text."""

    PROSE = "prose"
    MATH = "math"
    CODE = "code"
    BOLD = "bold"


def pieces(text: str) -> Iterator[tuple[PieceKind, str]]:
    """The pieces of a text in order, without `$`, backticks and asterisks."""
    at = 0
    for match in _PIECES.finditer(text):
        if match.start() > at:
            yield PieceKind.PROSE, text[at : match.start()]
        name = str(match.lastgroup)
        yield PieceKind.MATH if name == "display" else PieceKind(name), match[name].strip()
        at = match.end()
    if at < len(text):
        yield PieceKind.PROSE, text[at:]
