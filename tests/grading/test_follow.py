"""Follow-through: credit for answers that follow from a student's own wrong answer."""

from functools import cache
from pathlib import Path

import pytest
from library_keys import HOMEWORK, key_of
from ruled_homework import codes, graded

from grader.errors import StudentError
from grader.grading import grade
from grader.grading.follow_through import Earlier, followed
from grader.key import Key, build
from grader.notation import infix
from grader.problem import load
from grader.submission import Place, Submission, TextAnswer

RULES = "{q16: {follows: q15}, q17: {follows: [q15], follow_through: 0.8}, q10: {follows: q5}}"
BASIS = "W2.T @ (W3.T*delta)"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (f"2*({BASIS})", "(2*(W2.T @ (W3.T*delta)) * sigma'(z1)) @ x.T"),
        (f"-({BASIS})", "((-(W2.T @ (W3.T*delta))) * sigma'(z1)) @ x.T"),
        ("ones(2,3).T @ (W3.T*delta)", "((ones(2,3).T @ (W3.T*delta)) * sigma'(z1)) @ x.T"),
        (f"({BASIS}).T*3", "(3*W2.T @ (W3.T*delta) * sigma'(z1)) @ x.T"),  # a row for a column
    ],
)
def test_an_answer_that_follows_from_a_wrong_one_earns_partial_credit(earlier: str, later: str):
    report = graded(RULES, q15=earlier, q17=later)
    assert report["q15"].score == 0
    assert (report["q17"].verdict, report["q17"].score) == ("partial", 1.6)
    assert codes(report, "q17") == ["follow-through"]
    assert report["q17"].messages[0].text == "right, given your q15"
    assert report["q17"].instructor.credit == "right, given q15: 80% of the points"


def test_full_points_by_default_and_a_formula_in_indices():
    report = graded(
        RULES,
        q15=f"2*({BASIS})",
        q16="2*delta*Sum(W3[1,k]*W2[k,i], (k,1,2))*sigma'(z1[i])*x[j]",
    )
    assert (report["q16"].verdict, report["q16"].score) == ("partial", 3.0)


def test_a_new_mistake_does_not_follow():
    report = graded(RULES, q15=f"2*({BASIS})", q17="(2*W2.T @ (W3.T*delta)) @ x.T")
    assert report["q17"].score == 0
    assert "dropped-activation-derivative" in codes(report, "q17")


def test_a_right_answer_after_a_wrong_one_is_right():
    report = graded(RULES, q15=f"2*({BASIS})", q17=f"({BASIS} * sigma'(z1)) @ x.T")
    assert (report["q17"].verdict, report["q17"].score) == ("correct", 2.0)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("[[1], [1], [1]]", "sigma'(z1) @ x.T"),  # a constant
        ("W2.T @ W3.T", "(W2.T @ W3.T * sigma'(z1)) @ x.T"),  # without the upstream gradient
        ("x[1]*[[1], [1], [1]]", "x[1]*(sigma'(z1) @ x.T)"),  # from the input alone
        ("delta*[[1], [1], [1]]", "delta*(sigma'(z1) @ x.T)"),  # without two weights
        ("0*h1", "0*(z1 @ x.T)"),
        ("W2 @ h1", "W2 @ h1 @ x.T"),  # another shape
        ("W2.T @ (", "W2.T @ x.T"),  # unreadable
    ],
)
def test_nothing_follows_from_an_earlier_answer_that_leaves_out_too_much(earlier: str, later: str):
    assert graded(RULES, q15=earlier, q17=later)["q17"].score == 0


def test_from_entries_to_the_whole_array():
    rules = "{q11: {follows: q10}}"
    report = graded(rules, q10="2*delta*W3[1,i]*h1[j]", q11="2*(W3.T*delta) @ h1.T")
    assert (report["q11"].verdict, report["q11"].score) == ("partial", 2.0)


def test_through_a_jacobian():
    rules = "{q15: {follows: q13}}"
    report = graded(rules, q13="3*W2", q15="3*W2.T @ (W3.T*delta)")
    assert (report["q15"].verdict, report["q15"].score) == ("partial", 2.0)


