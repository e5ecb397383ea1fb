r"""The signs of mathematics: one table for everything that reads or prints them.

A row has the text that every parser sees, the characters of Unicode and the commands of LaTeX that mean
the same, and the spelling in answer files. Scripts, fonts and wide forms come from the decompositions of
the Unicode Character Database, so that no letter is forgotten.
"""

import unicodedata
from typing import NamedTuple


class Sign(NamedTuple):
    """A sign: its text in tokens, its kind, characters, LaTeX commands, and its text in answer files."""

    text: str
    kind: str
    glyphs: str = ""
    commands: str = ""
    infix: str = ""


SIGNS = (
    Sign("+", "sum", "＋", "", "+"),
    Sign("-", "sum", "−‐‑‒–﹣", "", "-"),
    Sign("\\pm", "sum", "±", ""),
    Sign("\\cdot", "product", "·⋅∙‧･", "centerdot", "·"),
    Sign("\\times", "product", "×✕✖⨯", "", "×"),
    Sign("*", "product", "∗⁎", "ast", "*"),
    Sign("\\odot", "product", "⊙∘•○◦◯⚬⨀", "bullet circ bigodot bigcirc", "⊙"),
    Sign("\\otimes", "product", "⊗⨂", "bigotimes", "⊗"),
    Sign("\\oslash", "product", "⊘", ""),
    Sign("/", "product", "÷∕⁄", "div slash", "/"),
    Sign("=", "relation", "≡≔≝≜≐←⟵", "coloneqq coloneq equiv triangleq gets leftarrow longleftarrow doteq"
         " eqdef", "="),
    Sign("\\approx", "relation", "≈≃≅≊", "simeq cong approxeq"),
    Sign("\\ne", "relation", "≠", "neq", "!="),
    Sign("<", "relation", "", "lt", "<"),
    Sign(">", "relation", "", "gt", ">"),
    Sign("\\le", "relation", "≤⩽≦", "leq leqslant leqq", "<="),
    Sign("\\ge", "relation", "≥⩾≧", "geq geqslant geqq", ">="),
    Sign("\\in", "relation", "∈∊", "isin"),
    Sign("\\propto", "relation", "∝", "varpropto"),
    Sign("\\sim", "relation", "∼", "thicksim"),
    Sign("\\wedge", "logic", "∧", "land", "&"),
    Sign("\\vee", "logic", "∨", "lor", "|"),
    Sign("\\neg", "logic", "¬", "lnot", "~"),
    Sign("\\Rightarrow", "arrow", "⇒⟹∴", "implies iff therefore Longrightarrow"),
    Sign("\\rightarrow", "arrow", "→⟶↦", "to longrightarrow mapsto leadsto"),
    Sign("because", "reason", "∵", "because"),
    Sign("(", "open", "", "lgroup lparen", "("),
    Sign(")", "close", "", "rgroup rparen", ")"),
    Sign("[", "open", "⟦", "lbrack llbracket", "["),
    Sign("]", "close", "⟧", "rbrack rrbracket", "]"),
    Sign("\\{", "open", "", "lbrace"),
    Sign("\\}", "close", "", "rbrace"),
    Sign("\\langle", "open", "⟨〈", "lang"),
    Sign("\\rangle", "close", "⟩〉", "rang"),
    Sign("|", "bar", "∣｜", "vert lvert rvert mid"),
    Sign("\\|", "bar", "‖∥", "lVert rVert Vert parallel"),
    Sign("'", "prime", "′’‘ʹʼ´", "prime", "'"),
    Sign("\\top", "letter", "⊤⊺", "intercal"),
    Sign("\\partial", "letter", "∂"),
    Sign("\\nabla", "letter", "∇▽", "triangledown bigtriangledown"),
    Sign("\\sum", "big", "∑", ""),
    Sign("\\prod", "big", "∏", ""),
    Sign("\\sqrt", "form", "√", "surd"),
    Sign("\\frac", "form", "", "dfrac tfrac cfrac"),
    Sign("\\infty", "letter", "∞", ""),
    Sign("\\forall", "letter", "∀", ""),
    Sign("\\emptyset", "letter", "∅", "varnothing"),
    Sign("\\dots", "dots", "…⋯", "ldots cdots dotsc dotsb dotsm dotso"),
    Sign("\\vdots", "dots", "⋮", ""),
    Sign("\\ddots", "dots", "⋱", ""),
    Sign("\\quad", "gap", "", "qquad"),
    Sign("\\\\", "row", "", "newline cr tabularnewline"),
    Sign(",", "mark", "，、", ""),
    Sign(";", "mark", "；", ""),
    Sign(":", "mark", "：", "colon vcentcolon"),
    Sign(".", "mark", "。", "ldotp"),
)  # fmt: skip

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
}  # fmt: skip
# Two shapes of one letter: whoever declares one means both, unless both are declared.
_SHAPES = {
    "epsilon": "ϵ",
    "theta": "ϑ",
    "phi": "ϕ",
    "rho": "ϱ",
    "sigma": "ς",
    "kappa": "ϰ",
    "pi": "ϖ",
}
TWINS = {
    f"\\{prefix}{name}": f"\\{other}{name}"
    for name in _SHAPES
    for prefix, other in (("", "var"), ("var", ""))
}
FONTS = frozenset(
    "mathbf mathrm mathit mathsf mathcal mathbb boldsymbol bm bf rm cal text textbf textrm textit it sf tt"
    " mathscr mathfrak mathtt mathnormal mbox hbox textnormal textsf texttt textup operatorname"
    " operatorname* pmb symbf vec bold mathds mathbbm".split()
)
ACCENTS = {
    "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "check": "\u030c",
    "widehat": "\u0302", "overline": "\u0305", "widetilde": "\u0303",
}  # fmt: skip
ACCENT_ALIASES = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}

