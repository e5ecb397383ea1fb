"""Arrays as people save them: computed in float32, by other names, over three indices, in tables."""

import io
from pathlib import Path

import numpy as np
import pytest

from grader import api
from grader.result import QuestionResult

PROBLEMS = Path(__file__).parents[2] / "problems"
PROBLEM = PROBLEMS / "cs1678-hw3"
STUDENT = "ada"
CUBE = """
id: cube
dimensions: {n: 4, m: 2, p: 3}
symbols:
  a: {shape: [n]}
  b: {shape: [m]}
  c: {shape: [p]}
  W: {shape: [n, n]}
model:
  l: {is: sum(W @ a)*sum(b)*sum(c)}
  s: {is: a.T @ W @ a}
questions:
  - {id: q1, reference: {expression: 'a[i]*b[j]*c[k]'}, free: {i: n, j: m, k: p}}
  - {id: q2, of: s, wrt: W}
"""


def drawn(problem: Path = PROBLEM) -> dict[str, np.ndarray]:
    values = api.draw(api.load_problem(problem), STUDENT)
    return {name: np.asarray(value) for name, value in values.items()}


def right(kind: type = np.float64) -> np.ndarray:
    """dl/dW1 on the student's draw, computed in one type throughout."""
    one = {name: np.asarray(value, kind) for name, value in drawn().items()}
    active = one["W1"] @ one["x"] > 0
    return np.outer(one["W2"].T @ one["W3"][0] * one["delta"] * active, one["x"])


def graded(array: np.ndarray, question: str = "q17") -> QuestionResult:
    return api.grade(PROBLEM, {question: array}, student=STUDENT)[question]


def handed(folder: Path, name: str, text: str, question: str = "q17") -> QuestionResult:
    place = folder / STUDENT
    place.mkdir()
    (place / name).write_text(text)
    return api.grade(PROBLEM, place)[question]


def codes(result: QuestionResult) -> set[str]:
    return {message.code for message in result.messages if message.code}


# float32


def test_float32_is_recognised_after_it_was_saved_as_float64() -> None:
    result = graded(right(np.float32).astype(np.float64))
    assert result.verdict == "correct"
    assert "single-precision" in codes(result)


@pytest.mark.parametrize("form", ["%.18e", "%.10g", "%.12f"])
def test_float32_is_recognised_in_decimals(tmp_path: Path, form: str) -> None:
    file = io.StringIO()
    np.savetxt(file, right(np.float32), form, delimiter=",")
    result = handed(tmp_path, "q17.csv", file.getvalue())
    assert result.verdict == "correct"
    assert "single-precision" in codes(result)


@pytest.mark.parametrize("relative", [1e-5, 1e-3, 0.1])
def test_wrong_numbers_in_float32_are_wrong(relative: float) -> None:
    wrong = (right() * (1 + relative)).astype(np.float32).astype(np.float64)
    assert graded(wrong).verdict not in ("correct", "undecided")


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_full_precision_has_no_note(kind: str) -> None:
    assert ("single-precision" in codes(graded(right(np.dtype(kind).type)))) == (kind == "float32")


def test_doubles_that_agree_only_to_seven_digits_are_for_a_human() -> None:
    """Some step was done in float32, or a small constant was added: values cannot tell."""
    result = graded(right() * (1 + 1e-7))
    assert result.verdict == "undecided"
    assert "single-precision" in codes(result)


def test_half_precision_cannot_be_judged() -> None:
    result = graded(right().astype(np.float16).astype(np.float64))
    assert result.verdict == "undecided"
    assert "float16" in result.messages[0].text


def test_cancellation_in_float32_takes_no_points(tmp_path: Path) -> None:
    """p - y of a sure example is a small difference of two large numbers."""
    text = (
        "id: sure\nsymbols:\n  z: {shape: [], draw: {kind: uniform, low: 6, high: 8}}\n"
        "model:\n  p: {is: sigmoid(z)}\n  l: {is: -log(p)}\nquestions:\n  - {id: q1, of: l, wrt: z}\n"
    )
    (tmp_path / "problem.yaml").write_text(text)
    z = np.float32(drawn(tmp_path)["z"])
    p = np.float32(1) / (np.float32(1) + np.exp(-z))
    result = api.grade(tmp_path, {"q1": np.array(p - np.float32(1))}, student=STUDENT)["q1"]
    assert result.verdict in ("correct", "undecided")


# Layout


