"""Arrays as in papers and NumPy: columns, entries in brackets, ones, broadcasting."""

import pytest
from notation_reading import answered, as_read, texts

RIGHT = [
    # a column is X_{·j}
    ("linear-regression", "q4", {"latex": r"\frac1N X_{\cdot j}^\top r + \lambda w_j"}),
    ("linear-regression", "q4", {"latex": r"\frac1N X_{\cdot,j}^\top r + \lambda w_j"}),
    ("linear-regression", "q4", {"latex": r"\frac1N r^\top X_{*j} + \lambda w_j"}),
    ("linear-regression", "q4", {"latex": r"\frac1N r^\top X_{\bullet j} + \lambda w_j"}),
    ("linear-regression", "q4", {"latex": r"\frac1N (X^\top)_{j\cdot} r + \lambda w_j"}),
    # two pairs of bars
    ("matrix-calculus", "q7", {"latex": r"\frac{B^T v}{||v||}"}),
    ("matrix-calculus", "q7", {"latex": r"\frac{B^T v}{\left|\left|v\right|\right|_2}"}),
    # the array of entries
    ("softmax-cross-entropy", "q2", {"latex": r"\left[p_i(\delta_{ij}-p_j)\right]_{ij}"}),
    ("softmax-cross-entropy", "q3", {"latex": r"-\left(\frac{y_i}{p_i}\right)_i"}),
    ("softmax-cross-entropy", "q3", {"latex": r"-\left[\frac{y_i}{p_i}\right]_{i=1}^{k}"}),
    ("softmax-cross-entropy", "q2", {"latex": r"\mathrm{diag}(p_1, p_2, p_3) - p p^T"}),
    ("softmax-cross-entropy", "q2", "diag(p[1], p[2], p[3]) - p @ p.T"),
    # a quotient broadcasts as a product does
    ("batch-norm", "q2", "(G*(X-mu)/np.sqrt(var+eps)).sum(axis=0)"),
    ("batch-norm", "q2", {"latex": r"\sum_i (G \odot \frac{X-\mu}{\sqrt{v+\epsilon}})_{ij}"}),
    ("attention", "q1", "(np.exp(S)/np.exp(S).sum(axis=1, keepdims=True)).T @ G"),
    # one index into a row
    ("batch-norm", "q2", "sum(G*Xhat, axis=0)[j]"),
    ("batch-norm", "q2", "Sum(G[i,j]*(X[i,j] - mu[j])*s[j], (i, 1, N))"),
    # NumPy's products
    ("matrix-calculus", "q7", "np.dot(v, B)/norm(v)"),
    ("matrix-calculus", "q7", "np.matmul(v, B)/norm(v)"),
    ("attention", "q2", "np.inner(G, V)"),
    ("matrix-calculus", "q1", "np.inner(x, A) + np.dot(x, A)"),
    ("matrix-calculus", "q1", "np.inner(A, x) + np.inner(A.T, x)"),
    # ones that get their size from the other operand
    ("attention", "q4",
     {"latex": r"A \odot (GV^\top - (A \odot GV^\top)\mathbf{1}\mathbf{1}^\top)"}),
    ("attention", "q4",
     {"latex": r"A \odot (GV^\top - (A \odot GV^\top)(\mathbf{1}\mathbf{1}^\top))"}),
    ("softmax-cross-entropy", "q4", {"latex": r"p\mathbf 1^\top y - y"}),
    ("softmax-cross-entropy", "q2", {"latex": r"\mathrm{diag}(p)(I-\mathbf 1p^\top)"}),
    ("softmax-cross-entropy", "q2", {"latex": r"(I-p\mathbf 1^\top)\,\mathrm{diag}(p)"}),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "answer"), RIGHT)
def test_accepts(problem: str, question: str, answer: str | dict[str, str]) -> None:
    result = answered(problem, question, answer)
    assert result.verdict == "correct", texts(result)


UNREADABLE = [
    # bounds at a bracket, and other scripts that are not indices
    ("linear-regression", "q2", {"latex": r"\frac1N \left[r\right]_{-1}^{1}"}, "an index should be"),
    ("linear-regression", "q2", {"latex": r"\frac1N [r]_{-\lambda}^{\lambda}"}, "an index should be"),
    ("linear-regression", "q5", "sum(r)/N + 0*r[-1]", "an index should be"),
    ("softmax-cross-entropy", "q3", {"latex": r"-\sum_i \left[\frac{y_i}{p_i}\right]_i"}, "brackets with"),
    ("softmax-cross-entropy", "q2", {"latex": r"[p_i (\delta_{ij} - p_j)]_{ji}"}, "brackets with"),
    # an unknown size
    ("softmax-cross-entropy", "q4", {"latex": r"p - \mathbf 1 y"}, "the number of ones"),
    ("batch-norm", "q1", {"latex": r"\mathbf 1 G"}, "the number of ones"),
    # too many arguments
    ("matrix-calculus", "q5", "relu(u, 1, 2)", "takes 1 argument, not 3"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "answer", "said"), UNREADABLE)
def test_asks_a_person(
    problem: str, question: str, answer: str | dict[str, str], said: str
) -> None:
    result = answered(problem, question, answer)
    assert result.verdict == "unreadable"
    assert said in texts(result)


def test_an_array_of_entries_is_an_array_in_a_product_too() -> None:
    text = r"\left[p_i(\delta_{ij}-p_j)\right]_{ij} \left(-\frac{y_i}{p_i}\right)_i"
    result = answered("softmax-cross-entropy", "q4", {"latex": text})
    assert result.verdict == "correct"
    assert as_read(result) == (
        "table(p[i]*((i == j) - p[j]), (i, 1, 3), (j, 1, 3)) @ table(-(y[i] / p[i]), (i, 1, 3))"
    )
