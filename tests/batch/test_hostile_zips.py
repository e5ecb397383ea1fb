"""Only a hostile or damaged file of a zip is left out, with its name; a broken zip gets a sentence."""

import io
import re
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

from grader.batch.discovery import FoundSubmission, archives, discover
from grader.batch.discovery.archives import ArchiveError, Unpacked, unpack
from grader.batch.run import _from_json, _to_json
from grader.batch.worker import Job, grade_one, key_of

HONEST = {"ann.yaml": b'answers: {q1: "delta*h2[1]"}', "cy/answers.yaml": b"answers: {q2: x}"}
Hostile = Callable[[zipfile.ZipFile], None]


def entry(name: str, data: bytes = b"x", mode: int = 0, how: int = zipfile.ZIP_DEFLATED) -> Hostile:
    """A file in a zip, whatever its name."""

    def add(zipped: zipfile.ZipFile) -> None:
        member = zipfile.ZipInfo("placeholder")
        member.filename = member.orig_filename = name
        member.external_attr = mode << 16
        member.compress_type = how
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # zipfile warns of a name that is there twice
            zipped.writestr(member, data)

    return add


def several(*entries: Hostile) -> Hostile:
    def add(zipped: zipfile.ZipFile) -> None:
        for one in entries:
            one(zipped)

    return add


def packed(hostile: Hostile | None, first: bool = False) -> bytes:
    """A class's zip: two honest students, and what is hostile before or behind them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        if hostile and first:
            hostile(zipped)
        for name, data in HONEST.items():
            zipped.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 12, 0, 0)), data)
        if hostile and not first:
            hostile(zipped)
    return stream.getvalue()


def patched(data: bytes, name: bytes, at: int, value: bytes, local: int) -> bytes:
    """A zip with a field of one file's headers changed: in the directory, and where the file begins."""
    changed = bytearray(data)
    directory = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    header = data.index(b"PK\x03\x04", data.index(name) - 30)
    changed[directory + at : directory + at + len(value)] = value
    changed[header + local : header + local + len(value)] = value
    return bytes(changed)


def encrypted(data: bytes) -> bytes:
    return patched(data, b"bob.yaml", 8, struct.pack("<H", 1), 6)


def of_another_sum(data: bytes) -> bytes:
    return patched(data, b"bob.yaml", 16, b"\0\1\2\3", 14)


def packed_in_another_way(data: bytes) -> bytes:
    return patched(data, b"bob.yaml", 10, struct.pack("<H", 97), 8)


def of_no_day(data: bytes) -> bytes:
    return patched(data, b"bob.yaml", 12, b"\xff\xff\xff\xff", 10)


ENTRIES: dict[str, tuple[Hostile, str]] = {
    "out of the folder": (entry("../bob.yaml"), "'../bob.yaml' leads out of the folder"),
    "far out": (entry("a/../../../bob.yaml"), "'a/../../../bob.yaml' leads out of the folder"),
    "from the root": (entry("/tmp/bob.yaml"), "'/tmp/bob.yaml' leads out of the folder"),
    "of a drive": (entry("C:/bob.yaml"), "'C:/bob.yaml' leads out of the folder"),
    "of a server": (entry("//host/share/bob.yaml"), "leads out of the folder"),
    "with backslashes": (entry("a\\..\\..\\bob.yaml"), "leads out of the folder"),
    "link": (entry("bob.yaml", b"ann.yaml", 0o120777), "'bob.yaml' is a link"),
    "link in a folder": (entry("bob/a.yaml", b"../ann.yaml", 0o120777), "'bob/a.yaml' is a link"),
    "pipe": (entry("bob.yaml", b"", 0o010666), "'bob.yaml' is not a regular file"),
    "device": (entry("bob.yaml", b"", 0o020666), "'bob.yaml' is not a regular file"),
    "bomb": (entry("bob.yaml", bytes(40 << 20)), "'bob.yaml' is too large when unpacked"),
    "bomb in a folder": (entry("bob/a.yaml", bytes(40 << 20)), "'bob/a.yaml' is too large when unpacked"),
    "NUL": (entry("bob.yaml\0.exe"), "'bob.yaml\\x00.exe' has a control character"),
    "control": (entry("bob\x1b[2J.yaml"), "'bob\\x1b[2J.yaml' has a control character"),
    "line": (entry("bob\n.yaml"), "'bob\\n.yaml' has a control character"),
    "device of Windows": (entry("NUL.yaml"), "'NUL.yaml' has a name that Windows reserves"),
    "folder of Windows": (entry("aux/a.yaml"), "'aux/a.yaml' has a name that Windows reserves"),
    "deep": (entry("bob/" * 20 + "a.yaml"), "is in too many nested folders"),
    "long": (entry("bob" * 200), "has a name that is too long"),
    "long in bytes": (entry("ü" * 200 + ".yaml"), "has a name that is too long"),
    "twice": (several(entry("bob.yaml"), entry("bob.yaml", b"y")), "'bob.yaml' is in the zip twice"),
    "capitals": (several(entry("bob.yaml"), entry("BOB.yaml")), "'BOB.yaml' has the name of 'bob.yaml'"),
    "accents": (several(entry("bé.yaml"), entry("be\u0301.yaml")), "has the name of 'bé.yaml'"),
    "file, then folder": (several(entry("bob"), entry("bob/a.yaml")), "'bob/a.yaml' has the name of a"),
    "folder, then file": (several(entry("bob/a.yaml"), entry("bob")), "'bob' has the name of a folder"),
    "nothing but dots": (entry(".."), "'..' leads out of the folder"),
}  # fmt: skip
BYTES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "encrypted": (encrypted, "'bob.yaml' is encrypted"),
    "another sum": (of_another_sum, "'bob.yaml' is damaged (Bad CRC-32"),
    "another way": (
        packed_in_another_way,
        "'bob.yaml' is compressed with a method that the grader does not read",
    ),
    "version of the future": (
        lambda data: patched(data, b"bob.yaml", 6, b"\xff\0", 4),
        "'bob.yaml' is compressed with a method that the grader does not read",
    ),
    "damaged deflate": (
        lambda data: re.sub(rb"(?s)(bob\.yaml)...", b"\\1\xff\xff\xff", data, count=1),
        "'bob.yaml' is damaged",
    ),
}
UNREADABLE_NAME = patched(packed(entry("bü.yaml")), "bü.yaml".encode(), 46, b"\xff" * 4, 30)
CASES = {
    **{f"{name}, {where}": (packed(add, where == "first"), text)
       for name, (add, text) in ENTRIES.items() for where in ("first", "last")},
    "name that is no UTF-8": (UNREADABLE_NAME, "has a name that is not UTF-8"),
    **{name: (change(packed(entry("bob.yaml"))), text) for name, (change, text) in BYTES.items()},
}  # fmt: skip


