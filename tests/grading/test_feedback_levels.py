"""How much feedback an author allows: the verdict, hints, or the reference too."""

from pathlib import Path

import pytest

import grader
from grader.result import QuestionResult

PROBLEM = """
id: square
dimensions: {n: 3}
symbols:
  x: {shape: [n]}
model:
  l: {is: sum(x*x)}
questions:
  - {id: q1, of: l, wrt: x, feedback: LEVEL}
"""


def result(folder: Path, level: str) -> QuestionResult:
    (folder / "problem.yaml").write_text(PROBLEM.replace("LEVEL", level))
    return grader.grade(folder, {"q1": "[2*x[1], 2*x[2], 3*x[3]]"})["q1"]


def test_a_hint_shows_where_it_fails_and_never_the_reference(tmp_path: Path) -> None:
    shown = result(tmp_path, "hint")
    assert shown.verdict == "partial"
    assert shown.counterexample is not None
    assert shown.reference is None


def test_the_verdict_alone(tmp_path: Path) -> None:
    shown = result(tmp_path, "verdict")
    assert shown.verdict == "partial"
    assert shown.counterexample is None
    assert shown.entries is None
    assert shown.messages == ()


def test_full_feedback_has_the_reference(tmp_path: Path) -> None:
    shown = result(tmp_path, "full")
    assert shown.reference is not None
    assert "x" in shown.reference
    assert (shown.reference_mathml or "").startswith("<math")


@pytest.mark.parametrize("level", ["verdict", "hint", "full"])
def test_a_right_answer_is_right_at_every_level(tmp_path: Path, level: str) -> None:
    result(tmp_path, level)
    assert grader.grade(tmp_path, {"q1": "2*x"})["q1"].verdict == "correct"
