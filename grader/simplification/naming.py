"""Names for what has one: h for σ(z), h_i for σ(z_i), s³ for 1/√v³ where s is 1/√v."""

from collections.abc import Mapping
from fractions import Fraction

from grader.expression import SCALAR, Apply, Expression, Item, walk
from grader.primitives import apply
from grader.primitives.build import ONE, item
from grader.simplification.product import Product, product_of

Known = Mapping[Expression, Expression]
"""What may stand for an expression: the name of a quantity for its definition."""


def name_of(node: Expression, known: Known) -> Expression | None:
    """What stands for an expression, or for an array that it is an entry of."""
    if not known:
        return None
    if node in known:
        return known[node]
    if not isinstance(node, Apply) or node.shape != SCALAR:
        return None
    entries = [part for part in walk(node) if isinstance(part, Item)]
    rows = {entry.row for entry in entries if entry.base.shape[0] > 1}
    columns = {entry.column for entry in entries if entry.base.shape[1] > 1}
    if not entries or len(rows) > 1 or len(columns) > 1:
        return None
    whole = known.get(_lifted(node))
    return None if whole is None else item(whole, *(*rows, ONE)[:1], *(*columns, ONE)[:1])


def _lifted(node: Expression) -> Expression:
    """The array whose entry an expression is, if all its parts are entries at one place."""
    match node:
        case Item(base=base):
            return base
        case Apply(function=function, args=args, params=params):
            return apply(function, *map(_lifted, args), params=params)
        case _:
            return node


def reciprocals(known: Known) -> dict[Expression, Expression]:
    """What has a name for one over it: s for 1/√v."""
    found = {}
    for definition, name in known.items():
        match product_of(definition):
            case Product(coefficient=Fraction(numerator=1, denominator=1), powers=((below, -1),)):
                found[below] = name
    return found
