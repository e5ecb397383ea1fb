"""Moodle's worksheet in several languages and layouts, and the CSV for its gradebook."""

import csv
import io
from dataclasses import replace

import pytest
from export_samples import gradebook, question, report

from grader.course import Gradebook, Standing, Student
from grader.reports.exports import moodle, moodle_worksheet
from grader.reports.exports.protocol import Exported, ExportError, ExportOptions, Into
from grader.result import Verdict

ENGLISH = (
    "Identifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
GERMAN = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar"
)


def graded(student: Student, points: float = 2.0) -> Standing:
    return Standing(student, report(student.id, question("q1", Verdict.CORRECT, points)))


def book(*standings: Standing) -> Gradebook:
    return replace(gradebook(), standings=standings)


def filled(gradebook: Gradebook, *lines: str, **options: object) -> Exported:
    into = Into("sheet.csv", ("\n".join(lines) + "\n").encode())
    return moodle_worksheet.export(gradebook, replace(ExportOptions(into), **options))  # type: ignore[arg-type]


def table(found: Exported, delimiter: str = ",") -> list[list[str]]:
    (text,) = found.files.values()
    assert isinstance(text, str)
    return list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    )


def test_english() -> None:
    row = 'Participant 31,"O\'Brien, Jr",4007,a@b.c,Submitted,,4.00,Yes,"Friday, 1 May",-,'
    found = table(filled(book(graded(Student("31"))), ENGLISH, row))
    assert found[0] == ENGLISH.split(",")
    assert found[1][5:8] == ["2.00", "4.00", "Yes"]
    assert found[1][10] == "q1: 2 / 2"


def test_german_with_semicolons_and_a_mark() -> None:
    row = "Teilnehmer/in31;Zoë 🦊;a@b.c;Abgegeben;;4,00;Ja;-;-;"
    found = filled(book(graded(Student("31"), 1.5)), "\ufeff" + GERMAN.replace(",", ";"), row)
    assert table(found, ";")[1][4] == "1,50"
    assert str(found.files[moodle_worksheet.FILENAME]).startswith("\ufeffID;Vollständiger Name;")


def test_headings_in_no_language_we_know() -> None:
    row = "Osallistuja31,Aino,a@b.c,x,,4.00,Kyllä,-,-,"
    assert table(filled(book(graded(Student("31"))), "a,b,c,d,e,f,g,h,i,j", row))[1] == [
        "Osallistuja31", "Aino", "a@b.c", "x", "2.00", "4.00", "Kyllä", "-", "-", "q1: 2 / 2",
    ]  # fmt: skip


@pytest.mark.parametrize("grade", ["", "4.00", "1.00"])
def test_constant_columns_of_other_kinds(grade: str) -> None:
    """One row: every column is constant, also ids, groups and grades."""
    row = f"Participant 31,Ann,4007,a@b.c,12,{grade},4.00,Yes,-,-,"
    assert table(filled(book(graded(Student("31"))), ENGLISH, row))[1][5:7] == ["2.00", "4.00"]


def test_anonymous_worksheet() -> None:
    lines = ("Identifier,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade)",
             "Participant 31,Submitted,,4.00,Yes,-")  # fmt: skip
    assert table(filled(book(graded(Student("31", "Submitted"))), *lines))[1] == [
        "Participant 31", "Submitted", "2.00", "4.00", "Yes", "-",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "student",
    [
        Student("x", fields={"participant": "31"}),
        Student("x", fields={"moodle id": "Participant 31"}),
        Student("x", email="A@b.c"),
        Student("x", "Jr O'Brien"),
        Student("x", "o'brien, jr"),
    ],
)
def test_who_it_is(student: Student) -> None:
    rows = ("Participant 31,\"O'Brien, Jr\",,a@b.c,S,,4.00,Yes,-,-,",
            "Participant 32,Bob,,d@e.f,S,,4.00,Yes,-,-,")  # fmt: skip
    found = table(filled(book(graded(student)), ENGLISH, *rows))
    assert [row[5] for row in found[1:]] == ["2.00", ""]


def test_the_digits_of_an_id_are_not_a_participant_number() -> None:
    row = "Participant 12,Bob,,b@e.f,S,,4.00,Yes,-,-,"
    found = filled(book(graded(Student("student-12"))), ENGLISH, row)
    assert table(found)[1][5] == ""
    assert "not in the platform's file: student-12" in found.notes
    assert "in the worksheet, but not in this class: Participant 12" in found.notes


