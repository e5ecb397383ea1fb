"""The operators of formulas: how tightly each binds, and what it means."""

from typing import NamedTuple

from grader.notation.products import (
    ASTERISK,
    DOT,
    HADAMARD,
    JUXTAPOSED,
    MATRIX,
    OUTER,
    QUOTIENT,
    STAR,
)

OR, AND, RELATION, SUM, PRODUCT, BESIDE = range(1, 7)  # binding powers, the loosest first


class Operator(NamedTuple):
    """A sign between two operands: its binding power, and what it means."""

    power: int
    sign: str
    meaning: str


_TABLE = {
    OR: {"\\vee": "or", "or": "or"},
    AND: {"\\wedge": "and", "and": "and"},
    RELATION: {
        "<": "lt", ">": "gt", "\\le": "le", "\\ge": "ge", "\\ne": "ne", "=": "eq", "\\in": "in",
        "\\notin": "in",
    },
    SUM: {"+": "add", "-": "sub"},
    PRODUCT: {
        "\\odot": HADAMARD, "\\cdot": DOT, "\\times": JUXTAPOSED, "*": ASTERISK, "\\otimes": OUTER,
        "\\oslash": QUOTIENT,
    },
    BESIDE: {"/": "div", "": JUXTAPOSED},
}  # fmt: skip
# As in Python, except that & and | bind less than comparisons: users of SymPy mean that when they leave out
# brackets.
_INFIX = {
    OR: {"|": "or"},
    AND: {"&": "and"},
    RELATION: {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"},
    SUM: _TABLE[SUM],
    PRODUCT: {"⊙": HADAMARD},
    BESIDE: {"*": STAR, "·": DOT, "×": JUXTAPOSED, "⊗": OUTER, "@": MATRIX, "/": QUOTIENT},
}


def _by_sign(table: dict[int, dict[str, str]]) -> dict[str, Operator]:
    return {
        sign: Operator(power, sign, meaning)
        for power, signs in table.items()
        for sign, meaning in signs.items()
        if sign
    }


OPERATORS, INFIX_OPERATORS = _by_sign(_TABLE), _by_sign(_INFIX)
NO_SIGN = Operator(BESIDE, "", JUXTAPOSED)
PRODUCTS = _TABLE[PRODUCT] | _TABLE[BESIDE]
COMPARISONS = {sign: name for sign, name in _TABLE[RELATION].items() if name != "in"}
DOTS = frozenset({"\\dots", "\\vdots", "\\ddots"})
NOT_FACTORS = frozenset(OPERATORS) | {
    "\\\\", "\\end", "\\quad", "\\over", "\\Rightarrow", "\\rightarrow", "\\}", "\\rangle", "\\|",
    "\\not",
} | DOTS  # fmt: skip
