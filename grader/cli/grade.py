"""`grader grade PROBLEM SUBMISSIONS`: a class."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from grader import key as keys
from grader.batch import discover, run
from grader.cli.group import NEEDS_REVIEW
from grader.problem import load
from grader.reports import class_table, write
from grader.result import Report


@click.command(name="grade", short_help="Grade a class.")
@click.argument("problem", type=click.Path(exists=True, path_type=Path))
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Where the reports go.  [default: results/<problem id>]")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What to print.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress and no table.")
def command(
    problem: Path, submissions: Path, out: Path | None, format_: str, quiet: bool
) -> None:
    """Grade every file or folder in SUBMISSIONS against PROBLEM.

    \b
    grader grade problems/cs1678-hw3 submissions/cs1678-hw3
    grader grade problems/cs1678-hw3 handed-in/ --out results/spring

    Writes a gradebook, a list of what a human must look at, and a page of feedback for each student.
    Exit code 0: done. 4: the problem is invalid. 5: done, and some answers need a human.
    """
    loaded = load(problem)
    key = keys.build(loaded)
    found = discover(submissions)
    if not found:
        raise click.BadParameter(f"{submissions} holds no submissions")
    folder = out or Path("results") / loaded.id
    reports = list(_written(_shown(run(key, found), len(found), quiet), folder))
    write.write_class(reports, folder)
    if format_ == "json":
        click.echo(json.dumps(_summary(reports, folder), ensure_ascii=False, indent=2))
    elif not quiet:
        _tell(reports, folder)
    raise click.exceptions.Exit(NEEDS_REVIEW if any(r.needs_review for r in reports) else 0)


def _written(reports: Iterable[Report], folder: Path) -> Iterator[Report]:
    for report in reports:
        write.write_submission(report, folder)
        yield report


def _shown(reports: Iterable[Report], count: int, quiet: bool) -> Iterator[Report]:
    """The reports, with a progress bar on a terminal while they are made."""
    if quiet or not sys.stderr.isatty():
        yield from reports
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(reports, "Grading", count, console=Console(stderr=True), transient=True)


def _tell(reports: Sequence[Report], folder: Path) -> None:
    class_table.show(reports)
    review = sum(report.needs_review for report in reports)
    click.echo(f"\nGraded {len(reports)} submissions.")
    if review:
        click.echo(f"{review} need a human: see {folder / 'needs-review.csv'}")
    click.echo(f"Gradebook: {folder / 'gradebook.csv'}")
    click.echo(f"Feedback:  {folder / 'submissions'}/<id>/feedback.html")


def _summary(reports: Sequence[Report], folder: Path) -> dict[str, object]:
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
