r"""Readings of LaTeX as students write it.

The tables hold texts that were misread, wrongly accepted or wrongly rejected at some time. Texts that still
are have a strict xfail, which fails as soon as they are read right: then remove the mark.
"""

import pytest
from notation_reading import homework, judged, reading, square

from grader.errors import StudentError

UNREAD = "usual notation that is not read yet"


def still(reason: str, *values: str | None) -> object:
    """A line of a table that still fails."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


READINGS = [
    # layers, entries, transposes, powers
    (r"z_1^{1}", "z1[1]"),
    (r"z^{1}_{1}", "z1[1]"),
    (r"h^1_{j}", "h1[j]"),
    (r"W_{ij}^2", "W2[i, j]"),
    (r"W_{(1,j)}^2", "W2[1, j]"),
    (r"W_2", "W2"),
    (r"W^{3T}", "W3.T"),
    (r"{W^3}^\top", "W3.T"),
    (r"(W^3)'", "W3.T"),
    (r"(W^3)^t", "W3.T"),
    (r"\mathbb{I}_{q \times q} W^2", "identity(2, 2) @ W2"),
    (r"W_3^{T}", "W3.T"),
    (r"W^{2\mathsf{T}}", "W2.T"),
    (r"(h^2_1)^2", "h2[1]**2"),
    (r"-x_1^2", "-x[1]**2"),
    (r"2^{-1}", "2**-1"),
    # functions
    (r"\sigma(z^1)^T", "sigma(z1).T"),
    (r"\sigma'(z^1_1)^2", "sigma'(z1[1])**2"),
    (r"\sigma^2(z^1_1)", "sigma(z1[1])**2"),
    (r"\log x_1 x_2", "log(x[1]*x[2])"),
    (r"e^{-x_1}", "exp(-x[1])"),
    (r"\max\{0,z^1_1\}", "maximum(0, z1[1])"),
    # sums, products, fractions
    (r"\sum_i h^2_i W^2_{i,1} + \delta", "Sum(h2[i]*W2[i, 1], (i, 1, 2)) + delta"),
    (r"\sum_i h^2_i \sum_k W^2_{i,k}", "Sum(h2[i]*Sum(W2[i, k], (k, 1, 3)), (i, 1, 2))"),
    (r"\begin{bmatrix}\sum_i h^2_i + \delta & 2\end{bmatrix}",
     "[[Sum(h2[i], (i, 1, 2)) + delta, 2]]"),
    (r"\frac12 x_1", "1 / 2*x[1]"),
    (r"\delta_{ij} x_i", "(i == j)*x[i]"),
    (r"\mathbb{1}_{z^1_1>0}", "z1[1] > 0"),
    (r"|x_1||x_2|", "abs(x[1])*abs(x[2])"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READINGS)
def test_reading(text: str, expected: str) -> None:
    assert reading(text, homework(), "q10") == expected


# Each must be read as the second column says; None means "refused with a reason".
MISREAD = [
    # a transpose in the superscript binds before the index: (Wᵀ)ᵢⱼ is Wⱼᵢ
    (r"W^{[1]T}_{12}", "W1.T[1, 2]"),
    # the bold one is a vector of ones, not the number, if its size is known
    (r"\mathbf{1}^T x", "ones(1, 3) @ x"),
    (r"\mathbf{1} - x", "ones(3, 1) - x"),
    (r"x\mathbf{1}^T", None),
    (r"2 \cdot \mathbf{1}", None),
    # a bracketed superscript is a layer or an example, never a power
    (r"x^{(2)}", None),
    # a superscript that is an index variable is not a power
    (r"x_i^j", None),
    # a power of a size, not an entry
    (r"n_0^2", "n0**2"),
    # the subscript after e^x must not be dropped
    (r"e^x_1", None),
    # a derivative operator takes the whole product after it
    (r"\frac{\partial}{\partial x} x^T x + 1", "Derivative(x.T @ x, x) + 1"),
    # ⊗ of two vectors is the outer product
    (r"x\otimes z^{[1]}", "outer(x, z1)"),
    # ‖x‖₁ is not the Euclidean norm, ‖x‖₂² is
    (r"\|x\|_1", None),
    (r"\|x\|_2^2", "norm(x)**2"),
    # an inverse is not 1/Wᵢⱼ
    (r"(W^{[1]})^{-1}", None),
    # brackets list what a quantity depends on; they are not a factor
    (r"L(\hat y, y)", "L"),
    (r"z^{[1]}(x)", "z1"),
    # x[1] in brackets is an entry
    (r"x[1]", None),
    # a sum without a lower end begins at 1, and ends where it says
    (r"\sum_i^{1} x_i", "Sum(x[i], (i, 1, 1))"),
]


@pytest.mark.parametrize(("text", "expected"), MISREAD)
def test_no_silent_misreading(text: str, expected: str | None) -> None:
    try:
        found = reading(text, square(), "q1")
    except StudentError:
        found = None
    assert found == expected


# Wrong answers, as any human reads them.
WRONG = [
    # value and condition are swapped: a 5 is not a condition
    ("q6", r"\begin{cases}x>0&5\\x\le 0&0\end{cases}"),
    # a condition in words is not `otherwise`
    ("q4", r"\begin{cases}\delta W^3_{11}&\text{if $x_1>0$}\\0&\text{else}\end{cases}"),
    ("q4", r"\begin{cases}\delta W^3_{11}&\text{only if active}\\0&\text{else}\end{cases}"),
    # the sum ends too early
    ("q14", r"\delta \sum_i^{1} W^3_{1i}W^2_{ij}"),
    # no question asks for ∂l/∂z¹, which leaves all the work undone
    ("q17", r"\frac{\partial l}{\partial z^1} x^T"),
    ("q1", r"\delta h^2_1 \text{ if } x_1 > 0 \text{ else } 0"),
    ("q1", r"\delta h^2_1 \text{ if } x_1 > 0"),
]


@pytest.mark.parametrize(("question", "text"), WRONG)
def test_never_accepts(question: str, text: str) -> None:
    assert judged(question, text).verdict != "correct"


# Right answers in usual notation.
RIGHT = [
    ("q6", r"\begin{cases}1&\text{if $x>0$}\\0&\text{otherwise}\end{cases}"),
    ("q6", r"\begin{cases}1 \text{ if } x>0\\0 \text{ otherwise}\end{cases}"),
    ("q6", r"\begin{cases}1 & \mbox{if } x>0\\0 & \mbox{otherwise}\end{cases}"),
    ("q6", r"\left\{\begin{array}{ll}1 & \text{if } x>0\\0 & \text{otherwise}\end{array}\right."),
    ("q6", r"\begin{cases}1&x>0\\0&x<0\\ \text{undefined}&x=0\end{cases}"),
    ("q6", r"\mathbb{I}[x>0]"),
    ("q6", r"I(x>0)"),
    ("q6", r"1 \text{ if } x > 0 \text{ else } 0"),
    ("q5", r"W^3{}^T\delta"),
    ("q5", r"\delta W^3_{:,:}"),
    ("q4", r"\delta W^3_{:,1}"),
    ("q1", r"$\delta h^2_1$"),
    ("q1", r"\delta h^2_1 \qquad (1)"),
    ("q1", r"\delta h^2_1, \quad \text{where } h^2 = W^2h^1"),
    ("q1", r"\delta h^2_1 \text{ where } \delta = \frac{\partial l}{\partial h^3}"),
    ("q10", r"\delta W^3_{1,i}h^1_j \quad \forall i,j"),
    ("q10", r"\delta W^3_{1,i}h^1_j \text{ for all } i, j"),
    ("q10", r"\delta W^3_{1,i}h^1_j, \; i=1,2,\; j=1,2,3"),
    ("q14", "δ Σᵢ W³₁ᵢ W²ᵢⱼ"),
    ("q14", r"W^{2T}_{j,:} W^{3T}\delta"),
    ("q17", r"\delta^1 x^T, \quad \delta^1 = W^{2T}W^{3T}\delta\odot\sigma'(z^1)"),
]


@pytest.mark.parametrize(("question", "text"), RIGHT)
def test_accepts(question: str, text: str) -> None:
    assert judged(question, text).verdict == "correct"
