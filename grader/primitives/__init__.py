"""The table of functions, with all that the grader knows about each. A new function is a new row."""

from grader.primitives import arithmetic, convolution, elementwise, linear
from grader.primitives.registry import (
    TABLE,
    Array,
    BackwardRule,
    Primitive,
    apply,
    broadcast,
    is_function,
)

__all__ = [
    "TABLE",
    "Array",
    "BackwardRule",
    "Primitive",
    "apply",
    "arithmetic",
    "broadcast",
    "convolution",
    "elementwise",
    "is_function",
    "linear",
]
