"""How answers were read, in a terminal: each reading as a tree, an operation a line."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from grader.reports import terminal, text_parts, wording
from grader.reports.plain_text import one_line
from grader.reports.text_parts import TextPart

if TYPE_CHECKING:
    from rich.console import RenderableType

    from grader.grading.explain import Explained, Explanation
    from grader.grading.reading_tree import ReadingNode

_LINES = 200  # of one tree; JSON has all of them
_TEXT_LIMIT = 60  # characters of a formula that is quoted in a remark
_NARROWEST = 16  # columns for formulas, however narrow the terminal is


def show(explained: "Explained", stream: TextIO | None = None) -> None:
    """Prints the trees, with colours where they can be seen.

    A terminal whose encoding lacks our characters gets formulas as they can be typed.
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
    yield TextPart(f"{one_line(explained.submission.id)}: how the answers were read")
    for question in explained.questions:
        yield from _question(question, width, typed)
    if any(question.answer is None for question in explained.questions):
        yield from _missing(explained)


def _question(question: "Explanation", width: int, typed: bool) -> Iterator[TextPart]:
    yield TextPart("")
    yield TextPart(one_line(question.id), style="bold cyan")
    if question.prompt:
        yield TextPart(one_line(question.prompt), 2, "dim")
    if question.answer is None:
        yield TextPart("No answer to this question was found.", 2)
    else:
        yield from text_parts.answer(question.answer)
    if question.tree is not None:
        yield TextPart("")
        yield from _tree(question.tree, width, typed)
    after = [*_remarks(question.tree, typed), *text_parts.messages(question.messages, 2)]
    if question.tree is not None and after:
        yield TextPart("")
    yield from after


def _missing(explained: "Explained") -> Iterator[TextPart]:
    answered = ", ".join(map(one_line, explained.answered))
    yield TextPart("")
    yield TextPart(f"Answers were found to: {answered or 'none of the questions'}.")
    yield TextPart(f"The questions are: {', '.join(map(one_line, explained.asked))}.")


# The tree


def _tree(tree: "ReadingNode", width: int, typed: bool) -> Iterator[TextPart]:
    """A line a step in three columns: the operation, the formula, its shape."""
    lines = list(_branches(tree))
    rows = [(f"{drawn}{step.operation}", step) for drawn, step in lines[:_LINES]]
    sizes = [wording.size(step.shape) for _, step in rows]
    first = max(terminal.width(drawn) for drawn, _ in rows)
    room = max(_NARROWEST, width - first - max(map(len, sizes)) - 6)
    texts = [one_line(step.reading if typed else step.text, room) for _, step in rows]
    second = max(map(terminal.width, texts))
    for (drawn, _), text, size in zip(rows, texts, sizes, strict=True):
        line = f"{terminal.padded(drawn, first)}  {terminal.padded(text, second)}  {size}"
        yield TextPart(line, 2, wrap=False)
    if len(lines) > _LINES:
        yield TextPart(f"… and {len(lines) - _LINES} more steps; --format json has them all.", 2)


def _branches(
    step: "ReadingNode", above: str = "", beside: str = ""
) -> Iterator[tuple[str, "ReadingNode"]]:
    """Each step with the lines drawn before it; `beside` goes on beside what is below."""
    yield above, step
    for part in step.parts[:-1]:
        yield from _branches(part, f"{beside}├─ ", f"{beside}│  ")
    for part in step.parts[-1:]:
        yield from _branches(part, f"{beside}└─ ", f"{beside}   ")


def _remarks(tree: "ReadingNode | None", typed: bool) -> Iterator[TextPart]:
    """How products were read and what was repeated, each once."""
    remarked = [step for step in tree.walk() if step.remark] if tree is not None else []
    texts = [one_line(step.reading if typed else step.text, _TEXT_LIMIT) for step in remarked]
    lines = (f"`{text}` read as {step.remark}" for text, step in zip(texts, remarked, strict=True))
    yield from (TextPart(line, 2) for line in list(dict.fromkeys(lines))[:_LINES])
