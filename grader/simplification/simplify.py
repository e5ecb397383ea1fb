"""A generated expression as people write it.

Quantities are called by their names, constants worked out and put in front, factors cancelled, like terms
put together, and there are no more transposes and brackets than it takes.

Every rule keeps the value wherever the expression has one; p/p is 1 where p is not 0. A form is
only changed into one that is not longer. What a student wrote is never simplified.
"""

from collections.abc import Mapping

from grader.errors import GraderError
from grader.expression import Apply, Expression, Symbol, children, walk, with_children
from grader.simplification.naming import Known
from grader.simplification.rules import BY_NAME, RULES, Rule

Settled = dict[int, tuple[Expression, Expression]]
"""What became of a part, by its id, which stays its own as long as the part is there."""

ROUNDS = 6  # each looks at what the one before has brought together


def simplified(
    node: Expression,
    known: Known = {},  # noqa: B006
    settled: Settled | None = None,
) -> Expression:
    """An expression with the same values and shape, as people write it.

    `known` says what may stand for an expression: the name of a quantity for its definition. What is
    `settled` serves several expressions that share parts, with the same `known`.
    """
    settled = {} if settled is None else settled
    for _ in range(ROUNDS):
        before, node = node, _simplified(node, known, settled)
        if node == before:
            break
    return node


def named_by(definitions: Mapping[Symbol, Expression]) -> dict[Expression, Expression]:
    """What is `known` of a model: each quantity by its definition, as written and as simplified."""
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
    """What a rule makes of a node, if it has the shape that it should have."""
    try:
        result = rule(node, known)
    except GraderError:  # factors that only fit together in their old order
        return node
    return result if result.shape == node.shape else node
