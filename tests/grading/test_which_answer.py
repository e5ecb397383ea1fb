"""Which of several equations answers a question: its own number and its own left side come first."""

from pathlib import Path

import pytest
from paper_grading import graded

H = r"$$\frac{\partial l}{\partial h} = (W^2)^\top (o-y)$$" "\n\n"
STEP = (
    r"$$\frac{\partial l}{\partial h} = "
    r"\left(\frac{\partial o}{\partial h}\right)^\top \frac{\partial l}{\partial o}$$"
    "\n\n"
)
Z = r"$$\frac{\partial l}{\partial z} = (W^2)^\top (o-y) \odot (1-h^2)$$" "\n\n"
ENTRIES = r"$$\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij}-p_j)$$" "\n\n"
CHAIN = r"$$\frac{\partial p}{\partial z} = \frac{\partial p}{\partial u}\frac{\partial u}{\partial z}$$"


def test_a_step_below_a_later_number_is_no_new_answer(tmp_path: Path) -> None:
    text = f"## Question 3\n{H}## Question 5\n{STEP}{Z}"
    report = graded("tanh-mlp", tmp_path, text)
    assert {name: report[name].verdict for name in ("q3", "q5")} == {
        "q3": "correct",
        "q5": "correct",
    }


@pytest.mark.parametrize("first", [f"1. {ENTRIES}", ""], ids=["with 1", "without 1"])
def test_entries_below_the_number_of_the_whole_are_the_whole(tmp_path: Path, first: str) -> None:
    """They also answer the question for entries, if it has no answer of its own."""
    text = f"{first}2. {CHAIN}\nentry by entry\n{ENTRIES}"
    report = graded("softmax-cross-entropy", tmp_path, text)
    assert {name: report[name].verdict for name in ("q1", "q2")} == {
        "q1": "correct",
        "q2": "correct",
    }


def test_a_number_counts_more_than_a_left_side_that_almost_fits_another_question(
    tmp_path: Path,
) -> None:
    """u is the vector of question 6; the u_k below 7 is no entry of it."""
    text = (
        r"6. $\frac{\partial J_{neg}}{\partial u} = (\sigma(s)-1) v$"
        "\n\n"
        r"7. $\frac{\partial J_{neg}}{\partial u_k} = \sigma(t) v^\top$"
    )
    report = graded("word2vec", tmp_path, text)
    assert {name: report[name].verdict for name in ("q6", "q7")} == {
        "q6": "correct",
        "q7": "correct",
    }
