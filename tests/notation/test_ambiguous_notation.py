"""What ambiguous notation means: members of families, examples, rows beside matrices, ⊙ beside a product.

The values are compared with NumPy on the draws of one problem.
"""

import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from grader.api import load_problem
from grader.errors import StudentError
from grader.evaluation import Evaluator
from grader.expression import Expression, Index, Number, substitute
from grader.key import QuestionKey, build
from grader.notation import USUAL, Conventions, Reading, latex
from grader.notation.conventions import other_readings
from grader.notation.latex_tokens import tokenize
from grader.primitives import Array
from grader.primitives.build import stack

PROBLEM = r"""
id: families
dimensions: {d: 3, K: 4, N: 5, h: 2, D: 6}
symbols:
  v:  {shape: [d], latex: v}
  q:  {shape: [d], latex: q}
  u:  {shape: [K, d], latex: u}
  W:  {shape: [d, K], latex: W}
  A:  {shape: [d, d], latex: A}
  B:  {shape: [d, d], latex: B}
  X:  {shape: [N, D], latex: [X, x]}
  Y:  {shape: [N, D], latex: [Y, y]}
  F:  {shape: [D, N], latex: F}
  delta: {shape: [h], latex: \delta}
  V:  {shape: [h, d], latex: V}
  gamma: {shape: [1, D], latex: \gamma}
  t:  {shape: [N], latex: t}
  w:  {shape: [D], latex: w}
  p:  {shape: [K], latex: p}
functions:
  sigma: {is: tanh, latex: \sigma}
model:
  mu: {is: 'mean(X, axis=0)', latex: \mu}
  J:  {is: 'sum(sigma(u @ v)) + sum((X - mu)**3)', latex: J}
questions:
  - {id: q1, of: J, wrt: v}
"""

K, I = 2, 3  # the values of the indices k and i below
INDICES = (Index("k", 1, 4), Index("i", 1, 5))


@cache
def key() -> QuestionKey:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        return build(load_problem(folder))["q1"]


def reading(text: str, conventions: Conventions = USUAL) -> Reading:
    names = key().question.names.with_indices(INDICES, {})
    return latex.read_tokens(tokenize(text, names), names, text, conventions)


def meant(text: str) -> Reading:
    """The usual reading, or the first that makes sense. Raises StudentError."""
    try:
        return reading(text)
    except StudentError as error:
        for other in other_readings(partial(reading, text), error):
            return other
        raise


def value(node: Expression) -> Array:
    """The values on the draws where k and i have their values, (draws, rows, columns)."""
    node = substitute(substitute(node, "k", Number(K)), "i", Number(I))
    return Evaluator(key().draws.values, key().backprop.lower)(node)


class Oracle:
    """The arrays of the problem by name, (draws, rows, columns), with members as columns."""

    def __getattr__(self, name: str) -> Array:
        return key().draws.values[name]

    @property
    def uk(self) -> Array:
        return self.u[:, K - 1, :, None]

    @property
    def Wk(self) -> Array:
        return self.W[:, :, K - 1, None]

    @property
    def xi(self) -> Array:
        return self.X[:, I - 1, :, None]

    @property
    def yi(self) -> Array:
        return self.Y[:, I - 1, :, None]


def T(array: Array) -> Array:
    return np.swapaxes(array, -1, -2)


def agrees(text: str, wanted: Callable[[Oracle], Array]) -> bool:
    """Whether a formula has these values; a vector may lie or stand."""
    got, right = value(meant(text).node), wanted(Oracle())
    if 1 in got.shape[1:] and got.shape[1:] == right.shape[:0:-1]:
        got = T(got)
    return got.shape == right.shape and np.allclose(got, right, rtol=1e-12, atol=1e-12)


FAMILIES = [
    # a member is a vector: it lies or stands as its product needs
    (r"u_k^\top v", lambda o: T(o.uk) @ o.v),
    (r"u^T_k v", lambda o: T(o.uk) @ o.v),
    (r"u_k v", lambda o: T(o.uk) @ o.v),
    (r"u_k \cdot v", lambda o: T(o.uk) @ o.v),
    (r"v \cdot u_k", lambda o: T(o.uk) @ o.v),
    (r"v^\top u_k", lambda o: T(o.uk) @ o.v),
    (r"2 v^\top u_k", lambda o: 2 * T(o.uk) @ o.v),
    (r"-u_k^\top \cdot v", lambda o: -T(o.uk) @ o.v),
    (r"\langle u_k, v \rangle", lambda o: T(o.uk) @ o.v),
    (r"(u_k - v)^\top q", lambda o: T(o.uk - o.v) @ o.q),
    (r"u_k v^\top", lambda o: o.uk @ T(o.v)),
    (r"v u_k^\top", lambda o: o.v @ T(o.uk)),
    (r"\delta u_k^\top", lambda o: o.delta @ T(o.uk)),
    (r"\delta u_k", lambda o: o.delta @ T(o.uk)),
    (r"u_k \delta^\top", lambda o: o.uk @ T(o.delta)),
    (r"u_k^\top u_k", lambda o: T(o.uk) @ o.uk),
    (r"u_k \cdot u_k", lambda o: T(o.uk) @ o.uk),
    (r"u_k u_k^\top", lambda o: o.uk @ T(o.uk)),
    (r"V u_k", lambda o: o.V @ o.uk),
    (r"u_k^\top V^\top", lambda o: T(o.uk) @ T(o.V)),
    (r"u_k^\top A q", lambda o: T(o.uk) @ o.A @ o.q),
    (r"\sigma(u_k^\top v) u_k + v", lambda o: np.tanh(T(o.uk) @ o.v) * o.uk + o.v),
    (r"\sum_j \sigma(u_j^\top v) u_j", lambda o: T(o.u) @ np.tanh(o.u @ o.v)),
    (r"\sum_{j=1}^K p_j u_j", lambda o: T(o.u) @ o.p),
    (r"\sum_j e^{u_j^\top v}", lambda o: np.exp(o.u @ o.v).sum(axis=1, keepdims=True)),
    (r"u_1^\top v", lambda o: (o.u @ o.v)[:, :1]),
    # written out
    (r"u_{k,:} v", lambda o: T(o.uk) @ o.v),
    (r"W_{:,k}^\top v", lambda o: T(o.Wk) @ o.v),
    (r"W_{:k}^\top v", lambda o: T(o.Wk) @ o.v),
    # a member may be a column, where only that makes sense
    (r"W_k^\top v", lambda o: T(o.Wk) @ o.v),
    (r"\sum_k p_k W_k", lambda o: o.W @ o.p),
    (r"\sum_{j=1}^K p_j W_j", lambda o: o.W @ o.p),
    # the derivative by a member is a vector
    (
        r"\frac{\partial J}{\partial u_k}",
        lambda o: (1 - np.tanh(T(o.uk) @ o.v) ** 2) * o.v,
    ),
    (
        r"q^\top \frac{\partial J}{\partial u_k}",
        lambda o: T(o.q) @ ((1 - np.tanh(T(o.uk) @ o.v) ** 2) * o.v),
    ),
]

