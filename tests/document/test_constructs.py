"""What each construct of a format becomes in the tree."""

import json
from pathlib import Path

import pytest
from trees import document, nodes

from grader.document.nodes import (
    Branch,
    Code,
    Comment,
    Definition,
    Formula,
    Heading,
    Link,
    Marker,
    Node,
    Picture,
    Quote,
    Struck,
    Table,
    Unread,
    leaves,
)
from grader.submission import Marker as MarkerItem
from grader.submission import Prose, read

CONSTRUCTS = [
    ("a <!-- b $c$ --> d", Comment, ["<!-- b $c$ -->"]),
    ("~~a $b$~~ c", Struck, ["~~a $b$~~"]),
    ("<del>a</del> <s>b\nc</s> <strike>d</strike>", Struck, None),
    (r"a \sout{b {c}} \st{d}", Struck, [r"\sout{b {c}}", r"\st{d}"]),
    ("~~a\n\nb~~", Struck, []),
    ("a ~~ b ~~ c", Struck, []),
    ("# a\n## b $c$\ntext", Heading, ["# a", "## b $c$"]),
    ("#no heading", Heading, []),
    ("```python\n# a\n```", Heading, []),
    ("```\n# a\n```", Heading, []),
    ("> a\n> b\n\nc\n> d", Quote, ["> a\n> b"]),
    ("a\n\n| x | y |\n|---|:-:|\n| $a$ | b |\n\nc", Table, ["| x | y |\n|---|:-:|\n| $a$ | b |"]),
    ("a | b\nc | d", Table, []),
    ("```python\nx = 1\n```", Code, ["```python\nx = 1\n```"]),
    ("![a](b.png) <img src='c.jpg'>", Picture, ["![a](b.png", "<img src='c.jpg"]),
    ("[a](b) https://c.d/e f.pdf", Link, ["[a](b", "https://c.d/e", "f.pdf"]),
    (r"\newcommand{\a}{b} \def\c#1{d}", Definition, [r"\newcommand{\a}{b}", r"\def\c#1{d}"]),
]

OF_LATEX = [
    ("a % b\nc \\% d", Comment, ["% b"]),
    (r"\iffalse a \iftrue b \fi c \fi d", Comment, [r"\iffalse a \iftrue b \fi c \fi"]),
    (r"\iffalse a \else b \fi c", Comment, [r"\iffalse a \else"]),
    (r"\begin{comment} $a$ \end{comment} b", Comment, [r"\begin{comment} $a$ \end{comment}"]),
    (r"\sout{a $b$} \st{c} \xout{d}", Struck, [r"\sout{a $b$}", r"\st{c}", r"\xout{d}"]),
    ("a~~b~~c", Struck, []),
    (r"\section{a $b$} \subsection*{c} d", Heading, [r"\section{a $b$}", r"\subsection*{c}"]),
    ("\\begin{verbatim}\na\n\\end{verbatim} \\verb|$b$|", Code, None),
    (r"\begin{tabular}{ll} $a$ & b \end{tabular}", Table, None),
    (r"\includegraphics[width=1cm]{a.png}", Picture, [r"\includegraphics[width=1cm]{a.png}"]),
    (r"\input{a} % \input{b}", Unread, [r"\input{a}"]),
    (r"$x$ $\input{a}$", Unread, [r"$\input{a}$"]),
]


@pytest.mark.parametrize(("text", "kind", "found"), CONSTRUCTS)
def test_constructs_of_markdown(text: str, kind: type[Node], found: list[str] | None) -> None:
    assert "".join(nodes(text, kind)) == "".join(found if found is not None else text.split(" "))


@pytest.mark.parametrize(("text", "kind", "found"), OF_LATEX)
def test_constructs_of_latex(text: str, kind: type[Node], found: list[str] | None) -> None:
    wanted = text if found is None else " ".join(found)
    assert " ".join(nodes(text, kind, "latex")) == wanted


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("~~$a = b$ and dW = x~~", "markdown"),
        ("<del>\n$a = b$\ndW = x\n</del>", "markdown"),
        (r"\sout{$a = b$}", "latex"),
    ],
)
def test_struck_formulas_are_in_the_tree_only(text: str, format: str, tmp_path: Path) -> None:  # noqa: A002
    [(_, struck)] = document(text, format).every(Struck)
    formulas = [leaf.text for leaf in leaves(struck.children) if isinstance(leaf, Formula)]
    assert formulas[0] == "a = b"
    assert set(formulas[1:]) <= {"dW = x"}
    (tmp_path / "p.md").write_text(f"{text}\n\n$c$" if format == "markdown" else "$c$")
    assert [item.text for item in read(tmp_path / "p.md").papers[0].items] == ["c"]


BOXED = """```
┌───────────────────────────┐
│                           │
│  ∂L/∂W₂ = 2(ŷ − y) × h₁   │
└───────────────────────────┘
```
"""


def formulas(text: str, format: str = "markdown") -> list[str]:  # noqa: A002
    return [node.text for _, node in document(text, format).every(Formula)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BOXED, ["∂L/∂W₂ = 2(ŷ − y) × h₁"]),
        ("│ dW = δ x │", ["dW = δ x"]),
        ("║dW = δ x║", ["dW = δ x"]),
        ("grad_w ←──── grad_y ←── grad_L", []),
        ("x → z = W x → h", []),
        ("```\nx → [W] → y\n```", []),
        ("∂l/∂ŷ = y\u0302 - y", ["∂l/∂ŷ = y\u0302 - y"]),
        ("∂L/∂W⁽²⁾ᵢⱼ = δᵢ hⱼ", ["∂L/∂W⁽²⁾ᵢⱼ = δᵢ hⱼ"]),
    ],
)
def test_frames_and_arrows_are_no_part_of_a_formula(text: str, found: list[str]) -> None:
    assert formulas(text) == found


