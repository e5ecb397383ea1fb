"""Submissions are found in every shape that learning platforms export."""

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.discovery import FoundSubmission, discover
from grader.batch.discovery import archives as zips
from grader.batch.discovery.archives import ArchiveError, unpack
from grader.batch.discovery.discover import PatternError
from grader.batch.members import members
from grader.batch.worker import Job, grade_one, key_of
from grader.course import Student

ROOT = Path(__file__).resolve().parents[2]
PROBLEM = ROOT / "problems/cs1678-hw3"
METADATA = """\
---
submission_101:
  :submitters:
  - :name: Ann O'Brien, Jr
    :sid: 'u1'
    :email: ann@uni.edu
  - :name: Bob
    :sid:
    :email: bob@uni.edu
  :created_at: 2026-11-20 23:58:01.25 Z
  :status: processed
submission_102:
  :submitters:
  - :name: Cy
    :sid: u3
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-21 08:00:00.000000000 Z
    zone: !ruby/object:ActiveSupport::TimeZone
      name: America/New_York
"""


def put(folder: Path, *names: str) -> Path:
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text('answers: {q1: "delta*h2[1]"}')
    return folder


def by_id(found: list[FoundSubmission]) -> dict[str, FoundSubmission]:
    return {one.id: one for one in found}


def test_gradescope(tmp_path: Path) -> None:
    export = tmp_path / "class" / "assignment_7_export"
    put(export, "submission_101/hw3.yaml", "submission_102/a.md", "submission_103/b.md")
    (export / "submission_metadata.yml").write_text(METADATA)
    found = by_id(discover(tmp_path / "class"))
    assert set(found) == {"u1", "bob", "u3", "103"}
    assert (found["u1"].name, found["u1"].path) == ("Ann O'Brien, Jr", found["bob"].path)
    assert found["u1"].submitted == datetime(2026, 11, 20, 23, 58, 1, 250000, UTC)
    assert found["u3"].submitted == datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_canvas(tmp_path: Path) -> None:
    put(
        tmp_path,
        "doejane_LATE_11_901_hw3-1.yaml",
        "doejane_LATE_11_902_q3.csv",
        "lee_12_903_a_b.md",
    )
    (tmp_path / "doejane_LATE_11_902_q3.csv").write_text("1.5,2.5")
    found = by_id(discover(tmp_path))
    assert [name for name, _ in found["11"].files] == ["hw3-1.yaml", "q3.csv"]
    assert (found["11"].marked_late, found["12"].marked_late) == (True, False)
    assert found["12"].files[0][0] == "a_b.md"
    report = grade_one(key_of(Job(PROBLEM)), found["11"])
    assert report["q1"].score == 1.0
    assert report["q3"].answer is not None, "the name of an array has no prefix"


@pytest.mark.parametrize(
    "names",
    [
        ("Ann Lee_5001_assignsubmission_file_/a.md", "Bo_5002_assignsubmission_file_/b.md"),
        ("Ann Lee_5001_assignsubmission_file_a.md", "Bo_5002_assignsubmission_file_b.md"),
        ("Ann Lee_5001_assignsubmission_file_/a.md", "Bo_5002_assignsubmission_onlinetext_/b.md"),
    ],
)
def test_moodle(tmp_path: Path, names: tuple[str, ...]) -> None:
    found = discover(put(tmp_path, *names))
    assert [(one.id, one.name) for one in found] == [("5001", "Ann Lee"), ("5002", "Bo")]


def test_moodle_file_and_text_are_one_submission(tmp_path: Path) -> None:
    names = (
        "Bo_7_assignsubmission_file_/b.md",
        "Bo_7_assignsubmission_onlinetext_/onlinetext.html",
    )
    (one,) = discover(put(tmp_path, *names))
    assert [name for name, _ in one.files] == ["b.md", "onlinetext.html"]


def test_the_newest_counts(tmp_path: Path) -> None:
    put(tmp_path, "ann.md", "Ann.yaml")
    os.utime(tmp_path / "Ann.yaml", (1e9, 1e9))
    (one,) = discover(tmp_path)
    assert (one.path.name, one.unsure) == ("ann.md", False)
    assert "handed in 2 times: ann.md" in one.notes[0]


def test_an_id_pattern(tmp_path: Path) -> None:
    put(tmp_path, "lab a/Doe_1234567_x/hw.md", "lab b/hw_7654321.yaml", "lab b/notes.md")
    assert [one.id for one in discover(tmp_path, r"(?P<id>\d{7})")] == ["1234567", "7654321"]


@pytest.mark.parametrize(
    ("pattern", "reason"), [("(", "not a valid regular expression"), (r"\d+", "a group named `id`")]
)
def test_an_id_pattern_that_cannot_be_used(tmp_path: Path, pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        discover(tmp_path, pattern)


def test_submissions_go_to_the_students_of_the_roster(tmp_path: Path) -> None:
    put(tmp_path, "doejane_11_901_a.md", "lee_12_902_a.md", "who_13_903_a.md")
    jane = Student("jd1", "Jané Doe", fields={"id": "jd1"})
    lee = Student("l2", "Lee", fields={"id": "l2", "canvas id": "12"})
    got = members(discover(tmp_path), (jane, lee, Student("m3", "Mo")))
    assert sorted(one.id for one in got.found) == ["13", "jd1", "l2"]
    assert got.notes == ("13: not on the roster, but graded",)


def a_zip(tmp_path: Path, **members: bytes) -> Path:
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in members.items():
            zipped.writestr(name, data)
    return file


def test_a_zip_is_unpacked_once_and_keeps_its_times(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w") as zipped:
        member = zipfile.ZipInfo("Ann_5_assignsubmission_file_/a.md", (2026, 11, 20, 12, 0, 0))
        zipped.writestr(member, "text")
    place = unpack(file, tmp_path / "into").folder
    (one,) = discover(place)
    assert (one.id, f"{one.handed_in:%Y-%m-%d %H:%M}") == ("5", "2026-11-20 12:00")
    assert unpack(file, tmp_path / "into").folder == place
    assert [path.name for path in (tmp_path / "into").iterdir()] == [place.name]


@pytest.mark.parametrize("name", ["../evil.md", "/etc/evil.md", "C:/evil.md", "a\\..\\..\\evil.md"])
def test_no_file_is_unpacked_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="leads out of the folder"):
        unpack(a_zip(tmp_path, **{name: b"x"}), tmp_path / "into")
    assert not list((tmp_path / "into").iterdir())


def test_links_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    with zipfile.ZipFile(file, "w") as zipped:
        member = zipfile.ZipInfo("link.md")
        member.external_attr = 0o120777 << 16
        zipped.writestr(member, "/etc/passwd")
    with pytest.raises(ArchiveError, match="is a link"):
        unpack(file, tmp_path / "into")


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = a_zip(tmp_path, **{"a.md": bytes(64 << 20)})
    with pytest.raises(ArchiveError, match="is too large when unpacked"):
        unpack(bomb, tmp_path / "into")
    monkeypatch.setattr(zips, "MOST_FILES", 1)
    with pytest.raises(ArchiveError, match="holds 2 files"):
        unpack(a_zip(tmp_path, a=b"", b=b""), tmp_path / "into")


def test_a_file_that_is_not_a_zip(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"PK nothing")
    with pytest.raises(ArchiveError, match="cannot be unpacked"):
        unpack(tmp_path / "export.zip", tmp_path / "into")
