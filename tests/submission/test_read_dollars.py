"""Dollars around formulas: with blanks inside, left open, or prices."""

import json
from pathlib import Path

import pytest
from handing_in import hand_in, paper, prose, texts

BLANKS = [
    ("$ p(1-p) $", ["p(1-p)"]),
    ("4. $ W x $ and then $ 0 $", ["W x", "0"]),
    ("so $ a$ or $b $", ["a", "b"]),
    ("$ relu(x) $", ["relu(x)"]),
]
PRICES = [
    ("It costs $5 and $6.", []),
    ("It costs $5, or $ 6 a piece.", []),
    ("I paid 5$ for it, and 6$ for that", []),
    ("It costs $1,000.50!", []),
    ("It costs $5 but $x = 3$ is free", ["x = 3"]),
    ("$5$ and $5 + x$", ["5", "5 + x"]),
    ("$1 if x > 0$", ["1 if x > 0"]),
    ("$ this and that $", []),
]


def as_markdown(text: str) -> tuple[str, str]:
    return "p.md", text


def as_text(text: str) -> tuple[str, str]:
    return "p.txt", text


def as_notebook(text: str) -> tuple[str, str]:
    return "p.ipynb", json.dumps({"cells": [{"cell_type": "markdown", "source": text}]})


@pytest.mark.parametrize("write", [as_markdown, as_text, as_notebook])
@pytest.mark.parametrize(("text", "formulas"), BLANKS + PRICES)
def test_formulas_and_prices(tmp_path: Path, write, text: str, formulas: list[str]) -> None:
    papers = hand_in(tmp_path, *write(text)).papers
    assert [one for found in papers for one in texts(found)] == formulas


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("3. $p(1-p)\n4. $X r$\n5. $a$", ["$p(1-p)", "X r", "a"]),
        ("3. $l = p(1-p)\n4. $X r$", ["$l = p(1-p)", "X r"]),
        ("3. $p(1-p)\n\n4. $X r$", ["$p(1-p)", "X r"]),
        ("- $a + b\n- $c$", ["$a + b", "c"]),
        ("3. $$x$$ and $y^2", ["x", "$y^2"]),
        ("3. $a = b and so $c^2$\n4. $d$", ["$a = b and so $c^2$", "d"]),
    ],
)
def test_an_open_dollar_ends_with_its_item(tmp_path: Path, text: str, formulas: list[str]) -> None:
    """The formula keeps its dollar, so that it is unreadable: the other end is not known."""
    assert texts(paper(tmp_path, "p.md", text)) == formulas


def test_a_dollar_in_code_opens_nothing(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "run `echo $HOME` and get $x^2$")
    assert texts(found) == ["x^2"]
    assert prose(found)
