"""Formulas for each entry in a listing of Python, which nothing can run: accepted if they are right."""

from pathlib import Path

import pytest
from paper_grading import graded

RIGHT = "dW2[i,j] = delta*W3[1,i]*h1[j]"


def verdicts(folder: Path, text: str, problem: str = "cs1678-hw3") -> dict[str, str]:
    report = graded(problem, folder, f"```python\n{text}\n```\n")
    return {one.id: str(one.verdict) for one in report.questions}


def test_a_right_one_is_accepted_for_the_entry_and_for_the_array(tmp_path: Path) -> None:
    found = verdicts(tmp_path, RIGHT)
    assert found["q10"] == found["q11"] == "correct"


def test_letters_are_those_of_the_left_side(tmp_path: Path) -> None:
    other = "dW2[a,b] = delta*W3[1,a]*h1[b]"
    assert verdicts(tmp_path, other)["q11"] == "correct"


@pytest.mark.parametrize(
    "wrong",
    [
        "dW2[i,j] = delta*W3[1,j]*h1[i]",
        "dW2[i,j] = delta*W3[1,i]*h1[i]",
        "dW2[j,i] = delta*W3[1,i]*h1[j]",
        "dW2[i,j] = -delta*W3[1,i]*h1[j]",
        "dW2[i,j] = delta*W3[0,i]*h1[j]",  # counts from 0: for a human
        "dW2[i,i] = delta*W3[1,i]*h1[i]",
        "dW2[n2,n1] = delta*W3[1,n2]*h1[n1]",
        f"i, j = 0, 1\n{RIGHT}",
        f"for i in range(2):\n    for j in range(3):\n        {RIGHT}",
        f"{RIGHT}\ndW2[i,j] = delta*W3[1,i]",
    ],
)
def test_any_other_one_is_not(tmp_path: Path, wrong: str) -> None:
    found = verdicts(tmp_path, wrong)
    assert found["q10"] in ("undecided", "unreadable")
    assert found["q11"] in ("undecided", "unreadable")
