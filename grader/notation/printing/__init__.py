"""Expression → text: infix, LaTeX and MathML."""

from grader.notation.printing.plain import infix
from grader.notation.printing.typeset import latex, mathml

__all__ = ["infix", "latex", "mathml"]
