"""Papers without delimiters, answers in words, and answers given twice."""

from pathlib import Path

import pytest
from library_keys import HOMEWORK, key_of

from grader import key as keys
from grader.grading import grade
from grader.key import Key
from grader.problem import load
from grader.result import QuestionResult, Report
from grader.submission import read


@pytest.fixture(scope="module")
def key() -> Key:
    return key_of(HOMEWORK)


def graded(key: Key, folder: Path, text: str, name: str = "p.md") -> Report:
    (folder / name).write_text(text)
    return grade(key, read(folder / name))


def codes(result: QuestionResult) -> set[str | None]:
    return {message.code for message in result.messages}


def text_of(result: QuestionResult) -> str:
    return " ".join(message.text for message in result.messages)


RIGHT = [
    ("q1", "∂l/∂W³₁₁ = δ h²₁"),
    ("q1", "1) delta*h2[1]"),
    ("q1", "**1.** Answer: δ h²₁"),
    ("q1", "1.\n\n= δ h²₁"),
    ("q1", "dl/dW3[1,1] = delta * h2[1]"),
    ("q1", "∂l/∂W³₁₁ = delta * h2[1]"),
    ("q1", "dl/dW3[1,1] = δ h²₁"),
    ("q1", "q1 = delta*h2[1]"),
    ("q1", "1. ∂l/∂W³₁₁ = δ ∂h³/∂W³₁₁\n       = δ h²₁"),
    ("q3", "so we get dW3 = delta * h2.T, which is right."),
    ("q3", "dl/dW^3 = δ (h^2)^T"),
    ("q5", "dL_dh2 = W3.T * delta"),
    ("q6", "6. 1 if x > 0 else 0"),
    ("q6", "6. np.where(x > 0, 1, 0)"),
    ("q10", "dl/dW2[i,j] = delta*W3[1,i]*h1[j]"),
    ("q10", "dl/dW2[p,q] = delta*W3[1,p]*h1[q]"),
    ("q11", "Q11: dW2 = np.outer(W3.T * delta, h1)"),
    ("q11", "11. (W³)ᵀ δ (h¹)ᵀ"),
    ("q11", "11. W3ᵀ delta h1ᵀ"),
    ("q11", "grad_W2 = np.outer(W3.T * delta, h1)"),
    ("q11", "W2.grad = np.outer(W3.T * delta, h1)"),
    ("q11", "dZ2 = W3.T * delta\ndW2 = dZ2 @ h1.T"),
    ("q11", "dW2 = dZ2 @ h1.T, where dZ2 = W3.T * delta"),
    pytest.param(
        "q11",
        "```python\nimport numpy as np\ndZ2 = W3.T * delta\ndW2 = dZ2 @ h1.T\n```",
    ),
    pytest.param(
        "q11",
        "### 11\n```\nnp.outer(W3.T * delta, h1)\n```",
    ),
    pytest.param("q11", "### 11\n```python\nanswer = np.outer(W3.T * delta, h1)\n```"),
    ("q11", "so we set `dW2 = np.outer(W3.T * delta, h1)` at last"),
    ("q17", "dz1 = (W2.T @ W3.T * delta) * sigma'(z1)\ndW1 = dz1 @ x.T"),
    ("q17", "17. ((W²)ᵀ (W³)ᵀ δ ⊙ σ′(z¹)) xᵀ"),
]


@pytest.mark.parametrize(("question", "text"), RIGHT)
def test_a_paper_without_dollars_is_read(
    key: Key, tmp_path: Path, question: str, text: str
) -> None:
    report = graded(key, tmp_path, text)
    assert report[question].verdict == "correct", report[question].messages
    others = {result.verdict for result in report.questions if result.id not in (question, "q10")}
    assert others <= {"missing", "correct"}


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("q1", "1) delta*h2[2]", "incorrect"),
        ("q1", "1) delta*h2[3]", "incorrect"),
        ("q1", "1) delta*foo[1]", "unreadable"),
        ("q1", "1) delta*x1", "unreadable"),
        ("q1", "1) δ h²₁ + ⊙", "unreadable"),
        ("q1", "1. δ h²₁ (see notes)", "unreadable"),
        ("q1", "1. W2 =", "missing"),
        ("q11", "dW2 = np.outer(h1, W3.T * delta)", "incorrect"),
    ],
)
def test_a_wrong_paper_without_dollars_is_not_accepted(
    key: Key, tmp_path: Path, question: str, text: str, verdict: str
) -> None:
    assert graded(key, tmp_path, text)[question].verdict == verdict


