"""Faulty derivatives written as a student would: whole, or entry by entry if necessary."""

from grader.expression import (
    Apply,
    Expression,
    Item,
    Matrix,
    Placed,
    Slice,
    Tabulate,
    transform,
    walk,
)
from grader.key import QuestionKey
from grader.notation import printing
from grader.primitives.build import item, number


def written(key: QuestionKey, node: Expression, notation: str) -> str:
    """A derivative as infix or LaTeX text that the grader reads."""
    if not _plain(node):
        node = unrolled(node)
    write = printing.infix if notation == "infix" else printing.latex
    return write(node, key.question.scope.names)


def readable(node: Expression) -> bool:
    """Whether a derivative has a notation: a unit vector has none."""
    written_out = node if _plain(node) else unrolled(node)
    return not any(isinstance(part, Placed) for part in walk(written_out))


def _plain(node: Expression) -> bool:
    return not any(
        isinstance(part, Tabulate | Placed)
        or (isinstance(part, Item) and any(isinstance(s, Slice) for s in (part.row, part.column)))
        for part in walk(node)
    )


def unrolled(node: Expression) -> Expression:
    """The matrix of all entries, with indices on the symbols."""
    node = transform(node, _resolved)
    rows, columns = node.shape
    if (rows, columns) == (1, 1):
        return node
    grid = tuple(
        tuple(transform(item(node, number(i), number(j)), _resolved) for j in range(1, columns + 1))
        for i in range(1, rows + 1)
    )
    return Matrix(grid, node.shape)


def _resolved(node: Expression) -> Expression:
    """An entry of an operation as an operation on entries."""
    if not isinstance(node, Item) or not isinstance(node.base, Apply | Tabulate | Placed):
        return node
    if any(isinstance(selector, Slice) for selector in (node.row, node.column)):
        return node
    return item(node.base, node.row, node.column)
