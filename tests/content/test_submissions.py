"""The submissions of this repository get the marks of a careful human grader."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml_data
from array_answers import published, student_06, student_07
from content_grading import ROOT

from grader.grading import grade
from grader.key import Key
from grader.submission import read

FOLDER = ROOT / "submissions/cs1678-hw3"
EXPECTED: dict[str, Any] = yaml_data.load((Path(__file__).parent / "expected.yaml").read_text())


def path_of(student: str) -> Path:
    found = [path for path in FOLDER.iterdir() if student in (path.stem, path.name)]
    assert len(found) == 1
    return found[0]


def test_every_submission_is_expected() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("student", EXPECTED)
def test_submission(key: Key, student: str) -> None:
    report = grade(key, read(path_of(student)))
    wanted = EXPECTED[student]
    verdicts = {question.id: str(question.verdict) for question in report.questions}
    assert verdicts == {name: q["verdict"] for name, q in wanted["questions"].items()}
    assert report.score == pytest.approx(wanted["score"], abs=1e-3)


@pytest.mark.parametrize("student", EXPECTED)
def test_scores_and_codes(key: Key, student: str) -> None:
    report = grade(key, read(path_of(student)))
    for name, wanted in EXPECTED[student]["questions"].items():
        result = report[name]
        if "score" in wanted:
            assert result.score == pytest.approx(wanted["score"], abs=1e-3)
        codes = {message.code for message in result.messages}
        assert {*wanted.get("codes", ())} <= codes


def test_the_real_paper_is_unedited() -> None:
    """The real paper, unedited: 17 of 25, as its own expectations say."""
    assert EXPECTED["student-01"]["score"] == 17
    assert path_of("student-01").suffix == ".md"


def test_arrays_of_student_06_come_from_the_published_draw() -> None:
    wanted = student_06(published("student-06"))
    with np.load(path_of("student-06")) as saved:
        assert set(saved) == set(wanted)
        for question, array in wanted.items():
            np.testing.assert_allclose(saved[question], array, rtol=1e-13)


def test_tables_of_student_07_come_from_the_published_draw() -> None:
    wanted = student_07(published("student-07"))
    folder = path_of("student-07")
    assert {file.name: file.read_text() for file in folder.iterdir()} == wanted


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", 'answers: {foo: "delta*h2[1]"}'),
        ("a.json", '{"answers": {"q18": "delta*h2[1]"}}'),
        ("a.csv", "1.25,3.5\n"),
        ("a.csv", "x,y\n"),
    ],
)
def test_an_answer_to_no_question_is_not_lost_silently(
    key: Key, tmp_path: Path, name: str, text: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    report = grade(key, read(file))
    assert report.messages or report.needs_review
