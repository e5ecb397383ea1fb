"""The output of `grader check` in CI: its formats, and the files that GitHub and GitLab read."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.result import Report

FORMATS = ("text", "json", "junit", "github", "gradescope")
GITLAB_FILE = "grader-junit.xml"


def default_format() -> str:
    """`github` in GitHub Actions, else `text`."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


def rendered(report: "Report", format_: str, instructor: bool, folder: str = "") -> str:
    """The report in one format; `folder` is the submission's folder in the repository."""
    from grader.reports import feedback_text, github_actions, gradescope_json, junit_xml

    if format_ == "json":
        return json.dumps(report.to_json(instructor), indent=2) + "\n"
    if format_ == "junit":
        return junit_xml.render(report)
    if format_ == "gradescope":
        return gradescope_json.render(report)
    text = feedback_text.plain(report, instructor=instructor)
    if format_ == "github":
        return github_actions.without_commands(text) + github_actions.annotations(report, folder)
    return text


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    from grader.reports.write import write_text

    write_text(path, text)


def write_placeholder(path: Path) -> None:
    """Write the file that Gradescope reads if the grader crashes: a crash is no grade."""
    from grader.reports.gradescope_json import placeholder

    write(path, placeholder())


def for_github(report: "Report") -> None:
    """Append the step summary and the result for GitHub Classroom to the files that GitHub names."""
    from grader.reports import github_actions

    _append("GITHUB_STEP_SUMMARY", github_actions.summary(report))
    _append("GITHUB_OUTPUT", f"result={github_actions.classroom(report)}\n")


def for_gitlab(report: "Report") -> None:
    """In GitLab CI, also write a JUnit file, for `artifacts: reports: junit`."""
    if os.environ.get("GITLAB_CI") == "true":
        folder = Path(os.environ.get("CI_PROJECT_DIR") or ".")
        write(folder / GITLAB_FILE, rendered(report, "junit", instructor=False))


@contextmanager
def commands_stopped(format_: str) -> Iterator[None]:
    """In GitHub Actions, stop workflow commands: nothing printed inside runs one, student text included."""
    if format_ != "github":
        yield
        return
    from grader.reports.github_actions import stop_commands

    start, stop = stop_commands()
    click.echo(start)
    try:
        yield
    finally:
        click.echo(stop)


def _append(variable: str, text: str) -> None:
    name = os.environ.get(variable)
    if name:
        with Path(name).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
