"""The reference of a question as people write it, in the names of the quantities that it is made of."""

from collections.abc import Mapping

import numpy as np

from grader.errors import GraderError
from grader.expression import SCALAR, Expression, Symbol, symbols_in
from grader.key import QuestionKey
from grader.primitives import apply
from grader.primitives.build import ONE, ones
from grader.problem import Question
from grader.problem.model import Declared
from grader.simplification.simplify import named_by, simplified

SAME = 1e-9  # of the largest value: rounding alone lies far below
_SUMMING_TO_ONE = frozenset({"one_hot", "simplex"})


def simplest(key: QuestionKey) -> Expression | None:
    """A reference simplified; as it was derived, where its values or the author's rules forbid that.

    None for a reference that the author's Python computes. `key.remember(simplest)` keeps it.
    """
    if key.reference is None:
        return None
    written = simplified(key.reference, key.cached(known))
    allowed = set(key.question.rules.require) <= symbols_in(written)
    return written if allowed and _is_same(key, written) else key.reference


def _is_same(key: QuestionKey, written: Expression) -> bool:
    try:
        value = key.evaluate(written)
    except (GraderError, ValueError):
        return False
    most = np.abs(key.expected).max(initial=0.0)
    return bool((np.abs(value - key.expected) <= SAME * most).all())


def known(key: QuestionKey) -> Mapping[Expression, Expression]:
    """What may stand for what in a question: names for definitions, 1 for the sum of a distribution."""
    return {**key.cached(named), **sums(key.question)}


def named(key: QuestionKey) -> Mapping[Expression, Expression]:
    """The quantities of a question that may be called by their names, by what they are."""
    question = key.question
    return named_by(
        {
            Symbol(one.name, one.shape): one.definition
            for one in question.scope.model.values()
            if one.definition is not None and one.name not in question.rules.forbid
        }
    )


def sums(question: Question) -> dict[Expression, Expression]:
    """The sums of symbols that are drawn as distributions: 1, for each row of a matrix."""
    found: dict[Expression, Expression] = {}
    for one in question.scope.symbols.values():
        if one.draw.kind in _SUMMING_TO_ONE and one.shape != SCALAR:
            found.update([_sum(one)])
    return found


def _sum(one: Declared) -> tuple[Expression, Expression]:
    symbol = Symbol(one.name, one.shape)
    if 1 in one.shape:
        return apply("sum", symbol, params=(None,)), ONE
    return apply("sum", symbol, params=(1,)), ones((one.shape[0], 1))
