"""Derivatives by a complex step, independent of all rules of differentiation.

f(x + ih) = f(x) + ih f'(x) + O(h²), so the imaginary part over h is the derivative. No two values are
subtracted, so flat functions lose no digits, and h can be far below rounding (J. Martins, P. Sturdza,
J. Alonso, "The complex-step derivative approximation", 2003). Every function of the table is analytic on
either side of its kinks, see `grader.primitives.registry`.

To estimate rounding errors of the derivative and of the reference, every operation and every symbol is
disturbed by a little more than rounding. So the estimate holds even where log(1 - p) has one digit left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.authoring.validation.forward import forward, upstream
from grader.authoring.validation.layout import target
from grader.authoring.validation.ridders import ridders
from grader.evaluation import DISTURBANCE, Disturbance, Evaluator, arranged
from grader.expression import Expression, Item, Symbol
from grader.key import QuestionKey
from grader.primitives import Array

Values = NDArray[Any]  # real or complex
Arrays = Mapping[str, Array]
Entries = Sequence[tuple[int, ...]]

STEP = 2.0**-100  # its square vanishes in rounding
AT_ONCE = 4096  # most draws in one evaluation, which repeats the draws for each entry that it moves
SAMPLES = 3  # disturbed evaluations for one estimate
JITTER = 2.0**-49  # 16 units of roundoff
SAFETY = 4.0  # the estimate is random
OF_PYTHON = (
    1e-12  # of an entry's largest value: rounding in the author's code, which cannot be disturbed
)


class Jitter(Disturbance):
    """Disturbances a little larger than rounding."""

    _pool = 1.0 + JITTER / DISTURBANCE * (Disturbance._pool - 1.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Values (draws, rows, columns), and a bound of the rounding error of each; infinite if unknown."""

    values: Array
    error: Array


def derivative(key: QuestionKey) -> Estimate:
    """The derivative that a question asks for on all draws, laid out like `key.expected`.

    Not finite where the differentiated value is not.
    """
    asked = _AskedFunction(key)
    found = _estimated(asked.by_complex_step, asked.given)
    lost = ~np.isfinite(found.values)
    if not lost.any():
        return found
    values, error = asked.by_differences()  # infinity times a complex number is often NaN
    return Estimate(np.where(lost, values, found.values), np.where(lost, error, found.error))


def reference(key: QuestionKey) -> Estimate:
    """The reference on all draws."""
    if key.reference is None:
        size = np.abs(key.expected).max(axis=0, keepdims=True)
        return Estimate(key.expected, OF_PYTHON * size + key.noise)
    asked = _AskedFunction(key)
    return Estimate(key.expected, _estimated(asked.reference, asked.symbols).error)


def _estimated(evaluate: Callable[[Arrays, Disturbance | None], Array], given: Arrays) -> Estimate:
    """Values, with how far disturbances move them as the error."""
    values, disturb = evaluate(given, None), Jitter()
    with np.errstate(invalid="ignore"):
        moves = [np.abs(evaluate(_moved(given, disturb), disturb) - values) for _ in range(SAMPLES)]
    error = SAFETY * np.max(moves, axis=0)
    return Estimate(values, np.where(np.isfinite(error), error, np.inf))


def _moved(given: Arrays, disturb: Disturbance) -> dict[str, Array]:
    """Disturbed values; whole numbers stay exact."""
    return {
        name: np.where(array == np.round(array), array, array * disturb.factors(array.shape))
        for name, array in given.items()
    }


