"""Attacks on credit and explanations that once succeeded."""

import pytest
from ruled_homework import codes, graded

ONE_SIDED = "Piecewise((1, x[1] < 100), (0, True))"
BASIS = "W2.T @ (W3.T*delta)"


@pytest.mark.parametrize(
    ("question", "answer"),
    [("q7", "W2*h1[j]"), ("q14", "W2*h1[j]"), ("q16", "W1.T*x[j]"), ("q7", "[[h1[j], 1, h1[j]]]")],
)
def test_letters_left_in_an_array_get_a_message(question: str, answer: str):
    assert graded("{}", **{question: answer})[question].verdict == "incorrect"


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        ("q11: {layout: either}", f"h1 @ W3*delta*{ONE_SIDED}"),
        ("q11: {accept: 0.5*delta*W3.T @ h1.T}", f"0.5*delta*W3.T @ h1.T*{ONE_SIDED}"),
    ],
)
def test_an_answer_that_draws_test_only_in_part_is_undecided_under_any_rule(
    rules: str, answer: str
):
    assert graded(rules, q11=answer)["q11"].verdict == "undecided"


@pytest.mark.parametrize("question", ["q1", "q4", "q7", "q10", "q16"])
def test_zero_is_no_mistake_of_the_catalogue(question: str):
    rules = "mistakes: [{code: wrong-variable, message: no, credit: 0.5}]"
    report = graded(rules, **{question: "0"})
    assert report[question].score == 0
    assert codes(report, question) == ["zero"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (
            "delta*[[1], [1], [1]] + 1e-13*sum(W2) + 1e-13*sum(W3)",
            "(sigma'(z1)*delta) @ x.T",
        ),
        ("[[delta], [W3[1,1]], [W2[1,1]]]", "([[delta], [W3[1,1]], [W2[1,1]]]*sigma'(z1)) @ x.T"),
    ],
)
def test_an_earlier_answer_made_for_follow_through_earns_nothing(earlier: str, later: str):
    assert graded("q17: {follows: q15}", q15=earlier, q17=later)["q17"].score == 0


def test_nothing_follows_from_zero_entries():
    later = "[[delta*h1[1], delta*h1[2], delta*h1[3]], [0, 0, 0]]"
    assert graded("q11: {follows: q5}", q5="[[delta], [0]]", q11=later)["q11"].score < 2


def test_rules_hold_for_credit_too():
    rules = "q17: {forbid: [z1], follows: q15}"
    report = graded(rules, q15=f"2*({BASIS})", q17=f"(2*({BASIS})*sigma'(z1)) @ x.T")
    assert report["q17"].score == 0
    assert "forbidden-symbol" in codes(report, "q17")


def test_the_transpose_of_a_further_answer_is_no_further_answer():
    rules = "q11: {accept: 0.5*delta*W3.T @ h1.T}"
    assert graded(rules, q11="0.5*h1 @ W3*delta")["q11"].verdict == "incorrect"


def test_entries_of_either_layout_count_alike():
    answer = "[[delta*W3[1,1]*h1[1], delta*W3[1,1]*h1[2], delta*W3[1,1]*h1[3]], [delta, 2, 3]]"
    rules = "q11: {layout: either}"
    one, other = (graded(rules, q11=text)["q11"] for text in (answer, f"{answer}.T"))
    assert (one.verdict, one.score) == (other.verdict, other.score) == ("partial", 1.0)
