"""What ambiguous notation means: members of families, examples, rows beside matrices, ⊙ beside a product.

The values are compared with NumPy on the draws of one problem.
"""

import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.api import load_problem
from grader.errors import StudentError, Unreadable
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
  Ip: {shape: [d, d], latex: "I'"}
  p:  {shape: [K], latex: p}
functions:
  sigma: {is: tanh, latex: \sigma}
model:
  mu: {is: 'mean(X, axis=0)', latex: \mu}
  J:  {is: 'sum(sigma(u @ v)) + sum((X - mu)**3)', latex: J}
questions:
  - {id: q1, of: J, wrt: v}
"""

K, I, L = 2, 3, 2  # the values of the indices below
INDICES = (Index("k", 1, 4), Index("i", 1, 5), Index("l", 1, 3))


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
    """The values on the draws at the values of the indices, (draws, rows, columns)."""
    for index, at in zip(INDICES, (K, I, L), strict=True):
        node = substitute(node, index.name, Number(float(at)))
    return Evaluator(key().draws.values, key().backprop.lower)(node)


class Oracle:
    """The arrays of the problem by name, (draws, rows, columns), with members as columns."""

    def __getattr__(self, name: str) -> Array:
        return key().draws.values[name]

    @property
    def uk(self) -> Array:
        return self.u[:, K - 1, :, None]

    @property
    def wk(self) -> Array:
        return self.W[:, :, K - 1, None]

    @property
    def xi(self) -> Array:
        return self.X[:, I - 1, :, None]

    @property
    def yi(self) -> Array:
        return self.Y[:, I - 1, :, None]


def turned(array: Array) -> Array:
    return np.swapaxes(array, -1, -2)


def agrees(text: str, wanted: Callable[[Oracle], Array]) -> bool:
    """Whether a formula has these values; a vector may be a row or a column."""
    got, right = value(meant(text).node), wanted(Oracle())
    if 1 in got.shape[1:] and got.shape[1:] == right.shape[:0:-1]:
        got = turned(got)
    same = np.allclose(got, right, rtol=1e-12, atol=1e-12)
    return got.shape == right.shape and same


FAMILIES = [
    # a member is a vector: a row or a column, as its product needs
    (r"u_k^\top v", lambda o: turned(o.uk) @ o.v),
    (r"u^T_k v", lambda o: turned(o.uk) @ o.v),
    (r"u_k v", lambda o: turned(o.uk) @ o.v),
    (r"u_k \cdot v", lambda o: turned(o.uk) @ o.v),
    (r"v \cdot u_k", lambda o: turned(o.uk) @ o.v),
    (r"v^\top u_k", lambda o: turned(o.uk) @ o.v),
    (r"2 v^\top u_k", lambda o: 2 * turned(o.uk) @ o.v),
    (r"-u_k^\top \cdot v", lambda o: -turned(o.uk) @ o.v),
    (r"\langle u_k, v \rangle", lambda o: turned(o.uk) @ o.v),
    (r"(u_k - v)^\top q", lambda o: turned(o.uk - o.v) @ o.q),
    (r"u_k v^\top", lambda o: o.uk @ turned(o.v)),
    (r"v u_k^\top", lambda o: o.v @ turned(o.uk)),
    (r"\delta u_k^\top", lambda o: o.delta @ turned(o.uk)),
    (r"\delta u_k", lambda o: o.delta @ turned(o.uk)),
    (r"u_k \delta^\top", lambda o: o.uk @ turned(o.delta)),
    (r"u_k^\top u_k", lambda o: turned(o.uk) @ o.uk),
    (r"u_k \cdot u_k", lambda o: turned(o.uk) @ o.uk),
    (r"u_k u_k^\top", lambda o: o.uk @ turned(o.uk)),
    (r"V u_k", lambda o: o.V @ o.uk),
    (r"u_k^\top V^\top", lambda o: turned(o.uk) @ turned(o.V)),
    (r"u_k^\top A q", lambda o: turned(o.uk) @ o.A @ o.q),
    (r"\sigma(u_k^\top v) u_k + v", lambda o: np.tanh(turned(o.uk) @ o.v) * o.uk + o.v),
    (r"\sum_j \sigma(u_j^\top v) u_j", lambda o: turned(o.u) @ np.tanh(o.u @ o.v)),
    (r"\sum_{j=1}^K p_j u_j", lambda o: turned(o.u) @ o.p),
    (r"\sum_j e^{u_j^\top v}", lambda o: np.exp(o.u @ o.v).sum(axis=1, keepdims=True)),
    (r"u_1^\top v", lambda o: (o.u @ o.v)[:, :1]),
    # written out
    (r"u_{k,:} v", lambda o: turned(o.uk) @ o.v),
    (r"W_{:,k}^\top v", lambda o: turned(o.wk) @ o.v),
    (r"W_{:k}^\top v", lambda o: turned(o.wk) @ o.v),
    # a member may be a column, where only that makes sense
    (r"W_k^\top v", lambda o: turned(o.wk) @ o.v),
    (r"\sum_k p_k W_k", lambda o: o.W @ o.p),
    (r"\sum_{j=1}^K p_j W_j", lambda o: o.W @ o.p),
    # the derivative by a member is a vector
    (
        r"\frac{\partial J}{\partial u_k}",
        lambda o: (1 - np.tanh(turned(o.uk) @ o.v) ** 2) * o.v,
    ),
    (
        r"q^\top \frac{\partial J}{\partial u_k}",
        lambda o: turned(o.q) @ ((1 - np.tanh(turned(o.uk) @ o.v) ** 2) * o.v),
    ),
]

EXAMPLES = [
    (r"x^{(i)}", lambda o: o.xi),
    (r"w^\top x^{(i)}", lambda o: turned(o.w) @ o.xi),
    (r"w^T x_i", lambda o: turned(o.w) @ o.xi),
    (r"x_i w", lambda o: turned(o.w) @ o.xi),
    (r"x_1^{(i)}", lambda o: o.xi[:, :1]),
    (r"x^{(i)}_1", lambda o: o.xi[:, :1]),
    (r"x_1^i", lambda o: o.xi[:, :1]),
    (r"F^{(i)}", lambda o: o.F[:, :, I - 1, None]),
    (r"w^\top F^{(i)}", lambda o: turned(o.w) @ o.F[:, :, I - 1, None]),
    (r"F_1^{(i)}", lambda o: o.F[:, :1, I - 1, None]),
    (r"t^{(i)}", lambda o: o.t[:, I - 1, None]),
    (r"\sum_{j=1}^N t^{(j)} x^{(j)}", lambda o: turned(o.X) @ o.t),
    (r"\sum_s y^s", lambda o: o.Y.sum(axis=1, keepdims=True)),
    (r"\sum_n \sigma(w^\top x^{(n)}) x_2^{(n)}", lambda o: turned(o.X[:, :, 1:2]) @ np.tanh(o.X @ o.w)),
    (r"\delta x^{(i)\top}", lambda o: o.delta @ turned(o.xi)),
    # rows, as in batch normalization
    (r"(x_i - \mu) \cdot \gamma", lambda o: (o.xi - turned(o.mu)) * turned(o.gamma)),
    (r"\gamma \cdot (x_i - \mu)", lambda o: (o.xi - turned(o.mu)) * turned(o.gamma)),
    (r"y_i \cdot (x_i - \mu)", lambda o: o.yi * (o.xi - turned(o.mu))),
    (r"\sum_j y_j \cdot (x_j - \mu)", lambda o: (o.Y * (o.X - o.mu)).sum(axis=1, keepdims=True)),
    (r"\sum_j y_j (x_j - \mu)", lambda o: (o.Y * (o.X - o.mu)).sum(axis=1, keepdims=True)),
]  # fmt: skip

BROADCAST = [
    (r"\gamma X", lambda o: o.gamma * o.X),
    (r"\gamma \cdot X", lambda o: o.gamma * o.X),
    (r"X \gamma", lambda o: o.gamma * o.X),
    (r"(\mu^2 + 1)^{-1} (X - \mu)", lambda o: (o.X - o.mu) / (o.mu**2 + 1)),
    (r"X \sum_n y_n (x_n - \mu)", lambda o: o.X * (o.Y * (o.X - o.mu)).sum(axis=1, keepdims=True)),
    (r"\mathbf{1}_N \cdot \mu", lambda o: o.mu + 0 * o.X),
    (r"X \mu^\top", lambda o: o.X @ turned(o.mu)),
    (r"\mu X^\top", lambda o: o.mu @ turned(o.X)),
    # ⊙ beside a product
    (r"V v \odot \delta", lambda o: (o.V @ o.v) * o.delta),
    (r"V^\top \delta \odot v q^\top", lambda o: ((turned(o.V) @ o.delta) * o.v) @ turned(o.q)),
    (r"\delta^\top V \odot v^\top W", lambda o: ((turned(o.delta) @ o.V) * turned(o.v)) @ o.W),
    (r"V A \odot \delta", lambda o: (o.V @ o.A) * o.delta),
    (r"V^\top \sigma(\delta) \odot \delta", lambda o: turned(o.V) @ (np.tanh(o.delta) * o.delta)),
    (r"(1 - t_1) \cdot -v + \delta_1 \cdot v", lambda o: (o.t[:, :1] - 1) * o.v + o.delta[:, :1] * o.v),
]  # fmt: skip

SUMS = [  # without an index
    (r"\sum v", lambda o: o.v.sum(axis=1, keepdims=True)),
    (r"\sum e^v", lambda o: np.exp(o.v).sum(axis=1, keepdims=True)),
    (r"\sum v_m q_m", lambda o: turned(o.v) @ o.q),
    (r"\frac{1}{N} \sum t_m x_{m1}", lambda o: turned(o.t) @ o.X[:, :, :1] / 5),
    (r"\sum (t_m - 1) x_m", lambda o: turned(o.X) @ (o.t - 1)),
    (r"\sum t^{(m)} x_1^{(m)}", lambda o: turned(o.t) @ o.X[:, :, :1]),
    (r"\sum p_m W_m", lambda o: o.W @ o.p),
    (r"\sum X", lambda o: o.X.sum(axis=(1, 2), keepdims=True)),
]

MATRICES = [
    (r"A^2", lambda o: o.A @ o.A),
    (r"(A^3)^\top v", lambda o: turned(o.A @ o.A @ o.A) @ o.v),
    (r"(A B)^2", lambda o: o.A @ o.B @ o.A @ o.B),
    (r"\sigma(A)^2", lambda o: np.tanh(o.A) ** 2),  # of an entrywise function
    (r"\sigma^2(A)", lambda o: np.tanh(o.A) ** 2),
    (r"v^2", lambda o: o.v**2),
    (r"I' v", lambda o: o.Ip @ o.v),
    (r"I^\prime v", lambda o: o.Ip @ o.v),
    (r"I v", lambda o: o.v),
    (r"\mathbb{I}_{(d \times d)} v", lambda o: o.v),
    (r"\mathbf{I}_d v", lambda o: o.v),
    (r"(A + I) v", lambda o: o.A @ o.v + o.v),
    (r"\mathbb{I}_{v > 0}", lambda o: o.v > 0),
]


@pytest.mark.parametrize(("text", "wanted"), FAMILIES + EXAMPLES + BROADCAST + SUMS + MATRICES)
def test_a_formula_has_the_values_that_its_writer_means(
    text: str, wanted: Callable[[Oracle], Array]
) -> None:
    assert agrees(text, wanted)


@pytest.mark.parametrize(
    ("text", "convention", "wanted"),
    [
        (r"A_l", {"member:A": "row"}, lambda o: o.A[:, L - 1, :, None]),
        (r"A_l", {"member:A": "column"}, lambda o: o.A[:, :, L - 1, None]),
        (r"A_l^\top v", {"member:A": "column"}, lambda o: turned(o.A[:, :, L - 1, None]) @ o.v),
        (r"\frac{\partial J}{\partial A_l}", {"member:A": "column"}, lambda o: 0 * o.v),
        (r"A^{(l)}", {"example:A": "column"}, lambda o: o.A[:, :, L - 1, None]),
        (r"A_1^{(l)}", {"example:A": "column"}, lambda o: o.A[:, :1, L - 1, None]),
        (r"u_k u_k^\top", {"vectors": "rows"}, lambda o: turned(o.uk) @ o.uk),
        (r"u_k^\top u_k", {"vectors": "rows"}, lambda o: o.uk @ turned(o.uk)),
        (r"v \cdot q", {"dot": "entries"}, lambda o: o.v * o.q),
        (r"A \cdot B", {"dot": "entries"}, lambda o: o.A * o.B),
        (r"A B", {"square": "entries"}, lambda o: o.A * o.B),
        (r"A * B", {"star": "product"}, lambda o: o.A @ o.B),
        (r"\sum X", {"sum": "rows"}, lambda o: o.X.sum(axis=1)),
        (r"\sum X", {"sum": "columns"}, lambda o: o.X.sum(axis=2)),
        (r"A_{1|2}", {"given": "row"}, lambda o: o.A[:, 1, 0]),
        (r"A_{1|2}", {"given": "column"}, lambda o: o.A[:, 0, 1]),
        (r"A^2", {"power": "entries"}, lambda o: o.A**2),
        (r"\sigma(A)^2", {"power:slope": "product"}, lambda o: np.tanh(o.A) @ np.tanh(o.A)),
        (r"A B \odot A", {"hadamard": "more"}, lambda o: o.A @ (o.B * o.A)),
        (r"A \odot B A", {"hadamard": "alike"}, lambda o: (o.A * o.B) @ o.A),
        (r"X \mu", {"rows": "product"}, lambda o: o.X @ turned(o.mu)),
        (
            r"\sigma'(v) V^\top \delta",
            {"order": "right"},
            lambda o: (1 - np.tanh(o.v) ** 2) * (turned(o.V) @ o.delta),
        ),
    ],
)
def test_a_convention_changes_the_value(
    text: str, convention: Conventions, wanted: Callable[[Oracle], Array]
) -> None:
    usual, chosen = reading(text), reading(text, convention)
    assert set(convention) <= set(usual.open)
    assert np.allclose(np.squeeze(value(chosen.node)), np.squeeze(wanted(Oracle())))


@pytest.mark.parametrize(
    "text", [r"A^l", r"\sum_l A^l v", r"x_{12}^{(i)}", r"\sum v \sum q", r"\sum_l \sum 2"]
)
def test_a_human_reads_it(text: str) -> None:
    with pytest.raises(Unreadable):
        meant(text)


# Notation that is written out is not touched by any convention

OTHER = {
    "dot": "entries", "square": "entries", "slope": "product", "star": "product",
    "star:transpose": "entries", "outer": "entries", "rows": "product", "broadcast": "entries",
    "vectors": "rows", "bars": "abs", "hadamard": "alike", "power": "entries",
    **{f"{kind}:{name}": "column" for kind in ("member", "example") for name in "uWAXF"},
}  # fmt: skip
ARRAYS = {
    "u": (4, 3), "W": (3, 4), "V": (2, 3), "X": (5, 6), "F": (6, 5), "v": (3, 1), "q": (3, 1),
    r"\delta": (2, 1), "w": (6, 1), "p": (4, 1), "t": (5, 1), r"u_{k,:}": (1, 3), r"W_{:,k}": (3, 1),
    r"X_{i,:}": (1, 6), r"F_{:,i}": (6, 1), r"u_{k1}": (1, 1), r"v_2": (1, 1), r"t_i": (1, 1),
    r"x_2^{(i)}": (1, 1),
}  # fmt: skip
Piece = tuple[str, tuple[int, int]]


@st.composite
def pieces(draw: st.DrawFn, depth: int = 4) -> Piece:
    """A formula in which the shapes of all factors allow one meaning only, and its shape."""
    if depth == 0 or draw(st.booleans()):
        return draw(st.sampled_from(list(ARRAYS.items())))
    text, shape = draw(pieces(depth - 1))
    if draw(st.booleans()) and shape != (1, 1):
        return rf"({text})^\top", shape[::-1]
    other, right = draw(pieces(depth - 1))
    found = [(text, shape)]
    if shape == right:
        found += [(rf"({text} \odot {other})", shape), (f"({text} - {other})", shape)]
    elif (1, 1) in (shape, right):
        found.append((f"{text} {other}", right if shape == (1, 1) else shape))
    elif shape[1] == right[0]:
        found.append((f"{text} {other}", (shape[0], right[1])))
    return found[-1] if len(found) < 3 else draw(st.sampled_from(found))


@given(pieces())
def test_no_convention_changes_what_is_written_out(piece: Piece) -> None:
    text, shape = piece
    usual = reading(text)
    assert usual.node.shape == shape
    assert usual.node == reading(text, OTHER).node


# Whole arrays from their members


def test_members_are_stacked() -> None:
    k = INDICES[0]
    row, column = reading("u_k").node, reading("W_k").node
    assert np.array_equal(value(stack(row, k)), Oracle().u)
    assert np.array_equal(value(stack(column, k, axis=1)), Oracle().W)
    standing = reading(r"p_k v").node
    assert np.allclose(value(stack(standing, k)), Oracle().p @ turned(Oracle().v))
    assert np.allclose(value(stack(standing, k, axis=1)), Oracle().v @ turned(Oracle().p))
