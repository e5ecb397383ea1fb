"""Infix text, SymPy/NumPy-style → expression."""

from grader.notation.infix.parser import parse, read
from grader.notation.infix.tokens import tokenize

__all__ = ["parse", "read", "tokenize"]
