"""Text of papers before and after an answer: names, changes, left sides, words."""

from pathlib import Path

import pytest
from paper_grading import graded

SOFTMAX = "softmax-cross-entropy"


def verdicts(problem: str, folder: Path, *lines: str) -> dict[str, str]:
    report = graded(problem, folder, "\n\n".join(lines))
    return {one.id: str(one.verdict) for one in report.questions}


def test_a_name_for_a_result_keeps_its_meaning(tmp_path: Path) -> None:
    """`∂l/∂y = g` after `∂l/∂r = r/N = g` gives ∂l/∂y a value, not g."""
    named = r"2. $\frac{dl}{dr} = \frac{1}{N} r = g$"
    found = verdicts(
        "linear-regression", tmp_path, named, r"7. $\frac{dl}{dy} = g$",
        r"3. $\frac{dl}{dw} = -X^T g + \lambda w$",
    )  # fmt: skip
    assert (found["q2"], found["q7"], found["q3"]) == ("correct", "incorrect", "incorrect")
    found = verdicts(
        "linear-regression", tmp_path, named, r"7. $\frac{dl}{dy} = -g$",
        r"3. $\frac{dl}{dw} = X^T g + \lambda w$",
    )  # fmt: skip
    assert (found["q2"], found["q7"], found["q3"]) == ("correct", "correct", "correct")


@pytest.mark.parametrize("named", [r"p - y = \delta", r"p - y =: g"])
def test_a_name_for_a_result_is_an_answer_later(tmp_path: Path, named: str) -> None:
    name = named.split()[-1]
    found = verdicts(
        SOFTMAX, tmp_path, rf"4. $\frac{{dl}}{{dz}} = {named}$", rf"7. $\frac{{dl}}{{db}} = {name}$"
    )
    assert (found["q4"], found["q7"]) == ("correct", "correct")


@pytest.mark.parametrize(
    "later",
    [
        "dz[0] = 0",
        "dz[0] *= 2",
        "dz += y",
        "for k in range(3):\n    dz[k] = 0",
        "for i in range(2):\n    dz += y",
        "if True:\n    dz *= 2",
    ],
)
def test_what_a_listing_changes_later_is_not_accepted(tmp_path: Path, later: str) -> None:
    listing = f"```python\ndz = p - y\n{later}\n```"
    assert verdicts(SOFTMAX, tmp_path, listing)["q4"] not in ("correct", "missing")


def test_a_listing_that_changes_nothing_is_read(tmp_path: Path) -> None:
    listing = "```python\nfor t in range(9):\n    loss = 0\ndz = p - y\nfor t in range(9):\n    e = dz\n```"
    assert verdicts(SOFTMAX, tmp_path, listing)["q4"] == "correct"


@pytest.mark.parametrize(
    ("left", "verdict"),
    [
        ("dW^T", "unreadable"),
        (r"\frac{dl}{dW^T}", "unreadable"),
        (r"\frac{\partial l}{\partial W^\top}", "unreadable"),
        (r"\left(\frac{dl}{dW}\right)^T", "undecided"),
        ("dW", "correct"),
    ],
)
def test_a_transpose_on_the_left_is_seen(tmp_path: Path, left: str, verdict: str) -> None:
    assert verdicts(SOFTMAX, tmp_path, rf"5. ${left} = (p-y) x^T$")["q5"] == verdict


def test_a_gradient_by_a_transposed_vector_is_that_gradient(tmp_path: Path) -> None:
    text = r"3. $\frac{\partial l}{\partial w^T} = \frac1N X^T r + \lambda w$"
    assert verdicts("linear-regression", tmp_path, text)["q3"] == "correct"


def test_a_differential_may_be_transposed(tmp_path: Path) -> None:
    found = verdicts(SOFTMAX, tmp_path, "4. $dz = p - y$", "8. $dx = (dz^T W)^T$")
    assert (found["q4"], found["q8"]) == ("correct", "correct")


@pytest.mark.parametrize("words", ["is also", "is again", "turns out to be", "can be written as"])
def test_words_between_a_derivative_and_its_value_that_say_that_they_are_equal(
    tmp_path: Path, words: str
) -> None:
    text = rf"7. $\frac{{\partial l}}{{\partial b}}$ {words} $p - y$."
    assert verdicts(SOFTMAX, tmp_path, text)["q7"] == "correct"


@pytest.mark.parametrize(
    "words", ["is the negative of", "is orthogonal to", "comes before", "has the sign of"]
)
def test_unknown_words_between_a_derivative_and_its_value_are_for_a_human(
    tmp_path: Path, words: str
) -> None:
    text = rf"7. $\frac{{\partial l}}{{\partial b}}$ {words} $p - y$."
    assert verdicts(SOFTMAX, tmp_path, text)["q7"] == "unreadable"
