"""`feedback.md`: the feedback as Markdown that also reads well as raw text."""

import re
from collections.abc import Iterable, Iterator

from grader.reports import wording
from grader.reports.plain_text import block, in_backticks, one_line, printable
from grader.reports.verdicts import LOOKS, entry_look
from grader.result import AnswerRecord, Message, QuestionResult, Report

FILENAME = "feedback.md"

# Includes the signs of mathematics ($), entities (&) and links. Signs that are special only at the start
# of a line (# - + 1.) need no escape: untrusted text never begins a line.
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$&]|:(?=//)|(?<=www)\.|@")


def render(report: Report) -> str:
    """The feedback on one submission."""
    parts = [
        f"# {wording.title(report)}",
        f"Submission {escaped(report.submission.id)}: **{wording.total(report)}**",
        wording.waiting(report),
        *_messages(report.messages),
        _overview(report),
        *(part for question in report.questions for part in _question(question)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Untrusted text for the middle of a line, with all Markdown escaped."""
    return _escaped(one_line(text))


def _escaped(line: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", line)


def marked(message: str) -> str:
    """A message on one line, escaped; what stands between backticks is code."""
    parts = enumerate(in_backticks(message))
    return "".join(code(part) if i % 2 else _escaped(part) for i, part in parts)


def fenced(text: str, info: str = "") -> str:
    """A code block, with a fence that is longer than any run of backticks in `text`."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{info}\n{text}\n{fence}"


def code(text: str) -> str:
    """A code span around `text`, which may have backticks."""
    line = one_line(text)
    ticks = "`" * (_longest_run(line) + 1)
    space = " " if "`" in line else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _overview(report: Report) -> str:
    rows = [
        f"| {escaped(q.id)} | {LOOKS[q.verdict].symbol} {LOOKS[q.verdict].word} "
        f"| {wording.ratio(q)} |"
        for q in report.questions
    ]
    return "\n".join(["| Question | Verdict | Points |", "| --- | --- | --- |", *rows])


def _question(question: QuestionResult) -> Iterator[str]:
    look = LOOKS[question.verdict]
    name = escaped(wording.question_name(question))
    yield f"## {name}: {look.symbol} {look.word}, {wording.out_of(question)}"
    yield printable(question.prompt).strip()
    yield look.sentence
    if question.answer:
        yield from _answer(question.answer)
    yield from _messages(question.messages)
    if question.example:
        yield "**Try it by hand:**"
        yield fenced("\n".join(wording.example_values(question.example)))
        yield wording.example(question.example)
    elif question.counterexample:
        yield wording.counterexample(question.counterexample)
    if question.entries:
        yield _grid(question.entries)
    if question.reference:
        yield f"Reference: {code(question.reference)}"


def _answer(answer: AnswerRecord) -> Iterator[str]:
    place = wording.place(answer)
    yield f"You wrote ({escaped(place)}):" if place else "You wrote:"
    yield fenced(block(answer.text), "latex" if answer.notation == "latex" else "")
    if answer.reading:
        kind = wording.kind(answer)
        yield f"Read as: {code(answer.reading)}" + (f", {escaped(kind)}" if kind else "")
    elif answer.shape is not None:
        yield f"{wording.read_title(answer)}: {wording.read_as(answer)}"


def _messages(messages: Iterable[Message]) -> Iterator[str]:
    for heading, group in wording.grouped(messages):
        for message in group:
            yield f"**{heading}:** {marked(message.text)}"
            if message.pointer:
                yield fenced(block(message.pointer))


def _grid(entries: tuple[tuple[str, ...], ...]) -> str:
    width = max(map(len, entries))
    rows = [[f"**{i}**", *(entry_look(e).symbol for e in row)] for i, row in enumerate(entries, 1)]
    lines = [["Entry", *map(str, range(1, width + 1))], ["---"] * (width + 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
