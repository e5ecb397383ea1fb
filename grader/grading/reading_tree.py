"""A reading as a tree in words: each operation, its parts, its shape."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.expression import SCALAR, Apply, Expression, Item, Placed, children
from grader.grading.operation_words import operation, remark
from grader.grading.shown_reading import sizes
from grader.notation import printing
from grader.problem import Scope


@dataclass(frozen=True, slots=True)
class ReadingNode:
    """One node of a reading.

    `operation` is in words. `text` is the node as a line of Unicode, `reading` the same as infix text.
    `shape` is (rows, columns), or () for a number. `remark` says how the shapes of the operands decided
    the reading: which product it is, what is repeated; it may be empty.
    """

    operation: str
    text: str
    reading: str
    shape: tuple[int, ...]
    remark: str = ""
    parts: "tuple[ReadingNode, ...]" = ()

    def walk(self) -> "Iterator[ReadingNode]":
        """The node and everything below it, parents first."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def to_json(self) -> dict[str, Any]:
        """The tree as plain data."""
        data = {
            "operation": self.operation,
            "text": self.text,
            "reading": self.reading,
            "shape": list(self.shape),
        }
        noted = {"remark": self.remark} if self.remark else {}
        return {**data, **noted, "parts": [part.to_json() for part in self.parts]}


def tree_of(node: Expression, scope: Scope) -> ReadingNode:
    """The tree of an expression, in the spellings of the problem."""
    parts = _parts(node)
    return ReadingNode(
        operation=operation(node, scope),
        text=printing.field(node, scope.names),
        reading=printing.infix(node, scope.names),
        shape=sizes(node.shape),
        remark=remark(node, parts),
        parts=tuple([tree_of(part, scope) for part in parts]),
    )


def _parts(node: Expression) -> Sequence[Expression]:
    """The parts of a node, without indices, which are in its own line."""
    match node:
        case Item():
            return (node.base,)
        case Placed():
            return (node.value,)
        case Apply(function="add"):
            return list(_chained(node))
        case Apply(function="mul") if node.shape == SCALAR:
            return list(_chained(node))
        case _:
            return children(node)


def _chained(node: Apply) -> Iterator[Expression]:
    """The terms of `a + b + c`, which is a sum of a sum, or the factors of such a product."""
    first, second = node.args
    if isinstance(first, Apply) and first.function == node.function:
        yield from _chained(first)
    else:
        yield first
    yield second
