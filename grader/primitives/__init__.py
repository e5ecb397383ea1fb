"""The table of functions: all that is known of each. Adding a function adds a row."""

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
