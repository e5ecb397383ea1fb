"""Reverse mode over whole models, against HIPS autograd on the same draws.

Models are written as authors write them, in YAML. Each question of `core_models.STORIES` is one test.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from core_models import STORIES, Ask, Story

from grader import key
from grader.errors import AuthorError
from grader.notation import infix, latex, printing
from grader.problem import load

Build = Callable[[str], key.Key]

CAPTURE = "substitution is not capture-avoiding: the k of δ_kj becomes a j that a sum binds"
ONE_SIDED = "an index of a sum that its body uses only inside another sum counts once"
PLACES = "`place(…)` and `table(…)` are printed in infix and cannot be read back"

ASKS = [(story, at) for story in STORIES for at in range(len(story.asks))]


def labelled(case: object) -> str:
    return case.name.replace(" ", "-") if isinstance(case, Story) else str(case)


every_question = pytest.mark.parametrize(("story", "at"), ASKS, ids=labelled)


@cache
def key_of(story: Story, only: int) -> key.QuestionKey:
    """The key of one question, so that one which cannot be built hides no other."""
    alone = Story(story.name, story.model, story.steps, (story.asks[only],))
    with TemporaryDirectory() as folder:
        Path(folder, "problem.yaml").write_text(alone.text, encoding="utf-8")
        return key.build(load(folder))["q0"]


def expected(story: Story, ask: Ask, own: key.QuestionKey) -> np.ndarray:
    symbols = own.question.scope.symbols
    draws = [
        story.expected(ask, {name: own.draws.values[name][at] for name in symbols})
        for at in range(own.draws.count)
    ]
    return np.stack(draws).reshape(own.expected.shape)


@every_question
def test_the_reference_is_the_derivative(story: Story, at: int) -> None:
    own = key_of(story, at)
    scale = np.abs(own.expected).max()
    np.testing.assert_allclose(
        own.expected, expected(story, story.asks[at], own), rtol=1e-9, atol=1e-9 * scale
    )


@every_question
def test_a_quantity_has_the_value_of_its_formula(story: Story, at: int) -> None:
    own = key_of(story, at)
    symbols = {name: own.draws.values[name][0] for name in own.question.scope.symbols}
    for name, value in story.run(symbols).items():
        got = own.draws.values.get(name)
        if got is not None:
            np.testing.assert_allclose(got[0], np.reshape(value, got[0].shape), rtol=1e-9)


@every_question
def test_a_reference_in_infix_reads_back(story: Story, at: int) -> None:
    own = key_of(story, at)
    assert own.reference is not None
    names = own.question.scope.names.with_indices(own.question.free, {})
    text = printing.infix(own.reference, names)
    node, _ = infix.parse(text, names)
    same_values(own, own.evaluate(node))


@every_question
def test_a_reference_in_latex_reads_back(story: Story, at: int) -> None:
    own = key_of(story, at)
    assert own.reference is not None
    names = own.question.scope.names.with_indices(own.question.free, {})
    text = printing.latex(own.reference, names)
    node, _ = latex.parse(text, names)
    same_values(own, own.evaluate(node))


def same_values(own: key.QuestionKey, got: np.ndarray) -> None:
    np.testing.assert_allclose(got, own.expected, rtol=1e-12, atol=1e-13)
