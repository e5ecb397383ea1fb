"""How the grader read answers, in a terminal: each reading as a tree, one operation on a line."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from grader.reports import terminal, text_parts, wording
from grader.reports.plain_text import one_line
from grader.reports.text_parts import TextPart

if TYPE_CHECKING:
    from rich.console import RenderableType

    from grader.grading.explain import Explained, Explanation
    from grader.grading.program_lines import ProgramLine
    from grader.grading.reading_tree import ReadingNode

_MOST_LINES = 200  # of one tree; JSON has all
_TEXT_LIMIT = 60  # characters of a formula in a remark
_NARROWEST = 16  # columns for formulas in any terminal


def show(explained: "Explained", stream: TextIO | None = None) -> None:
    """Print the trees, in colours if the stream is a terminal.

    If the encoding of the terminal lacks our characters, formulas are printed in infix.
    """
    width = terminal.columns()
    typed = not terminal.can_show(plain(explained, width), stream)
    terminal.show(
        lambda: plain(explained, width, typed), lambda: styled(explained, width, typed), stream
    )


def plain(explained: "Explained", width: int = 100, typed: bool = False) -> str:
    """The trees as text without colours; `typed` writes formulas as infix."""
    return text_parts.plain(_explained_parts(explained, width, typed), min(width, 80))


def styled(explained: "Explained", width: int = 100, typed: bool = False) -> "RenderableType":
    """The trees for a rich console."""
    return text_parts.styled(_explained_parts(explained, width, typed))


def _explained_parts(explained: "Explained", width: int, typed: bool) -> Iterator[TextPart]:
    yield TextPart(one_line(explained.title) or one_line(explained.problem), style="bold")
    yield TextPart(f"{one_line(explained.submission.id)}: how the grader read the answers")
    for question in explained.questions:
        yield from _question(question, width, typed)
    yield from _program(explained.program)
    if any(question.answer is None for question in explained.questions):
        yield from _missing(explained)


def _question(question: "Explanation", width: int, typed: bool) -> Iterator[TextPart]:
    yield TextPart("")
    yield TextPart(one_line(question.id), style="bold cyan")
    if question.prompt:
        yield TextPart(one_line(question.prompt), 2, "dim")
    if question.answer is None:
        yield TextPart("The grader found no answer to this question.", 2)
    else:
        yield from text_parts.answer(question.answer)
    if question.tree is not None:
        yield TextPart("")
        yield from _tree(question.tree, width, typed)
    after = [*_remarks(question.tree, typed), *text_parts.messages(question.messages, 2)]
    if question.tree is not None and after:
        yield TextPart("")
    yield from after


def _program(lines: "Sequence[ProgramLine]") -> Iterator[TextPart]:
    """The assignments of a program: the line, the name, its shape or why it has none."""
    if not lines:
        return
    yield TextPart("")
    title = "The program on the first draw, each name where it gets its last value"
    yield TextPart(title, style="bold cyan")
    for line in lines[:_MOST_LINES]:
        shape = wording.size(line.shape) if line.shape is not None else f"not known: {line.reason}"
        place = wording.line_of(line.path, line.cell, line.line)
        name = one_line(f"{place}  {line.name}", _TEXT_LIMIT)
        yield TextPart(f"{name}  {one_line(shape)}", 2)
    if len(lines) > _MOST_LINES:
        yield TextPart(f"… and {len(lines) - _MOST_LINES} more", 2)


def _missing(explained: "Explained") -> Iterator[TextPart]:
    answered = ", ".join(map(one_line, explained.answered))
    yield TextPart("")
    yield TextPart(f"It found answers to: {answered or 'none of the questions'}.")
    yield TextPart(f"The questions are: {', '.join(map(one_line, explained.asked))}.")


def _tree(tree: "ReadingNode", width: int, typed: bool) -> Iterator[TextPart]:
    """A line for each step, in three columns: the operation, the formula, its shape."""
    lines = list(_branches(tree))
    rows = [(f"{drawn}{step.operation}", step) for drawn, step in lines[:_MOST_LINES]]
    sizes = [wording.size(step.shape) for _, step in rows]
    first = max(terminal.width(drawn) for drawn, _ in rows)
    room = max(_NARROWEST, width - first - max(map(len, sizes)) - 6)
    texts = [one_line(step.reading if typed else step.text, room) for _, step in rows]
    second = max(map(terminal.width, texts))
    for (drawn, _), text, size in zip(rows, texts, sizes, strict=True):
        line = f"{terminal.padded(drawn, first)}  {terminal.padded(text, second)}  {size}"
        yield TextPart(line, 2, wrap=False)
    if len(lines) > _MOST_LINES:
        more = len(lines) - _MOST_LINES
        yield TextPart(f"… and {more} more steps; --format json has them all.", 2)


def _branches(
    step: "ReadingNode", above: str = "", beside: str = ""
) -> Iterator[tuple[str, "ReadingNode"]]:
    """Each step with the branch before it; `beside` is the branch before its parts."""
    yield above, step
    for part in step.parts[:-1]:
        yield from _branches(part, f"{beside}├─ ", f"{beside}│  ")
    for part in step.parts[-1:]:
        yield from _branches(part, f"{beside}└─ ", f"{beside}   ")


def _remarks(tree: "ReadingNode | None", typed: bool) -> Iterator[TextPart]:
    """How products were read and what was broadcast; each remark once."""
    remarked = [step for step in tree.walk() if step.remark] if tree is not None else []
    texts = [one_line(step.reading if typed else step.text, _TEXT_LIMIT) for step in remarked]
    lines = (f"`{text}` read as {step.remark}" for text, step in zip(texts, remarked, strict=True))
    yield from (TextPart(line, 2) for line in list(dict.fromkeys(lines))[:_MOST_LINES])
