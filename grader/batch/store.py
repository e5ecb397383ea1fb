"""What stands for every student, put together from what the grader and what people said."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.batch.database import Database, Filed, StoreError
from grader.course import Column, Gradebook, Standing, Student, Timing
from grader.problem import Problem
from grader.result import Kind, Message, Override, QuestionResult, Report

__all__ = ["Filed", "Store", "StoreError", "timing_from_json", "timing_json"]

Word = tuple[str, float, str, str]


class Store(Database):
    """The results of one class."""

    def count_problem(self, problem: Problem) -> None:
        """This problem, as it is now, is the one that counts."""
        columns = [(q.id, q.points, q.prompt) for q in problem.questions]
        data = {
            "path": str(Path(problem.path).absolute()),
            "id": problem.id,
            "title": problem.title,
            "columns": columns,
            "text": text_of(problem),
        }
        self.add_problem(problem.digest, data)

    def problem_path(self) -> Path:
        """Where the problem was when it was graded. Raises StoreError."""
        return Path(self.problem()["path"])

    def gradebook(self, only: Collection[str] | None = None) -> Gradebook:
        """Everybody in the class, or `only` some, and what counts for them.

        Raises StoreError if nothing was graded, or if grading was cut off.
        """
        if self.fact("state") == "running":
            raise StoreError(
                f"grading into {self.folder} was cut off: run the same `grader grade` again, and it "
                "goes on where it was"
            )
        problem = self.problem()
        hand_ins, filed, words = self.hand_ins(only), self.standings(only), self.overrides(only)
        standings = (
            self._standing(name, data, hand_ins.get(name), filed.get(name), words.get(name, ()))
            for name, data in self.students(only).items()
        )
        columns = tuple(Column(*column) for column in problem["columns"])
        return Gradebook(problem["id"], problem["title"], columns, tuple(standings))

    def standing(self, student: str) -> Standing:
        """What counts for one student. Raises StoreError if nobody has this id."""
        found = self.gradebook([student]).standings
        if not found:
            raise StoreError(f"nobody here has the id {student!r}")
        return found[0]

    def automatic(self, filed: Filed) -> Report | None:
        """What the grader said, without what people said."""
        text = self.result(filed)
        return None if text is None else Report.from_json(json.loads(text))

    def _standing(self, name: str, data: Mapping[str, Any],
                  hand_in: tuple[str, Mapping[str, Any]] | None, filed: Filed | None,
                  words: Iterable[Word]) -> Standing:  # fmt: skip
        student = Student(name, data["name"], data["email"], data["fields"])
        report = self.automatic(filed) if filed else None
        if hand_in is None or report is None:
            return Standing(student)
        found = hand_in[1]
        timing = timing_from_json(found["timing"])
        notes = tuple(found["notes"])
        told = tuple(Message(Kind.NOTE, note, "hand-in") for note in notes)
        if timing and timing.note:
            told = (*told, Message(Kind.NOTE, timing.note, "late"))
        report = replace(report, messages=(*told, *report.messages))
        report = overridden(report, words)
        return Standing(student, report, timing, notes, found["unsure"])


def text_of(problem: Problem) -> str:
    """What stands in the file of a problem; empty if it cannot be read any more."""
    path = Path(problem.path)
    file = path / "problem.yaml" if path.is_dir() else path
    return file.read_text("utf-8", "replace") if file.is_file() else ""


def overridden(report: Report, words: Iterable[Word]) -> Report:
    """The report with a person's word on some questions."""
    by_question = {word[0]: word for word in words}
    if not by_question:
        return report
    return replace(
        report,
        questions=tuple(
            _decided(question, by_question[question.id], report.submission.digest)
            if question.id in by_question
            else question
            for question in report.questions
        ),
    )


def _decided(question: QuestionResult, word: Word, digest: str) -> QuestionResult:
    _, points, comment, about = word
    outdated = about != digest
    override = Override(points, comment, question.score, outdated)
    said = f": {comment}" if comment else ""
    text = f"your instructor gave this answer {points:g} of {question.max_score:g} points{said}"
    if outdated:
        text += " (that was about another hand-in than this one; a person will look again)"
    message = Message(Kind.NOTE, text, "override")
    messages = (message, *question.messages)
    return replace(question, score=points, override=override, messages=messages)


def timing_json(timing: Timing | None) -> dict[str, Any] | None:
    """A timing as plain data; seconds and ISO 8601."""
    if timing is None:
        return None
    data = asdict(timing)
    for name in ("submitted", "deadline"):
        data[name] = data[name] and data[name].isoformat()
    data["late"] = None if timing.late is None else timing.late.total_seconds()
    return data


def timing_from_json(data: Mapping[str, Any] | None) -> Timing | None:
    """The timing that `timing_json` made."""
    if data is None:
        return None
    submitted, deadline = (_moment(data[name]) for name in ("submitted", "deadline"))
    late = None if data["late"] is None else timedelta(seconds=data["late"])
    return Timing(submitted, deadline, late, data["credit"], data["note"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