def test_through_entries_of_a_gradient():
    rules = "{q17: {follows: q14}}"
    report = graded(
        rules,
        q14="2*delta*Sum(W3[1,k]*W2[k,j], (k,1,2))",
        q17="(2*W2.T @ (W3.T*delta) * sigma'(z1)) @ x.T",
    )
    assert codes(report, "q17") == ["follow-through"]


@pytest.mark.parametrize("earlier", [f"2*({BASIS})", f"(2*({BASIS})).T"])
def test_from_a_column_or_row_to_its_entries(earlier: str):
    rules = "{q16: {follows: q15}, q15: {layout: numerator}}"
    later = "2*delta*Sum(W3[1,k]*W2[k,i], (k,1,2))*sigma'(z1[i])*x[j]"
    assert codes(graded(rules, q15=earlier, q16=later), "q16") == ["follow-through"]


def linear(folder: Path, *questions: str) -> Key:
    """The key of questions about l and h = W x, with a square W."""
    text = """\
id: linear
dimensions: {n: 3}
symbols: {x: {shape: [n]}, W: {shape: [n, n]}, g: {shape: [n]}}
model:
  h: {is: W @ x}
  l: {upstream: {h: g}}
questions:
"""
    path = folder / "problem.yaml"
    path.write_text(text + "".join(f"  - {{{question}}}\n" for question in questions), "utf-8")
    return build(load(path))


def follows_from(key: Key, earlier: str, later: str) -> bool:
    """Whether q2 is right, given a wrong q1."""
    answers = tuple(
        TextAnswer(question, text, "infix", Place("a.yaml", 1))
        for question, text in (("q1", earlier), ("q2", later))
    )
    report = grade(key, Submission("s", "s", "", answers=answers))
    assert report["q1"].score == 0
    return codes(report, "q2") == ["follow-through"]


@pytest.mark.parametrize(
    ("earlier", "later", "follows"),
    [
        ("2*W[i,j]", "2*W.T @ g", True),
        ("2*W.T", "2*W.T @ g", True),  # rows count j, as the author declares the letters
        ("2*W.T", "2*W @ g", False),
    ],
)
def test_the_order_of_index_letters(tmp_path: Path, earlier: str, later: str, *, follows: bool):
    jacobian = "id: q1, of: 'h[i]', wrt: 'x[j]', free: {j: n, i: n}"
    key = linear(tmp_path, jacobian, "id: q2, of: l, wrt: x, follows: q1")
    assert follows_from(key, earlier, later) == follows


def test_from_a_jacobian_to_one_of_its_rows(tmp_path: Path):
    row = "id: q2, of: 'h[1]', wrt: 'x[j]', free: {j: n}, follows: q1"
    key = linear(tmp_path, "id: q1, of: h, wrt: x", row)
    assert follows_from(key, "2*W", "2*W[1,j]")
    assert not follows_from(key, "2*W", "2*W[2,j]")


@cache
def homework() -> Key:
    return key_of(HOMEWORK)


STRANGE = [
    "1/0", "log(-abs(h1))", "W2*W3[1,i]", "1e300*h1*1e300", "W1[i,j]", "l", "Derivative(l, h1)",
    "Derivative(h2, h1)", "Piecewise((h1, x[1] > 0), (0*h1, True))", "h1[i] + W2", "delta", "W2",
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "later"), [("q10", "q11"), ("q14", "q17"), ("q16", "q17")])
@pytest.mark.parametrize("text", STRANGE)
def test_a_strange_earlier_answer_never_raises(earlier: str, later: str, text: str):
    key = homework()
    try:
        node, _ = infix.parse(text, key[earlier].question.names)
    except StudentError:
        return
    value = followed(key[later], [Earlier(key[earlier], node)])
    assert value is None or value.shape == key[later].expected.shape


def test_nothing_follows_from_an_answer_off_the_path():
    key = homework()
    node, _ = infix.parse(f"2*({BASIS})", key["q15"].question.names)
    assert followed(key["q11"], [Earlier(key["q15"], node)]) is None
    assert followed(key["q17"], [Earlier(key["q15"], node)]) is not None
