"""Mistakes in constants, signs and terms of sums."""

import math
from collections.abc import Callable, Iterator

from grader.diagnosis.catalogue.node import at_node
from grader.diagnosis.faulty_pass import Pass, argument, leading
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.expression import Apply, Expression, Number, Sum, base_name, symbols_in, walk
from grader.primitives.build import ONE, div, mul, neg, number, power, sub
from grader.simplification import Product, product_of

# Constants, signs and terms


def _dropped_constant(passed: Pass, mean: bool) -> Iterator[Way]:
    for node in passed.nodes:
        for at, constant in _constants(node):
            counts = _counts(node.args[at])
            for factor in _parts(constant):
                if _is_share(factor, counts) == mean:
                    terms = {**at_node(passed, node, at), "factor": factor.written}
                    yield Way({argument(node, at): _without(factor)}, terms)
        if node.function == "mean" and mean:
            size = node.args[0].shape[0] * node.args[0].shape[1] // (node.shape[0] * node.shape[1])
            factor = product_of(div(ONE, number(size)))
            terms = {**at_node(passed, node, 0), "factor": factor.written}
            yield Way({argument(node, 0): _without(factor)}, terms)
        if node.function == "pow" and isinstance(node.args[1], Number):
            terms = {**at_node(passed, node, 0), "factor": node.args[1]}
            if not mean:
                yield Way({argument(node, 0): _without_exponent(node)}, terms)


def _constants(node: Apply) -> Iterator[tuple[int, Product]]:
    """The arguments of a product or quotient that a constant multiplies, and this constant."""
    if node.function not in ("mul", "div"):
        return
    for at in (0, 1):
        other = node.args[1 - at]
        if symbols_in(other) or not symbols_in(node.args[at]) or (node.function, at) == ("div", 1):
            continue
        constant = product_of(other)
        if constant.coefficient:
            yield at, constant if node.function == "mul" else constant.to_the(-1)


def _parts(constant: Product) -> Iterator[Product]:
    """The parts of a constant that can be forgotten: a number, a size, or all of it."""
    coefficient = Product(constant.coefficient)
    parts = [Product(powers=(power,)) for power in constant.powers]
    some = [part for part in (coefficient, *parts) if part != Product()]
    yield from some if len(some) == 1 else (*some, constant)


def _counts(node: Expression) -> set[int]:
    """The numbers of entries that sums in an expression add up."""
    found = {1}
    for part in walk(node):
        match part:
            case Apply(function="sum", args=(inner,)):
                rows, columns = inner.shape
                found |= {rows, columns, rows * columns}
            case Apply(function="matmul", args=(left, _)):
                found.add(left.shape[1])
            case Sum(index=index):
                found.add(index.size)
    return found - {1}


def _is_share(factor: Product, counts: set[int]) -> bool:
    """Whether a constant is one over the number of entries that a sum adds up.

    A number that the author writes instead of the name of a size is no mean: the 1/2 of a square.
    """
    sizes = [f for f, exponent in factor.powers for _ in range(abs(exponent))]
    if factor.coefficient != 1 or not sizes or any(e > 0 for _, e in factor.powers):
        return False
    values = [size.value for size in sizes if isinstance(size, Number)]
    return len(values) == len(sizes) and math.prod(values) in counts


def _without(factor: Product) -> Callable[[Expression, Expression], Expression]:
    inverse = factor.to_the(-1).written
    return lambda g, right: mul(right, inverse)


def _without_exponent(node: Apply) -> Callable[[Expression, Expression], Expression]:
    return lambda g, right: mul(g, power(node.args[0], sub(node.args[1], ONE)))


def _sign(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        at = {"sub": 1, "neg": 0, "div": 1}.get(node.function)
        if at is not None and not isinstance(node.args[at], Number):
            terms = {**at_node(passed, node, at), "factor": node.args[at]}
            yield Way({argument(node, at): lambda g, right: neg(right)}, terms)


def _dropped_term(passed: Pass) -> Iterator[Way]:
    leads = leading(passed.model, base_name(passed.question.wrt) or "")
    for node in passed.nodes:
        if node.function in ("add", "sub"):
            for at in (0, 1):
                if not isinstance(node.args[at], Number):
                    terms = {**at_node(passed, node, at), "factor": node.args[at]}
                    # If the other term does not depend on `wrt`, this one is the whole derivative.
                    rank = int(leads.isdisjoint(symbols_in(node.args[1 - at])))
                    yield Way({argument(node, at): lambda g, right: None}, terms, rank)


ROWS = (
    Mistake(
        "missing-batch-mean",
        "the factor {factor} of the mean is missing",
        "is {output} a sum or a mean?",
        "a constant factor is wrong",
        lambda passed: _dropped_constant(passed, mean=True),
        (Example("D", "Z2", "P - Y", "classifier"),),
    ),
    Mistake(
        "constant-factor",
        "the constant factor {factor} is missing in the derivative with respect to {argument}",
        "which constant factor does the derivative of {output} have?",
        "a constant factor is wrong",
        lambda passed: _dropped_constant(passed, mean=False),
        (Example("l", "y", "(y - t) / 2"),),
    ),
    Mistake(
        "sign",
        "the contribution through {factor} has the wrong sign",
        "which sign does {factor} have in {output}?",
        "check the signs",
        _sign,
        (Example("l", "t", "y - t"),),
        rank=2,
    ),
    Mistake(
        "missing-term",
        "the contribution through {factor} is missing: {output} is a sum, and each term contributes",
        "{output} is a sum: does the answer use all its terms?",
        "a term is missing",
        _dropped_term,
        (Example("L", "W2", "H1.T @ (P - Y) / 4", "classifier"),),
    ),
)