def test_the_error_points_into_the_line(key: Key, tmp_path: Path) -> None:
    result = graded(key, tmp_path, "Hi.\n\n11. dW2 = W3.T * delta * foo\n")["q11"]
    assert result.answer is not None
    assert (result.answer.line, result.answer.column, result.answer.notation) == (3, 11, "infix")
    (message,) = [message for message in result.messages if message.pointer]
    assert message.pointer is not None
    line, caret = message.pointer.split("\n")
    assert line[caret.index("~") :].startswith("foo")


def test_a_listing_counts_only_if_there_is_no_other_answer(key: Key, tmp_path: Path) -> None:
    text = "11. dW2 = np.outer(W3.T * delta, h1)\n\n```python\ndW2 = np.outer(h1, h1)\n```\n"
    assert graded(key, tmp_path, text)["q11"].verdict == "correct"


def test_names_in_a_listing_mean_nothing_outside_of_it(key: Key, tmp_path: Path) -> None:
    text = "```python\ni = 1\ng = 3\n```\n10. $\\delta W^3_{1i} h^1_j$\n\n1. $g h^2_1$\n"
    report = graded(key, tmp_path, text)
    assert report["q10"].verdict == "correct"
    assert report["q1"].verdict == "unreadable"


# Words


@pytest.mark.parametrize(
    "text", ["I am not sure", "I don't know", "?", "TODO", "skip", "no idea", "n/a", "keine Ahnung"]
)
def test_no_answer_is_missing_and_quoted(key: Key, tmp_path: Path, text: str) -> None:
    result = graded(key, tmp_path, f"8. {text}\n\n9. $h^1_j$\n")["q8"]
    assert result.verdict == "missing"
    assert codes(result) == {"no-answer"}
    assert text in text_of(result)
    assert "line 1" in text_of(result)


@pytest.mark.parametrize(
    "text", ["it is zero", "the same as in 3", "not sure, but it is zero", "h2[1] times delta"]
)
def test_an_answer_in_words_is_for_a_human(key: Key, tmp_path: Path, text: str) -> None:
    report = graded(key, tmp_path, f"8. {text}\n")
    assert report["q8"].verdict == "unreadable"
    assert codes(report["q8"]) == {"in-words"}
    assert report["q8"].answer is not None
    assert report["q8"].answer.text == text
    assert report.needs_review


@pytest.mark.parametrize(
    "text",
    [
        "1. What is the derivative with respect to $W^3_{1,1}$ in the output layer?",
        "1. Write the gradient as a matrix.",
        "Question 1 (2 points)",
        "1. What is the partial derivative of the loss with respect to the weight of the output layer",
        "1.\n\n## The second layer is here\n",
        "1.",
    ],
)
def test_a_copied_prompt_is_no_answer(key: Key, tmp_path: Path, text: str) -> None:
    result = graded(key, tmp_path, text)["q1"]
    assert result.verdict == "missing"
    assert result.messages == ()


# Twice, and in the wrong place


def test_the_last_of_two_answers_counts_and_the_note_gives_both_lines(
    key: Key, tmp_path: Path
) -> None:
    text = "1. $\\delta h^2_2$\n\n2. $\\delta h^2_2$\n\n1. $\\delta h^2_1$\n"
    result = graded(key, tmp_path, text)["q1"]
    assert result.verdict == "correct"
    assert codes(result) == {"answered-again"}
    assert "line 1 and line 5" in text_of(result)


def test_going_back_to_a_number_loses_no_other_answer(key: Key, tmp_path: Path) -> None:
    report = graded(
        key, tmp_path, "2. $\\delta h^2_2$\n\n1. $\\delta h^2_1$\n\n4. $\\delta W^3_{11}$\n"
    )
    assert [report[name].verdict for name in ("q1", "q2", "q4")] == ["correct"] * 3


