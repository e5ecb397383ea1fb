"""Ambiguous notation in answers: a right answer is accepted, a wrong one never becomes right."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grader.api import load_problem
from grader.grading import grade
from grader.key import Key, build
from grader.submission import Place, Submission, TextAnswer

WORDS = r"""
id: words
dimensions: {d: 3, K: 4}
symbols:
  v: {shape: [d], latex: v_c}
  o: {shape: [d], latex: u_o}
  u: {shape: [K, d], latex: u}
functions:
  sigma: {is: sigmoid, latex: \sigma}
model:
  J: {is: '-log(sigma(o.T @ v)) - sum(log(sigma(-u @ v)))', latex: J}
questions:
  - {id: q, of: J, wrt: v}
"""
OUTER = r"""
id: outer
dimensions: {n: 3, h: 4, N: 5}
symbols:
  V: {shape: [h, n], latex: V}
  X: {shape: [N, n], latex: x}
  D: {shape: [N, h], latex: \delta}
questions:
  - {id: q, reference: {expression: D.T @ X}}
"""
SQUARE = r"""
id: square
dimensions: {n: 3}
symbols:
  W: {shape: [n, n], latex: W}
  A: {shape: [n, n], latex: A}
  x: {shape: [n], latex: x}
questions:
  - {id: q, reference: {expression: 'W[2,:]'}}
"""
SLOPES = r"""
id: slopes
dimensions: {n: 3, m: 4}
symbols:
  W: {shape: [m, n], latex: W}
  r: {shape: [m], latex: r}
  z: {shape: [n], latex: z}
functions:
  sigma: {is: sigmoid, latex: \sigma}
questions:
  - {id: q, reference: {expression: "(W.T @ r)*sigma'(z)"}}
"""
FACTORS = r"""
id: factors
dimensions: {n: 3, h: 4}
symbols:
  x: {shape: [n], latex: x}
  delta: {shape: [h], latex: \delta}
questions:
  - {id: q, reference: {expression: delta @ x.T}}
"""


@cache
def key(problem: str) -> Key:
    with TemporaryDirectory() as folder:
        (Path(folder) / "problem.yaml").write_text(problem, encoding="utf-8")
        return build(load_problem(folder))


def verdict(problem: str, text: str) -> str:
    answer = TextAnswer("q", text, "latex", Place("answers.yaml", 1))
    submission = Submission("one", "answers.yaml", "", answers=(answer,))
    return str(grade(key(problem), submission)["q"].verdict)


FIRST = r"-(1 - \sigma(u_o^\top v_c)) u_o"
RIGHT = [
    (WORDS, rf"{FIRST} + \sum_k \sigma(u_k^\top v_c) u_k"),
    (WORDS, rf"{FIRST} + \sum_k \sigma(u_k v_c) u_k"),
    (WORDS, rf"{FIRST} + \sum_{{k=1}}^K \sigma(v_c^\top u_k) u_k"),
    (WORDS, rf"{FIRST} + \sum_{{w}} \sigma(u_w \cdot v_c) \cdot u_w"),
    (WORDS, rf"{FIRST} - \sum_k (\sigma(-u_k^\top v_c) - 1) u_k^\top"),
    (WORDS, r"(1 - \sigma(u_o^T v_c)) \cdot -u_o + \sum_k \sigma(u_k^T v_c) \cdot u_k"),
    (WORDS, rf"{FIRST} + u^\top \sigma(u v_c)"),
    (OUTER, r"\sum_i \delta_i x_i^\top"),
    (OUTER, r"\sum_{i=1}^N \delta^{(i)} x^{(i)\top}"),
    (OUTER, r"\sum_i \delta_i^\top x_i"),  # examples lie
    (OUTER, r"\delta^\top x"),
    (SQUARE, r"W_2"),
    (SQUARE, r"W_{2,:}"),
    (SQUARE, r"W_2^\top"),  # a vector may lie or stand
    (FACTORS, r"\delta x^\top"),
    (SLOPES, r"W^\top r \odot \sigma'(z)"),
    (SLOPES, r"(W^\top r) \cdot \sigma'(z)"),
    (SLOPES, r"r^\top W \odot \sigma'(z)"),
]
HUMAN = [
    (
        FACTORS,
        r"\delta^\top x",
    ),  # right if the paper's vectors are rows; else a misplaced transpose
    (FACTORS, r"\delta^\top \cdot x"),
    (
        SQUARE,
        r"(W^\top)_2",
    ),  # the column of a transposed matrix is the row; usually its row is meant
]
WRONG = [
    (WORDS, rf"{FIRST} + \sum_k \sigma(u_k v_c^\top) u_k"),
    (WORDS, rf"{FIRST} + \sum_k \sigma(u_k^\top v_c) v_c"),
    (WORDS, rf"{FIRST} + \sum_k u_k^\top v_c"),
    (WORDS, rf"{FIRST} + \sum_k \sigma(u_k \odot v_c) u_k"),
    (WORDS, rf"{FIRST} + \sum_k (1 - \sigma(u_k^\top v_c)) u_k"),
    (OUTER, r"\sum_i x_i \delta_i^\top"),
    (OUTER, r"\sum_i x_i^\top \delta_i"),
    (OUTER, r"\sum_i \delta_i x_i"),  # no product of two vectors that both stand or both lie
    (OUTER, r"\delta x^\top"),
    (OUTER, r"\delta x"),
    (SQUARE, r"W_{:,2}"),
    (SQUARE, r"W_{:2}"),
    (SQUARE, r"A_2"),
    (FACTORS, r"x^\top \delta"),
    (FACTORS, r"\delta x"),
    (FACTORS, r"x \delta^\top"),
    (SLOPES, r"W r \odot \sigma'(z)"),
    (SLOPES, r"r W^\top \odot \sigma'(z)"),
    (SLOPES, r"W^\top (r \odot \sigma'(z))"),
    (SLOPES, r"\sigma'(z)^\top W^\top r"),
]


@pytest.mark.parametrize(("problem", "text"), RIGHT)
def test_right(problem: str, text: str) -> None:
    assert verdict(problem, text) == "correct"


@pytest.mark.parametrize(("problem", "text"), HUMAN)
def test_a_human_decides(problem: str, text: str) -> None:
    assert verdict(problem, text) == "undecided"


@pytest.mark.parametrize(("problem", "text"), WRONG)
def test_wrong(problem: str, text: str) -> None:
    assert verdict(problem, text) in ("incorrect", "partial")
