"""Two arrays → `Comparison`: entry by entry, over all draws.

An entry is right if on every draw the difference is at most `RELATIVE` of its value plus the rounding
noise of both evaluations. It is undecided if noise alone could explain the agreement, or if the
difference is only a little larger than the noise. NaN and infinity equal nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from grader.primitives import Array

RELATIVE = 1e-11  # right answers were measured to stay below 3e-16; a factor of 1 + 1e-9 is wrong
NOISE_FACTOR = 64.0  # the estimate of rounding noise is random, within an order of magnitude
BAND = 100.0  # a difference of up to this many tolerances is undecided
COARSE = 1e-6  # if the noise is above this part of an entry's size, agreement proves nothing
COARSE_STEP = 1e-4  # of the largest entry: rounding may move a submitted number by at most this
SINGLE = 2.0**29  # the noise of float32 in that of float64
SINGLE_FACTOR = (
    16.0  # right answers in float32 stayed below four times the noise of eight computations
)
LEAST_DIGITS = 5  # of a submitted array; with two digits a wrong answer may look right


class EntryStatus(IntEnum):
    """The status of one entry."""

    CORRECT = 0
    UNDECIDED = 1
    INCORRECT = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """The status of each entry, and the clearest difference as (draw, row, column).

    `trivial` marks entries that are zero on every draw.
    """

    status: NDArray[np.int8]
    trivial: NDArray[np.bool_]
    worst: tuple[int, int, int] | None = None

    @property
    def correct(self) -> bool:
        """Whether every entry is right."""
        return not self.status.any()

    @property
    def fraction(self) -> float:
        """The part of the entries that are right, without those that are rightly always zero."""
        right = (self.status == EntryStatus.CORRECT) & ~self.trivial
        counted = ~self.trivial | (self.status != EntryStatus.CORRECT)
        return float(right.sum() / counted.sum()) if counted.any() else 1.0


def compare(
    got: Array, expected: Array, expected_noise: Array, got_noise: Callable[[], Array]
) -> Comparison:
    """Compare arrays (draws, rows, columns). `got_noise` is only called if it matters."""
    trivial = np.asarray(~expected.any(axis=0))
    with np.errstate(invalid="ignore"):
        difference = np.abs(got - expected)
        tight = RELATIVE * np.abs(expected)
        if (difference <= tight).all():
            return Comparison(np.zeros(trivial.shape, np.int8), trivial)
        noise = NOISE_FACTOR * (expected_noise + got_noise())
        return _judged(difference, tight, noise, expected, trivial)


def is_surely_wrong(
    got: Array, expected: Array, expected_noise: Array, got_noise: Array
) -> NDArray[np.bool_]:
    """Whether `compare` finds an entry incorrect, for each of a stack of arrays (…, draws, rows, columns).

    All numbers are finite.
    """
    tolerance = RELATIVE * np.abs(expected) + NOISE_FACTOR * (expected_noise + got_noise)
    return np.asarray((np.abs(got - expected) > BAND * tolerance).any(axis=(-3, -2, -1)))


def _judged(
    difference: Array, tight: Array, noise: Array, expected: Array, trivial: NDArray[np.bool_]
) -> Comparison:
    scale = np.abs(expected).max(axis=0)
    overall = scale.max() if scale.size else 0.0
    scale = np.where(scale > 0, scale, overall if overall > 0 else 1.0)
    tolerance = tight + noise
    # Agreement within the noise counts only if the noise is small against the entry itself.
    worthless = (noise > COARSE * scale) | ~np.isfinite(noise)
    agrees = difference <= tolerance
    status = np.full(difference.shape, EntryStatus.INCORRECT, np.int8)
    status[difference <= BAND * tolerance] = EntryStatus.UNDECIDED
    status[agrees & (~worthless | (difference <= tight))] = EntryStatus.CORRECT
    return Comparison(status.max(axis=0), trivial, _worst(difference, scale, status))


def _worst(
    difference: Array, scale: Array, status: NDArray[np.int8]
) -> tuple[int, int, int] | None:
    """The draw and entry with the largest difference; NaN and infinity come before any number."""
    wrong = status == EntryStatus.INCORRECT
    if not wrong.any():
        return None
    with np.errstate(over="ignore"):
        size = np.where(np.isfinite(difference), difference / scale, np.inf)
    at = np.unravel_index(int(np.argmax(np.where(wrong, size, -1.0))), size.shape)
    return int(at[0]), int(at[1]), int(at[2])


def compare_numbers(
    got: Array,
    expected: Array,
    expected_noise: Array,
    digits: int,
    decimals: int | None,
    single: bool = False,
) -> Comparison:
    """Compare submitted numbers (draws, rows, columns) to the precision that they were written with.

    `digits` are significant decimal digits, `decimals` the decimal places if the numbers were rounded to
    some; `single` means that they were computed in float32, which adds its own noise. With fewer than
    `LEAST_DIGITS` digits every entry is undecided, near or not, and so is an entry too small for this
    precision: else a student could find the digits one by one. An entry is still decided if its exact value
    has no more digits than were written, such as 0 or 2. `worst` is the first difference, not the largest,
    which would say how far off the others are.
    """
    trivial = np.asarray(~expected.any(axis=0))
    with np.errstate(invalid="ignore"):
        difference = np.abs(got - expected)
        size = np.abs(expected)
        noise = NOISE_FACTOR * expected_noise
        exact = RELATIVE * size + np.where(noise <= COARSE_STEP * size, noise, 0.0)
        step = _step(size, digits, decimals)
        if single:
            step = np.maximum(step, SINGLE_FACTOR * SINGLE * expected_noise)
        agrees = difference <= np.maximum(exact, step)
        fine = digits >= LEAST_DIGITS and bool((step <= COARSE_STEP * size.max()).all())
        visible = fine & ((size == 0) | (size >= 10 * step))
        # An entry that is not visible at this precision is still below ten steps.
        far = ~np.isfinite(got) | (fine & (np.abs(got) > 11 * step))
        short = _is_short(expected, exact, decimals)
    wrong = (((visible | short) & ~agrees) | far) & ~(difference <= noise)
    status = np.full(difference.shape, EntryStatus.UNDECIDED, np.int8)
    status[wrong] = EntryStatus.INCORRECT
    status[(agrees & visible) | (difference <= exact)] = EntryStatus.CORRECT
    return Comparison(status.max(axis=0), trivial, _first(got, status))


def _is_short(expected: Array, exact: Array, decimals: int | None) -> NDArray[np.bool_]:
    """Which entries are exact with this many decimal places, such as 0 or 2 with none."""
    if decimals is None:
        return np.zeros(expected.shape, np.bool_)
    with np.errstate(over="ignore"):  # there may be more places than a double has
        return np.asarray(np.abs(expected - np.round(expected, decimals)) <= exact)


def _first(got: Array, status: NDArray[np.int8]) -> tuple[int, int, int] | None:
    """The first wrong draw and entry; NaN and infinity come before any number."""
    wrong = status == EntryStatus.INCORRECT
    undefined = wrong & ~np.isfinite(got)
    for draw, row, column in np.argwhere(undefined if undefined.any() else wrong).tolist():
        return draw, row, column
    return None


def _step(size: Array, digits: int, decimals: int | None) -> Array:
    """How far rounding may have moved each number.

    A few units in the last place, since the student's own arithmetic rounds at this precision too.
    """
    relative = size * 10.0 ** (1 - digits) * (4.0 if digits >= 7 else 1.0)
    relative = np.maximum(relative, size.max() * 10.0 ** (-digits) if digits >= 7 else 0.0)
    if decimals is None:
        return relative
    return np.maximum(relative * 0.5, 0.51 * 10.0**-decimals)
