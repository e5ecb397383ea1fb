"""The feedback in a terminal: a table of the questions, then what to know about each not right.

One story, told twice: `plain` joins it into text and needs nothing; `styled` gives it to rich, as
`Text`, so that brackets in a student's answer are never taken for markup.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from grader.reports import terminal, wording
from grader.reports.plain_text import block, one_line
from grader.reports.verdicts import LOOKS, entry_look
from grader.result import AnswerRecord, Message, QuestionResult, Report, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType

_ANSWER_LIMIT = 1500


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, or (`wrap` off) a block whose lines and columns matter."""

    text: str
    indent: int = 0
    style: str = ""
    wrap: bool = True


def show(report: Report, stream: TextIO | None = None) -> None:
    """Prints the feedback, with colours where they can be seen."""
    terminal.show(lambda: plain(report), lambda: styled(report), stream)


def plain(report: Report, width: int = 80) -> str:
    """The feedback as text without colours."""
    return "\n".join(_plain_part(part, width) for part in story(report)) + "\n"


def styled(report: Report) -> "RenderableType":
    """The feedback for a rich console."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    def paragraph(part: Part) -> Padding:
        text = Text(part.text or " ", style=part.style, overflow="fold", tab_size=4)
        return Padding(text, (0, 0, 0, part.indent), expand=False)

    return Group(*map(paragraph, story(report)))


def story(report: Report) -> Iterator[Part]:
    """Everything there is to say, in order."""
    yield Part(wording.title(report), style="bold")
    yield Part(f"{one_line(report.submission.id)}: {wording.total(report)}")
    if report.needs_review:
        yield Part(wording.waiting(report), style="magenta")
    yield from _messages(report.messages, 0)
    yield Part("")
    yield from _overview(report)
    for question in report.questions:
        if question.verdict != Verdict.CORRECT or question.messages:
            yield from _question(question)


def _plain_part(part: Part, width: int) -> str:
    margin = " " * part.indent
    if not part.wrap:
        return textwrap.indent(part.text, margin)
    return textwrap.fill(part.text, width, initial_indent=margin, subsequent_indent=margin)


def _overview(report: Report) -> Iterator[Part]:
    ids = {question.id: one_line(question.id, 24) for question in report.questions}
    widest = max(map(terminal.width, ids.values()), default=0)
    for question in report.questions:
        look = LOOKS[question.verdict]
        name = terminal.padded(ids[question.id], widest)
        line = f"{name}  {look.symbol} {look.word:<14}  {wording.ratio(question)}"
        yield Part(line, 2, look.style, wrap=False)


def _question(question: QuestionResult) -> Iterator[Part]:
    look = LOOKS[question.verdict]
    headline = f"{one_line(question.id)}  {look.symbol} {look.word}, {wording.out_of(question)}"
    yield Part("")
    yield Part(headline, style=f"bold {look.style}")
    if question.prompt:
        yield Part(one_line(question.prompt), 2, "dim")
    if look.sentence:
        yield Part(look.sentence, 2)
    if question.answer:
        yield from _answer(question.answer)
    yield from _messages(question.messages, 2)
    if question.counterexample:
        yield Part(wording.counterexample(question.counterexample), 2)
    if question.entries:
        yield Part("Entry by entry:", 2)
        yield Part(grid(question.entries), 4, wrap=False)
    if question.reference:
        yield Part(f"Reference: {one_line(question.reference)}", 2)


def _answer(answer: AnswerRecord) -> Iterator[Part]:
    place = wording.place(answer)
    yield Part(f"You wrote ({place}):" if place else "You wrote:", 2)
    yield Part(block(answer.text, _ANSWER_LIMIT), 4, wrap=False)
    if answer.reading:
        shape = f" ({one_line(answer.shape)})" if answer.shape else ""
        yield Part(f"Read as: {one_line(answer.reading, _ANSWER_LIMIT)}{shape}", 2)


def _messages(messages: Iterable[Message], indent: int) -> Iterator[Part]:
    for heading, group in wording.grouped(messages):
        for message in group:
            yield Part(f"{heading}: {one_line(message.text)}", indent)
            if message.pointer:
                yield Part(block(message.pointer), indent + 2, wrap=False)


def grid(entries: tuple[tuple[str, ...], ...]) -> str:
    """The entries as symbols, with the numbers of rows and columns."""
    cell = len(str(max(len(entries), *map(len, entries)))) + 1
    columns = range(1, max(map(len, entries)) + 1)
    lines = [["", *map(str, columns)]]
    lines += [[str(i), *(entry_look(e).symbol for e in row)] for i, row in enumerate(entries, 1)]
    return "\n".join("".join(f"{text:>{cell}}" for text in line) for line in lines)
