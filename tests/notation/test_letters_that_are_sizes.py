"""A letter that is also a size of the problem: n and m in matrix-calculus and attention."""

import pytest
from notation_reading import answered, as_read, texts

REFUSED = [
    ("matrix-calculus", "q3", "a[m]*x[n]"),
    ("matrix-calculus", "q3", {"latex": "a_m x_n"}),
    ("attention", "q3", "A[i,k]*(KroneckerDelta(k, n) - A[i,j])"),
    ("attention", "q3", {"latex": r"A_{ik} (\delta_{kn} - A_{ij})"}),
    ("matrix-calculus", "q1", "Sum((A[n,j] + A[j,n])*x[j], (j, 1, n))"),
    ("matrix-calculus", "q1", {"latex": r"\sum_j (A_{nj} + A_{jn}) x_j"}),
]


@pytest.mark.parametrize(("problem", "question", "answer"), REFUSED)
def test_as_an_index_it_is_not_silently_the_size(
    problem: str, question: str, answer: str | dict[str, str]
) -> None:
    result = answered(problem, question, answer)
    assert result.verdict == "unreadable"
    assert "is used as an index" in texts(result)


READ = [
    ("softmax-cross-entropy", "q4", {"latex": "p - y + 0 K"}, "p - y + 0*K"),
    ("softmax-cross-entropy", "q1", {"latex": r"p_i (\delta_{ij} - \sum_k \delta_{kj} p_k)"},
     "p[i]*((i == j) - Sum((k == j)*p[k], (k, 1, 3)))"),
    ("attention", "q3",
     {"latex": r"A_{ij} (\delta_{jk} - \frac{e^{S_{ik}}}{\sum_{r=1}^m e^{S_{ir}}})"},
     "A[i, j]*((j == k) - exp(S[i, k]) / Sum(exp(S[i, r]), (r, 1, 4)))"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "answer", "expected"), READ)
def test_elsewhere_it_is_read_as_usual(
    problem: str, question: str, answer: dict[str, str], expected: str
) -> None:
    result = answered(problem, question, answer)
    assert (result.verdict, as_read(result)) == ("correct", expected), texts(result)


@pytest.mark.parametrize("text", ["1 - h_t^2", "1 - h_i^2"])
def test_a_power_beside_a_subscript_is_no_step(text: str) -> None:
    """In rnn, where the time steps are h_1, h_2, h_3."""
    answer = {"latex": rf"\operatorname{{diag}}({text}) V^T (o - y)"}
    assert answered("rnn", "q3", answer).verdict == "unreadable"
    assert (
        answered("rnn", "q3", {"latex": answer["latex"].replace(text, "1 - h_3^2")}).verdict
        == "correct"
    )