def test_a_name_that_fits_two_rows_fits_none() -> None:
    rows = [f"Participant {n},Ann Lee,,{n}@e.f,S,,4.00,Yes,-,-," for n in (1, 2)]
    found = filled(book(graded(Student("x", "Ann Lee"))), ENGLISH, *rows)
    assert [row[5] for row in table(found)[1:]] == ["", ""]
    assert "left out, because several rows of the platform's file fit: x" in found.notes


def test_locked_rows_stay() -> None:
    rows = ("Teilnehmer/in1,A,a@b.c,S,\"1,00\",\"4,00\",Nein,-,-,",
            "Teilnehmer/in2,B,b@b.c,S,\"1,00\",\"4,00\",Ja,-,-,")  # fmt: skip
    found = filled(book(graded(Student("1")), graded(Student("2"))), GERMAN, *rows)
    assert [(row[4], row[9]) for row in table(found)[1:]] == [("1,00", ""), ("2,00", "q1: 2 / 2")]
    assert "unchanged, locked in Moodle: 1" in found.notes


def test_comments_and_grades_of_instructors_stay() -> None:
    rows = ("Participant 1,A,,a@b.c,S,,4.00,Yes,-,-,Nice!",
            "Participant 2,B,,b@b.c,S,3.00,4.00,Yes,-,-,on paper")  # fmt: skip
    both = book(graded(Student("1")), Standing(Student("2")))
    found = table(filled(both, ENGLISH, *rows, missing_as_zero=True))
    assert [(row[5], row[10]) for row in found[1:]] == [("2.00", "Nice!"), ("3.00", "on paper")]


def test_more_than_moodles_maximum() -> None:
    row = "Participant 1,A,,a@b.c,S,,1.00,Yes,-,-,"
    found = filled(book(graded(Student("1"))), ENGLISH, row)
    assert table(found)[1][5] == ""
    assert "unchanged, more points than Moodle's maximum: 1" in found.notes
    note = "the platform's maximum is 1.00, the problem's is 4.00: grades are not scaled"
    assert note in found.notes


def test_student_text_stays_as_it_is() -> None:
    row = 'Participant 1,A,,a@b.c,S,,4.00,Yes,-,"=cmd()\n<b>""x""</b>, y",-,'
    header = ENGLISH.replace("Last modified (grade)", "Online text,Last modified (grade)")
    found = filled(book(graded(Student("1"))), header, row).files[moodle_worksheet.FILENAME]
    assert found == f"{header}\n{row.replace(',,4.00', ',2.00,4.00')}q1: 2 / 2\n"


@pytest.mark.parametrize(
    "row",
    [
        "Ann,A,,a@b.c,S,,4.00,Yes,-,-,",
        "Participant 1,A,,a@b.c,S,,Good,Yes,-,-,",
        "Participant 1,A,,a@b.c,S,A+,4.00,Yes,-,-,",
    ],
)
def test_other_files_than_worksheets_are_refused(row: str) -> None:
    with pytest.raises(ExportError, match="worksheet"):
        filled(book(graded(Student("1"))), ENGLISH, row)


def test_gradebook_by_the_first_key_that_all_have() -> None:
    known = moodle.export(gradebook(idnumber="n", username="u"), ExportOptions())
    assert table(known)[0][0] == "idnumber"
    assert "left out, because they share an idnumber: u1, u2, u5" in known.notes
    by_name = replace(gradebook(), standings=(graded(Student("1", fields={"username": "ann"})),))
    assert table(moodle.export(by_name, ExportOptions()))[1][:2] == ["ann", "2.00"]


def test_gradebook_leaves_out_students_without_the_key() -> None:
    two = book(graded(Student("1", email="a@b.c")), graded(Student("2")))
    found = moodle.export(two, ExportOptions())
    assert [row[0] for row in table(found)[1:]] == ["a@b.c"]
    assert "left out, because they have no email: 2" in found.notes


def test_gradebook_without_a_roster() -> None:
    found = moodle.export(book(graded(Student("7"))), ExportOptions())
    assert table(found)[1][:2] == ["7", "2.00"]
    assert any("the ids are used as idnumbers" in note for note in found.notes)


def test_gradebook_says_how_much_late_work_counts() -> None:
    late = table(moodle.export(gradebook(), ExportOptions(late_credit=True)))[-1]
    assert late[1:] == ["1.00", "q1: 2 / 2, q2: 0 / 2, late: 50% of the points count"]
