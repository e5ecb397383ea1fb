r"""The formulas in a prompt, such as `$\frac{\partial l}{\partial W^2}$`, as MathML.

This module typesets formulas; it does not interpret them. A formula with an unknown command stays as the
author wrote it. All text is escaped.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# As in Pandoc, a dollar before a space is money. Text of more than 400 characters is no formula.
_FORMULA = re.compile(
    r"\$\$([^$]{1,400})\$\$|\$(?!\s)([^$]{1,400})(?<!\s)\$(?!\d)"
    r"|\\\((.{1,400}?)\\\)|\\\[(.{1,400}?)\\\]",
    re.DOTALL,
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S", re.DOTALL)
_MAX_DEPTH = 12  # of nested braces

_LETTERS = dict(
    zip(
        "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu "
        "xi pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma "
        "Phi Psi Omega ell infty".split(),
        "αβγδεεζηθϑικλμνξπρστυφφχψωΓΔΘΛΞΠΣΦΨΩℓ∞",
        strict=True,
    )
)
_SIGNS = {
    "partial": "∂", "nabla": "∇", "cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "in": "∈", "to": "→", "top": "⊤",
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|",
    "sum": "∑", "prod": "∏", "dots": "…", "ldots": "…", "cdots": "⋯", "prime": "′", "{": "{",
    "}": "}", "|": "‖", "pm": "±", "approx": "≈",
}  # fmt: skip
_FUNCTIONS = frozenset("exp log ln max min sin cos tan tanh det diag arg".split())
_UPRIGHT = frozenset({"mathrm", "text", "operatorname", "textrm"})
_FONTS = frozenset({"mathbf", "boldsymbol", "bm", "mathcal", "mathbb"})
_SCRIPT = {
    "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "N": "𝒩", "R": "ℛ",
    "D": "𝒟", "O": "𝒪", "S": "𝒮", "X": "𝒳", "J": "𝒥",
}  # fmt: skip
_BOLD = {
    chr(start + at): chr(bold + at)
    for start, bold, count in (
        (ord("A"), 0x1D400, 26),
        (ord("a"), 0x1D41A, 26),
        (ord("0"), 0x1D7CE, 10),
    )
    for at in range(count)
}
_BLACKBOARD = {"R": "ℝ", "E": "𝔼", "N": "ℕ", "P": "ℙ", "Z": "ℤ", "1": "𝟙"}
_ALPHABETS = {"mathcal": _SCRIPT, "mathbb": _BLACKBOARD}
_ABOVE = {"hat": "^", "widehat": "^", "bar": "¯", "tilde": "~", "vec": "→", "dot": "˙"}
_SILENT = frozenset({"left", "right", "!", "displaystyle", "big", "Big"})
_SPACES = {",": "0.17em", ";": "0.28em", ":": "0.22em", " ": "0.33em", "quad": "1em"}
_TALL = frozenset({r"\frac", r"\dfrac", r"\sum", r"\prod", r"\sqrt", r"\begin"})
_PLAIN_SIGNS = frozenset("()[]=+-*/<>|,;:.!")


class _UnknownError(Exception):
    """A token that this module cannot typeset."""


@dataclass(frozen=True, slots=True)
class PromptPiece:
    """A formula and the prose after it. `latex` is empty for prose at the beginning of a prompt.

    `mathml` is None if the formula cannot be typeset. `stop` is punctuation right after the formula,
    which must not begin a line.
    """

    latex: str
    mathml: str | None
    stop: str
    text: str


def pieces(prompt: str) -> Iterator[PromptPiece]:
    """Split a prompt into formulas, each with the prose after it."""
    latex, at = "", 0
    for match in _FORMULA.finditer(prompt):
        yield _piece(latex, prompt[at : match.start()])
        latex = next(group for group in match.groups() if group is not None).strip()
        at = match.end()
    yield _piece(latex, prompt[at:])


def _piece(latex: str, after: str) -> PromptPiece:
    text = after.lstrip(".,;:?!)]") if latex else after
    stop = after[: len(after) - len(text)]
    return PromptPiece(latex, mathml(latex) if latex else None, stop, text)


def mathml(latex: str) -> str | None:
    """A formula as a MathML element; None if it has an unknown token."""
    try:
        return f"<math>{_Formula(_TOKEN.findall(latex)).whole()}</math>"
    except _UnknownError:
        return None


class _Formula:
    """Recursive descent over tokens."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.tall_brackets: list[bool] = []  # for each open \left, whether its bracket is tall

    def whole(self) -> str:
        """The whole formula."""
        row = self.row()
        if self.at < len(self.tokens):
            raise _UnknownError
        return row

    def row(self) -> str:
        """All tokens up to a closing brace or the end."""
        parts = []
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            parts.append(self.scripted())
        return f"<mrow>{''.join(parts)}</mrow>"

    def next(self) -> str:
        """The next token."""
        if self.at >= len(self.tokens):
            raise _UnknownError
        self.at += 1
        return self.tokens[self.at - 1]

    def group(self) -> str:
        """An argument: a group in braces, or one atom."""
        if self.at < len(self.tokens) and self.tokens[self.at] == "{":
            return self.atom()
        return f"<mrow>{self.atom()}</mrow>"

    def scripted(self) -> str:
        """An atom with its subscript and superscript."""
        base, below, above = self.atom(), "", ""
        while self.at < len(self.tokens) and self.tokens[self.at] in ("_", "^", "'"):
            mark = self.next()
            if mark == "_" and not below:
                below = self.group()
            elif mark == "^" and not above:
                above = self.group()
            elif mark == "'":
                above = f"<mrow>{above}<mo>′</mo></mrow>"
            else:
                raise _UnknownError
        if below and above:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        if below or above:
            tag = "msub" if below else "msup"
            return f"<{tag}>{base}{below or above}</{tag}>"
        return base

    def atom(self) -> str:
        """One symbol, fraction, root or group."""
        token = self.next()
        if token == "{":  # noqa: S105 - a brace
            return self.braced()
        if token[0] == "\\":
            return self.command(token[1:])
        if token[0].isdigit():
            return f"<mn>{html.escape(token)}</mn>"
        if token.isalpha():
            return f"<mi>{html.escape(token)}</mi>"
        if token in _PLAIN_SIGNS:
            return self.sign(token)
        raise _UnknownError

    def sign(self, mark: str) -> str:
        """An operator. A bracket is as tall as a letter, or as the content of `\\left` and `\\right`."""
        before = self.tokens[self.at - 2] if self.at > 1 else ""
        is_tall = False
        if before == r"\left":
            is_tall = self.encloses_tall()
            self.tall_brackets.append(is_tall)
        elif before == r"\right" and self.tall_brackets:
            is_tall = self.tall_brackets.pop()
        attribute = ' stretchy="false"' if mark in "()[]|" and not is_tall else ""
        return f"<mo{attribute}>{html.escape(mark.replace('-', '−'))}</mo>"

    def encloses_tall(self) -> bool:
        """Whether something taller than a letter comes before the matching `\\right`."""
        depth = 1
        for mark in self.tokens[self.at :]:
            depth += (mark == r"\left") - (mark == r"\right")
            if depth == 0:
                return False
            if mark in _TALL:
                return True
        return False

    def braced(self) -> str:
        """The content of braces, after the opening one."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _UnknownError
        row = self.row()
        if self.next() != "}":
            raise _UnknownError
        self.depth -= 1
        return row

    def command(self, name: str) -> str:
        """A command, by its name without the backslash."""
        if name in _LETTERS:
            return f"<mi>{_LETTERS[name]}</mi>"
        if name in _SIGNS:
            return f"<mo>{html.escape(_SIGNS[name])}</mo>"
        if name in _FUNCTIONS:
            return f"<mi>{name}</mi>"
        if name in _SILENT:
            return "<mrow></mrow>"
        if name in _SPACES:
            return f'<mspace width="{_SPACES[name]}"/>'
        if name in ("frac", "dfrac", "tfrac"):
            return f"<mfrac>{self.group()}{self.group()}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self.group()}</msqrt>"
        if name in _ABOVE:
            return f"<mover>{self.group()}<mo>{_ABOVE[name]}</mo></mover>"
        if name in _UPRIGHT:
            return self.upright()
        if name in _FONTS:
            return self.font(name)
        raise _UnknownError

    def font(self, name: str) -> str:
        """A group in another font. MathML Core has no fonts: a letter becomes its Unicode twin."""
        letters = _ALPHABETS.get(name, _BOLD)
        inside = self.tokens[self.at : self.at + 3]
        if inside[:1] == ["{"] and inside[2:] == ["}"] and inside[1] in letters:
            self.at += 3
            tag = "mn" if inside[1].isdigit() else "mi"
            return f"<{tag}>{letters[inside[1]]}</{tag}>"
        return self.group()

    def upright(self) -> str:
        """A word in braces."""
        if self.next() != "{":
            raise _UnknownError
        letters = []
        while (token := self.next()) != "}":
            if not token.isalnum():
                raise _UnknownError
            letters.append(token)
        return f'<mi mathvariant="normal">{html.escape("".join(letters))}</mi>'
