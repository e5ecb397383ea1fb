import os
import re
from pathlib import Path

import pytest
from handing_in import by_question, hand_in, outline, paper, refusal, texts

from grader.submission import formats, limits, read


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_any_usual_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "1. the résumé of the gradient is $x^2$\n"
    found = paper(tmp_path, "p.md", text.encode(encoding))
    assert outline(found) == ["1:", "x^2"]
    assert "résumé" in str(found)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_formulas_survive_any_encoding_and_ending(
    tmp_path: Path, encoding: str, ending: str
) -> None:
    text = ending.join(["Hi", "", "1. ∂l/∂W³₁₁ = δ h²₂", "      = δ h²₁", ""])
    found = paper(tmp_path, "p.txt", text.encode(encoding))
    assert outline(found) == ["1:", "∂l/∂W³₁₁ = δ h²₂ = δ h²₁"]
    assert found.items[-1].place.line == 3


def test_a_damaged_byte_does_not_spoil_the_rest(tmp_path: Path) -> None:
    data = "1. ∂l/∂W³₁₁ = δ h²₁ by “chain rule”".encode()
    assert "∂l/∂W³₁₁ = δ" in str(paper(tmp_path, "p.md", data + b" na\xefve"))


def test_windows_quotes_are_read(tmp_path: Path) -> None:
    assert "don’t" in str(paper(tmp_path, "p.md", b"I don\x92t know $x$"))
    assert texts(paper(tmp_path, "p.md", b"\x81 $x$")) == ["x"]


@pytest.mark.parametrize("data", [b"$x$ \x00 \x01\x02\x03", bytes(range(32)) * 8, b"\x00" * 50])
def test_binary_data_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "binary" in refusal(hand_in(tmp_path, "p.md", data)).message


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("p.doc", "pandoc"),
        ("p.rtf", "Markdown"),
        ("p.pages", "Export"),
        ("p.PDF", ".tex"),
        ("p.png", "Type the formulas"),
        ("p.jpg", "Type the formulas"),
        ("p.heic", "Type the formulas"),
        ("p.webp", "Type the formulas"),
        ("p.goodnotes", "Type the formulas"),
        ("p.xlsx", ".csv"),
        ("p.zip", "Unpack"),
        ("p.xyz", ".md"),
        ("noname", ".md"),
    ],
)
def test_other_formats_are_refused_with_advice(tmp_path: Path, name: str, hint: str) -> None:
    found = refusal(hand_in(tmp_path, name, b"whatever"))
    assert hint in str(found.hint)
    assert found.whole_file


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 ...", b"PK\x03\x04...", b"{\\rtf1 hi}", b"GIF89a", b"\0\0\0\x18ftypheic"]
)
def test_a_document_under_another_name_is_refused(tmp_path: Path, data: bytes) -> None:
    assert "inside" in refusal(hand_in(tmp_path, "p.md", data)).message


@pytest.mark.parametrize("suffix", sorted(formats.BY_SUFFIX))
@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_file_is_an_empty_submission(tmp_path: Path, suffix: str, content: bytes) -> None:
    found = hand_in(tmp_path, f"ann{suffix}", content)
    assert (found.papers, found.answers, found.refusals) == ((), (), ())


@pytest.mark.parametrize("row", formats.FORMATS)
def test_a_file_past_its_limit_is_refused(tmp_path: Path, row: formats.Format) -> None:
    found = refusal(hand_in(tmp_path, f"p{row.suffixes[0]}", b"1" * (row.limit + 1)))
    assert "larger" in found.message
    assert found.whole_file


def test_the_id_is_the_stem_or_the_argument(tmp_path: Path) -> None:
    (tmp_path / "student-07.md").write_text("$x$")
    found = read(tmp_path / "student-07.md")
    assert (found.id, found.path) == ("student-07", "student-07.md")
    assert read(tmp_path / "student-07.md", id="ann").id == "ann"


def test_nothing_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nobody.md")


