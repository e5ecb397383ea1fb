"""Follow-through: an answer that is right, given an earlier wrong answer of the same student.

The backward pass takes the student's earlier answer in place of the true value, so that one mistake
does not cost points twice. An earlier answer that leaves out too much does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.backprop import Backprop
from grader.diagnosis import Diagnosing
from grader.errors import GraderError
from grader.expression import SCALAR, Expression, Index, Symbol, base_name, free_indices, symbols_in
from grader.key import QuestionKey, in_layout
from grader.primitives import Array
from grader.primitives.build import add, matmul, mul, sub, tabulate, transpose
from grader.problem import Question
from grader.problem.model import Quantity
from grader.problem.target import letters

_ALONE = Index("", 1, 1)


@dataclass(frozen=True)
class Earlier:
    """A student's wrong answer to an earlier question."""

    key: QuestionKey
    node: Expression


def followed(key: QuestionKey, given: Sequence[Earlier]) -> Array | None:
    """The values (draws, rows, columns) that a question's answer has if earlier answers are taken as true.

    None if an earlier answer does not fit, is not finite, is zero or constant, lacks the upstream gradient
    or more than one factor, or is not on the path of the backward pass.
    """
    try:
        if not all(can_be_followed(one) for one in given):
            return None
        value = key.evaluate(in_layout(key.question, _derived(key.question, given)))
    except (GraderError, ValueError):
        return None
    # If the pass does not meet the earlier answers, it gives the reference itself.
    unchanged = np.array_equal(value, key.expected)
    return value if np.isfinite(value).all() and not unchanged else None


def can_be_followed(earlier: Earlier) -> bool:
    """Whether an earlier answer contains enough for others to follow from it. Raises StudentError."""
    key, node = earlier.key, earlier.node
    if key.reference is None:
        return False
    key.check_shape(node, free_indices(node))
    value = key.evaluate(node)
    if not np.isfinite(value).all() or not value.any() or (value == value[0]).all():
        return False
    needed_in = key.cached(Diagnosing).facts.needed_in
    mine = needed_in(node)
    lost = {
        name
        for name, entries in needed_in(key.reference).items()
        if name not in mine or (entries & ~mine[name]).any()
    }
    return not lost or (not lost & _upstream(key) and _is_one_factor(lost, key))


def _upstream(key: QuestionKey) -> set[str]:
    """The symbols in upstream gradients."""
    model = key.question.scope.model.values()
    return symbols_in(*(gradient for quantity in model for gradient in quantity.upstream.values()))


def _is_one_factor(lost: set[str], key: QuestionKey) -> bool:
    """Whether one name in the reference depends on all symbols that are lost."""
    assert key.reference is not None
    depends = key.question.scope.names.depends
    return any(
        lost <= depends.get(name, frozenset()) | {name} for name in symbols_in(key.reference)
    )


def _derived(question: Question, given: Sequence[Earlier]) -> Expression:
    """The derivative of a question, by a backward pass with the student's own values."""
    assert question.of is not None
    assert question.wrt is not None
    seeded = SeededBackprop(question.scope.model, given, base_name(question.of))
    return seeded.derivative(question.of, question.wrt)


def whole_of(earlier: Earlier) -> Expression:
    """An earlier answer as a whole array: a row for each entry of `of`, or in the shape of `wrt`.

    In an answer over index variables, the index that is declared first counts rows. It need not be the
    first one of the derivative.
    """
    question, node = earlier.key.question, earlier.node
    order = letters(question)
    if earlier.key.is_indexed(node):
        row, column = (*order, _ALONE)[:2]
        return tabulate(node, row, column)
    declared = [index.name for index in question.free]
    if question.free and [index.name for index in order] != declared:
        return transpose(node)
    return in_layout(question, node)


class SeededBackprop(Backprop):
    """A backward pass that takes some derivatives from a student's answers."""

    def __init__(
        self, model: Mapping[str, Quantity], given: Sequence[Earlier], of: str | None
    ) -> None:
        super().__init__(model)
        self._of = of
        self._right = Backprop(model)
        self._given = {base_name(one.key.question.wrt): one for one in given}
        self._seen: dict[str, Expression] = {}

    def _gradient(self, of: Expression, wrt: Symbol) -> Expression:
        return self._changed(wrt.name, super()._gradient(of, wrt))

    def _arrived(self, name: str, adjoint: Expression) -> Expression:
        self._seen[name] = changed = self._changed(name, adjoint)
        return changed

    def _changed(self, name: str, adjoint: Expression) -> Expression:
        earlier = self._given.get(name)
        if earlier is None:
            return adjoint
        of = base_name(earlier.key.question.of)
        own = _oriented(whole_of(earlier), adjoint, self._model, of)
        if of == self._of and own.shape == adjoint.shape:
            return own
        if of is None or of not in self._seen:
            return adjoint
        via = self._model[of]
        true = self._right.derivative(Symbol(of, via.shape), Symbol(name, adjoint.shape))
        above = self._seen[of]
        if via.shape == SCALAR:
            return add(adjoint, mul(sub(own, true), above))
        return add(adjoint, matmul(transpose(sub(own, true)), above))


def _oriented(
    whole: Expression, adjoint: Expression, model: Mapping[str, Quantity], of: str | None
) -> Expression:
    """A student's vector, transposed if the gradient that it replaces has the other layout."""
    scalar = of is not None and of in model and model[of].shape == SCALAR
    if scalar and whole.shape == adjoint.shape[::-1] and 1 in adjoint.shape:
        return transpose(whole)
    return whole
