"""`grader grade PROBLEM SUBMISSIONS`: a class."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.group import NEEDS_REVIEW
from grader.cli.options import as_json_option, echo_json, problem_argument

if TYPE_CHECKING:
    from grader.result import Report


@click.command(name="grade", short_help="Grade a class.")
@problem_argument
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Where the reports go.  [default: results/<problem id>]")  # fmt: skip
@as_json_option
@click.option("--quiet", is_flag=True, help="No progress and no table.")
def command(problem: Path, submissions: Path, out: Path | None, format_: str, quiet: bool) -> None:
    """Grade every file or folder in SUBMISSIONS against PROBLEM; its name is the student's id.

    \b
    Examples:
      grader grade problems/cs1678-hw3 submissions/cs1678-hw3
      grader grade problems/cs1678-hw3 handed-in/ --out results/spring

    Writes a gradebook, a list of what a human must look at, and feedback for each student.

    \b
    Exit codes:
      0  done, however the students scored
      2  wrong usage
      4  the problem is invalid
      5  done, and some answers need a human
    """
    from grader import key
    from grader.batch import discover, run
    from grader.problem import load
    from grader.reports import write

    loaded = load(problem)
    folder = out or Path("results") / loaded.id
    _check_apart(folder, submissions)
    found = discover(submissions)
    if not found:
        raise click.BadParameter(f"{submissions} is empty.", param_hint="SUBMISSIONS")
    reports = []
    for report in _shown(run(key.build(loaded), found), len(found), quiet):
        write.write_submission(report, folder)
        reports.append(report)
    write.write_class(reports, folder)
    if format_ == "json":
        echo_json(_summary(reports, folder))
    elif not quiet:
        _tell(reports, folder)
    raise click.exceptions.Exit(NEEDS_REVIEW if any(r.needs_review for r in reports) else 0)


def _check_apart(folder: Path, submissions: Path) -> None:
    """Results among the submissions would be graded as a student's the next time."""
    if submissions.is_dir() and folder.resolve().is_relative_to(submissions.resolve()):
        message = f"{folder} lies among the submissions; choose a folder outside {submissions}."
        raise click.BadParameter(message, param_hint="--out")


def _shown(reports: Iterable["Report"], count: int, quiet: bool) -> Iterator["Report"]:
    """The reports, with a progress bar on a terminal while they are made."""
    if quiet or not sys.stderr.isatty():
        yield from reports
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(reports, "Grading", count, console=Console(stderr=True), transient=True)


def _tell(reports: Sequence["Report"], folder: Path) -> None:
    from grader.reports import class_table

    class_table.show(reports)
    click.echo(f"\nFeedback   {folder / 'submissions'}/<id>/feedback.html")
    click.echo(f"Instructor {folder / 'instructor'}/<id>.html")
    click.echo(f"Gradebook  {folder / 'gradebook.csv'}")
    waiting = sum(q.needs_review for report in reports for q in report.questions)
    if waiting:
        what = "1 answer waits" if waiting == 1 else f"{waiting} answers wait"
        click.echo(f"Review     {folder / 'needs-review.csv'}: {what} for a human")


def _summary(reports: Sequence["Report"], folder: Path) -> dict[str, object]:
    return {
        "out": str(folder),
        "submissions": [
            {
                "id": report.submission.id,
                "score": report.score,
                "max_score": report.max_score,
                "needs_review": report.needs_review,
            }
            for report in reports
        ],
    }
