"""Mistakes at a local derivative: the vjp of a function passes on a wrong adjoint."""

from collections.abc import Iterator

from grader.diagnosis.catalogue.node import (
    FACTOR_NUDGE,
    LOCAL_HINT,
    at_node,
    fitting,
    local_derivative,
    opposite,
    products,
    times,
)
from grader.diagnosis.faulty_pass import Change, Pass, Site, argument
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.expression import SCALAR, Apply, Expression, Number, walk
from grader.primitives import TABLE, apply, is_function
from grader.primitives.build import (
    ONE,
    matmul,
    mul,
    ones,
    power,
    sub,
    transpose,
)

# A local derivative dropped


def _dropped(passed: Pass, wanted: bool) -> Iterator[Way]:
    sites = {}
    for node in passed.nodes:
        if not is_function(node.function) or TABLE[node.function].activation != wanted:
            continue
        change = {argument(node, 0): lambda g, right: g}
        sites.update(change)
        terms = {**at_node(passed, node, 0), "factor": local_derivative(node)}
        yield Way(change, terms, 0 if wanted else 1)  # 1 in place of e^x is often chance
    if len(sites) > 1:
        last = next(node for node in passed.nodes if argument(node, 0) in sites)
        terms = at_node(passed, last, 0)
        yield Way(sites, {**terms, "factor": "every derivative of an activation"}, 3)


def _dropped_activation(passed: Pass) -> Iterator[Way]:
    yield from _dropped(passed, wanted=True)
    for node in passed.nodes:
        if node.function in ("maximum", "minimum"):
            for at, arg in enumerate(node.args):
                if arg.shape == node.shape and not isinstance(arg, Number):
                    change = {argument(node, at): lambda g, right: g}
                    factor = "the condition under which it counts"
                    yield Way(change, {**at_node(passed, node, at), "factor": factor})


def _one_case(passed: Pass) -> Iterator[Way]:
    """One of several cases used everywhere."""
    for node in passed.nodes:
        if node.function == "where":
            for at, other in ((1, 2), (2, 1)):
                if node.args[at].shape == node.shape and not isinstance(node.args[at], Number):
                    change: dict[Site, Change] = {
                        argument(node, at): lambda g, right: g,
                        argument(node, other): lambda g, right: None,
                    }
                    where = node.args[0] if at == 1 else opposite(node.args[0])
                    yield Way(change, {**at_node(passed, node, at), "where": where})


def _dropped_other(passed: Pass) -> Iterator[Way]:
    yield from _dropped(passed, wanted=False)
    for node in passed.nodes:
        if node.function == "pow":
            change = {argument(node, 0): lambda g, right: g}
            slope = mul(node.args[1], power(node.args[0], sub(node.args[1], ONE)))
            yield Way(change, {**at_node(passed, node, 0), "factor": slope}, 1)
        if node.function == "logsumexp":
            shape = node.args[0].shape
            change = {argument(node, 0): times(ones(shape))}
            factor = apply("softmax", node.args[0], params=node.params or (None,))
            yield Way(change, {**at_node(passed, node, 0), "factor": factor})
        if node.function in ("softmax", "log_softmax"):
            change = {argument(node, 0): lambda g, right: g}
            whole = "the derivative of " + node.function.replace("_", "-")
            yield Way(change, {**at_node(passed, node, 0), "factor": whole}, 1)


# Something else in place of a local derivative


