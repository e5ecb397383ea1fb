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


def test_nobody_else_is_named_either() -> None:
    """A paper, its code and the names of its files may name a neighbour."""
    book = gradebook()
    first, second, third = book.standings
    assert first.report is not None
    question = first.report.questions[0]
    text = (
        "with Ælfric: W1 % see u-4711-hw3.md, max(0, x), aelfric@uni.edu, ælfric@uni.edu, 李四.py"
    )
    code = replace(question, answer=AnswerRecord(text, "code", "u-4711_notes.py", 1))
    messages = (Message(Kind.ERROR, "`Þorn` is not declared (in u-4711.py)", "x"),)
    report = replace(first.report, questions=(replace(code, messages=messages, override=None),))
    hidden, _ = anonymous(
        replace(book, standings=(replace(first, report=report), second, third)), b"key"
    )
    reports = [standing.report for standing in hidden.standings if standing.report]
    (found,) = (
        question.answer.text
        for report in reports
        for question in report.questions
        if question.answer and "W1" in question.answer.text
    )
    assert found == "with …: W1 % see …-hw3.md, max(0, x), aelfric@uni.edu, …, ….py"
    page = class_html.render(hidden, linked=False).casefold()
    assert "þorn" not in page
    assert "u-4711" not in page


def test_a_student_called_max_hides_no_maximum() -> None:
    standing = Standing(Student("max", "Max Tanh", "max@uni.edu"))
    book = replace(gradebook(), standings=(*gradebook().standings, standing))
    answer = AnswerRecord("max(0, x) + tanh(y)", "infix", "a.md", 1)
    first = book.standings[0]
    assert first.report is not None
    report = replace(first.report, questions=(replace(first.report.questions[0], answer=answer),))
    hidden, _ = anonymous(
        replace(book, standings=(replace(first, report=report), standing)), b"key"
    )
    texts = [
        q.answer.text for s in hidden.standings if s.report for q in s.report.questions if q.answer
    ]
    assert texts == ["max(0, x) + tanh(y)"]
