"""An independent reader reads each export back, with the names that people really have."""

import base64
import csv
import io
import json
import re
import stat
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from export_samples import HOSTILE, NAMES, gradebook, report
from junitparser import Error, Failure, JUnitXml, Skipped

from grader.course import Gradebook, Student
from grader.reports import github_actions, gradescope_json
from grader.reports.exports.formats import FORMATS
from grader.reports.exports.protocol import Exported, ExportError, ExportOptions, Into

CANVAS = """\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 3 (4711),Other (4712),Current Score
,,,,,Manual Posting,,(read only)
    Points Possible,,,,,4.00,10.00,(read only)
"O'Brien, Jr",501,u1,u1@uni.edu,A,,7.00,70.00
Somebody Else,502,u9,x9,A,3.50,,
"Fox, Zoë",503,u3,x3,A,1.25,8.00,80.00
Cmd,504,,U2@UNI.EDU,A,,,
"Student, Test",505,,t,A,,,
"""
WORKSHEET = """\
Kennung;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Bewertung kann geändert werden
Teilnehmer/in31;O'Brien, Jr;u1@uni.edu;Zur Bewertung abgegeben;;4,00;Ja
Teilnehmer/in32;Zoë 🦊;u3@uni.edu;Zur Bewertung abgegeben;1,50;4,00;Ja
"""
RESULTS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["score", "tests", "output"],
    "properties": {
        "score": {"type": "number"},
        "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
        "visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["score", "max_score", "name"],
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "number": {"type": "string"},
                    "name": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
                    "visibility": {
                        "enum": ["hidden", "after_due_date", "after_published", "visible"]
                    },
                },
                "additionalProperties": False,
            },
        },
    },
}


def exported(name: str, book: Gradebook | None = None, **options: Any) -> Exported:
    return FORMATS[name].export(book or gradebook(), ExportOptions(**options))


def only_file(found: Exported) -> str:
    ((_, content),) = found.files.items()
    assert isinstance(content, str)
    return content


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    )


def test_csv() -> None:
    header, *found = rows(only_file(exported("csv")))
    table = {row[0]: dict(zip(header, row, strict=True)) for row in found}
    assert list(table) == list(NAMES)
    assert table["u1"]["name"] == "O'Brien, Jr"
    assert table["u2"]["name"].startswith("'=cmd()")
    assert (table["u3"]["name"], table["u4"]["name"]) == ("Zoë 🦊", "أحمد علي")
    assert (table["u3"]["q2"], table["u3"]["status"]) == ("", "needs review")
    assert (table["u4"]["score"], table["u4"]["status"]) == ("", "missing")
    assert (table["u5"]["score"], table["u5"]["score_with_late_credit"]) == ("2", "1")


def test_csv_with_zeros_for_missing_students() -> None:
    found = rows(only_file(exported("csv", missing_as_zero=True)))
    assert found[4][3:6] == ["0", "0", "0"]


def test_canvas_is_filled_in_and_nothing_else_changes() -> None:
    into = Into("gradebook.csv", CANVAS.encode())
    found = exported("canvas", into=into)
    text = only_file(found)
    before, after = rows(CANVAS), rows(text)
    changed = {
        (row[0], was, now)
        for row, old in zip(after, before, strict=True)
        for was, now in zip(old, row, strict=True)
        if was != now
    }
    assert changed == {("O'Brien, Jr", "", "4.00"), ("Cmd", "", "2.00")}
    assert text.startswith("\ufeff")
    assert "not in the platform's file: u4, u5" in found.notes
    assert "in the file from Canvas, but not in this class: Somebody Else" in found.notes
    assert any("no grade yet" in note and "u3" in note for note in found.notes)


@pytest.mark.parametrize("wanted", ["4711", "Homework 3", "Homework 3 (4711)"])
def test_canvas_column_by_number_or_title(wanted: str) -> None:
    into = Into("gradebook.csv", CANVAS.encode())
    assert "4.00" in only_file(exported("canvas", into=into, assignment=wanted))


def test_canvas_column_that_is_not_there() -> None:
    with pytest.raises(ExportError, match=r"'Homework 3 \(4711\)', 'Other \(4712\)'"):
        exported("canvas", into=Into("g.csv", CANVAS.encode()), assignment="HW")


@pytest.mark.parametrize("name", ["canvas", "moodle-worksheet"])
@pytest.mark.parametrize(
    "data", [b"", b"a,b\n", b"\xff\xfe\x00", b"a,b\n1,2\n", b"a,b\n1," + b"x" * 200_000]
)
def test_a_file_that_is_not_from_the_platform(name: str, data: bytes) -> None:
    with pytest.raises(ExportError):
        exported(name, into=Into("x.csv", data))


def test_a_worksheet_must_be_named() -> None:
    with pytest.raises(ExportError, match="--into"):
        exported("moodle-worksheet")


def test_moodle() -> None:
    header, *found = rows(only_file(exported("moodle")))
    assert header == ["email", "Homework 3", "feedback"]
    assert [row[:2] for row in found] == [
        ["u1@uni.edu", "4.00"], ["u2@uni.edu", "2.00"], ["u5@uni.edu", "2.00"],
    ]  # fmt: skip
    late = rows(only_file(exported("moodle", late_credit=True)))
    assert late[3][1] == "1.00"


