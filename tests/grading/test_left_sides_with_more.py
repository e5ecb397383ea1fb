"""A left side that holds a derivative and something more is not the derivative: a human looks.

Letters may be mistyped below the right number; an inverse, a norm or a second loss is no slip of a letter.
"""

from pathlib import Path

import pytest
from paper_grading import REVIEW, graded

SOFTMAX = "softmax-cross-entropy"
Z = r"\frac{\partial l}{\partial z}"


@pytest.mark.parametrize(
    "left",
    [
        rf"({Z})^{{-1}}",
        rf"\log {Z}",
        rf"\|{Z}\|",
        rf"{Z} - \lambda z",
        rf"{Z} + {Z}",
        r"\frac{\partial l^2}{\partial z}",
        r"\frac{\partial (l + r)}{\partial z}",
        r"\frac{\partial^2 l}{\partial z^2}",
        rf"\mathbb{{E}}[{Z}]",
        rf"2 {Z}",
    ],
)
def test_more_than_a_derivative(tmp_path: Path, left: str) -> None:
    assert graded(SOFTMAX, tmp_path, f"4. ${left} = p - y$")["q4"].verdict in REVIEW


@pytest.mark.parametrize(
    "left",
    [
        Z,
        r"\frac{\partial l(z)}{\partial z}",
        r"\nabla_z l",
        r"\frac{\partial l}{\partial p} \frac{\partial p}{\partial z}",
    ],
)
def test_the_derivative_itself(tmp_path: Path, left: str) -> None:
    assert graded(SOFTMAX, tmp_path, f"4. ${left} = p - y$")["q4"].verdict == "correct"


def test_mistyped_letters_below_the_right_number(tmp_path: Path) -> None:
    text = r"4. $\frac{\partial l}{\partial Z} = p - y$"
    assert graded(SOFTMAX, tmp_path, text)["q4"].verdict == "correct"


UNKNOWN = [
    "4. A gribbled ${Z} = p - y$.",
    "4. ${Z} = p - y$ gribbled by one.",
    "4. The gribble is ${Z} = p - y$.",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_words_that_nobody_knows_beside_a_formula(tmp_path: Path, text: str) -> None:
    result = graded(SOFTMAX, tmp_path, text.replace("{Z}", Z))["q4"]
    assert result.verdict in REVIEW
    assert any("gribble" in message.text for message in result.messages)
