"""Mistakes at a local derivative: what a vjp hands on is not what it should be."""

from collections.abc import Callable, Iterator

from grader.diagnosis.faulty import Pass, argument
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.errors import ShapeMismatch
from grader.expression import SCALAR, Apply, Expression, Number, Slice, Symbol, shape_text, walk
from grader.primitives import TABLE, apply
from grader.primitives.build import (
    ONE,
    div,
    fold,
    item,
    matmul,
    mul,
    neg,
    number,
    ones,
    power,
    sub,
    transpose,
)

ACTIVATIONS = frozenset(
    "relu leaky_relu sigmoid tanh softplus step sign abs maximum minimum where".split()
)
MOST_PATHS = 4  # terms of a sum that are tried alone
LOCAL_HINT = "look at the step from {output} back to {argument}: what is its local derivative?"
FACTOR_NUDGE = "a factor of the chain rule is missing"


def _is_function(node: Apply) -> bool:
    """Whether a node applies a function of one argument, entry by entry."""
    return f"{node.function}'" in TABLE or TABLE[node.function].derivative is not None


def _slope(node: Apply) -> Expression:
    return apply(f"{node.function}'", *node.args)


def _terms(passed: Pass, node: Apply, at: int) -> "dict[str, Expression | str]":
    names = {function.primitive for function in passed.question.scope.names.functions.values()}
    known = f"{node.function}'" in TABLE or node.function in names
    return {
        "output": passed.output(node),
        "argument": node.args[at],
        "function": "function:" + node.function if known else node,
    }


# A local derivative dropped


def _dropped(passed: Pass, wanted: bool) -> Iterator[Way]:
    sites = {}
    for node in passed.nodes:
        if not _is_function(node) or (node.function in ACTIVATIONS) != wanted:
            continue
        change = {argument(node, 0): lambda g, right: g}
        sites.update(change)
        yield Way(change, {**_terms(passed, node, 0), "factor": _slope(node)})
    if len(sites) > 1:
        last = next(node for node in passed.nodes if argument(node, 0) in sites)
        terms = _terms(passed, last, 0)
        yield Way(sites, {**terms, "factor": "every derivative of an activation"}, 3)


def _dropped_activation(passed: Pass) -> Iterator[Way]:
    yield from _dropped(passed, wanted=True)
    for node in passed.nodes:
        if node.function in ("maximum", "minimum", "where"):
            for at, arg in enumerate(node.args):
                if arg.shape == node.shape and not isinstance(arg, Number):
                    change = {argument(node, at): lambda g, right: g}
                    factor = "the condition under which it counts"
                    yield Way(change, {**_terms(passed, node, at), "factor": factor})


def _dropped_other(passed: Pass) -> Iterator[Way]:
    yield from _dropped(passed, wanted=False)
    for node in passed.nodes:
        if node.function == "pow":
            change = {argument(node, 0): lambda g, right: g}
            slope = mul(node.args[1], power(node.args[0], sub(node.args[1], ONE)))
            yield Way(change, {**_terms(passed, node, 0), "factor": slope})
        if node.function == "logsumexp":
            shape = node.args[0].shape
            change = {argument(node, 0): _times(ones(shape))}
            factor = apply("softmax", node.args[0], params=node.params or (None,))
            yield Way(change, {**_terms(passed, node, 0), "factor": factor})


# Something else in place of a local derivative


