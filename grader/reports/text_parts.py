"""What is told in a terminal, as parts: paragraphs, and blocks whose lines and columns matter.

One story, told twice: `plain` joins it into text and needs nothing; `styled` gives it to rich, as
`Text`, so that brackets in a student's answer are never taken for markup.
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
    """A paragraph, or (`wrap` off) a block whose lines and columns matter."""

    text: str
    indent: int = 0
    style: str = ""
    wrap: bool = True


def plain(story: Iterable[TextPart], width: int = 80) -> str:
    """The story as text without colours."""
    return "\n".join(_plain_part(part, width) for part in story) + "\n"


def styled(story: Iterable[TextPart]) -> "RenderableType":
    """The story for a rich console."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    def paragraph(part: TextPart) -> Padding:
        text = Text(part.text or " ", style=part.style, overflow="fold", tab_size=4)
        return Padding(text, (0, 0, 0, part.indent), expand=False)

    return Group(*map(paragraph, story))


def answer(record: AnswerRecord) -> Iterator[TextPart]:
    """What the student wrote, where, and how it was read."""
    place = wording.place(record)
    yield TextPart(f"You wrote ({place}):" if place else "You wrote:", 2)
    yield TextPart(block(record.text, _ANSWER_LIMIT), 4, wrap=False)
    read = wording.read_as(record, _ANSWER_LIMIT)
    if read:
        yield TextPart(f"Read as: {read}", 2)


def messages(all_: Iterable[Message], indent: int) -> Iterator[TextPart]:
    """Messages under the titles of their kinds, with the source line where there is one."""
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
