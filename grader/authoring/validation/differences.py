"""Derivatives by differences of values: they know nothing of any rule of differentiation."""

from collections.abc import Mapping

import numpy as np

from grader.authoring.validation.forward import forward, upstream
from grader.authoring.validation.layout import target
from grader.evaluation import Evaluator, arranged
from grader.expression import Expression, Item, Symbol
from grader.key import QuestionKey
from grader.primitives import Array

STEP = 1e-5  # rounding and the step's own error are both about 1e-11 here
STENCIL = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
"""Where the function is looked at, in steps, and with what weight: the central difference of order 4
(B. Fornberg, "Generation of finite difference formulas on arbitrarily spaced grids", 1988)."""


def differences(key: QuestionKey) -> tuple[Array, Array]:
    """The derivative that a question asks for on all draws, laid out like `key.expected`.

    With it, as (draws, 1, 1), the largest value of what is differentiated, which its rounding is a part of.
    """
    of, base = key.question.of, _base(key)
    assert of is not None
    slope = _Slope(key, of)
    at = key.draws.values[base.name]
    by_entry = [slope.along(base.name, _unit(at.shape, *entry)) for entry in np.ndindex(base.shape)]
    stacked = np.stack(by_entry, axis=-1)
    derivative = target(key, stacked.reshape(*stacked.shape[:-1], *base.shape))
    return derivative, slope.size()


def _base(key: QuestionKey) -> Symbol:
    """The whole array that is differentiated by."""
    wrt = key.question.wrt
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    return base


def _unit(shape: tuple[int, ...], row: int, column: int) -> Array:
    """A direction: 1 at one entry, on every draw."""
    direction = np.zeros(shape)
    direction[:, row, column] = 1.0
    return direction


class _Slope:
    """How something changes along a direction, on all draws at once."""

    def __init__(self, key: QuestionKey, of: Expression) -> None:
        self.key = key
        self.of = of
        scope = key.question.scope
        self.symbols = {name: key.draws.values[name] for name in scope.symbols}
        self.gradients = upstream(scope, self.symbols, self._evaluated, _inner)

    def along(self, name: str, direction: Array) -> Array:
        """(draws, size of each index variable…, rows, columns)."""
        start = self.key.draws.values[name]
        parts = [
            weight * self._value({name: start + steps * STEP * direction})
            for steps, weight in STENCIL
        ]
        return np.asarray(sum(parts) / STEP)

    def size(self) -> Array:
        """The largest entry of what is differentiated, on each draw."""
        value = np.abs(self._value({})).reshape(self.key.draws.count, -1)
        return np.asarray(value.max(axis=1)[:, None, None])

    def _value(self, moved: Mapping[str, Array]) -> Array:
        scope, free = self.key.question.scope, self.key.question.free
        given = {**self.symbols, **moved}
        values = forward(scope, given, self._evaluated, _inner, self.gradients)
        with np.errstate(all="ignore"):
            value = Evaluator(values, self.key.backprop.lower, free)(self.of)
        return arranged(value, free, self.of, self.key.draws.count)

    def _evaluated(self, node: Expression, values: Mapping[str, Array]) -> Array:
        with np.errstate(all="ignore"):
            value = Evaluator(values, self.key.backprop.lower)(node)
        return np.broadcast_to(value, (self.key.draws.count, *node.shape))


def _inner(a: Array, b: Array) -> Array:
    return np.asarray(np.sum(a * b, axis=(-2, -1), keepdims=True))
