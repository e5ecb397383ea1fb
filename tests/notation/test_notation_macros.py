r"""A student's own commands are expanded, in bounded time."""

from pathlib import Path

import pytest
from notation_reading import graded_paper

from grader.errors import StudentError, TooLarge
from grader.notation import latex, macros, printing
from grader.notation.declared import build
from grader.notation.names import Names


def names(definitions: str) -> Names:
    from grader.expression import Symbol

    symbols = {"W1": Symbol("W1", (2, 3)), "x": Symbol("x", (3, 1)), "l": Symbol("l", (1, 1))}
    table = build(symbols, {"W1": ["W^1"]}, {}, {}, symbols["l"], ["W1"])
    return table.with_macros(macros.definitions(definitions))


@pytest.mark.parametrize(
    ("definitions", "text", "expected"),
    [
        (r"\newcommand{\W}{W^1}", r"\W x", "W1 @ x"),
        (r"\newcommand\W{W^1}", r"\W x", "W1 @ x"),
        (r"\renewcommand{\vec}[1]{#1}", r"W^1\vec{x}", "W1 @ x"),
        (r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd{l}{W^1}", "Derivative(l, W1)"),
        (r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd lx", "Derivative(l, x)"),
        (r"\newcommand{\pd}[2][l]{\frac{\partial #1}{\partial #2}}", r"\pd{x}", "Derivative(l, x)"),
        (r"\newcommand{\pd}[2][l]{\frac{\partial #1}{\partial #2}}", r"\pd[l]{x}", "Derivative(l, x)"),
        (r"\def\tp#1{#1^{\top}}", r"\tp{x} x", "x.T @ x"),
        (r"\def\a#1#2{#2 #1}", r"\a{x}{W^1}", "W1 @ x"),
        (r"\DeclareMathOperator{\dg}{diag}", r"\dg(x) x", "diag(x) @ x"),
        (r"\newcommand{\inner}{W^1}\newcommand{\outer}{\inner x}", r"\outer", "W1 @ x"),
        # of two definitions the last one counts
        (r"\newcommand{\W}{x}\renewcommand{\W}{W^1}", r"\W x", "W1 @ x"),
    ],
)  # fmt: skip
def test_commands_are_expanded(definitions: str, text: str, expected: str) -> None:
    table = names(definitions)
    assert printing.infix(latex.parse(text, table)[0], table) == expected


@pytest.mark.parametrize(
    "definitions",
    [
        r"\newcommand{\a}{\a}",
        r"\newcommand{\a}{\b}\newcommand{\b}{\a}",
        r"\newcommand{\a}{x\a}",
        "".join(rf"\newcommand{{\a{chr(98 + n)}}}{{\a{chr(97 + n)}\a{chr(97 + n)}}}" for n in range(25))
        + r"\newcommand{\aa}{x x}\newcommand{\a}{\az}",
    ],
)  # fmt: skip
def test_commands_without_end_are_refused(definitions: str) -> None:
    with pytest.raises(TooLarge):
        latex.parse(r"\a", names(definitions))


@pytest.mark.parametrize(
    "definitions",
    [r"\newcommand", r"\newcommand{", r"\newcommand{\a}[9", r"\def\a#", r"\def", r"\newcommand{x}{y}",
     r"\newcommand{\a}[x]{b}", r"\DeclareMathOperator{\a}{}"],
)  # fmt: skip
def test_broken_definitions_define_nothing(definitions: str) -> None:
    with pytest.raises(StudentError):
        latex.parse(r"\a x", names(definitions))


def test_an_error_points_at_the_command_that_the_student_wrote() -> None:
    with pytest.raises(StudentError) as caught:
        latex.parse(r"x + \bad", names(r"\newcommand{\bad}{q}"))
    assert caught.value.pointer() == "  x + \\bad\n      ~~~^"


def test_commands_hold_for_the_whole_paper(tmp_path: Path) -> None:
    text = (
        "$$\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}}$$\n\n"
        "1. $\\pd{l}{W^3_{1,1}} = \\delta h^2_1$\n"
    )
    assert graded_paper(text, tmp_path)["q1"].verdict == "correct"