def test_the_digest_is_over_names_and_contents(tmp_path: Path) -> None:
    first = hand_in(tmp_path, "p.md", "$x$").digest
    assert re.fullmatch("sha256:[0-9a-f]{64}", first)
    assert hand_in(tmp_path, "p.md", "$x$").digest == first
    assert hand_in(tmp_path, "p.md", "$y$").digest != first
    assert hand_in(tmp_path, "q.md", "$x$").digest != first


def folder(root: Path, **files: str) -> Path:
    for name, content in files.items():
        path = root / "ann" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root / "ann"


def test_a_folder_is_one_student_with_all_files_by_name(tmp_path: Path) -> None:
    path = folder(tmp_path, b_md="$b$", a_tex="$a$", c_yaml="q1: x", sub__d_md="$d$")
    found = read(path)
    assert (found.id, found.path) == ("ann", "ann")
    assert [text for one in found.papers for text in texts(one)] == ["a", "b", "d"]
    assert by_question(found) == {"q1": "x"}
    assert found.papers[2].items[0].place.path == "sub/d.md"


def test_a_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    path = folder(tmp_path, a_md="$a$", b_pdf="%PDF", c_yaml="q1: [", _hidden="x")
    found = read(path)
    assert texts(found.papers[0]) == ["a"]
    whole_files = {refusal.place.path: refusal.whole_file for refusal in found.refusals}
    assert whole_files == {".hidden": False, "b.pdf": True, "c.yaml": True}


def test_files_of_operating_systems_are_skipped(tmp_path: Path) -> None:
    path = folder(tmp_path, a_md="$a$")
    before = read(path).digest
    for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
        (path / name).write_bytes(b"\x00")
    (path / "__MACOSX").mkdir()
    (path / "__MACOSX" / "._a.md").write_bytes(b"\x00")
    assert (read(path).refusals, read(path).digest) == ((), before)


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("$secret$")
    path = folder(tmp_path, a_md="$a$")
    (path / "b.md").symlink_to(tmp_path / "secret.md")
    (path / "c").symlink_to(tmp_path)
    found = read(path)
    assert "secret" not in str(found.papers)
    assert [refusal.place.path for refusal in found.refusals] == ["b.md", "c"]


def test_folders_are_read_to_a_small_depth(tmp_path: Path) -> None:
    deep = "__".join(["d"] * limits.FOLDER_DEPTH + ["a_md"])
    assert "levels deep" in refusal(read(folder(tmp_path, **{deep: "$a$"}))).message


def test_a_folder_with_too_many_files_is_cut(tmp_path: Path) -> None:
    path = folder(tmp_path, **{f"f{i:04}_md": "$a$" for i in range(limits.FILES + 3)})
    found = read(path)
    assert len(found.papers) == limits.FILES
    assert "203 files" in refusal(found).message


def test_a_folder_with_too_much_in_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FOLDER_BYTES", 3)
    found = read(folder(tmp_path, a_md="$a$", b_md="$b$"))
    assert texts(found.papers[0]) == ["a"]
    assert "MB" in refusal(found).message


def test_other_things_than_files_are_refused(tmp_path: Path) -> None:
    path = folder(tmp_path, a_md="$a$")
    os.mkfifo(path / "b.md")
    assert "regular file" in refusal(read(path)).message


def test_a_file_that_cannot_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = folder(tmp_path, a_md="$a$")
    monkeypatch.setattr(Path, "open", fail)
    assert "Permission denied" in refusal(read(path)).message


def test_a_folder_that_cannot_be_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", fail)
    assert "could not be opened" in refusal(read(folder(tmp_path, a_md="$a$"))).message


def test_a_name_that_is_not_text_can_be_printed(tmp_path: Path) -> None:
    path = folder(tmp_path, a_md="$a$")
    (path / os.fsdecode(b"\xff.md")).write_text("$b$")
    found = read(path)
    assert str(found).encode()
    assert len(found.papers) == 2
