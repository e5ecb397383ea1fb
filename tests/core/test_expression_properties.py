"""Random expressions: what is printed reads back, and rewriting by the rules changes no verdict."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import numpy as np
import pytest
from core_strategies import PROBLEM, SYMBOLS, expressions, size_of
from hypothesis import given, settings
from sampling import examples

from grader import key
from grader.comparison import Comparison, compare
from grader.evaluation import Evaluator
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Sum,
    Symbol,
    Tabulate,
    substitute,
    transform,
    walk,
)
from grader.notation import infix, latex, printing
from grader.primitives import apply
from grader.problem import load

pytestmark = pytest.mark.sampled

ONE = Number(1.0)
few = settings(max_examples=examples(25, 300))


Rewrite = Callable[[Expression], Expression]


@cache
def trees() -> key.Key:
    """A key with the draws for the random trees."""
    with TemporaryDirectory() as folder:
        Path(folder, "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        return key.build(load(folder))


def asked(node: Expression) -> key.QuestionKey:
    """A question with this tree as its reference."""
    if size_of(node) not in trees().questions:
        node = apply("transpose", node)
    blank = trees()[size_of(node)]
    value = blank.evaluate(node)
    return replace(blank, reference=node, expected=value, noise=blank.noise_of(node, value))


def judged(own: key.QuestionKey, node: Expression) -> Comparison:
    got = own.evaluate(node)
    return compare(got, own.expected, own.noise, lambda: own.noise_of(node, got))


@given(node=expressions())
@few
def test_infix_reads_back_to_the_same_tree(node: Expression) -> None:
    names = trees().problem.scope.names
    assert infix.parse(printing.infix(node, names), names)[0] == node


@given(node=expressions())
@few
def test_latex_reads_back_to_the_same_values(node: Expression) -> None:
    names = trees().problem.scope.names
    again, _ = latex.parse(printing.latex(node, names), names)
    own = asked(node)
    np.testing.assert_allclose(own.evaluate(again), own.expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "abs(x)",  # |x| of an array is its norm
        "0.5*2**2",  # not 0.52²
        "1e-07*a",  # a power of ten
        "0.5*2", "x*0.5*2", "-(-a)", "a - (a - c)", "-a**2", "(-a)**2", "2**(-a)", "a/(c/2)",
        "(a/(2 + c))**2", "(A @ B) @ y", "A @ (B @ y)", "(x*u) @ y.T", "(A @ B).T", "S.T.T @ x",
        "Sum(x[i], (i, 1, 3))*a", "Sum(x[i]*a, (i, 1, 3)) + a", "Sum(Sum(x[i], (i, 1, 3)), (i, 1, 2))",
        "Piecewise((a, a > c), (-a, True))", "(a > c)*a", "Max(a, c)", "exp(a*c)", "log(2 + a**2)",
        "sqrt(2 + a)", "tanh'(a)", "relu'(x)*u", "outer(x, y)", "diag(x) @ u", "norm(x)", "trace(S)",
        "x.T @ u", "softmax(x)", "Matrix([[a, c], [x[1], A[2, 3]]]) @ y", "mean(x)", "sum(A)",
        "sigmoid(x)*(1 - sigmoid(x))", "A[1, :] @ x", "123456.75*a",
    ],
)  # fmt: skip
def test_latex_of_an_answer_reads_back(text: str) -> None:
    names = trees().problem.scope.names
    node, _ = infix.parse(text, names)
    again, _ = latex.parse(printing.latex(node, names), names)
    assert again.shape == node.shape
    np.testing.assert_allclose(
        value_on(trees()["q1x1"].draws.values, again),
        value_on(trees()["q1x1"].draws.values, node),
        rtol=1e-12,
    )


@pytest.mark.parametrize("notation", [infix, latex], ids=["infix", "latex"])
def test_a_bound_index_hides_a_symbol_of_its_name(notation: ModuleType) -> None:
    text = {infix: "Sum(c*x[c], (c, 1, 3))", latex: r"\sum_{c=1}^{3} c x_c"}[notation]
    node, _ = notation.parse(text, trees().problem.scope.names)
    values = trees()["q1x1"].draws.values
    expected = (np.arange(1, 4)[:, None] * values["x"]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(value_on(values, node), expected)


@given(node=expressions())
@few
def test_printing_what_was_read_changes_nothing(node: Expression) -> None:
    names = trees().problem.scope.names
    text = printing.infix(node, names)
    assert printing.infix(infix.parse(text, names)[0], names) == text


@given(node=expressions())
@few
def test_all_draws_at_once_are_one_draw_at_a_time(node: Expression) -> None:
    own = asked(node)
    values = own.draws.values
    together = np.broadcast_to(value_on(values, node), (own.draws.count, *node.shape))
    for at in range(0, own.draws.count, 5):
        alone = value_on({name: array[at : at + 1] for name, array in values.items()}, node)
        np.testing.assert_allclose(
            np.broadcast_to(alone, (1, *node.shape))[0], together[at], rtol=1e-12, atol=1e-12
        )


@given(node=expressions())
@few
def test_indices_are_an_explicit_loop(node: Expression) -> None:
    own = asked(node)
    unrolled = transform_sums(node)
    assert not any(isinstance(part, Sum) for part in walk(unrolled))
    got = value_on(own.draws.values, unrolled)
    np.testing.assert_allclose(
        np.broadcast_to(got, (own.draws.count, *node.shape)),
        np.broadcast_to(value_on(own.draws.values, node), (own.draws.count, *node.shape)),
        rtol=1e-9, atol=1e-9,
    )  # fmt: skip


def value_on(values: object, node: Expression) -> np.ndarray:
    return Evaluator(values, lambda derivative: derivative)(node)  # type: ignore[arg-type]


def transform_sums(node: Expression) -> Expression:
    """Every sum written out, term by term."""

    def change(part: Expression) -> Expression:
        if not isinstance(part, Sum):
            return part
        terms = [
            substitute(part.body, part.index.name, Number(float(at)))
            for at in range(part.index.start, part.index.stop + 1)
        ]
        result = terms[0]
        for term in terms[1:]:
            result = apply("add", result, term)
        return result

    return transform(node, change)


def commuted(part: Expression) -> Expression:
    if isinstance(part, Apply) and part.function in ("add", "mul"):
        return replace(part, args=part.args[::-1])
    return part


def reassociated(part: Expression) -> Expression:
    """(a∘b)∘c is a∘(b∘c), for sums, entrywise and matrix products."""
    if isinstance(part, Apply) and part.function in ("add", "mul", "matmul"):
        left, c = part.args
        if isinstance(left, Apply) and left.function == part.function:
            a, b = left.args
            if part.function != "matmul" or (b.shape[0] > 1 or c.shape[1] > 1):
                return apply(part.function, a, apply(part.function, b, c))
    return part


def distributed(part: Expression) -> Expression:
    """a∘(b + c) is a∘b + a∘c."""
    if isinstance(part, Apply) and part.function in ("mul", "matmul"):
        a, right = part.args
        if isinstance(right, Apply) and right.function in ("add", "sub"):
            return apply(right.function, *(apply(part.function, a, arg) for arg in right.args))
    return part


def renamed(part: Expression) -> Expression:
    """Bound index variables renamed to unused names."""
    if not isinstance(part, Sum):
        return part
    index = replace(part.index, name=f"{part.index.name}{part.index.name}")
    return replace(part, index=index, body=substitute(part.body, part.index.name, index))


def indexed(part: Expression) -> Expression:
    """A matrix product as the table of its sums over an index."""
    if not (isinstance(part, Apply) and part.function == "matmul"):
        return part
    a, b = part.args
    row, column = Index("rr", 1, part.shape[0]), Index("ss", 1, part.shape[1])
    inner = Index("tt", 1, a.shape[1])
    term = apply("mul", Item(a, row, inner, SCALAR), Item(b, inner, column, SCALAR))
    return Tabulate(Sum(term, inner, SCALAR), row, column, part.shape)


REWRITES = [commuted, reassociated, distributed, renamed, indexed]


@pytest.mark.parametrize("rule", REWRITES, ids=lambda rule: rule.__name__)
def test_a_rewritten_answer_is_right(rule: Rewrite) -> None:
    @given(node=expressions())
    @few
    def holds(node: Expression) -> None:
        own = asked(node)
        other = transform(own.reference, rule)  # type: ignore[arg-type]
        verdict = judged(own, other)
        scale = np.abs(own.expected).max(axis=0)
        noisy = own.noise.max(axis=0) > 1e-10 * scale
        assert (verdict.status < 2).all(), "a right answer is never called wrong"
        assert (verdict.status[~noisy] == 0).all(), "and only noise leaves it undecided"

    holds()


@given(node=expressions())
@few
def test_a_slightly_wrong_answer_is_never_right(node: Expression) -> None:
    own = asked(node)
    wrong = apply("mul", Number(1.0 + 1e-8), own.reference)  # type: ignore[arg-type]
    verdict = judged(own, wrong)
    shown = np.abs(own.expected).max(axis=0) > 0
    assert (verdict.status[shown] > 0).all()
    assert (verdict.status[~shown] == 0).all()


@given(node=expressions())
@few
def test_a_tree_is_equal_to_itself_at_other_places(node: Expression) -> None:
    spaced = "  " + printing.infix(node, trees().problem.scope.names)
    again, _ = infix.parse(spaced, trees().problem.scope.names)
    assert again == node
    assert hash(again) == hash(node)


def test_the_strategy_knows_the_symbols_of_its_problem() -> None:
    declared = {s.name: Symbol(s.name, s.shape) for s in trees().problem.scope.symbols.values()}
    assert declared == SYMBOLS
