r"""Spellings that look the same in TeX have one reading: row ends, empty groups, roots, superscripts."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.api import load_problem
from grader.errors import Unreadable
from grader.grading import grade
from grader.key import Key, build
from grader.notation import latex, printing
from grader.result import QuestionResult
from grader.steps.quoting import quoted
from grader.submission import Place, Submission, TextAnswer

PROBLEM = r"""
id: signs
dimensions: {n: 2, m: 12}
symbols:
  A: {shape: [n, n]}
  B: {shape: [n, n]}
  W3: {shape: [n, n], latex: W^3}
  x: {shape: []}
  y: {shape: []}
  v: {shape: [m]}
  z: {shape: [n]}
  h2: {shape: [n], latex: h_2}
model:
  l: {is: sum(A @ z)}
questions:
  - {id: matrix, points: 1, prompt: p, reference: {expression: "[[x, y], [y, 2*x]]"}}
  - {id: product, points: 1, prompt: p, reference: {expression: A @ B.T}}
  - {id: slope, points: 1, prompt: p, reference: {expression: "where(x > 0, y, 2*y)"}}
  - {id: sum, points: 1, prompt: p, reference: {expression: x + 2*y}}
  - {id: tenth, points: 1, prompt: p, reference: {expression: x**10}}
  - {id: cube, points: 1, prompt: p, reference: {expression: sign(x)*abs(x)**(1/3)}}
"""


@cache
def key() -> Key:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        return build(load_problem(Path(name)))


def read_as(text: str) -> str:
    names = key().problem["sum"].names
    return printing.infix(latex.parse(text, names)[0], names)


def judged(question: str, text: str) -> QuestionResult:
    answer = TextAnswer(question, text, "latex", Place("answers.yaml", 1))
    return grade(key(), Submission("me", "answers.yaml", "", answers=(answer,)))[question]


# The end of a row

ENDS = [r"\\", r"\\*", r"\\[4pt]", r"\\*[4pt]", r"\\[-.5 ex]", r"\\ [2mm]", r"\\[.3\baselineskip]",
        r"\\[\medskipamount]", r"\tabularnewline", r"\cr"]  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("matrix", r"\begin{bmatrix} x & y %s y & 2x \end{bmatrix}"),
        ("slope", r"\begin{cases} y & x > 0 %s 2y & \text{otherwise} \end{cases}"),
        ("sum", r"\begin{aligned} l &= x %s &+ 2y \end{aligned}"),
        ("sum", r"l = x - y + 3y %s = x + 2y"),
        ("sum", r"\begin{align*} a &= x %s b &= y %s c &= x + 2y \end{align*}"),
    ],
)
def test_the_end_of_a_row(question: str, text: str, end: str) -> None:
    assert judged(question, text.replace("%s", f"{end} ")).verdict == "correct"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("matrix", r"\begin{bmatrix} x & y %s y & 3x \end{bmatrix}"),
        ("slope", r"\begin{cases} y & x > 0 %s 3y & \text{otherwise} \end{cases}"),
        ("sum", r"\begin{aligned} l &= x + 2y %s &+ y \end{aligned}"),
        ("sum", r"l = x + 2y %s = x + y"),
    ],
)
def test_what_follows_the_end_of_a_row_counts(question: str, text: str, end: str) -> None:
    assert judged(question, text.replace("%s", f"{end} ")).verdict in ("incorrect", "partial")


@pytest.mark.parametrize(
    ("row", "meant"), [(r"\\ [y]", "y"), (r"\\[y]", "y"), (r"\\ [2 y]", "2*y"), (r"\\[3y]", "3*y")]
)
def test_a_row_may_begin_with_a_bracket(row: str, meant: str) -> None:
    """Only a length has no meaning."""
    assert read_as(rf"\begin{{bmatrix}} x {row} \end{{bmatrix}}") == f"[[x], [{meant}]]"


def test_a_length_is_not_quoted() -> None:
    assert quoted(r"a \\[4pt] b") == "“a ; b”"


# Scripts at an empty group


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"A B{}^T", "A @ B.T"),
        (r"A B{}^\top", "A @ B.T"),
        (r"A B {}^{\top}", "A @ B.T"),
        (r"A{}^T B", "A.T @ B"),
        (r"A W^3{}^T", "A @ W3.T"),
        (r"x A{}_{12}", "x*A[1, 2]"),
        (r"x A{}_{12}{}^2", "x*A[1, 2]**2"),
        (r"(A B){}^T", "(A @ B).T"),
        (r"2 \cdot A + A B{}^T", "2*A + A @ B.T"),
        (r"{} - x {} + y", "-x + y"),
    ],
)
def test_scripts_bind_to_the_nearest_factor(text: str, meant: str) -> None:
    assert read_as(text) == meant


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(r"A B{}^T", "correct"), (r"B A{}^T", "incorrect"), ("A{}^T B", "incorrect")],
)
def test_of_square_matrices_too(text: str, verdict: str) -> None:
    assert judged("product", text).verdict == verdict


# Roots and runs of superscripts


@pytest.mark.parametrize("text", [r"\sqrt[3]{x}", r"\sqrt[3]x", r"\sqrt[ 3 ]{x}", "√[3]{x}"])
def test_a_cube_root(text: str) -> None:
    """A cube root, also of negative numbers, as in `numpy.cbrt`."""
    node = latex.parse(text, key().problem["cube"].names)[0]
    draws = key()["cube"].draws.values["x"]
    assert (draws < 0).any()
    assert (draws > 0).any()
    np.testing.assert_allclose(key()["cube"].evaluate(node), np.cbrt(draws), rtol=1e-12)
    assert judged("cube", text).verdict == "correct"
    assert judged("cube", rf"\sqrt{{3}} x + 0 {text}").verdict == "incorrect"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"\sqrt[4]{x}", "x**(1 / 4)"),
        (r"\sqrt[y]{x}", "x**(1 / y)"),
        (r"2\sqrt[5]{x}^2", "2*(sign(x)*abs(x)**0.2)**2"),
        (r"\sqrt[x]", "sqrt(x)"),
        (r"\sqrt[x + 1] + y", "sqrt(x + 1) + y"),
    ],
)
def test_other_roots(text: str, meant: str) -> None:
    assert read_as(text) == meant


@pytest.mark.parametrize("text", [r"\sqrt[0]{x}", r"\sqrt[]{x}", r"\sqrt[3{x}", r"\sqrt["])
def test_no_root(text: str) -> None:
    with pytest.raises(Unreadable):
        read_as(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("x¹⁰", "x**10"),
        ("x⁻²", "x**-2"),
        ("x²", "x**2"),
        ("W³₁₂", "W3[1, 2]"),
        ("A₁₂", "A[1, 2]"),
        ("Aᵀ", "A.T"),
        ("v₁₀", "v[10]"),
        ("v₂", "v[2]"),
        (r"\delta₁₁", "1 == 1"),
        ("δ₁₂", "1 == 2"),
        ("h₂₁", "h2[1]"),
        ("h_{21}", "h2[1]"),
        ("h_{2,1}", "h2[1]"),
    ],
)
def test_a_run_of_superscripts_is_one(text: str, meant: str) -> None:
    assert read_as(text) == meant


def test_a_tenth_power() -> None:
    assert judged("tenth", "x¹⁰").verdict == "correct"
    assert judged("tenth", "1 + 0 x¹⁰").verdict == "incorrect"
