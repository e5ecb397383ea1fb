"""A function is one row: the grader handles a row that was just added like any other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from grader import key as keys
from grader.authoring.sheets import FORMATS, handout, worked_key
from grader.authoring.validation import digits
from grader.authoring.validation.answers import judged
from grader.authoring.validation.exact import Numeric, exact
from grader.backprop import Backprop
from grader.evaluation import Evaluator
from grader.expression import SCALAR, Apply, Expression, Symbol
from grader.grading.reading_tree import tree_of
from grader.key import Key
from grader.notation import infix, latex, printing
from grader.primitives import TABLE, Primitive, apply, is_function, registry
from grader.primitives.build import ONE, add, div, mul, number, power
from grader.primitives.elementwise import function
from grader.primitives.registry import register
from grader.problem import load
from grader.result import Verdict

ROWS = function(
    "bent", lambda x: x + (np.sqrt(x * x + 1) - 1) / 2,
    lambda x: add(ONE, div(x, mul(number(2), apply("sqrt", add(power(x, number(2)), ONE))))),
    lambda sp, x: x + (sp.sqrt(x**2 + 1) - 1) / 2, activation=True,
    infix=("Bent",), latex=("bentid",), formula=r"u + \frac{\sqrt{u^2 + 1} - 1}{2}",
)  # fmt: skip

PROBLEM = r"""
id: bent
title: A layer whose activation the table has not known
dimensions: {n0: 3, n1: 2}
symbols: {x: {shape: [n0]}, W: {shape: [n1, n0]}, g: {shape: [n1]}}
model:
  z: {is: W @ x}
  h: {is: Bent(z)}
  l: {upstream: {h: g}}
questions:
  - {id: q1, points: 1, of: l, wrt: z}
  - {id: q2, points: 1, of: l, wrt: W}
"""


@pytest.fixture(autouse=True)
def row() -> Iterator[None]:
    tables = (TABLE, registry.INFIX, registry.LATEX)
    before = [dict(table) for table in tables]
    register(*ROWS)
    yield
    for table, old in zip(tables, before, strict=True):
        table.clear()
        table.update(old)


@pytest.fixture
def key(tmp_path: Path) -> Key:
    (tmp_path / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
    return keys.build(load(tmp_path))


@pytest.mark.parametrize("text", ["bent(z)", "Bent(z)", "np.bent(z)"])
def test_it_is_read_in_infix(key: Key, text: str) -> None:
    assert infix.read(text, key["q1"].question.names).node == apply("bent", Symbol("z", (2, 1)))


@pytest.mark.parametrize(
    "text", [r"\bent(z)", r"\mathrm{bent}(z)", r"\operatorname{bentid}(z)", r"\text{bent}(z)"]
)
def test_it_is_read_in_latex(key: Key, text: str) -> None:
    assert latex.parse(text, key["q1"].question.names)[0] == apply("bent", Symbol("z", (2, 1)))


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("q1", "g * bent'(z)", Verdict.CORRECT),
        ("q1", "g*(1 + z/(2*sqrt(z**2 + 1)))", Verdict.CORRECT),
        ("q2", "(g * bent'(W @ x)) @ x.T", Verdict.CORRECT),
        ("q1", "g*(1 - z/(2*sqrt(z**2 + 1)))", Verdict.INCORRECT),
    ],
)
def test_answers_with_it_are_graded(key: Key, question: str, answer: str, verdict: Verdict) -> None:
    assert judged(key, question, answer).verdict is verdict


def test_a_dropped_derivative_of_it_is_found(key: Key) -> None:
    codes = [message.code for message in judged(key, "q1", "g").messages]
    assert "dropped-activation-derivative" in codes


def test_its_gradient_agrees_with_differences() -> None:
    """The first and the second derivative."""
    x = Symbol("x", SCALAR)
    at = np.linspace(-2, 2, 7).reshape(-1, 1, 1)
    node: Expression = apply("bent", x)
    for _ in range(2):
        slope = Backprop({}).derivative(node, x)
        up, down = (evaluated(node, at + step) for step in (1e-5, -1e-5))
        np.testing.assert_allclose(evaluated(slope, at), (up - down) / 2e-5, rtol=1e-8)
        node = slope


def evaluated(node: Expression, at: np.ndarray) -> np.ndarray:
    return Evaluator({"x": at}, Backprop({}).lower)(node)


def test_it_is_printed(key: Key) -> None:
    names = key["q1"].question.names
    node = apply("bent'", Symbol("z", (2, 1)))
    assert printing.infix(node, names) == "bent'(z)"
    assert r"\mathrm{bent}^{\prime }\left(z\right)" in printing.latex(node, names)
    assert "<mi>bent</mi>" in printing.mathml(node, names)
    assert printing.field(node, names) == "bent′(z)"


def test_a_hundred_digits_agree(key: Key) -> None:
    for own in key.questions.values():
        found = exact(own, 0)
        tried = ~np.isnan(found)
        assert tried.any()
        np.testing.assert_allclose(own.expected[:1][tried], found[tried], rtol=1e-12)


def test_the_worked_key_says_its_rule(key: Key) -> None:
    text = " ".join(FORMATS["md"](worked_key(key)).split())
    assert r"$\mathrm{bent}^{\prime }\left(u\right) = 1+\frac{u}{2\sqrt{u^{2}+1}}$" in text
    assert "$z$ is used in $h$ (rule: function of each entry)" in text


def test_the_handout_defines_it(key: Key) -> None:
    text = " ".join(FORMATS["md"](handout(key.problem, "bent")).split())
    assert r"$\mathrm{bent}(u) = u + \frac{\sqrt{u^2 + 1} - 1}{2}$, entry by entry" in text


def test_a_reading_is_explained_in_its_words(key: Key) -> None:
    names, scope = key["q1"].question.names, key.problem.scope
    step = tree_of(infix.read("bent'(z)", names).node, scope)
    assert step.operation == "derivative of bent at each entry of"


def test_a_name_or_spelling_of_another_row_is_refused() -> None:
    with pytest.raises(ValueError, match="two primitives named 'bent'"):
        register(*ROWS)
    with pytest.raises(ValueError, match="'exp' is exp and other"):
        register(*function("other", np.exp, lambda x: x, lambda sp, x: x, infix=("exp",)))


# Every row is whole


def is_computed_one_way(row: Primitive) -> None:
    """By a value, a vjp and a form in SymPy's words, or by other rows."""
    own = (row.value, row.vjp, row.sympy)
    assert all(own) if row.expansion is None else not any(own)


