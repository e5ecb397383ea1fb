"""Reads expressions from text in every notation, and prints them."""

from grader.notation.builder import USUAL, Conventions, Reading
from grader.notation.names import Function, Names

__all__ = ["USUAL", "Conventions", "Function", "Names", "Reading"]
