"""A sheet as a LaTeX document that compiles with any engine."""

from collections.abc import Iterator

from grader.authoring.sheets.inline import PieceKind, pieces
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

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=2.5cm]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,longtable,adjustbox,listings}
\lstset{basicstyle=\ttfamily\small,breaklines=true,columns=fullflexible,keepspaces=true}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
"""
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "“": "``", "”": "''", "…": r"\ldots{}", "×": r"$\times$", "–": "--",
    "∂": r"$\partial$", "≥": r"$\ge$", "≤": r"$\le$", "→": r"$\to$", "·": r"$\cdot$", "σ": r"$\sigma$",
}  # fmt: skip
_DISPLAY = r"""\[
\begin{adjustbox}{max width=\linewidth}
$\displaystyle %s$
\end{adjustbox}
\]"""  # shrinks what is too wide for a line
_SECTIONS = ("section*", "subsection*", "paragraph*")


def render(sheet: Sheet) -> str:
    """The sheet as LaTeX."""
    head = f"\\Large {text(sheet.title)}\\\\[0.4em]\\normalsize {text(sheet.subtitle)}"
    title = f"\\begin{{center}}{head}\\end{{center}}"
    body = "\n\n".join(_block(block) for block in sheet.blocks)
    return f"{_PREAMBLE}\\begin{{document}}\n{title}\n\n{body}\n\\end{{document}}\n"


def text(written: str) -> str:
    """A text with its mathematics, code and bold."""
    return "".join(_piece(kind, inside) for kind, inside in pieces(written))


def _piece(kind: PieceKind, inside: str) -> str:
    match kind:
        case PieceKind.MATH:
            return f"${inside}$"
        case PieceKind.CODE:
            return f"\\texttt{{{_escaped(inside)}}}"
        case PieceKind.BOLD:
            return f"\\textbf{{{text(inside)}}}"
        case PieceKind.PROSE:
            return _escaped(inside)


def _escaped(plain: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in plain)


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"\\{_SECTIONS[min(block.level, 3) - 1]}{{{text(block.text)}}}"
        case Paragraph():
            return text(block.text)
        case Bullets():
            kind = "enumerate" if block.numbered else "itemize"
            items = "\n".join(f"  \\item {text(item)}" for item in block.items)
            return f"\\begin{{{kind}}}\n{items}\n\\end{{{kind}}}"
        case DisplayedFormula():
            return _DISPLAY % block.latex
        case SheetTable():
            return "\n".join(_table(block))
        case Code():
            return f"\\begin{{lstlisting}}\n{block.text}\n\\end{{lstlisting}}"


def _table(block: SheetTable) -> Iterator[str]:
    yield f"\\begin{{longtable}}{{{'l' * len(block.head)}}}"
    yield " & ".join(f"\\textbf{{{text(cell)}}}" for cell in block.head) + r" \\ \hline"
    for row in block.rows:
        yield " & ".join(map(text, row)) + r" \\"
    yield r"\end{longtable}"