def test_an_array_has_an_axis_for_each_index(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(CUBE)
    one = drawn(tmp_path)
    cube = np.einsum("i,j,k->ijk", one["a"], one["b"], one["c"])
    for array in (cube, cube.reshape(4, 6), cube[:, None], cube.tolist()):
        assert api.grade(tmp_path, {"q1": array}, student=STUDENT)["q1"].verdict == "correct"
    several = api.draw(api.load_problem(tmp_path), STUDENT, 8)
    cubes = np.einsum("di,dj,dk->dijk", several["a"], several["b"], several["c"])
    assert api.grade(tmp_path, {"q1": cubes}, student=STUDENT)["q1"].verdict == "correct"
    wrong = cube.copy()
    wrong[3, 1, 2] += 1
    found = api.grade(tmp_path, {"q1": wrong}, student=STUDENT)["q1"]
    assert found.counterexample is not None
    assert found.counterexample.entry == (4, 2, 3)
    flat = {"q1": cube.ravel()}  # as np.savetxt has to write it
    assert api.grade(tmp_path, flat, student=STUDENT)["q1"].verdict == "correct"
    flat = {"q1": np.moveaxis(cube, 0, 2).ravel()}
    assert api.grade(tmp_path, flat, student=STUDENT)["q1"].verdict != "correct"
    moved = api.grade(tmp_path, {"q1": np.moveaxis(cube, 0, 2)}, student=STUDENT)["q1"]
    assert moved.verdict == "incorrect"
    assert "4×2×3" in moved.messages[0].text


@pytest.mark.parametrize(("layout", "verdict"), [("gradient", "incorrect"), ("either", "correct")])
def test_arrays_have_the_layout_that_the_author_asks_for(
    tmp_path: Path, layout: str, verdict: str
) -> None:
    (tmp_path / "problem.yaml").write_text(
        "id: wide\ndimensions: {n: 3, m: 2}\nsymbols:\n  W: {shape: [m, n]}\n  x: {shape: [n]}\n"
        f"model:\n  l: {{is: sum((W @ x)**2)}}\n"
        f"questions:\n  - {{id: q1, of: l, wrt: W, layout: {layout}}}\n"
    )
    one = drawn(tmp_path)
    gradient = 2 * np.outer(one["W"] @ one["x"], one["x"])
    result = api.grade(tmp_path, {"q1": gradient.T}, student=STUDENT)["q1"]
    assert result.verdict == verdict
    assert ("transposed" in codes(result)) == (verdict == "incorrect")


def test_a_square_array_that_is_transposed_is_named(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(CUBE.replace("a.T @ W @ a", "sum((W @ a)**2)"))
    one = drawn(tmp_path)
    gradient = 2 * np.outer(one["W"] @ one["a"], one["a"])
    result = api.grade(tmp_path, {"q2": gradient.T}, student=STUDENT)["q2"]
    assert (result.verdict, codes(result)) == ("incorrect", {"transposed"})


# Names and readings


@pytest.mark.parametrize("name", ["dW1", "dl_dW1", "grad_W1", "W1_grad"])
def test_arrays_may_be_named_by_their_derivative(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / f"{STUDENT}.npz", **{name: right()})
    report = api.grade(PROBLEM, tmp_path / f"{STUDENT}.npz")
    assert report["q17"].verdict == "correct"
    assert not report.messages


@pytest.mark.parametrize("name", ["W1", "foo", "dW", "dW1_dW2"])
def test_a_name_that_is_not_clear_is_for_a_human(tmp_path: Path, name: str) -> None:
    np.savez(tmp_path / f"{STUDENT}.npz", **{name: right()})
    assert api.grade(PROBLEM, tmp_path / f"{STUDENT}.npz")["q17"].verdict == "unreadable"


def test_constants_that_are_the_numbers_of_the_draw_are_for_a_human(tmp_path: Path) -> None:
    """In quotes beside a formula they are a formula, and wrong as one; as numbers they may be right."""
    (tmp_path / "problem.yaml").write_text(
        "id: half\nsymbols:\n  x: {shape: [], draw: {kind: integers, low: 1, high: 9}}\n"
        "model:\n  l: {is: x**2/4}\n  s: {is: x**3}\n"
        "questions:\n  - {id: q1, of: l, wrt: x}\n  - {id: q2, of: s, wrt: x}\n"
    )
    x = float(drawn(tmp_path)["x"])
    for value, verdict in ((x / 2, "undecided"), (x / 2 + 0.25, "incorrect")):
        place = tmp_path / verdict / f"{STUDENT}.yaml"
        place.parent.mkdir()
        place.write_text(f"q1: '{value}'\nq2: 3*x**2\n")
        report = api.grade(tmp_path, place)
        assert (report["q1"].verdict, report["q2"].verdict) == (verdict, "correct")


def test_a_column_that_counts_does_not_change_the_verdict(tmp_path: Path) -> None:
    rows = [",".join([str(at), *(repr(float(v)) for v in row)]) for at, row in enumerate(right())]
    assert handed(tmp_path, "q17.csv", "\n".join(rows)).verdict == "correct"


def test_wrong_numbers_are_wrong_in_every_reading_of_a_table(tmp_path: Path) -> None:
    rows = [
        ",".join([str(at), *(repr(float(v)) for v in row)]) for at, row in enumerate(right() + 1)
    ]
    assert handed(tmp_path, "q17.csv", "\n".join(rows)).verdict == "incorrect"
