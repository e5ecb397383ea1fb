"""Commitment decides between the formulas that may answer one question; a zero needs certainty."""

from pathlib import Path

import pytest
from paper_grading import REVIEW, graded

SOFTMAX = "softmax-cross-entropy"
Z = r"\frac{\partial l}{\partial z}"
W = r"\frac{\partial l}{\partial W}"


@pytest.mark.parametrize(
    "after",
    [
        rf"$${Z} = \begin{{bmatrix}} p_1 - y_1 \\ \dots \end{{bmatrix}}$$",  # the same with dots
        rf"As a number: $${Z} = 0.8 - 1$$",
        rf"For a batch of $m$ examples, $${Z} = \frac{{1}}{{m}} \sum_i \epsilon_i$$",
    ],
)
def test_what_follows_does_not_displace_a_right_answer(tmp_path: Path, after: str) -> None:
    text = f"4. $${Z} = p - y$$\n\n{after}\n"
    assert graded(SOFTMAX, tmp_path, text)["q4"].verdict == "correct"


def test_two_answers_that_differ_are_for_a_human(tmp_path: Path) -> None:
    text = f"4. $${Z} = p - y$$\n\nThe gradient.\n\n$${Z} = y - p$$\n"
    result = graded(SOFTMAX, tmp_path, text)["q4"]
    assert result.verdict in REVIEW
    assert [message.code for message in result.messages] == ["two-answers"]


@pytest.mark.parametrize("box", [rf"So $\boxed{{{Z} = y - p}}$", rf"Hence ${Z} = y - p$."])
def test_a_wrong_conclusion_after_a_right_step_is_for_a_human(tmp_path: Path, box: str) -> None:
    text = f"4. $${Z} = p - y$$\n\n{box}\n"
    assert graded(SOFTMAX, tmp_path, text)["q4"].verdict in REVIEW


@pytest.mark.parametrize(
    ("chain", "verdict"),
    [
        ("p - y = 0.3 - 1 = -0.7", "correct"),  # an example
        ("p - y = 0", "correct"),  # an equation to be solved
        ("y - p = 0.7", "incorrect"),
        ("y - p = 0", "incorrect"),
    ],
)
def test_numbers_at_the_end_of_a_chain(tmp_path: Path, chain: str, verdict: str) -> None:
    assert graded(SOFTMAX, tmp_path, f"4. ${Z} = {chain}$")["q4"].verdict == verdict


def test_a_wrong_formula_that_only_the_order_gives_is_for_a_human(tmp_path: Path) -> None:
    report = graded(SOFTMAX, tmp_path, "$$x^2 + 1$$\n")
    assert all(result.verdict in ("missing", *REVIEW) for result in report.questions)


def test_the_answer_to_another_question_is_no_rival(tmp_path: Path) -> None:
    text = (
        f"4. $${Z} = y - p$$\n\n"
        rf"5. $${W} = (p - y) x^\top$$" + "\n"
    )
    results = graded(SOFTMAX, tmp_path, text)
    assert (results["q4"].verdict, results["q5"].verdict) == ("incorrect", "correct")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (r"p_j - \mathbf{1}[j = c]", "correct"),
        (r"p_j - \delta_{jc}", "correct"),
        (r"p_j + \delta_{jc}", "undecided"),  # a guess makes nothing wrong
    ],
)
def test_the_index_of_the_true_class(tmp_path: Path, answer: str, verdict: str) -> None:
    text = rf"4. $\frac{{\partial l}}{{\partial z_j}} = {answer}$"
    assert graded(SOFTMAX, tmp_path, text)["q4"].verdict == verdict
