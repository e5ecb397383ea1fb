"""The gradebook file from Canvas: which row is whose, and which cells must stay."""

import csv
import io
from dataclasses import replace

import pytest
from export_samples import gradebook, question, report

from grader.course import Gradebook, Standing, Student
from grader.reports.exports import canvas
from grader.reports.exports.protocol import Exported, ExportError, ExportOptions, Into
from grader.result import Verdict

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (4711)\n"


def graded(student: Student, points: float = 2.0) -> Standing:
    return Standing(student, report(student.id, question("q1", Verdict.CORRECT, points)))


def book(*standings: Standing) -> Gradebook:
    return replace(gradebook(), standings=standings)


def merged(gradebook: Gradebook, text: str, **options: object) -> Exported:
    into = Into("canvas.csv", text.encode())
    return canvas.export(gradebook, replace(ExportOptions(into), **options))  # type: ignore[arg-type]


def table(found: Exported, delimiter: str = ",") -> list[list[str]]:
    text = found.files[canvas.FILENAME]
    assert isinstance(text, str)
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def scores(found: Exported) -> dict[str, str]:
    return {row[0]: row[5] for row in table(found)[1:]}


def test_a_number_that_fits_two_rows_fits_none() -> None:
    """The registrar's number of one student is the Canvas ID of another."""
    rows = HEADER + "Victim,501,u9,x9,A,\nOwner,777,501,x1,A,\n"
    found = merged(book(graded(Student("501"))), rows)
    assert scores(found) == {"Victim": "", "Owner": ""}
    assert "left out, because several rows of the platform's file fit: 501" in found.notes


def test_more_columns_decide_between_two() -> None:
    rows = HEADER + "Victim,501,u9,x9,A,\nOwner,777,501,X1,A,\n"
    found = merged(book(graded(Student("501", email="x1"))), rows)
    assert scores(found) == {"Victim": "", "Owner": "2.00"}


@pytest.mark.parametrize("field", ["canvas id", "sis user id", "login id"])
def test_the_roster_decides_the_kind_of_an_id(field: str) -> None:
    rows = HEADER + "A,501,7,8,A,\nB,7,8,501,A,\nC,8,501,7,A,\n"
    student = Student("nobody", fields={"id": "nobody", field: "501"})
    expected = {"canvas id": "A", "sis user id": "C", "login id": "B"}[field]
    assert scores(merged(book(graded(student)), rows))[expected] == "2.00"


def test_two_students_who_fit_one_row_get_no_grade() -> None:
    two = book(graded(Student("7")), graded(Student("x", fields={"canvas id": "7"})))
    found = merged(two, HEADER + "A,7,,,S,3.00\n")
    assert scores(found) == {"A": "3.00"}
    assert "left out, because they fit the same row of the platform's file: 7, x" in found.notes


@pytest.mark.parametrize("kept", ["EX", "ex", "N/A"])
def test_excused_and_not_assigned_stay(kept: str) -> None:
    found = merged(book(graded(Student("7"))), HEADER + f"A,7,,,S,{kept}\n")
    assert scores(found) == {"A": kept}
    assert f"unchanged: 7 ({kept})" in found.notes


@pytest.mark.parametrize(("before", "after"), [("", "0.00"), ("-", "0.00"), ("3.50", "3.50")])
def test_a_zero_for_a_missing_submission_replaces_no_score(before: str, after: str) -> None:
    missing = book(Standing(Student("7")))
    found = merged(missing, HEADER + f"A,7,,,S,{before}\n", missing_as_zero=True)
    assert scores(found) == {"A": after}


def test_halves_round_up() -> None:
    found = merged(book(graded(Student("7"), 0.125)), HEADER + "A,7,,,S,\n")
    assert scores(found) == {"A": "0.13"}


def test_semicolons_and_decimal_commas() -> None:
    text = HEADER.replace(",", ";") + "    Points Possible;;;;;4,00\nA, B;7;;;S;\nC;8;;;S;1,50\n"
    found = table(merged(book(graded(Student("7"))), text), ";")
    assert [row[5] for row in found[1:]] == ["4,00", "2,00", "1,50"]
    assert found[2][0] == "A, B"


def test_names_in_two_columns() -> None:
    text = "LastName,FirstName,ID,SIS Login ID,Section,Homework 3 (1)\nB,A,7,x,S,\n"
    assert table(merged(book(graded(Student("7"))), text))[1] == ["B", "A", "7", "x", "S", "2.00"]


def test_a_short_row_is_filled_up() -> None:
    assert table(merged(book(graded(Student("7"))), HEADER + "A,7\n"))[1] == [
        "A", "7", "", "", "", "2.00",
    ]  # fmt: skip


def test_a_total_of_canvas_is_not_an_assignment() -> None:
    header = "Student,ID,SIS Login ID,Section,Homework 3 (4711),Homework 3 (12)\n"
    points = "    Points Possible,,,,4.00,(read only)\n"
    found = table(merged(book(graded(Student("7"))), header + points + "A,7,,S,,9\n"))
    assert found[2] == ["A", "7", "", "S", "2.00", "9"]


def test_two_columns_of_one_title() -> None:
    text = HEADER.strip() + ",homework  3 (4712)\nA,7,,,S,,\n"
    with pytest.raises(ExportError, match="--assignment"):
        merged(book(graded(Student("7"))), text)
    assert table(merged(book(graded(Student("7"))), text, assignment="4712"))[1][6] == "2.00"


def test_a_note_says_that_the_maximum_differs() -> None:
    text = HEADER + "    Points Possible,,,,,100.00\nA,7,,,S,\n"
    notes = merged(book(graded(Student("7"))), text).notes
    note = "the platform's maximum is 100.00, the problem's is 4.00: grades are not scaled"
    assert note in notes


def test_nothing_else_changes_in_a_difficult_file() -> None:
    text = (
        "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Notes,Homework 3 (4711),Final Score\r\n"
        ",,,,,,Manual Posting,\r\n"
        "    Points Possible,,,,,,4.00,(read only)\r\n"
        '"O\'Brien, Jr",7,,,"A and ""B""","two\r\nlines",,12.5\r\n'
        "=cmd(),8,,,A,=1+1,1.00,\r\n"
        "أحمد 🦊,9,,,A,,,\r\n"
    )
    found = merged(book(graded(Student("7"))), text).files[canvas.FILENAME]
    assert found == text.replace('lines",,12.5', 'lines",2.00,12.5')


def test_a_new_file() -> None:
    header, possible, *found = table(canvas.export(gradebook(section="A"), ExportOptions()))
    assert header == [*HEADER.strip().split(",")[:5], "Homework 3"]
    assert possible == ["    Points Possible", "", "", "", "", "4.00"]
    assert [row[1:] for row in found] == [
        ["", "u1", "u1@uni.edu", "A", "4.00"],
        ["", "u2", "u2@uni.edu", "A", "2.00"],
        ["", "u5", "u5@uni.edu", "A", "2.00"],
    ]
    assert found[0][0] == "O'Brien, Jr"
    assert found[1][0].startswith("'=cmd()")
