"""Word, OpenDocument, HTML and reStructuredText are read through pandoc, under limits."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

pypandoc = pytest.importorskip("pypandoc")

from grader import key  # noqa: E402
from grader.document import conversion  # noqa: E402
from grader.document.conversion import NotConverted, to_markdown  # noqa: E402
from grader.grading import grade  # noqa: E402
from grader.problem import load  # noqa: E402
from grader.result import Report, Verdict  # noqa: E402
from grader.submission import Refusal, read  # noqa: E402

ROOT = Path(__file__).parents[2]
KEY = key.build(load(ROOT / "problems/cs1678-hw3"))
SOURCES = ("student-02.tex", "student-13.tex", "student-14.md")

PAPER = r"""
\section*{Question 1} \[ \frac{\partial l}{\partial W^3_{1,1}} = \delta h^2_1 \]
\section*{Question 6} \[ \frac{d\sigma(x)}{dx} = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases} \]
\section*{Question 11} $\frac{\partial l}{\partial W^2} = \delta (W^3)^T (h^1)^T$
"""


def made(source: str, name: str, folder: Path, reader: str = "latex", *more: str) -> Path:
    """A document that pandoc writes, as students export theirs."""
    command = [pypandoc.get_pandoc_path(), "-f", reader, "-o", str(folder / name), *more]
    subprocess.run(command, input=source.encode(), check=True, capture_output=True)
    return folder / name


def graded(file: Path) -> Report:
    return grade(KEY, read(file))


def verdicts(file: Path) -> dict[str, Verdict]:
    return {question.id: question.verdict for question in graded(file).questions}


@pytest.mark.parametrize("ending", ["docx", "html", "rst"])
@pytest.mark.parametrize("source", SOURCES)
def test_a_document_is_graded_like_its_source(tmp_path: Path, source: str, ending: str) -> None:
    file = ROOT / "submissions/cs1678-hw3" / source
    reader = "latex" if source.endswith(".tex") else "markdown"
    document = made(file.read_text(), f"paper.{ending}", tmp_path, reader, "--mathml")
    assert verdicts(document) == verdicts(file)


def libreoffice(odt: Path) -> Path:
    """The same file with the names that LibreOffice gives to formulas."""
    stream = io.BytesIO()
    with zipfile.ZipFile(odt) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "content.xml":
                data = data.replace(b"Formula-", b"./Object ").replace(b'/" xlink', b'" xlink')
            new.writestr(name.replace("Formula-", "Object "), data)
    odt.write_bytes(stream.getvalue())
    return odt


@pytest.mark.parametrize("ending", ["docx", "odt", "html"])
def test_formulas_cases_and_headings(tmp_path: Path, ending: str) -> None:
    document = made(PAPER, f"paper.{ending}", tmp_path, "latex", "--mathjax")
    found = verdicts(libreoffice(document) if ending == "odt" else document)
    assert [found[name] for name in ("q1", "q6", "q11")] == [Verdict.CORRECT] * 3


def test_moodles_online_text(tmp_path: Path) -> None:
    file = tmp_path / "onlinetext.html"
    file.write_text(
        r"<p><strong>Question 1.</strong></p><p>\( \delta h^2_1 \)</p><p>Question 2:</p>"
        r"<p>$$\delta h^2_2$$</p><p>Question 3</p><p>$\delta (h^2)^T$</p>"
    )
    found = verdicts(file)
    assert [found[name] for name in ("q1", "q2", "q3")] == [Verdict.CORRECT] * 3


def test_what_word_strikes_out_is_struck_out(tmp_path: Path) -> None:
    document = made("## Question 1\n\n~~wrong~~ $\\delta h^2_1$\n", "a.docx", tmp_path, "markdown")
    assert "~~wrong~~" in to_markdown(document.read_bytes(), ".docx")[0]


# Nothing is lost: what pandoc passes over is for a human.


def refusals(file: Path) -> tuple[Refusal, ...]:
    return read(file).refusals


def nothing_is_zero(file: Path) -> bool:
    return all(q.needs_review for q in graded(file).questions if q.verdict is not Verdict.CORRECT)


def test_formulas_that_pandoc_does_not_find_in_an_odt(tmp_path: Path) -> None:
    document = made(PAPER, "paper.odt", tmp_path)
    assert "Formula-" in refusals(document)[0].message
    assert nothing_is_zero(document)


def test_embedded_objects_of_word(tmp_path: Path) -> None:
    document = made("Question 1. See below.", "paper.docx", tmp_path)
    with zipfile.ZipFile(document, "a") as zipped:
        zipped.writestr("word/embeddings/oleObject1.bin", b"an equation of MathType")
    assert "oleObject1.bin" in refusals(document)[0].message
    assert nothing_is_zero(document)


@pytest.mark.parametrize(
    "text",
    [
        "<p>Question 1</p><svg><text>d h</text></svg>",
        "<p>Question 1</p><iframe src='file:///etc/passwd'></iframe>",
    ],
)
def test_drawings_in_a_page(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.html").write_text(text)
    assert nothing_is_zero(tmp_path / "a.html")


def test_pictures_in_a_document(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs/feedback-light.png", tmp_path / "scan.png")
    document = made("Question 1\n\n![](scan.png)\n", "a.docx", tmp_path, "markdown",
                    f"--resource-path={tmp_path}")  # fmt: skip
    assert any("picture" in left.what for left in read(document).leftovers)
    assert nothing_is_zero(document)


# Hostile documents.


def test_no_file_is_opened_because_a_document_names_it(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("$\\delta h^2_1$")
    (tmp_path / "a.rst").write_text(f"Question 1\n\n.. include:: {tmp_path}/secret.txt\n")
    text, lost = to_markdown((tmp_path / "a.rst").read_bytes(), ".rst")
    assert "delta" not in text
    assert "secret.txt" in lost[0]
    assert nothing_is_zero(tmp_path / "a.rst")


def test_raw_blocks_are_read_as_text_and_not_lost(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("Question 1\n\n.. raw:: latex\n\n   \\[\\delta h^2_1\\]\n")
    assert verdicts(tmp_path / "a.rst")["q1"] in (Verdict.CORRECT, Verdict.UNDECIDED)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", b"PK\3\4 nothing"),
        ("a.docx", b"\xd0\xcf\x11\xe0"),
        ("a.odt", b"text"),
        ("b.docx", None),
    ],
)
def test_a_damaged_document_is_refused(tmp_path: Path, name: str, data: bytes | None) -> None:
    if data is None:  # another zip
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as zipped:
            zipped.writestr("a.txt", "text")
        data = stream.getvalue()
    (tmp_path / name).write_bytes(data)
    (refused,) = refusals(tmp_path / name)
    assert refused.message.startswith("pandoc cannot read it: ")
    assert refused.whole_file


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    document = made("Question 1", "a.docx", tmp_path)
    with zipfile.ZipFile(document) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    blank = b"<w:p><w:r><w:t>0</w:t></w:r></w:p>" * 3_000_000
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:p>", blank + b"<w:p>", 1)
    with zipfile.ZipFile(document, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    assert document.stat().st_size < 16_000_000
    (refused,) = refusals(document)
    assert refused.whole_file


def test_pandoc_that_hangs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sleeper = tmp_path / "pandoc"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(conversion, "_program", lambda: str(sleeper))
    monkeypatch.setattr(conversion, "SECONDS", 0.2)
    with pytest.raises(NotConverted, match="pandoc needed more than"):
        to_markdown(b"", ".rst")


def test_without_pandoc_it_is_for_a_human(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    conversion._program.cache_clear()
    monkeypatch.setattr(pypandoc, "get_pandoc_path", lambda: (_ for _ in ()).throw(OSError()))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.docx").write_bytes(b"PK\3\4")
    (refused,) = refusals(tmp_path / "a.docx")
    conversion._program.cache_clear()
    assert "pip install pypandoc-binary" in str(refused.hint)
    assert nothing_is_zero(tmp_path / "a.docx")
