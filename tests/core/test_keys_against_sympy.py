"""Whole keys against SymPy, which differentiates explicit matrices of symbols.

SymPy's derivative is evaluated at the exact binary values of our own draws, in rational arithmetic
where the model allows it and else with 30 digits.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import sympy as sp

from grader.key import Key, QuestionKey

Exact = Mapping[str, sp.Matrix]
DRAWS = (0, 11)


def symbols(own: QuestionKey) -> dict[str, sp.Matrix]:
    """Each declared symbol as a matrix of SymPy symbols."""
    return {
        name: sp.Matrix(*symbol.shape, lambda i, j, name=name: sp.Symbol(f"{name}_{i}_{j}"))
        for name, symbol in own.question.scope.symbols.items()
    }


def at_draw(own: QuestionKey, exact: Exact, at: int) -> dict[sp.Symbol, sp.Rational]:
    """The values of one draw, as the rational numbers that doubles are."""
    return {
        letter: sp.Rational(float(own.draws.values[name][at].ravel()[place]))
        for name, matrix in exact.items()
        for place, letter in enumerate(matrix)
    }


def agrees(own: QuestionKey, exact: Exact, derivative: sp.Matrix) -> None:
    assert derivative.shape == own.grid
    for at in DRAWS:
        values = at_draw(own, exact, at)
        for place, entry in enumerate(derivative):
            expected = float(sp.sympify(entry).evalf(30, subs=values))
            got = own.expected[at].ravel()[place]
            assert got == pytest.approx(expected, rel=1e-11, abs=1e-13)


def gradient(loss: sp.Expr, wrt: sp.Matrix) -> sp.Matrix:
    return wrt.applyfunc(lambda letter: sp.diff(loss, letter))


def sigmoid(x: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-x))


def relu(x: sp.Expr) -> sp.Expr:
    return sp.Piecewise((x, x > 0), (0, True))


# The homework


def forward(exact: Exact) -> dict[str, sp.Matrix]:
    z1 = exact["W1"] * exact["x"]
    h1 = z1.applyfunc(relu)
    h2 = exact["W2"] * h1
    return {"z1": z1, "h1": h1, "h2": h2, "h3": exact["W3"] * h2}


def through(exact: Exact, name: str) -> tuple[dict[str, sp.Matrix], sp.Matrix, dict[Any, Any]]:
    """The forward model with new letters for a quantity, and the values of these letters."""
    done = forward(exact)
    size = done[name].shape[0]
    fresh = sp.Matrix(size, 1, lambda i, _: sp.Symbol(f"{name}_{i}"))
    h2 = fresh if name == "h2" else exact["W2"] * fresh
    values = dict(zip(fresh, done[name], strict=True))
    return {"h2": h2, "h3": exact["W3"] * h2}, fresh, values


def by_weight(layer: str) -> Callable[[Exact], sp.Matrix]:
    """∂l/∂W of a layer."""

    def derivative(exact: Exact) -> sp.Matrix:
        loss = exact["delta"][0] * forward(exact)["h3"][0]
        return gradient(loss, exact[layer])

    return derivative


def by_unit(name: str) -> Callable[[Exact], sp.Matrix]:
    """∂l/∂h of a layer."""

    def derivative(exact: Exact) -> sp.Matrix:
        done, fresh, values = through(exact, name)
        return gradient(exact["delta"][0] * done["h3"][0], fresh).subs(values)

    return derivative


def own_weights(exact: Exact) -> sp.Matrix:
    """∂h2_i/∂W2_ij: each unit by its own weights."""
    h2 = forward(exact)["h2"]
    return sp.Matrix(2, 3, lambda i, j: sp.diff(h2[i], exact["W2"][i, j]))


def jacobian(exact: Exact) -> sp.Matrix:
    done, fresh, values = through(exact, "h1")
    return done["h2"].jacobian(fresh).subs(values)


def step(exact: Exact) -> sp.Matrix:
    return sp.Matrix([[sp.diff(relu(exact["x"][0]), exact["x"][0])]])


HOMEWORK: dict[str, Callable[[Exact], sp.Matrix]] = {
    "q1": lambda e: by_weight("W3")(e)[:, 0],
    "q2": lambda e: by_weight("W3")(e)[:, 1],
    "q3": by_weight("W3"),
    "q4": lambda e: by_unit("h2")(e)[0, :],
    "q5": by_unit("h2"),
    "q6": step,
    "q7": lambda e: own_weights(e)[0, :].T,
    "q8": lambda e: own_weights(e)[1, :].T,
    "q9": own_weights,
    "q10": by_weight("W2"),
    "q11": by_weight("W2"),
    "q12": lambda e: jacobian(e)[0, :].T,
    "q13": jacobian,
    "q14": by_unit("h1"),
    "q15": by_unit("h1"),
    "q16": by_weight("W1"),
    "q17": by_weight("W1"),
}


def test_every_question_of_the_homework_is_checked(homework: Key) -> None:
    assert set(HOMEWORK) == set(homework.questions)


@pytest.mark.parametrize("question", HOMEWORK)
def test_the_homework(homework: Key, question: str) -> None:
    own = homework[question]
    exact = symbols(own)
    agrees(own, exact, HOMEWORK[question](exact))


# Other losses, on sizes 2 and 3


SIZES = "dimensions: {m: 2, n: 3}\ndraws: {count: 16, seed: 9}\nid: sizes\n"
NETWORK = (
    SIZES
    + """\
