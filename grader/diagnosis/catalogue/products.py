"""Mistakes in products: a factor dropped, transposed, or multiplied wrongly; a sum cut short."""

from collections.abc import Callable, Iterator

from grader.diagnosis.catalogue.node import (
    FACTOR_NUDGE,
    LOCAL_HINT,
    at_node,
    fitting,
    products,
)
from grader.diagnosis.faulty_pass import Pass, argument
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.expression import SCALAR, Apply, Expression, Number, Slice, Symbol, symbols_in
from grader.primitives.build import (
    ONE,
    div,
    fold,
    item,
    matmul,
    mul,
    number,
    ones,
    transpose,
)

MOST_PATHS = 4  # terms of a sum that are tried alone


# A factor dropped from a product


def _is_input(passed: Pass, node: Apply, at: int) -> bool:
    """Whether a factor of a product is the input of a layer, and not its weight."""
    factor, other = node.args[at], node.args[1 - at]
    if isinstance(factor, Symbol) and factor.name in passed.model:
        return True
    if isinstance(other, Symbol) and other.name in passed.model:
        return False
    if isinstance(factor, Symbol) and isinstance(other, Symbol):
        return factor.name[0] in "xX" or (other.name[0] not in "xX" and at == 1)
    return not isinstance(factor, Symbol)


def _dropped_factor(passed: Pass, inputs: bool) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function not in ("matmul", "mul", "div"):
            continue
        for at in (0, 1):
            other = node.args[1 - at]
            if not symbols_in(other) or (node.function == "div" and at == 1):
                continue
            if _is_input(passed, node, 1 - at) == inputs:
                factor = div(ONE, other) if node.function == "div" else other
                terms = {**at_node(passed, node, at), "factor": factor}
                yield Way({argument(node, at): _without(node, at)}, terms)


def _without(node: Apply, at: int) -> Callable[[Expression, Expression], Expression]:
    """The adjoint is passed on as if the other factor were all ones."""
    other, shape = node.args[1 - at], node.args[at].shape

    def change(g: Expression, right: Expression) -> Expression:
        if node.function != "matmul":
            return fold(g, shape)
        blank = transpose(ones(other.shape))
        return matmul(g, blank) if at == 0 else matmul(blank, g)

    return change


# Products taken wrongly


def _transposed_product(passed: Pass) -> Iterator[Way]:
    for node, at in products(passed):
        other = node.args[1 - at]
        if SCALAR in (other.shape, node.args[at].shape):
            continue
        terms = {**at_node(passed, node, at), "factor": transpose(other), "given": other}

        def plain(
            g: Expression, right: Expression, other: Expression = other, at: int = at
        ) -> Expression:
            return fitting(matmul(g, other) if at == 0 else matmul(other, g), right)

        def swapped(
            g: Expression, right: Expression, other: Expression = other, at: int = at
        ) -> Expression:
            back = transpose(other)
            return fitting(matmul(back, g) if at == 0 else matmul(g, back), right)

        yield Way({argument(node, at): plain}, terms)
        yield Way(
            {argument(node, at): swapped}, {**terms, "given": "the factors in the other order"}
        )


