r"""A gradient that is zero everywhere is written `0`, whatever its shape."""

import tempfile
from pathlib import Path

import pytest

from grader.api import load_problem
from grader.grading import grade
from grader.key import build
from grader.result import Verdict
from grader.submission import Place, Submission, TextAnswer

PROBLEM = r"""
id: zero
dimensions: {n: 2, m: 3}
symbols:
  x: {shape: [n]}
  W: {shape: [m, n]}
questions:
  - {id: vector, points: 1, prompt: p, reference: {expression: 0*x}}
  - {id: matrix, points: 1, prompt: p, reference: {expression: 0*W}}
  - {id: other, points: 1, prompt: p, reference: {expression: 2*x}}
"""


def judged(question: str, text: str) -> Verdict:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        key = build(load_problem(Path(name)))
    answer = TextAnswer(question, text, "latex", Place("answers.yaml", 1))
    return grade(key, Submission("me", "answers.yaml", "", answers=(answer,)))[question].verdict


@pytest.mark.parametrize("zero", ["0", r"\mathbf{0}", r"\mathbf 0", r"\vec{0}", "𝟎"])
def test_a_zero_is_zeros(zero: str) -> None:
    assert judged("vector", zero) == judged("matrix", zero) == "correct"
    assert judged("other", zero) == "incorrect"


def test_another_number_is_not() -> None:
    assert judged("vector", "1") == "incorrect"
