"""Derivatives by central differences, extrapolated to a step of zero."""

from collections.abc import Callable

import numpy as np

from grader.primitives import Array

FIRST = 0.1  # the first step; each later one is smaller by the factor
FACTOR = 1.4
ROUNDS = 24  # down to 4e-5
ORDERS = 8  # of extrapolation


def ridders(difference: Callable[[float], Array]) -> tuple[Array, Array]:
    """The limit of central differences as their step goes to zero, and an estimate of its error.

    `difference` gives an array of (f(x + h) − f(x − h)) / 2h for a step h. Each entry takes the value in
    the tableau where two neighbours differ least; NaN where no two neighbours are finite.
    C. Ridders, "Accurate computation of F′(x) and F′(x) F″(x)", 1982.
    """
    row = [difference(FIRST)]
    best, error = np.full_like(row[0], np.nan), np.full_like(row[0], np.inf)
    for at in range(1, ROUNDS):
        new = [difference(FIRST / FACTOR**at)]
        for order, before in enumerate(row[:ORDERS], 1):
            weight = FACTOR ** (2 * order)
            new.append((weight * new[-1] - before) / (weight - 1))
            with np.errstate(invalid="ignore"):
                apart = np.maximum(np.abs(new[-1] - new[-2]), np.abs(new[-1] - before))
            better = apart < error
            best, error = np.where(better, new[-1], best), np.where(better, apart, error)
        row = new
    return best, error
