r"""Papers: what belongs to an answer, what does not, and what the student defines."""

from pathlib import Path

import pytest
from notation_reading import graded_paper

Q1 = r"1. $\frac{\partial l}{\partial W^3_{1,1}} = "
ALIGNED = r"1. $$\begin{align} \frac{\partial l}{\partial W^3_{1,1}} &= \delta h^2_1 \\ & "

RIGHT = [
    Q1 + r"\frac{\partial l}{\partial h^3} h^2_1 = \delta h^2_1$",
    "$\\frac{\\partial l}{\\partial h^3} = s$\n\n" + Q1 + "s h^2_1$",
    "Let $u = \\delta$.\n\n" + Q1 + "u h^2_1$",
    r"1. $$\begin{align} \frac{\partial l}{\partial W^3_{1,1}} &= \delta \\ & \cdot h^2_1 \end{align}$$",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str, tmp_path: Path) -> None:
    assert graded_paper(text, tmp_path)["q1"].verdict == "correct"


# A prefix is never accepted as the whole.
WRONG = [
    # text after the answer takes it back
    Q1 + r"\delta h^2_1 \text{ is wrong, it is } 2\delta h^2_1$",
    # a row without a sign goes on where the last one stopped
    ALIGNED + r"2 \end{align}$$",
    ALIGNED + r"(1+\delta) \end{align}$$",
    # a space is not the end of the answer
    Q1 + r"\delta h^2_1 \quad h^2_2$",
    # what follows from an answer replaces it
    Q1 + r"\delta h^2_1 \Rightarrow 2\delta h^2_1$",
    # a definition holds until the next one
    "$g = 2\\delta$\n\n" + Q1 + "g h^2_1$\n\n$g = \\delta$",
    # a declared name that is defined anew means what the student says
    "$\\delta = 2\\frac{\\partial l}{\\partial h^3}$\n\n" + Q1 + r"\delta h^2_1$",
]


@pytest.mark.parametrize("text", WRONG)
def test_never_accepts(text: str, tmp_path: Path) -> None:
    assert graded_paper(text, tmp_path)["q1"].verdict != "correct"


def test_a_definition_holds_until_the_next_one(tmp_path: Path) -> None:
    text = "$g = \\delta$\n\n" + Q1 + "g h^2_1$\n\n$g = 2\\delta$"
    assert graded_paper(text, tmp_path)["q1"].verdict == "correct"


def test_entries_answer_for_the_whole_array(tmp_path: Path) -> None:
    text = r"13. $\frac{\partial h^2_i}{\partial h^1_j} = W^2_{ij}$"
    assert graded_paper(text, tmp_path)["q13"].verdict == "correct"