def unpacked(tmp_path: Path, data: bytes) -> Unpacked:
    (tmp_path / "class.zip").write_bytes(data)
    return unpack(tmp_path / "class.zip", tmp_path / "into")


def found_in(got: Unpacked) -> dict[str, FoundSubmission]:
    return {one.id: one for one in discover(got.folder, left_out=got.left_out)}


@pytest.mark.parametrize("case", CASES)
def test_only_a_hostile_file_is_left_out_with_its_name(tmp_path: Path, case: str) -> None:
    data, sentence = CASES[case]
    got = unpacked(tmp_path, data)
    (file,) = got.left_out
    assert sentence in str(file)
    assert str(file).endswith("; it was not unpacked")
    found = found_in(got)
    for name in ("ann", "cy"):
        assert (found[name].unsure, found[name].notes, found[name].left_out) == (False, (), ())
        assert found[name].read().refusals == ()
    assert [answer.question for answer in found["ann"].read().answers] == ["q1"]
    inside = [path for path in tmp_path.rglob("*") if not path.is_relative_to(got.folder)]
    notes = got.folder.with_suffix(".json")
    assert set(inside) == {tmp_path / "class.zip", tmp_path / "into", got.folder, notes} - {
        got.folder
    }

    (suspect,) = (one for one in found.values() if one.left_out)
    assert suspect.unsure
    assert suspect.notes == (str(file),)
    assert file.reason in "".join(refusal.message for refusal in suspect.read().refusals)
    report = grade_one(key_of(Job(PROBLEM)), suspect)
    assert all(question.needs_review for question in report.questions)
    assert report.submission.digest == suspect.digest()


@pytest.mark.parametrize("case", ["link, first", "bomb, last", "twice, last", "encrypted"])
def test_files_that_were_left_out_are_known_the_next_time(tmp_path: Path, case: str) -> None:
    first = unpacked(tmp_path, CASES[case][0])
    assert first == unpacked(tmp_path, CASES[case][0])
    (suspect,) = (one for one in found_in(first).values() if one.left_out)
    again = _from_json(suspect.id, {**_to_json(suspect, None)})
    assert (again.read(), again.digest()) == (suspect.read(), suspect.digest())


def test_files_that_are_left_out_change_the_digest(tmp_path: Path) -> None:
    """Else the result from before would still count."""
    plain = unpacked(tmp_path, packed(several(entry("bob/a.yaml"))))
    more = unpacked(
        tmp_path, packed(several(entry("bob/a.yaml"), entry("bob/b.yaml", b"", 0o120777)))
    )
    assert found_in(plain)["bob"].read().answers == found_in(more)["bob"].read().answers
    assert found_in(plain)["bob"].digest() != found_in(more)["bob"].digest()


def test_an_impossible_date_is_accepted(tmp_path: Path) -> None:
    got = unpacked(tmp_path, of_no_day(packed(entry("bob.yaml"))))
    assert got.left_out == ()
    assert set(found_in(got)) == {"ann", "bob", "cy"}


def test_a_students_own_zip_is_read_under_the_same_limits(tmp_path: Path) -> None:
    got = unpacked(tmp_path, packed(entry("bob.zip", packed(entry("../evil.yaml")))))
    assert got.left_out == ()
    (refusal,) = found_in(got)["bob"].read().refusals
    assert refusal.message == "This file leads out of the folder, so it was not read."
    assert not list(tmp_path.rglob("evil*"))


