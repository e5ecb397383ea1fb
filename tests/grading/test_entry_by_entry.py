"""An array given by an equation for each of its entries."""

from collections.abc import Callable
from pathlib import Path

import pytest
from paper_grading import answered, graded

POOLING = "max-pool-dropout"
PAIRS = [(1, 1, 2), (1, 2, 1), (2, 3, 4), (2, 4, 3)]
ENTRIES = [
    rf"\frac{{\partial l}}{{\partial z_{j}}} = "
    rf"\frac{{\partial l}}{{\partial a_{i}}} \mathbb{{1}}[z_{j} > z_{k}]"
    for i, j, k in PAIRS
]
FIRST = [
    rf"\frac{{\partial a_1}}{{\partial z_{j}}} = {value}"
    for j, value in enumerate([r"\mathbb{1}[z_1 > z_2]", r"\mathbb{1}[z_2 > z_1]", "0", "0"], 1)
]
WRONG = r"\frac{\partial l}{\partial z_4} = 0"


def in_line(entries: list[str]) -> str:
    return f"${', '.join(entries)}$"


def in_blocks(entries: list[str]) -> str:
    return "\n\n".join(f"$$ {entry} $$" for entry in entries)


@pytest.mark.parametrize("write", [in_line, in_blocks])
@pytest.mark.parametrize(
    ("question", "entries", "verdict"),
    [
        ("q6", ENTRIES, "correct"),
        ("q6", ENTRIES[::-1], "correct"),
        ("q6", [*ENTRIES[:3], WRONG], "partial"),
        ("q6", ENTRIES[:3], "unreadable"),
        ("q5", FIRST, "correct"),
        ("q5", [*FIRST[:2], FIRST[2].replace("= 0", "= 1"), FIRST[3]], "partial"),
    ],
)
def test_entries_make_up_the_array(
    tmp_path: Path,
    write: Callable[[list[str]], str],
    question: str,
    entries: list[str],
    verdict: str,
) -> None:
    result = graded(POOLING, tmp_path, f"{question[1:]}.\n\n{write(entries)}\n")[question]
    assert result.verdict == verdict, result.messages


def test_entries_in_an_answer_file() -> None:
    text = r", \quad ".join(ENTRIES)
    assert answered(POOLING, "q6", text)["q6"].verdict == "correct"
