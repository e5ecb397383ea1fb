"""Circular answers: an answer may use another question's derivative, but not in a circle."""

from pathlib import Path

import pytest
from paper_grading import answered, graded

Z = r"4. $\frac{\partial l}{\partial z} = %s$" "\n\n"
W = r"5. $\frac{\partial l}{\partial W} = \frac{\partial l}{\partial b} x^\top$" "\n\n"
B = r"7. $\frac{\partial l}{\partial b} = %s$" "\n\n"
BY_Z, BY_B = r"\frac{\partial l}{\partial z}", r"\frac{\partial l}{\partial b}"
BY_W = r"\frac{\partial l}{\partial W} \frac{x}{x^\top x}"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (Z % BY_B + W + B % BY_Z, {"q4": "incorrect", "q5": "correct", "q7": "incorrect"}),
        (Z % BY_B + W + B % "p - y", {"q4": "correct", "q5": "correct", "q7": "correct"}),
        (Z % BY_B, {"q4": "correct"}),
        (Z % BY_W + W + B % BY_Z, {"q4": "incorrect", "q5": "incorrect", "q7": "incorrect"}),
    ],
)
def test_a_circle_earns_nothing(tmp_path: Path, text: str, verdicts: dict[str, str]) -> None:
    report = graded("softmax-cross-entropy", tmp_path, text)
    assert {name: report[name].verdict for name in verdicts} == verdicts


def test_the_circle_is_named(tmp_path: Path) -> None:
    result = graded("softmax-cross-entropy", tmp_path, Z % BY_B + B % BY_Z)["q4"]
    assert result.score == 0
    assert result.messages[0].code == "not-worked-out"
    assert "q4 → q7 → q4" in result.messages[0].text


@pytest.mark.parametrize(
    ("problem", "question", "notation", "text", "verdict"),
    [
        ("linear-regression", "q3", "infix", "Derivative(r,w).T @ Derivative(l,r) + lam*w", "correct"),
        ("vae", "q6", "latex", r"\frac{\partial l}{\partial z}+\frac{\partial K}{\partial\mu}", "correct"),
        ("linear-regression", "q3", "infix", "Derivative(l, w)", "incorrect"),
        ("linear-regression", "q4", "infix", "Derivative(l, w[j])", "incorrect"),
        ("linear-regression", "q3", "infix", "Derivative(yhat,w).T @ Derivative(l,r) + lam*w", "incorrect"),
    ],
)  # fmt: skip
def test_a_derivative_of_another_question_may_be_used(
    problem: str, question: str, notation: str, text: str, verdict: str
) -> None:
    """Even one by the same quantity; but not the question's own, nor one that no question asks for."""
    assert answered(problem, question, text, notation)[question].verdict == verdict
