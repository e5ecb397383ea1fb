"""SymPy/NumPy-style text: its readings, and answers that must not be accepted."""

import pytest
from notation_reading import homework, judged, reading

READINGS = [
    ("-x[1]**2", "-x[1]**2"),
    ("2**-1", "2**-1"),
    ("x[1]^2", "x[1]**2"),
    ("W2.T @ W3.T", "W2.T @ W3.T"),
    ("np.outer(h2, x)", "outer(h2, x)"),
    ("Sum(W2[1,k]*h1[k], (k, 1, n1))", "Sum(W2[1, k]*h1[k], (k, 1, 3))"),
    ("relu'(z1)", "sigma'(z1)"),
    ("dW2 = delta*h1", "delta*h1"),
]


@pytest.mark.parametrize(("text", "expected"), READINGS)
def test_reading(text: str, expected: str) -> None:
    assert reading(text, homework(), "q10", "infix") == expected


@pytest.mark.parametrize("factor", ["(1+1e-4)", "(1+1e-6)", "(1+1e-8)", "(1+1e-9)", "1.0001", "-1"])
@pytest.mark.parametrize(
    ("question", "right"),
    [("q1", "delta*h2[1]"), ("q10", "delta*W3[1,i]*h1[j]"), ("q13", "W2"),
     ("q17", "(delta*(W2.T @ W3.T)*sigma'(z1)) @ x.T")],
)  # fmt: skip
def test_a_constant_that_is_nearly_one_is_not_one(factor: str, question: str, right: str) -> None:
    assert judged(question, f"{factor}*({right})", "infix").verdict != "correct"


WRONG = [
    # a condition must be a comparison
    ("q6", "Piecewise((x>0, 5), (x<=0, 0))"),
    # a comparison with an undefined value is undefined
    ("q1", "where(0/0>1, 5, delta*h2[1])"),
    # hardly any draw has δ > 3, but the condition must be tried
    ("q1", "min(delta, 3)*h2[1]"),
    # hardly any draw has x₁ < −3: the answer has no value there
    ("q1", "Piecewise((delta*h2[1], x[1] > -3))"),
    # a declared matrix is not transposed: @ would fail in NumPy
    ("q17", "(delta*(W2.T @ W3)*sigma'(z1)) @ x.T"),
    # no question asks for ∂l/∂z¹, which leaves all the work undone
    ("q16", "Derivative(l, z1[i])*x[j]"),
]


@pytest.mark.parametrize(("question", "text"), WRONG)
def test_never_accepts(question: str, text: str) -> None:
    assert judged(question, text, "infix").verdict != "correct"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("q6", "1 if x > 0 else 0"),
        ("q6", "float(x > 0)"),
        ("q6", "1[x > 0]"),
        ("q16", "dh1[i]*Heaviside(z1[i])*x[j]"),
        ("q16", "delta*(W3[1][1]*W2[1][i]+W3[1][2]*W2[2][i])*(z1[i]>0)*x[j]"),
        (
            "q16",
            "Product(W3[1,1], (k, 1, 1))*delta*W2[1,i]*(z1[i]>0)*x[j]"
            " + W3[1,2]*delta*W2[2,i]*(z1[i]>0)*x[j]",
        ),
        ("q11", "dl/dh3 * W[3].T @ h1.reshape(1, -1)"),
        ("q11", "dl_dh2 @ h1[None, :]"),
        ("q11", "(∂l/∂h2) @ h1[:, None].T"),
    ],
)
def test_accepts(question: str, text: str) -> None:
    assert judged(question, text, "infix").verdict == "correct"
