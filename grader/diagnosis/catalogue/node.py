"""What mistakes at one node of the model share: terms for sentences, derivatives, changes of a vjp."""

from collections.abc import Callable, Iterator

from grader.diagnosis.faulty_pass import Pass
from grader.errors import ShapeMismatch
from grader.expression import Apply, Expression, shape_text
from grader.primitives import TABLE, apply
from grader.primitives.build import mul

LOCAL_HINT = "look at the step from {output} back to {argument}: what is its local derivative?"
FACTOR_NUDGE = "a factor of the chain rule is missing"


def local_derivative(node: Apply) -> Expression:
    """f'(z) for a node f(z)."""
    return apply(f"{node.function}'", *node.args)


def at_node(passed: Pass, node: Apply, at: int) -> "dict[str, Expression | str]":
    """The terms of sentences about a node: its output, one of its arguments, its function."""
    return {
        "output": passed.output(node),
        "argument": node.args[at],
        "function": f"function:{node.function}",
    }


def opposite(condition: Expression) -> Expression:
    """The opposite of a condition: a > b for a <= b."""
    if isinstance(condition, Apply) and (name := TABLE[condition.function].opposite):
        return apply(name, *condition.args)
    return apply("not", condition)


def times(factor: Expression) -> Callable[[Expression, Expression], Expression]:
    """The change that hands on an adjoint times a factor, entry by entry."""
    return lambda g, right: mul(g, factor)


def fitting(given: Expression, right: Expression) -> Expression:
    """`given`, if it has the shape of `right`. Raises ShapeMismatch."""
    if given.shape != right.shape:
        raise ShapeMismatch(f"{shape_text(given.shape)} for {shape_text(right.shape)}")
    return given


def products(passed: Pass) -> Iterator[tuple[Apply, int]]:
    """The matrix products of a pass, each once for each of its two factors."""
    for node in passed.nodes:
        if node.function == "matmul":
            yield node, 0
            yield node, 1
