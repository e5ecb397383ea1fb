"""Fingerprints: a fast comparison of an answer's values with those of many mistakes.

A fingerprint is the direction of two random projections of an array; a constant factor does not change
it. Values with the same fingerprint are then compared on every draw.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.mistake import MadeMistake
from grader.primitives import Array

MATCH = 1e-9  # a part of the largest value of an entry: equal values differ by rounding only
NEAR = 1e-7  # between fingerprints: radians, or a part of the largest value

Mask = NDArray[np.bool_]
Several = tuple[MadeMistake, ...]
Batch = tuple[list[Several], Array]
"""Mistakes, and the values of each: (mistakes, draws, rows, columns)."""


class FingerprintTable:
    """Mistakes, sorted by the fingerprints of their values."""

    def __init__(self, angles: Array, faults: Sequence[Several]) -> None:
        self._order = np.argsort(angles, kind="stable")
        self._angles = angles[self._order]
        self._faults = faults

    def __len__(self) -> int:
        return len(self._faults)

    def near(self, angle: float) -> list[Several]:
        """The mistakes whose values may be, up to a constant, those with this fingerprint, in order."""
        hits: list[int] = []
        for turn in (angle - np.pi, angle, angle + np.pi):
            low, high = np.searchsorted(self._angles, (turn - NEAR, turn + NEAR))
            hits.extend(self._order[low:high].tolist())
        return [self._faults[at] for at in sorted(hits)]


def table_of(batches: Iterable[Batch]) -> FingerprintTable:
    """The fingerprints of all values that are finite and not zero."""
    several: list[Several] = []
    angles = [np.zeros(0)]
    for chosen, values in batches:
        kept = np.flatnonzero(usable(values))
        several.extend(chosen[at] for at in kept)
        angles.append(fingerprints(values[kept]))
    return FingerprintTable(np.concatenate(angles), several)


def fingerprints(values: Array) -> Array:
    """The direction of two random projections of each array, in [0, π): (arrays, …) to (arrays,)."""
    flat = _flat(values)
    with np.errstate(over="ignore", invalid="ignore"):
        one, other = _projections(flat.shape[1]) @ flat.T
        return np.asarray(np.arctan2(other, one) % np.pi)


def _flat(values: Array) -> Array:
    """Each array as a row: (arrays, …) to (arrays, numbers); there may be no arrays."""
    return values.reshape(len(values), math.prod(values.shape[1:]))


def usable(values: Array) -> Mask:
    """Which of several arrays are finite and not zero."""
    flat = _flat(values)
    return np.asarray(np.isfinite(flat).all(axis=1) & flat.any(axis=1))


def projection(value: Array) -> tuple[float, float] | None:
    """Two random projections of values: equal values have equal ones, others almost never.

    None for values that are not finite, or too large to be added up.
    """
    if not np.isfinite(value).all():
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        one, other = _projections(value.size) @ value.reshape(-1)
    return (float(one), float(other)) if np.isfinite((one, other)).all() else None


def blend(value: Array) -> Array:
    """A random mean over draws, (draws, rows, columns) to (rows, columns): it differs where values do."""
    draws, rows, columns = value.shape
    return np.asarray(_projections(draws)[0] @ value.reshape(draws, -1)).reshape(rows, columns)


def _projections(size: int) -> Array:
    if size not in _PROJECTIONS:
        rng = np.random.Generator(np.random.PCG64(size))
        _PROJECTIONS[size] = rng.normal(size=(2, size))
    return _PROJECTIONS[size]


_PROJECTIONS: dict[int, Array] = {}


def same(got: Array, expected: Array, tolerance: float = MATCH) -> bool:
    """Whether values (draws, …) agree on every draw, up to rounding."""
    scale = np.maximum(np.abs(expected).max(axis=0), tolerance * np.abs(expected).max(initial=0.0))
    return bool((np.abs(got - expected) <= tolerance * scale).all())


def ratio(got: Array, expected: Array) -> float | None:
    """The constant c with got = c · expected on every draw, exactly 1.0 for equal values; None if none."""
    if same(got, expected):
        return 1.0
    square = float((expected * expected).sum())
    factor = float((got * expected).sum()) / square if square > 0 else 0.0
    if factor == 0 or not np.isfinite(factor) or not same(got, factor * expected):
        return None
    return factor


def named_factor(factor: float) -> str | None:
    """A constant as text, if people write it: "1", "-1", "2", "1/3"; None for others."""
    for below in range(1, 65):
        above = factor * below
        if abs(above - round(above)) < MATCH * below and 1 <= abs(round(above)) <= 64:
            return str(round(above)) if below == 1 else f"{round(above)}/{below}"
    return None
