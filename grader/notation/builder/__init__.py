"""From what a parser saw to expressions: the place where meaning is checked."""

from grader.notation.builder.core import (
    DEPTH_LIMIT,
    NONSENSE,
    SIZE_LIMIT,
    Reading,
    constant,
    is_condition,
)
from grader.notation.builder.whole import Builder

__all__ = [
    "DEPTH_LIMIT",
    "NONSENSE",
    "SIZE_LIMIT",
    "Builder",
    "Reading",
    "constant",
    "is_condition",
]