def has_the_same_value_by_sympy(row: Primitive) -> None:
    shift = 0.0 if row.name.rstrip("'") in ("log", "sqrt", "pow") else -1.0
    rng = np.random.default_rng(len(row.name))
    node = applied(row.name)
    values = {arg.name: rng.uniform(0.2, 1.8, (1, *arg.shape)) + shift for arg in node.args}
    if row.name in ("and", "or", "not", "where", "eq", "ne"):
        values = {name: np.floor(array + 0.5) for name, array in values.items()}
    expected = Evaluator(values, Backprop({}).lower)(node)
    for words in (sp, digits):
        number = np.frompyfunc(lambda x, words=words: words.Float(float(x)), 1, 1)
        found = Numeric({name: number(array[0]) for name, array in values.items()}, {}, words)(node)
        np.testing.assert_allclose(
            np.broadcast_to(found, node.shape).astype(float), expected[0], rtol=1e-12, atol=1e-12
        )


def is_spelled_in_infix_and_answers_to_its_words(row: Primitive) -> None:
    """A constant array is read by a form of its own, and f' is spelled as f is."""
    constant, prime = row.arity == (0, 0), row.name.endswith("'")
    assert bool(row.infix) is not (constant or prime)
    assert bool(row.words) or bool(row.latex) or prime


def has_a_rule_where_it_hands_a_gradient_back(row: Primitive) -> None:
    """Its own, or the one that all functions of one variable share; f' goes by what it is made of."""
    if row.name.endswith("'"):
        return
    assert (row.rule is not None or is_function(row.name)) is hands_back(row.name)
    if row.rule is not None:
        assert row.rule.sentence.format(A="P", B="Q", G="G")


def has_sides_where_a_function_bends(row: Primitive) -> None:
    """Truth values have two anyway, and f' has those of f."""
    bends = row.kink is not None and not row.opposite and not row.name.endswith("'")
    assert (row.sides is not None) is bends


