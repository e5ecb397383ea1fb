"""Shows text on a terminal with colours, and plainly in a pipe, where rich is not even imported."""

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
    """Writes one of the two to `stream` (standard output), whichever it can show.

    rich honours `NO_COLOR`; `FORCE_COLOR` asks for colours in a pipe, as in the log of a CI run.
    """
    target = stream or sys.stdout
    if _can_style(target):
        _show_styled(styled(), target)
    else:
        target.write(encodable(plain(), target.encoding))


def columns() -> int:
    """The width of the terminal; `COLUMNS`, or 100, if there is none."""
    import shutil  # the archives it imports cost milliseconds

    return shutil.get_terminal_size((100, 24)).columns


def can_show(text: str, stream: TextIO | None = None) -> bool:
    """Whether the encoding of `stream` (standard output) has all characters of a text."""
    try:
        text.encode((stream or sys.stdout).encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def encodable(text: str, encoding: str | None) -> str:
    """`text` as `encoding` can say it: our symbols as their ASCII twins, the rest as `?`."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        twins = text.translate(ASCII_TWINS)
        return twins.encode(encoding or "utf-8", "replace").decode(encoding or "utf-8")
    return text


def width(text: str) -> int:
    """How many columns a terminal takes for `text`: two for wide characters, none for marks."""
    return sum(map(_columns, text))


def padded(text: str, columns: int) -> str:
    """`text` with spaces to its right."""
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
