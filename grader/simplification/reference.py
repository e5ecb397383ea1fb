"""The reference of a question as people write it, with the names of quantities."""

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

SAME = 1e-9  # of the largest value: rounding errors are far smaller
_SUMMING_TO_ONE = frozenset({"one_hot", "simplex"})


def simplest(key: QuestionKey) -> Expression | None:
    """The simplified reference, if it has the same values and keeps the author's rules.

    Else the reference as it was derived. None if the author's Python computes it. `key.cached(simplest)`
    computes it only once.
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
    """The replacements in a question: names for definitions, 1 for the sum of a distribution."""
    return {**key.cached(named), **sums(key.question)}


def named(key: QuestionKey) -> Mapping[Expression, Expression]:
    """The names of the quantities that the author does not forbid, by their definitions."""
    question = key.question
    return named_by(
        {
            Symbol(quantity.name, quantity.shape): quantity.definition
            for quantity in question.scope.model.values()
            if quantity.definition is not None and quantity.name not in question.rules.forbid
        }
    )


def sums(question: Question) -> dict[Expression, Expression]:
    """The sums of symbols that are drawn as distributions, which are 1; of a matrix, for each row."""
    found: dict[Expression, Expression] = {}
    for declared in question.scope.symbols.values():
        if declared.draw.kind in _SUMMING_TO_ONE and declared.shape != SCALAR:
            found.update([_sum(declared)])
    return found


def _sum(declared: Declared) -> tuple[Expression, Expression]:
    symbol = Symbol(declared.name, declared.shape)
    if 1 in declared.shape:
        return apply("sum", symbol, params=(None,)), ONE
    return apply("sum", symbol, params=(1,)), ones((declared.shape[0], 1))
