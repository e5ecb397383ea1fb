"""Prints expressions as infix text, LaTeX, MathML, and a line of Unicode."""

from grader.notation.printing.plain import infix
from grader.notation.printing.typeset import field, latex, mathml

__all__ = ["field", "infix", "latex", "mathml"]