EXAMPLES = [
    (r"x^{(i)}", lambda o: o.xi),
    (r"w^\top x^{(i)}", lambda o: T(o.w) @ o.xi),
    (r"w^T x_i", lambda o: T(o.w) @ o.xi),
    (r"x_i w", lambda o: T(o.w) @ o.xi),
    (r"x_1^{(i)}", lambda o: o.xi[:, :1]),
    (r"x^{(i)}_1", lambda o: o.xi[:, :1]),
    (r"x_1^i", lambda o: o.xi[:, :1]),
    (r"F^{(i)}", lambda o: o.F[:, :, I - 1, None]),
    (r"w^\top F^{(i)}", lambda o: T(o.w) @ o.F[:, :, I - 1, None]),
    (r"F_1^{(i)}", lambda o: o.F[:, :1, I - 1, None]),
    (r"t^{(i)}", lambda o: o.t[:, I - 1, None]),
    (r"\sum_{j=1}^N t^{(j)} x^{(j)}", lambda o: T(o.X) @ o.t),
    (r"\sum_s y^s", lambda o: o.Y.sum(axis=1, keepdims=True)),
    (r"\sum_{n=1}^N \sigma(w^\top x^{(n)}) x_2^{(n)}", lambda o: T(o.X[:, :, 1:2]) @ np.tanh(o.X @ o.w)),
    (r"\delta x^{(i)\top}", lambda o: o.delta @ T(o.xi)),
    # rows, as in batch normalization
    (r"(x_i - \mu) \cdot \gamma", lambda o: (o.xi - T(o.mu)) * T(o.gamma)),
    (r"\gamma \cdot (x_i - \mu)", lambda o: (o.xi - T(o.mu)) * T(o.gamma)),
    (r"y_i \cdot (x_i - \mu)", lambda o: o.yi * (o.xi - T(o.mu))),
    (r"\sum_j y_j \cdot (x_j - \mu)", lambda o: (o.Y * (o.X - o.mu)).sum(axis=1, keepdims=True)),
    (r"\sum_j y_j (x_j - \mu)", lambda o: (o.Y * (o.X - o.mu)).sum(axis=1, keepdims=True)),
]  # fmt: skip

BROADCAST = [
    (r"\gamma X", lambda o: o.gamma * o.X),
    (r"\gamma \cdot X", lambda o: o.gamma * o.X),
    (r"X \gamma", lambda o: o.gamma * o.X),
    (r"(\mu^2 + 1)^{-1} (X - \mu)", lambda o: (o.X - o.mu) / (o.mu**2 + 1)),
    (r"(X - \mu) \sum_n y_n (x_n - \mu)", lambda o: (o.X - o.mu) * (o.Y * (o.X - o.mu)).sum(axis=1, keepdims=True)),
    (r"\mathbf{1}_N \cdot \mu", lambda o: o.mu + 0 * o.X),
    (r"X \mu^\top", lambda o: o.X @ T(o.mu)),
    (r"\mu X^\top", lambda o: o.mu @ T(o.X)),
    # ⊙ beside a product
    (r"V v \odot \delta", lambda o: (o.V @ o.v) * o.delta),
    (r"V^\top \delta \odot v q^\top", lambda o: ((T(o.V) @ o.delta) * o.v) @ T(o.q)),
    (r"\delta^\top V \odot v^\top W", lambda o: ((T(o.delta) @ o.V) * T(o.v)) @ o.W),
    (r"V A \odot \delta", lambda o: (o.V @ o.A) * o.delta),
    (r"V^\top \sigma(\delta) \odot \delta", lambda o: T(o.V) @ (np.tanh(o.delta) * o.delta)),
    (r"(1 - t_1) \cdot -v + \delta_1 \cdot v", lambda o: (o.t[:, :1] - 1) * o.v + o.delta[:, :1] * o.v),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), FAMILIES + EXAMPLES + BROADCAST)
def test_value(text: str, wanted: Callable[[Oracle], Array]) -> None:
    assert agrees(text, wanted)
