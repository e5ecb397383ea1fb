"""Writers for LaTeX and MathML with one protocol."""

import html
import re
from collections.abc import Sequence
from typing import ClassVar, Protocol

from grader.notation.printing.field import BOLD
from grader.notation.signs import GREEK


class Writer(Protocol):
    """The parts of a notation that typesetting needs."""

    def name(self, text: str) -> str:
        """A letter or LaTeX command."""

    def word(self, text: str) -> str:
        """A function's name, set upright."""

    def number(self, text: str) -> str:
        """A number."""

    def bold(self, text: str) -> str:
        """A bold number for a whole array, or the bold letter of a unit vector or matrix."""

    def sign(self, text: str) -> str:
        """An operator, given as its Unicode character."""

    def row(self, *parts: str) -> str:
        """Parts side by side."""

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        """Inside brackets."""

    def fraction(self, above: str, below: str) -> str:
        """A fraction."""

    def script(self, base: str, sub: str, sup: str) -> str:
        """A base with scripts, either of which may be empty."""

    def root(self, inside: str) -> str:
        """A square root."""

    def big_sum(self, below: str, above: str) -> str:
        """The sign of a sum with its range."""

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        """A matrix, or the rows of a case distinction."""


class LatexWriter:
    """Writes LaTeX."""

    signs: ClassVar = {
        "−": "-", "·": r"\cdot ", "⊙": r"\odot ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
        "∂": r"\partial ", "∧": r"\wedge ", "∨": r"\vee ", "⊤": r"\top ", "′": "'", "¬": r"\neg ",
        "×": r"\times ", "‖": r"\|", "": "",
    }  # fmt: skip

    def name(self, text: str) -> str:
        return text + " " if text.startswith("\\") and not text.endswith("}") else text

    def word(self, text: str) -> str:
        return rf"\mathrm{{{text}}}"

    def number(self, text: str) -> str:
        mantissa, _, exponent = text.partition("e")
        return rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if exponent else text

    def bold(self, text: str) -> str:
        return rf"\mathbf{{{text}}}"

    def sign(self, text: str) -> str:
        return self.signs.get(text, text)

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        return rf"\left{self.sign(left)}{inside}\right{self.sign(right)}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def script(self, base: str, sub: str, sup: str) -> str:
        if not sub and not sup:
            return base
        return base.rstrip() + (f"_{{{sub}}}" if sub else "") + (f"^{{{sup}}}" if sup else "")

    def root(self, inside: str) -> str:
        return rf"\sqrt{{{inside}}}"

    def big_sum(self, below: str, above: str) -> str:
        return rf"\sum_{{{below}}}^{{{above}}} "

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        name = "cases" if cases else "bmatrix"
        body = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{{name}}} {body} \end{{{name}}}"


_ABOVE = {
    "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~",
    "vec": "→", "dot": "˙", "check": "ˇ",
}  # fmt: skip
_ACCENTED = re.compile(rf"\\({'|'.join(_ABOVE)})\s*\{{?\s*([^{{}}]+?)\s*\}}?")
_COMPOUND = re.compile(r"\w+(?:[-+,]\w+)+")  # a script such as t-1
_TALL = re.compile(r"<m(?:frac|table|underover|munder|sqrt)")
_FONT = re.compile(r"\\(?:math[a-z]+|boldsymbol|bm)\{(.*)\}")


class MathmlWriter:
    """Writes presentation MathML (Core)."""

    def name(self, text: str) -> str:
        accented = _ACCENTED.fullmatch(text)
        if accented is not None:
            mark, inside = accented.groups()
            return f"<mover>{self.name(inside)}<mo>{_ABOVE[mark]}</mo></mover>"
        if _COMPOUND.fullmatch(text):
            return self.row(*(self._part(part) for part in re.split(r"([-+,])", text)))
        bare = _FONT.sub(r"\1", text)
        return f"<mi>{html.escape(GREEK.get(bare.removeprefix(chr(92)), bare))}</mi>"

    def _part(self, text: str) -> str:
        if text in ("-", "+", ","):
            return self.sign({"-": "−"}.get(text, text))
        return self.number(text) if text.isdigit() else self.name(text)

    def word(self, text: str) -> str:
        return f"<mi>{html.escape(text)}</mi>"

    def number(self, text: str) -> str:
        return f"<mn>{html.escape(text)}</mn>"

    def bold(self, text: str) -> str:
        tag = "mn" if text.isdigit() else "mi"  # MathML Core has bold only as characters
        return f"<{tag}>{BOLD[text]}</{tag}>"

    def sign(self, text: str) -> str:
        return f"<mo>{html.escape(text)}</mo>" if text else "<mo>&#x2062;</mo>"

    def row(self, *parts: str) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        # Stretched brackets leave wide gaps, so only tall content gets them.
        how = "" if _TALL.search(inside) else ' stretchy="false"'
        return f"<mrow><mo{how}>{left}</mo>{inside}<mo{how}>{right}</mo></mrow>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{_one(above)}{_one(below)}</mfrac>"

    def script(self, base: str, sub: str, sup: str) -> str:
        tag = {(True, True): "msubsup", (True, False): "msub", (False, True): "msup"}
        name = tag.get((bool(sub), bool(sup)))
        if name is None:
            return base
        parts = "".join(_one(part) for part in (base, sub, sup) if part)
        return f"<{name}>{parts}</{name}>"

    def root(self, inside: str) -> str:
        return f"<msqrt>{inside}</msqrt>"

    def big_sum(self, below: str, above: str) -> str:
        return f"<munderover><mo>∑</mo>{_one(below)}{_one(above)}</munderover>"

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        body = "".join(
            f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows
        )
        left, right = ("{", "") if cases else ("[", "]")
        closing = f"<mo>{right}</mo>" if right else ""
        return f"<mrow><mo>{left}</mo><mtable>{body}</mtable>{closing}</mrow>"


def _one(part: str) -> str:
    """A single element, as MathML needs it in scripts and fractions."""
    return f"<mrow>{part}</mrow>"
