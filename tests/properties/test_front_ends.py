"""One answer through every front end: the same tree, or at least the same values."""

import json
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from property_problems import PROBLEMS, Start, key_of, starts
from property_strategies import (
    Answer,
    answer_file,
    chooser,
    paper,
    submissions,
    unshrunk,
    write,
)
from property_values import differing
from rewriting import rewritten
from sampling import examples
from writing import is_known_fault, unicode_of

from grader.expression import Expression
from grader.grading import grade
from grader.notation import infix, latex, printing
from grader.submission import read

pytestmark = pytest.mark.sampled


class Rewritten(NamedTuple):
    """A right answer in another form."""

    start: Start
    node: Expression

    def __repr__(self) -> str:
        return f"{self.start!r} as {printing.infix(self.node, self.start.own.question.names)}"


@st.composite
def trees(draw: st.DrawFn, problem: str) -> Rewritten:
    """A right answer to a question of a problem, rewritten, as a tree."""
    choose = chooser(draw)
    start = draw(st.sampled_from(starts(problem)))
    return Rewritten(start, rewritten(start.own, start.node, choose(7), choose))


@pytest.mark.parametrize("problem", PROBLEMS)
def test_infix_is_read_back_to_the_same_tree(problem: str) -> None:
    @given(tree=trees(problem))
    @settings(max_examples=examples(10, 100))
    def holds(tree: Rewritten) -> None:
        start, node = tree
        names = start.own.question.names
        text = printing.infix(node, names)
        again = infix.parse(text, names)[0]
        assert printing.infix(again, names) == text
        assert start.own.is_indexed(again) == start.own.is_indexed(node)
        assert differing(start.values(again, 4), start.values(node, 4)) == 0

    holds()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_latex_is_stable_after_one_reading(problem: str) -> None:
    """A text that was read and printed once stays the same when it is read and printed again."""

    @given(tree=trees(problem))
    @settings(max_examples=examples(15, 50))
    def holds(tree: Rewritten) -> None:
        start, node = tree
        names = start.own.question.names
        text = printing.latex(node, names)
        assume(not is_known_fault(text))
        once = latex.parse(text, names)[0]
        twice = latex.parse(printing.latex(once, names), names)[0]
        assert twice == once

    holds()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_three_notations_have_the_same_values(problem: str) -> None:
    @given(tree=trees(problem))
    @settings(max_examples=examples(10, 100))
    def holds(tree: Rewritten) -> None:
        start, node = tree
        names = start.own.question.names
        typed = unicode_of(node, names)
        assume(not is_known_fault(typed))
        from_infix = infix.parse(printing.infix(node, names), names)[0]
        from_latex = latex.parse(printing.latex(node, names), names)[0]
        from_unicode = latex.parse(typed, names)[0]
        assert from_unicode == from_latex
        assert from_infix.shape == from_latex.shape
        assert differing(start.values(from_infix, 4), start.values(from_latex, 4)) == 0

    holds()


def _tex(answers: dict[str, Answer]) -> str:
    body = paper(answers).replace("# Homework", r"\section*{Homework}")
    return rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}"


def _notebook(answers: dict[str, Answer]) -> str:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": text}
        for text in paper(answers).split("\n\n")
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


FORMATS = {
    "a.md": paper, "a.tex": _tex, "a.ipynb": _notebook, "a.yaml": answer_file, "a.json": answer_file,
}  # fmt: skip


@given(answers=submissions(["latex"]), spoilt=st.sets(st.integers(1, 17), max_size=4))
@settings(unshrunk, max_examples=examples(2, 20))
def test_every_format_gives_the_same_verdicts(answers: dict[str, Answer], spoilt: set[int]) -> None:
    key = key_of("cs1678-hw3")
    for name in {f"q{at}" for at in spoilt} & set(answers):
        right = answers[name].text.removeprefix("G = ")
        answers[name] = answers[name]._replace(text=rf"2 \cdot \left({right}\right)")
    wanted = dict.fromkeys(answers, "correct")
    wanted |= {f"q{at}": "incorrect" for at in spoilt if f"q{at}" in answers}
    for name, layout in FORMATS.items():
        with tempfile.TemporaryDirectory() as folder:
            key.seen.clear()
            report = grade(key, read(write(Path(folder), name, layout(answers))))
        assert {name: str(report[name].verdict) for name in answers} == wanted, name
