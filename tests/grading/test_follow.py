"""Follow-through: what is right given a student's own earlier answer earns what the author says."""

import pytest
from ruled_homework import codes, graded

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
def test_what_follows_from_a_wrong_answer_earns_its_part(earlier: str, later: str):
    report = graded(RULES, q15=earlier, q17=later)
    assert report["q15"].score == 0
    assert (report["q17"].verdict, report["q17"].score) == ("partial", 1.6)
    assert codes(report, "q17") == ["follow-through"]
    assert report["q17"].messages[0].text == "right, given your q15"
    assert report["q17"].instructor.credit == "right, given q15: 80% of the points"


def test_all_the_points_by_default_and_a_formula_in_indices():
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
        ("[[1], [1], [1]]", "sigma'(z1) @ x.T"),  # says nothing
        ("W2.T @ W3.T", "(W2.T @ W3.T * sigma'(z1)) @ x.T"),  # without the upstream gradient
        ("delta*[[1], [1], [1]]", "delta*(sigma'(z1) @ x.T)"),  # two weights lost
        ("0*h1", "0*(z1 @ x.T)"),
        ("W2 @ h1", "W2 @ h1 @ x.T"),  # another shape
        ("W2.T @ (", "W2.T @ x.T"),  # unreadable
    ],
)
def test_an_earlier_answer_that_says_too_little_carries_nothing(earlier: str, later: str):
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
