"""Independent readers read the files back."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_samples import ATTACK, FORMULAS, hostile_report, quiet_report

from grader.course import Gradebook
from grader.reports import feedback_md, gradebook_csv, needs_review, result_json, write
from grader.reports.csv_text import cell
from grader.result import Report, Verdict


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_json_is_strict_ascii_and_comes_back_as_it_was() -> None:
    text = result_json.render(hostile_report())
    data = json.loads(text, parse_constant=pytest.fail)
    assert text.isascii()
    assert Report.from_json(data).to_json() == hostile_report().to_json()
    assert data["questions"][0]["answer"]["text"] == ATTACK


def test_gradebook() -> None:
    reports = [quiet_report("a"), quiet_report("b", Verdict.UNDECIDED), hostile_report("=x")]
    text = gradebook_csv.render(Gradebook.of(reports))
    first, second, third = rows(text)
    assert first == {
        "id": "a",
        "q16": "3",
        **{f"q{i}": "" for i in range(1, 8)},
        "score": "3",
        "max_score": "3",
        "status": "graded",
        "pending": "0",
    }
    assert (second["q16"], second["score"], second["status"]) == ("", "", "needs review")
    assert second["pending"] == "3"
    assert third["id"] == "'=x"
    assert text.count("\r\n") == text.count("\n") == 4


def test_gradebook_without_submissions_is_a_header() -> None:
    assert gradebook_csv.render(Gradebook.of([])) == "id,score,max_score,status,pending\r\n"


def test_needs_review_has_a_row_for_each_answer_that_waits() -> None:
    text = needs_review.render(Gradebook.of([quiet_report("a"), hostile_report("b")]))
    found = rows(text)
    assert [row["verdict"] for row in found] == ["unreadable", "undecided", "error"]
    assert all(len(row["answer"]) <= 200 and row["answer"].endswith("…") for row in found)
    assert {row["line"] for row in found} == {"7"}
    assert tuple(found[0]) == needs_review.HEADER


def test_needs_review_gives_the_verdict_when_nothing_else_is_known() -> None:
    report = quiet_report("b", Verdict.ERROR)
    bare = replace(report.questions[0], messages=(), answer=None)
    (row,) = rows(needs_review.render(Gradebook.of([replace(report, questions=(bare,))])))
    assert row["reason"] == "a fault of the grader"
    assert (row["line"], row["answer"], row["path"]) == ("", "", "b.md")


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    report = hostile_report(formula)
    (row, *_) = rows(needs_review.render(Gradebook.of([report])))
    assert cell(formula).startswith("'")
    assert row["id"].startswith("'")
    assert "\n" not in cell(formula + "\n=1")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_cells_never_begin_like_a_formula(text: str) -> None:
    assert not cell(text).startswith(tuple("=+-@\t\r\n"))


def markdown_report() -> Report:
    """The hostile report, with harmless text in the fields of the author, who is trusted."""
    report = hostile_report(ATTACK)
    quiet = (replace(q, prompt="A *prompt*", reference=None) for q in report.questions)
    return replace(report, title="Homework", questions=tuple(quiet))


def test_untrusted_markdown_is_escaped() -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(feedback_md.render(markdown_report()))
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inline)}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "s_open", "hr"}
    assert not kinds & {"bullet_list_open", "ordered_list_open", "code_block", "blockquote_open"}
    assert sum(token.type == "em_open" for token in inline) == len(Verdict)
    assert sum(token.type == "heading_open" for token in tokens) == 1 + len(Verdict)
    strong = {after.content for t, after in pairwise(inline) if t.type == "strong_open"}
    assert "b" not in strong


def test_markdown_keeps_the_answer_to_the_letter() -> None:
    report = markdown_report()
    answer = replace(report.questions[0].answer, text="```\n# x\n~~~~\n````` `")  # type: ignore[type-var]
    question = replace(report.questions[0], answer=answer)
    tokens = MarkdownIt().parse(feedback_md.render(replace(report, questions=(question,))))
    assert "```\n# x\n~~~~\n````` `\n" in [t.content for t in tokens if t.type == "fence"]


def test_markdown_reads_well() -> None:
    text = feedback_md.render(quiet_report(verdict=Verdict.PARTIAL))
    assert text.startswith("# Homework 3\n\nSubmission student-07: **1 of 3 points**\n")
    assert "## Question 16: ◐ Partly correct, 1 of 3 points" in text
    assert "You wrote (student-07.md:112):\n\n```latex\n\\delta W^3\n```\n" in text
    assert "Read as: `delta*W3`, 2×2" in text
    assert "| **2** | ? | ✓ |" in text


@given(st.text("`a \n"))
def test_code_spans_hold_any_backticks(text: str) -> None:
    span = feedback_md.code("x" + text + "x")
    (inline,) = (t for t in MarkdownIt().parse(span) if t.type == "inline")
    assert [t.type for t in inline.children or ()] == ["code_inline"]


def test_the_layout_of_the_output_folder(tmp_path: Path) -> None:
    reports = [quiet_report("a"), hostile_report("../../x"), hostile_report("..")]
    folders = {write.write_submission(report, tmp_path / "out") for report in reports}
    write.write_class(Gradebook.of(iter(reports)), tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        *("class.html", "gradebook.csv", "instructor", "needs-review.csv", "submissions")
    }
    assert {p.parent for p in folders} == {tmp_path / "out" / "submissions"}
    assert len(folders) == 3
    for folder in folders:
        names = {p.name for p in folder.iterdir()}
        assert names == {"result.json", "feedback.md", "feedback.html"}
    assert {p.name for p in tmp_path.iterdir()} == {"out"}


def test_files_are_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.txt"
    write.write_text(path, "old")
    monkeypatch.setattr(write.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write.write_text(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("x.txt", "old")]


def test_a_name_that_is_not_utf8_can_be_written(tmp_path: Path) -> None:
    report = quiet_report("caf\udce9")
    folder = write.write_submission(report, tmp_path)
    assert Report.from_json(json.loads((folder / "result.json").read_text())) == report
    assert "caf\\udce9" in (folder / "feedback.html").read_text("utf-8")


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, grader.reports.write, grader.reports.class_table, "
        "grader.reports.feedback_text; "
        "print([m for m in ('jinja2', 'rich', 'markupsafe', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_backticks_of_a_message_are_code_and_nothing_else() -> None:
    shown = feedback_md.marked("`<b>*x*</b>` in line 3 is *wrong*, and so is `")
    assert MarkdownIt().renderInline(shown) == (
        "<code>&lt;b&gt;*x*&lt;/b&gt;</code> in line 3 is *wrong*, and so is `"
    )
