"""Rosters as registrars write them, and the student of each submission."""

from pathlib import Path

import pytest

from grader.course.roster import StudentFinder, read_roster
from grader.errors import AuthorError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    file = tmp_path / "roster.csv"
    lines = [
        "ID,Last name,First name,E-mail",
        "u1,Müller,Zoé,zoe@uni.edu",
        "",
        "u2,Li,Bo,bo@uni.edu",
    ]
    file.write_bytes("\r\n".join(lines).replace(",", separator).encode(encoding))
    first, second = read_roster(file)
    assert (first.id, first.name, first.email) == ("u1", "Zoé Müller", "zoe@uni.edu")
    assert second.fields["last name"] == "Li"


def test_all_faults_at_once_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("id,name\nu1,Ann\n,Bo\nU1,Cy\n")
    with pytest.raises(AuthorError) as caught:
        read_roster(file)
    assert [(fault.line, fault.reason) for fault in caught.value.faults] == [
        (3, "this row has no id"),
        (4, "'U1' is already in line 2"),
    ]


def test_without_a_column_for_the_id(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("a,b\n1,2\n")
    with pytest.raises(AuthorError, match="there is no column for the id"):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize(
    ("submission_id", "name", "owner"),
    [
        ("U1", "", "u1"),
        ("ann.lee", "", "u1"),
        ("77", "", "u2"),
        ("901", "Lee, Ann", "u1"),
        ("901", "leeann", "u1"),
        ("901", "annlee", "u1"),
        ("901", "Zoé Smith", None),
        ("901", "", None),
    ],
)
def test_the_student_of_a_submission(
    tmp_path: Path, submission_id: str, name: str, owner: str | None
) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(
        "id,name,email,canvas id\nu1,Ann Lee,ann.lee@uni.edu,76\nu2,Zoe Smith,,77\nu3,Smith Zoe,,78\n"
    )
    student = StudentFinder(read_roster(file)).student(submission_id, name)
    assert (student and student.id) == owner
