"""Mistakes in how adjoints flow: what arrives at a quantity, and along which paths."""

from collections.abc import Callable, Iterator

from grader.diagnosis.catalogue.node import times
from grader.diagnosis.faulty_pass import Pass, arrival, path
from grader.diagnosis.mistake import Example, Mistake, Way
from grader.expression import SCALAR, Expression, Symbol, base_name
from grader.primitives.build import derivative, mul, ones, total, transpose
from grader.problem.model import Quantity

AXES: tuple[int | None, ...] = (None, 0, 1)


def _passed(passed: Pass) -> Iterator[Quantity]:
    """The quantities that the backward pass goes through."""
    reached = {source for sources in passed.sources.values() for source in sources}
    for quantity in passed.model.values():
        if quantity.name in reached and quantity.name in passed.sources:
            yield quantity


def _asked(passed: Pass) -> Expression:
    assert passed.question.of is not None
    return passed.question.of


def _symbol(quantity: Quantity) -> Symbol:
    return Symbol(quantity.name, quantity.shape)


def _dropped_upstream(passed: Pass) -> Iterator[Way]:
    for quantity in _passed(passed):
        yield Way({arrival(quantity.name): _all_ones}, _named(passed, quantity))


def _all_ones(g: Expression, right: Expression) -> Expression:
    return ones(g.shape)


def _repeated_upstream(passed: Pass) -> Iterator[Way]:
    for quantity in _passed(passed):
        given = _given(passed, quantity)
        if given is not None:
            yield Way({arrival(quantity.name): times(given)}, _named(passed, quantity))


def _named(passed: Pass, quantity: Quantity) -> "dict[str, Expression | str]":
    of, symbol = _asked(passed), _symbol(quantity)
    terms: dict[str, Expression | str] = {"quantity": symbol, "of": of}
    terms["factor"] = _given(passed, quantity) or (
        derivative(of, symbol) if of.shape == SCALAR else symbol
    )
    return terms


def _given(passed: Pass, quantity: Quantity) -> Expression | None:
    """The upstream gradient that the author gives for a quantity, such as δ for ∂l/∂h³."""
    found = (
        q.upstream[quantity.name] for q in passed.model.values() if quantity.name in q.upstream
    )
    return next(found, None)


def _summed(axis: int | None) -> Callable[[Expression, Expression], Expression]:
    return lambda g, right: mul(total(g, axis), ones(g.shape))


def _summed_adjoint(passed: Pass) -> Iterator[Way]:
    for quantity in _passed(passed):
        axes = AXES if 1 not in quantity.shape else AXES[:1]
        if quantity.shape != SCALAR:
            for axis in axes:
                yield Way({arrival(quantity.name): _summed(axis)}, _named(passed, quantity))


def _transposed_adjoint(passed: Pass) -> Iterator[Way]:
    for quantity in _passed(passed):
        if quantity.shape[0] == quantity.shape[1] > 1:
            yield Way(
                {arrival(quantity.name): lambda g, right: transpose(g)}, _named(passed, quantity)
            )


def _lost_path(passed: Pass) -> Iterator[Way]:
    """One of several quantities that use the same symbol is forgotten, or all but one."""
    for target, sources in passed.sources.items():
        if len(sources) < 2:
            continue
        shape = passed.question.scope.names.symbols[target].shape
        for source in sources:
            terms: dict[str, Expression | str] = {
                "target": Symbol(target, shape),
                "source": _symbol(passed.model[source]),
            }
            # If the target is in a term of its own, it is likelier that this term is missing.
            own = passed.model[source].definition is not None and source == base_name(
                _asked(passed)
            )
            rank = 2 if own else 0
            yield Way({path(source, target): lambda g, right: None}, terms, rank)
            rest = {path(other, target): _nothing for other in sources if other != source}
            if len(rest) > 1:
                yield Way(rest, {**terms, "source": "the other paths"}, 1)


def _nothing(g: Expression, right: Expression) -> None:
    return None


ROWS = (
    Mistake(
        "dropped-upstream",
        "{factor} is missing: it arrives at {quantity}, and the chain rule multiplies by it",
        "which upstream gradient arrives at {quantity}?",
        "a factor of the chain rule is missing",
        _dropped_upstream,
        (Example("l", "W2", "ones(3, 1) @ h1.T"),),
    ),
    Mistake(
        "repeated-factor",
        "{factor} appears twice: it arrives at {quantity} only once",
        "which upstream gradient arrives at {quantity}, and how often?",
        "a factor of the chain rule appears more than once",
        _repeated_upstream,
        (Example("l", "W", "delta**2 * x.T", "upstream"),),
        rank=2,
    ),
    Mistake(
        "summed-instead-of-selected",
        "the entries of {factor} are added up, but each entry counts alone: there is no sum here",
        "does each entry of {quantity} depend on all entries of the step before it, or on one?",
        "the answer has a sum where one entry belongs",
        _summed_adjoint,
        (
            Example(
                "l",
                "W1",
                "(Sum((W2.T @ (y - t))[k] * sigma'(z1[k]), (k, 1, 2)) * ones(2, 1)) @ x.T",
            ),
        ),
        rank=2,
    ),
    Mistake(
        "transposed",
        "{factor} is transposed in the backward pass",
        "check the rows and columns of the gradient that arrives at {quantity}",
        "check which factors are transposed, and their order",
        _transposed_adjoint,
        (Example("L", "A", "C.T @ B.T", "square"),),
        rank=3,
    ),
    Mistake(
        "missing-sum",
        "the contribution through {source} is missing: {target} is used more than once, and each use "
        "contributes",
        "where does the model use {target}?",
        "a sum is missing",
        _lost_path,
        (Example("E", "W", "((V.T @ (y - t)) * tanh'(z2)) @ h1.T", "recurrent"),),
    ),
)
