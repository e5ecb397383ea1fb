"""Mistakes in constants, signs and terms of sums."""

from collections.abc import Callable, Iterator

from grader.diagnosis.catalogue.node import (
    at_node,
)
from grader.diagnosis.faulty import Pass, argument
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.expression import Apply, Expression, Number, walk
from grader.primitives.build import (
    ONE,
    div,
    fold,
    mul,
    neg,
    number,
    power,
    sub,
)

# Constants, signs and terms


def _dropped_constant(passed: Pass, mean: bool) -> Iterator[Way]:
    for node in passed.nodes:
        for at, factor in _constants(node):
            if _is_mean(node) == mean:
                terms = {**at_node(passed, node, at), "factor": factor}
                change = {argument(node, at): _unscaled(node, at)}
                yield Way(change, terms)


def _constants(node: Apply) -> Iterator[tuple[int, Expression]]:
    if node.function == "div" and isinstance(node.args[1], Number):
        yield 0, div(ONE, node.args[1])
    if node.function == "mul":
        for at in (0, 1):
            if isinstance(node.args[1 - at], Number) and not isinstance(node.args[at], Number):
                yield at, node.args[1 - at]
    if node.function == "pow" and isinstance(node.args[1], Number):
        yield 0, node.args[1]


def _is_mean(node: Apply) -> bool:
    """A sum divided by the number of what is added up: its rows, its columns, or all entries."""
    for at, factor in _constants(node):
        summed = next(
            (p for p in walk(node.args[at]) if isinstance(p, Apply) and p.function == "sum"), None
        )
        if summed is not None:
            rows, columns = summed.args[0].shape
            return any(_is_share(factor, count) for count in {rows, columns, rows * columns} - {1})
    return False


def _is_share(factor: Expression, count: int) -> bool:
    if isinstance(factor, Apply) and factor.function == "div":
        return factor.args[1] == number(count)
    return isinstance(factor, Number) and abs(factor.value * count - 1) < 1e-12


def _unscaled(node: Apply, at: int) -> Callable[[Expression, Expression], Expression]:
    def change(g: Expression, right: Expression) -> Expression:
        if node.function == "pow":
            return mul(g, power(node.args[0], sub(node.args[1], ONE)))
        return fold(g, node.args[at].shape)

    return change


def _sign(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        at = {"sub": 1, "neg": 0, "div": 1}.get(node.function)
        if at is not None and not isinstance(node.args[at], Number):
            terms = {**at_node(passed, node, at), "factor": node.args[at]}
            yield Way({argument(node, at): lambda g, right: neg(right)}, terms)


def _dropped_term(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function in ("add", "sub"):
            for at in (0, 1):
                if not isinstance(node.args[at], Number):
                    terms = {**at_node(passed, node, at), "factor": node.args[at]}
                    yield Way({argument(node, at): lambda g, right: None}, terms)


ROWS = (
    Mistake(
        "missing-batch-mean",
        "the factor {factor} of the mean is missing",
        "is {output} a sum or a mean?",
        "a constant factor is not right",
        lambda passed: _dropped_constant(passed, mean=True),
        (Example("D", "Z2", "P - Y", "classifier"),),
    ),
    Mistake(
        "constant-factor",
        "the constant factor {factor} is missing in the derivative with respect to {argument}",
        "which constant does the derivative of {output} bring along?",
        "a constant factor is not right",
        lambda passed: _dropped_constant(passed, mean=False),
        (Example("l", "y", "(y - t) / 2"),),
    ),
    Mistake(
        "sign",
        "the sign of the part that comes through {factor} is wrong",
        "with which sign does {factor} enter {output}?",
        "check the signs",
        _sign,
        (Example("l", "t", "y - t"),),
        rank=2,
    ),
    Mistake(
        "missing-term",
        "the part that comes through {factor} is missing: {output} is a sum, and each term counts",
        "{output} is a sum: do all its terms count?",
        "a term is missing",
        _dropped_term,
        (Example("L", "W2", "H1.T @ (P - Y) / 4", "classifier"),),
    ),
)
