"""The yardstick: what a grader costs that is put together from SymPy and NumPy.

`sympify` runs what it reads, so this must never see a student's text; here it reads our own.
"""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import sympy
from numpy.typing import NDArray

Array = NDArray[np.float64]
Answer = str | list["str | list[str]"]


def names(values: Mapping[str, Array], dimensions: Mapping[str, int]) -> dict[str, object]:
    """What the text of an answer may use: arrays as `IndexedBase`, scalars as symbols."""
    found: dict[str, object] = dict(dimensions)
    for name, array in values.items():
        scalar = array.shape[1:] == (1, 1)
        found[name] = sympy.Symbol(name) if scalar else sympy.IndexedBase(name)
    found["sigma"] = lambda x: sympy.Max(x, 0)
    return found


def columns(values: Mapping[str, Array]) -> dict[object, Array]:
    """The draws of every entry, by the SymPy object that stands for it."""
    found: dict[object, Array] = {}
    for name, array in values.items():
        _, rows, width = array.shape
        if (rows, width) == (1, 1):
            found[sympy.Symbol(name)] = array[:, 0, 0]
        for i, j in itertools.product(range(rows), range(width)):
            index = (i + 1,) if width == 1 else (i + 1, j + 1)
            found[sympy.IndexedBase(name)[index]] = array[:, i, j]
    return found


def grade(
    answer: Answer,
    known: Mapping[str, object],
    free: Sequence[tuple[str, int]],
    entries: Mapping[object, Array],
    expected: Array,
) -> bool:
    """Whether an answer is right: each formula through sympify, lambdify and NumPy, then compared."""
    if isinstance(answer, str):
        formulas = _spread(sympy.sympify(answer, locals=dict(known)), free)
    else:
        formulas = [sympy.sympify(text, locals=dict(known)) for text in texts(answer)]
    got = [_values(formula, entries, len(expected)) for formula in formulas]
    flat = expected.reshape(len(expected), -1)
    return bool(np.allclose(np.stack(got, axis=1), flat, rtol=1e-9, atol=0))


def texts(answer: Answer) -> list[str]:
    """The formulas of nested lists, in order."""
    if isinstance(answer, str):
        return [answer]
    return [text for part in answer for text in texts(part)]


def _values(formula: sympy.Expr, entries: Mapping[object, Array], draws: int) -> Array:
    atoms = (formula.atoms(sympy.Indexed) | formula.free_symbols) & set(entries)
    arguments = sorted(atoms, key=str)
    plain = {atom: sympy.Dummy() for atom in arguments}
    function = sympy.lambdify(list(plain.values()), formula.xreplace(plain), "numpy")
    return np.broadcast_to(function(*(entries[atom] for atom in arguments)), draws)


def _spread(expression: sympy.Expr, free: Sequence[tuple[str, int]]) -> "list[sympy.Expr]":
    """A formula in index variables, written out for each of their values."""
    ranges = [range(1, size + 1) for _, size in free]
    letters = [sympy.Symbol(name) for name, _ in free]
    return [
        expression.subs(dict(zip(letters, values, strict=True))).doit()
        for values in itertools.product(*ranges)
    ]
