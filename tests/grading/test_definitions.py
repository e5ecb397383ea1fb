"""Statements of a paper about names: new ones, those of the problem, and names for results."""

from pathlib import Path

import pytest
from paper_grading import REVIEW, answered, graded

SOFTMAX = "softmax-cross-entropy"
Z = r"\frac{\partial l}{\partial z}"
W = r"\frac{\partial l}{\partial W}"


@pytest.mark.parametrize(
    "text",
    [
        r"p-y, \quad p = \frac{1}{1+e^{-z}}",
        r"p-y \text{ where } p = z",
        r"p-y, \quad y = p",
    ],
)
def test_text_beside_a_single_answer_counts(text: str) -> None:
    assert answered(SOFTMAX, "q4", text)["q4"].verdict in REVIEW


@pytest.mark.parametrize(
    ("question", "statement", "answer"),
    [
        ("q4", "Let $y = p$.", f"{Z} = p - y"),
        ("q4", "where $y = 0$:", f"{Z} = p - y"),
        ("q4", "Let $p = z$.", f"{Z} = p - y"),
        ("q5", "Let $x = z$.", rf"{W} = (p-y) x^\top"),
        ("q8", r"Let $W = W^\top$.", r"\frac{\partial l}{\partial x} = W^\top (p-y)"),
    ],
)
def test_an_answer_depends_on_statements_about_its_names(
    tmp_path: Path, question: str, statement: str, answer: str
) -> None:
    text = f"{question[1:]}. {statement} ${answer}$"
    assert graded(SOFTMAX, tmp_path, text)[question].verdict in REVIEW


@pytest.mark.parametrize(
    "statement",
    [
        r"Here $p = \mathrm{softmax}(z)$.",
        r"Here $p_i = \frac{e^{z_i}}{S}$ with $S = \sum_j e^{z_j}$.",
        r"Here $z = W x + b$ and $l = -y^\top \log p$.",
        r"Here $z = (z_1, \dots, z_k)$.",
        r"Here $p = \sigma(z)$, with a function that the problem does not have.",
        r"Here $p = k \times 1$.",
    ],
)
def test_a_true_statement_changes_nothing(tmp_path: Path, statement: str) -> None:
    result = graded(SOFTMAX, tmp_path, f"4. {statement} ${Z} = p - y$")["q4"]
    assert result.verdict == "correct", result.messages


@pytest.mark.parametrize(
    "remark",
    [". This vanishes at $s = 0$, as it should.", ", zero where $s_j = 0$", ", for $s = 0$ too"],
)
def test_a_special_case_is_no_claim(tmp_path: Path, remark: str) -> None:
    text = rf"2. $\frac{{\partial K}}{{\partial s}} = \frac{{1}}{{2}} (e^s - 1)${remark}"
    assert graded("vae", tmp_path, text)["q2"].verdict == "correct"


def test_a_name_of_the_problem_used_for_something_else(tmp_path: Path) -> None:
    """In the problem r is the bilinear form; the answer is right with the student's own r."""
    text = (
        r"9. Let $r = \lVert x\rVert$. "
        r"$\frac{\partial \hat{x}_i}{\partial x_j} = \frac{1}{r}(\delta_{ij}-\frac{x_ix_j}{r^2})$"
    )
    assert graded("matrix-calculus", tmp_path, text)["q9"].verdict == "undecided"
    wrong = text.replace("delta_{ij}-", "delta_{ij}+")
    assert graded("matrix-calculus", tmp_path, wrong)["q9"].verdict == "incorrect"


@pytest.mark.parametrize(
    "name",
    [r"= g_h", r"= \bar h", r"\equiv g", r"\triangleq \bar h", r":= \delta_h", r"=: \bar h"],
)
def test_a_result_may_be_given_a_name(tmp_path: Path, name: str) -> None:
    chain = rf"\frac{{\partial l}}{{\partial h}} = (W^2)^\top (o-y) {name}"
    for text in (f"3. ${chain}$", f"3. $${chain}$$"):
        assert graded("tanh-mlp", tmp_path, text)["q3"].verdict == "correct"
    assert answered("tanh-mlp", "q3", chain)["q3"].verdict == "correct"


