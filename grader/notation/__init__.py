"""Text → expression in every notation, and expressions → text."""

from grader.notation.builder import Reading
from grader.notation.names import Function, Names

__all__ = ["Function", "Names", "Reading"]
