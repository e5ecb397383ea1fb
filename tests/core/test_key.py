"""Keys: every reference of a problem, derived, evaluated, and laid out as answers are."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from grader.errors import AuthorError, ShapeMismatch
from grader.expression import SCALAR, Index, Shape
from grader.key import Key, fits, published_values, target_grid
from grader.notation import infix, printing
from grader.python_reference import natural

Build = Callable[[str], Key]
HEAD = """\
id: p
draws: {count: 16, seed: 4}
dimensions: {m: 2, n: 3}
symbols: {W: {shape: [m, n]}, r: {shape: [1, n]}, x: {shape: [n]}, d: {shape: []}}
model: {z: {is: W @ x}, h: {is: relu(z)}, l: {upstream: {h: 'd*h'}}}
"""


def question(text: str) -> str:
    return f"{HEAD}questions:\n  - {{id: q, {text}}}\n"


def row(*sizes: int) -> tuple[Index, ...]:
    return tuple(Index(f"i{at}", 1, size) for at, size in enumerate(sizes))


@pytest.mark.parametrize(
    ("free", "shape", "grid"),
    [
        ((), SCALAR, (1, 1)), ((), (3, 1), (3, 1)), ((), (1, 3), (1, 3)), ((), (2, 3), (2, 3)),
        (row(3), SCALAR, (3, 1)), (row(2, 3), SCALAR, (2, 3)), (row(2, 3, 4), SCALAR, (2, 12)),
        (row(1, 3), SCALAR, (3, 1)), (row(1), SCALAR, (1, 1)), (row(2), (3, 1), (2, 3)),
    ],
)  # fmt: skip
def test_a_target_is_the_array_over_its_indices(
    free: tuple[Index, ...], shape: Shape, grid: Shape
) -> None:
    assert target_grid(free, shape) == grid


def test_a_vector_may_be_a_row_or_a_column() -> None:
    assert fits((1, 3), (3, 1))
    assert fits((3, 1), (1, 3))
    assert not fits((3, 2), (2, 3))
    assert not fits((2, 1), (3, 1))
    assert not fits(SCALAR, (3, 1))


# References


def test_the_reference_of_the_homework_prints_as_people_write_it(homework: Key) -> None:
    names = homework.problem.scope.names
    for question, text in {
        "q1": "delta*h2[1]", "q3": "delta*h2.T", "q6": "sigma'(x)", "q9": "h1[j]", "q13": "W2",
        "q11": "W3.T*delta @ h1.T", "q14": "Sum(W2[k, j]*(W3[1, k]*delta), (k, 1, 2))",
        "q17": "W2.T @ (W3.T*delta)*sigma'(z1) @ x.T",
    }.items():  # fmt: skip
        reference = homework[question].reference
        assert reference is not None
        assert printing.infix(reference, names) == text


def test_a_reference_by_expression(built: Build) -> None:
    own = built(question("reference: {expression: 'x*d'}"))["q"]
    np.testing.assert_array_equal(own.expected, own.draws.values["x"] * own.draws.values["d"])


def test_a_reference_by_expression_in_indices(built: Build) -> None:
    own = built(question("reference: {expression: 'W[i,j]*x[j]'}, free: {i: m, j: n}"))["q"]
    values = own.draws.values
    np.testing.assert_array_equal(own.expected, values["W"] * values["x"].swapaxes(1, 2))


def test_a_reference_by_python(built: Build, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "import numpy as np\ndef gradient(v):\n    return v['d'] * np.outer(v['z'], v['x'])\n"
    )
    own = built(question("reference: {python: 'own.py:gradient'}"))["q"]
    values = own.draws.values
    assert own.reference is None
    np.testing.assert_allclose(
        own.expected, values["d"] * values["z"] * values["x"].swapaxes(1, 2), rtol=1e-15
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("def other(v): return 1.0", "has no function gradient"),
        ("def gradient(v): return float('nan')", "should return an array of finite numbers"),
        ("gradient = 3", "has no function gradient"),
        (None, "own.py"),
    ],
)
def test_an_invalid_python_reference_is_an_authors_error(
    built: Build, tmp_path: Path, body: str | None, reason: str
) -> None:
    if body is not None:
        (tmp_path / "own.py").write_text(body)
    with pytest.raises(AuthorError, match=reason):
        built(question("reference: {python: 'own.py:gradient'}"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("of: z, wrt: W", "more than two axes"),
        ("of: z, wrt: 'W[1,:]'", "one can only differentiate by"),
    ],
)
def test_what_cannot_be_derived_is_an_authors_error(built: Build, text: str, reason: str) -> None:
    with pytest.raises(AuthorError, match=reason):
        built(question(text))


def test_the_value_of_a_loss_without_one_is_an_authors_error(built: Build) -> None:
    with pytest.raises(AuthorError, match="has no value"):
        built(question("reference: {expression: 'l*x'}"))


def test_one_entry_of_a_vector_by_a_whole_array(built: Build) -> None:
    own = built(question("of: 'z[2]', wrt: x"))["q"]
    np.testing.assert_array_equal(own.expected[..., 0], own.draws.values["W"][:, 1])


def test_an_entry_with_a_free_index_by_a_whole_array(built: Build) -> None:
    """Either the Jacobian, or an AuthorError that says to give `wrt` an index as well."""
    try:
        own = built(question("of: 'z[i]', wrt: x, free: {i: m}"))["q"]
    except AuthorError:
        return
    np.testing.assert_array_equal(own.expected, own.draws.values["W"])


def test_an_upstream_gradient_that_is_the_same_for_all_entries(built: Build) -> None:
    """`upstream: {h: d}` is accepted where h is a vector: each entry has the gradient d."""
    text = HEAD.replace("'d*h'", "d") + "questions:\n  - {id: h, of: l, wrt: h}\n"
    own = built(text + "  - {id: x, of: l, wrt: x}\n")["h"]
    assert own.grid == (2, 1)
    np.testing.assert_array_equal(own.expected, np.repeat(own.draws.values["d"], 2, axis=1))


def test_questions_with_symbols_of_their_own_have_their_own_draws(homework: Key) -> None:
    assert homework["q6"].draws.values["x"].shape == (32, 1, 1)
    assert homework["q5"].draws.values["x"].shape == (32, 4, 1)
    assert homework["q1"].draws is homework["q17"].draws


# Answers


def evaluated(key: Key, text: str, question: str = "q") -> np.ndarray:
    own = key[question]
    names = own.question.scope.names.with_indices(own.question.free, {})
    node, _ = infix.parse(text, names)
    return own.evaluate(node)


def test_an_answer_in_indices_fills_the_array(built: Build) -> None:
    key = built(question("of: 'z[i]', wrt: 'W[i,j]', free: {i: m, j: n}"))
    expected = np.broadcast_to(key["q"].draws.values["x"].swapaxes(1, 2), (16, 2, 3))
    np.testing.assert_array_equal(key["q"].expected, expected)
    np.testing.assert_array_equal(evaluated(key, "x[j]"), expected)
    np.testing.assert_array_equal(evaluated(key, "ones(m) @ x.T"), expected)


def test_an_answer_may_use_derivatives(built: Build) -> None:
    key = built(question("of: l, wrt: 'W[i,j]', free: {i: m, j: n}"))
    chain = "Derivative(l, z[i])*Derivative(z[i], W[i,j])"
    np.testing.assert_allclose(evaluated(key, chain), key["q"].expected, rtol=1e-14)
    np.testing.assert_allclose(evaluated(key, "Derivative(l, W)"), key["q"].expected, rtol=1e-14)


def test_a_row_is_accepted_for_a_column(built: Build) -> None:
    key = built(question("of: 'd*z[1]', wrt: x"))
    np.testing.assert_allclose(evaluated(key, "d*W[1,:]"), key["q"].expected)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("of: 'd*sum(x)', wrt: x", "d"),
        ("of: 'd*sum(x)', wrt: x", "z"),
        ("of: 'd*sum(x)', wrt: d", "x"),
        ("of: sum(z), wrt: W", "W.T"),
        ("of: sum(z), wrt: W", "x"),
    ],
)
def test_another_shape_is_a_mismatch(built: Build, asked: str, answer: str) -> None:
    own = built(question(asked))["q"]
    node, _ = infix.parse(answer, own.question.scope.names)
    with pytest.raises(ShapeMismatch, match="the question asks for"):
        own.check_shape(node, ())


def test_an_array_with_an_index_left_in_it_is_a_mismatch(built: Build) -> None:
    own = built(question("of: sum(z), wrt: 'W[i,j]', free: {i: m, j: n}"))["q"]
    names = own.question.scope.names.with_indices(own.question.free, {})
    node, _ = infix.parse("x*z[i]", names)
    with pytest.raises(ShapeMismatch, match="should be one entry"):
        own.check_shape(node, {"i"})


def test_the_noise_of_a_plain_reference_is_rounding(homework: Key) -> None:
    for own in homework.questions.values():
        scale = np.abs(own.expected).max()
        assert (own.noise <= 1e-14 * scale).all()


def test_the_noise_of_a_cancellation_is_large(built: Build) -> None:
    own = built(question("of: sum(x), wrt: x, reference: {expression: 'x + 1e9 - 1e9'}"))["q"]
    assert (own.noise.max(axis=0) > 1e-10).all()


def test_noise_is_the_same_in_every_run(built: Build) -> None:
    own = built(question("of: l, wrt: W"))["q"]
    assert own.reference is not None
    first, second = (own.noise_of(own.reference, own.expected) for _ in range(2))
    np.testing.assert_array_equal(first, second)


# What is published


def test_published_values_are_as_numpy_users_hold_them(homework: Key) -> None:
    values = published_values(homework.drawn_for("student-01"))
    assert {name: array.shape for name, array in values.items()} == {
        "x": (4,), "W1": (3, 4), "W2": (2, 3), "W3": (1, 2), "delta": (), "q6_x": (),
    }  # fmt: skip


def test_several_published_draws_have_a_leading_axis(homework: Key) -> None:
    values = published_values(homework.drawn_for("student-01", count=3))
    assert values["W1"].shape == (3, 3, 4)
    assert values["delta"].shape == (3,)


@pytest.mark.parametrize(
    ("shape", "natural_shape"), [((3, 1), (3,)), ((1, 3), (1, 3)), ((2, 3), (2, 3))]
)
def test_a_column_is_published_with_one_axis(shape: Shape, natural_shape: tuple[int, ...]) -> None:
    assert np.shape(natural(np.zeros(shape))) == natural_shape


def test_an_unknown_question_is_a_key_error(homework: Key) -> None:
    with pytest.raises(KeyError):
        homework["q99"]