def _untransposed(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function == "transpose":
            terms = {**at_node(passed, node, 0), "factor": node.args[0], "given": node}
            yield Way({argument(node, 0): lambda g, right: fitting(g, right)}, terms)


def _elementwise_product(passed: Pass) -> Iterator[Way]:
    for node, at in products(passed):
        other = node.args[1 - at]
        if other.shape == SCALAR:
            continue

        def change(g: Expression, right: Expression, other: Expression = other) -> Expression:
            for factor in (other, transpose(other)):
                if factor.shape == right.shape and g.shape in (right.shape, SCALAR):
                    return mul(g, factor)
            return fitting(mul(other, g), right)

        yield Way({argument(node, at): change}, {**at_node(passed, node, at), "factor": other})


def _one_path(passed: Pass) -> Iterator[Way]:
    """A matrix product adds up terms; only one of them is counted."""
    for node, at in products(passed):
        other = node.args[1 - at]
        length = other.shape[1] if at == 0 else other.shape[0]
        if length == 1:
            continue
        for k in range(1, min(length, MOST_PATHS) + 1):
            terms = {**at_node(passed, node, at), "factor": other, "count": str(length)}
            yield Way({argument(node, at): _only(other, at, k)}, terms, k)


def _only(other: Expression, at: int, k: int) -> Callable[[Expression, Expression], Expression]:
    def change(g: Expression, right: Expression) -> Expression:
        if at == 0:
            return matmul(_column(g, k), transpose(_column(other, k)))
        return matmul(transpose(_row(other, k)), _row(g, k))

    return change


def _row(node: Expression, k: int) -> Expression:
    return item(node, number(k), Slice(1, node.shape[1]) if node.shape[1] > 1 else ONE)


def _column(node: Expression, k: int) -> Expression:
    return item(node, Slice(1, node.shape[0]) if node.shape[0] > 1 else ONE, number(k))


def _one_row(passed: Pass) -> Iterator[Way]:
    """A broadcast argument, such as a bias, that gets the adjoint of one row only."""
    for node in passed.nodes:
        for at, arg in enumerate(node.args):
            if arg.shape == node.shape or isinstance(arg, Number) or not _is_broadcast(node):
                continue
            axes = [axis for axis in (0, 1) if arg.shape[axis] == 1 < node.shape[axis]]
            if len(axes) == 1:
                count = node.shape[axes[0]]
                terms = {**at_node(passed, node, at), "factor": arg, "count": str(count)}
                for k in (1, count):
                    yield Way({argument(node, at): _one_of(axes[0], k)}, terms, int(k > 1))


def _is_broadcast(node: Apply) -> bool:
    return node.function in ("add", "sub", "mul")


def _one_of(axis: int, k: int) -> Callable[[Expression, Expression], Expression]:
    return lambda g, right: fitting(_row(g, k) if axis == 0 else _column(g, k), right)


ROWS = (
    Mistake(
        "dropped-weight",
        "{factor} is missing: {output} depends on {argument} through {factor}",
        LOCAL_HINT,
        FACTOR_NUDGE,
        lambda passed: _dropped_factor(passed, inputs=False),
        (Example("l", "h1", "ones(3, 2).T @ (y - t)"),),
    ),
    Mistake(
        "dropped-input",
        "{factor} is missing: in {output}, {argument} is multiplied by {factor}",
        LOCAL_HINT,
        FACTOR_NUDGE,
        lambda passed: _dropped_factor(passed, inputs=True),
        (Example("l", "W2[i, j]", "y[i] - t[i]"),),
    ),
    Mistake(
        "transposed",
        "a product is transposed: it needs {factor}, not {given}",
        "check which rows and columns meet in the product with {argument}",
        "check which factors are transposed, and their order",
        lambda passed: (
            way for source in (_transposed_product, _untransposed) for way in source(passed)
        ),
        (Example("E", "h1", "W @ ((V.T @ (y - t)) * tanh'(z2))", "recurrent"),),
        rank=2,
    ),
    Mistake(
        "elementwise-for-matmul",
        "the product with {factor} is taken entry by entry, but it should be a matrix product",
        "which kind of product with {argument} is there in {output}?",
        "check which products are matrix products",
        _elementwise_product,
        (Example("L", "A", "C * B", "square"),),
        rank=2,
    ),
    Mistake(
        "missing-sum",
        "the answer counts only one of {count} paths: {argument} reaches {output} through all of "
        "{factor}, so their contributions add up",
        "along how many paths does {argument} reach {output}?",
        "a sum is missing",
        lambda passed: (way for source in (_one_path, _one_row) for way in source(passed)),
        (Example("l", "h1[j]", "W2[1, j] * (y[1] - t[1])"),),
        rank=2,
    ),
)
