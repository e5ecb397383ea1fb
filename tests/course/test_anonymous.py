"""Under pseudonyms nothing on the class page identifies a student."""

from dataclasses import replace

from grader.course import Column, Gradebook, Standing, Student
from grader.course.anonymous import anonymous, pseudonyms
from grader.reports import class_html
from grader.result import (
    AnswerRecord,
    Kind,
    Message,
    Override,
    QuestionResult,
    Report,
    SubmissionRecord,
    Verdict,
)

PEOPLE = {"jdoe7": "Jane Doeson", "u-4711": "Ælfric Þorn", "李四": "Li Sì"}


def gradebook() -> Gradebook:
    standings = []
    for name, full in PEOPLE.items():
        email = f"{full.split()[0].lower()}@uni.edu"
        messages = (
            Message(Kind.ERROR, f"perhaps it is in {name}-hw.md of {full}", "x", f"  {name}"),
        )
        answer = AnswerRecord(f"delta % by {full}, {email}", "infix", f"{name}-hw.md", 1, 1)
        override = Override(1.0, f"as agreed with {full}", 0.0, outdated=True)
        result = QuestionResult(
            "q1", Verdict.UNREADABLE, 0.0, 1.0, "", answer, messages, override=override
        )
        record = SubmissionRecord(name, f"{name}-hw.md", "sha256:0")
        report = Report("p", "Homework", "", "1", 1, 32, record, (result,), messages)
        student = Student(name, full, email, {"id": name, "login": f"login-{name}"})
        standings.append(Standing(student, report, notes=(f"{name} twice",)))
    return Gradebook("p", "Homework", (Column("q1", 1.0),), tuple(standings))


def test_nothing_identifies_a_student() -> None:
    hidden, names = anonymous(gradebook(), b"key")
    page = class_html.render(hidden, linked=False)
    for standing in gradebook().standings:
        student = standing.student
        for text in (student.id, student.name, *student.name.split(), student.email, "-hw.md"):
            if text != "Li":  # too short: hiding it would remove letters from formulas
                assert text.casefold() not in page.casefold()
    assert all(pseudonym in page for pseudonym in names)
    assert set(names.values()) == set(PEOPLE)


def test_the_key_decides() -> None:
    assert pseudonyms(PEOPLE, b"key") == pseudonyms(reversed(PEOPLE), b"key")
    assert not set(pseudonyms(PEOPLE, b"key").values()) & set(pseudonyms(PEOPLE, b"other").values())


def test_pseudonyms_are_unique() -> None:
    many = [f"s{number}" for number in range(20_000)]
    assert len(set(pseudonyms(many, b"key").values())) == len(many)


def test_scores_stay() -> None:
    book = gradebook()
    hidden, _ = anonymous(book, b"key")
    assert [s.score for s in hidden.standings] == [s.score for s in book.standings]
    assert replace(hidden, standings=()) == replace(book, standings=())
