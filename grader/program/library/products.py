"""Products of arrays."""

import math
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.rows import (
    SMALL,
    Row,
    charge,
    extent,
    kept,
    keywords,
    plain,
    row,
    shape,
    size,
)  # fmt: skip

OPERANDS = 8  # of one einsum


def multiplied(budget: Budget, a: Any, b: Any, *_: Any, **__: Any) -> None:
    """A guard for `a @ b`: the axes before the last two go together."""
    m, n = shape(a), shape(b)
    rows, columns = extent(m[-2:-1]), extent(n[-1:] if len(n) > 1 else ())
    inner = extent(m[-1:])
    stack = extent(np.broadcast_shapes(m[:-2], n[:-2]))
    charge(budget, stack * rows * columns, stack * rows * columns * inner)


def _dot(budget: Budget, a: Any, b: Any, *_: Any, **__: Any) -> None:
    """All axes but the summed ones stand behind one another."""
    m, n = shape(a), shape(b)
    inner = extent(m[-1:]) if m and n else 1
    free = extent(m) // inner * (extent(n) // extent(n[-2:-1] or n[-1:]) if m else extent(n))
    charge(budget, free, free * inner)


def _outer(budget: Budget, a: Any, b: Any, *_: Any, **__: Any) -> None:
    charge(budget, size(a) * size(b))


def _inner(budget: Budget, a: Any, b: Any) -> None:
    m, n = shape(a), shape(b)
    inner = extent(m[-1:]) if m and n else 1
    free = extent(m[:-1] if n else m) * extent(n[:-1] if m else n)
    charge(budget, free, free * inner)


def _tensordot(budget: Budget, a: Any, b: Any, axes: Any = 2) -> None:
    m, n = shape(a), shape(b)
    if type(axes) in (list, tuple):
        first, second = axes
        left = [first] if isinstance(first, (int, np.integer)) else list(first)
        right = [second] if isinstance(second, (int, np.integer)) else list(second)
    else:
        left, right = list(range(-axes, 0)), list(range(axes))
    inner = extent([m[axis] for axis in left])
    free = extent(m) // inner * (extent(n) // extent([n[axis] for axis in right]))
    charge(budget, free, free * inner)


def _product(function: Any, guard: Any) -> Row:
    slow = row(function, guard)

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 2 and not kwargs:
            a, b = args
            if type(a) is type(b) is np.ndarray and 0 < a.size * b.size <= SMALL:
                result = function(a, b)
                budget.array(result.size)
                return result
        return slow(budget, *args, **kwargs)

    return call


def einsum(budget: Budget, subscripts: Any, *operands: Any, **kwargs: Any) -> Any:
    """`np.einsum` with its subscripts as text. Raises Refused for lists of numbers instead."""
    if type(subscripts) is not str or len(subscripts) > 200:
        raise Refused("`einsum` without its subscripts in one text")
    if len(operands) > OPERANDS:
        raise Refused("`einsum` of too many arrays")
    arrays = [plain(operand) for operand in operands]
    named = keywords(kwargs)
    lengths = _lengths(subscripts, arrays)
    work = math.prod(lengths.values())
    between = work if named.get("optimize") else 0  # products of two arrays on the way
    charge(budget, max(between, _einsum_size(subscripts, arrays, lengths)), work)
    return kept(np.einsum(subscripts, *arrays, **named))


def _labels(subscripts: str, arrays: list[Any]) -> list[tuple[str, int]]:
    """Each letter with its length; axes under `...` have a number for a letter."""
    found: list[tuple[str, int]] = []
    terms = subscripts.replace(" ", "").split("->")[0].split(",")
    for term, array in zip(terms, arrays, strict=False):
        lengths = shape(array)
        before, _, after = term.partition("...")
        rest = len(lengths) - len(before) - len(after)
        letters = [*before, *[str(axis) for axis in range(rest, 0, -1)], *after]
        found += zip(letters, lengths, strict=False)
    return found


def _lengths(subscripts: str, arrays: list[Any]) -> dict[str, int]:
    lengths: dict[str, int] = {}
    for letter, length in _labels(subscripts, arrays):
        lengths[letter] = max(length, lengths.get(letter, 1))
    return lengths


def _einsum_size(subscripts: str, arrays: list[Any], lengths: dict[str, int]) -> int:
    """The size of the result; without an arrow it has the letters that stand once."""
    every = [letter for letter, _ in _labels(subscripts, arrays)]
    _, arrow, output = subscripts.replace(" ", "").partition("->")
    return math.prod(
        [
            length
            for letter, length in lengths.items()
            if letter.isdigit() or (letter in output if arrow else every.count(letter) == 1)
        ]
    )


def _convolved(budget: Budget, a: Any, v: Any, *_: Any, **__: Any) -> None:
    charge(budget, size(a) + size(v), size(a) * size(v))


def _cross(budget: Budget, a: Any, b: Any, *_: Any, **__: Any) -> None:
    charge(budget, 3 * extent(shape(a)) * (1 if len(shape(b)) <= 1 else extent(shape(b))))


TABLE: dict[str, Row] = {
    "numpy.dot": _product(np.dot, _dot),
    "numpy.matmul": _product(np.matmul, multiplied),
    "numpy.vdot": row(np.vdot),
    "numpy.inner": row(np.inner, _inner),
    "numpy.outer": _product(np.outer, _outer),
    "numpy.kron": row(np.kron, _outer),
    "numpy.tensordot": row(np.tensordot, _tensordot),
    "numpy.einsum": einsum,
    "numpy.cross": row(np.cross, _cross),
    "numpy.trace": row(np.trace),
    "numpy.convolve": row(np.convolve, _convolved),
    "numpy.correlate": row(np.correlate, _convolved),
}
