"""The mistakes that are named for wrong answers of students: which come first, and which beside them."""

from pathlib import Path

import pytest
from mutant_problems import key_of, result_of

from grader.api import grade, load_problem
from grader.result import Kind

NAMED = [
    # Only a division by a size is a mean: the 1/2 of a square is none.
    ("vae", "q1", "2*mu", "constant-factor: the constant factor 1 / 2 is missing in the derivative with "
     "respect to -sum(1 + s - mu**2 - exp(s))"),
    ("linear-regression", "q3", "X.T @ r + lam*w",
     "missing-batch-mean: the factor 1 / N of the mean is missing"),
    ("linear-regression", "q5", "sum(r)",
     "missing-batch-mean: the factor 1 / N of the mean is missing"),
    ("linear-regression", "q2", "r", "missing-batch-mean: the factor 1 / N of the mean is missing"),
    # A term of the derivative as people write it: forgotten, with another constant, with another sign.
    ("linear-regression", "q3", "X.T @ r / N + 2*lam*w",
     "constant-factor: the constant in the term 2*lam*w is wrong"),
    ("linear-regression", "q3", "X.T @ r / N", "missing-term: the contribution through "
     "lam*sum(w**2) / 2 is missing: l is a sum, and each term contributes"),
    ("linear-regression", "q3", "X.T @ r / N - lam*w", "sign: the sign of the term lam*w is wrong"),
    ("vae", "q3", "xhat", "missing-term: a term is missing: xhat is not the whole sum"),
    ("vae", "q2", "(exp(s) + 1)/2", "sign: the sign of the term 1 is wrong"),
    ("matrix-calculus", "q1", "A @ x", "missing-term: a term is missing: A @ x is not the whole sum"),
    ("matrix-calculus", "q9", "eye(3)/norm(x)",
     "missing-term: a term is missing: (i == j) / norm(x) is not the whole sum"),
    ("word2vec", "q1", "yhat", "missing-term: a term is missing: yhat is not the whole sum"),
    ("softmax-cross-entropy", "q4", "p", "missing-term: a term is missing: p is not the whole sum"),
    ("lstm-cell", "q6", "(q + p*ot*tanh'(ct))*gt*it*(1 + it)", "sign: the sign of the term it is wrong"),
    # A factor of it: forgotten, or once too often.
    ("softmax-cross-entropy", "q1", "KroneckerDelta(i, j) - p[j]",
     "dropped-local-derivative: the factor p[i] is missing"),
    ("logistic-regression", "q1", "1 - p[i]", "dropped-local-derivative: the factor p[i] is missing"),
    ("matrix-calculus", "q7", "B.T @ v", "dropped-local-derivative: the factor 1 / rho is missing"),
    ("matrix-calculus", "q7", "B.T @ v / rho**2", "extra-factor: 1 / rho appears once too often"),
    # The whole sign.
    ("logistic-regression", "q3", "(y - p)/N", "sign: the sign is wrong"),
    ("softmax-cross-entropy", "q4", "y - p", "sign: the sign is wrong"),
    # One of several cases.
    ("losses", "q1", "r[i]", "dropped-activation-derivative: right only where abs(r) <= delta: rho has "
     "several cases, and the answer uses one of them everywhere"),
    ("losses", "q2", "r/N", "dropped-activation-derivative: right only where abs(r) <= delta: rho has "
     "several cases, and the answer uses one of them everywhere"),
    # The Jacobian of softmax.
    ("softmax-cross-entropy", "q8", "W.T @ (-y/p)", "dropped-local-derivative: the derivative of softmax "
     "is missing: it is the derivative of p with respect to z"),
    ("softmax-cross-entropy", "q5", "((p - y)*p*(1 - p)) @ x.T", "extra-factor: p*(1 - p) is one "
     "factor too many: the answer contains the derivative of softmax already"),
    ("softmax-cross-entropy", "q1", "diag(p*(1 - p))", "diagonal-jacobian: in entry [1, 2] and others: the "
     "Jacobian of p is treated as diagonal (p*(1 - p)), but every entry of p depends on every entry of z"),
    # The point at which a function is taken.
    ("word2vec", "q7", "sigma(-t) @ v.T",
     "derivative-at-wrong-point: the argument of sigma has the wrong sign"),
]  # fmt: skip


def mistakes(name: str, question: str, text: str) -> list[str]:
    """The mistakes that the student's messages name, each with its code."""
    result = result_of(key_of(name), question, text)
    assert result.verdict in ("incorrect", "partial")
    return [f"{m.code}: {m.text}" for m in result.messages if m.kind is Kind.MISTAKE]


@pytest.mark.parametrize(("name", "question", "text", "expected"), NAMED)
def test_one_mistake_is_named_and_nothing_else(name: str, question: str, text: str, expected: str):
    assert mistakes(name, question, text) == [expected]


def test_an_alternative_is_named_if_it_is_about_as_likely():
    messages = mistakes("softmax-cross-entropy", "q4", "-y/p")
    assert [message.partition(":")[0] for message in messages] == [
        "dropped-local-derivative",
        "wrong-variable",
    ]


def test_a_part_of_a_sum_is_named_before_a_factor_that_only_seems_to_be_missing():
    assert mistakes("vae", "q7", "(D.T @ (xhat - x))*eps*exp(s/2)/2") == [
        "missing-term: the contribution through K is missing: l is a sum, and each term contributes",
        "dropped-local-derivative: or else, with the same values: exp(s) is missing: it is the derivative "
        "of exp(s) with respect to s",
    ]


def test_the_sign_comes_before_a_variable_that_is_subtracted():
    assert mistakes("losses", "q2", "-clip(r, -delta, delta)/N") == [
        "sign: the sign is wrong",
        "wrong-variable: or else, with the same values: this is the derivative with respect to y; "
        "the question asks for the one with respect to r",
    ]


def test_the_derivative_at_another_point_is_named_before_one_taken_twice():
    text = "(D.T @ (xhat - x))*eps*exp(s)/2 + (exp(s) - 1)/2"
    assert mistakes("vae", "q7", text)[0] == (
        "derivative-at-wrong-point: the derivative of exp is taken at s, but it belongs at s / 2: "
        "exp(s / 2)"
    )


def test_the_derivative_of_a_quantity_by_itself_is_no_explanation():
    assert not any("wrong-variable" in one for one in mistakes("softmax-cross-entropy", "q1", "1"))


def test_no_swap_of_symbols_may_make_a_difference_zero():
    assert [one.partition(":")[0] for one in mistakes("vae", "q6", "mu")] == ["missing-term"]


GATE = """\
id: gate
dimensions: {n: 3}
symbols: {a: {shape: [n]}, b: {shape: [n]}, z: {shape: [n]}, g: {shape: [n]}}
model: {h: {is: (1 - z)*a + z*b}, l: {upstream: {h: g}}}
questions: [{id: q1, of: l, wrt: z}]
"""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("g*(a - b)", "the sign is wrong"),
        ("2*g*(b - a)", "the answer is twice what it should be"),
        ("g*b + 2*g*a", ""),  # no mistakes explain it: three at once are impossible here
        ("g*(b - a) + 1e-9*z", ""),  # so near that each entry has the value of the same entry
    ],
)
def test_a_gate_where_few_mistakes_can_be_made(tmp_path: Path, answer: str, expected: str) -> None:
    (tmp_path / "problem.yaml").write_text(GATE, encoding="utf-8")
    result = grade(load_problem(tmp_path), {"q1": answer})["q1"]
    assert result.verdict == "incorrect"
    assert [m.text for m in result.messages] == ([expected] if expected else [])
