"""Infix text, SymPy/NumPy-style → expression.

`operators` reads signs, names and brackets; `forms` and `methods` register what a name before brackets or
after a dot means.
"""

from grader.notation.infix import forms, methods
from grader.notation.infix.parser import parse, read

__all__ = ["forms", "methods", "parse", "read"]
