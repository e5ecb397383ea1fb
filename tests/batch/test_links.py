"""Grading a class never follows a link, and a link does not affect other students."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

from grader.batch.discovery import FoundSubmission, discover
from grader.batch.worker import Job, grade_one, key_of

SECRET = 'answers: {q1: "delta*h2[1]"}'
METADATA = """\
submission_101: {":submitters": [{":sid": bob}]}
submission_102: {":submitters": [{":sid": ann}]}
"""

SHAPES = {
    "folder of files": ("bob.yaml", "ann.yaml", "bob", "ann"),
    "folder of folders": ("bob/a.yaml", "ann/a.yaml", "bob", "ann"),
    "deep folders": ("bob/a/b/c.yaml", "ann/a/b/c.yaml", "bob", "ann"),
    "canvas": ("bob_12_9_a.yaml", "ann_11_8_a.yaml", "12", "11"),
    "moodle": (
        "Bo_7_assignsubmission_file_/a.yaml", "An_6_assignsubmission_file_/a.yaml", "7", "6"
    ),
    "moodle, flat": (
        "Bo_7_assignsubmission_file_a.yaml", "An_6_assignsubmission_file_a.yaml", "7", "6"
    ),
    "moodle, file and text": (
        "Bo_7_assignsubmission_file_/a.yaml", "An_6_assignsubmission_file_/a.yaml", "7", "6"
    ),
    "gradescope": ("submission_101/a.yaml", "submission_102/a.yaml", "bob", "ann"),
}  # fmt: skip


def a_class(folder: Path, shape: str) -> tuple[Path, Path]:
    """A class of two; returns its folder, and the path of Bob's file."""
    place = folder / "class"
    for name in SHAPES[shape][:2]:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text('answers: {q2: "delta*h2[2]"}')
    if shape == "gradescope":
        (place / "submission_metadata.yml").write_text(METADATA)
    if shape == "moodle, file and text":
        (place / "Bo_7_assignsubmission_onlinetext_").mkdir()
        (place / "Bo_7_assignsubmission_onlinetext_/onlinetext.html").write_text("<p>See file.</p>")
    return place, place / SHAPES[shape][0]


def to_file(link: Path, outside: Path) -> None:
    link.symlink_to(outside / "secret.yaml")


def to_folder(link: Path, outside: Path) -> None:
    link.symlink_to(outside, target_is_directory=True)


def to_nothing(link: Path, outside: Path) -> None:
    link.symlink_to(outside / "nothing.yaml")


def to_itself(link: Path, _: Path) -> None:
    link.symlink_to(link)


def to_the_neighbour(link: Path, _: Path) -> None:
    neighbour = next(path for path in _class_of(link).rglob("*.yaml") if not path.is_symlink())
    link.symlink_to(os.path.relpath(neighbour, link.parent))


def _class_of(path: Path) -> Path:
    return next(parent for parent in path.parents if parent.name == "class")


LINKS = (to_file, to_folder, to_nothing, to_itself, to_the_neighbour)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that no student may see: it holds the right answer to a question."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.yaml").write_text(SECRET)
    return folder


def by_id(found: list[FoundSubmission]) -> dict[str, FoundSubmission]:
    return {one.id: one for one in found}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_link_is_listed_with_the_reason_and_others_are_graded(
    tmp_path: Path, outside: Path, shape: str, link: Callable[[Path, Path], None]
) -> None:
    _, _, bob, ann = SHAPES[shape]
    place, file = a_class(tmp_path, shape)
    before = by_id(discover(place))
    file.unlink()
    link(file, outside)
    found = by_id(discover(place))
    assert set(found) == set(before) == {bob, ann}
    assert found[ann].read() == before[ann].read()

    read = found[bob].read()
    assert read.answers == ()
    assert "This is a link, so it was not read." in [refusal.message for refusal in read.refusals]
    assert found[bob].digest() == read.digest
    report = grade_one(key_of(Job(PROBLEM)), found[bob])
    assert report.score == 0
    assert all(question.needs_review for question in report.questions)


