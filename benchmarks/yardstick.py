"""The yardstick: what a grader costs that is put together from SymPy and NumPy.

`sympify` runs what it reads, so this must never see a student's text; here it reads our own.
"""

from collections.abc import Mapping

import numpy as np
import sympy
from numpy.typing import NDArray

Array = NDArray[np.float64]


class OneBased:
    """`W3[1, 2]` as a SymPy symbol."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, index: object) -> sympy.Symbol:
        indices = index if isinstance(index, tuple) else (index,)
        return sympy.Symbol("_".join([self.name, *map(str, indices)]))


def columns(values: Mapping[str, Array]) -> dict[str, Array]:
    """The draws of every entry by the name of its symbol."""
    found = {}
    for name, array in values.items():
        _, rows, width = array.shape
        for i in range(rows):
            for j in range(width):
                if (rows, width) == (1, 1):
                    found[name] = array[:, 0, 0]
                suffix = f"{i + 1}" if width == 1 else f"{i + 1}_{j + 1}"
                found[f"{name}_{suffix}"] = array[:, i, j]
    return found


def grade(text: str, values: Mapping[str, Array], entries: Mapping[str, Array], expected: Array) -> bool:
    """Whether an answer spelled out in entries is right: sympify, lambdify, NumPy, compare."""
    names: dict[str, object] = {name: OneBased(name) for name in values}
    names |= {name: sympy.Symbol(name) for name in values if values[name].shape[1:] == (1, 1)}
    names["sigma"] = lambda x: sympy.Max(x, 0)
    expression = sympy.sympify(text, locals=names)
    rows = expression if isinstance(expression, list) else [expression]
    flat = [e for row in rows for e in (row if isinstance(row, list) else [row])]
    symbols = sorted(set().union(*(e.free_symbols for e in flat)), key=str)
    function = sympy.lambdify(symbols, flat, "numpy")
    got = function(*(entries[str(symbol)] for symbol in symbols))
    stacked = np.stack([np.broadcast_to(g, len(expected)) for g in got], axis=1)
    return bool(np.allclose(stacked, expected.reshape(len(expected), -1), rtol=1e-9, atol=0))
