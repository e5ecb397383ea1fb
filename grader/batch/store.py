"""What counts for every student: the grader's results with people's decisions applied."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.batch.database import DAMAGE, Database, Filed, StoreError
from grader.course import Column, Gradebook, Standing, Student, Timing
from grader.problem import Problem
from grader.result import Kind, Message, Override, QuestionResult, Report

__all__ = ["Filed", "Store", "StoreError", "timing_from_json", "timing_json"]

Decision = tuple[str, float, str, str]
"""Question, points, comment, and the digest of the submission that it was about."""


class Store(Database):
    """The results of one class."""

    def count_problem(self, problem: Problem) -> None:
        """Make this problem, as it is now, the one that counts."""
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
        """Where the problem was when it was graded. Raises StoreError if nothing was graded."""
        with self.undamaged():
            return Path(self.problem()["path"])

    def gradebook(self, only: Collection[str] | None = None) -> Gradebook:
        """All students, or `only` some, and what counts for them.

        Raises StoreError if nothing was graded, or if grading was interrupted.
        """
        if self.fact("state") == "running":
            raise StoreError(
                f"grading into {self.folder} was interrupted: run the same `grader grade` again to "
                "continue"
            )
        with self.undamaged():
            return self._gradebook(only)

    def _gradebook(self, only: Collection[str] | None) -> Gradebook:
        problem = self.problem()
        submissions, filed = self.submissions(only), self.standings(only)
        decisions = self.overrides(only)
        standings = (
            self._standing(
                name, data, submissions.get(name), filed.get(name), decisions.get(name, ())
            )
            for name, data in self.students(only).items()
        )
        columns = tuple(Column(*column) for column in problem["columns"])
        return Gradebook(problem["id"], problem["title"], columns, tuple(standings))

    def standing(self, student: str) -> Standing:
        """What counts for one student. Raises StoreError if no student has this id."""
        found = self.gradebook([student]).standings
        if not found:
            raise StoreError(f"no student of this class has the id {student!r}")
        return found[0]

    def automatic(self, filed: Filed) -> Report | None:
        """The grader's own report, without people's decisions."""
        try:
            text = self.result(filed)
            return None if text is None else Report.from_json(json.loads(text))
        except DAMAGE as error:
            raise StoreError(
                f"the stored result of {filed.student} in {self.folder} is damaged ({error!r}); run "
                "`grader grade` with --fresh"
            ) from error

    def _standing(self, name: str, data: Mapping[str, Any],
                  submission: tuple[str, Mapping[str, Any]] | None, filed: Filed | None,
                  decisions: Iterable[Decision]) -> Standing:  # fmt: skip
        student = Student(name, data["name"], data["email"], data["fields"])
        report = self.automatic(filed) if filed else None
        if submission is None or report is None:
            return Standing(student)
        found = submission[1]
        timing = timing_from_json(found["timing"])
        notes = tuple(found["notes"])
        messages = [Message(Kind.NOTE, note, "hand-in") for note in notes]
        if timing and timing.note:
            messages.append(Message(Kind.NOTE, timing.note, "late"))
        report = replace(report, messages=(*messages, *report.messages))
        report = overridden(report, decisions)
        return Standing(student, report, timing, notes, found["unsure"])


def text_of(problem: Problem) -> str:
    """The text of a problem's file; empty if the file is gone."""
    path = Path(problem.path)
    file = path / "problem.yaml" if path.is_dir() else path
    return file.read_text("utf-8", "replace") if file.is_file() else ""


def overridden(report: Report, decisions: Iterable[Decision]) -> Report:
    """The report with people's decisions applied."""
    by_question = {decision[0]: decision for decision in decisions}
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


def _decided(question: QuestionResult, decision: Decision, digest: str) -> QuestionResult:
    _, points, comment, about = decision
    outdated = about != digest
    override = Override(points, comment, question.score, outdated)
    why = f": {comment}" if comment else ""
    text = f"your instructor gave this answer {points:g} of {question.max_score:g} points{why}"
    if outdated:
        text += " (for an earlier submission; a person will look at this one)"
    message = Message(Kind.NOTE, text, "override")
    messages = (message, *question.messages)
    return replace(question, score=points, override=override, messages=messages)


def timing_json(timing: Timing | None) -> dict[str, Any] | None:
    """A timing as plain data; lateness in seconds, times in ISO 8601."""
    if timing is None:
        return None
    data = asdict(timing)
    for name in ("submitted", "deadline"):
        data[name] = data[name] and data[name].isoformat()
    data["late"] = None if timing.late is None else timing.late.total_seconds()
    return data


def timing_from_json(data: Mapping[str, Any] | None) -> Timing | None:
    """A timing from the data of `timing_json`."""
    if data is None:
        return None
    submitted, deadline = (_moment(data[name]) for name in ("submitted", "deadline"))
    late = None if data["late"] is None else timedelta(seconds=data["late"])
    return Timing(
        submitted, deadline, late, data["credit"], data["note"], data.get("marked_late", False)
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
