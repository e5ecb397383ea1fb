"""`feedback.html`: the feedback as one self-contained page, and as a fragment for notebooks.

The page has no scripts and loads nothing; its Content-Security-Policy forbids both. Everything is escaped
except our own MathML. That is checked too, because a notebook has no policy.
"""

import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.reports import figures, prompts, verdicts, wording
from grader.reports.plain_text import block, in_backticks, one_line, printable
from grader.result import Report

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FILENAME = "feedback.html"

_TEMPLATES = Path(__file__).with_name("templates")
# Presentation MathML with plain attributes: nothing here can run, link or style.
_ELEMENT = (
    "math|mrow|mi|mn|mo|ms|mtext|mspace|msub|msup|msubsup|munder|mover|munderover|mmultiscripts"
    "|mprescripts|mfrac|msqrt|mroot|mtable|mtr|mtd|mstyle|mpadded|mphantom|menclose|merror"
)
_ATTRIBUTE = r'\s++(?!on|href|src|style)[a-z]++="[^"<>]*+"'
_MATHML = re.compile(rf"(?:[^<>]++|</?(?:{_ELEMENT})(?:{_ATTRIBUTE})*+\s*+/?>)*+")


def render(report: Report) -> str:
    """The page for one submission."""
    return _render("page.html.j2", report)


def fragment(report: Report) -> str:
    """The content of the page with its styles, for use inside another page such as a notebook."""
    return _render("fragment.html.j2", report)


def for_instructor(report: Report) -> str:
    """The page with what students do not get: references, all mistakes that fit, reasons for points."""
    return _render("page.html.j2", report, instructor=True)


def _render(template: str, report: Report, instructor: bool = False) -> str:
    page = environment().get_template(template)
    return page.render(report=report, anchor=_anchor(report), instructor=instructor)


@cache
def environment() -> "Environment":
    """The templates. Jinja escapes everything that is not `Markup`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "points": figures.points,
        "number": figures.number,
        "printable": printable,
        "one_line": one_line,
        "message": message,
        "block": block,
        "mathml": mathml,
        "prompt": prompt,
        "entry_look": verdicts.entry_look,
    }
    environment.globals |= {"looks": verdicts.LOOKS, "wording": wording}
    return environment


def message(text: str, limit: int | None = None) -> "Markup":
    """A message on one line, escaped; what stands between backticks is code."""
    from markupsafe import Markup

    parts = enumerate(in_backticks(text, limit))
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else p for i, p in parts)


def mathml(text: str | None) -> "Markup | None":
    """`text` as markup if it is harmless MathML and nothing else, else None."""
    from markupsafe import Markup

    if text and text.startswith("<math") and text.endswith("</math>") and _MATHML.fullmatch(text):
        return Markup(text)  # noqa: S704 - checked on the line above
    return None


@lru_cache(maxsize=512)  # all pages of a class show the same prompts
def prompt(text: str) -> "Markup":
    """A prompt with its formulas typeset, or as code if a formula cannot be typeset."""
    from markupsafe import Markup, escape

    formula = Markup('<span class="gr-inline">{}{}</span>')
    parts = []
    for piece in prompts.pieces(printable(text).strip()):
        shown = mathml(piece.mathml) or Markup("<code>{}</code>").format(piece.latex)
        parts += [formula.format(shown, piece.stop) if piece.latex else "", escape(piece.text)]
    return Markup("").join(parts)


def _anchor(report: Report) -> str:
    """A prefix for the ids in this report, so that a notebook can show several reports."""
    name = f"{report.problem}\0{report.submission.id}\0{report.submission.digest}"
    return "g" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
