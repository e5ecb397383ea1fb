r"""Derivatives on the left side as papers write them: operators, slashes, what is differentiated."""

import tempfile
from functools import cache
from pathlib import Path

import pytest

from grader import grade, load_problem
from grader.claims import read_left, similarity
from grader.expression import Derivative
from grader.notation.statements import equations
from grader.problem import Problem

PROBLEM = r"""
id: operators
dimensions: {n: 4, d: 3}
symbols:
  X: {shape: [n, d]}
  t: {shape: [n]}
  w: {shape: [d]}
  A: {shape: [d, d]}
  lam: {shape: [], latex: \lambda}
model:
  r: {is: X @ w - t}
  P: {is: lam/2*sum(w**2)}
  E: {is: sum(r**2)/(2*n) + P, latex: '\mathcal{E}'}
  Q: {is: w.T @ A @ w}
questions:
  - {id: loss, of: E, wrt: w, prompt: p}
  - {id: penalty, of: P, wrt: 'w[k]', free: {k: d}, prompt: p}
  - {id: form, of: Q, wrt: A, prompt: p}
  - {id: residual, of: 'r[i]', wrt: 'w[j]', free: {i: n, j: d}, prompt: p}
"""


@cache
def problem() -> Problem:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        return load_problem(Path(name))


def named(left: str) -> set[str]:
    """The questions that a left side names."""
    (equation,) = equations(f"{left} = 1", problem().scope.names)
    node = read_left(equation, problem().scope.names)
    if not isinstance(node, Derivative):
        return set()
    return {one.id for one in problem().questions if similarity(node, one) > 0.8}


@pytest.mark.parametrize(
    ("left", "question"),
    [
        (r"\nabla_w \mathcal{E}", "loss"),
        (r"\nabla \mathcal{E}(w)", "loss"),
        (r"\nabla \mathcal{E}(w, D)", "loss"),  # D is nothing that the problem knows
        (r"\nabla_{w} \left( \frac{1}{2n} \|Xw - t\|^2 + \frac\lambda2 \|w\|^2 \right)", "loss"),
        (r"\frac{\partial}{\partial w} \left[ \frac{1}{2n} \sum_i (x_i^T w - t_i)^2 + P \right]", ""),
        (r"\frac{\partial}{\partial w_k} \frac{\lambda}{2} \sum_j w_j^2", "penalty"),
        (r"\frac{\lambda}{2} \frac{\partial}{\partial w_k} \|w\|^2_2", ""),
        (r"\frac{1}{2} \nabla_w \left( \frac1n \|Xw - t\|^2 + \lambda w^T w \right)", "loss"),
        (r"\nabla_A w^T A w", "form"),
        (r"\nabla_A [ w^\top A w ]", "form"),
        (r"\frac{\partial w^T A w}{\partial A}", "form"),
        (r"\partial w^T A w / \partial A", "form"),
        (r"\frac{\delta \mathcal{E}}{\delta w}", "loss"),
        (r"\frac{\delta}{\delta w} \mathcal{E}", "loss"),
        (r"\frac{\partial \mathcal{E}}{d w}", "loss"),
        (r"\partial (Xw - t)_i / \partial w_j", ""),  # an entry written out is compared with no other
        (r"\partial r_i / \partial w_j", "residual"),
    ],
)  # fmt: skip
def test_a_left_side_names_its_question(left: str, question: str) -> None:
    assert named(left) == ({question} if question else set())


@pytest.mark.parametrize(
    "left",
    [
        r"\nabla \mathcal{E}",  # by what?
        r"\nabla \mathcal{E}(w, A)",
        r"\nabla_w \|Xw + t\|^2",
        r"\nabla_w \left( \frac{1}{2n} \|Xw - t\|^2 \right)",
        r"2 \nabla_w \left( \frac{1}{2n} \|Xw - t\|^2 + \frac\lambda2 \|w\|^2 \right)",
        r"\nabla_w w^T A w",
        r"\nabla^2 \mathcal{E}(w)",
        r"\frac{\delta_{ij}}{\delta_{kl}}",
        r"\nabla_w |w|",
    ],
)
def test_another_derivative_is_not_taken_for_it(left: str) -> None:
    assert named(left) == set()


ANSWER = r"\frac1n X^T (Xw - t) + \lambda w"


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        (r"\nabla \mathcal{E}(w)", ANSWER, "correct"),
        (r"\nabla \mathcal{E}(w)", r"\frac1n X^T (Xw - t)", "incorrect"),
        (r"\nabla_w \left( \frac{1}{2n} \|Xw - t\|^2 + P \right)", ANSWER, "correct"),
        (r"2 \nabla_w \mathcal{E}", ANSWER, "undecided"),
    ],
)
def test_a_paper_is_graded_by_it(left: str, right: str, verdict: str, tmp_path: Path) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text(f"The gradient is\n\n$$ {left} = {right} $$\n", encoding="utf-8")
    assert str(grade(problem(), paper)["loss"].verdict) == verdict
