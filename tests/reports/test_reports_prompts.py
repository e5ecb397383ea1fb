"""Formulas in prompts: typeset if all their commands are known, else as the author wrote them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.problem import load
from grader.reports import prompts
from grader.reports.feedback_html import mathml, prompt

PROBLEM = Path(__file__).parents[2] / "problems/cs1678-hw3"


def seen(text: str) -> str:
    """The text of a prompt on the page, without markup."""
    return re.sub("<[^>]*>", "", prompt(text))


def test_every_formula_of_the_homework_is_typeset() -> None:
    for question in load(PROBLEM).questions:
        pieces = list(prompts.pieces(question.prompt))
        assert all(piece.mathml for piece in pieces if piece.latex), question.prompt
        assert "$" not in prompt(question.prompt)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial l(\theta)}{\partial W^3_{1,1}}", "∂l(θ)∂W1,13"),
        (r"\sigma(x) = \max(0, x)", "σ(x)=max(0,x)"),
        (r"\frac{\mathrm{d} y}{\mathrm{d} x}", "dydx"),
        (r"i = 1, \dots, 3", "i=1,…,3"),
        (r"\sigma'", "σ′"),
        (r"\hat{y} \le \sqrt{2}", "y^≤2"),
        (r"\left( x \right)", "(x)"),
        ("a < b", "a&lt;b"),
    ],
)
def test_formulas(latex: str, text: str) -> None:
    assert seen(f"${latex}$") == text
    assert mathml(prompts.mathml(latex)) is not None


@pytest.mark.parametrize(
    "latex",
    [r"\href{x}{y}", r"\begin{cases} 1 \end{cases}", "x^{y", "}", "x__y", r"\frac", "&", "{" * 99],
)
def test_an_unknown_formula_becomes_code_without_dollars(latex: str) -> None:
    shown = prompt(f"Is ${latex}$ right?")
    assert "<math" not in shown
    assert shown.count("<code>") == 1
    assert "$" not in shown


def test_no_line_begins_with_the_punctuation_after_a_formula() -> None:
    assert "?</span> Then" in prompt("Is it $x$? Then say so.")


def test_money_is_no_formula() -> None:
    assert prompt("It costs $ 5 or $ 6.") == "It costs $ 5 or $ 6."
    assert prompt("From $5 to $6.") == "From $5 to $6."


@given(st.text(max_size=60) | st.text(r"$\{}^_'<>&x1 frac,", max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    tags = re.findall("<[^>]*>", prompt(text))
    assert all(re.fullmatch(r"</?(?:m[a-z]+|code|span)(?: [a-z]+=\"[^\"]*\")?/?>", t) for t in tags)
