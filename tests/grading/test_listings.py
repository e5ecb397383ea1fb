"""Answers in NumPy, in listings and in lines of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from paper_grading import REVIEW, graded

Write = Callable[[str], str]
RNN = (
    "da3 = (V.T @ (o-y)) * (1-h3**2)\nda2 = (W.T @ da3)*(1-h2**2)\nda1 = (W.T @ da2)*(1-h1**2)\n"
    "dW = np.outer(da3, h2)\n%s"
)


def fenced(text: str) -> str:
    return f"```python\n{text}\n```\n"


def plain(text: str) -> str:
    return f"{text}\n"


@pytest.mark.parametrize("write", [pytest.param(fenced), plain])
@pytest.mark.parametrize(
    ("problem", "question", "text"),
    [
        ("batch-norm", "q1", "dbeta = G.sum(axis=0)"),
        ("batch-norm", "q1", "dbeta = np.sum(G, axis=0, keepdims=True)"),
        ("attention", "q4", "dS = A * (dA - (dA*A).sum(axis=1, keepdims=True))"),
        ("softmax-cross-entropy", "q4", "dz = p - y"),
        ("softmax-cross-entropy", "q7", "dz = p - y\ndb = dz"),
    ],
)
def test_arguments_have_names(
    tmp_path: Path, write: Write, problem: str, question: str, text: str
) -> None:
    """And the d of `dz` is none of the problem's sizes."""
    result = graded(problem, tmp_path, write(text))[question]
    assert result.verdict == "correct", result.messages


def test_below_a_marker(tmp_path: Path) -> None:
    assert graded("batch-norm", tmp_path, "Q1: np.sum(G, axis=0)")["q1"].verdict == "correct"


@pytest.mark.parametrize(
    "more",
    ["dW += np.outer(da2, h1)", "dW = dW + np.outer(da2, h1) + np.outer(da1, h0)", "dW /= 2"],
)
def test_a_value_that_continues_is_for_a_human(tmp_path: Path, more: str) -> None:
    """Its first line alone is not the answer."""
    assert graded("rnn", tmp_path, plain(RNN % more))["q6"].verdict == "unreadable"


@pytest.mark.parametrize("more", ["dW += np.outer(da2, h1)", "dW /= 2"])
def test_a_sum_in_a_listing_that_lacks_a_term_is_not_accepted(tmp_path: Path, more: str) -> None:
    assert graded("rnn", tmp_path, fenced(RNN % more))["q6"].verdict != "correct"


def test_a_sum_in_a_listing_is_followed_to_its_end(tmp_path: Path) -> None:
    more = "dW = dW + np.outer(da2, h1)\ndW += np.outer(da1, h0)"
    assert graded("rnn", tmp_path, fenced(RNN % more))["q6"].verdict == "correct"


def test_a_gradient_may_equal_another_one(tmp_path: Path) -> None:
    text = "9. dbo = dzo\n"
    assert graded("lstm-cell", tmp_path, text)["q9"].verdict in REVIEW


@pytest.mark.parametrize("more", ["dz[z <= 0] = 0", "mask = z <= 0\ndz[mask] = 0", "dz *= z > 0"])
def test_an_array_changed_through_another_name_is_for_a_human(tmp_path: Path, more: str) -> None:
    """NumPy changes dh too, but the student may not have seen it."""
    results = graded("residual-block", tmp_path, fenced(f"dh = W2.T @ g\ndz = dh\n{more}"))
    assert results["q3"].verdict == "undecided"
    assert "through its other name `dz`" in results["q3"].messages[0].text
    assert results["q4"].verdict == "correct"


def test_a_name_spelled_as_declared_comes_before_one_that_is_not(tmp_path: Path) -> None:
    """`d_x` is no derivative by X where `dX` is there too."""
    text = """d_k = 3
dA = G @ V.T
dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
dK = dS.T @ Q / np.sqrt(d_k)"""
    assert graded("attention", tmp_path, fenced(text))["q6"].verdict == "correct"
