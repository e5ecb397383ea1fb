"""Helpers for the tests of notation: two problems, and readings of one text."""

import tempfile
from functools import cache
from pathlib import Path

from library_keys import HOMEWORK, key_of

from grader import key as keys
from grader import submission
from grader.authoring.validation.answers import judged as judge
from grader.grading import grade
from grader.key import Key
from grader.notation import infix, latex, printing
from grader.problem import load
from grader.result import QuestionResult, Report
from grader.submission import Place, Submission, TextAnswer

# Square weights, so that a wrong transpose or index has a shape that fits.
SQUARE = r"""
id: square
title: One layer with biases, square weights, softmax and cross-entropy
dimensions: {n0: 3, n1: 3, n2: 2, m: 4}
symbols:
  X:  {shape: [n0, m], latex: X}
  W1: {shape: [n1, n0], latex: 'W^{[1]}'}
  W2: {shape: [n2, n1], latex: 'W^{[2]}'}
  b1: {shape: [n1], latex: 'b^{[1]}'}
  b2: {shape: [n2], latex: 'b^{[2]}'}
  x:  {shape: [n0], latex: x}
  y:  {shape: [n2], latex: y, draw: one_hot}
functions:
  g: {is: tanh, latex: g}
model:
  z1: {is: W1 @ x + b1, latex: 'z^{[1]}'}
  a1: {is: g(z1), latex: 'a^{[1]}'}
  z2: {is: W2 @ a1 + b2, latex: 'z^{[2]}'}
  yhat: {is: softmax(z2), latex: '\hat y'}
  L: {is: -sum(y*log(yhat)), latex: [L, '\mathcal{L}', J]}
questions:
  - {id: q1, points: 1, of: L, wrt: 'W1[i,j]', free: {i: n1, j: n0}, prompt: p}
  - {id: q2, points: 1, of: L, wrt: W1, prompt: p}
"""


@cache
def homework() -> Key:
    """The key of cs1678-hw3."""
    return key_of(HOMEWORK)


@cache
def square() -> Key:
    """The key of the problem above."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(SQUARE, encoding="utf-8")
        return keys.build(load(Path(name)))


def answered(problem: str, question: str, answer: str | dict[str, str]) -> QuestionResult:
    """One answer to a homework in `problems/`: infix text, or `{"latex": …}`."""
    notation, text = ("infix", answer) if isinstance(answer, str) else ("latex", answer["latex"])
    return judge(key_of(problem), question, text, notation)


def as_read(result: QuestionResult) -> str | None:
    """The reading of an answer in infix; None if it was not read."""
    return result.answer.reading if result.answer else None


def texts(result: QuestionResult) -> str:
    """All messages to the student."""
    return " ".join(message.text for message in result.messages)


def reading(text: str, key: Key, question: str, notation: str = "latex") -> str:
    """The reading of a text in canonical infix. Raises StudentError."""
    names = key.problem[question].names
    node, _ = (latex if notation == "latex" else infix).parse(text, names)
    return printing.infix(node, names)


def judged(question: str, text: str, notation: str = "latex") -> QuestionResult:
    """One answer to cs1678-hw3, graded like a whole submission."""
    given = TextAnswer(question, text, notation, Place("answer", 1))
    homework().seen.clear()
    return grade(homework(), Submission("somebody", "answer", "", answers=(given,)), [question])[
        question
    ]


def graded_paper(text: str, folder: Path) -> Report:
    """A whole Markdown paper on cs1678-hw3."""
    path = folder / "paper.md"
    path.write_text(text, encoding="utf-8")
    return grade(homework(), submission.read(path))
