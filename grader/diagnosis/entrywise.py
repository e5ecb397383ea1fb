"""A derivative entry by entry, and an expression with parts replaced."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    children,
    fresh,
    with_children,
)
from grader.primitives.build import ONE, item, tabulate
from grader.problem import Question

ALONE = Index("", 1, 1)


@dataclass(frozen=True)
class Entrywise:
    """One entry of a derivative as a formula in index variables, and the way back to the whole.

    `indices` are the question's own if it has any, else one for each axis that is longer than 1.
    """

    body: Expression
    indices: tuple[Index, ...]
    whole: Callable[[Expression], Expression]


def entrywise(question: Question, result: Expression) -> Entrywise:
    """The entries of a derivative, in the question's index variables or in new ones."""
    if question.free or result.shape == SCALAR:
        return Entrywise(result, question.free, lambda body: body)
    # The names do not depend on `result`: changes made for one derivative must fit another.
    avoid = {*question.scope.names.symbols, *question.scope.names.dimensions}
    rows, columns = result.shape
    row = Index(fresh("i", avoid), 1, rows) if rows > 1 else ALONE
    column = Index(fresh("j", avoid | {row.name}), 1, columns) if columns > 1 else ALONE
    body = item(result, row if rows > 1 else ONE, column if columns > 1 else ONE)
    indices = tuple(index for index in (row, column) if index is not ALONE)
    return Entrywise(body, indices, lambda body: tabulate(body, row, column))


def rewritten(
    node: Expression, change: Callable[[Expression], Expression | None], primed: bool = False
) -> Expression:
    """The expression, with the topmost parts replaced for which `change` is not None.

    Arguments of derivatives such as σ'(z) are left alone, unless `primed`.
    """
    changed = change(node)
    if changed is not None:
        return changed
    if not primed and isinstance(node, Apply) and node.function.endswith("'"):
        return node
    parts = children(node)
    after = tuple([rewritten(part, change, primed) for part in parts])
    return node if all(map(operator.is_, after, parts)) else with_children(node, after)
