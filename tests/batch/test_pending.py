"""Pending is not zero: no figure counts what a human must still look at, and everything says so."""

import csv
import json
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

RIGHT = 'answers: {q1: "delta*h2[1]"}\n'


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    (folder / "ann.yaml").write_text(RIGHT)
    (folder / "bo.pdf").write_bytes(b"%PDF-1.5")
    (folder / "cy.pdf").write_bytes(b"%PDF-1.6")
    (folder / "di.yaml").write_text('answers: {q1: "delta*h2[1]", q2: "delta*("}\n')
    results = tmp_path_factory.mktemp("out")
    done = run("grade", PROBLEM, folder, "--out", results)
    assert done.returncode == 5
    (results / "table.txt").write_text(done.stdout)
    return results


def test_the_table(out: Path) -> None:
    text = (out / "table.txt").read_text()
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "–/25 (25 pending)" in lines["bo"]
    assert "1/25 (1 pending)" in lines["di"]
    assert " 1/25 " in lines["ann"]
    assert "mean 1 of 25 (without 3 with pending points)" in text


def test_the_gradebook(out: Path) -> None:
    rows = {
        row["id"]: row for row in csv.DictReader((out / "gradebook.csv").read_text().splitlines())
    }
    assert [(rows[name]["score"], rows[name]["pending"]) for name in ("ann", "bo", "di")] == [
        ("1", "0"),
        ("", "25"),
        ("", "1"),
    ]


def test_the_students_pages(out: Path) -> None:
    folder = out / "submissions/bo"
    assert "**– of 25 points (25 pending)**" in (folder / "feedback.md").read_text()
    page = (folder / "feedback.html").read_text()
    assert "<b>–</b> of 25 points (25 pending)" in page
    assert "0 of" not in page
    result = json.loads((folder / "result.json").read_text())
    assert (result["score"], result["pending"], result["max_score"]) == (0.0, 25.0, 25.0)


def test_the_class_page_begins_with_what_needs_you(out: Path) -> None:
    page = (out / "class.html").read_text()
    assert page.index("What needs you") < page.index("Scores (maximum")
    needs_you = page[page.index("What needs you") : page.index("Scores (maximum")]
    assert needs_you.count("<tr>") == 1 + 3, "one line a student"
    assert "<td>all</td><td><bdi>bo.pdf</bdi></td>" in needs_you
    assert "<dt>mean, 1 decided</dt><dd>1</dd>" in page
    assert page.count('1<span class="gr-hidden"> with </span>') == 1, "one student in the histogram"


def test_files_that_were_not_read_are_no_group(out: Path) -> None:
    assert "2 students" not in run("groups", out, "q1").stdout
    assert "Common wrong answers" in (out / "class.html").read_text()
    assert "No two students gave the same wrong answer." in (out / "class.html").read_text()


@pytest.mark.parametrize("name", ["bo.pdf", "di.yaml"])
def test_check_promises_no_human(tmp_path: Path, name: str) -> None:
    """A student checks a paper before it is handed in: nobody will look at it."""
    file = tmp_path / name
    file.write_bytes(b"%PDF-1.5" if name == "bo.pdf" else b'answers: {q2: "delta*("}')
    text = " ".join(run("check", PROBLEM, file).stdout.split())
    assert "erson will look" not in text
    assert "before you hand in" in text
    assert "pending" in text
