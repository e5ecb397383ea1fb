"""For any bytes the leaves of the tree cover every character exactly once, in linear time."""

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sampling import examples
from trees import FORMATS, check, document

pytestmark = pytest.mark.sampled

# Pieces that matter to one construct or another, in any order.
MARKUP = r"""
$ $$ \$ \( \) \[ \] \begin{align} \end{align} \begin{enumerate} \end{enumerate} \item \part{ {
\section{ \section{2} } ` ``` ```math ```python ```text ~~~ ~~ $` `$ > # ## - * ** | |-|-| 1. (a) Q1:
Question \newcommand{\a} \def\b{ % \verb| \begin{verbatim} \end{verbatim} \begin{comment} <!-- -->
\iffalse \else \fi <del> </del> <s> \sout{ \st{ x = , : [ ] " ' & ? ! 5 é ∂ \input{x} ![a](b.png)
[a](b) https://a.b/c x.pdf \begin{problem}[ \begin{problem}{2} \question \setcounter{enumi}{9} #5
\begin{document} \end{document} dW2 A1.T @ ( ) ≈ ³ ᵀ so we where and because Answer: def if 2 TODO
│ ┌──┐ ← Results \begin{tabular}{c} \end{tabular} a=b a~~b~~c $x$ 1 - [1] (Q1) A1:
"""
SPACES = ["\n", "\n\n", " ", "  ", "\t", "\r\n", "\x00", "\ufeff", "\u2028", "\n  ", "\n> "]
PIECES = st.sampled_from([*MARKUP.split(), *SPACES])
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=60).map("".join)


@given(st.sampled_from(FORMATS), TEXTS)
@example("latex", "│\\begin{document}")
def test_every_character_is_in_one_leaf(format: str, text: str) -> None:  # noqa: A002
    check(document(text, format))


@given(st.lists(st.tuples(st.sampled_from(["markdown", "code", "raw"]), TEXTS), max_size=4))
def test_every_character_of_a_cell_is_in_one_leaf(cells: list[tuple[str, str]]) -> None:
    notebook = {"cells": [{"cell_type": kind, "source": text} for kind, text in cells]}
    check(document(json.dumps(notebook), "notebook"))


@given(st.text(max_size=100))
def test_every_character_of_no_notebook_is_in_one_leaf(text: str) -> None:
    check(document(text, "notebook"))


HOSTILE = [
    *(
        "$",
        "$$",
        "$ ",
        "$a ",
        "$a\n",
        "\\(",
        "\\[",
        "`",
        "$`",
        "``` ",
        "```\n",
        "~~",
        "~~a ",
        "<del>",
    ),
    *("\\sout{", "{", "}", "\\begin{align}", "\\begin{tabular}", "\\item ", "\\section{", "<!--"),
    *("\\newcommand{\\a}{", "\\def\\a", "\\verb|", "\\verb|\n", "%", "\\iffalse ", "\\iffalse\\fi"),
    *("\\begin{comment}", "\\begin{verbatim}", "1.\n", "1\n", "(a)\n", "> ", ">\n\n", "## a\n"),
    *("|", "|-|\n", "a|b\n-|-\n", "[", "![a](", "[a](b) ", "\n", " \n", "│ ", "──", "x.py "),
    *(
        "x = (\n",
        "dW = a\n + b\n",
        "= a\n",
        "a = b where ",
        "a, b and ",
        "so x = ",
        "Answer: ",
        "∂",
    ),
    *("a = b. ", "`a = b` ", "\\begin{problem}[", "*", "**", "_", "(", "```python\na = b\n", "- $"),
]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(piece: str, format: str) -> None:  # noqa: A002
    """Ten thousand characters take at most a second; a quadratic scanner takes minutes."""
    length = examples(8_000, 60_000)
    start = time.process_time()
    check(document(piece * (length // len(piece) // 2 * 2 + 1), format))
    assert time.process_time() - start < 1 + length / 5_000
