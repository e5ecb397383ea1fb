"""`grader report RESULTS`: pages and gradebook again, from what is in the store."""

from pathlib import Path

import click

from grader.cli.options import results_argument
from grader.cli.progress import Progress


@click.command(name="report", short_help="Write gradebook and pages again from the store.")
@results_argument
@click.option("--workers", metavar="N|auto", default="auto", show_default=True,
              help="Processes that write side by side.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress.")
def command(results: Path, workers: str, quiet: bool) -> None:
    """Write the gradebook and every page in RESULTS again, without grading.

    \b
    Example:
      grader report results/cs1678-hw3
    """
    from grader.batch import Store
    from grader.cli.classwork import report

    with Store.existing(results) as store, Progress(quiet) as progress:
        store.forget_pages()
        gradebook = report(store, workers, progress)
    click.echo(f"{len(gradebook.standings)} students: {results / 'gradebook.csv'}")
