"""Products with two readings: the usual one counts; if the other one is right, a human decides."""

from pathlib import Path

import pytest

from grader.api import load_problem
from grader.grading import grade
from grader.key import build
from grader.result import QuestionResult
from grader.submission import read

PROBLEM = """
id: square
dimensions: {n: 3}
symbols:
  A: {shape: [n, n]}
  B: {shape: [n, n]}
  u: {shape: [n]}
  v: {shape: [n]}
model:
  P: {is: A @ B}
  l: {is: sum(P)}
questions:
  - {id: q1, points: 1, prompt: The matrix product., reference: {expression: A @ B}}
  - {id: q2, points: 1, prompt: Entry by entry., reference: {expression: A * B}}
  - {id: q3, points: 1, prompt: Entry by entry., reference: {expression: u * v}}
  - {id: q4, points: 1, prompt: A number., reference: {expression: u.T @ v}}
  - {id: q5, points: 1, prompt: A matrix., reference: {expression: u @ v.T}}
  - {id: q6, points: 1, prompt: A number., reference: {expression: sum(u * v * v)}}
"""


def judged(folder: Path, question: str, text: str, notation: str = "latex") -> QuestionResult:
    (folder / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
    quoted = text.replace("'", "''")
    answer = f"'{quoted}'" if notation == "infix" else f"{{latex: '{quoted}'}}"
    (folder / "answer.yaml").write_text(f"answers: {{{question}: {answer}}}", encoding="utf-8")
    key = build(load_problem(folder / "problem.yaml"))
    report = grade(key, read(folder / "answer.yaml"))
    return next(result for result in report.questions if result.id == question)


@pytest.mark.parametrize(
    ("question", "text", "notation"),
    [
        ("q1", "A B", "latex"),
        ("q1", r"A \cdot B", "latex"),
        ("q1", r"(A^T)^T * B", "latex"),  # a transpose suggests a matrix product
        ("q2", "A * B", "latex"),
        ("q2", "A * B", "infix"),
        ("q4", r"u \cdot v", "latex"),
        ("q5", r"u \otimes v", "latex"),
    ],
)
def test_the_conventional_reading_counts(
    tmp_path: Path, question: str, text: str, notation: str
) -> None:
    result = judged(tmp_path, question, text, notation)
    assert result.verdict == "correct"
    assert any("it could also be read" in message.text for message in result.messages)


@pytest.mark.parametrize(
    ("question", "text", "notation"),
    [
        ("q2", "A B", "latex"),
        ("q1", "A * B", "infix"),
    ],
)
def test_a_human_decides_on_a_right_answer_in_the_other_reading(
    tmp_path: Path, question: str, text: str, notation: str
) -> None:
    result = judged(tmp_path, question, text, notation)
    assert result.verdict == "undecided"
    assert "other-reading" in [message.code for message in result.messages]


def test_the_other_reading_counts_if_only_that_can_be_an_answer(tmp_path: Path) -> None:
    """The question asks for a vector; the usual reading is a number."""
    assert judged(tmp_path, "q3", r"u \cdot v").verdict == "correct"


@pytest.mark.parametrize(
    ("question", "text"), [("q3", r"u \otimes v"), ("q6", r"\langle u \otimes v, v \rangle")]
)
def test_few_mean_a_product_entry_by_entry_by_the_sign_of_the_outer_one(
    tmp_path: Path, question: str, text: str
) -> None:
    assert judged(tmp_path, question, text).verdict in ("undecided", "unreadable")


def test_a_wrong_answer_stays_wrong(tmp_path: Path) -> None:
    result = judged(tmp_path, "q2", "A B + A")
    assert result.verdict == "incorrect"
    assert "other-reading" not in [message.code for message in result.messages]
