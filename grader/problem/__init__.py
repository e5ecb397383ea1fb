"""Reads `problem.yaml` into a `Problem`."""

from grader.problem.load import load
from grader.problem.model import (
    Declared,
    Draw,
    KnownMistake,
    Problem,
    Python,
    Quantity,
    Question,
    Rules,
    Scope,
)

__all__ = [
    "Declared",
    "Draw",
    "KnownMistake",
    "Problem",
    "Python",
    "Quantity",
    "Question",
    "Rules",
    "Scope",
    "load",
]
