"""What a student gets to know about a wrong program: line, shape, mistake, and where it breaks."""

import json
from pathlib import Path

from library_keys import key_of

from grader.grading import grade
from grader.grading.explain import explain
from grader.reports.wording import place, read_as, read_title
from grader.result import QuestionResult
from grader.submission import read

COLUMNS = """
z = W1 @ x + b1
h = np.tanh(z)
do = W2 @ h + b2 - y
dW2 = do @ h.T
dh = W2.T @ do
dz = dh * (1 - h**2)
dW1 = dz @ x.T
"""
"""For vectors that are columns: with one axis, `dz @ x.T` is an error."""


def results(folder: Path, problem: str, *cells: str) -> dict[str, QuestionResult]:
    """The results of a program by question: a file, or a notebook of several cells."""
    if len(cells) == 1:
        path = folder / "hw.py"
        path.write_text(f"import numpy as np\n{cells[0]}", encoding="utf-8")
    else:
        path = folder / "hw.ipynb"
        code = [
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": one} for one in cells
        ]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code}
        path.write_text(json.dumps(notebook), encoding="utf-8")
    report = grade(key_of(problem), read(path))
    return {one.id: one for one in report.questions}


def texts(result: QuestionResult, kind: str = "") -> str:
    return "\n".join(one.text for one in result.messages if kind in ("", str(one.kind)))


# A wrong program is judged in the layout of vectors that it is written for.


def test_a_wrong_program_for_columns_is_judged_with_columns(tmp_path: Path) -> None:
    found = results(tmp_path, "tanh-mlp", COLUMNS.replace("1 - h**2", "1 + h**2"))
    assert found["q2"].verdict == "correct"
    assert found["q6"].verdict == "incorrect"
    assert "the sign of the term h**2 is wrong" in texts(found["q6"])


def test_also_where_no_answer_is_right(tmp_path: Path) -> None:
    found = results(tmp_path, "tanh-mlp", COLUMNS.replace("- y", "+ y"))
    assert found["q1"].verdict == found["q6"].verdict == "incorrect"


# Lines are those of the file, or of a notebook's cell.


def test_a_message_names_the_cell_and_its_line(tmp_path: Path) -> None:
    below = "dh = W2.T @ do\ndz = dh * (1 - h**2)\ndW1 = mystery(dz)"
    above = COLUMNS.partition("dh =")[0]
    found = results(tmp_path, "tanh-mlp", "import numpy as np", above, below)
    assert "as far as this answer in cell 3, line 3: " in texts(found["q6"])


# Which line gave the answer, and its shape.


def test_the_answer_is_a_whole_statement_with_its_place_and_shape(tmp_path: Path) -> None:
    above, below = COLUMNS.split("dh =")
    long = f"dh ={below}".replace("dh * (1 - h**2)", "(\n    dh\n    * (1 + h**2)\n)")
    answer = results(tmp_path, "tanh-mlp", "import numpy as np", above, long)["q5"].answer
    assert answer is not None
    assert answer.text == "dz = (\n    dh\n    * (1 + h**2)\n)"
    assert (answer.cell, answer.line, answer.shape) == (3, 2, (3, 1))
    assert place(answer) == "hw.ipynb, cell 3, line 2"
    assert (read_title(answer), read_as(answer)) == ("Its value", "column of 3")


def test_in_a_loop_the_answer_is_a_line(tmp_path: Path) -> None:
    loop = "dW1 = np.zeros((3, 4))\nfor i in range(3): dW1[i] = x"
    answer = results(tmp_path, "tanh-mlp", loop)["q6"].answer
    assert answer is not None
    assert answer.text == "for i in range(3): dW1[i] = x"


def test_the_program_is_explained_with_vectors_as_it_writes_them(tmp_path: Path) -> None:
    results(tmp_path, "tanh-mlp", COLUMNS)
    explained = explain(key_of("tanh-mlp"), read(tmp_path / "hw.py"), ["q6"])
    shapes = {one.name: one.shape for one in explained.program}
    assert shapes["dz"] == (3, 1)
    assert shapes["dW1"] == (3, 4)


# The mistake by its values on all draws, as for formulas.

FLAT = """
z = W1 @ x + b1
h = np.tanh(z)
do = W2 @ h + b2 - y
dW2 = np.outer(do, h)
dh = W2.T @ do
dz = dh * (1 - h**2)
dW1 = np.outer(dz, x)
"""


def test_two_mistakes_are_both_named(tmp_path: Path) -> None:
    wrong = FLAT.replace("do = W2 @ h + b2 - y", "do = 2 * (W2 @ h + b2 - y)").replace(
        "np.outer(dz, x)", "-np.outer(dz, x)"
    )
    found = texts(results(tmp_path, "tanh-mlp", wrong)["q6"], "mistake")
    assert "the constant factor 1 / 2 is missing" in found
    assert "the sign is wrong too" in found


def test_a_constant_factor_is_named(tmp_path: Path) -> None:
    wrong = FLAT.replace("np.outer(dz, x)", "np.outer(dz, x) * 2 / 7")
    assert "the answer is 2/7 times what it should be" in texts(
        results(tmp_path, "tanh-mlp", wrong)["q6"]
    )
    almost = FLAT.replace("np.outer(dz, x)", "np.outer(dz, x) * 2 / 7 + 1e-3 * W1")
    assert "times" not in texts(results(tmp_path, "tanh-mlp", almost)["q6"])


def test_a_shape_is_named_as_numpy_has_it(tmp_path: Path) -> None:
    wrong = FLAT.replace("np.outer(dz, x)", "dz * W1.T").replace("x.T", "x")
    assert "the answer has the shape (4, 3), the question asks for 3×4" in texts(
        results(tmp_path, "tanh-mlp", wrong)["q6"]
    )
