"""Arguments and options that several commands share, and JSON on standard output."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

problem_argument = click.argument("problem", type=click.Path(exists=True, path_type=Path))

as_json_option = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text",
    show_default=True, help="Print text or JSON.",
)  # fmt: skip

results_argument = click.argument(
    "results", type=click.Path(exists=True, file_okay=False, path_type=Path)
)

_LIMITS = (
    click.option("--workers", metavar="N|auto", default="auto", show_default=True,
                 help="Number of processes; auto: one for each processor."),
    click.option("--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True,
                 metavar="SECONDS", help="Time limit for one submission."),
    click.option("--memory", type=click.IntRange(min=64), default=1024, show_default=True,
                 metavar="MB", help="Memory limit for one submission (on Linux)."),
)  # fmt: skip


def limit_options(command: _Command) -> _Command:
    """Add the options of commands that grade in processes: `--workers`, `--timeout`, `--memory`."""
    for option in reversed(_LIMITS):
        command = option(command)
    return command


def echo_json(data: object) -> None:
    """Print JSON in UTF-8, whatever the terminal's encoding is."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))


student_option = click.option(
    "--student", metavar="ID", help="Use the variant of this student, if the problem has variants.",
)  # fmt: skip

_SHEET = (
    click.option("--format", "format_", type=click.Choice(["md", "tex", "html"]), default="md",
                 show_default=True, help="Markdown, LaTeX, or a web page."),
    click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
                 help="Write to this file instead of printing."),
)  # fmt: skip


def sheet_options(command: _Command) -> _Command:
    """Add the options of commands that print a sheet: `--format`, `--out`."""
    for option in reversed(_SHEET):
        command = option(command)
    return command


def write_sheet(text: str, out: Path | None) -> None:
    """Print a sheet, or write it to a file."""
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8", newline="\n")
