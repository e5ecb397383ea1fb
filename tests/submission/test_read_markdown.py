from pathlib import Path

import pytest
from handing_in import hand_in, labels, outline, paper, prose, refusal, texts

from grader.submission import Formula, Marker, Place, Prose, limits, read

THE_REAL_PAPER = """\
CS 1678/2078 Homework 3 (Back prop)


Question 1

1.

What is the derivative with respect to $W_{1,1}^3$ in the output layer?

$$\\frac{a}{b} = h_1^2 \\times \\sigma$$

2.

$$c = d$$

4.
$$e =$$
"""


def test_the_real_paper_gives_nested_markers_and_formulas_in_order(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", THE_REAL_PAPER)
    assert outline(found) == [
        "1:",
        "1.1:",
        "W_{1,1}^3",
        "\\frac{a}{b} = h_1^2 \\times \\sigma",
        "1.2:",
        "c = d",
        "1.4:",
        "e =",
    ]


def test_everything_has_its_place(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "intro\n\n  3. see $ x^2 $ now\n$$\n  a\n$$\n")
    assert found.items == (
        Prose("intro", Place("p.md", 1, 1)),
        Marker(("3",), Place("p.md", 3, 1)),
        Prose("see", Place("p.md", 3, 6)),
        Formula("x^2", False, Place("p.md", 3, 12)),
        Prose("now", Place("p.md", 3, 18)),
        Formula("a", True, Place("p.md", 5, 3)),
    )


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("$x$", ["x"]),
        ("$$x$$", ["x"]),
        ("a $$x$$ b", ["x"]),
        ("$$\nx\n= y\n$$", ["x\n= y"]),
        (r"\(x\) and \[y\]", ["x", "y"]),
        ("\\[\nx\n\\]", ["x"]),
        ("\\begin{align*}\na &= 1 \\\\[2pt]\nb\n\\end{align*}", None),
        ("\\begin{equation}x\\end{equation}", None),
        ("\\begin{align}\\begin{split}a\\end{split}\\end{align}", None),
        ("$$\\begin{aligned}x\\end{aligned}$$", ["\\begin{aligned}x\\end{aligned}"]),
        ("```math\nx = y\n```", ["x = y"]),
        ("~~~ {.math}\nx\n~~~", ["x"]),
        ("$`a+b`$", ["a+b"]),
        ("- ```math\n  x\n  ```", ["x"]),
        ("```latex\n$$x$$\n```", ["x"]),
        ("$x$$y$", ["x", "y"]),
        ("$$a$$$$b$$", ["a", "b"]),
        ("$\\text{a \\$5 b}$", ["\\text{a \\$5 b}"]),
        ("$a\nb$", ["a\nb"]),
        ("$ W^T x $", ["W^T x"]),
        ("$W^T x $", ["W^T x"]),
        ("> $$\n> a\n> = b\n> $$", ["a\n  = b"]),
        ("| (a) | $x$ |", ["x"]),
        ("$$\n\na = b\n\n$$\n\n$c$", ["a = b", "c"]),
        ("$$ x\n> 0 $$", ["x\n> 0"]),
    ],
)
def test_mathematics_is_found_in_any_delimiters(
    tmp_path: Path, text: str, formulas: list[str] | None
) -> None:
    assert texts(paper(tmp_path, "p.md", text)) == (formulas or [text])


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "$ 5 and $ 6",
        "\\$x\\$",
        "`$x$`",
        "``$x$ ` $y$``",
        "```python\nx = '$y$'\n```",
        "<!-- $x$ -->\nhello",
        "from $a\n\nto b$",
        "one $ only",
        "$$ $$",
    ],
)
def test_what_is_no_mathematics_is_left_alone(tmp_path: Path, text: str) -> None:
    found = hand_in(tmp_path, "p.md", text)
    assert found.refusals == ()
    assert [one for one in found.papers if texts(one)] == []


