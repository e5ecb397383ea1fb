"""Answers in numbers: no report for the student shows a right number of their own draw."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader import api
from grader.cli import ci
from grader.course import Gradebook
from grader.reports import feedback_text
from grader.reports.exports.formats import FILLED_IN, FORMATS
from grader.reports.exports.protocol import ExportOptions
from grader.reports.feedback_level import at_strength
from grader.reports.write import write_submission
from grader.result import Counterexample, QuestionResult, Report

PROBLEM = Path(__file__).parents[2] / "problems" / "cs1678-hw3"
STUDENT = "ada"


def drawn() -> dict[str, np.ndarray]:
    values = api.draw(api.load_problem(PROBLEM), STUDENT)
    return {name: np.asarray(value) for name, value in values.items()}


def right() -> np.ndarray:
    """dl/dW1 on the student's draw, computed here as an oracle."""
    one = drawn()
    active = one["W1"] @ one["x"] > 0
    return np.outer(one["W2"].T @ one["W3"][0] * one["delta"] * active, one["x"])


def graded(array: np.ndarray, question: str = "q17") -> Report:
    return api.grade(PROBLEM, {question: array}, student=STUDENT)


def result(array: np.ndarray) -> QuestionResult:
    return graded(array)["q17"]


def wrong() -> np.ndarray:
    """Numbers that are wrong in every entry, each differently, also in zeros."""
    value = right()
    return value * 1.37 + np.arange(1, value.size + 1).reshape(value.shape) / 7


def shown(report: Report, folder: Path) -> Iterator[tuple[str, str]]:
    """All reports that a student can get, by kind: their texts."""
    for strength in (1, 2, 3):
        for format_ in ci.FORMATS:
            yield (
                f"{format_} {strength}",
                ci.rendered(at_strength(report, strength), format_, False),
            )
    place = write_submission(report, folder)
    for file in place.iterdir():
        yield file.name, file.read_text("utf-8")
    book = Gradebook.of([report])
    for name in sorted(set(FORMATS) - {*FILLED_IN, "gradescope-autograder"}):
        for file_name, content in FORMATS[name].export(book, ExportOptions()).files.items():
            text = content if isinstance(content, str) else content.decode("utf-8", "replace")
            yield f"{name} {file_name}", text


def numbers(text: str) -> list[float]:
    return [float(numeral) for numeral in re.findall(r"-?\d+\.\d+(?:e[+-]?\d+)?", text)]


def test_no_report_for_the_student_has_a_right_number(tmp_path: Path) -> None:
    hidden = right()[right() != 0]
    for what, text in shown(graded(wrong()), tmp_path):
        for number in numbers(text):
            assert not np.isclose(number, hidden, rtol=1e-3, atol=0).any(), f"{what}: {number}"


def test_the_instructor_sees_the_withheld_number(tmp_path: Path) -> None:
    report = graded(wrong())
    first = right()[0, 0] + 0.0  # so that it is not written as -0
    write_submission(report, tmp_path)
    (page,) = (tmp_path / "instructor").iterdir()
    assert "Expected value" in page.read_text("utf-8")
    assert report["q17"].instructor is not None
    assert report["q17"].instructor.expected == pytest.approx(first)
    assert f"Expected value: {first:.6g}" in feedback_text.plain(report, instructor=True)


def test_the_student_sees_which_entry_is_wrong_and_their_own_number() -> None:
    array = right()
    array[1, 2] += 0.5
    found = result(array)
    assert found.counterexample == Counterexample(1, (2, 3), None, pytest.approx(array[1, 2]))
    text = feedback_text.plain(graded(array))
    assert f"In draw 1, entry (2, 3): your answer gives {array[1, 2]:.6g}, which is wrong." in text


def test_the_shown_entry_is_not_always_the_worst() -> None:
    """Else a student could compare two entries until one is known."""
    array = right()
    array[0, 0] += 1e-3
    for other in (1e-6, 1.0, 1e6):
        array[2, 1] = other
        found = result(array).counterexample
        assert found is not None
        assert found.entry == (1, 1)


def test_a_value_that_is_no_number_comes_first() -> None:
    array = wrong()
    array[2, 1] = np.nan
    found = result(array).counterexample
    assert found is not None
    assert found.entry == (3, 2)


@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_digits_cannot_be_guessed_one_by_one(tmp_path: Path, digits: int) -> None:
    """With too few digits to be right, near and far answers get the same report."""
    value = right()
    assert value.any()
    seen = set()
    for factor in (1.0, 1.04, 1.4, 3.0, -1.0, 1000.0):
        cells = [[f"{entry * factor:.{digits - 1}e}" for entry in row] for row in value + 0.0]
        folder = tmp_path / f"{factor}" / STUDENT
        folder.mkdir(parents=True)
        (folder / "q17.csv").write_text("\n".join(",".join(row) for row in cells))
        found = api.grade(PROBLEM, folder)["q17"]
        seen.add((found.verdict, found.entries, found.counterexample, found.messages))
    ((verdict, entries, counterexample, _),) = seen
    assert (verdict, counterexample) == ("undecided", None)
    assert [["undecided" if entry else "correct" for entry in row] for row in value] == [
        list(row) for row in entries or ()
    ]


def test_full_feedback_shows_the_expected_number(tmp_path: Path) -> None:
    (tmp_path / "problem.yaml").write_text(
        "id: square\ndimensions: {n: 3}\nsymbols:\n  x: {shape: [n]}\nmodel:\n"
        "  l: {is: sum(x*x)}\nquestions:\n  - {id: q1, of: l, wrt: x, feedback: full}\n"
    )
    x = np.asarray(api.draw(api.load_problem(tmp_path), STUDENT)["x"])
    found = api.grade(tmp_path, {"q1": 3 * x}, student=STUDENT)["q1"].counterexample
    assert found is not None
    assert found.expected == pytest.approx(2 * x.ravel()[0])


def test_other_notations_keep_the_contract() -> None:
    found = api.grade(PROBLEM, {"q1": "delta*h2[2]"})["q1"].counterexample
    assert found is not None
    assert set(found.to_json()) == {"draw", "entry", "expected", "got"}


@pytest.mark.parametrize("expected", [None, 1.25, float("inf")])
def test_a_counterexample_comes_back_from_its_json(expected: float | None) -> None:
    one = Counterexample(3, (2, 1), expected, 0.75)
    data = json.loads(json.dumps(one.to_json(), allow_nan=False))
    assert Counterexample.from_json(data) == one
    assert ("expected" in data) == (expected is not None)


def test_the_withheld_value_comes_back_from_the_store() -> None:
    report = graded(wrong())
    again = Report.from_json(json.loads(json.dumps(report.to_json(instructor=True))))
    assert again["q17"].instructor == report["q17"].instructor
    assert "expected" not in json.dumps(report["q17"].to_json())
