"""Formulas of answer files beside what NumPy makes of the same text, with vectors of one axis."""

import random
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from paper_grading import answered
from sampling import examples

from grader import problem
from grader.grading import grade
from grader.key import Key, build
from grader.result import QuestionResult
from grader.submission import ArrayAnswer, Place, Submission, TextAnswer

HERE = Place("answers.yaml", 1)


def infix(text: str, question: str, of: str = "tanh-mlp") -> QuestionResult:
    return answered(of, question, text, "infix")[question]


def codes(result: QuestionResult) -> set[str]:
    return {one.code for one in result.messages if one.code}


# Broadcasting a vector over rows, and a matrix of the same shape entry by entry.


@pytest.mark.parametrize("text", ["(W2*(1-h**2))@W1", "W2*(1-tanh(z)**2)@W1"])
def test_right_with_one_axis_only_is_for_a_human(text: str) -> None:
    result = infix(text, "q9")
    assert result.verdict == "undecided"
    assert codes(result) == {"other-reading"}


def test_columns_count_where_numpy_makes_no_sense() -> None:
    assert infix("dz*x.T".replace("dz", "(W2.T@(o-y)*(1-h**2))"), "q6").verdict == "correct"
    assert infix("W2.T*(o-y)", "q3").verdict == "correct"  # a product of matrices, as in SymPy


def test_wrong_in_both_is_incorrect() -> None:
    assert infix("(W2*(1+h**2))@W1", "q9").verdict == "incorrect"
    assert infix("(W2*h)@W1", "q9").verdict == "incorrect"


# A module's name leaves only NumPy's meaning.


def test_a_module_means_numpy() -> None:
    assert infix("(W2*(1-np.tanh(z)**2))@W1", "q9").verdict == "correct"
    assert infix("np.einsum('i,j->ij', o-y, h)", "q2").verdict == "correct"
    assert infix("np.outer(o-y, h)", "q2").verdict == "correct"


def test_a_module_with_a_wrong_value_is_diagnosed_by_numpys_values() -> None:
    result = infix("-(W2*(1-np.tanh(z)**2))@W1", "q9")
    assert result.verdict == "incorrect"
    assert codes(result) == {"sign"}


def test_what_only_columns_make_right_is_for_a_human_if_numpy_means_another_value() -> None:
    result = infix("np.diag(p) - p @ p.T", "q2", "softmax-cross-entropy")
    assert result.verdict == "undecided"
    assert codes(result) == {"other-reading"}
    assert infix("np.ones(2, 1)*0 + (o-y)", "q1").verdict == "correct"  # no NumPy


def test_a_vector_that_is_transposed_is_a_column() -> None:
    for turned in ("p.T", "p.transpose()"):
        found = infix(f"diag(p) - p @ {turned}", "q2", "softmax-cross-entropy")
        assert found.verdict == "correct"


# Numbers in brackets count from the problem's base, which is not NumPy's.


def test_numbers_in_brackets_are_those_of_the_problem() -> None:
    assert infix("delta*h2[1]", "q1", "cs1678-hw3").verdict == "correct"
    assert infix("delta*h2[0]", "q1", "cs1678-hw3").verdict == "incorrect"
    assert infix("delta*np.multiply(1, h2[1])", "q1", "cs1678-hw3").verdict == "undecided"
    assert infix("delta*np.multiply(1, h2[2])", "q1", "cs1678-hw3").verdict == "incorrect"


# The array that NumPy computes from a text, and the text: never right and wrong.

SQUARE = """
id: square
dimensions: {n: 3}
symbols:
  x: {shape: [n]}
  W: {shape: [n, n]}
  y: {shape: [n]}
model:
  z: {is: W @ x}
  h: {is: tanh(z)}
  l: {is: sum((h - y)**2)/2}
questions:
  - {id: q1, of: h, wrt: x}
  - {id: q2, of: l, wrt: W}
  - {id: q3, of: l, wrt: x}
  - {id: q4, of: l, wrt: z}
"""
RIGHT = [
    "W*(1-h**2)", "(1-h**2)*W", "diag(1-h**2)@W", "(W.T*(1-h**2)).T", "(h-y)*(1-h**2)*x.T",
    "(h-y)*(1-h**2)@x.T",
    "outer((h-y)*(1-h**2), x)", "W.T@((h-y)*(1-h**2))", "((h-y)*(1-h**2))@W", "W.T*((h-y)*(1-h**2))",
    "(h-y)*(1-h**2)", "(h-y).T*(1-h**2).T", "(1-h**2)*(h-y)", "(1-h*h)*(h-y)", "((h-y)*(1-h**2)).T@W",
    "W.T@diag(1-h**2)@(h-y)", "W*(h-y)*(1-h**2)", "(h-y)@(1-h**2)*x", "x*((h-y)*(1-h**2))",
]  # fmt: skip
OTHER = {"*": "@", "@": "*", ".T": "", "W": "W.T", "x": "h", "-": "+"}


@cache
def square() -> Key:
    with TemporaryDirectory() as folder:
        path = Path(folder, "problem.yaml")
        path.write_text(SQUARE, "utf-8")
        return build(problem.load(path))


def changed(text: str, seed: int) -> str:
    """A text with up to two changes of signs."""
    rng = random.Random(seed)
    for _ in range(rng.randrange(3)):
        sign = rng.choice(list(re.finditer(r"(?<!\*)\*(?!\*)|@|\.T|\bW\b|\bx\b|-", text)))
        text = text[: sign.start()] + OTHER[sign[0]] + text[sign.end() :]
    return text


@pytest.mark.sampled
@pytest.mark.parametrize("seed", range(examples(40, 400)))
def test_a_text_and_its_array_never_get_opposite_verdicts(seed: int) -> None:
    never_opposite(changed(RIGHT[seed % len(RIGHT)], seed))


@pytest.mark.parametrize("text", ["W.T*(h-y)@(1-h**2)", "(h-y).T*(1-h**2)", "W*(1-h**2)"])
def test_found_by_chance(text: str) -> None:
    never_opposite(text)


def never_opposite(text: str) -> None:
    key = square()
    own = key.drawn_for("me", 1)["q1"]
    given = {name: own.draws.values[name][0] for name in ("x", "y", "W", "z", "h")}
    flat = {name: one[:, 0] if one.shape[1] == 1 else one for name, one in given.items()}
    try:
        array = np.asarray(eval(text, {"diag": np.diag, "outer": np.outer}, flat))
    except ValueError:
        return  # NumPy stops
    for question in key.questions:
        if array.shape != ((3, 3) if question in ("q1", "q2") else (3,)):
            continue
        numbers = ArrayAnswer(question, array, 17, None, HERE)
        of_numbers = grade(key, Submission("me", "", "", answers=(numbers,)))[question].verdict
        formula = TextAnswer(question, text, "infix", HERE)
        of_text = grade(key, Submission("me", "", "", answers=(formula,)))[question].verdict
        assert (of_numbers, of_text) != ("correct", "incorrect"), (text, question)
        if not re.search(r"\b[xhyz]\.T|\)\.T", text):  # a vector that is transposed is a column
            assert (of_numbers, of_text) != ("incorrect", "correct"), (text, question)
