r"""Scripts, index letters, functions without brackets and left sides, as papers write them."""

import tempfile
from functools import cache
from pathlib import Path

import pytest

from grader import grade, load_problem
from grader.errors import StudentError, Unreadable
from grader.expression import Index
from grader.notation import Names, infix, latex, printing
from grader.notation.latex_tokens import tokenize
from grader.problem import Problem

# `l`, `b` and `d` are a loss and sizes, and index letters too.
PROBLEM = r"""
id: letters
dimensions: {n: 2, d: 3, b: 2, K: 3, T: 3}
symbols:
  A: {shape: [n, n]}
  S: {shape: [n, n]}
  W3: {shape: [n, d], latex: 'W^{(3)}'}
  xS: {shape: [K], latex: 'x_S'}
  x: {shape: []}
  t: {shape: []}
  z: {shape: [K]}
  y: {shape: [K], draw: one_hot}
  h: {shape: [n], latex: h}
  h2: {shape: [n], latex: h^2}
  u1: {shape: [n], latex: u_1}
  u2: {shape: [n], latex: u_2}
  u3: {shape: [n], latex: u_3}
functions:
  sigma: {is: sigmoid, latex: \sigma}
model:
  p: {is: softmax(z)}
  l: {is: -sum(y*log(p)) + x**2 + sum(S**2)}
questions:
  - {id: jacobian, points: 1, of: 'p[i]', wrt: 'z[j]', free: {i: K, j: K}, prompt: p}
  - {id: gradient, points: 1, of: l, wrt: z, prompt: p}
  - {id: matrix, points: 1, of: l, wrt: S, prompt: p}
  - {id: slope, points: 1, of: sigma(t), wrt: t, prompt: p}
"""


@cache
def problem() -> Problem:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "problem.yaml").write_text(PROBLEM, encoding="utf-8")
        return load_problem(Path(name))


def names() -> Names:
    return problem()["jacobian"].names


def read_as(text: str) -> str:
    return printing.infix(latex.parse(text, names())[0], names())


READ = [
    # a script belongs to the nearest factor, also after braces
    (r"{h}^{2}", "h2"),
    (r"{h}^{2}_1", "h2[1]"),
    (r"x_{Si}", "xS[i]"),
    (r"x_{S,i}", "xS[i]"),
    (r"w^{(3)}_{11}", "W3[1, 1]"),
    (r"\delta_i^j p_i", "(i == j)*p[i]"),
    ("x^-1", "x**-1"),
    (r"2^\frac12", "2**(1 / 2)"),
    (r"[p_i z_j]_{ij}", "table(p[i]*z[j], (i, 1, 3), (j, 1, 3))"),
    # functions without brackets
    (r"\operatorname{sgn} t", "sign(t)"),
    (r"\operatorname{tr} A", "trace(A)"),
    (r"\max(z)", "maximum(maximum(z[1], z[2]), z[3])"),
    (r"p_i(\llbracket i = j \rrbracket - p_j)", "p[i]*((i == j) - p[j])"),
    (r"p_i(1(i == j) - p_j)", "p[i]*(1*(i == j) - p[j])"),
    # Euler's number, powers over an index, steps that are numbered
    ("e^{x} + e", "exp(x) + 2.718281828459045"),
    (r"\sum_{k=0}^{3} x^k", "Sum(x**k, (k, 0, 3))"),
    (r"\sum_{t=2}^{T} u_t^\top u_{t-1}", "u2.T @ u1 + u3.T @ u2"),
    (r"\sum_{kl} A_{kl}", "Sum(Sum(A[k, l], (l, 1, 2)), (k, 1, 2))"),
    (r"\sum (p - y)^2", "sum((p - y)**2)"),
    # braces that are no argument are not printed
    (r"x {x - t} t", "x*x - t*t"),
    (r"{x - t}^2 t", "(x - t)**2*t"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), READ)
def test_reads(text: str, meant: str) -> None:
    assert read_as(text) == meant


@pytest.mark.parametrize(
    "text",
    [r"\det A", "|A|", r"\begin{vmatrix} x & t \\ t & x \end{vmatrix}", r"[p_i z_j]_{ji}",
     r"\sum_i z_i^{(k", "x^{(2)}"],
)  # fmt: skip
def test_asks_a_human(text: str) -> None:
    with pytest.raises(Unreadable):
        read_as(text)


@pytest.mark.parametrize(
    ("text", "key", "usual"),
    [(r"3\frac14", "mixed", "3*(1 / 4)"), (r"(A^2)^\top", "power", "(A @ A).T"),
     (r"x{x - t}t", "braces", "x*x - t*t"), (r"\sum S", "sum", "sum(S)")],
)  # fmt: skip
def test_two_meanings_are_a_convention(text: str, key: str, usual: str) -> None:
    reading = latex.read_tokens(tokenize(text, names()), names(), text)
    assert printing.infix(reading.node, names()) == usual
    values = reading.open[key]
    other = latex.read_tokens(tokenize(text, names()), names(), text, {key: values[1]})
    assert other.node != reading.node


