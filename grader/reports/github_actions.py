"""GitHub Actions: annotations at the lines of the answers, a step summary, the Classroom result.

GitHub runs every line of the output that begins with `::` as a command, student text included; so all
of it is escaped, and text that we only show stands between `::stop-commands::` and its end.
"""

import base64
import json
import secrets
from pathlib import PurePosixPath

from grader.reports import feedback_md, wording
from grader.reports.outcome import RunnerOutcome, outcome
from grader.reports.plain_text import one_line
from grader.result import QuestionResult, Report

MOST = 10
"""Errors, and as many warnings: GitHub shows no more of a step."""

MOST_BYTES = 1_000_000
"""Of a summary; GitHub drops one above a mebibyte altogether."""

_STATUS = {RunnerOutcome.PASSED: "pass", RunnerOutcome.WAITING: "error"}


def annotations(report: Report, folder: str = "") -> str:
    """A workflow command for each answer that is not right, errors first, then what waits.

    `folder` is where the files of the submission lie in the repository. Answers that have a line come
    before missing ones, since GitHub shows only some.
    """
    outcomes = [(question, outcome(question)) for question in report.questions]
    waiting = [question for question, found in outcomes if found is RunnerOutcome.WAITING]
    wrong = [question for question, found in outcomes if found is RunnerOutcome.FAILED]
    wrong += [question for question, found in outcomes if found is RunnerOutcome.SKIPPED]
    lines = [_command("error", report, question, folder) for question in wrong[:MOST]]
    lines += [_command("warning", report, question, folder) for question in waiting[:MOST]]
    return "".join(f"{line}\n" for line in lines)


def quieted(text: str) -> str:
    """Text in which no line is a command, whatever a student wrote.

    `##[group]` and the like are no commands any more, but still change how the log looks.
    """
    start, stop = silence()
    return f"{start}\n{text.rstrip().replace('##[', '# #[')}\n{stop}\n"


def silence() -> tuple[str, str]:
    """Two lines between which GitHub runs no command; nobody can guess the second."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}", f"::{token}::"


def summary(report: Report) -> str:
    """The feedback as Markdown, cut at a line if GitHub would not show it."""
    text = feedback_md.render(report).encode("utf-8", "backslashreplace")
    if len(text) <= MOST_BYTES:
        return text.decode()
    whole = text[:MOST_BYTES].decode("utf-8", "ignore").rpartition("\n")[0]
    return f"{whole}\n\n(There is more than GitHub shows.)\n"


def classroom(report: Report) -> str:
    """The result that GitHub Classroom's reporter reads: JSON in base64."""
    done = report.score >= report.max_score
    data = {
        "version": 1,
        "status": "pass" if done else "fail",
        "max_score": report.max_score,
        "tests": [_test(question) for question in report.questions],
    }
    return base64.b64encode(json.dumps(data).encode()).decode()


def _test(question: QuestionResult) -> dict[str, object]:
    return {
        "name": one_line(question.id, 80),
        "status": _STATUS.get(outcome(question), "fail"),
        "score": question.score,
        "max_score": question.max_score,
        "message": one_line(_said(question), 400),
        "test_code": "",
        "filename": one_line(question.answer.path, 200) if question.answer else "",
        "line_no": (question.answer.line or 0) if question.answer else 0,
        "duration": 0,
    }


def _command(level: str, report: Report, question: QuestionResult, folder: str) -> str:
    title = f"{question.id}: {question.verdict}, {wording.out_of(question)}"
    properties = {"title": title}
    if question.answer and question.answer.line:
        path = str(PurePosixPath(folder) / (question.answer.path or report.submission.path))
        properties = {"file": path, "line": str(question.answer.line), **properties}
        if question.answer.column:
            properties["col"] = str(question.answer.column)
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{_data(_said(question))}"


def _said(question: QuestionResult) -> str:
    return question.messages[0].text if question.messages else f"this answer is {question.verdict}"


def _data(text: str) -> str:
    """A command's message as GitHub reads it."""
    return one_line(text, 400).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