def test_a_long_line_is_a_formula() -> None:
    line = "dW = " + " + ".join(f"W[{k}] * x[{k}]" for k in range(200))
    assert len(line) > 2_700
    assert formulas(line) == [line]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$$\n\\begin{align*} a \\\\\n\n&= b \\end{align*}\n$$ and $$c$$", None),
        ("this is the familiar $2Ax$, or $x$", ["2Ax", "x"]),
        ("\n$$a = b$$\n\nso $$q$$ and $$p$$", ["a = b", "q", "p"]),
        ("$\n% only a comment\n$ and $x$", ["x"]),
    ],
)
def test_dollars_are_paired_as_people_mean_them(text: str, found: list[str] | None) -> None:
    assert formulas(text) == (found or ["\\begin{align*} a \\\\\n\n&= b \\end{align*}", "c"])


# Markers


def labels(text: str, format: str = "markdown") -> list[str]:  # noqa: A002
    return [".".join(node.labels) for _, node in document(text, format).every(Marker)]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("#### 1 (d)", "1.d"),
        ("**1 (d)**", "1.d"),
        ("## 2a The gradient", "2.a"),
        ("Q1)", "1"),
        ("Q1) The gradient is", "1"),
        ("(Q1)", "1"),
        ("[Q2] text", "2"),
        ("A1: text", "1"),
        ("Ans1. text", "1"),
        ("Q1 a) text", "1.a"),
        ("**Problem 2, part (a)**", "2.a"),
        ("**1.** **(a)**", "1.a"),
        ("问题 3", "3"),
        (r"1\. as pandoc writes it", "1"),
        (r"\(a\) as pandoc writes it", "a"),
    ],
)
def test_more_ways_to_number_an_answer(line: str, label: str) -> None:
    assert labels(f"{line}\n\n$x$\n") == [label]


@pytest.mark.parametrize("line", ["A1 = B2", "Q1 asks", "(Q1", "2 (x) + 1", "A matrix", "[1](a.b)"])
def test_other_lines_are_no_numbers(line: str) -> None:
    assert labels(f"{line}\n\n$x$\n") == []


@pytest.mark.parametrize("sign", ["{}", "[{}]", "{} -", "{} – text", " {}"])
def test_bare_numbers_count_if_they_number_the_document(sign: str) -> None:
    text = "\n".join(f"{sign.format(number)}\n\n$x_{number}$\n" for number in (1, 2, 4))
    assert labels(text) == ["1", "2", "4"]


@pytest.mark.parametrize(
    "text",
    ["1\n\n$x$", "2\n\n$x$\n\n1\n\n$y$", "1. $x$\n\n2\n\n3\n", "- 1\n- 2", "1 - x\n\n$y$"],
)
def test_bare_numbers_are_numbers_elsewhere(text: str) -> None:
    assert labels(text) in ([], ["1"] if text.startswith("1. ") else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("### 1(d)\n## Results\n", ["1.d", ""]),
        ("# 1\n### 1(b)\n### 1(d)\n## Results\n### 2(a)", ["1", "1.b", "1.d", "1", "1.2.a"]),
        ("## 1\n### Results\n## Solution\n", ["1"]),
        ("## 1\n## Derivation of W\n", ["1"]),
        ("### 1\n# Solution\n", ["1"]),
        ("1. a\n# Results\n", ["1"]),
        ("# Homework\n## 1\n# Appendix\n", ["1", ""]),
    ],
)
def test_a_higher_heading_without_a_number_ends_a_question(text: str, found: list[str]) -> None:
    assert labels(text) == found


def test_the_same_in_latex_and_in_a_notebook() -> None:
    assert labels("\\subsection{1(d)} $x$ \\section{Results} $y$", "latex") == ["1.d", ""]
    cells = [{"cell_type": "markdown", "source": text} for text in ("### 1(d)", "## Results")]
    assert labels(json.dumps({"cells": cells}), "notebook") == ["1.d", ""]


# The flat view


def test_the_flat_view_says_what_is_a_heading_and_where_a_question_ends(tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text("## 1\n\n### How  we did\n\nso  it is\n\n# Results of $x$\n")
    items = read(tmp_path / "p.md").papers[0].items
    said = [(item.exact, item.heading) for item in items if isinstance(item, Prose)]
    assert said == [("### How  we did", 3), ("so  it is", 0), ("# Results of ", 1)]
    assert [item.ends for item in items if isinstance(item, MarkerItem)] == [False, True]


def test_a_tree_of_a_paper_is_kept(tmp_path: Path) -> None:
    (tmp_path / "p.tex").write_text("\\section{1} $x$ % a")
    [part] = read(tmp_path / "p.tex").papers[0].document.parts
    assert [type(node).__name__ for node in part.nodes] == [
        "Heading",
        "Words",
        "Formula",
        "Words",
        "Comment",
    ]
    assert isinstance(part.nodes[0], Branch)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script type="math/tex">x^2</script> and $y$', [("x^2", False), ("y", False)]),
        ('<script type="math/tex; mode=display">\nx\n</script>', [("x", True)]),
        ('<script type="math/tex">% <![CDATA[\nx < 1 %]]></script>', [("x < 1", False)]),
        ('<script type="text/javascript">x = 1</script>', []),
    ],
)
def test_formulas_in_pages_of_mathjax(text: str, found: list[tuple[str, bool]]) -> None:
    spans = [node for _, node in document(text).every(Formula) if node.notation == "latex"]
    assert [(node.text, node.display) for node in spans] == found
