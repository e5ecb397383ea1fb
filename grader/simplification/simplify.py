"""Rewrites a generated expression as people write it.

Quantities appear by their names, constants are worked out and come first, common factors cancel, like
terms are collected, and there are no needless transposes and brackets.

Every rule keeps the value wherever the expression has one; p/p becomes 1, though it has no value at
p = 0. No form becomes longer. Answers of students are never simplified.
"""

from collections.abc import Mapping

from grader.errors import GraderError
from grader.expression import Apply, Expression, Symbol, children, walk, with_children
from grader.simplification.naming import Known
from grader.simplification.rules import BY_NAME, RULES, Rule

Settled = dict[int, tuple[Expression, Expression]]
"""What became of a part, by its id, which stays its own as long as the part is there."""

ROUNDS = 6  # one round may make new rules apply in the next


def simplified(
    node: Expression,
    known: Known = {},  # noqa: B006
    settled: Settled | None = None,
) -> Expression:
    """An expression with the same values and shape, as people write it.

    `known` has replacements for expressions, such as the name of a quantity for its definition.
    `settled` keeps the simplified parts for other expressions with the same `known`.
    """
    settled = {} if settled is None else settled
    for _ in range(ROUNDS):
        before, node = node, _simplified(node, known, settled)
        if node == before:
            break
    return node


def named_by(definitions: Mapping[Symbol, Expression]) -> dict[Expression, Expression]:
    """The `known` of a model: the name of each quantity for its definition, as it is and simplified."""
    known: dict[Expression, Expression] = {}
    for symbol, definition in definitions.items():
        for form in (definition, simplified(definition, known)):
            if any(isinstance(part, Apply) for part in walk(form)):
                known.setdefault(form, symbol)
    return known


def _simplified(node: Expression, known: Known, settled: Settled) -> Expression:
    """One round; what a part became is `settled` for all rounds, since no rule looks around."""
    if id(node) in settled:
        return settled[id(node)][1]
    parts = children(node)
    result = node
    if parts:
        result = with_children(node, tuple([_simplified(part, known, settled) for part in parts]))
    for rule in RULES if parts else BY_NAME:
        result = _safely(rule, result, known)
    settled[id(node)] = node, result
    return result


def _safely(rule: Rule, node: Expression, known: Known) -> Expression:
    """The result of a rule, or the node itself if the rule fails or changes the shape."""
    try:
        result = rule(node, known)
    except GraderError:  # shapes may only fit in the old order of factors
        return node
    return result if result.shape == node.shape else node
