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
from grader.errors import AuthorError, StudentError
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Placed,
    Symbol,
    Tabulate,
    walk,
)
from grader.notation import infix, latex, printing
from grader.problem import load

Build = Callable[[str], key.Key]

AXES = "LaTeX has no axis: softmax over all entries of a matrix reads back as one over each row"

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


QUANTITIES = [(story, name) for story in STORIES for name in story.steps]


@pytest.mark.parametrize(("story", "name"), QUANTITIES, ids=labelled)
def test_a_quantity_has_the_value_of_its_formula(story: Story, name: str) -> None:
    own = key_of(story, 0)
    if name not in own.draws.values:
        pytest.skip("known only by its upstream gradients")
    for at in range(own.draws.count):
        symbols = {symbol: own.draws.values[symbol][at] for symbol in own.question.scope.symbols}
        got = own.draws.values[name][at]
        expected = np.reshape(story.run(symbols)[name], got.shape)
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def reads_back(own: key.QuestionKey, notation: str) -> None:
    assert own.reference is not None
    names = own.question.scope.names.with_indices(own.question.free, {})
    write = printing.infix if notation == "infix" else printing.latex
    parse = infix.parse if notation == "infix" else latex.parse
    node, _ = parse(write(own.reference, names), names)
    np.testing.assert_allclose(own.evaluate(node), own.expected, rtol=1e-12, atol=1e-13)


def is_internal(node: Expression) -> bool:
    """Whether a reference has nodes in it that only derivatives make: `Placed` and `Tabulate`.

    They are printed as `place(…)` and `table(…)`, in LaTeX as brackets with indices. Students have no
    notation for them, and none of their notations reads them: such a reference is only shown.
    """
    return any(isinstance(part, Placed | Tabulate) for part in walk(node))


def skip_if_internal(node: Expression) -> None:
    if is_internal(node):
        pytest.skip("printed with `place(…)` or `table(…)`, which no student's notation reads")


def has_an_axis(node: Expression) -> bool:
    """Whether a softmax of a matrix has an axis; of a vector, it makes no difference."""
    return any(
        isinstance(part, Apply) and part.function == "softmax" and part.params
        and 1 not in part.shape
        for part in walk(node)
    )  # fmt: skip


@every_question
@pytest.mark.parametrize("notation", ["infix", "latex"])
def test_a_reference_in_students_notation_reads_back(
    story: Story, at: int, notation: str, request: pytest.FixtureRequest
) -> None:
    own = key_of(story, at)
    assert own.reference is not None
    skip_if_internal(own.reference)
    if notation == "latex" and has_an_axis(own.reference):
        request.applymarker(pytest.mark.xfail(strict=True, reason=AXES))
    reads_back(own, notation)


@pytest.mark.parametrize(
    ("at", "notation", "text"),
    [
        (1, "infix", "W.T @ place(1, 2, 2, 1)"),
        (10, "infix", "table(0, (i, 1, 2), (j, 1, 2))"),
        (10, "latex", r"\left[0\right]_{ij}"),
    ],
)
def test_what_only_references_have_is_printed_and_not_read(
    at: int, notation: str, text: str
) -> None:
    own = key_of(STORIES[0], at)
    assert own.reference is not None
    assert is_internal(own.reference)
    names = own.question.scope.names.with_indices(own.question.free, {})
    write = printing.infix if notation == "infix" else printing.latex
    assert write(own.reference, names) == text
    with pytest.raises(StudentError):
        reads_back(own, notation)


@pytest.mark.xfail(strict=True, reason=AXES)
def test_an_axis_reads_back_from_latex() -> None:
    story = STORIES[-1]
    reads_back(key_of(story, len(story.asks) - 2), "latex")


# What keeps references readable


def test_the_jacobian_of_a_linear_layer_is_its_matrix() -> None:
    own = key_of(STORIES[0], 0)
    assert own.reference == Symbol("W", (2, 3))


def test_nothing_is_left_of_a_kronecker_delta_under_a_sum() -> None:
    own = key_of(STORIES[0], 7)
    assert own.reference == Item(Symbol("x", (3, 1)), Index("j", 1, 3), Number(1.0), SCALAR)


def test_a_derivative_is_derived_once() -> None:
    own = key_of(STORIES[1], 0)
    of, wrt = own.question.of, own.question.wrt
    assert of is not None
    assert wrt is not None
    assert own.backprop.derivative(of, wrt) is own.backprop.derivative(of, wrt)


@pytest.mark.parametrize("wrt", ["h @ x.T", "2*x"])
def test_a_derivative_by_what_is_no_place_is_refused(built: Build, wrt: str) -> None:
    text = STORIES[0].text + f"  - {{id: bad, of: sum(z), wrt: '{wrt}'}}\n"
    with pytest.raises(AuthorError, match="questions"):
        built(text)
