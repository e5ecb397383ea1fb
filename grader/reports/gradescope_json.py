"""Gradescope's `results.json`: a test for each question, with the feedback for the student.

Gradescope has no pending points, so an answer that waits for a human has 0 points there. Its output says
so first, and its test is not marked as failed.
"""

import json
from typing import Any

from grader.reports import wording
from grader.reports.feedback_md import marked
from grader.reports.outcome import RunnerOutcome, outcome
from grader.result import QuestionResult, Report

FILENAME = "results.json"


def render(report: Report) -> str:
    """The file for one submission."""
    return json.dumps(_data(report), indent=2, allow_nan=False) + "\n"


def placeholder() -> str:
    """The file until the grader has finished: a crash is no grade."""
    text = "The grader did not finish this submission. A person will look at it; it is not a zero."
    data = {
        "score": 0,
        "output": text,
        "output_format": "text",
        "visibility": "visible",
        "tests": [],
        "extra_data": {"unfinished": True},
    }
    return json.dumps(data, indent=2) + "\n"


def _data(report: Report) -> dict[str, Any]:
    waiting = sum(question.needs_review for question in report.questions)
    lines = [marked(message.text) for message in report.messages]
    if waiting:
        noun = "answer waits" if waiting == 1 else "answers wait"
        lines.insert(0, f"**{waiting} {noun} for a person: not decided yet, and not a zero.**")
    return {
        "score": report.score,
        "output": "\n\n".join(lines),
        "output_format": "md",
        "visibility": "visible",
        "tests": [_test(question) for question in report.questions],
        "extra_data": {"needs_review": report.needs_review, "digest": report.submission.digest},
    }


def _test(question: QuestionResult) -> dict[str, Any]:
    lines = [marked(message.text) for message in question.messages]
    if question.answer and question.answer.line:
        cell = question.answer.cell
        where = "" if cell is None else f"cell {cell}, "
        lines.insert(0, f"Your answer is in {where}line {question.answer.line}.")
    if question.needs_review:
        lines.insert(0, f"**A person will look at this** ({question.verdict}).")
    test: dict[str, Any] = {
        "score": question.score,
        "max_score": question.max_score,
        "number": question.id,
        "name": f"{question.id}: {question.verdict}, {wording.out_of(question)}",
        "output": "\n\n".join(lines),
        "output_format": "md",
        "visibility": "visible",
    }
    found = outcome(question)
    if found is not RunnerOutcome.WAITING:
        test["status"] = "passed" if found is RunnerOutcome.PASSED else "failed"
    return test
