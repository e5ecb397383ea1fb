r"""The argument of a function without brackets: that of `\sin 2x` and `\ln xy` is the product.

If the argument is not clear, as in `\log p_k y_k`, a human decides on an answer that is right only in the
other reading.
"""

import math
import tempfile
from functools import cache
from pathlib import Path

import pytest
from paper_grading import REVIEW

from grader.api import load_problem
from grader.grading import grade
from grader.key import Key, build
from grader.notation.conventions import MOST_READINGS
from grader.result import Message, QuestionResult
from grader.submission import Place, Submission, TextAnswer, read

PROBLEM = r"""
id: functions
dimensions: {n: 3}
symbols:
  x: {shape: [], draw: positive}
  y: {shape: [], draw: positive}
  s: {shape: [], draw: positive}
  p: {shape: [n], draw: simplex}
  q: {shape: [n], latex: q, draw: simplex}
  W: {shape: [n, n]}
  u: {shape: [n]}
functions:
  sigma: {is: sigmoid, latex: \sigma}
model:
  z: {is: W @ u, latex: z}
  h: {is: tanh(z), latex: h}
  l: {is: sum(h), latex: l}
questions:
  - {id: q, points: 1, prompt: p, reference: {expression: "%s"}}
"""


@cache
def key_of(expected: str) -> Key:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(PROBLEM % expected, encoding="utf-8")
        return build(load_problem(Path(name)))


def judged(text: str, expected: str) -> QuestionResult:
    answer = TextAnswer("q", text, "latex", Place("answers.yaml", 1))
    return grade(key_of(expected), Submission("me", "answers.yaml", "", answers=(answer,)))["q"]


def codes(messages: tuple[Message, ...]) -> set[str | None]:
    return {message.code for message in messages}


CLEAR = [
    (r"\sin 2x", "sin(2*x)", "sin(2)*x"),
    (r"\sin 2x \cos y", "sin(2*x)*cos(y)", "sin(2*x*cos(y))"),
    (r"\sin x + 1", "sin(x) + 1", "sin(x + 1)"),
    (r"\log 2\pi s^2", "log(2*pi*s**2)", "log(2)*pi*s**2"),
    (r"\cos \pi x", "cos(pi*x)", "cos(pi)*x"),
    (r"\sin \frac12 x", "sin(x/2)", "sin(1/2)*x"),
    (r"\sin 2\frac{x}{3}", "sin(2*x/3)", "sin(2)*x/3"),
    (r"\sin^2 2x", "sin(2*x)**2", "sin(2)**2*x"),
    (r"\log x \log y", "log(x)*log(y)", "log(x*log(y))"),
    (r"\log\log 2x", "log(log(2*x))", "log(log(2))*x"),
    (r"y \log x", "y*log(x)", "log(x)"),
    (r"\sin(2x) y", "sin(2*x)*y", "sin(2*x*y)"),
    (r"\log{x} y", "log(x)*y", "log(x*y)"),
    (r"\exp 2x - y", "exp(2*x) - y", "exp(2*x - y)"),
    (r"\sum_{k=1}^{n} q_k \log p_k", "Sum(q[k]*log(p[k]), (k, 1, n))", "log(2)"),
    (r"\sqrt 2 x", "sqrt(2)*x", "sqrt(2*x)"),
    (r"\log \sigma(x)", "log(sigma(x))", "log(2)*sigma(x)"),
    (r"\log \frac{x}{y}", "log(x/y)", "log(x)/y"),
]


@pytest.mark.parametrize(("text", "reading", "other_reading"), CLEAR)
def test_one_reading(text: str, reading: str, other_reading: str) -> None:
    right = judged(text, reading)
    assert (right.verdict, codes(right.messages)) == ("correct", set())
    assert judged(text, other_reading).verdict == "incorrect"


OPEN = [
    # the argument is all names in a row
    (r"\ln xy", "log(x*y)", "log(x)*y"),
    (r"\log x^2 y", "log(x**2*y)", "log(x**2)*y"),
    (r"\sum_{k=1}^{n} \log p_k q_k", "Sum(log(p[k]*q[k]), (k, 1, n))", "Sum(log(p[k])*q[k], (k, 1, n))"),
    (r"\log 2 x y", "log(2*x*y)", "log(2*x)*y"),
    (r"\log n x", "log(3*x)", "log(3)*x"),
    (r"\tanh W u", "tanh(W @ u)", "tanh(W) @ u"),
    # but not what is apart, in brackets, or after a sign
    (r"\log x (1 - y)", "log(x)*(1 - y)", "log(x*(1 - y) + 0*y)"),
    (r"\log x \cdot y", "log(x)*y", "log(x*y)"),
    (r"\sin x / 2", "sin(x)/2", "sin(x/2)"),
    (r"\log \frac{x}{y} s", "log(x/y)*s", "log(x/y*s)"),
    (r"\log x \sigma(y)", "log(x)*sigma(y)", "log(x*sigma(y))"),
    (r"\log 2 \sigma(y)", "log(2)*sigma(y)", "log(2*sigma(y))"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "usual", "other"), OPEN)
def test_two_readings(text: str, usual: str, other: str) -> None:
    right = judged(text, usual)
    assert right.verdict == "correct"
    assert any("without brackets" in message.text for message in right.messages)
    maybe = judged(text, other)
    assert maybe.verdict == "undecided"
    assert "other-reading" in codes(maybe.messages)
    assert judged(text, f"{usual} + 0.1").verdict == "incorrect"


def test_two_functions_may_be_read_differently() -> None:
    """The first in the usual way, the second in the other way."""
    text = r"\log xy + \sin xy"
    assert judged(text, "log(x*y) + sin(x*y)").verdict == "correct"
    assert judged(text, "log(x*y) + sin(x)*y").verdict == "undecided"
    assert judged(text, "log(x)*y + sin(x*y)").verdict == "undecided"
    assert judged(text, "log(x)*y + sin(x)*y").verdict == "undecided"
    assert judged(text, "log(x)*y - sin(x)*y").verdict == "incorrect"


def test_a_human_decides_if_there_are_too_many_readings() -> None:
    count = int(math.log2(MOST_READINGS)) + 1
    text = " + ".join([r"\log xy"] * count)
    assert judged(text, f"{count}*log(x*y)").verdict == "correct"
    assert judged(text, "x").verdict == "undecided"


def test_no_answer_follows_from_a_step_with_two_readings(tmp_path: Path) -> None:
    text = PROBLEM.replace('reference: {expression: "%s"}', "of: l, wrt: W")
    (tmp_path / "problem.yaml").write_text(text, encoding="utf-8")
    key = build(load_problem(tmp_path))
    paper = tmp_path / "paper.md"
    for step, verdict in ((r"1 - \tanh^2(W u)", ["correct"]), (r"1 - \tanh^2 W u", REVIEW)):
        paper.write_text(
            rf"$$\frac{{\partial l}}{{\partial z}} = {step}$$"
            "\n\n"
            r"1. $$\frac{\partial l}{\partial W} = \frac{\partial l}{\partial z} u^T$$",
            encoding="utf-8",
        )
        assert grade(key, read(paper))["q"].verdict in verdict


@pytest.mark.parametrize("text", [r"\sigma x", r"\exp -x", r"\sin", r"\log +", r"\sin / 2"])
def test_no_argument(text: str) -> None:
    assert judged(text, "x").verdict == "unreadable"


def test_plain_text_is_read_alike() -> None:
    assert judged("sin 2x · cos y", "sin(2*x)*cos(y)").verdict == "correct"