def test_an_index_letter_hides_a_name_where_an_index_stands() -> None:
    """With k and l for the i and j of the question, the l of δ and of a condition is no loss."""
    own = names().with_indices(
        [Index("i", 1, 3), Index("j", 1, 3)], {"k": Index("i", 1, 3), "l": Index("j", 1, 3)}
    )
    for text in (
        r"p_k (\delta_{kl} - p_l)",
        r"p_k (1[k = l] - p_l)",
        r"p_k(\mathbb{1}_{kl} - p_l)",
    ):
        assert "i == j" in printing.infix(latex.parse(text, own)[0], own)
    assert printing.infix(latex.parse("l + p_l", own)[0], own) == "l + p[j]"


LEFT = [
    (r"\frac{\partial p_b}{\partial z_d}", "Derivative(p[b], z[d])"),
    (r"\frac{\partial}{\partial z} l", "Derivative(l, z)"),
    (r"\frac{d_l}{d_z}", "Derivative(l, z)"),
    (r"\partial_{S} l", "Derivative(l, S)"),
    (r"\nabla_h (h^T A h)", "Derivative(h.T @ A @ h, h)"),
    (r"\frac{\partial \sigma}{\partial t}", "Derivative(sigma(t), t)"),
    (r"\frac{\partial^2 l}{\partial x^2}", "Derivative(Derivative(l, x), x)"),
    (r"\frac{\partial^2 l}{\partial z_i \partial z_j}", "Derivative(Derivative(l, z[j]), z[i])"),
]


@pytest.mark.parametrize(("text", "meant"), LEFT)
def test_left_sides(text: str, meant: str) -> None:
    left = latex.parse_left(tokenize(text, names()), names(), text)
    assert printing.infix(left, names()) == meant


@pytest.mark.parametrize(
    "text", [r"\frac{\partial^3 l}{\partial x^3}", r"\frac{\partial^2 l}{\partial x}",
             r"\frac{\partial l}{\partial x \partial t}", r"\frac{\partial^2 l}{x^2}"]
)  # fmt: skip
def test_orders_that_do_not_fit(text: str) -> None:
    with pytest.raises(StudentError):
        latex.parse_left(tokenize(text, names()), names(), text)


SIDES = [
    ("gradient", r"-\frac{\partial l}{\partial z} = y - p", "correct"),
    ("gradient", r"-\frac{\partial l}{\partial z} = p - y", "incorrect"),
    ("matrix", r"\left(\frac{\partial l}{\partial S}\right)^\top = 2 S^\top", "correct"),
    ("matrix", r"\frac{\partial l}{\partial S}^{T} = 2 S^T", "correct"),
    # where derivatives are written as Jacobians, the transpose on the left is the gradient
    ("matrix", r"\left(\frac{\partial l}{\partial S}\right)^\top = 2 S", "undecided"),
    ("matrix", r"\left(\frac{\partial l}{\partial S}\right)^\top = 3 S", "incorrect"),
    ("slope", r"\sigma'(t) = \sigma(t)(1 - \sigma(t))", "correct"),
    ("slope", r"\frac{\partial \sigma}{\partial t} = \sigma(t)(1 - \sigma(t))", "correct"),
    ("slope", r"\sigma'(t) = \sigma(t)(1 + \sigma(t))", "incorrect"),
]


@pytest.mark.parametrize(("question", "text", "verdict"), SIDES)
def test_what_changes_the_derivative_on_the_left(
    tmp_path: Path, question: str, text: str, verdict: str
) -> None:
    (tmp_path / "paper.md").write_text(f"${text}$\n", encoding="utf-8")
    assert grade(problem(), tmp_path / "paper.md")[question].verdict == verdict


ANSWER_FILE = [
    ("2x", "2*x"), ("(x+2)(x+3)", "(x + 2)*(x + 3)"), ("-2x**2", "-2*x**2"), ("2x if x > 0 else 3", None),
    ("sin**2(x)", "sin(x)**2"), ("|x - 1|*2", "abs(x - 1)*2"), ("||x| - 2|", "abs(abs(x) - 2)"),
    ("2*e", "2*2.718281828459045"), ("(x > 0) | (t > 0)", "x > 0 | t > 0"), ("1E2", "100"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), ANSWER_FILE)
def test_answer_files(text: str, meant: str | None) -> None:
    read = printing.infix(infix.parse(text, names())[0], names())
    assert meant is None or read == meant


@pytest.mark.parametrize("text", ["1/2x", "4x/2t", "x t", "3 4", "x(t + 1)", "|x", "x t |"])
def test_answer_files_without_a_clear_product(text: str) -> None:
    with pytest.raises(Unreadable):
        infix.parse(text, names())