# From a spelling to the text of its token, and to the character that prints it.
SPELLED = {
    **{letter: f"\\{name}" for name, letter in reversed(GREEK.items())},
    **{shape: f"\\{name}" for name, shape in _SHAPES.items()},
    **{glyph: sign.text for sign in SIGNS for glyph in sign.glyphs},
    **{f"\\{name}": sign.text for sign in SIGNS for name in sign.commands.split()},
}
GLYPHS = {
    **{f"\\{name}": letter for name, letter in GREEK.items()},
    **{sign.text: sign.glyphs[0] for sign in SIGNS if sign.text[0] == "\\" and sign.glyphs},
}
INFIX = {glyph: sign.infix for sign in SIGNS if sign.infix for glyph in (*sign.glyphs, sign.infix)}
KINDS = {sign.text: sign.kind for sign in SIGNS}

_SCRIPTS = (*range(0xB2, 0xBA), *range(0x2B0, 0x2E5), *range(0x1D2C, 0x1DC0), *range(0x2070, 0x209D),
            *range(0x2C7C, 0x2C7E))  # fmt: skip
_BOLD_DIGITS = "𝟎𝟏𝟘𝟙"


def _script(kind: str) -> dict[str, str]:
    """The small characters above or below the line, each with the usual character."""
    found = ((chr(code), unicodedata.decomposition(chr(code)).split()) for code in _SCRIPTS)
    usual = {c: chr(int(parts[1], 16)) for c, parts in found if parts[:1] == [kind]}
    return {c: {"\u2212": "-"}.get(base, base) for c, base in usual.items()}


RAISED = _script("<super>")
LOWERED = _script("<sub>")


class _Folding(dict[int, int]):
    """For `str.translate`: fonts and wide forms as the usual characters, one for one."""

    def __missing__(self, code: int) -> int:
        parts = unicodedata.decomposition(chr(code)).split()
        is_font = (
            parts[:1] in (["<font>"], ["<wide>"], ["<narrow>"], ["<noBreak>"]) or len(parts) == 1
        )
        plain = is_font and chr(code) not in _BOLD_DIGITS and chr(code) not in SPELLED
        self[code] = self.__missing__(int(parts[-1], 16)) if plain else code
        return self[code]


_FOLDING = _Folding()


def folded(text: str) -> str:
    """The text with `𝐖` as W and `（` as (; every character keeps its place."""
    return text if text.isascii() else text.translate(_FOLDING)


def fraction(character: str) -> tuple[str, str] | None:
    """`½` as ("1", "2"); None for anything else."""
    if len(character) != 1:
        return None
    kind, *parts = unicodedata.decomposition(character).split() or [""]
    above, slash, below = "".join(chr(int(part, 16)) for part in parts).partition("\u2044")
    return (above, below) if kind == "<fraction>" and slash and below else None


def accented(text: str) -> tuple[str, str] | None:
    """`ŷ`, as one character or with a combining mark, as ("y", "hat"); None for any other text."""
    parts = unicodedata.normalize("NFD", text)
    names = [ACCENT_ALIASES.get(name, name) for name, mark in ACCENTS.items() if mark == parts[1:]]
    return (parts[0], names[0]) if names else None
