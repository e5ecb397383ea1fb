"""A hint for an answer that should be one entry but is a whole array: which index is missing."""

from collections.abc import Collection, Iterator

from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Sum,
    Symbol,
    shape_text,
)
from grader.notation import Names, printing
from grader.primitives import TABLE
from grader.problem import Question


def missing_index(node: Expression, question: Question, used: Collection[str]) -> str | None:
    """A hint such as "did you mean σ(z¹ⱼ)?"; None if no index fits."""
    names = question.scope.names
    for part in _arrays(node):
        symbol = _vector(part)
        index = _index_for(symbol, question.free, used) if symbol is not None else None
        if symbol is not None and index is not None:
            asked = ", ".join(one.name for one in question.free)
            found, suggested = _spelled(part, names), _spelled(_indexed(part, symbol, index), names)
            return (
                f"`{found}` is {shape_text(part.shape)}, but the question asks for the entry {asked}: "
                f"did you mean `{suggested}`?"
            )
    return None


def _arrays(node: Expression) -> Iterator[Expression]:
    """The operands that make an expression an array: the largest ones that contain one vector each."""
    if node.shape == SCALAR:
        return
    if _vector(node) is not None:
        yield node
    elif isinstance(node, Sum):
        yield from _arrays(node.body)
    elif isinstance(node, Apply) and TABLE[node.function].entrywise:
        for arg in node.args:
            yield from _arrays(arg)


def _vector(node: Expression) -> Symbol | None:
    """The vector, if a node is a vector or a function of one; else None."""
    while isinstance(node, Apply) and len(node.args) == 1 and TABLE[node.function].entrywise:
        node = node.args[0]
    return node if isinstance(node, Symbol) and 1 in node.shape and node.shape != SCALAR else None


def _index_for(vector: Symbol, free: Collection[Index], used: Collection[str]) -> Index | None:
    """An index variable of the vector's size; one that the answer does not use yet goes first."""
    fitting = [index for index in free if index.size == max(vector.shape)]
    return min(fitting, key=lambda index: index.name in used, default=None)


def _indexed(node: Expression, vector: Symbol, index: Index) -> Expression:
    if isinstance(node, Apply):
        inside = _indexed(node.args[0], vector, index)
        return Apply(node.function, (inside,), SCALAR, node.params)
    one = Number(1.0)
    is_column = vector.shape[1] == 1
    return Item(vector, index if is_column else one, one if is_column else index, SCALAR)


def _spelled(node: Expression, names: Names) -> str:
    return printing.field(node, names)
