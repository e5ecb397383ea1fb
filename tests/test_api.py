"""The Python API: what a notebook does with it."""

import doctest
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import grader
import grader.api

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def problem() -> grader.api.Problem:
    return grader.load_problem(ROOT / "problems" / "cs1678-hw3")


def test_its_examples_are_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testmod(grader.api)
    assert result.attempted >= 3
    assert result.failed == 0


def test_text_latex_and_lists(problem: grader.api.Problem) -> None:
    answers = {
        "q1": "delta*h2[1]",
        "q3": ["delta*h2[1]", "delta*h2[2]"],
        "q10": {"latex": r"\delta W^3_{1i} h^1_j"},
        "q11": "delta*W3.T @ h1",
    }
    report = grader.grade(problem, answers)
    assert [report[name].verdict for name in answers] == ["correct"] * 3 + ["incorrect"]
    assert report["q2"].verdict == "missing"


def test_sympy_objects_count_from_zero_as_sympy_does(problem: grader.api.Problem) -> None:
    w3, h1 = sp.MatrixSymbol("W3", 1, 2), sp.MatrixSymbol("h1", 3, 1)
    delta, x = sp.symbols("delta x")
    answers = {
        "q4": delta * w3[0, 0],
        "q6": sp.Piecewise((1, x > 0), (0, True)),
        "q11": delta * w3.T * h1.T,
        "q15": sp.Matrix([1, 2]),
    }
    report = grader.grade(problem, answers)
    verdicts = [report[name].verdict for name in answers]
    assert verdicts == ["correct", "correct", "correct", "incorrect"]


def test_arrays_from_the_draw_of_a_student(problem: grader.api.Problem) -> None:
    drawn = grader.draw(problem, "ada")
    right = {"q13": drawn["W2"], "q5": drawn["delta"] * drawn["W3"]}
    assert grader.grade(problem, right, student="ada").score == 3.0
    assert grader.grade(problem, {"q13": drawn["W2"].T}, student="ada").score == 0.0
    assert grader.grade(problem, right, student="bob").score < 3.0
    several = grader.draw(problem, "ada", count=4)
    assert several["W2"].shape == (4, 2, 3)
    assert grader.grade(problem, {"q13": several["W2"]}, student="ada").score == 2.0


def test_a_file(problem: grader.api.Problem) -> None:
    report = grader.grade(problem, ROOT / "submissions" / "cs1678-hw3" / "student-01.md")
    assert report.score == 17.0


def test_a_report_shows_itself_in_a_notebook(problem: grader.api.Problem) -> None:
    shown = grader.grade(problem, {"q1": "<script>"})._repr_html_()
    assert "Question 1" in shown
    assert "<script>" not in shown


def test_what_cannot_be_an_answer_is_refused(problem: grader.api.Problem) -> None:
    with pytest.raises(KeyError):
        grader.grade(problem, {"q99": "1"})
    with pytest.raises(TypeError, match="q1"):
        grader.grade(problem, {"q1": {"tex": "x"}})
    with pytest.raises(TypeError, match="q1"):
        grader.grade(problem, {"q1": np.array([object()])})


def test_the_key_as_latex_reads_as_on_paper(problem: grader.api.Problem) -> None:
    assert grader.key_latex(problem)["q10"] == r"W_{1,i}^{3}\delta h_{j}^{1}"


def test_a_problem_shows_itself(
    problem: grader.api.Problem, capsys: pytest.CaptureFixture[str]
) -> None:
    problem.show()
    shown = capsys.readouterr().out
    assert "2×3 matrix" in shown
    assert "q17" in shown
