"""GitHub Actions: annotations at the lines of answers, a step summary, the result for Classroom.

GitHub runs each line of the output that begins with `::` as a workflow command, student text included. So
the text of a command is escaped, and all other text is printed while commands are stopped
(`::stop-commands::`).
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
"""The number of errors, and of warnings, that GitHub shows for a step."""

MOST_BYTES = 1_000_000
"""The size of a summary; GitHub drops a summary above one mebibyte."""

_STATUS = {RunnerOutcome.PASSED: "pass", RunnerOutcome.WAITING: "error"}


def annotations(report: Report, folder: str = "") -> str:
    """A workflow command for each answer that is not right: errors first, then those that wait.

    `folder` is the submission's folder in the repository. GitHub shows only the first few, so missing
    answers come after those that have a line.
    """
    outcomes = [(question, outcome(question)) for question in report.questions]
    waiting = [question for question, found in outcomes if found is RunnerOutcome.WAITING]
    wrong = [question for question, found in outcomes if found is RunnerOutcome.FAILED]
    wrong += [question for question, found in outcomes if found is RunnerOutcome.SKIPPED]
    lines = [_command("error", report, question, folder) for question in wrong[:MOST]]
    lines += [_command("warning", report, question, folder) for question in waiting[:MOST]]
    return "".join(f"{line}\n" for line in lines)


def without_commands(text: str) -> str:
    """Text in which GitHub runs no command, also not in student text.

    `##[group]` and the like are no longer commands, but still change the look of the log.
    """
    start, stop = stop_commands()
    return f"{start}\n{text.rstrip().replace('##[', '# #[')}\n{stop}\n"


def stop_commands() -> tuple[str, str]:
    """Two lines; GitHub runs no command between them. A student cannot guess the second."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}", f"::{token}::"


def summary(report: Report) -> str:
    """The feedback as Markdown, cut at a line end if it is too long for GitHub."""
    text = feedback_md.render(report).encode("utf-8", "backslashreplace")
    if len(text) <= MOST_BYTES:
        return text.decode()
    whole = text[:MOST_BYTES].decode("utf-8", "ignore").rpartition("\n")[0]
    return f"{whole}\n\n(The rest is too long for GitHub.)\n"


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
        "message": one_line(_first_message(question), 400),
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
    return f"::{level} {written}::{_data(_first_message(question))}"


def _first_message(question: QuestionResult) -> str:
    return question.messages[0].text if question.messages else f"this answer is {question.verdict}"


def _data(text: str) -> str:
    """The message of a command, escaped for GitHub."""
    return one_line(text, 400).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
