"""Reads expressions from text in every notation, and prints them."""

from grader.notation.builder import Reading
from grader.notation.names import Function, Names

__all__ = ["Function", "Names", "Reading"]
