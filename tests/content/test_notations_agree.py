"""The same answer in LaTeX, in infix and as an array gets the same verdict, on all 17 questions.

NumPy computes the array on the draw published for a student; the grader's evaluation is not used.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from array_answers import Array, published, right_answers
from content_grading import judged

from grader.key import Key

STUDENT = "somebody"


class Twin(NamedTuple):
    """One answer in three notations; the array is computed from the quantities of the model."""

    infix: str
    latex: str
    array: Callable[[Any], Any]


class Quantities:
    """The intermediate values of a student's own program."""

    def __init__(self, drawn: Mapping[str, Array]) -> None:
        self.x, self.W1, self.W2, self.W3 = (drawn[name] for name in ("x", "W1", "W2", "W3"))
        self.delta = float(drawn["delta"])
        self.scalar = float(drawn["q6_x"])
        self.z1 = self.W1 @ self.x
        self.h1 = np.maximum(self.z1, 0)
        self.h2 = self.W2 @ self.h1


RIGHT = {
    "q1": ("delta*h2[1]", r"\delta h^2_1"),
    "q2": ("delta*h2[2]", r"\delta h^2_2"),
    "q3": ("delta*h2.T", r"\delta (h^2)^T"),
    "q4": ("delta*W3[1,1]", r"\delta W^3_{1,1}"),
    "q5": ("delta*W3.T", r"\delta (W^3)^T"),
    "q6": (
        "Piecewise((1, x > 0), (0, True))",
        r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
    ),
    "q7": ("h1[j]", r"h^1_j"),
    "q8": ("sigma(z1[j])", r"\sigma(z^1_j)"),
    "q9": ("outer([1, 1], h1)", r"\begin{bmatrix} 1 \\ 1 \end{bmatrix} (h^1)^T"),
    "q10": ("delta*W3[1,i]*h1[j]", r"\delta W^3_{1,i} h^1_j"),
    "q11": ("delta*W3.T @ h1.T", r"\delta (W^3)^T (h^1)^T"),
    "q12": ("W2[1,j]", r"W^2_{1,j}"),
    "q13": ("W2", r"W^2"),
    "q14": (
        "Sum(delta*W3[1,i]*W2[i,j], (i, 1, n2))",
        r"\sum_{i=1}^{n_2} \delta W^3_{1,i} W^2_{i,j}",
    ),
    "q15": ("delta*W2.T @ W3.T", r"\delta (W^2)^T (W^3)^T"),
    "q16": (
        "Sum(delta*W3[1,m]*W2[m,i], (m, 1, n2))*sigma'(z1[i])*x[j]",
        r"\sum_{m=1}^{n_2} \delta W^3_{1m} W^2_{mi} \sigma'(z^1_i) x_j",
    ),
    "q17": (
        "(delta*(W2.T @ W3.T)*sigma'(z1)) @ x.T",
        r"\left( \delta (W^2)^T (W^3)^T \odot \sigma'(z^1) \right) x^T",
    ),
}

WRONG = {
    "q1": Twin("delta*h2[2]", r"\delta h^2_2", lambda m: m.delta * m.h2[1]),
    "q2": Twin("h2[2]", r"h^2_2", lambda m: m.h2[1]),
    "q3": Twin("-delta*h2.T", r"-\delta (h^2)^T", lambda m: -m.delta * m.h2),
    "q4": Twin("2*delta*W3[1,1]", r"2 \delta W^3_{1,1}", lambda m: 2 * m.delta * m.W3[0, 0]),
    "q5": Twin("W3.T", r"(W^3)^T", lambda m: m.W3[0]),
    "q6": Twin("Max(0, x)", r"\max(0, x)", lambda m: max(0.0, m.scalar)),
    "q7": Twin("W2[1,j]", r"W^2_{1,j}", lambda m: m.W2[0]),
    "q8": Twin("W2[2,j]", r"W^2_{2,j}", lambda m: m.W2[1]),
    "q9": Twin(
        "2*outer([1, 1], h1)",
        r"2 \begin{bmatrix} 1 \\ 1 \end{bmatrix} (h^1)^T",
        lambda m: 2 * np.tile(m.h1, (2, 1)),
    ),
    "q10": Twin("W3[1,i]*h1[j]", r"W^3_{1,i} h^1_j", lambda m: np.outer(m.W3, m.h1)),
    "q11": Twin("delta*h1 @ W3", r"\delta h^1 W^3", lambda m: m.delta * np.outer(m.h1, m.W3)),
    "q12": Twin("W1[1,j]", r"W^1_{1,j}", lambda m: m.W1[0, :3]),
    "q13": Twin("delta*W2", r"\delta W^2", lambda m: m.delta * m.W2),
    "q14": Twin(
        "Sum(W3[1,i]*W2[i,j], (i, 1, n2))",
        r"\sum_{i=1}^{n_2} W^3_{1,i} W^2_{i,j}",
        lambda m: (m.W3 @ m.W2)[0],
    ),
    "q15": Twin("delta*h1", r"\delta h^1", lambda m: m.delta * m.h1),
    "q16": Twin(
        "Derivative(l, h1[i])*sigma(z1[i])*x[j]",
        r"\frac{\partial l}{\partial h^1_i} \sigma(z^1_i) x_j",
        lambda m: np.outer(m.delta * (m.W3 @ m.W2)[0] * m.h1, m.x),
    ),
    "q17": Twin(
        "x @ (delta*(W2.T @ W3.T)*sigma'(z1)).T",
        r"x \left( \delta (W^2)^T (W^3)^T \odot \sigma'(z^1) \right)^T",
        lambda m: np.outer(m.x, m.delta * (m.W3 @ m.W2)[0] * (m.z1 > 0)),
    ),
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, Array]:
    return published(STUDENT)


@pytest.mark.parametrize("question", RIGHT)
def test_right_in_all_three(key: Key, drawn: dict[str, Array], question: str) -> None:
    infix, latex = RIGHT[question]
    assert _verdicts(key, question, infix, latex, right_answers(drawn)[question]) == ["correct"] * 3


@pytest.mark.parametrize("question", WRONG)
def test_wrong_in_all_three(key: Key, drawn: dict[str, Array], question: str) -> None:
    wrong = WRONG[question]
    array = wrong.array(Quantities(drawn))
    verdicts = _verdicts(key, question, wrong.infix, wrong.latex, array)
    assert verdicts == ["incorrect"] * 3


def _verdicts(key: Key, question: str, infix: str, latex: str, array: object) -> list[str]:
    return [
        str(judged(key, question, infix).verdict),
        str(judged(key, question, latex, "latex").verdict),
        str(judged(key, question, np.asarray(array)).verdict),
    ]
