"""Work is never given to another student, and nobody's is lost for the name of a file."""

import csv
import os
from pathlib import Path

import pytest
from batch_classes import PROBLEM, run

from grader.batch.discovery import FoundSubmission, discover
from grader.batch.members import Members, members, without_course_files
from grader.course import Student
from grader.course.roster import read_roster

RIGHT = 'answers: {q1: "delta*h2[1]"}'


def put(folder: Path, *names: str) -> Path:
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(RIGHT)
    return folder


def ids(got: Members) -> list[str]:
    return sorted(each.id for each in got.found)


def a_student(id: str, name: str = "", email: str = "", **fields: str) -> Student:  # noqa: A002
    return Student(id, name, email, {"id": id, "name": name, "email": email, **fields})


# Names of files.


def test_ids_differ_by_more_than_case_folding(tmp_path: Path) -> None:
    assert [each.id for each in discover(put(tmp_path, "straße.yaml", "strasse.yaml"))] == [
        "strasse",
        "straße",
    ]
    assert len(discover(put(tmp_path / "x", "Ada.yaml", "ada.md"))) == 1
    assert len(discover(put(tmp_path / "y", "zoé.yaml", "zoe\u0301.yaml"))) == 1


def test_names_that_are_not_utf_8_stay_different(tmp_path: Path) -> None:
    for name in (b"caf\xe8.yaml", b"caf\xe9.yaml"):
        with open(os.path.join(os.fsencode(tmp_path), name), "w") as file:
            file.write(RIGHT)
    assert [each.id for each in discover(tmp_path)] == ["caf\\udce8", "caf\\udce9"]


@pytest.mark.parametrize(
    ("names", "roster", "expected"),
    [
        (["ada (1).yaml"], [], ["ada"]),
        (["ada(2).yaml", "bo.md"], [], ["ada", "bo"]),
        (["ada.yaml", "ada (1).yaml"], [], ["ada"]),
        (["group (1).yaml", "group (2).yaml"], [], ["group (1)", "group (2)"]),
        (["ada (1).yaml", "ada (2).yaml"], ["ada"], ["ada"]),
        (["group (1).yaml", "group (2).yaml"], ["group (1)", "group (2)"], ["group (1)", "group (2)"]),
        (["x.yaml"], [], ["x"]),
        (["(1).yaml"], [], ["(1)"]),
    ],
)  # fmt: skip
def test_a_copy_that_a_browser_named_is_its_students(
    tmp_path: Path, names: list[str], roster: list[str], expected: list[str]
) -> None:
    found = discover(put(tmp_path, *names))
    assert ids(members(found, [a_student(name) for name in roster])) == expected


def test_a_roster_among_the_submissions_is_no_student(tmp_path: Path) -> None:
    put(tmp_path, "ann.yaml", "late.yaml")
    (tmp_path / "class.csv").write_text("Student-ID,Name\nann,Ann\n")
    (tmp_path / "bo.csv").write_text("1.5,2.5\n")
    kept, notes = without_course_files(discover(tmp_path), [tmp_path / "late.yaml", None])
    assert [each.id for each in kept] == ["ann", "bo"]
    assert notes == ("class.csv: this is a roster, not a submission; give it with --roster",)


def test_files_without_an_id_are_listed(tmp_path: Path) -> None:
    put(tmp_path / "class", "hw_1234567.yaml", "ann.yaml")
    done = run("grade", PROBLEM, tmp_path / "class", "--out", tmp_path / "out",
               "--id-pattern", r"(?P<id>\d{7})")  # fmt: skip
    assert "ann.yaml: no id by --id-pattern, so it was not graded" in done.stderr


# Platforms.


@pytest.mark.parametrize(
    "line",
    [
        ":submitters: 5", ":submitters: .nan", ":submitters: {a: 1}", ":submitters: [5]",
        ":submitters: [{:sid: [1], :name: {a: 1}}]", ':submitters: [{:sid: "\\ud800"}]',
        ":created_at: 5", ":created_at: 0001-01-01 00:00:00 +23:00",
        ":created_at: 9999-12-31 23:00:00 -11:00",
    ],
)  # fmt: skip
def test_gradescopes_metadata_may_hold_anything(tmp_path: Path, line: str) -> None:
    put(tmp_path / "class", "submission_1/a.yaml", "submission_2/a.yaml")
    (tmp_path / "class/submission_metadata.yml").write_text(f"submission_1:\n  {line}\n")
    (tmp_path / "late.yaml").write_text("deadline: 2026-11-20 23:59\ntimezone: UTC\n")
    done = run("grade", PROBLEM, tmp_path / "class", "--out", tmp_path / "out",
               "--late", tmp_path / "late.yaml")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/gradebook.csv").read_text().count("\n") == 3