@pytest.mark.parametrize(("value", "verdict"), [("p - y", "correct"), ("y - p", "incorrect")])
def test_the_name_of_a_result_is_known_afterwards(tmp_path: Path, value: str, verdict: str) -> None:
    text = f"4. ${Z} = {value} = g$\n\n5. ${W} = g x^\\top$\n"
    report = graded(SOFTMAX, tmp_path, text)
    assert report["q4"].verdict == verdict
    assert report["q5"].verdict == "correct"  # g is ∂l/∂z, which question 4 asks for


def test_a_name_that_has_a_meaning_is_an_answer(tmp_path: Path) -> None:
    known = rf"5. Let $G = 2 x$. ${W} = (p-y) x^\top = G$"
    direction = r"\frac{1}{\lVert x \rVert}(I - \hat{x} \hat{x}^\top)"
    custom = rf"9. $\frac{{\partial \hat{{x}}}}{{\partial x}} = {direction} = I$"
    assert graded(SOFTMAX, tmp_path, known)["q5"].verdict == "incorrect"
    assert (
        graded("matrix-calculus", tmp_path, custom)["q9"].verdict == "undecided"
    )  # I is a name too


JACOBIAN = r"$\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$"


@pytest.mark.parametrize(
    "text",
    [
        rf"1. {JACOBIAN}" "\n\n" rf"5. Let $\delta = p - y$. ${W} = \delta x^\top$",
        rf"1. Let $\delta = p - y$. {JACOBIAN}" "\n\n" rf"5. ${W} = \delta x^\top$",
    ],
)
def test_a_definition_counts_afterwards(tmp_path: Path, text: str) -> None:
    report = graded(SOFTMAX, tmp_path, text)
    assert {q: report[q].verdict for q in ("q1", "q5")} == {"q1": "correct", "q5": "correct"}


@pytest.mark.parametrize(
    "text",
    [
        r"5. $\delta x^\top$ with $\delta = p-y$",
        r"5. $$\delta x^\top$$ where $$\delta = p-y$$",
        r"5. $\delta = p - y$, so $G = \delta x^\top$",
    ],
)
def test_a_definition_is_no_answer_to_a_question_that_uses_it(tmp_path: Path, text: str) -> None:
    assert graded(SOFTMAX, tmp_path, text)["q5"].verdict == "correct"


def test_a_definition_is_no_answer_in_an_answer_file() -> None:
    text = (
        r"\delta_2=(W^\top\delta_3)\odot(1-h_2^2),\quad "
        r"\delta_3 = V^\top(o-y)\odot(1-h_3^2)"
    )
    assert answered("rnn", "q4", text)["q4"].verdict == "correct"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"4. Since $\sum_i y_i = 1$: $p-y$", "correct"),
        (r"4. Since $\sum_i y_i = 1$, $p-y$", "unreadable"),
    ],
)
def test_a_reason_is_no_answer(tmp_path: Path, text: str, verdict: str) -> None:
    assert graded(SOFTMAX, tmp_path, text)["q4"].verdict == verdict


@pytest.mark.parametrize(("sign", "verdict"), [("-", "correct"), ("+", "incorrect")])
def test_the_letters_of_a_name_count_rows_and_columns(
    tmp_path: Path, sign: str, verdict: str
) -> None:
    text = (
        r"J_{ij} = \frac{\delta_{ij}}{\lVert x\rVert} "
        rf"{sign} \frac{{x_i x_j}}{{\lVert x\rVert^3}}"
    )
    assert graded("matrix-calculus", tmp_path, f"9. ${text}$")["q9"].verdict == verdict
    assert answered("matrix-calculus", "q9", text)["q9"].verdict == verdict