class _AskedFunction:
    """What a question asks for, as a function of the symbols and of the array it differentiates by."""

    def __init__(self, key: QuestionKey) -> None:
        assert key.question.of is not None
        self._key, self._of, self._base = key, key.question.of, _base(key)
        self._scope, self._count = key.question.scope, key.draws.count
        values = key.draws.values
        self.symbols = {name: values[name] for name in self._scope.symbols}
        self.given = {**self.symbols, self._base.name: values[self._base.name]}

    def reference(self, symbols: Arrays, disturb: Disturbance | None) -> Array:
        """The reference's values on a freshly computed model."""
        assert self._key.reference is not None
        values = forward(self._scope, symbols, self._evaluator(self._count, disturb), _inner, {})
        return self._key.laid_out(self._key.reference, values, self._count, disturb)

    def by_complex_step(self, given: Arrays, disturb: Disturbance | None) -> Array:
        """The derivative as imaginary part; NaN where there is no real value."""

        def slopes(some: Entries) -> Array:
            moved = self._value(given, some, 1j * STEP, disturb).imag / STEP
            return np.where(np.concatenate([self._defined] * len(some)), moved, np.nan)

        return self._by_entry(slopes)

    @cached_property
    def _defined(self) -> NDArray[np.bool_]:
        """Where the differentiated value is finite in real numbers: complex ones have a root of −1."""
        return np.isfinite(self._value(self.given, [(0, 0)], 0.0, None))

    def by_differences(self) -> tuple[Array, Array]:
        """The derivative by real differences, and an estimate of its error."""

        def difference(some: Entries, step: float) -> Array:
            up, down = (self._value(self.given, some, way * step, None) for way in (1, -1))
            with np.errstate(invalid="ignore"):
                return np.asarray((up - down) / (2 * step))

        def limit(some: Entries) -> tuple[Array, Array]:
            return ridders(lambda step: difference(some, step))

        return self._by_entry(lambda some: limit(some)[0]), self._by_entry(
            lambda some: limit(some)[1]
        )

    def _by_entry(self, slopes: Callable[[Entries], Array]) -> Array:
        """The slopes along all entries, (entries · draws, …), in the layout of the question."""
        entries = list(np.ndindex(self._base.shape))
        few = max(1, AT_ONCE // self._count)
        parts = [slopes(entries[at : at + few]) for at in range(0, len(entries), few)]
        slope = np.concatenate(parts)
        slope = slope.reshape(len(entries), self._count, *slope.shape[1:])
        slope = np.moveaxis(slope, 0, -1)
        return target(self._key, slope.reshape(*slope.shape[:-1], *self._base.shape))

    def _value(
        self, given: Arrays, moved: Entries, step: complex, disturb: Disturbance | None
    ) -> Values:
        """The differentiated value, (entries · draws, indices…, rows, columns), with each entry moved."""
        symbols = {name: given[name] for name in self._scope.symbols}
        gradients = upstream(self._scope, symbols, self._evaluator(self._count, disturb), _inner)
        times = len(moved)
        held = _repeated(given, times)
        held[self._base.name] = held[self._base.name] + _at(moved, step, given[self._base.name])
        count = times * self._count
        values = forward(
            self._scope, held, self._evaluator(count, disturb), _inner,
            {loss: _repeated(parts, times) for loss, parts in gradients.items()},
        )  # fmt: skip
        free = self._key.question.free
        with np.errstate(all="ignore"):
            value = Evaluator(values, self._key.backprop.lower, free, disturb)(self._of)
        return arranged(value, free, self._of, count)

    def _evaluator(
        self, count: int, disturb: Disturbance | None
    ) -> Callable[[Expression, Mapping[str, Values]], Values]:
        def evaluated(node: Expression, values: Mapping[str, Values]) -> Values:
            with np.errstate(all="ignore"):
                value = Evaluator(values, self._key.backprop.lower, (), disturb)(node)
            return np.broadcast_to(value, (count, *node.shape))

        return evaluated


def _base(key: QuestionKey) -> Symbol:
    """The whole array that the question differentiates by."""
    wrt = key.question.wrt
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    return base


def _repeated(arrays: Arrays, times: int) -> dict[str, Values]:
    return {name: np.tile(array, (times, 1, 1)) for name, array in arrays.items()}


def _at(entries: Entries, step: complex, like: Array) -> Values:
    """A step at one entry on all draws, then at the next, (entries · draws, rows, columns)."""
    steps = np.zeros((len(entries), *like.shape), type(step))
    for at, (row, column) in enumerate(entries):
        steps[at, :, row, column] = step
    return steps.reshape(-1, *like.shape[1:])


def _inner(a: Values, b: Values) -> Values:
    return np.asarray(np.sum(a * b, axis=(-2, -1), keepdims=True))
