"""Partial credit: for entries that are written out, and for closed formulas of the right shape."""

import pytest
from paper_grading import answered

MATRIX = "matrix-calculus"


@pytest.mark.parametrize(
    ("problem", "question", "notation", "text", "verdict"),
    [
        ("softmax-cross-entropy", "q5", "latex", "(p_i - y_i) x_i", "incorrect"),
        (MATRIX, "q2", "latex", "x_i^2", "incorrect"),
        (MATRIX, "q2", "infix", "x*x", "incorrect"),
        (MATRIX, "q3", "infix", "a*x[1]", "incorrect"),
        (MATRIX, "q3", "infix", "[[a[1]*x[1]], [a[2]*x[1]]]", "partial"),
        (MATRIX, "q3", "infix", "[[a[1]*x[1], a[1]*x[2], 0], [a[2]*x[1], 0, 0]]", "partial"),
        (MATRIX, "q3", "latex", "a_i x_j", "correct"),
    ],
)
def test_a_formula_earns_nothing_by_accident(
    problem: str, question: str, notation: str, text: str, verdict: str
) -> None:
    assert answered(problem, question, text, notation)[question].verdict == verdict
