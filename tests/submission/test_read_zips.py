"""A zip that a student hands in is read like a folder, under limits, and never unpacked to disk."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from handing_in import hand_in

from grader.submission import Submission, limits

RIGHT = 'answers: {q1: "delta*h2[1]"}'
LINK = (stat.S_IFLNK | 0o777) << 16


def a_zip(
    files: dict[str, bytes | str], how: int = zipfile.ZIP_DEFLATED, **attributes: int
) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        for name, data in files.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = how
            for key, value in attributes.items():
                setattr(member, key, value)
            zipped.writestr(member, data)
    return stream.getvalue()


def read(folder: Path, data: bytes) -> Submission:
    return hand_in(folder, "hw.zip", data)


def test_its_files_are_those_of_a_folder(tmp_path: Path) -> None:
    files = {"hw/a.yaml": RIGHT, "__MACOSX/a.yaml": "x", "hw/.DS_Store": "x", "hw/scan.jpg": "x"}
    found = read(tmp_path, a_zip(files))
    (answer,) = found.answers
    assert (answer.question, answer.place.path) == ("q1", "hw.zip/hw/a.yaml")
    assert [refusal.place.path for refusal in found.refusals] == ["hw.zip/hw/scan.jpg"]
    assert not list(tmp_path.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (a_zip({"a.yaml": RIGHT}, external_attr=LINK), "This file is a link"),
        (a_zip({"../a.yaml": RIGHT}), "This file leads out of the folder"),
        (a_zip({"a.yaml": bytes(15_000_000)}), "This file is too large when unpacked"),
        (a_zip({"a.yaml": RIGHT * 50}, zipfile.ZIP_LZMA), "compressed with a method"),
        (a_zip({"b.zip": a_zip({"a.yaml": RIGHT})}), "cannot read a .zip file"),
        (b"PK", "This zip cannot be unpacked"),
        (a_zip({"a.yaml": RIGHT})[:-5], "This zip cannot be unpacked"),
    ],
)
def test_what_is_not_read_is_for_a_human(tmp_path: Path, data: bytes, message: str) -> None:
    found = read(tmp_path, data)
    assert found.answers == ()
    (refusal,) = found.refusals
    assert message in refusal.message
    assert refusal.whole_file


def test_one_damaged_file_does_not_stop_the_others(tmp_path: Path) -> None:
    data = a_zip({"a.yaml": RIGHT, "b.yaml": "answers: {q2: x}"}, zipfile.ZIP_STORED)
    found = read(tmp_path, data.replace(b"{q2: x}", b"{q3: y}"))
    assert [answer.question for answer in found.answers] == ["q1"]
    assert "damaged" in found.refusals[0].message


def test_too_many_files(tmp_path: Path) -> None:
    found = read(tmp_path, a_zip({f"{n:04}.md": "$x$" for n in range(limits.FILES + 1)}))
    assert len(found.papers) == limits.FILES
    assert "only the first" in found.refusals[0].message


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    from grader.submission import read

    (tmp_path / "ann").mkdir()
    (refusal,) = read(tmp_path / "ann").refusals
    assert (refusal.message, refusal.whole_file) == ("This folder is empty.", False)
