"""A sheet as one self-contained page: no script, no external files, mathematics as MathML."""

from markupsafe import Markup, escape

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
from grader.reports import prompts
from grader.reports.feedback_html import environment, mathml

# What the template calls a block.
_KINDS: dict[type[Block], str] = {
    Heading: "heading",
    Paragraph: "paragraph",
    Bullets: "bullets",
    DisplayedFormula: "formula",
    SheetTable: "table",
    Code: "code",
}


def render(sheet: Sheet) -> str:
    """The sheet as HTML."""
    page = environment().get_template("sheet.html.j2")
    return page.render(sheet=sheet, inline=inline, formula=formula, kind=_kind)


def inline(written: str) -> Markup:
    """A text with its mathematics, code and bold; the rest is escaped."""
    return Markup("").join(_piece(kind, inside) for kind, inside in pieces(written))


def formula(block: DisplayedFormula) -> Markup:
    """Equations as MathML, one below the other."""
    return Markup("").join(mathml(line) or "" for line in block.mathml)


def _piece(kind: PieceKind, inside: str) -> Markup:
    match kind:
        case PieceKind.MATH:
            return _typeset(inside)
        case PieceKind.CODE:
            return Markup("<code>{}</code>").format(inside)
        case PieceKind.BOLD:
            return Markup("<strong>{}</strong>").format(inline(inside))
        case PieceKind.PROSE:
            return escape(inside)


def _typeset(latex: str) -> Markup:
    return mathml(prompts.mathml(latex)) or Markup("<code>{}</code>").format(latex)


def _kind(block: Block) -> str:
    return _KINDS[type(block)]
