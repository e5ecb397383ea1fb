"""What a student gets to know about a wrong program: line, shape, mistake, and where it breaks."""

import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
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


# Where it breaks: the name from whose value the answer follows, shown by running the program again.

BATCH = """
Z1 = X @ W1 + b1
H = 1 / (1 + np.exp(-Z1))
Yhat = H @ W2 + b2
dYhat = (Yhat - Y) / N
dW2 = H.T @ dYhat
dH = dYhat @ W2.T
dZ1 = dH * H * (1 - H)
dW1 = X.T @ dZ1
db1 = dZ1.sum(axis=0)
"""


def breaks(folder: Path, problem: str, text: str, *changes: tuple[str, str]) -> dict[str, str]:
    """Where a program breaks, by question, after some of its text was replaced."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    found = results(folder, problem, text)
    return {question: texts(one, "step") for question, one in found.items()}


def test_an_answer_follows_from_a_wrong_line_above(tmp_path: Path) -> None:
    found = breaks(tmp_path, "mlp-batch", BATCH, ("(1 - H)", "(1 + H)"))
    assert found["q5"] == "the mistake is made in line 9: `dH` and `H`, which it uses, are right"
    follows = "`dZ1` in line 9 is wrong: with the right value there, this answer is right"
    assert found["q6"] == found["q7"] == follows
    assert found["q1"] == found["q2"] == found["q4"] == ""  # they are right


def test_a_constant_multiple_is_said_to_be_one(tmp_path: Path) -> None:
    found = breaks(tmp_path, "mlp-batch", BATCH, ("(Yhat - Y) / N", "Yhat - Y"))
    assert found["q6"] == (
        "`dYhat` in line 6 is `N` times the derivative of `l` with respect to `Yhat`: "
        "with the right value there, this answer is right"
    )
    found = breaks(tmp_path, "mlp-batch", BATCH, ("(Yhat - Y)", "(Y - Yhat)"))
    assert "is minus the derivative" in found["q6"]


def test_a_program_may_leave_constants_for_the_end(tmp_path: Path) -> None:
    late = (("(Yhat - Y) / N", "Yhat - Y"), ("X.T @ dZ1", "X.T @ dZ1 / N"), ("(1 - H)", "(1 + H)"))
    assert breaks(tmp_path, "mlp-batch", BATCH, *late)["q6"] == (
        "`dZ1` in line 9 is wrong: with `N` times the right value there, this answer is right"
    )


def test_several_lines_may_be_wrong(tmp_path: Path) -> None:
    both = (("X @ W1 + b1", "X @ W1 - b1"), ("(Yhat - Y)", "(Yhat + Y)"))
    assert breaks(tmp_path, "mlp-batch", BATCH, *both)["q6"] == (
        "`Z1` in line 3 and `dYhat` in line 6 are wrong: with the right values there, this answer is right"
    )


def test_a_name_such_as_delta_stands_for_what_makes_the_answer_right(tmp_path: Path) -> None:
    named = BATCH.replace("dZ1", "delta1")
    found = breaks(tmp_path, "mlp-batch", named, ("(1 - H)", "(1 + H)"))
    assert found["q6"] == (
        "with the derivative of `l` with respect to `Z1` as `delta1` in line 9, this answer is right"
    )


def test_what_cannot_be_shown_is_not_said(tmp_path: Path) -> None:
    own = (("(1 - H)", "(1 + H)"), ("X.T @ dZ1", "-X.T @ dZ1"))  # a mistake of its own besides
    assert breaks(tmp_path, "mlp-batch", BATCH, *own)["q6"] == ""
    hidden = (("dZ1 = dH * H * (1 - H)", "t = dH * H * (1 + H)"), ("dZ1", "t"))
    found = breaks(tmp_path, "mlp-batch", BATCH, *hidden)
    assert found["q6"] == found["q7"] == ""


LINES = BATCH.strip().splitlines()
MISTAKES = ["-({})", "2 * ({})", "({}) + 0.1", "({})[::-1]", "np.abs({})"]


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("line", LINES)
def test_real_numpy_agrees_with_what_is_said(tmp_path: Path, line: str, mistake: str) -> None:
    agree_with_real_numpy(tmp_path, {line: mistake})


@pytest.mark.parametrize("seed", range(12))
def test_also_of_two_mistakes(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    agree_with_real_numpy(tmp_path, {line: rng.choice(MISTAKES) for line in rng.sample(LINES, 2)})


def agree_with_real_numpy(folder: Path, mistakes: dict[str, str]) -> None:
    wrong = [_with_mistake(line, mistakes.get(line, "{}")) for line in ["", *LINES]]
    said = breaks(folder, "mlp-batch", "\n".join(wrong))
    wrong[0] = "import numpy as np"  # the first line of every file here
    wrong.insert(1, "")
    right, mine = run_by_python([wrong[0], *LINES]), run_by_python(wrong)
    for question, answer in (("q2", "dW2"), ("q5", "dZ1"), ("q6", "dW1"), ("q7", "db1")):
        text = said[question]
        if "with the right value" in text:
            mended = [*wrong]
            for name, line in re.findall(r"`(\w+)` in line (\d+)", text):
                assert mended[int(line) - 1].startswith(f"{name} = ")
                assert not np.allclose(mine[name], right[name])
                mended[int(line) - 1] = f"{name} = right['{name}']"
            assert np.allclose(run_by_python(mended, right=right)[answer], right[answer])
        elif match := re.match(r"the mistake is made in line (\d+): ", text):
            assert wrong[int(match[1]) - 1] not in LINES
        else:
            assert not text


def _with_mistake(line: str, mistake: str) -> str:
    name, equals, value = line.partition(" = ")
    return f"{name}{equals}{mistake.format(value)}" if equals else line


def run_by_python(lines: list[str], **names: object) -> dict[str, Any]:
    """What lines of ours give on one draw."""
    draws = key_of("mlp-batch")["q1"].draws
    given = {name: draws.values[name][0] for name in ("X", "Y", "W1", "W2", "b1", "b2")}
    own: dict[str, Any] = {**given, "b1": given["b1"][0], "b2": given["b2"][0], "N": 5, **names}
    exec("\n".join(lines), own)
    return own