def test_two_people_with_the_same_start_of_an_address(tmp_path: Path) -> None:
    put(tmp_path, "submission_1/a.yaml", "submission_2/a.yaml", "submission_3/a.yaml")
    (tmp_path / "submission_metadata.yml").write_text(
        "submission_1: {':submitters': [{':name': Ann A, ':email': ann@a.edu}]}\n"
        "submission_2: {':submitters': [{':name': Ann B, ':email': ann@b.edu}]}\n"
        "submission_3: {':submitters': [{':name': Bo, ':email': bo@b.edu}]}\n"
    )
    found = discover(tmp_path)
    assert [each.id for each in found] == ["ann@a.edu", "ann@b.edu", "bo"]
    roster = [a_student("u1", "Ann A", "ann@a.edu"), a_student("bo", "Bo Other", "bo@a.edu")]
    assert ids(members(found, roster)) == ["ann@b.edu", "bo (Bo)", "u1"]


def test_a_file_beside_an_export_does_not_hide_the_export(tmp_path: Path) -> None:
    put(tmp_path, "doejane_11_901_a.md", "doejane_11_902_b.md", "lee_12_903_a.md", "notes.md")
    assert [each.id for each in discover(tmp_path)] == ["11", "12", "notes"]


@pytest.mark.parametrize("deadline", [True, False])
def test_what_canvas_marks_late_is_late_everywhere(tmp_path: Path, deadline: bool) -> None:
    put(tmp_path / "class", "doejane_LATE_11_901_a.yaml", "lee_12_903_a.yaml")
    (tmp_path / "late.yaml").write_text("deadline: 2026-11-20 23:59\ntimezone: UTC\n")
    more = ["--late", tmp_path / "late.yaml"] if deadline else []
    out = tmp_path / "out"
    assert run("grade", PROBLEM, tmp_path / "class", "--out", out, *more).returncode == 0
    run("export", out, "--to", "csv")
    unknown = "?" if deadline else ""
    for file in ("gradebook.csv", "export/grades.csv"):
        rows = csv.DictReader((out / file).read_text().splitlines())
        assert [row["late"] for row in rows] == ["late", unknown], file
    assert "<dt>late</dt><dd>1</dd>" in (out / "class.html").read_text()
    assert "marked late by the platform" in (out / "submissions/11/feedback.md").read_text()


# Rosters.


def numbered(id: str, name: str) -> FoundSubmission:  # noqa: A002
    return FoundSubmission(id, Path("x"), name=name, is_numbered=True)


@pytest.mark.parametrize(
    ("found", "owner"),
    [
        (numbered("17", "doejane"), "u2"),  # 17 is another student's id
        (numbered("17", "moejim"), "17 (moejim)"),  # nobody's name on the roster, but not Bob's
        (numbered("17", "roebob"), "17"),
        (numbered("18", "wangfang"), "18"),  # names in two scripts say nothing
        (numbered("903", "moejim"), "u3"),  # a column says that these are Canvas's numbers
        (FoundSubmission("17", Path("x"), name="Robert R"), "17"),  # the registrar's id
        (FoundSubmission("17", Path("x"), name="Jane Doe"), "17 (Jane Doe)"),  # two students fit
    ],
)
def test_a_platforms_number_is_not_a_registrars_id(found: FoundSubmission, owner: str) -> None:
    roster = [
        a_student("17", "Bob Roe"),
        a_student("18", "王芳"),
        a_student("u2", "Jane Doe"),
        a_student("u3", "Kim Poe", **{"canvas id": "903"}),
    ]
    (one,) = members([found], roster).found
    assert one.id == owner


def test_two_participants_with_the_name_of_one_student(tmp_path: Path) -> None:
    names = [f"Jane Doe_{n}_assignsubmission_file_/a.yaml" for n in (5, 7)]
    got = members(discover(put(tmp_path, *names)), [a_student("u1", "Jane Doe")])
    (one,) = got.found
    assert one.unsure, "one of them may be another Jane Doe"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Student-ID,Name\nu1,Ann\n", ["u1"]),
        ("student_id;Name\nu1;Ann\n", ["u1"]),
        (
            "Student,ID,SIS User ID,SIS Login ID,Section,HW 3 (7)\n"
            ",,,,,Manual Posting\n    Points Possible,,,,,25\n"
            '"Doe, Jane",11,s1,jd,A,\n"Student, Test",99,,x,A,\n',
            ["11"],
        ),
        (
            "First Name,Last Name,SID,Email,Role,Sections\n"
            "Ann,Lee,,ann@uni.edu,Student,\nBo,Li,u2,bo@uni.edu,Student,\nTa,Tu,,ta@uni.edu,TA,\n",
            ["ann@uni.edu", "u2"],
        ),
        ("First name,Last name,ID number,Email address\nAnn,Lee,,ann@uni.edu\n", ["ann@uni.edu"]),
        (
            "Identifier,Full name,Email address,Status,Grade\nParticipant 123,Ann Lee,ann@uni.edu,,\n",
            ["ann@uni.edu"],
        ),
        ("Identifier,Full name,Status,Grade\nParticipant 123,Ann Lee,,\n", ["123"]),
        ("id,name,section\nu1,Ann,A\nu1,Ann,B\n", ["u1"]),
        ("id,role\nu1,undergraduate\n", ["u1"]),
    ],
)
def test_rosters_as_platforms_export_them(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "roster.csv").write_text(text)
    assert [student.id for student in read_roster(tmp_path / "roster.csv")] == expected
