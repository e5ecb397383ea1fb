"""Generated expressions become what people write, and keep their values."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from sampling import examples

from grader import key as keys
from grader.errors import GraderError
from grader.evaluation import Evaluator
from grader.expression import SCALAR, Expression, Symbol
from grader.notation import infix, printing
from grader.problem import load
from grader.simplification import named_by, simplest, simplified

sys.path.append(str(Path(__file__).parents[1] / "core"))
from core_strategies import PROBLEM, expressions

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> keys.QuestionKey:
    folder = tmp_path_factory.mktemp("trees")
    (folder / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
    return keys.build(load(folder))["q1x1"]


def value(own: keys.QuestionKey, node: Expression) -> np.ndarray:
    with np.errstate(all="ignore"):
        found = Evaluator(own.draws.values, own.backprop.lower)(node)
    return np.broadcast_to(found, (own.draws.count, *node.shape))


@given(node=expressions())
@pytest.mark.sampled
@settings(max_examples=examples(30, 300))
def test_values_and_shape_stay(own: keys.QuestionKey, node: Expression) -> None:
    written = simplified(node)
    assert written.shape == node.shape
    before = value(own, node)
    finite = np.isfinite(before)
    size = np.abs(before[finite]).max(initial=1.0)
    np.testing.assert_allclose(value(own, written)[finite], before[finite], atol=1e-9 * size)


@given(node=expressions())
@pytest.mark.sampled
@settings(max_examples=examples(20, 150))
def test_once_is_enough(node: Expression) -> None:
    written = simplified(node)
    assert simplified(written) == written


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1/2*(2*(x - u))", "x - u"),
        ("-1*x", "-x"),
        ("x + x", "2*x"),
        ("x - x", "zeros(3, 1)"),
        ("x*u/u", "x"),
        ("a/a", "1"),
        ("x/a*a", "x"),
        ("(a*c)/(2*c)", "a / 2"),
        ("x*log'(x)", "ones(3, 1)"),  # the shape stays
        ("x*(1 - u) + u*(x - 1)", "x - u"),
        ("x/3 - u/3", "1 / 3*(x - u)"),
        ("(x.T @ S.T).T + (x.T @ S).T", "S @ x + S.T @ x"),
        ("S @ (S @ x)", "S @ S @ x"),
        ("identity(3, 3) @ x", "x"),
        ("sqrt(sum(x*x))", "norm(x)"),
        ("(2*x).T @ (3*u)", "6*(x.T @ u)"),
        ("Piecewise((0, a > c), (a, True))", "Piecewise((a, a <= c), (0, True))"),
        ("sigmoid'(x)/sigmoid(x)", "1 - sigmoid(x)"),
        ("sigmoid'(x)", "sigmoid'(x)"),  # people write σ′
        ("0.01*x*2", "2*0.01*x"),  # a decimal fraction is not worked out
        ("2**a", "2**a"),
    ],
)
def test_as_people_write_it(own: keys.QuestionKey, text: str, wanted: str) -> None:
    names = own.question.names
    node = infix.parse(text, names)[0]
    written = simplified(node)
    if wanted == "ones(3, 1)":
        assert written.shape == (3, 1)
        np.testing.assert_allclose(value(own, written), 1.0)
    else:
        assert printing.infix(written, names) == wanted


def test_quantities_are_called_by_their_names(own: keys.QuestionKey) -> None:
    names = own.question.names
    parse = lambda text: infix.parse(text, names)[0]  # noqa: E731
    known = named_by(
        {Symbol("h", (3, 1)): parse("tanh(x)"), Symbol("s", SCALAR): parse("1/sqrt(a)")}
    )
    written = {
        text: simplified(parse(text), known)
        for text in ("u*tanh'(x)", "tanh(x[2])", "c/sqrt(a)**3")
    }
    assert printing.infix(written["u*tanh'(x)"], names) == "u*(1 - h**2)"
    assert printing.infix(written["tanh(x[2])"], names) == "h[2]"
    assert printing.infix(written["c/sqrt(a)**3"], names) == "c*s**3"


@pytest.mark.parametrize("folder", sorted((ROOT / "problems").iterdir()), ids=lambda f: f.name)
def test_every_reference_of_the_library_keeps_its_values(folder: Path) -> None:
    for own in keys.build(load(folder)).questions.values():
        written = simplest(own)
        assert written is not None
        size = np.abs(own.expected).max()
        assert np.abs(own.evaluate(written) - own.expected).max() <= 1e-12 * size


@pytest.mark.parametrize(
    ("problem", "question", "wanted"),
    [
        ("softmax-cross-entropy", "q4", "p - y"),
        ("logistic-regression", "q3", "(p - y) / N"),
        ("matrix-calculus", "q7", "B.T @ (v / rho)"),
        ("rnn", "q3", "V.T @ (o - y)*(1 - h3**2)"),
        ("word2vec", "q5", "sigma(s) - 1"),
    ],
)
def test_the_forms_that_textbooks_have(problem: str, question: str, wanted: str) -> None:
    own = keys.build(load(ROOT / "problems" / problem))[question]
    written = simplest(own)
    assert written is not None
    assert printing.infix(written, own.question.names) == wanted


def test_the_rules_of_the_author_hold(tmp_path: Path) -> None:
    """A forbidden name is not used, and a required name is not replaced."""
    text = (
        "id: ruled\nsymbols: {x: {shape: [3]}, w: {shape: [3]}}\n"
        "model: {h: {is: tanh(x)}, l: {is: sum(w*h)}}\n"
        "questions:\n  - {id: q1, of: l, wrt: x, forbid: [h]}\n  - {id: q2, of: l, wrt: x, require: [x]}\n"
    )
    (tmp_path / "problem.yaml").write_text(text, encoding="utf-8")
    for own in keys.build(load(tmp_path)).questions.values():
        written = simplest(own)
        assert written is not None
        assert printing.infix(written, own.question.names) == "w*tanh'(x)"


def test_an_expression_with_fixed_order_is_unchanged(own: keys.QuestionKey) -> None:
    """A matrix between a column and a row, which do not fit without it."""
    node = infix.parse("x*S*u.T/S", own.question.names)[0]
    try:
        written = simplified(node)
    except GraderError:
        pytest.fail("a rule raised")
    np.testing.assert_allclose(value(own, written), value(own, node))
