"""Short quotations of a student's text for messages: one line, with LaTeX in plain Unicode.

Nothing is parsed here. Unknown commands stay as they are.
"""

import re
import unicodedata

from grader.notation.macros import ROW_END
from grader.notation.printing.field import FieldWriter
from grader.notation.signs import FONTS, GLYPHS, SPELLED

LENGTH = 60  # characters of a quotation
SOURCE = 400  # characters of the source that it uses
NESTED = 6  # levels of braces that are opened

_UNSEEN = {"quad": " ", "qquad": " ", **dict.fromkeys(
    "left right displaystyle limits nonumber notag".split(), "")}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_SPACING = re.compile(r"\\[,;:!> ]|~|&")
_ROW_END = re.compile(ROW_END)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s?\{(?P<name>[A-Za-z*]{1,20})\}")
_FRACTION = re.compile(r"\\[dtc]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}")
_ONE = r"[_^]\s?(?:\{[^{}]*\}|[^\s{}()\\_^])"
_SCRIPTS = re.compile(rf"({_ONE})(?:\s?({_ONE}))?")
_GROUP = re.compile(r"(?<![\\A-Za-z])\{([^{}]*)\}")
_SUM = re.compile(r"[+\-−×·⊙∑=]|\w\s+\w")
_WRITER = FieldWriter()


def quoted(text: str) -> str:
    """A student's formula in quotation marks."""
    line = _one_line(text)
    plain = _one_line(_plain(line[:SOURCE]))
    return f"“{plain[: LENGTH - 1].rstrip()}…”" if len(plain) > LENGTH else f"“{plain}”"


def _one_line(text: str) -> str:
    """The text without line breaks, control characters and marks that change the writing direction."""
    kept = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    return " ".join("".join(kept).split())


def _plain(text: str) -> str:
    """LaTeX as plain text: `\\frac{\\partial l}{\\partial W^3}` is ∂l/∂W³."""
    text = _ENVIRONMENT.sub(_bracket, _ROW_END.sub(";", text))
    text = _COMMAND.sub(_sign, _SPACING.sub(" ", text)).replace("∂ ", "∂")
    for _ in range(NESTED):
        opened = _FRACTION.sub(_fraction, _SCRIPTS.sub(_scripts, text))
        opened = _GROUP.sub(r"\1", text) if opened == text else opened
        if opened == text:
            break
        text = opened
    return text.replace("\\{", "{").replace("\\}", "}")


def _bracket(match: re.Match[str]) -> str:
    if "matrix" not in match["name"] and match["name"] != "array":
        return " "
    return "[" if match[0].startswith("\\begin") else "]"


def _sign(match: re.Match[str]) -> str:
    name = match[1]
    if name in FONTS or name in _UNSEEN:
        return _UNSEEN.get(name, "")
    text = SPELLED.get(match[0], match[0])
    return GLYPHS.get(text, text if len(text) == 1 else match[0])


def _fraction(match: re.Match[str]) -> str:
    above, below = (f"({part})" if _SUM.search(part) else part for part in match.groups())
    return f"{above}/{below}"


def _scripts(match: re.Match[str]) -> str:
    """Superscript and subscript in small characters, the superscript first."""
    found = {"_": "", "^": ""}
    for script in filter(None, match.groups()):
        inside = script[1:].strip().removeprefix("{").removesuffix("}")
        found[script[0]] = "⊤" if script == "^T" or script == "^{T}" else inside
    if found["^"].startswith("["):  # a layer, as in W^{[1]}
        return f"^{found['^']}" + _WRITER.script("", found["_"], "")
    return _WRITER.script("", "", found["^"]) + _WRITER.script("", found["_"], "")
