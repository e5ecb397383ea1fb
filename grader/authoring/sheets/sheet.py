"""A sheet of paper: a title and blocks, which each format renders.

Text is a little Markdown: `$…$` mathematics, `` `…` `` code, `**…**` bold.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 stands below the title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; numbered from 1, or with dots."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula on a line of its own. `mathml` is empty where only the LaTeX is known."""

    latex: str
    mathml: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type, line by line."""

    text: str
    language: str = ""


Block = Heading | Prose | Bullets | Formula | Table | Code


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, a line below it, and what follows."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
