"""A class without names: pseudonyms from a secret key, the same every time for who has the key."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from grader.course.gradebook import Gradebook, Standing
from grader.course.student import Student
from grader.result import AnswerRecord, Message, QuestionResult, Report, SubmissionRecord

_DIGITS = 8  # of a hash: of a hundred classes with ten thousand students, one has two alike
_SHORTEST = 3  # to hide shorter ASCII names would remove letters from formulas


def anonymous(gradebook: Gradebook, key: bytes) -> tuple[Gradebook, dict[str, str]]:
    """The class under pseudonyms, sorted by them, and the id behind each pseudonym."""
    ids = pseudonyms((standing.student.id for standing in gradebook.standings), key)
    hidden = [_hidden(standing, ids[standing.student.id]) for standing in gradebook.standings]
    hidden.sort(key=lambda standing: standing.student.id)
    return replace(gradebook, standings=tuple(hidden)), {ids[name]: name for name in ids}


def pseudonyms(students: Iterable[str], key: bytes) -> Mapping[str, str]:
    """A pseudonym for each id (HMAC-SHA256), no two the same."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for student in sorted(students):
        digest = hmac.digest(key, student.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
        size = next(n for n in range(_DIGITS, len(digest) + 1) if digest[:n] not in taken)
        taken.add(digest[:size])
        found[student] = f"student-{digest[:size]}"
    return found


def _hidden(standing: Standing, pseudonym: str) -> Standing:
    report = standing.report and _report(standing.report, standing.student, pseudonym)
    notes = ("one of several submissions",) if standing.notes else ()
    return replace(standing, student=Student(pseudonym), report=report, notes=notes)


def _report(report: Report, student: Student, pseudonym: str) -> Report:
    identifying = _identifying(report, student)
    return replace(
        report,
        submission=SubmissionRecord(pseudonym, "", ""),
        questions=tuple(_question(question, identifying) for question in report.questions),
        messages=(),
    )


def _identifying(report: Report, student: Student) -> re.Pattern[str]:
    """Texts that identify the student: id, name and its parts, email, names of files."""
    texts = {student.id, student.name, *student.name.split(), *student.fields.values()}
    texts |= {student.email, student.email.partition("@")[0], report.submission.path}
    texts |= {q.answer.path for q in report.questions if q.answer}
    long = (text for text in texts if len(text) >= _SHORTEST or not text.isascii())
    known = sorted(long, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known)) or r"(?!)", re.IGNORECASE)


def _question(question: QuestionResult, identifying: re.Pattern[str]) -> QuestionResult:
    messages = tuple(_message(message, identifying) for message in question.messages)
    answer = question.answer and _answer(question.answer, identifying)
    messages = tuple(message for message in messages if message.code != "override")
    return replace(question, messages=messages, answer=answer)


def _message(message: Message, identifying: re.Pattern[str]) -> Message:
    return replace(message, text=identifying.sub("…", message.text), pointer=None)


def _answer(answer: AnswerRecord, identifying: re.Pattern[str]) -> AnswerRecord:
    return replace(answer, path="", text=identifying.sub("…", answer.text))
