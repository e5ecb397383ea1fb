"""A class without names: pseudonyms from a secret key, the same every time for who has the key."""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from grader.course.gradebook import Gradebook, Standing
from grader.course.student import Student
from grader.primitives.registry import INFIX, LATEX
from grader.result import AnswerRecord, Message, QuestionResult, Report, SubmissionRecord

_DIGITS = 8  # of a hash: of a hundred classes with ten thousand students, one has two alike
_TOKEN = re.compile(r"[\w.@+-]+")
_PARTS = re.compile(r"[^\W_]+|[\W_]")
_SHORTEST_NUMBER = 5  # smaller ones stand in formulas
_SHORTEST = 3  # to hide shorter ASCII names would remove letters from formulas


def anonymous(gradebook: Gradebook, key: bytes) -> tuple[Gradebook, dict[str, str]]:
    """The class under pseudonyms, sorted by them, and the id behind each pseudonym."""
    ids = pseudonyms((standing.student.id for standing in gradebook.standings), key)
    everybody = _Everybody(standing.student for standing in gradebook.standings)
    hidden = [
        _hidden(standing, ids[standing.student.id], everybody) for standing in gradebook.standings
    ]
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


class _Everybody:
    """What identifies anybody of the class, wherever it stands: a paper may name a neighbour."""

    def __init__(self, students: Iterable[Student]) -> None:
        self._known: set[str] = set()
        for student in students:
            texts = [student.id, student.email, *student.fields.values()]
            texts += [student.email.partition("@")[0], *re.split(r"\s+", student.name)]
            self._known.update(text.lower() for text in texts if _is_telling(text))

    def masked(self, text: str) -> str:
        """The text without ids, names and addresses, whole or between signs, as in `doe-hw3.md`."""
        return _TOKEN.sub(self._token, text)

    def _token(self, match: re.Match[str]) -> str:
        parts = _PARTS.findall(match[0])
        at, kept = 0, []
        while at < len(parts):
            ends = range(len(parts), at, -1)
            end = next((e for e in ends if "".join(parts[at:e]).lower() in self._known), None)
            kept.append(parts[at] if end is None else "…")
            at = at + 1 if end is None else end
        return "".join(kept)


def _is_telling(text: str) -> bool:
    """Whether a text identifies somebody: not a short one, no small number, no name of a function."""
    least = _SHORTEST_NUMBER if text.isdecimal() else _SHORTEST
    is_long = len(text) >= least or not text.isascii()
    return bool(text) and is_long and text.lower() not in INFIX and text.lower() not in LATEX


def _hidden(standing: Standing, pseudonym: str, everybody: _Everybody) -> Standing:
    report = standing.report and _report(standing.report, standing.student, pseudonym, everybody)
    notes = ("one of several submissions",) if standing.notes else ()
    return replace(standing, student=Student(pseudonym), report=report, notes=notes)


def _report(report: Report, student: Student, pseudonym: str, everybody: _Everybody) -> Report:
    own = _identifying(report, student)

    def masked(text: str) -> str:
        return everybody.masked(own.sub("…", text))

    return replace(
        report,
        submission=SubmissionRecord(pseudonym, "", ""),
        questions=tuple(_question(question, masked) for question in report.questions),
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


def _question(question: QuestionResult, masked: Callable[[str], str]) -> QuestionResult:
    messages = tuple(_message(message, masked) for message in question.messages)
    answer = question.answer and _answer(question.answer, masked)
    messages = tuple(message for message in messages if message.code != "override")
    return replace(question, messages=messages, answer=answer)


def _message(message: Message, masked: Callable[[str], str]) -> Message:
    return replace(message, text=masked(message.text), pointer=None)


def _answer(answer: AnswerRecord, masked: Callable[[str], str]) -> AnswerRecord:
    """The answer; how it was read is left out if that holds something to mask."""
    reading = answer.reading or ""
    echo = answer.echo if masked(reading) == reading else None
    return replace(answer, path="", text=masked(answer.text), echo=echo)
