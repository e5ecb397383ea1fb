"""Functions that a paper defines: `h_\\theta(x) = g(\\theta^T x)`."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grader.api import load_problem
from grader.grading import grade
from grader.key import Key, build
from grader.submission import read

PROBLEM = r"""
id: logistic
dimensions: {m: 5, n: 3}
symbols:
  X: {shape: [m, n], latex: x}
  y: {shape: [m], latex: y, draw: mask}
  theta: {shape: [n], latex: \theta}
functions:
  g: {is: sigmoid, latex: g}
model:
  z: {is: X @ theta, latex: z}
  J: {is: '-sum(y*log(g(z)) + (1-y)*log(1-g(z)))/m', latex: J}
questions:
  - {id: q, of: J, wrt: theta}
"""


@cache
def key() -> Key:
    with TemporaryDirectory() as folder:
        (Path(folder) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        return build(load_problem(folder))


def verdict(folder: Path, *formulas: str) -> str:
    paper = folder / "paper.md"
    paper.write_text("\n\n".join(f"$${formula}$$" for formula in formulas), encoding="utf-8")
    return str(grade(key(), read(paper))["q"].verdict)


GRADIENT = r"\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m "


@pytest.mark.parametrize(
    ("definition", "answer"),
    [
        (r"h_\theta(x) = g(\theta^T x)", r"(h_\theta(x_i) - y_i) x_{ij}"),
        (r"h_\theta(x) = g(\theta^T x)", r"(h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}"),
        (r"h(x) = \frac{1}{1 + e^{-\theta^\top x}}", r"(h(x^i) - y^i) x_j^i"),
        (r"h(x) = g(\theta^T x) = \frac{1}{1 + e^{-\theta^\top x}}", r"(h(x^i) - y^i) x_j^i"),
        # the letters of the body are its own
        (r"h(u) = g(\sum_i \theta_i u_i)", r"(h(x_i) - y_i) x_{ij}"),
        (r"h(u) = g(\sum_{j=1}^n \theta_j u_j)", r"(h(x_i) - y_i) x_{ij}"),
        (r"h(i) = g(i)", r"(h(z_i) - y_i) x_{ij}"),
        (r"r(a, b) = g(a) - b", r"r(z_i, y_i) x_{ij}"),
        (r"r(b, a) = g(b) - a", r"r(z_i, y_i) x_{ij}"),
    ],
)
def test_right(tmp_path: Path, definition: str, answer: str) -> None:
    assert verdict(tmp_path, definition, GRADIENT + answer) == "correct"


@pytest.mark.parametrize(
    ("definition", "answer"),
    [
        (r"h_\theta(x) = g(\theta^T x)", r"(h_\theta(x_i) + y_i) x_{ij}"),
        (r"h(x) = \theta^T x", r"(h(x_i) - y_i) x_{ij}"),
        (r"h(u) = g(\sum_i \theta_i u_i + 1)", r"(h(x_i) - y_i) x_{ij}"),
        (r"r(a, b) = g(b) - a", r"r(z_i, y_i) x_{ij}"),
    ],
)
def test_wrong(tmp_path: Path, definition: str, answer: str) -> None:
    assert verdict(tmp_path, definition, GRADIENT + answer) == "incorrect"


@pytest.mark.parametrize(
    ("definition", "answer"),
    [
        (r"h(u) = g(\theta^T x_i)", r"(h(x_i) - y_i) x_{ij}"),  # the i of the body has no meaning
        (r"h(x) = h(x)", r"(h(x_i) - y_i) x_{ij}"),
        (r"h(x) = g(\theta^T x)", r"(h(x_i, 1) - y_i) x_{ij}"),
        (r"h(x) = g(\theta^T x)", r"(h'(x_i) - y_i) x_{ij}"),
        (r"h(x) = g(\theta^T x)", r"(h - y_i) x_{ij}"),
        (r"h(x) = \foo", r"(h(x_i) - y_i) x_{ij}"),
    ],
)
def test_a_human_decides(tmp_path: Path, definition: str, answer: str) -> None:
    assert verdict(tmp_path, definition, GRADIENT + answer) in ("unreadable", "undecided")


def test_functions_of_functions_do_not_explode(tmp_path: Path) -> None:
    doubled = [rf"f_{{{n}}}(x) = f_{{{n - 1}}}(x) + f_{{{n - 1}}}(x)" for n in range(1, 40)]
    answer = GRADIENT + r"f_{39}(z_i) x_{ij}"
    assert verdict(tmp_path, "f_{0}(x) = x", *doubled, answer) in ("unreadable", "undecided")
