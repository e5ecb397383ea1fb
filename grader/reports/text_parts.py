"""Text for a terminal in parts: paragraphs, and blocks with fixed lines and columns.

`plain` joins the parts and needs no library. `styled` makes `Text` objects of rich, which never read the
brackets in a student's answer as markup.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.reports import wording
from grader.reports.plain_text import block, one_line
from grader.result import AnswerRecord, Kind, Message

if TYPE_CHECKING:
    from rich.console import RenderableType

_ANSWER_LIMIT = 1500


@dataclass(frozen=True, slots=True)
class TextPart:
    """A paragraph, or without `wrap` a block with fixed lines and columns."""

    text: str
    indent: int = 0
    style: str = ""
    wrap: bool = True


def plain(parts: Iterable[TextPart], width: int = 80) -> str:
    """The parts as text without colours."""
    return "\n".join(_plain_part(part, width) for part in parts) + "\n"


def styled(parts: Iterable[TextPart]) -> "RenderableType":
    """The parts for a rich console."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    def paragraph(part: TextPart) -> Padding:
        text = Text(part.text or " ", style=part.style, overflow="fold", tab_size=4)
        return Padding(text, (0, 0, 0, part.indent), expand=False)

    return Group(*map(paragraph, parts))


def answer(record: AnswerRecord) -> Iterator[TextPart]:
    """The student's text, its place, and its reading."""
    place = wording.place(record)
    yield TextPart(f"You wrote ({place}):" if place else "You wrote:", 2)
    yield TextPart(block(record.text, _ANSWER_LIMIT), 4, wrap=False)
    read = wording.read_as(record, _ANSWER_LIMIT)
    if read:
        yield TextPart(f"{wording.read_title(record)}: {read}", 2)


def messages(all_: Iterable[Message], indent: int) -> Iterator[TextPart]:
    """Messages, each after the title of its kind, with the source line if there is one."""
    for heading, group in wording.grouped(all_):
        for message in group:
            style = "bold" if message.kind is Kind.MISTAKE else ""
            yield TextPart(f"{heading}: {one_line(message.text)}", indent, style)
            if message.pointer:
                yield TextPart(block(message.pointer), indent + 2, wrap=False)


def _plain_part(part: TextPart, width: int) -> str:
    margin = " " * part.indent
    if not part.wrap:
        return textwrap.indent(part.text, margin)
    return textwrap.fill(part.text, width, initial_indent=margin, subsequent_indent=margin)
