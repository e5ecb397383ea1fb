"""The feedback in a terminal: a table of the questions, then what to know about each not right."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from grader.reports import figures, story, terminal, wording
from grader.reports.plain_text import one_line
from grader.reports.story import Part
from grader.reports.verdicts import LOOKS, entry_look
from grader.result import QuestionResult, Report, Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType


def show(report: Report, stream: TextIO | None = None, instructor: bool = False) -> None:
    """Prints the feedback, with colours where they can be seen."""
    terminal.show(lambda: plain(report, 80, instructor), lambda: styled(report, instructor), stream)


def plain(report: Report, width: int = 80, instructor: bool = False) -> str:
    """The feedback as text without colours."""
    return story.plain(told(report, instructor), width)


def styled(report: Report, instructor: bool = False) -> "RenderableType":
    """The feedback for a rich console."""
    return story.styled(told(report, instructor))


def told(report: Report, instructor: bool = False) -> Iterator[Part]:
    """Everything there is to say, in order; for the instructor what students do not get, too."""
    yield Part(wording.title(report), style="bold")
    yield Part(f"{one_line(report.submission.id)}: {wording.total(report)}")
    if report.needs_review:
        yield Part(wording.waiting(report), style="magenta")
    yield from story.messages(report.messages, 0)
    yield Part("")
    yield from _overview(report)
    for question in report.questions:
        if question.verdict != Verdict.CORRECT or question.messages:
            yield from _question(question)
            if instructor:
                yield from _instructor(question)


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
        yield from story.answer(question.answer)
    yield from story.messages(question.messages, 2)
    yield from _difference(question)
    if question.entries:
        yield Part("Entry by entry:", 2)
        yield Part(grid(question.entries), 4, wrap=False)
    if question.reference:
        yield Part(f"Reference: {one_line(question.reference)}", 2)


def _difference(question: QuestionResult) -> Iterator[Part]:
    """Where the answer gives something else: by hand if it can be, else in a draw."""
    if question.example:
        yield Part("Try it by hand:", 2)
        yield Part("\n".join(wording.example_values(question.example)), 4, wrap=False)
        yield Part(wording.example(question.example), 2)
    elif question.counterexample:
        yield Part(wording.counterexample(question.counterexample), 2)


def _instructor(question: QuestionResult) -> Iterator[Part]:
    """What only the instructor sees."""
    seen = question.instructor
    if seen is None:
        return
    yield Part("For the instructor:", 2, "bold")
    if seen.credit:
        yield Part(f"Points: {one_line(seen.credit)}", 4)
    if seen.reference:
        yield Part(f"Reference: {one_line(seen.reference)}", 4)
    if seen.expected is not None:
        yield Part(f"Expected there: {figures.number(seen.expected)}", 4)
    for message in seen.candidates:
        code = f" [{one_line(message.code)}]" if message.code else ""
        yield Part(f"Candidate: {one_line(message.text)}{code}", 4)


def grid(entries: tuple[tuple[str, ...], ...]) -> str:
    """The entries as symbols, with the numbers of rows and columns."""
    cell = len(str(max(len(entries), *map(len, entries)))) + 1
    columns = range(1, max(map(len, entries)) + 1)
    lines = [["", *map(str, columns)]]
    lines += [[str(i), *(entry_look(e).symbol for e in row)] for i, row in enumerate(entries, 1)]
    return "\n".join("".join(f"{text:>{cell}}" for text in line) for line in lines)