def _activation_for_derivative(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if _is_function(node):
            terms = {
                **_terms(passed, node, 0),
                "factor": _slope(node),
                "given": passed.output(node),
            }
            yield Way({argument(node, 0): _times(node)}, terms)


def _times(factor: Expression) -> Callable[[Expression, Expression], Expression]:
    return lambda g, right: mul(g, factor)


def _wrong_point(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if not _is_function(node):
            continue
        right = node.args[0]
        for point in _points(passed, node):
            given = apply(f"{node.function}'", point, *node.args[1:])
            terms = {**_terms(passed, node, 0), "factor": _slope(node), "given": given,
                     "point": point, "right": right}  # fmt: skip
            yield Way({argument(node, 0): _times(given)}, terms, int(point != passed.output(node)))


def _points(passed: Pass, node: Apply) -> list[Expression]:
    output = passed.output(node)
    others = [s for s in passed.named() if s.shape == node.args[0].shape]
    return [output, *(s for s in others if s not in (output, node.args[0]))]


# A factor dropped from a product


def _is_input(passed: Pass, node: Apply, at: int) -> bool:
    """Whether a factor of a product is what a layer works on, and not its weight."""
    factor, other = node.args[at], node.args[1 - at]
    if isinstance(factor, Symbol) and factor.name in passed.model:
        return True
    if any(isinstance(other, Symbol) and other.name in passed.model for other in [other]):
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
            if isinstance(other, Number) or (node.function == "div" and at == 1):
                continue
            if _is_input(passed, node, 1 - at) == inputs:
                terms = {**_terms(passed, node, at), "factor": other}
                yield Way({argument(node, at): _without(node, at)}, terms)


def _without(node: Apply, at: int) -> Callable[[Expression, Expression], Expression]:
    """The adjoint handed on as if the other factor were all ones."""
    other, shape = node.args[1 - at], node.args[at].shape

    def change(g: Expression, right: Expression) -> Expression:
        if node.function != "matmul":
            return fold(g, shape)
        blank = transpose(ones(other.shape))
        return matmul(g, blank) if at == 0 else matmul(blank, g)

    return change


# Products taken wrongly


def _transposed_product(passed: Pass) -> Iterator[Way]:
    for node, at in _products(passed):
        other = node.args[1 - at]
        if SCALAR in (other.shape, node.args[at].shape):
            continue
        terms = {**_terms(passed, node, at), "factor": transpose(other), "given": other}

        def plain(g: Expression, right: Expression, other: Expression = other, at: int = at):  # type: ignore[no-untyped-def]
            return _fitting(matmul(g, other) if at == 0 else matmul(other, g), right)

        def swapped(g: Expression, right: Expression, other: Expression = other, at: int = at):  # type: ignore[no-untyped-def]
            back = transpose(other)
            return _fitting(matmul(back, g) if at == 0 else matmul(g, back), right)

        yield Way({argument(node, at): plain}, terms)
        yield Way(
            {argument(node, at): swapped}, {**terms, "given": "the factors in the other order"}
        )


def _products(passed: Pass) -> Iterator[tuple[Apply, int]]:
    for node in passed.nodes:
        if node.function == "matmul":
            yield node, 0
            yield node, 1


def _fitting(given: Expression, right: Expression) -> Expression:
    """What is given, if it has the shape that belongs here. Raises ShapeMismatch."""
    if given.shape != right.shape:
        raise ShapeMismatch(f"{shape_text(given.shape)} for {shape_text(right.shape)}")
    return given


def _elementwise_product(passed: Pass) -> Iterator[Way]:
    for node, at in _products(passed):
        other = node.args[1 - at]
        if other.shape == SCALAR:
            continue

        def change(g: Expression, right: Expression, other: Expression = other):  # type: ignore[no-untyped-def]
            for factor in (other, transpose(other)):
                if factor.shape == right.shape and g.shape in (right.shape, SCALAR):
                    return mul(g, factor)
            return _fitting(mul(other, g), right)

        yield Way({argument(node, at): change}, {**_terms(passed, node, at), "factor": other})


def _matmul_for_elementwise(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if _is_function(node) and node.shape != SCALAR:
            slope = _slope(node)

            def change(g: Expression, right: Expression, slope: Expression = slope):  # type: ignore[no-untyped-def]
                if 1 in g.shape:
                    product = apply("inner", g, slope)
                    return mul(product, ones(right.shape))
                return _fitting(matmul(g, slope), right)

            yield Way({argument(node, 0): change}, {**_terms(passed, node, 0), "factor": slope})


def _one_path(passed: Pass) -> Iterator[Way]:
    """One term of the sum that a product is."""
    for node, at in _products(passed):
        other = node.args[1 - at]
        length = other.shape[1] if at == 0 else other.shape[0]
        if length == 1:
            continue
        for k in range(1, min(length, MOST_PATHS) + 1):
            terms = {**_terms(passed, node, at), "factor": other, "count": str(length)}
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
                terms = {**_terms(passed, node, at), "factor": arg, "count": str(count)}
                for k in (1, count):
                    yield Way({argument(node, at): _one_of(axes[0], k)}, terms, int(k > 1))


def _is_broadcast(node: Apply) -> bool:
    return node.function in ("add", "sub", "mul")


def _one_of(axis: int, k: int) -> Callable[[Expression, Expression], Expression]:
    return lambda g, right: _fitting(_row(g, k) if axis == 0 else _column(g, k), right)


# Full Jacobians taken as diagonal


def _diagonal(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function in ("softmax", "log_softmax"):
            soft = apply("softmax", *node.args, params=node.params)
            slope = sub(ONE, soft) if node.function == "log_softmax" else mul(soft, sub(ONE, soft))
            terms = {**_terms(passed, node, 0), "factor": slope}
            yield Way({argument(node, 0): _times(slope)}, terms)
            if node.function == "softmax":
                yield Way({argument(node, 0): _times(soft)}, {**terms, "factor": soft}, 1)
            yield Way({argument(node, 0): lambda g, right: g}, {**terms, "factor": ONE}, 2)
    for node, at in _products(passed):
        other = node.args[1 - at]
        if other.shape[0] == other.shape[1] > 1 and 1 in node.args[at].shape:
            slope = apply("diag", other)
            factor = slope if at == 1 else transpose(slope)
            terms = {**_terms(passed, node, at), "factor": slope}
            yield Way({argument(node, at): _times(factor)}, terms, 2)


# Constants, signs and terms


def _dropped_constant(passed: Pass, mean: bool) -> Iterator[Way]:
    for node in passed.nodes:
        for at, factor in _constants(node):
            if _is_mean(node) == mean:
                terms = {**_terms(passed, node, at), "factor": factor}
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
            terms = {**_terms(passed, node, at), "factor": node.args[at]}
            yield Way({argument(node, at): lambda g, right: neg(right)}, terms)


def _dropped_term(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function in ("add", "sub"):
            for at in (0, 1):
                if not isinstance(node.args[at], Number):
                    terms = {**_terms(passed, node, at), "factor": node.args[at]}
                    yield Way({argument(node, at): lambda g, right: None}, terms)


def _untransposed(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function == "transpose":
            terms = {**_terms(passed, node, 0), "factor": node.args[0], "given": node}
            yield Way({argument(node, 0): lambda g, right: _fitting(g, right)}, terms)


ROWS = (
    Mistake(
        "dropped-activation-derivative",
        "{factor} is missing: {output} depends on {argument} through {function}, so the derivative of "
        "{function} is a factor",
        LOCAL_HINT,
        FACTOR_NUDGE,
        _dropped_activation,
        (Example("l", "W1", "(W2.T @ (y - t)) @ x.T"), Example("l", "z1", "W2.T @ (y - t)")),
    ),
    Mistake(
        "dropped-local-derivative",
        "{factor} is missing: it is the derivative of {output} with respect to {argument}",
        LOCAL_HINT,
        FACTOR_NUDGE,
        _dropped_other,
        (Example("D", "P", "-Y / 4", "classifier"),),
    ),
    Mistake(
        "activation-for-derivative",
        "{given} stands where the derivative {factor} belongs",
        LOCAL_HINT,
        "one factor of the chain rule is not the one that belongs there",
        _activation_for_derivative,
        (Example("l", "z1", "(W2.T @ (y - t)) * h1"),),
    ),
    Mistake(
        "derivative-at-wrong-point",
        "the derivative of {function} is taken at {point}; it belongs at {right}: {factor}",
        "at which value is the derivative of {function} to be taken?",
        "one factor of the chain rule is not the one that belongs there",
        _wrong_point,
        (Example("l", "z1", "(W2.T @ (y - t)) * sigma'(h1)"),),
        rank=2,
    ),
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
        "a product is transposed: {factor} belongs where there is {given}",
        "check rows against columns in the product with {argument}",
        "check which factors are transposed, and their order",
        lambda passed: (
            way for source in (_transposed_product, _untransposed) for way in source(passed)
        ),
        (Example("E", "h1", "W @ ((V.T @ (y - t)) * tanh'(z2))", "recurrent"),),
        rank=2,
    ),
    Mistake(
        "elementwise-for-matmul",
        "a product with {factor} is taken entry by entry; here it is a matrix product",
        "which kind of product does {output} make with {argument}?",
        "check which products are matrix products",
        _elementwise_product,
        (Example("L", "A", "C * B", "square"),),
        rank=2,
    ),
    Mistake(
        "matmul-for-elementwise",
        "the product with {factor} is a matrix product; it belongs entry by entry, since {function} "
        "acts on each entry alone",
        "{function} acts on each entry alone: what does that mean for the product?",
        "check which products are entry by entry",
        _matmul_for_elementwise,
        (Example("l", "z1", "((W2.T @ (y - t)).T @ sigma'(z1)) * ones(2, 1)"),),
        rank=3,
    ),
    Mistake(
        "missing-sum",
        "only one of the {count} paths counts here: {argument} reaches {output} through all of "
        "{factor}, so their contributions add up",
        "by how many ways does {argument} reach {output}?",
        "a sum is missing",
        lambda passed: (way for source in (_one_path, _one_row) for way in source(passed)),
        (Example("l", "h1[j]", "W2[1, j] * (y[1] - t[1])"),),
        rank=2,
    ),
    Mistake(
        "diagonal-jacobian",
        "the Jacobian of {output} is taken as diagonal ({factor}): every entry of {output} depends on "
        "every entry of {argument}",
        "on which entries of {argument} does each entry of {output} depend?",
        "a full Jacobian was taken for a diagonal one",
        _diagonal,
        (Example("D", "Z2", "P*(1 - P)*(-Y / P) / 4", "classifier"),),
    ),
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
