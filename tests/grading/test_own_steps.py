"""Steps of a paper: an answer is only as good as the steps that it uses."""

from pathlib import Path

import pytest
from library_keys import HOMEWORK, key_of

from grader.grading import grade
from grader.key import Key
from grader.result import QuestionResult
from grader.submission import read

ANSWER = "17. $$\\frac{\\partial l}{\\partial W^1} = \\frac{\\partial l}{\\partial z^1} x^T$$\n\n"
ENTRIES = (
    "16. $$\\frac{\\partial l}{\\partial W^1_{ij}} = \\frac{\\partial l}{\\partial z^1_i} x_j$$\n\n"
)
STEP = "$$\\frac{\\partial l}{\\partial z^1} = %s$$\n\n"
STEPS = "$$\\frac{\\partial l}{\\partial z^1_k} = %s$$\n\n"
RIGHT = "\\delta (W^2)^T (W^3)^T \\odot \\sigma'(z^1)"
WITHOUT = "\\delta (W^2)^T (W^3)^T"


@pytest.fixture(scope="module")
def key() -> Key:
    return key_of(HOMEWORK)


def judged(key: Key, folder: Path, text: str, question: str) -> QuestionResult:
    paper = folder / "paper.md"
    paper.write_text(text, encoding="utf-8")
    return next(result for result in grade(key, read(paper)).questions if result.id == question)