@pytest.mark.parametrize("opening", ["$$", "\\[", "```math\n", "\\begin{align}"])
def test_what_is_never_closed_ends_with_its_paragraph(tmp_path: Path, opening: str) -> None:
    found = paper(tmp_path, "p.md", f"1. {opening} a = b\n\n2. $x$\n\n$$y$$\n")
    assert outline(found)[-3:] == ["2:", "x", "y"]
    assert outline(found)[0] == "1:" or opening.startswith("```")
    if not opening.startswith("```"):
        assert "a = b" in outline(found)[1]


def test_a_lost_closing_dollar_does_not_turn_the_paper_inside_out(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "$$\na = b\n\n**2.**\n\n$$\nc\n$$\n")
    assert outline(found) == ["a = b", "2:", "c"]


def test_of_programs_the_assignments_are_read_and_nothing_else(tmp_path: Path) -> None:
    text = "```python\nimport os  # 1.\nprint(1)\n```\n```\ndW2 = dZ2 @ A1.T\n```\n"
    found = paper(tmp_path, "p.md", text)
    assert (prose(found), texts(found)) == ([], ["dW2 = dZ2 @ A1.T"])


def test_a_fence_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    assert texts(paper(tmp_path, "p.md", "```python\nx\n\n$y$\n")) == ["y"]


def test_prose_keeps_its_lines_apart(tmp_path: Path) -> None:
    found = paper(tmp_path, "p.md", "so the gradient  follows\nI am   not sure\n\n---\n")
    assert prose(found) == ["so the gradient follows", "I am not sure"]


def test_macros_are_collected_also_from_a_block_of_their_own(tmp_path: Path) -> None:
    text = "$$\n\\newcommand{\\R}[1]{\\mathbb{R}^{#1}}\n\\def\\d{\\delta}\n$$\n\n$\\R{2}$"
    found = paper(tmp_path, "p.md", text)
    assert found.macros == "\\newcommand{\\R}[1]{\\mathbb{R}^{#1}}\n\\def\\d{\\delta}"
    assert texts(found) == ["\\R{2}"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_do_not_matter(tmp_path: Path, ending: str) -> None:
    found = paper(tmp_path, "p.md", f"1.{ending}{ending}$x${ending}".encode())
    assert found.items[-1].place == Place("p.md", 3, 2)


def test_a_formula_past_the_limit_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    text = f"1. $$ {'x+' * limits.FORMULA_CHARACTERS} $$\n\n2. $y$"
    submission = hand_in(tmp_path, "p.md", text)
    assert outline(submission.papers[0]) == ["1:", "2:", "y"]
    assert "longer than" in refusal(submission).message


def test_too_many_formulas_are_refused(tmp_path: Path) -> None:
    submission = hand_in(tmp_path, "p.md", "$x$ " * (limits.FORMULAS + 5))
    assert len(texts(submission.papers[0])) == limits.FORMULAS
    assert refusal(submission).whole_file


def test_too_many_lines_are_refused(tmp_path: Path) -> None:
    submission = hand_in(tmp_path, "p.md", "a\n" * (limits.LINES + 5))
    assert refusal(submission).place.line == limits.LINES


def test_macros_past_the_limit_are_refused(tmp_path: Path) -> None:
    body = "x" * limits.MACRO_CHARACTERS
    submission = hand_in(tmp_path, "p.md", f"\\newcommand{{\\a}}{{{body}}} $x$")
    assert submission.papers[0].macros == ""
    assert not refusal(submission).whole_file


def test_a_text_file_is_a_paper_too(tmp_path: Path) -> None:
    assert labels(paper(tmp_path, "p.txt", "Q1: dl/dW = h")) == [("1",)]


def test_a_pathless_string_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "ann.md").write_text("$x$")
    assert read(str(tmp_path / "ann.md")).id == "ann"


def test_unclosed_mathematics_in_a_fence_ends_with_its_paragraph(tmp_path: Path) -> None:
    assert texts(paper(tmp_path, "p.md", "```math\nx\n\n$y$")) == ["x", "y"]