symbols:
  W: {shape: [m, n]}
  V: {shape: [n, m]}
  b: {shape: [m]}
  x: {shape: [n]}
  y: {shape: [n], draw: one_hot}
model:
  h: {is: sigmoid(W @ x + b)}
  u: {is: V @ h}
  l: {is: '-sum(y*log(softmax(u)))'}
  e: {is: '0.5*sum((u - y)**2)'}
questions:
  - {id: W, of: l, wrt: W}
  - {id: V, of: l, wrt: V}
  - {id: b, of: l, wrt: b}
  - {id: x, of: l, wrt: x}
  - {id: Wij, of: l, wrt: 'W[i,j]', free: {i: m, j: n}}
  - {id: eW, of: e, wrt: W}
  - {id: eV, of: e, wrt: 'V[k,i]', free: {k: n, i: m}}
  - {id: ux, of: u, wrt: x}
"""
)


def network(exact: Exact) -> tuple[sp.Matrix, sp.Expr, sp.Expr]:
    h = (exact["W"] * exact["x"] + exact["b"]).applyfunc(sigmoid)
    u = exact["V"] * h
    partition = sum(sp.exp(entry) for entry in u)
    loss = -sum(y * (entry - sp.log(partition)) for y, entry in zip(exact["y"], u, strict=True))
    return u, loss, sum((entry - y) ** 2 for entry, y in zip(u, exact["y"], strict=True)) / 2


@pytest.mark.nightly  # the daily tests check such a network against autograd in test_backprop.py
def test_a_sigmoid_network(built: Callable[[str], Key]) -> None:
    key = built(NETWORK)
    exact = symbols(key["W"])
    u, loss, squares = network(exact)
    agrees(key["W"], exact, gradient(loss, exact["W"]))
    agrees(key["Wij"], exact, gradient(loss, exact["W"]))
    agrees(key["V"], exact, gradient(loss, exact["V"]))
    agrees(key["b"], exact, gradient(loss, exact["b"]))
    agrees(key["x"], exact, gradient(loss, exact["x"]))
    agrees(key["eW"], exact, gradient(squares, exact["W"]))
    agrees(key["eV"], exact, gradient(squares, exact["V"]))
    agrees(key["ux"], exact, u.jacobian(exact["x"]))


MATRICES = (
    SIZES
    + """\
symbols:
  A: {shape: [n, n]}
  B: {shape: [n, m]}
  S: {shape: [n, n], draw: symmetric}
  x: {shape: [n]}
  p: {shape: [n], draw: simplex}
model:
  r: {is: x.T @ A @ x}
  t: {is: trace(A.T @ S @ A)}
  q: {is: sum((B.T @ x)**2)}
  g: {is: logsumexp(A @ x)}
  k: {is: sum(p*log(p))}
  o: {is: 'trace(outer(x, x) @ A @ A)'}
questions:
  - {id: rx, of: r, wrt: x}
  - {id: rA, of: r, wrt: A}
  - {id: tA, of: t, wrt: A}
  - {id: tS, of: t, wrt: S}
  - {id: qB, of: q, wrt: B}
  - {id: qBij, of: q, wrt: 'B[i,j]', free: {i: n, j: m}}
  - {id: gA, of: g, wrt: A}
  - {id: kp, of: k, wrt: p}
  - {id: oA, of: o, wrt: 'A[j,i]', free: {j: n, i: n}}
"""
)


def test_forms_and_traces(built: Callable[[str], Key]) -> None:
    key = built(MATRICES)
    exact = symbols(key["rx"])
    A, B, S, x, p = (exact[name] for name in "ABSxp")
    form, trace = (x.T * A * x)[0], (A.T * S * A).trace()
    squares = sum(entry**2 for entry in B.T * x)
    partition = sp.log(sum(sp.exp(entry) for entry in A * x))
    agrees(key["rx"], exact, gradient(form, x))
    agrees(key["rA"], exact, gradient(form, A))
    agrees(key["tA"], exact, gradient(trace, A))
    agrees(key["tS"], exact, gradient(trace, S))
    agrees(key["qB"], exact, gradient(squares, B))
    agrees(key["qBij"], exact, gradient(squares, B))
    agrees(key["gA"], exact, gradient(partition, A))
    agrees(key["kp"], exact, gradient(sum(entry * sp.log(entry) for entry in p), p))
    agrees(key["oA"], exact, gradient((x * x.T * A * A).trace(), A))


def test_doubles_are_the_rationals_that_sympy_gets(homework: Key) -> None:
    own = homework["q1"]
    values = at_draw(own, symbols(own), 0)
    assert all(isinstance(value, sp.Rational) for value in values.values())
    assert float(values[sp.Symbol("delta_0_0")]) == own.draws.values["delta"][0].item()
    assert np.isfinite(own.expected).all()
