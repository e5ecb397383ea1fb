"""Printed text reads back to the same expression."""

import numpy as np
import pytest
from notation_reading import homework

from grader.evaluation import Evaluator
from grader.notation import infix, latex, printing

TEXTS = [
    "delta*W3[1,i]*h1[j]", "-x[1]**2", "(-x[1])**2", "delta/(h2[1]*h2[2])", "(delta/h2[1])*h2[2]",
    "Sum(W2[1,k]*h1[k] + 1, (k, 1, 3))", "Sum(W2[1,k]*h1[k], (k, 1, 3)) + 1",
    "delta*W3.T @ h1.T", "outer(delta*W3.T, h1)", "where(z1[j] > 0, x[1], 0)*h2[i]",
    "sigma'(z1[j])**2", "(W3 @ W2).T", "W2[:,1]", "W2[1,:]", "[[x[1], 2], [3, 4]]",
    "Piecewise((x[1], x[1] > 0), (0, True))", "Derivative(l, h1[j])", "x[1]**2**3", "abs(x[1])",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_infix_round_trip(text: str) -> None:
    names = homework().problem["q10"].names
    printed = printing.infix(infix.parse(text, names)[0], names)
    assert printing.infix(infix.parse(printed, names)[0], names) == printed


@pytest.mark.parametrize(
    "text",
    [
        *TEXTS,
        "13*2**2",  # not 132²
        "1e40*x[1]",  # not 1e+40
        "W2[2:,1]",
    ],
)  # fmt: skip
def test_latex_round_trip(text: str) -> None:
    key = homework()["q10"]
    names = key.question.names
    node = infix.parse(text, names)[0]
    again = latex.parse(printing.latex(node, names), names)[0]
    assert printing.infix(again, names).count("Derivative") == text.count("Derivative")
    value = Evaluator(key.draws.values, key.backprop.lower, key.question.free)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(value(node), value(again), rtol=1e-12)
