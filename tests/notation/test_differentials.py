"""A d before a declared name is a differential, even where d is a size of the problem too."""

import pytest
from notation_reading import answered, as_read, texts

LATEX = [
    ("linear-regression", "q5", r"\sum_i \frac{dl}{dr_i}", "Sum(Derivative(l, r[i]), (i, 1, 5))"),
    ("linear-regression", "q5", r"\sum_i \frac{\mathrm{d}l}{\mathrm{d}r_i}",
     "Sum(Derivative(l, r[i]), (i, 1, 5))"),
    ("linear-regression", "q3", r"X^T \frac{d l}{d r} + \lambda w", "X.T @ Derivative(l, r) + lam*w"),
    ("linear-regression", "q3", r"X^T dl/dr + \lambda w", "X.T @ Derivative(l, r) + lam*w"),
    ("attention", "q2", r"dO\, V^T", "Derivative(l, O) @ V.T"),
    ("attention", "q2", r"\mathrm{d}O V^T", "Derivative(l, O) @ V.T"),
    ("attention", "q2", r"\mathrm{d} O V^T", "Derivative(l, O) @ V.T"),
    ("attention", "q5", r"\frac{1}{\sqrt{d}} dS K", "1 / sqrt(d)*Derivative(l, S) @ K"),
    ("attention", "q5", r"\frac{d}{\sqrt{d}^3} dS K", "d / sqrt(d)**3*Derivative(l, S) @ K"),
]  # fmt: skip
INFIX = [
    ("linear-regression", "q5", "sum(dl/dr)", "sum(Derivative(l, r))"),
    ("attention", "q2", "dO @ V.T", "Derivative(l, O) @ V.T"),
    ("attention", "q5", "dS @ K / d**0.5", "Derivative(l, S) @ K / d**0.5"),
]


@pytest.mark.parametrize(("problem", "question", "text", "expected"), LATEX)
def test_latex(problem: str, question: str, text: str, expected: str) -> None:
    result = answered(problem, question, {"latex": text})
    assert (result.verdict, as_read(result)) == ("correct", expected)


@pytest.mark.parametrize(("problem", "question", "text", "expected"), INFIX)
def test_infix(problem: str, question: str, text: str, expected: str) -> None:
    result = answered(problem, question, text)
    assert (result.verdict, as_read(result)) == ("correct", expected)


def test_a_derivative_in_a_case_is_no_quotient_of_products() -> None:
    text = r"\sum_i \begin{cases} \frac{d(r_i^2)}{dr_i}/(2N) & r_i > 0 \\ r_i/N & r_i \le 0 \end{cases}"
    result = answered("linear-regression", "q5", {"latex": text})
    assert "Derivative(r[i]**2, r[i])" in (as_read(result) or "")


def test_a_gap_leaves_open_which_of_both_is_meant() -> None:
    result = answered("attention", "q2", {"latex": r"d O V^T"})
    assert result.verdict == "unreadable"
    assert "differential or a size" in texts(result)
