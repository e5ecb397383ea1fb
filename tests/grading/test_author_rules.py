"""The author's rules at work: names, forms, layouts, further answers, foreseen mistakes."""

import pytest
from ruled_homework import codes, graded

RIGHT = "(W2.T @ (W3.T*delta) * sigma'(z1)) @ x.T"


def test_a_right_answer_with_a_forbidden_name_is_incorrect():
    report = graded("q15: {forbid: [W3]}", q15="W2.T @ (W3.T*delta)")
    assert report["q15"].verdict == "incorrect"
    assert codes(report, "q15") == ["forbidden-symbol"]
    assert "without W3" in report["q15"].messages[0].text


def test_a_name_inside_a_derivative_counts_as_used():
    report = graded("q16: {forbid: [h1]}", q16="Derivative(l, h1[i])*sigma'(z1[i])*x[j]")
    assert codes(report, "q16") == ["forbidden-symbol"]


def test_an_answer_without_the_forbidden_name_passes():
    report = graded("q10: {forbid: [h1]}", q10="delta*W3[1,i]*sigma(z1[j])")
    assert report["q10"].verdict == "correct"


def test_a_required_name():
    rules = "q10: {require: [z1]}"
    assert codes(graded(rules, q10="delta*W3[1,i]*h1[j]"), "q10") == ["required-symbol"]
    assert graded(rules, q10="delta*W3[1,i]*sigma(z1[j])")["q10"].verdict == "correct"


@pytest.mark.parametrize(
    ("form", "answer", "verdict"),
    [
        ("entries", "delta*h2.T", "incorrect"),
        ("entries", "[[delta*h2[1], delta*h2[2]]]", "correct"),
        ("any", "delta*h2.T", "correct"),
    ],
)
def test_a_form(form: str, answer: str, verdict: str):
    report = graded(f"q3: {{form: {form}}}", q3=answer)
    assert report["q3"].verdict == verdict


def test_one_formula_in_index_variables():
    rules = "q10: {form: index}"
    assert graded(rules, q10="delta*W3[1,i]*h1[j]")["q10"].verdict == "correct"
    assert codes(graded(rules, q10="(W3.T*delta) @ h1.T"), "q10") == ["wrong-form"]


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("q13", "W2[i,j]", "correct"),  # the same as W2, the shortest formula
        ("q11", "delta*W3[1,i]*h1[j]", "correct"),
        ("q11", "(W3.T*delta) @ h1.T", "incorrect"),
        ("q5", "delta*W3[1,i]", "correct"),
        ("q5", "delta*W3.T", "incorrect"),
    ],
)
def test_a_formula_in_letters_for_an_array(question: str, answer: str, verdict: str):
    report = graded(f"{question}: {{form: index}}", **{question: answer})
    assert report[question].verdict == verdict


class TestLayout:
    def test_a_transposed_answer_is_wrong_with_a_message(self):
        report = graded("{}", q17=f"({RIGHT}).T")
        assert report["q17"].score == 0
        assert "transposed" in codes(report, "q17")

    def test_either_layout(self):
        rules = "q17: {layout: either}"
        assert graded(rules, q17=f"({RIGHT}).T")["q17"].verdict == "correct"
        assert graded(rules, q17=RIGHT)["q17"].verdict == "correct"

    def test_numerator_layout_asks_for_the_transpose(self):
        rules = "q17: {layout: numerator, transposed: 0.5}"
        assert graded(rules, q17=f"({RIGHT}).T")["q17"].verdict == "correct"
        report = graded(rules, q17=RIGHT)
        assert (report["q17"].verdict, report["q17"].score) == ("partial", 1.0)

    def test_gradient_layout_of_a_jacobian(self):
        rules = "q13: {layout: gradient}"
        assert graded(rules, q13="W2.T")["q13"].verdict == "correct"
        assert graded(rules, q13="W2")["q13"].score == 0

    def test_mistakes_are_named_in_the_layout_of_the_rules(self):
        report = graded("q17: {layout: numerator}", q17="x @ (W2.T @ (W3.T*delta)).T")
        assert "dropped-activation-derivative" in codes(report, "q17")

    def test_a_wrong_answer_in_the_other_layout_is_diagnosed_too(self):
        report = graded("q17: {layout: either}", q17="x @ (W2.T @ (W3.T*delta)).T")
        assert report["q17"].verdict == "incorrect"
        assert "dropped-activation-derivative" in codes(report, "q17")


def test_a_further_right_answer():
    rules = "q6: {accept: ['Piecewise((1, x > 0), (0.01, True))']}"
    assert graded(rules, q6="Piecewise((1, x > 0), (0.01, True))")["q6"].verdict == "correct"
    assert graded(rules, q6="Piecewise((1, x > 0), (0.02, True))")["q6"].verdict == "incorrect"


class TestForeseenMistakes:
    RULES = (
        "q10: {mistakes: [{code: dropped-weight, message: 'Think of W3.', credit: 0.5}, "
        "{expression: 'delta*W3[1,i]*z1[j]', message: 'h1 is behind the activation.'}]}"
    )

    def test_by_code(self):
        result = graded(self.RULES, q10="delta*h1[j]")["q10"]
        assert (result.verdict, result.score) == ("partial", 1.0)
        assert result.messages[0].text == "Think of W3."
        assert "foreseen" in result.instructor.credit

    def test_by_value_in_any_form(self):
        result = graded(self.RULES, q10="z1[j]*W3[1,i]*delta")["q10"]
        assert (result.verdict, result.score) == ("incorrect", 0.0)
        assert result.messages[0].text == "h1 is behind the activation."

    def test_another_mistake_is_not_the_foreseen_one(self):
        result = graded(self.RULES, q10="W3[1,i]*h1[j]")["q10"]
        assert result.score == 0
        assert "dropped-upstream" in [message.code for message in result.messages]

    def test_with_another_mistake_it_earns_nothing(self):
        result = graded(self.RULES, q10="-2*delta*h1[j]")["q10"]
        assert (result.verdict, result.score) == ("incorrect", 0.0)
        assert result.messages[0].text == "Think of W3."

    def test_by_a_code_of_the_shape(self):
        rules = "mistakes: [{code: transposed, message: 'Look at the layout.', credit: 0.25}]"
        result = graded(rules, q17=f"({RIGHT}).T")["q17"]
        assert result.score == 0.5
        assert result.messages[0].text == "Look at the layout."
