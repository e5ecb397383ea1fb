"""The grammar of formulas: token trees, a syntax tree by operator precedence, and rules of meaning.

The modules with parsers and rules register them in `parser.FORMS` and `reading.RULES`.
"""

from grader.notation.grammar import (
    arithmetic,
    derivatives,
    forms,
    functions,
    names,
    sums,
    undeclared,
)
from grader.notation.grammar.derivatives import gathered
from grader.notation.grammar.parser import parse
from grader.notation.grammar.reading import Reader

__all__ = ["Reader", "arithmetic", "derivatives", "forms", "functions", "gathered", "names", "parse",
           "sums", "undeclared"]  # fmt: skip
