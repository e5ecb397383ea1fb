"""Replaces expressions by names: h for σ(z), h_i for σ(z_i), s³ for 1/√v³ if s is 1/√v."""

from collections.abc import Mapping
from fractions import Fraction

from grader.expression import SCALAR, Apply, Expression, Item, walk
from grader.primitives import apply
from grader.primitives.build import ONE, item
from grader.simplification.product import Product, product_of

Known = Mapping[Expression, Expression]
"""Replacements for expressions, such as the name of a quantity for its definition."""


def name_of(node: Expression, known: Known) -> Expression | None:
    """The replacement for an expression, or the entry of a replaced array; None if there is none."""
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
    """The array with this expression as its entry, if all entries in it have the same indices."""
    match node:
        case Item(base=base):
            return base
        case Apply(function=function, args=args, params=params):
            return apply(function, *map(_lifted, args), params=params)
        case _:
            return node


def reciprocals(known: Known) -> dict[Expression, Expression]:
    """Expressions whose reciprocal has a name: √v, if s is 1/√v."""
    found = {}
    for definition, name in known.items():
        match product_of(definition):
            case Product(coefficient=Fraction(numerator=1, denominator=1), powers=((below, -1),)):
                found[below] = name
    return found