def has_an_opposite_that_is_false_where_it_is_true(row: Primitive) -> None:
    if row.opposite:
        a, b = np.array([[-1.0, 0.0, 1.0]]), np.zeros((1, 3))
        value, other = row.value, TABLE[row.opposite].value
        assert value is not None
        assert other is not None
        assert (value(a, b) + other(a, b) == 1).all()


def is_on_each_side_what_its_sides_say(row: Primitive) -> None:
    if row.sides is None:
        return
    args = tuple(Symbol(f"a{at}", SCALAR) for at in range(row.arity[0]))
    values = {arg.name: np.linspace(-2.2, 2.3, 9).reshape(-1, 1, 1) * (-1) ** at
              for at, arg in enumerate(args)}  # fmt: skip
    node = apply(row.name, *args)

    def of(part: Expression) -> np.ndarray:
        return np.broadcast_to(Evaluator(values, Backprop({}).lower)(part), (9, 1, 1))

    near = [np.isclose(of(node), of(side)) for side in row.sides(node)]
    assert np.any(near, axis=0).all()
    assert all(one.any() for one in near)


def is_linear_where_it_says_so(row: Primitive) -> None:
    if row.linear:
        rng, node = np.random.default_rng(1), applied(row.name)
        values = {arg.name: rng.normal(size=(1, *arg.shape)) for arg in node.args}
        for name, array in values.items():
            one, three = (
                Evaluator({**values, name: times * array}, Backprop({}).lower)(node)
                for times in (1, 3)
            )
            np.testing.assert_allclose(three, 3 * one)


def has_the_slope_by_its_value_that_it_has(row: Primitive) -> None:
    if row.slope_by_value is not None:
        x = Symbol("x", SCALAR)
        at = np.linspace(-2, 2, 7).reshape(-1, 1, 1)
        by_value = evaluated(row.slope_by_value(apply(row.name, x)), at)
        np.testing.assert_allclose(by_value, evaluated(apply(row.name + "'", x), at), atol=1e-12)


def is_continued_analytically(row: Primitive) -> None:
    """The imaginary part of f(x + ih) is h f'(x): a derivative that knows no vjp."""
    if is_function(row.name) and row.value is not None:
        at = np.linspace(-2.2, 2.3, 9).reshape(-1, 1, 1)
        at, step = abs(at) if row.name in ("log", "sqrt") else at, 2.0**-100
        slope = evaluated(apply(row.name + "'", Symbol("x", SCALAR)), at)
        found = row.value(at + 1j * step).imag / step
        np.testing.assert_allclose(found, slope + 0 * found, rtol=1e-12, atol=1e-14)


def is_defined_for_the_handout(row: Primitive) -> None:
    """An activation is no word that every student knows, but for a magnitude and its signs."""
    if row.activation and row.name not in ("abs", "sign", "step"):
        assert "u" in row.formula


def applied(name: str) -> Apply:
    """A row applied to symbols that fit."""
    size = (3, 3) if name not in VECTORS else (3, 1)
    params = (3, 3) if name in CONSTANTS else ()
    count = TABLE[name].arity[0]
    return apply(name, *(Symbol(f"a{at}", size) for at in range(count)), params=params)


VECTORS = ("outer", "inner", "correlate", "convolve", "flip")
CONSTANTS = ("zeros", "ones", "identity")


def hands_back(name: str) -> bool:
    """Whether anything flows to an argument."""
    node, vjp = applied(name), TABLE[name].vjp
    if vjp is None:
        return True
    return any(part is not None for part in vjp(Symbol("g", node.shape), node))


LAWS = (
    is_computed_one_way,
    has_the_same_value_by_sympy,
    is_spelled_in_infix_and_answers_to_its_words,
    has_a_rule_where_it_hands_a_gradient_back,
    has_sides_where_a_function_bends,
    has_an_opposite_that_is_false_where_it_is_true,
    is_on_each_side_what_its_sides_say,
    is_linear_where_it_says_so,
    has_the_slope_by_its_value_that_it_has,
    is_continued_analytically,
    is_defined_for_the_handout,
)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_every_row(law: Callable[[Primitive], None], subtests: pytest.Subtests) -> None:
    for row in TABLE.values():
        with subtests.test(row.name):
            law(row)
