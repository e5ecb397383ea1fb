r"""One tree written in many ways: infix, LaTeX and Unicode, each with the habits of students.

A habit is a change of the text that must not change the reading: `(…)` for `\left(…\right)`, `T` for
`\top`, `W_{12}` for `W_{1,2}`, `^` for `**`.
"""

import re
from collections.abc import Callable, Mapping

from rewriting import Choose

from grader.expression import Expression
from grader.notation import Names, printing

Habit = Callable[[str], str]

_PAIR = re.compile(r"_\{([a-z0-9]),([a-z0-9])\}")


def _sub(pattern: str, new: str) -> Habit:
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(lambda match: match.expand(new), text)


def _plain(old: str, new: str) -> Habit:
    return lambda text: text.replace(old, new)


LATEX_HABITS: Mapping[str, Habit] = {
    "brackets without left and right": _sub(r"\\(?:left|right)(?=[()])", ""),
    "big brackets": lambda text: text.replace(r"\left(", r"\bigl(").replace(r"\right)", r"\bigr)"),
    "T": _sub(r"\\top (?=[^a-z])", "T"),
    "intercal": _plain(r"\top ", r"\intercal "),
    "upright T": _plain(r"\top ", r"\mathsf{T}"),
    "circ": _plain(r"\odot ", r"\circ "),
    "dfrac": _plain(r"\frac", r"\dfrac"),
    "entries without a comma": _sub(_PAIR.pattern, r"_{\1\2}"),
    "one digit without braces": _sub(r"([_^])\{(\w)\}", r"\1\2"),
    "bold letters": _sub(r"(?<![A-Za-z\\{])([WhzxXYyb])(?=[_^ ()])", r"\\mathbf{\1}"),
    "thin spaces": _plain(" ", r"\, "),
    "lines": _plain(r"\right)", "\\right)\n  "),
    "round matrices": _plain("{bmatrix}", "{pmatrix}"),
    "operator names": _sub(r"\\mathrm\{(\w\w+)\}", r"\\operatorname{\1}"),
    "commands": _sub(r"\\mathrm\{(tanh|exp|log|max|min)\}", r"\\\1 "),
    "a prime as a command": _sub(r"\^\{\\prime \}", "'"),
    "leq": _plain(r"\le ", r"\leq "),
    "in brackets": lambda text: rf"\left[ {text} \right]" if "begin" not in text else text,
    "an equation": lambda text: f"G = {text}",
}

INFIX_HABITS: Mapping[str, Habit] = {
    "caret": _plain("**", "^"),
    "no spaces": lambda text: re.sub(r"\s+", "", text) if " if " not in text else text,
    "wide": _sub(r"(\*\*|[-+*@,])", r" \1 "),
    "transpose()": _plain(".T", ".transpose()"),
    "NumPy": _sub(
        r"(?<![\w.])(exp|log|tanh|outer|diag|sqrt|sign|abs|sum|ones|where|maximum)(?=\()", r"np.\1"
    ),
    "SymPy": _sub(r"(?<![\w.])(Sum|Piecewise|Heaviside)(?=\()", r"sp.\1"),
    "relu by name": _sub(r"\bsigma(?=['(])", "relu"),
    "in brackets": lambda text: f"({text})",
    "lines": _plain("(", "(\n  "),
    "an assignment": lambda text: f"answer = {text}",
    "Unicode": lambda text: unicode_infix(text),
}  # fmt: skip

_UNICODE_INFIX = {
    " - ": " − ", "delta": "δ", "sigma": "σ", "<=": "≤", ">=": "≥", "'": "′", "**": "^",
}  # fmt: skip
_SUPER = str.maketrans("0123456789T", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ")
_SUB = str.maketrans("0123456789ijklmn", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙ")
_UNICODE_LATEX = {
    r"\delta ": "δ", r"\sigma": "σ", r"\lambda ": "λ", r"\odot ": "⊙", r"\cdot ": "·", r"\le ": "≤",
    r"\ge ": "≥", r"\sum": "∑", r"\left": "", r"\right": "", r"\top ": "T", r"^{\prime }": "′",
    r"\partial ": "∂", "-": "−",
}  # fmt: skip


# Forms that are still misread; each has a strict xfail in `test_known_faults.py`.
KNOWN_FAULTS: Mapping[str, re.Pattern[str]] = {
    "a Hadamard product with a dot": re.compile(
        r"(?s)(\\odot|\\circ|⊙).*(\\cdot|·)|(\\cdot|·).*(\\odot|\\circ|⊙)"
    ),
    "a transposed number": re.compile(r"\d\s*(?:ᵀ|\.T)"),
}  # fmt: skip


def is_known_fault(text: str) -> bool:
    """Whether a text has a form that is still misread."""
    return any(pattern.search(text) for pattern in KNOWN_FAULTS.values())


def unicode_infix(text: str) -> str:
    """Infix text with typographic signs."""
    for old, new in _UNICODE_INFIX.items():
        text = text.replace(old, new)
    return re.sub(r"(?<=δ)\*|(?<![\w.])(\d+)\*(?=\w)", r"\1·", text)  # of scalars alone


def unicode_of(node: Expression, names: Names) -> str:
    """A tree in plain Unicode text: `δ W³₁ᵢ h¹ⱼ`."""
    text = printing.latex(node, names)
    for old, new in _UNICODE_LATEX.items():
        text = text.replace(old, new)
    text = re.sub(r"\\mathrm\{(?!outer|inner)(\w+)\}", r" \1", text)
    text = re.sub(r"\^\{([0-9T]+)\}", lambda m: m[1].translate(_SUPER), text)
    return re.sub(r"_\{([0-9ijklmn,]+)\}", _lowered, text)


def _lowered(match: re.Match[str]) -> str:
    """`₁ⱼ`; a pair loses its comma, which has no subscript form."""
    inside = match[1].replace(",", "")
    return inside.translate(_SUB) if len(inside) <= 2 else match[0]


def in_habit(text: str, habits: Mapping[str, Habit], choose: Choose) -> str:
    """A text with up to three of these habits, in their order."""
    names = list(habits)
    for at in sorted({choose(len(names)) for _ in range(choose(4))}):
        text = habits[names[at]](text)
    return text


def layer_habits(names: Names) -> Mapping[str, Habit]:
    """Other places and brackets for the layers of a problem, if its names have any."""
    letters = "".join({base for base, sup, _ in names.spellings if sup and len(base) == 1})
    if not letters:
        return {}
    layered = rf"(?<![A-Za-z\\])([{letters}])(_\{{[^{{}}]*\}})?\^\{{\[?(\d)\]?\}}"
    return {
        "layer first": _sub(layered, r"\1^{\3}\2"),
        "layer in round brackets": _sub(layered, r"\1\2^{(\3)}"),
        "layer in square brackets": _sub(layered, r"\1\2^{[\3]}"),
    }


def as_latex(node: Expression, names: Names, choose: Choose) -> str:
    """LaTeX with random habits."""
    return in_habit(printing.latex(node, names), {**layer_habits(names), **LATEX_HABITS}, choose)


def as_infix(node: Expression, names: Names, choose: Choose) -> str:
    """Infix text with random habits."""
    return in_habit(printing.infix(node, names), INFIX_HABITS, choose)
