"""Words before, after and between formulas: words that change a value are never dropped."""

from pathlib import Path

import pytest
from paper_grading import REVIEW, graded

SOFTMAX = "softmax-cross-entropy"
Z = r"\frac{\partial l}{\partial z}"
W = r"\frac{\partial l}{\partial W}"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("q4", f"4. ${Z} = p-y$ times $-1$"),
        ("q4", f"4. $${Z} = p-y$$ times $-1$"),
        ("q4", f"4. ${Z} = p-y$, multiplied by $\\frac{{1}}{{3}}$."),
        ("q4", f"4. ${Z} = p-y$, all divided by $3$"),
        ("q4", f"4. ${Z} = p-y$ minus $1$"),
        ("q4", f"4. ${Z} = p-y$\ntimes $-1$"),
        ("q4", f"4. ${Z} = p-y$ summed over all entries."),
        ("q4", f"4. ${Z} = p-y$ with the opposite sign"),
        ("q4", f"4. ${Z} = p-y$, for $y_1 = 1$, and $0$ otherwise."),
        ("q4", f"4. minus ${Z} = p-y$"),
        ("q5", rf"5. transpose of ${W} = (p-y)x^\top$"),
        ("q5", rf"5. ${W} = (p-y)x^\top$, transposed"),
        ("q5", rf"5. ${W} = x(p-y)^\top$, transposed"),
        ("q5", rf"5. Let $g = p-y$ times $2$. ${W} = g x^\top$"),
    ],
)
def test_words_that_change_a_value_go_to_a_human(tmp_path: Path, question: str, text: str) -> None:
    assert graded(SOFTMAX, tmp_path, text)[question].verdict in REVIEW


@pytest.mark.parametrize(
    "words",
    [
        "by the chain rule",
        ", since the sum of $y$ is $1$ and the minus signs cancel",
        ", where the factor $-1$ comes from the logarithm",
        ". Summed over the batch this is the gradient of the mean",
        "(3 entries)",
        ", as the transpose of $x^T$ is $x$",
    ],
)
def test_reasons_change_nothing(tmp_path: Path, words: str) -> None:
    result = graded(SOFTMAX, tmp_path, f"4. ${Z} = p-y$ {words}")["q4"]
    assert result.verdict == "correct", result.messages


@pytest.mark.parametrize(
    "text",
    [
        f"4. ${Z}$ = $p - y$",
        f"4. ${Z}$: $p - y$",
        f"4. ${Z}$ equals $p - y$",
        f"4. ${Z}$ simplifies to $p - y$",
        f"4. The gradient ${Z}$ is $$p - y.$$",
        f"4. ${Z}$ is $3 \\times 1$: $$p - y$$",
        "4. Simply $p - y$",
        "4. Result $p - y$",
        "4. The chain rule gives $p - y$",
        f"4. ${Z} = p$ + $(-y)$",
        f"4. ${Z} = -y$ plus $p$",
    ],
)
def test_words_that_join_formulas(tmp_path: Path, text: str) -> None:
    result = graded(SOFTMAX, tmp_path, text)["q4"]
    assert result.verdict == "correct", result.messages


@pytest.mark.parametrize("sign", ["+", "plus"])
def test_the_beginning_of_a_sum_is_not_the_whole(tmp_path: Path, sign: str) -> None:
    text = rf"6. $\frac{{\partial l}}{{\partial \mu}} = D^T (\hat{{x}} - x)$ {sign} $\mu$"
    assert graded("vae", tmp_path, text)["q6"].verdict == "correct"


@pytest.mark.parametrize(
    "text", ["4. Interesting $p - y$ maybe", "Q4 see Q3", "Q4 is the same as 3"]
)
def test_words_are_never_missing(tmp_path: Path, text: str) -> None:
    assert graded(SOFTMAX, tmp_path, text)["q4"].verdict == "unreadable"


def test_a_remark_in_brackets_is_no_part_of_the_chain(tmp_path: Path) -> None:
    text = r"1. $\frac{\partial q}{\partial x} = (A + A^\top) x$ ($= 2Ax$ if $A$ is symmetric)"
    assert graded("matrix-calculus", tmp_path, text)["q1"].verdict == "correct"
