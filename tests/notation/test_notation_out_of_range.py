"""An index that runs too far: the hint names an entry that exists."""

from pathlib import Path

import pytest

from grader import api

PROBLEM = Path(__file__).parents[2] / "problems" / "cs1678-hw3"


@pytest.mark.parametrize(
    ("question", "answer", "hint"),
    [
        ("q10", "delta*W3[i,j]*h1[j]", "`W3` is 1×2: did you mean W3[1, i]?"),
        ("q10", "delta*W3[1,j]*h1[j]", "`W3` is 1×2: did you mean W3[1, i]?"),
        ("q10", {"latex": r"\delta W^3_{1,j} h^1_j"}, "`W³` is 1×2: did you mean W³₁,ᵢ?"),
        ("q12", "W2[j,1]", "`W2` is 2×3: did you mean W2[1, j]?"),
        ("q2", "delta*h2[3]", "`h2` is 2×1"),
    ],
)
def test_the_entry_that_may_be_meant(question: str, answer: object, hint: str):
    result = api.grade(PROBLEM, {question: answer})[question]
    assert result.verdict == "incorrect"
    assert result.messages[0].code == "index-out-of-range"
    assert hint in [message.text for message in result.messages]
