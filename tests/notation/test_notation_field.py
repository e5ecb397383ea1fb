"""Expressions as a line of Unicode, which must not be ambiguous."""

from pathlib import Path

import pytest

from grader.notation import infix, printing
from grader.problem import load

QUESTION = load(Path(__file__).parents[2] / "problems/cs1678-hw3")["q10"]


def written(text: str) -> str:
    return printing.field(infix.read(text, QUESTION.names).node, QUESTION.scope.names)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("delta*W3.T @ h1.T", "δ (W³)ᵀ (h¹)ᵀ"),
        ("x.T", "xᵀ"),
        ("delta*W3[1,i]*h1[j]", "δ W³₁,ᵢ h¹ⱼ"),
        ("h1*h1", "h¹ ⊙ h¹"),
        ("2*3*delta", "2 · 3 δ"),
        ("-delta - -2", "−δ − −2"),
        ("Sum(W2[k,j], (k, 1, 2))", "∑ₖ₌₁² W²ₖ,ⱼ"),
        ("Sum(W2[k,j], (k, 1, 2))*delta", "(∑ₖ₌₁² W²ₖ,ⱼ) δ"),
        ("Sum(x[b], (b, 1, 4))", "∑(b = 1…4) x[b]"),
        ("W2[1,:]", "W²[1, :]"),
        ("sigma'(z1[j])", "σ′(z¹ⱼ)"),
        ("Derivative(l, h1[j])*2", "(∂l/∂h¹ⱼ) · 2"),
        ("Derivative(l, h1[j])", "∂l/∂h¹ⱼ"),
        ("delta/2", "δ/2"),
        ("(delta + 1)/(2*delta)", "(δ + 1)/(2 δ)"),
        ("(1/2)*delta", "(1/2) δ"),
        ("(delta/2)**2", "(δ/2)²"),
        ("delta**(1/2)", "δ^(1/2)"),
        ("delta**-1", "δ⁻¹"),
        ("exp(delta/2)", "exp(δ/2)"),
        ("sqrt(delta)**2", "(√δ)²"),
        ("sqrt(delta + 1)", "√(δ + 1)"),
        ("x[1]**2", "(x₁)²"),
        ("W2[1,2]**2", "(W²₁,₂)²"),
        ("(h1 @ h1.T)[2,1]", "(h¹ (h¹)ᵀ)₂,₁"),
        ("abs(delta)", "|δ|"),
        ("Piecewise((1, delta > 0), (0, True))", "{1 if δ > 0; 0 otherwise}"),
        ("[[1, 2], [3, 4]]", "[1, 2; 3, 4]"),
        ("ones(2, 3)", "𝟏[2 × 3]"),
    ],
)
def test_field(text: str, line: str) -> None:
    assert written(text) == line