def test_only_a_folder_with_too_many_files_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 20)
    monkeypatch.setattr(archives, "MOST_OWN_FILES", 5)
    got = unpacked(
        tmp_path, packed(several(*(entry(f"bob/{number}.yaml") for number in range(30))))
    )
    assert list(map(str, got.left_out)) == ["'bob' holds 30 files: too many; it was not unpacked"]
    found = found_in(got)
    assert found["bob"].unsure
    assert found["ann"].read().answers != ()
    with pytest.raises(ArchiveError, match="holds 32 files; at most 20 are unpacked"):
        unpacked(tmp_path, packed(several(*(entry(f"s{number}.yaml") for number in range(30)))))


def test_only_large_files_exceed_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    noise = bytes(range(256)) * 300
    bombs = [entry(f"bob/{number}.yaml", noise, how=zipfile.ZIP_STORED) for number in range(5)]
    got = unpacked(tmp_path, packed(several(*bombs), first=True))
    assert [file.reason for file in got.left_out] == ["is too large when unpacked"] * 4
    found = found_in(got)
    assert [name for name, one in found.items() if one.unsure] == ["bob"]


def test_usual_names_are_accepted(tmp_path: Path) -> None:
    names = [
        "Zoë Ångström_5_x.yaml",
        "数学 宿題.yaml",
        "HW 3: b.yaml",
        "console.yaml",
        "..dots.yaml",
        "nul-hypothesis.md",
    ]
    got = unpacked(tmp_path, packed(several(*map(entry, names))))
    assert got.left_out == ()
    assert {path.name for path in got.folder.iterdir()} == {*names, "ann.yaml", "cy"}


def test_the_class_is_graded_and_the_instructor_sees_the_reason(tmp_path: Path) -> None:
    bad = several(
        entry("bob.yaml", b"ann.yaml", 0o120777), entry("../eve.yaml"), entry("cy/x\x1b[2J.md")
    )
    (tmp_path / "class.zip").write_bytes(packed(bad))
    done = run("grade", PROBLEM, tmp_path / "class.zip", "--out", tmp_path / "out")
    assert done.returncode == 5
    assert "'bob.yaml' is a link; it was not unpacked" in done.stderr
    assert "'../eve.yaml' leads out of the folder; it was not unpacked" in done.stderr
    assert "\x1b" not in done.stderr + done.stdout
    book = (tmp_path / "out/gradebook.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in book] == ["id", "ann", "bob", "cy", "eve"]
    assert book[1].startswith("ann,1,")
    assert book[2].startswith("bob,,")
    review = (tmp_path / "out/needs-review.csv").read_text()
    assert "'bob.yaml' is a link; it was not unpacked" in review
    assert "\nann," not in review.replace("\nann,q", "\n")


TARRED = io.BytesIO()
with tarfile.open(fileobj=TARRED, mode="w:gz") as tarred:
    tarred.add(Path(__file__).parent / "batch_classes.py", "ann.yaml")
WHOLE = packed(None)
BROKEN = {
    "empty": b"",
    "text": b"this is no zip",
    "tar": TARRED.getvalue(),
    "beginning of a zip": WHOLE[:40],
    "half a zip": WHOLE[: len(WHOLE) // 2],
    "without its end": WHOLE[:-10],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_zip_gets_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "class.zip").write_bytes(BROKEN[name])
    with pytest.raises(ArchiveError, match=r"class\.zip cannot be unpacked: ."):
        unpack(tmp_path / "class.zip", tmp_path / "into")
    assert not list((tmp_path / "into").iterdir())


def test_a_broken_zip_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "class.zip").write_bytes(BROKEN["half a zip"])
    done = run("grade", PROBLEM, tmp_path / "class.zip", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "cannot be unpacked: File is not a zip file" in done.stderr


def test_a_folder_may_have_the_name_of_a_zip(tmp_path: Path) -> None:
    (tmp_path / "class.zip").mkdir()
    (tmp_path / "class.zip/ann.yaml").write_bytes(HONEST["ann.yaml"])
    done = run("grade", PROBLEM, tmp_path / "class.zip", "--out", tmp_path / "out", "--quiet")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("change", ["cut", "flip"])
def test_no_damage_to_a_zip_crashes_the_grader(tmp_path: Path, change: str) -> None:
    """Cut off after each byte, or with one byte changed, a zip is unpacked or gets a sentence."""
    for at in range(len(WHOLE)):
        data = (
            WHOLE[:at]
            if change == "cut"
            else WHOLE[:at] + bytes([WHOLE[at] ^ 0xFF]) + WHOLE[at + 1 :]
        )
        try:
            found = found_in(unpacked(tmp_path, data))
        except ArchiveError:
            continue
        for one in found.values():
            one.read()


def test_a_zip_without_its_beginning_loses_only_one_file(tmp_path: Path) -> None:
    got = unpacked(tmp_path, WHOLE[30:])
    (file,) = got.left_out
    assert str(file).startswith("'ann.yaml' cannot be unpacked")
    assert found_in(got)["cy"].read().answers != ()
