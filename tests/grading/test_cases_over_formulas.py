"""An answer by cases that is written over several formulas."""

from pathlib import Path

import pytest
from paper_grading import graded

SAME = r"p_i(1-p_i)"
OTHER = r"-p_ip_j"
LEFT = r"\frac{\partial p_i}{\partial z_j} ="
WAYS = [
    rf"If $i=j$: $${LEFT} {SAME}$$ If $i\ne j$: $${LEFT} %s$$",
    rf"If $i=j$: $${LEFT} {SAME}$$" "\n" r"If $i\ne j$:" "\n" rf"$${LEFT} %s$$",
    rf"$${LEFT} {SAME} \quad \text{{if }} i=j$$ $${LEFT} %s \quad \text{{if }} i\ne j$$",
    rf"${SAME}$ if $i=j$, $%s$ otherwise",
    rf"For $i=j$: ${LEFT} {SAME}$. Otherwise ${LEFT} %s$.",
    rf"- $i=j$: ${SAME}$" "\n" r"- $i \ne j$: $%s$" "\n",
    rf"For $i = j$ it is ${SAME}$; for $i \ne j$ it is $%s$.",
    rf"Case $i=j$: ${LEFT} {SAME}$." "\n\n" rf"Case $i\ne j$: ${LEFT} %s$.",
    rf"When $i=j$, ${LEFT} {SAME}$ and when $i\ne j$, ${LEFT} %s$.",
]


@pytest.mark.parametrize("way", WAYS)
def test_all_cases_count(tmp_path: Path, way: str) -> None:
    for value, verdict in ((OTHER, "correct"), (OTHER[1:], "incorrect")):
        result = graded("softmax-cross-entropy", tmp_path, f"1. {way % value}")["q1"]
        assert result.verdict == verdict, (value, result.messages)


def test_one_case_alone_is_for_a_human(tmp_path: Path) -> None:
    text = rf"1. If $i=j$: $${LEFT} {SAME}$$"
    assert graded("softmax-cross-entropy", tmp_path, text)["q1"].verdict == "unreadable"


@pytest.mark.parametrize(
    "range_text",
    ["For $i, j = 1, 2, 3$:", "For all $i$:", r"For $1 \le j \le 3$ we get", "With $u = p_i$:"],
)
def test_a_range_is_no_case(tmp_path: Path, range_text: str) -> None:
    text = rf"1. {range_text} ${LEFT} p_i(\delta_{{ij}}-p_j)$"
    assert graded("softmax-cross-entropy", tmp_path, text)["q1"].verdict == "correct"
