"""The normal form of a sum, entry by entry: terms that are products, like terms collected."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from grader.expression import Apply, Expression
from grader.primitives.build import ZERO, add, neg, sub
from grader.simplification.product import Power, Product, product_of

MOST_TERMS = 24  # brackets stay if multiplying out would give more terms


def terms_of(node: Expression) -> list[Product]:
    """The terms of a sum; an expression that is not a sum is one term."""
    match node:
        case Apply(function="add", args=(left, right)):
            return [*terms_of(left), *terms_of(right)]
        case Apply(function="sub", args=(left, right)):
            return [*terms_of(left), *_negated(terms_of(right))]
        case Apply(function="neg", args=(inner,)):
            return _negated(terms_of(inner))
        case _:
            return [product_of(node)]


def _negated(terms: Iterable[Product]) -> list[Product]:
    return [term.scaled(Fraction(-1)) for term in terms]


def written_sum(terms: Sequence[Product]) -> Expression:
    """The sum as an expression: like terms are collected, and a positive term comes first."""
    found: dict[frozenset[Power], Product] = {}
    for term in terms:
        kind = frozenset(term.powers)
        before = found.get(kind, Product(Fraction(0), term.powers))
        found[kind] = Product(before.coefficient + term.coefficient, before.powers)
    kept = [term for term in found.values() if term.coefficient]
    if not kept:
        return ZERO
    shared = _shared(kept)
    if shared != Product():
        inner = written_sum([term.times(shared.to_the(-1)) for term in kept])
        return shared.times(product_of(inner)).written
    first = next((term for term in kept if term.coefficient > 0), None)
    if first is None:
        return neg(written_sum(_negated(kept))) if len(kept) > 1 else kept[0].written
    total = first.written
    for term in kept:
        if term is not first:
            size = Product(abs(term.coefficient), term.powers).written
            total = add(total, size) if term.coefficient > 0 else sub(total, size)
    return total


def _shared(terms: Sequence[Product]) -> Product:
    """The constant factor that several terms share: 1/N of a/N − b/N."""
    if len(terms) < 2:
        return Product()
    first = terms[0].constant
    size = abs(first.coefficient)
    alike = all(abs(term.coefficient) == size for term in terms)
    powers = [power for power in first.powers if all(power in term.powers for term in terms)]
    return Product(size if alike else Fraction(1), tuple(powers))


def multiplied_out(terms: Sequence[Product]) -> list[Product] | None:
    """The terms with all sums in their factors multiplied out; None if there are too many terms."""
    done: list[Product] = []
    left = list(terms)
    while left:
        if len(done) + len(left) > MOST_TERMS:
            return None
        term = left.pop(0)
        inner = next((f for f, e in term.powers if e > 0 and _is_sum(f)), None)
        if inner is None:
            done.append(term)
            continue
        rest = term.times(Product(powers=((inner, -1),)))
        left = [*(rest.times(part) for part in terms_of(inner)), *left]
    return done


def _is_sum(node: Expression) -> bool:
    return isinstance(node, Apply) and node.function in ("add", "sub")
