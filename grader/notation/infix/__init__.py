"""Infix text, SymPy/NumPy-style → expression.

`parser` reads signs, names and brackets; `forms` says what a name before brackets or after a dot means.
"""

from grader.notation.infix import forms
from grader.notation.infix.parser import parse, read

__all__ = ["forms", "parse", "read"]
