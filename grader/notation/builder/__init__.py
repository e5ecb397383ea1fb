"""Makes expressions from what a parser reads, and checks that they make sense."""

from grader.notation.builder.core import (
    DEPTH_LIMIT,
    NONSENSE,
    SIZE_LIMIT,
    USUAL,
    Conventions,
    Reading,
    constant,
    is_condition,
    sizes_of,
)
from grader.notation.builder.whole import Builder

__all__ = [
    "DEPTH_LIMIT",
    "NONSENSE",
    "SIZE_LIMIT",
    "USUAL",
    "Builder",
    "Conventions",
    "Reading",
    "constant",
    "is_condition",
    "sizes_of",
]
