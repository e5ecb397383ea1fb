"""Every formula that pyromark finds in Markdown, and pylatexenc in LaTeX, is found at the same place."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyromark
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc import latexwalker
from trees import document

from grader.document.nodes import Code, Comment, Document, Formula

pytestmark = pytest.mark.sampled

ROOT = Path(__file__).parents[2]
PAPERS = [*sorted(ROOT.glob("submissions/*/*")), *sorted(ROOT.glob("problems/*/*.md"))]

Span = tuple[int, int]


def formulas_of_pyromark(text: str) -> Iterator[Span]:
    """The ranges of its formulas in characters; its own are in bytes."""
    data = text.encode()
    parser = pyromark.Markdown(options=pyromark.Options.ENABLE_MATH)
    for event, at in parser.events_with_range(text):
        if isinstance(event, dict) and event.keys() & {"InlineMath", "DisplayMath"}:
            yield len(data[: at["start"]].decode()), len(data[: at["end"]].decode())


def formulas_of_walker(text: str) -> Iterator[Span]:
    """The ranges of the walker's formulas, environments of mathematics included."""
    nodes, _, _ = latexwalker.LatexWalker(text, tolerant_parsing=True).get_latex_nodes()
    yield from _mathematics(nodes)


def _mathematics(nodes: Sequence[latexwalker.LatexNode]) -> Iterator[Span]:
    for node in nodes:
        if node is None:
            continue
        is_environment = node.isNodeType(latexwalker.LatexEnvironmentNode)
        if node.isNodeType(latexwalker.LatexMathNode) or (
            is_environment and node.environmentname.rstrip("*") in ("align", "equation", "gather")
        ):
            yield node.pos, node.pos + node.len
        elif hasattr(node, "nodelist"):
            yield from _mathematics(node.nodelist or ())


def found(tree: Document) -> set[Span]:
    """The ranges of the formulas of a tree."""
    return {(node.start, node.end) for _, node in tree.every(Formula)}


def missing(tree: Document, spans: Iterator[Span], text: str) -> list[str]:
    """The formulas that are not at the same place in the tree."""
    ours = found(tree)
    unsaid = [(one.start, one.end) for kind in (Comment, Code) for _, one in tree.every(kind)]
    return [
        text[start:end]
        for start, end in spans
        if (start, end) not in ours and not any(a <= start and end <= b for a, b in unsaid)
    ]


WORDS = st.sampled_from("so we get the loss, and then a b c x W1 δ é 中 5 3. (a)".split())
MATHEMATICS = st.sampled_from(
    [r"x", r"W^\top x", r"\frac{a}{b}", r"a = b", r"\text{if } x > 0", r"\{a\}", r"x_{i}", r"5"]
)
INLINE = MATHEMATICS.map(lambda text: f"${text}$")
DISPLAY = MATHEMATICS.map(lambda text: f"$$\n{text}\n$$") | MATHEMATICS.map(
    lambda text: f"$${text}$$"
)
LINE = st.lists(WORDS | INLINE, min_size=1, max_size=8).map(" ".join)
EMPHASIS = LINE.map(lambda text: f"**{text}**")
BLOCK = (
    LINE
    | DISPLAY
    | EMPHASIS
    | LINE.map(lambda text: f"## {text}")
    | LINE.map(lambda text: f"- {text}")
    | LINE.map(lambda text: f"> {text}\n> {text}")
    | LINE.map(lambda text: f"```python\n{text}\n```")
    | LINE.map(lambda text: f"<!-- {text} -->")
    | LINE.map(lambda text: f"| a | b |\n|---|---|\n| {text} | $x$ |")
)
MARKDOWN = st.lists(BLOCK, max_size=8).map("\n\n".join)

TEX_BLOCK = (
    LINE
    | DISPLAY
    | MATHEMATICS.map(lambda text: f"\\[ {text} \\]")
    | MATHEMATICS.map(
        lambda text: f"\\begin{{align*}}\n{text} &= 1 \\\\[2pt]\n&= 2\n\\end{{align*}}"
    )
    | LINE.map(lambda text: f"\\section{{{text}}}")
    | LINE.map(
        lambda text: f"\\begin{{enumerate}}\n\\item {text}\n\\item {text}\n\\end{{enumerate}}"
    )
    | LINE.map(lambda text: f"\\textbf{{{text}}} % $not$ {text}")
    | LINE.map(lambda text: f"\\begin{{verbatim}}\n{text}\n\\end{{verbatim}}")
)
LATEX = st.lists(TEX_BLOCK, max_size=8).map("\n\n".join)


@given(MARKDOWN)
def test_formulas_of_markdown_are_where_pyromark_finds_them(text: str) -> None:
    assert missing(document(text), formulas_of_pyromark(text), text) == []


@given(LATEX, st.booleans())
def test_formulas_of_latex_are_where_the_walker_finds_them(text: str, whole: bool) -> None:
    if whole:
        text = f"\\documentclass{{article}}\n\\begin{{document}}\n{text}\n\\end{{document}}\n"
    assert missing(document(text, "latex"), formulas_of_walker(text), text) == []


@pytest.mark.parametrize("path", [p for p in PAPERS if p.suffix == ".md"], ids=str)
def test_formulas_of_papers_are_where_pyromark_finds_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert missing(document(text), formulas_of_pyromark(text), text) == []


@pytest.mark.parametrize("path", [p for p in PAPERS if p.suffix == ".tex"], ids=str)
def test_formulas_of_papers_are_where_the_walker_finds_them(path: Path) -> None:
    text = re.sub(r"\r\n?", "\n", path.read_text(encoding="utf-8"))
    assert missing(document(text, "latex"), formulas_of_walker(text), text) == []