def test_the_note_gives_the_file_of_each_answer(key: Key, tmp_path: Path) -> None:
    folder = tmp_path / "ann"
    folder.mkdir()
    (folder / "a.md").write_text("1. $\\delta h^2_2$\n")
    (folder / "b.yaml").write_text("answers:\n  q1: delta*h2[1]\n")
    result = grade(key, read(folder))["q1"]
    assert result.verdict == "correct"
    assert "a.md, line 1 and line 2" in text_of(result)


def test_steps_of_one_derivation_get_no_note(key: Key, tmp_path: Path) -> None:
    text = (
        "1. $$\\frac{dl}{dW^3_{11}} = \\delta h^2_2$$\n\n$$\\frac{dl}{dW^3_{11}} = \\delta h^2_1$$"
    )
    assert graded(key, tmp_path, text)["q1"].messages == ()


def test_an_answer_under_the_wrong_number_is_found_by_its_left_side(
    key: Key, tmp_path: Path
) -> None:
    report = graded(key, tmp_path, "5. ∂l/∂W³₁₂ = δ h²₂\n")
    assert report["q2"].verdict == "correct"
    assert codes(report["q2"]) == {"found-by-left-side"}
    assert report["q5"].verdict == "missing"


@pytest.mark.parametrize("number", range(1, 18))
def test_a_lone_answer_stays_under_its_number(key: Key, tmp_path: Path, number: int) -> None:
    report = graded(key, tmp_path, f"{number}. $\\delta$\n")
    given = [result.id for result in report.questions if result.answer is not None]
    assert given == [f"q{number}"]


# Chains


@pytest.mark.parametrize(
    "text",
    [
        "$$\\frac{dl}{dW^3_{11}} = \\frac{dl}{dh^3} \\frac{dh^3}{dW^3_{11}}$$\n\nso\n\n$$= \\delta h^2_1$$",
        "$$\\frac{dl}{dW^3_{11}} =$$\n\n$$= \\delta h^2_2$$\nand so\n$$= \\delta h^2_1$$",
        "$\\frac{dl}{dW^3_{11}} = \\delta h^2_2$ which is $= \\delta h^2_1$",
        "∂l/∂W³₁₁ = δ h²₂\n\nthat is\n\n= δ h²₁",
    ],
)
def test_a_chain_over_several_blocks_is_one(key: Key, tmp_path: Path, text: str) -> None:
    result = graded(key, tmp_path, text)["q1"]
    assert result.verdict == "correct", result.messages
    assert result.answer is not None
    assert result.answer.line == text.count("\n") + 1
    assert "\n\n" not in result.answer.text


def test_a_chain_goes_on_in_the_next_cell(key: Key, tmp_path: Path) -> None:
    import json

    sources = ["$$\\frac{dl}{dW^3_{11}} = \\delta h^2_2$$", "and so\n\n$$= \\delta h^2_1$$"]
    cells = [{"cell_type": "markdown", "source": source} for source in sources]
    result = graded(key, tmp_path, json.dumps({"cells": cells}), "p.ipynb")["q1"]
    assert result.verdict == "correct", result.messages


@pytest.mark.parametrize("label", ["1b", "Problem 1b", "P-7"])
def test_a_label_of_the_author_is_a_marker(tmp_path: Path, label: str) -> None:
    problem = tmp_path / "problem"
    problem.mkdir()
    (problem / "problem.yaml").write_text(
        "id: p\nsymbols: {x: {shape: [2]}}\nmodel: {l: {is: sum(x*x)}, m: {is: sum(x)}}\nquestions:\n"
        f"  - {{id: first, of: m, wrt: x}}\n  - {{id: second, label: {label}, of: l, wrt: x}}\n"
    )
    key = keys.build(load(problem))
    marker = {"P-7": "## Problem 7"}.get(label, "### Problem 1b")
    report = graded(key, tmp_path, f"{marker}\n\n2*x\n")
    assert report["second"].verdict == "correct", report["second"].messages
    assert report["first"].verdict == "missing"