@pytest.mark.parametrize(
    ("step", "answer", "question", "verdict"),
    [
        (STEP % RIGHT, ANSWER, "q17", "correct"),
        (STEP % WITHOUT, ANSWER, "q17", "incorrect"),
        # a row in place of a column
        (STEP % f"({RIGHT})^T", ANSWER, "q17", "correct"),
        # an array of which an entry is used, and entries that are used as an array
        (STEP % RIGHT, ENTRIES, "q16", "correct"),
        (STEP % WITHOUT, ENTRIES, "q16", "incorrect"),
        (STEPS % r"\frac{\partial l}{\partial h^1_k} \sigma'(z^1_k)", ANSWER, "q17", "correct"),
        (STEPS % r"\frac{\partial l}{\partial h^1_k}", ANSWER, "q17", "incorrect"),
        (STEPS % r"\frac{\partial l}{\partial h^1_k} \sigma'(z^1_k)", ENTRIES, "q16", "correct"),
        (STEPS % r"\frac{\partial l}{\partial h^1_k}", ENTRIES, "q16", "incorrect"),
        # the last of two values counts
        (STEP % WITHOUT + STEP % RIGHT, ANSWER, "q17", "correct"),
        (STEP % RIGHT + STEP % WITHOUT, ANSWER, "q17", "incorrect"),
        # an unreadable step leaves the answer to a human
        (STEP % r"\delta \foo", ANSWER, "q17", "unreadable"),
        (STEP % r"\frac{\partial l}{\partial z^1} + 0 z^1", ANSWER, "q17", "unreadable"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_step_counts_with_the_student_s_value(
    key: Key, tmp_path: Path, step: str, answer: str, question: str, verdict: str, before: bool
) -> None:
    text = f"{step}{answer}" if before else f"{answer}{step}"
    assert judged(key, tmp_path, text, question).verdict == verdict


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (r"h^1 = \sigma(z^1)", "correct"),
        (r"h^1_i = \max(0, z^1_i)", "correct"),
        (r"h^1 = z^1", "undecided"),
        (r"h^1_i = z^1_i", "undecided"),
        # statements about unused names do not matter
        (r"h^3 = \sigma(W^3 h^2)", "correct"),
    ],
)
def test_statements_about_the_model_must_be_true(
    key: Key, tmp_path: Path, statement: str, verdict: str
) -> None:
    text = f"With ${statement}$:\n\n11. $\\frac{{\\partial l}}{{\\partial W^2}} = \\delta (W^3)^T (h^1)^T$"
    assert judged(key, tmp_path, text, "q11").verdict == verdict


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (r"\sigma'(t) = 1", "undecided"),
        (r"\sigma'(t) = \mathbb{1}[t > 0]", "correct"),
    ],
)
def test_statements_about_a_derivative_must_be_true(
    key: Key, tmp_path: Path, statement: str, verdict: str
) -> None:
    text = f"Here ${statement}$.\n\n17. $\\frac{{\\partial l}}{{\\partial W^1}} = ({RIGHT}) x^T$"
    assert judged(key, tmp_path, text, "q17").verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\sigma'(x) = 1$ if $x > 0$, else $0$", "correct"),
        (r"$\sigma'(x) = 1$ for $x > 0$ and $0$ otherwise", "correct"),
        (r"$\sigma'(x) = 1$ for $x > 0$ and $\sigma'(x) = 0$ for $x < 0$.", "correct"),
        (r"$\sigma'(x) = 0$ if $x > 0$, else $1$", "incorrect"),
        (r"$\sigma'(x) = \mathbb{1}[x > 0]$ or $\sigma'(x) = 1$", "unreadable"),
        (r"$\sigma'(x) = \mathbb{1}[x > 0]$ and not $\sigma'(x) = 1$", "correct"),
        (r"$\sigma'(x) = 1$ and not $\sigma'(x) = \mathbb{1}[x > 0]$", "incorrect"),
        ("$$\\sigma'(x) = \\mathbb{1}[x > 0]$$\n$$+ 1$$", "incorrect"),
        ("$\\sigma'(x) = \\mathbb{1}[x > 0]$ ~~$\\sigma'(x) = 1$~~", "correct"),
        ("$$\\sigma'(x) = 1$$ so $$\\boxed{\\mathbb{1}[x > 0]}$$", "correct"),
    ],
)  # fmt: skip
def test_an_answer_in_pieces(key: Key, tmp_path: Path, text: str, verdict: str) -> None:
    assert judged(key, tmp_path, f"6. {text}", "q6").verdict == verdict


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        # the left side shows which letter counts rows
        ("q13", r"\frac{\partial h^2_i}{\partial h^1_j} = W^2_{ij}", "correct"),
        ("q13", r"\frac{\partial h^2_a}{\partial h^1_b} = W^2_{ab}", "correct"),
        ("q13", r"\frac{\partial h^2_j}{\partial h^1_i} = W^2_{ji}", "correct"),
        ("q13", r"\frac{\partial h^2_j}{\partial h^1_i} = W^2_{ij}", "incorrect"),
        ("q17", r"\frac{\partial l}{\partial W^1_{ji}} = "
                r"\sum_k \delta W^3_{1k} W^2_{kj} \sigma'(z^1_j) x_i", "correct"),
        ("q17", r"\frac{\partial l}{\partial W^1_{ji}} = "
                r"\sum_k \delta W^3_{1k} W^2_{ki} \sigma'(z^1_i) x_j", "incorrect"),
        ("q15", r"\frac{\partial l}{\partial h^1_m} = \sum_k \delta W^3_{1k} W^2_{km}", "correct"),
        # the left side is another derivative, or an entry has swapped indices
        ("q13", r"2 \frac{\partial h^2}{\partial h^1} = W^2", "unreadable"),
        ("q13", r"\left(\frac{\partial h^2}{\partial h^1}\right)^T = W^2", "undecided"),
        ("q13", r"\left(\frac{\partial h^2}{\partial h^1}\right)^T = W^{2\top}", "correct"),
        ("q13", r"-\frac{\partial h^2}{\partial h^1} = W^2", "incorrect"),
        ("q13", r"-\frac{\partial h^2}{\partial h^1} = -W^2", "correct"),
        ("q13", r"(W^2_{ij})^T", "unreadable"),
        # one letter for two axes is not the whole matrix
        ("q13", r"\frac{\partial h^2_i}{\partial h^1_i} = W^2_{ii}", "unreadable"),
    ],
)  # fmt: skip
def test_entries_for_a_whole_array(
    key: Key, tmp_path: Path, question: str, text: str, verdict: str
) -> None:
    result = judged(key, tmp_path, f"{question[1:]}. $${text}$$", question)
    assert result.verdict == verdict


def test_a_missing_index_is_named(key: Key, tmp_path: Path) -> None:
    answer = (
        r"\frac{\partial l}{\partial W^1_{ij}} = \sum_k \delta W^3_{1k}W^2_{ki} \sigma'(z^1) x_j"
    )
    result = judged(key, tmp_path, f"16. $${answer}$$", "q16")
    assert result.verdict == "incorrect"
    assert any("did you mean `σ′(z¹ᵢ)`?" in message.text for message in result.messages)
