"""A sheet: a title and blocks, which each format renders.

Text is a little Markdown: `$…$` mathematics, `` `…` `` code, `**…**` bold.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the one below the title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, numbered from 1 or with bullets."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class DisplayedFormula:
    """Displayed equations, each as its sides in LaTeX and as a MathML element."""

    lines: tuple[tuple[str, ...], ...]
    mathml: tuple[str, ...]

    @property
    def latex(self) -> str:
        """The LaTeX; several equations are aligned at their signs."""
        if len(self.lines) == 1:
            return " = ".join(self.lines[0])
        rows = " \\\\\n".join(" &= ".join(sides) for sides in self.lines)
        return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table with a header row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type, line by line."""

    text: str
    language: str = ""


Block = Heading | Paragraph | Bullets | DisplayedFormula | SheetTable | Code


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, a subtitle and blocks."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]
