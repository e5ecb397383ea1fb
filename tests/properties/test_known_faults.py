r"""Failures that rewriting, damaging and fuzzing have found, each as small as possible.

Every open case is a strict xfail: once it passes, remove the mark and its entry in `writing.KNOWN_FAULTS`.
"""

from pathlib import Path

import pytest
from property_problems import key_of, starts
from property_strategies import judged_text, write

from grader.grading import grade
from grader.notation import infix, latex, printing
from grader.submission import read

HOMEWORK = "cs1678-hw3"


def still(reason: str, *values: str) -> object:
    """A case that still fails."""
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


def verdict(problem: str, question: str, notation: str, text: str) -> str:
    (start, *_) = [start for start in starts(problem) if start.question == question]
    return str(judged_text(start, text, notation).verdict)


RIGHT = [
    ("ridge", "q3", "latex", r"-r \odot 1 \cdot \mathbf{1}_4"),
    ("tanh", "q6", "latex", r"\mathbf{1}_{3 \times 4} \odot (W^{[2]})^T \cdot \frac{Z^{[2]} - Y}{4}"),
    (HOMEWORK, "q14", "latex", r"\sum_{k=1}^{2} -\delta W^3_{1,k} (-W^2_{k,j})"),
    (HOMEWORK, "q6", "latex", r"\begin{cases} 1 & \max(0, x) > 0 \\ 0 & \text{otherwise} \end{cases}"),
    ("tanh", "q1",
          "latex", r"\frac{Z^{[2]} (A^{[1]})^T - Y (A^{[1]})^T}{4}"),
    ("ridge", "q1", "latex", r"X^Tr + \lambda w"),
    ("ridge", "q1", "infix", "Xᵀ @ r + lam*w"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "notation", "text"), RIGHT)
def test_right(problem: str, question: str, notation: str, text: str) -> None:
    assert verdict(problem, question, notation, text) == "correct"


UNFINISHED = [
    (HOMEWORK, "q14", "infix", "Sum(delta*W3[1,k]*W2[k,j], (k, 1, n2)*7)"),
    (HOMEWORK, "q6", "latex",
          r"\begin{cases} 1 & x>0 \\ 0 & \text{otherwise} + 7 \end{cases}"),
    ("ridge", "q2", "latex",
          r"\sum_{i=}^{4} X_{i,j} r_i + \lambda w_j"),
    ("ridge", "q2", "latex", r"\sum_{i1} X_{i,j} r_i + \lambda w_j"),
    ("ridge", "q1", "infix", "X.T @ r + lam*identity(3, pi) @ w"),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "question", "notation", "text"), UNFINISHED)
def test_nothing_is_dropped_silently(problem: str, question: str, notation: str, text: str) -> None:
    assert verdict(problem, question, notation, text) != "correct"


def test_a_transposed_number_is_printed_as_it_is_read() -> None:
    names = key_of("ridge").problem["q4"].names
    printed = printing.infix(infix.parse("norm(w)**2/2ᵀ", names)[0], names)
    infix.parse(printed, names)


def test_a_computed_index_leaves_the_tolerance_as_it_is() -> None:
    nothing = "0.1*(Sum(x[k+1], (k, 0, 3)) - Sum(x[k], (k, 1, 4)))"
    assert verdict(HOMEWORK, "q1", "infix", f"delta*h2[1]*(1 + 1e-8) + {nothing}") != "correct"


def test_a_computed_index_is_decided() -> None:
    nothing = "Sum(x[k+1], (k, 0, 3)) - Sum(x[k], (k, 1, 4))"
    assert verdict(HOMEWORK, "q1", "infix", f"delta*h2[1] + {nothing}") == "correct"


def test_an_index_left_open_is_no_crash() -> None:
    assert verdict(HOMEWORK, "q11", "infix", "x[j]*h2") == "incorrect"


def test_latex_has_no_double_superscripts() -> None:
    names = key_of(HOMEWORK).problem["q1"].names
    square = infix.parse("h2[1]**2", names)[0]
    assert printing.latex(square, names) == r"\left(h_{1}^{2}\right)^{2}"


def test_an_answer_with_a_name_of_its_own_is_not_lost(tmp_path: Path) -> None:
    text = "12.\n\n$$W^2_{1,j}$$\n\n13.\n\n$$G = W^2$$\n"
    report = grade(key_of(HOMEWORK), read(write(tmp_path, "a.md", text)))
    assert report["q13"].verdict == "correct"


def test_a_paper_with_one_answer_goes_by_its_number(tmp_path: Path) -> None:
    report = grade(key_of(HOMEWORK), read(write(tmp_path, "a.md", "13.\n\n$$W^2$$\n")))
    assert report["q13"].verdict == "correct"


def test_an_accent_is_printed_with_its_letter() -> None:
    names = key_of("softmax").problem["q1"].names
    names.latex["q"] = r"\hat y"  # type: ignore[index]
    try:
        assert "y" in printing.latex(latex.parse(r"\hat{y}", names)[0], names)
    finally:
        names.latex["q"] = r"\hat{y}"  # type: ignore[index]
