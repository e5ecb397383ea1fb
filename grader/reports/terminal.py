"""Print text: in colours on a terminal, plain in a pipe. A pipe does not import rich."""

import os
import sys
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from grader.reports.verdicts import ASCII_TWINS

if TYPE_CHECKING:
    from rich.console import RenderableType


def show(
    plain: Callable[[], str],
    styled: Callable[[], "RenderableType"],
    stream: TextIO | None = None,
) -> None:
    """Write the text to `stream` (default: standard output), styled if it is a terminal.

    `NO_COLOR` turns colours off. `FORCE_COLOR` turns them on in a pipe, such as the log of a CI run.
    """
    target = stream or sys.stdout
    if _can_style(target):
        _show_styled(styled(), target)
    else:
        target.write(encodable(plain(), target.encoding))


def columns() -> int:
    """The width of the terminal; without one, `COLUMNS` or 100."""
    import shutil  # here, because it imports archive formats, which takes milliseconds

    return shutil.get_terminal_size((100, 24)).columns


def can_show(text: str, stream: TextIO | None = None) -> bool:
    """Whether the encoding of `stream` (default: standard output) has all characters of a text."""
    try:
        text.encode((stream or sys.stdout).encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def encodable(text: str, encoding: str | None) -> str:
    """`text` in the characters of `encoding`: our symbols as their ASCII twins, others as `?`."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        twins = text.translate(ASCII_TWINS)
        return twins.encode(encoding or "utf-8", "replace").decode(encoding or "utf-8")
    return text


def width(text: str) -> int:
    """The columns of `text` in a terminal: two for a wide character, none for a mark."""
    return sum(map(_columns, text))


def padded(text: str, columns: int) -> str:
    """`text` with spaces on the right, `columns` wide."""
    return text + " " * (columns - width(text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _can_style(stream: TextIO) -> bool:
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _show_styled(renderable: "RenderableType", stream: TextIO) -> None:
    from rich.console import Console

    console = Console(file=stream, width=columns(), highlight=False, markup=False, emoji=False)
    console.print(renderable)
