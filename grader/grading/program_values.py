"""Comparing what a program computed on each draw with the reference of a question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.comparison import Comparison, EntryStatus, compare, compare_numbers
from grader.diagnosis import Diagnosing, projection
from grader.expression import Item, Symbol, shape_text
from grader.grading.incorrect import WRONG, with_foreseen_mistake
from grader.grading.outcome import Outcome, outcome_of
from grader.grading.wrong_shape import up_to_layout
from grader.key import QuestionKey
from grader.primitives import Array
from grader.result import Instructor, Kind, Message, Verdict

_SINGLE = 7  # significant digits of float32
_NEAR = 1e-4  # of an entry's size: a difference that rounding or a small constant may make


@dataclass(frozen=True, slots=True, eq=False)
class ProgramValues:
    """The value of one name on every draw, (draws, …); `is_single` if it was computed in float32."""

    array: Array
    is_single: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The axes that the program gave it."""
        return self.array.shape[1:]


def stacked(values: Sequence[object]) -> ProgramValues | None:
    """The values of a name on all draws; None unless they are numbers of one shape."""
    arrays = [array for array in map(_array, values) if array is not None]
    if len(arrays) != len(values) or len({array.shape for array in arrays}) != 1:
        return None
    is_single = any(array.dtype in (np.float32, np.float16) for array in arrays)
    return ProgramValues(np.stack(arrays).astype(np.float64), is_single)


def _array(value: object) -> Array | None:
    """A number, an array, or nested lists of numbers as an array; None for anything else."""
    if isinstance(value, list | tuple):
        rows = [_array(one) for one in value]
        known = [row for row in rows if row is not None]
        same = len(known) == len(rows) > 0 and len({row.shape for row in known}) == 1
        return np.stack(known) if same else None
    if isinstance(value, bool | int | float | np.number | np.ndarray):
        array = np.asarray(value)
        return array if array.dtype.kind in "biuf" else None
    return None


def laid_out(key: QuestionKey, values: ProgramValues) -> Array | None:
    """The values laid out like the reference, (draws, rows, columns); None if their shape does not fit.

    Axes of one entry do not matter. An answer for the whole array serves a question about its entries.
    """
    draws, shape = len(values.array), values.shape
    if _without_ones(shape) == _without_ones(_axes(key)):
        return values.array.reshape(draws, *key.grid)
    wrt = key.question.wrt
    if isinstance(wrt, Item) and isinstance(wrt.base, Symbol):
        base = wrt.base
        if _without_ones(shape) == _without_ones(base.shape):
            whole = {base.name: values.array.reshape(draws, *base.shape)}
            return key.laid_out(wrt, whole, draws)
    return None


def laid_like(values: ProgramValues, other: ProgramValues) -> Array | None:
    """Values in the shape of others; None unless only axes of one entry differ."""
    if _without_ones(values.shape) != _without_ones(other.shape):
        return None
    return values.array.reshape(len(values.array), *other.shape)


def _axes(key: QuestionKey) -> tuple[int, ...]:
    """The axes of the answer: those of the index variables, else rows and columns."""
    sizes = tuple([index.size for index in key.question.free])
    return sizes if int(np.prod(sizes, dtype=np.intp)) == key.grid[0] * key.grid[1] else key.grid


def _without_ones(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple([size for size in shape if size != 1])


def turned(key: QuestionKey, values: ProgramValues) -> Array | None:
    """The transposed values laid out like the reference; None unless they are a matrix that then fits."""
    shape = _without_ones(values.shape)
    if len(shape) != 2 or shape != key.grid[::-1]:
        return None
    flat = values.array.reshape(len(values.array), *shape)
    return np.asarray(flat.transpose(0, 2, 1))


def compared(
    key: QuestionKey, got: Array, is_single: bool, noise: Callable[[], Array]
) -> Comparison:
    """The comparison of values with the reference, to the precision that they were computed with."""
    if is_single:
        return compare_numbers(got, key.expected, key.noise, _SINGLE, None)
    return compare(got, key.expected, key.noise, noise)


def is_right(key: QuestionKey, values: ProgramValues, noise: Callable[[], Array]) -> bool:
    """Whether values are those of the reference, on all draws or on the first ones."""
    count = len(values.array)
    if count < len(key.expected):
        key = replace(key, expected=key.expected[:count], noise=key.noise[:count])
    got = laid_out(key, values)
    return got is not None and compared(key, got, values.is_single, noise).correct


def is_near(key: QuestionKey, values: ProgramValues) -> bool:
    """Whether the values agree to a few digits: by differences, or with a small constant in them."""
    got = laid_out(key, values)
    return got is not None and agrees_nearly(got, key.expected)


def agrees_nearly(got: Array, right: Array) -> bool:
    """Whether values (draws, …) agree to a few digits."""
    size = np.abs(right).max(axis=tuple(range(1, right.ndim)), keepdims=True)
    with np.errstate(invalid="ignore"):
        return bool((np.abs(got - right) <= _NEAR * size).all())


def outcome_for(key: QuestionKey, values: ProgramValues, noise: Callable[[], Array]) -> Outcome:
    """The outcome of the values of a program, with the mistake that explains them if they are wrong."""
    got = laid_out(key, values)
    if got is None:
        return _misshapen(key, values, noise)
    comparison = compared(key, got, values.is_single, noise)
    outcome = outcome_of(key, comparison, got, whole=True)
    if outcome.verdict is Verdict.INCORRECT and _is_turned_square(key, values, noise):
        return up_to_layout(key, replace(outcome, messages=()))
    return with_foreseen_mistake(key, _explained(key, outcome, comparison, got, values.is_single))


def _is_turned_square(key: QuestionKey, values: ProgramValues, noise: Callable[[], Array]) -> bool:
    other = turned(key, values) if not key.question.free else None
    return other is not None and compared(key, other, values.is_single, noise).correct


def _misshapen(key: QuestionKey, values: ProgramValues, noise: Callable[[], Array]) -> Outcome:
    """The outcome of values of another shape: transposed, or incorrect."""
    asked = shape_text(key.grid) if len(key.axes) < 3 else "×".join(map(str, key.axes))
    text = f"the answer has the shape {values.shape}, the question asks for {asked}"
    wrong = Outcome(Verdict.INCORRECT, messages=(Message(Kind.MISTAKE, text, "shape-mismatch"),))
    other = turned(key, values)
    if other is not None and compared(key, other, values.is_single, noise).correct:
        return up_to_layout(key, wrong)
    return with_foreseen_mistake(key, wrong)


def _explained(
    key: QuestionKey, outcome: Outcome, comparison: Comparison, got: Array, is_single: bool
) -> Outcome:
    """The outcome of wrong values with what is wrong with them, as for a formula."""
    wrong = comparison.status == EntryStatus.INCORRECT
    if outcome.verdict not in WRONG or not wrong.any() or not key.diagnoses:
        return outcome
    diagnosing = key.cached(Diagnosing)
    if is_single:
        found = diagnosing.of_numbers(got, wrong, _SINGLE)
    else:
        found = diagnosing.of(got, wrong, None, "infix")
    codes = {message.code for message in found.messages}
    kept = [one for one in outcome.messages if one.kind is not Kind.NOTE or one.code not in codes]
    return replace(
        outcome,
        messages=(*found.messages, *kept),
        instructor=Instructor(candidates=found.candidates, projection=projection(got)),
        several=found.is_several,
    )
