"""A sheet as Markdown with LaTeX between dollars."""

import textwrap
from collections.abc import Iterator

from grader.authoring.sheets.sheet import (
    Block,
    Bullets,
    Code,
    DisplayedFormula,
    Heading,
    Paragraph,
    Sheet,
    SheetTable,
)

WIDTH = 100


def render(sheet: Sheet) -> str:
    """The sheet as Markdown."""
    parts = [f"# {sheet.title}", sheet.subtitle, *map(_block, sheet.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * (block.level + 1)} {block.text}"
        case Paragraph():
            return _wrapped(block.text)
        case Bullets():
            return "\n".join(_items(block))
        case DisplayedFormula():
            return f"$$\n{block.latex}\n$$"
        case SheetTable():
            return "\n".join(_table(block))
        case Code():
            return f"```{block.language}\n{block.text}\n```"


def _items(block: Bullets) -> Iterator[str]:
    for at, item in enumerate(block.items, 1):
        mark = f"{at}. " if block.numbered else "- "
        yield _wrapped(item, mark, " " * len(mark))


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Lines of prose. No line begins with a word that Markdown would read as a list or a heading."""
    return textwrap.fill(
        " ".join(text.split()), WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _table(block: SheetTable) -> Iterator[str]:
    yield _row(block.head)
    yield _row(["---"] * len(block.head))
    for row in block.rows:
        yield _row(row)


def _row(cells: "tuple[str, ...] | list[str]") -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
