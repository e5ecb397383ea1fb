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
from grader.simplification.rules import RULES, Rule

ROUNDS = 6  # one round may make new rules apply in the next


def simplified(node: Expression, known: Known = {}) -> Expression:  # noqa: B006
    """An expression with the same values and shape, as people write it.

    `known` has replacements for expressions, such as the name of a quantity for its definition.
    """
    for _ in range(ROUNDS):
        before, node = node, _simplified(node, known)
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


def _simplified(node: Expression, known: Known) -> Expression:
    parts = children(node)
    if parts:
        node = with_children(node, tuple(_simplified(part, known) for part in parts))
    for rule in RULES:
        node = _safely(rule, node, known)
    return node


def _safely(rule: Rule, node: Expression, known: Known) -> Expression:
    """The result of a rule, or the node itself if the rule fails or changes the shape."""
    try:
        result = rule(node, known)
    except GraderError:  # shapes may only fit in the old order of factors
        return node
    return result if result.shape == node.shape else node