@pytest.mark.parametrize("shape", [name for name, (file, *_) in SHAPES.items() if "/" in file])
def test_a_folder_that_is_a_link_is_not_read(tmp_path: Path, outside: Path, shape: str) -> None:
    _, _, bob, ann = SHAPES[shape]
    place, file = a_class(tmp_path, shape)
    top = place / file.relative_to(place).parts[0]
    top.rename(tmp_path / "elsewhere")
    top.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    found = by_id(discover(place))
    assert set(found) == {bob, ann}
    assert found[bob].read().answers == ()
    assert "This is a link" in found[bob].read().refusals[0].message
    assert found[ann].read().answers != ()


@pytest.mark.parametrize("shape", ["canvas", "moodle", "moodle, flat"])
def test_a_link_with_another_name_does_not_change_the_platform(
    tmp_path: Path, outside: Path, shape: str
) -> None:
    place, _ = a_class(tmp_path, shape)
    (place / "more.yaml").symlink_to(outside / "secret.yaml")
    found = by_id(discover(place))
    assert set(found) == {*SHAPES[shape][2:], "more"}
    assert "This is a link" in found["more"].read().refusals[0].message


def test_an_id_pattern_finds_a_link_but_does_not_follow_it(tmp_path: Path, outside: Path) -> None:
    place, file = a_class(tmp_path, "deep folders")
    file.unlink()
    file.symlink_to(outside / "secret.yaml")
    (place / "loop").symlink_to(place)
    found = by_id(discover(place, r"^(?P<id>\w+)/"))
    assert set(found) == {"bob", "ann"}
    assert found["bob"].read().answers == ()


def test_metadata_of_gradescope_that_is_a_link_is_not_read(tmp_path: Path, outside: Path) -> None:
    place, _ = a_class(tmp_path, "gradescope")
    (place / "submission_metadata.yml").rename(outside / "metadata.yml")
    (place / "submission_metadata.yml").symlink_to(outside / "metadata.yml")
    assert {"bob", "ann"}.isdisjoint(by_id(discover(place)))


def test_no_output_holds_the_target_of_a_link(tmp_path: Path, outside: Path) -> None:
    place, file = a_class(tmp_path, "folder of files")
    file.unlink()
    file.symlink_to(outside / "secret.yaml")
    (place / "cy").mkdir()
    (place / "cy/answers.yaml").symlink_to(outside / "secret.yaml")
    (place / "dan.yaml").symlink_to(tmp_path / "nothing")
    out = tmp_path / "out"
    done = run("grade", PROBLEM, place, "--out", out, "--quiet")
    assert (done.returncode, done.stderr) == (5, "")
    review = (out / "needs-review.csv").read_text()
    assert [f"{name},q1,unreadable" in review for name in ("ann", "bob", "cy", "dan")] == [
        False, True, True, True
    ]  # fmt: skip
    assert "This is a link" in review
    for path in (out / "submissions").rglob("*.*"):
        assert path.parent.name == "ann" or "h2[1]" not in path.read_text()


def test_an_argument_may_be_a_link(tmp_path: Path, outside: Path) -> None:
    place, _ = a_class(tmp_path, "folder of files")
    (tmp_path / "mine.yaml").symlink_to(outside / "secret.yaml")
    (tmp_path / "theirs").symlink_to(place)
    checked = run("check", PROBLEM, tmp_path / "mine.yaml", "-q", "q1")
    assert checked.returncode == 0, checked.stdout
    (alone,) = discover(tmp_path / "mine.yaml")
    assert alone.id == "mine"
    assert alone.read().answers != ()
    assert [one.id for one in discover(tmp_path / "theirs")] == ["ann", "bob"]


def test_a_link_in_a_folder_that_a_student_checks_is_not_read(
    tmp_path: Path, outside: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.yaml").symlink_to(outside / "secret.yaml")
    checked = run("check", PROBLEM, folder)
    assert checked.returncode == 3
    assert "This is a link, so it was not read." in checked.stdout
