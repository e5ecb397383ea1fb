"""A reading in words: the operation of each node, and how shapes decided it."""

from pathlib import Path

import pytest

from grader.grading.collected import latex_answer
from grader.grading.reading_tree import ReadingNode, tree_of
from grader.notation import infix
from grader.problem import Problem, load
from grader.submission import Place, TextAnswer

HERE = Place("answers.yaml", 1)
PROBLEM = Path(__file__).parents[2] / "problems/cs1678-hw3"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load(PROBLEM)


def explained(problem: Problem, text: str, question: str = "q10") -> ReadingNode:
    asked = problem[question]
    in_latex = "\\" in text
    answer = TextAnswer(question, text, "latex", HERE)
    read = latex_answer(asked, answer, problem).read if in_latex else None
    reading = read() if read else infix.read(text, asked.names)
    return tree_of(reading.node, problem.scope)


@pytest.mark.parametrize(
    ("text", "operation", "shape"),
    [
        ("3", "number", ()),
        ("delta", "given", ()),
        ("h1", "quantity of the model", (3, 1)),
        ("i", "index i = 1…2", ()),
        ("h1[j]", "entry j of", ()),
        ("W2[i,j]", "entry (i, j) of", ()),
        ("W2[1,:]", "row 1 of", (1, 3)),
        ("W2[:,j]", "column j of", (2, 1)),
        ("W2[1:2,1:2]", "columns 1…2 of", (2, 2)),
        ("W2 + W2", "sum", (2, 3)),
        ("W2 - W2", "difference", (2, 3)),
        ("-W2", "negative of", (2, 3)),
        ("delta*h2[1]", "product of numbers", ()),
        ("delta*W2", "scaling by a number", (2, 3)),
        ("W2*W2", "elementwise product", (2, 3)),
        ("W2 @ h1", "matrix product", (2, 1)),
        ("outer(h2, h1)", "outer product", (2, 3)),
        ("np.dot(W2, h1)", "matrix product", (2, 1)),
        ("np.dot(h1, h1)", "inner product", ()),
        ("np.dot(2, h1)", "scaling by a number", (3, 1)),
        ("delta/2", "quotient", ()),
        ("W2/delta", "division by a number", (2, 3)),
        ("W2/W2", "elementwise division", (2, 3)),
        ("delta**2", "power", ()),
        ("W2**2", "elementwise power", (2, 3)),
        ("W2.T", "transpose of", (3, 2)),
        ("diag(h1)", "diagonal matrix of", (3, 3)),
        ("diag(h1 @ h1.T)", "diagonal of", (3, 1)),
        ("sum(W2)", "sum of all entries of", ()),
        ("sum(W2, axis=0)", "sum down each column of", (1, 3)),
        ("mean(W2, axis=1)", "mean along each row of", (2, 1)),
        ("sigma(z1)", "relu of each entry of", (3, 1)),
        ("sigma'(z1[j])", "derivative of relu at", ()),
        ("sigma'(z1)", "derivative of relu at each entry of", (3, 1)),
        ("softmax(h1)", "softmax of", (3, 1)),
        ("max(0, delta)", "larger of", ()),
        ("where(delta > 0, 1, 0)", "case distinction", ()),
        ("delta > 0", "condition", ()),
        ("Sum(h1[k], (k, 1, 3))", "sum over k = 1…3", ()),
        ("[h1[1], h1[2]]", "list of entries", (2, 1)),
        ("[[1, 2], [3, 4]]", "matrix of entries", (2, 2)),
        ("eye(3)", "identity matrix", (3, 3)),
        ("Derivative(l, h1[j])", "value of a derivative", ()),
        (r"\sum_{k=1}^3 h^1_k", "sum over k = 1…3", ()),
    ],
)
def test_operations(problem: Problem, text: str, operation: str, shape: tuple[int, ...]) -> None:
    step = explained(problem, text)
    assert step.operation.removeprefix("rows 1…2 and ") == operation
    assert step.shape == shape


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("delta*h2[1]", ""),
        ("delta*W3.T", "scaling: a number times 2×1"),
        ("W3.T*delta", "scaling: 2×1 times a number"),
        ("W2 @ h1", "matrix product: 2×3 times 3×1"),
        ("h1*h1", "elementwise product: 3×1 times 3×1"),
        (
            "W2*h2",
            "elementwise product: 2×3 times 2×1, with the 2×1 repeated in all 3 columns",
        ),
        ("W2 + h1.T", "sum, with the 1×3 repeated in all 2 rows"),
        ("W2 - 1", "difference, with the number repeated in all entries of 2×3"),
        ("W2/2", ""),
        ("W2 > 0", ""),
        ("W2 + W2", ""),
    ],
)
def test_remarks(problem: Problem, text: str, remark: str) -> None:
    assert explained(problem, text).remark == remark


def test_terms_and_factors_are_siblings(problem: Problem) -> None:
    terms = explained(problem, "W2 + 2*W2 + W2").parts
    assert [part.text for part in terms] == ["W²", "2 W²", "W²"]
    factors = explained(problem, "delta*W3[1,i]*h1[j]").parts
    assert [part.text for part in factors] == ["δ", "W³₁,ᵢ", "h¹ⱼ"]


def test_an_implied_transpose_has_a_remark(problem: Problem) -> None:
    step = explained(problem, r"\delta W^2 (h^1)^T", "q11")
    added = [part.operation for part in step.walk() if "added" in part.operation]
    assert added == ["transpose, added so that the shapes fit, of"]


def test_walking_is_parents_first(problem: Problem) -> None:
    texts = [step.text for step in explained(problem, "W2 @ h1").walk()]
    assert texts == ["W² h¹", "W²", "h¹"]
