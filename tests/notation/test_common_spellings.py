"""Spellings that lectures and libraries use, as right answers."""

import pytest
from notation_reading import answered, as_read, texts

RIGHT = [
    # powers and quotients entry by entry
    ("linear-regression", "q2", {"latex": r"\frac1N r^{\odot 2} \oslash r"}),
    ("linear-regression", "q2", {"latex": r"\frac1N (r)^{\circ 2} ⊘ r"}),
    ("linear-regression", "q2", {"latex": "2·½ r/N"}),
    # signs of layout
    ("linear-regression", "q3",
     {"latex": r"\frac{\partial l}{\partial w} ={}& \frac1N X^T r \\ &\quad + \lambda w"}),
    # Kronecker's delta
    ("softmax-cross-entropy", "q1", {"latex": r"p_i(e_i^\top e_j - p_j)"}),
    ("softmax-cross-entropy", "q1", {"latex": r"p_i(\mathbb{1}_{ij} - p_j)"}),
    # cases in a line
    ("softmax-cross-entropy", "q1",
     {"latex": r"p_i(1-p_i) \text{ if } i=j, \text{ else } -p_ip_j"}),
    ("softmax-cross-entropy", "q1",
     {"latex": r"p_i(1-p_i) \text{ for } i = j, \quad -p_ip_j \text{ for } i \neq j"}),
    ("softmax-cross-entropy", "q1",
     {"latex": r"\frac{\partial p_i}{\partial z_j} = p_i(1-p_i) \text{ if } i=j, "
               r"\text{ otherwise } -p_ip_j"}),
    # sizes in NumPy
    ("linear-regression", "q2", "r/X.shape[0]"),
    ("linear-regression", "q2", "r/len(r)"),
    # a vector with a new axis
    ("softmax-cross-entropy", "q5", "(p-y)[:,None]*x"),
    ("softmax-cross-entropy", "q5", "-(y-p)[:,None]*x[None,:]"),
    ("softmax-cross-entropy", "q5", "x[np.newaxis,:]*(p-y)[:,np.newaxis]"),
    ("softmax-cross-entropy", "q5", "(p-y).reshape(-1, 1)*x"),
    ("softmax-cross-entropy", "q5", "(p-y)*x.reshape(1, -1)"),
    ("softmax-cross-entropy", "q5", "x*(p[:,None] - y[:,None])"),
    ("softmax-cross-entropy", "q4", "(p-y)[:,None]"),
    ("matrix-calculus", "q2", "x[:,None]*x[None,:]"),
    ("matrix-calculus", "q2", "x[None,:]*x[:,None]"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "answer"), RIGHT)
def test_accepts(problem: str, question: str, answer: str | dict[str, str]) -> None:
    result = answered(problem, question, answer)
    assert result.verdict == "correct", texts(result)


READ = [
    ({"latex": r"\operatorname{clip}(r, -\lambda, \lambda)"}, "minimum(maximum(r, -lam), lam)"),
    ("r.clip(-1, 1)", "minimum(maximum(r, -1), 1)"),
    ({"latex": r"\mathrm{SiLU}(r)"}, "silu(r)"),
    ({"latex": r"\operatorname{swish}'(r)"}, "silu'(r)"),
    ("F.silu(r)", "silu(r)"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "expected"), READ)
def test_reads(answer: str | dict[str, str], expected: str) -> None:
    assert as_read(answered("linear-regression", "q2", answer)) == expected


UNREADABLE = [
    ("matrix-calculus", "q2", "x[:,None] + x", "has a new axis"),
    ("matrix-calculus", "q2", "x[:,None]/x", "has a new axis"),
    ("matrix-calculus", "q2", "x*x[None,:]", "whether this product is a matrix"),
    ("matrix-calculus", "q2", "x[:,None]*x", "whether this product is a matrix"),
    ("matrix-calculus", "q2", "x.reshape(-1, 1)*x", "whether this product is a matrix"),
    ("linear-regression", "q2", "r/gamma.shape", "not declared"),
    ("linear-regression", "q2", "r/X.shape", "one size"),
    ("linear-regression", "q2", {"latex": r"\bar{r}"}, r"`\bar{r}` is not declared"),
]


@pytest.mark.parametrize(("problem", "question", "answer", "said"), UNREADABLE)
def test_asks_a_person(
    problem: str, question: str, answer: str | dict[str, str], said: str
) -> None:
    result = answered(problem, question, answer)
    assert result.verdict == "unreadable"
    assert said in texts(result)
