"""The course's own program reads scans; nothing of what it read is final until a person confirms it."""

import csv
import json
import sys
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

from grader.batch import Store
from grader.course.course_file import read_course
from grader.errors import AuthorError

OCR = """\
import sys
source, out = sys.argv[1:]
data = open(source).read()
if "smudge" in data:
    sys.exit("nothing recognised")
open(out, "w").write(data.removeprefix("%PDF-1.5\\n"))
"""
RIGHT = "%PDF-1.5\n## Question 1\n\n$\\delta h^2_1$\n\n## Question 2\n\n$\\delta h^2_1$\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A class of two, and the course's YAML with a program that recognises handwriting."""
    (tmp_path / "ocr.py").write_text(OCR)
    file = tmp_path / "course.yaml"
    file.write_text(f"convert: {{'.pdf': '{sys.executable} {tmp_path}/ocr.py {{in}} {{out}}'}}\n")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "-rf $(x).pdf").write_text(RIGHT)
    (folder / "bo.pdf").write_text("%PDF-1.5\nsmudge")
    return file


def graded(course: Path, **also: str) -> tuple[int, str, Path]:
    out = course.parent / "out"
    done = run("grade", PROBLEM, course.parent / "class", "--out", out, "--course", course)
    return done.returncode, done.stderr, out


def scores(out: Path) -> dict[str, dict[str, str]]:
    return {
        row["id"]: row for row in csv.DictReader((out / "gradebook.csv").read_text().splitlines())
    }


def test_what_was_converted_waits_for_a_person(course: Path) -> None:
    code, notes, out = graded(course)
    assert code == 5
    assert "bo: bo.pdf could not be converted (exit code 1: nothing recognised)" in notes
    assert {row["score"] for row in scores(out).values()} == {""}
    with Store.open(out) as store:
        report = store.standing("-rf $(x)").report
    assert report is not None
    first, second, third = (report[name] for name in ("q1", "q2", "q3"))
    assert (first.verdict, first.score, first.instructor and first.instructor.proposed) == (
        "undecided", 0.0, 1.0)  # fmt: skip
    assert (second.verdict, second.instructor and second.instructor.proposed) == ("undecided", 0.0)
    assert third.needs_review, "the converter may have passed over it"
    page = next(out.glob("submissions/*rf*/feedback.md")).read_text()
    assert "a person compares what was read with the page" in page
    assert "Mistake" not in page, "what was misread is not the student's"


def test_a_person_confirms_the_reading(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, out = graded(course)
    replies = iter(["c", "q"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(replies))
    shown = run("review", out, "-q", "q1").stdout
    assert "(converted).md" in shown
    assert scores(out)["'-rf $(x)"]["q1"] == "1"


def test_a_course_may_trust_its_converter(course: Path) -> None:
    with course.open("a") as file:
        file.write("converted: trust\n")
    _, _, out = graded(course)
    row = scores(out)["'-rf $(x)"]
    assert (row["q1"], row["q2"], row["q3"], row["score"]) == ("1", "0", "0", "1")


def test_a_file_is_converted_once(course: Path) -> None:
    graded(course)
    (course.parent / "ocr.py").write_text("raise SystemExit(3)")
    (course.parent / "class/bo.pdf").unlink()
    _, notes, out = graded(course)
    assert "could not be converted" not in notes
    result = json.loads(next(out.glob("submissions/*rf*/result.json")).read_text())
    assert result["pending"] == 25


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("convert: 5", "convert: should be a mapping"),
        ("convert: {pdf: 'a {in} {out}'}", "convert.pdf: should be an ending"),
        ("convert: {.pdf: 'a {in}'}", "convert..pdf: should be a command with {in} and {out}"),
        ("convert: {.pdf: 'a \"{in} {out}'}", "should be a command"),
        ("converted: yes", "converted: should be `confirm` or `trust`"),
        ("convertt: {}", "convertt: is an unknown key"),
        ("[", ""),
        ("", "should be a mapping"),
    ],
)
def test_faults_have_their_place(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "course.yaml").write_text(text)
    with pytest.raises(AuthorError) as caught:
        read_course(tmp_path / "course.yaml")
    assert reason in str(caught.value)
