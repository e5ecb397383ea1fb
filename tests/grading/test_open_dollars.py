"""Grading formulas with blanks inside their dollars, and with an unclosed dollar."""

from pathlib import Path

import pytest
from paper_grading import graded

PROBLEM = "linear-regression"
SUM = r"\frac{1}{N} \sum_i r_i"


@pytest.mark.parametrize("text", [f"5. $ {SUM} $", f"5. ${SUM} $", "5. $ mean(r) $"])
def test_blanks_inside_make_no_difference(tmp_path: Path, text: str) -> None:
    assert graded(PROBLEM, tmp_path, text)["q5"].verdict == "correct"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_an_open_dollar_is_for_a_human_and_the_next_answer_is_read(
    tmp_path: Path, between: str
) -> None:
    text = rf"4. $\frac{{\partial l}}{{\partial w_j}} = r_j + \lambda w_j{between}5. ${SUM}$"
    report = graded(PROBLEM, tmp_path, text)
    assert report["q4"].verdict == "unreadable"
    assert report["q5"].verdict == "correct"


def test_a_right_answer_before_an_open_dollar_is_not_certain(tmp_path: Path) -> None:
    """In `$a$, no: $b` it is not clear which dollars belong together."""
    assert graded(PROBLEM, tmp_path, f"5. ${SUM}$ or $2 + r_1")["q5"].verdict == "unreadable"