def test_moodle_worksheet_keeps_its_language_and_its_decimal_sign() -> None:
    book = gradebook()
    known = {"u1": "31", "u3": "32"}
    for standing in book.standings:
        standing.student.fields["participant"] = known.get(standing.student.id, "")  # type: ignore[index]
    text = only_file(exported("moodle-worksheet", book, into=Into("w.csv", WORKSHEET.encode())))
    before, after = rows(WORKSHEET, ";"), rows(text, ";")
    assert after[0] == before[0]
    assert [row[4] for row in after[1:]] == ["4,00", "1,50"]
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]


def test_gradescope() -> None:
    for text in exported("gradescope").files.values():
        data = json.loads(text)
        jsonschema.validate(data, RESULTS_SCHEMA)
    jsonschema.validate(json.loads(gradescope_json.placeholder()), RESULTS_SCHEMA)
    waits = json.loads(exported("gradescope").files["gradescope/u3/results.json"])
    assert "waits for a person" in waits["output"]
    assert "status" not in waits["tests"][1]
    assert "<script>" not in waits["tests"][1]["output"]


def test_gradescope_autograder() -> None:
    found = exported("gradescope-autograder", problem={"problem.yaml": b"id: p\n"})
    data = found.files["autograder.zip"]
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        assert zipped.read("problem/problem.yaml") == b"id: p\n"
        for name in ("setup.sh", "run_autograder"):
            assert zipped.getinfo(name).external_attr >> 16 & stat.S_IXUSR
            assert zipped.read(name).startswith(b"#!/usr/bin/env bash\n")
        assert json.loads(zipped.read("placeholder.json"))["extra_data"] == {"unfinished": True}
    with pytest.raises(ExportError):
        exported("gradescope-autograder")


def test_junit() -> None:
    suites = {
        suite.name: suite for suite in JUnitXml.fromstring(only_file(exported("junit")).encode())
    }
    assert set(suites) == {"u1", "u2", "u3", "u5"}
    outcomes = {name: [case.result for case in suite] for name, suite in suites.items()}
    assert outcomes["u1"] == [[], []]
    assert isinstance(outcomes["u2"][1][0], Failure)
    assert isinstance(outcomes["u3"][1][0], Error)
    assert not any(isinstance(found, Skipped) for case in outcomes["u1"] for found in case)
    assert (suites["u2"].failures, suites["u3"].errors) == (1, 1)


def test_github_annotations_are_single_commands() -> None:
    text = exported("github").files["github/u2/annotations.txt"]
    assert isinstance(text, str)
    (line,) = text.splitlines()
    assert line.startswith("::error file=hw.md,line=12,title=q2%3A incorrect")
    assert "%250A" in line


def test_github_shows_at_most_ten_of_each() -> None:
    (wrong,) = (q for q in gradebook().standings[1].report.questions if q.id == "q2")  # type: ignore[union-attr]
    many = github_actions.annotations(report("u", *[wrong] * 30))
    assert len(many.splitlines()) == 10
    assert all(line.startswith("::error file=") for line in many.splitlines())


def test_github_does_not_run_what_students_write() -> None:
    first, *shown, last = github_actions.without_commands(HOSTILE).splitlines()
    token = first.removeprefix("::stop-commands::")
    assert last == f"::{token}::"
    assert len(token) == 32
    assert not any(token in line for line in shown)


def test_github_classroom() -> None:
    text = exported("github").files["github/u3/result.txt"]
    data = json.loads(base64.b64decode(text))
    assert (data["version"], data["status"], data["max_score"]) == (1, "fail", 4.0)
    assert [(test["status"], test["score"]) for test in data["tests"]] == [
        ("pass", 2.0),
        ("error", 0.0),
    ]


def test_the_page_names_each_format() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/exports.md").read_text("utf-8")
    assert set(re.findall(r"--to ([a-z-]+)", page)) | {"csv"} == set(FORMATS)


@pytest.mark.parametrize("name", ["canvas", "moodle", "moodle-worksheet"])
def test_a_large_class(name: str) -> None:
    """A search through all rows for each student would take minutes."""
    first = gradebook().standings[0]
    assert first.report is not None
    many = [replace(first, student=Student(str(n), email=f"{n}@uni.edu")) for n in range(5_000)]
    lines = {
        "canvas": [CANVAS.splitlines()[0], *(f"A,,{n},,S,,," for n in range(5_000))],
        "moodle-worksheet": [
            WORKSHEET.splitlines()[0],
            *(f"Teilnehmer/in{n};A{n};{n}@uni.edu;S;;4,00;Ja" for n in range(5_000)),
        ],
    }.get(name)
    into = Into("f.csv", "\n".join(lines).encode()) if lines else None
    started = time.process_time()
    text = only_file(exported(name, replace(gradebook(), standings=tuple(many)), into=into))
    assert time.process_time() - started < 5
    assert text.count("4,00" if ";" in text else "4.00") >= 5_000
