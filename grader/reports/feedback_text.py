"""The feedback in a terminal: a table of the questions, then details of those that are not right."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from grader.reports import figures, terminal, text_parts, wording
from grader.reports.plain_text import one_line
from grader.reports.text_parts import TextPart
from grader.reports.verdicts import LOOKS, entry_look
from grader.result import QuestionResult, Report, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType


def show(report: Report, stream: TextIO | None = None, instructor: bool = False) -> None:
    """Print the feedback to who checks a paper, in colours if the stream is a terminal."""
    parts = [
        replace(part, text=wording.before_handing_in(part.text))
        for part in feedback_parts(report, instructor)
    ]
    terminal.show(lambda: text_parts.plain(parts, 80), lambda: text_parts.styled(parts), stream)


def plain(report: Report, width: int = 80, instructor: bool = False) -> str:
    """The feedback as text without colours."""
    return text_parts.plain(feedback_parts(report, instructor), width)


def styled(report: Report, instructor: bool = False) -> "RenderableType":
    """The feedback for a rich console."""
    return text_parts.styled(feedback_parts(report, instructor))


def feedback_parts(report: Report, instructor: bool = False) -> Iterator[TextPart]:
    """The feedback in parts, in order; `instructor` adds what students do not get."""
    yield TextPart(wording.title(report), style="bold")
    yield TextPart(f"{one_line(report.submission.id)}: {wording.total(report)}")
    if report.needs_review:
        yield TextPart(wording.waiting(report), style="magenta")
    yield from text_parts.messages(report.messages, 0)
    yield TextPart("")
    yield from _overview(report)
    for question in report.questions:
        if question.verdict != Verdict.CORRECT or question.messages:
            yield from _question(question)
            if instructor:
                yield from _instructor(question)


def _overview(report: Report) -> Iterator[TextPart]:
    ids = {question.id: one_line(question.id, 24) for question in report.questions}
    widest = max(map(terminal.width, ids.values()), default=0)
    for question in report.questions:
        look = LOOKS[question.verdict]
        name = terminal.padded(ids[question.id], widest)
        line = f"{name}  {look.symbol} {look.word:<14}  {wording.ratio(question)}"
        yield TextPart(line, 2, look.style, wrap=False)


def _question(question: QuestionResult) -> Iterator[TextPart]:
    look = LOOKS[question.verdict]
    headline = f"{one_line(question.id)}  {look.symbol} {look.word}, {wording.out_of(question)}"
    yield TextPart("")
    yield TextPart(headline, style=f"bold {look.style}")
    if question.prompt:
        yield TextPart(one_line(question.prompt), 2, "dim")
    if look.sentence:
        yield TextPart(look.sentence, 2)
    if question.answer:
        yield from text_parts.answer(question.answer)
    yield from text_parts.messages(question.messages, 2)
    yield from _difference(question)
    if question.entries:
        yield TextPart("Entry by entry:", 2)
        yield TextPart(grid(question.entries), 4, wrap=False)
    if question.reference:
        yield TextPart(f"Reference: {one_line(question.reference)}", 2)


def _difference(question: QuestionResult) -> Iterator[TextPart]:
    """Where the answer differs: an example to compute by hand, or else an entry of a draw."""
    if question.example:
        yield TextPart("Try it by hand:", 2)
        yield TextPart("\n".join(wording.example_values(question.example)), 4, wrap=False)
        yield TextPart(wording.example(question.example), 2)
    elif question.counterexample:
        yield TextPart(wording.counterexample(question.counterexample), 2)


def _instructor(question: QuestionResult) -> Iterator[TextPart]:
    """Details for the instructor only."""
    details = question.instructor
    if details is None:
        return
    yield TextPart("For the instructor:", 2, "bold")
    if details.credit:
        yield TextPart(f"Reason: {one_line(details.credit)}", 4)
    if details.reference:
        yield TextPart(f"Reference: {one_line(details.reference)}", 4)
    if details.expected is not None:
        yield TextPart(f"Expected value: {figures.number(details.expected)}", 4)
    for message in details.candidates:
        code = f" [{one_line(message.code)}]" if message.code else ""
        yield TextPart(f"Mistake that fits: {one_line(message.text)}{code}", 4)


def grid(entries: tuple[tuple[str, ...], ...]) -> str:
    """The entries as symbols, with row and column numbers."""
    cell = len(str(max(len(entries), *map(len, entries)))) + 1
    columns = range(1, max(map(len, entries)) + 1)
    lines = [["", *map(str, columns)]]
    lines += [[str(i), *(entry_look(e).symbol for e in row)] for i, row in enumerate(entries, 1)]
    return "\n".join("".join(f"{text:>{cell}}" for text in line) for line in lines)
