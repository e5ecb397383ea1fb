"""The axis of a reduction, in the ways of NumPy and PyTorch."""

import pytest
from notation_reading import answered, as_read, texts

RIGHT = [
    ("batch-norm", "q1", "G.sum(0)", "sum(G, axis=0)"),
    ("batch-norm", "q1", "G.sum(-2)", "sum(G, axis=0)"),
    ("batch-norm", "q1", "G.sum(axis=-2, keepdims=True)", "sum(G, axis=0)"),
    ("batch-norm", "q1", "G.T.sum(dim=-1)", "sum(G.T, axis=1)"),
    ("batch-norm", "q1", "np.sum(G, 0)", "sum(G, axis=0)"),
    ("batch-norm", "q1", "5*np.mean(G, 0)", "5*mean(G, axis=0)"),
    ("batch-norm", "q1", "5*G.mean(0, keepdims=True)", "5*mean(G, axis=0)"),
    ("batch-norm", "q1", "G.transpose(1, 0).sum(1)", "sum(G.T, axis=1)"),
    ("batch-norm", "q1", "G.mT.sum(1)", "sum(G.T, axis=1)"),
    ("matrix-calculus", "q5", "B.T @ softmax(u, dim=-1)", "B.T @ softmax(u, axis=0)"),
    ("matrix-calculus", "q5", "B.T @ (exp(u)/exp(u).sum(-1))", "B.T @ (exp(u) / sum(exp(u), axis=0))"),
    ("matrix-calculus", "q5", "B.T @ (exp(u - u.max())/sum(exp(u - np.max(u))))",
     "B.T @ (exp(u - maximum(u[1], u[2])) / sum(exp(u - maximum(u[1], u[2]))))"),
    ("matrix-calculus", "q7", "B.T @ v/np.linalg.norm(v, ord=2)", "B.T @ v / norm(v)"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "text", "expected"), RIGHT)
def test_axis(problem: str, question: str, text: str, expected: str) -> None:
    result = answered(problem, question, text)
    assert (result.verdict, as_read(result)) == ("correct", expected), texts(result)


def test_a_sum_along_an_axis_is_not_the_sum_of_all() -> None:
    assert answered("matrix-calculus", "q8", "2*X.sum(1)/X.sum()*X").verdict == "incorrect"


UNREADABLE = [
    "G.sum(0, 1)", "np.sum(G, 2)", "G.sum(0, axis=0)", "G.sum(axis=0, where=3)", "G.sum(x=0)",
    "G.transpose(0, 1).sum(0)", "G.sum(0).astype(int)", "G.copy(2).sum(0)", "norm(G, 2)",
    "norm(gamma, ord=1)", "G.max(0)", "ones(3, axis=0)", "mean(G, 0, 0)", "relu(G, 0, 1)",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_an_argument_that_is_not_understood_is_never_dropped(text: str) -> None:
    assert answered("batch-norm", "q1", text).verdict == "unreadable"