def _activation_for_derivative(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if is_function(node.function):
            right = {**at_node(passed, node, 0), "factor": local_derivative(node)}
            yield Way({argument(node, 0): times(node)}, {**right, "given": passed.output(node)})
            inside = node.args[0]
            yield Way({argument(node, 0): times(inside)}, {**right, "given": inside}, 1)


def _repeated(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if is_function(node.function):
            slope = local_derivative(node)
            terms = {**at_node(passed, node, 0), "factor": slope}
            yield Way({argument(node, 0): times(mul(slope, slope))}, terms)


def _repeated_softmax(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function == "softmax":
            soft = apply("softmax", *node.args, params=node.params)
            slope = mul(soft, sub(ONE, soft))
            terms = {**at_node(passed, node, 0), "factor": slope}
            yield Way({argument(node, 0): _with(slope)}, terms)


def _with(slope: Expression) -> Change:
    return lambda g, right: mul(right, slope)


def _wrong_point(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if not is_function(node.function):
            continue
        right = node.args[0]
        for point in _points(passed, node):
            given = apply(f"{node.function}'", point, *node.args[1:])
            terms = {**at_node(passed, node, 0), "factor": local_derivative(node), "given": given,
                     "point": point, "right": right}  # fmt: skip
            yield Way({argument(node, 0): times(given)}, terms, _unlikely(passed, node, point))


def _unlikely(passed: Pass, node: Apply, point: Expression) -> int:
    """How unlikely it is to take a derivative at another point; s for s/2 is likeliest."""
    if point in walk(node.args[0]):
        return -1
    return int(point != passed.output(node))


def _argument_for_value(passed: Pass) -> Iterator[Way]:
    """z (1 − z) for y (1 − y), where y is the sigmoid of z."""
    for node in passed.nodes:
        slope = TABLE[node.function].slope_by_value
        if slope is not None:
            given, right = (slope(y) for y in (node.args[0], passed.output(node)))
            terms = {**at_node(passed, node, 0), "factor": right, "given": given}
            yield Way({argument(node, 0): times(given)}, terms)


def _points(passed: Pass, node: Apply) -> list[Expression]:
    output = passed.output(node)
    others = [s for s in passed.named() if s.shape == node.args[0].shape]
    return [output, *(s for s in others if s not in (output, node.args[0]))]


def _matmul_for_elementwise(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if is_function(node.function) and node.shape != SCALAR:
            slope = local_derivative(node)

            def change(g: Expression, right: Expression, slope: Expression = slope) -> Expression:
                if 1 in g.shape:
                    product = apply("inner", g, slope)
                    return mul(product, ones(right.shape))
                return fitting(matmul(g, slope), right)

            yield Way({argument(node, 0): change}, {**at_node(passed, node, 0), "factor": slope})


# Full Jacobians treated as diagonal


def _diagonal(passed: Pass) -> Iterator[Way]:
    for node in passed.nodes:
        if node.function in ("softmax", "log_softmax"):
            soft = apply("softmax", *node.args, params=node.params)
            slope = sub(ONE, soft) if node.function == "log_softmax" else mul(soft, sub(ONE, soft))
            terms = {**at_node(passed, node, 0), "factor": slope}
            yield Way({argument(node, 0): times(slope)}, terms)
            if node.function == "softmax":
                yield Way({argument(node, 0): times(soft)}, {**terms, "factor": soft}, 1)
    for node, at in products(passed):
        other = node.args[1 - at]
        if other.shape[0] == other.shape[1] > 1 and 1 in node.args[at].shape:
            slope = apply("diag", other)
            factor = slope if at == 1 else transpose(slope)
            terms = {**at_node(passed, node, at), "factor": slope}
            yield Way({argument(node, at): times(factor)}, terms, 2)


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
        "dropped-activation-derivative",
        "right only where {where}: {output} has several cases, and the answer uses one of them everywhere",
        "{output} has several cases: where does each of them apply?",
        "the answer uses one case where another applies",
        _one_case,
        (Example("L", "r", "r / 3", "losses"),),
    ),
    Mistake(
        "activation-for-derivative",
        "the answer has {given} where the derivative {factor} belongs",
        LOCAL_HINT,
        "one factor of the chain rule is wrong",
        _activation_for_derivative,
        (Example("l", "z1", "(W2.T @ (y - t)) * h1"),),
    ),
    Mistake(
        "repeated-factor",
        "{factor} appears twice: {output} depends on {argument} through {function} only once",
        LOCAL_HINT,
        "a factor of the chain rule appears more than once",
        _repeated,
        (Example("l", "z1", "(W2.T @ (y - t)) * sigma'(z1) * sigma'(z1)"),),
        rank=2,
    ),
    Mistake(
        "extra-factor",
        "{factor} is one factor too many: the answer contains the derivative of {function} already",
        "how often does the answer contain the derivative of {function}?",
        "one factor does not belong in the answer",
        _repeated_softmax,
        (Example("D", "Z2", "(P - Y) / 4 * P*(1 - P)", "classifier"),),
        rank=2,
    ),
    Mistake(
        "derivative-at-wrong-point",
        "the derivative of {function} is taken at {point}, but it belongs at {right}: {factor}",
        "at which value should the derivative of {function} be taken?",
        "one factor of the chain rule is wrong",
        _wrong_point,
        (Example("l", "z1", "(W2.T @ (y - t)) * sigma'(h1)"),),
        rank=2,
    ),
    Mistake(
        "pre-activation",
        "{given} has {argument} where {output} belongs: the derivative of {function} is {factor}",
        "which does the formula for the derivative of {function} use, {argument} or {output}?",
        "one factor of the chain rule is wrong",
        _argument_for_value,
        (Example("l", "z1", "(W2.T @ (y - t)) * z1*(1 - z1)"),),
        rank=2,
    ),
    Mistake(
        "matmul-for-elementwise",
        "the product with {factor} is a matrix product, but it should be entry by entry: {function} "
        "acts on each entry alone",
        "{function} acts on each entry alone: what does that mean for the product?",
        "check which products are entry by entry",
        _matmul_for_elementwise,
        (Example("l", "z1", "((W2.T @ (y - t)).T @ sigma'(z1)) * ones(2, 1)"),),
        rank=2,
    ),
    Mistake(
        "diagonal-jacobian",
        "the Jacobian of {output} is treated as diagonal ({factor}), but every entry of {output} "
        "depends on every entry of {argument}",
        "on which entries of {argument} does each entry of {output} depend?",
        "a full Jacobian is treated as a diagonal one",
        _diagonal,
        (Example("D", "Z2", "P*(1 - P)*(-Y / P) / 4", "classifier"),),
    ),
)
