"""`grader report RESULTS`: write the gradebook and the pages again, from the store."""

import secrets
from pathlib import Path

import click

from grader.cli.options import results_argument
from grader.cli.progress import Progress


@click.command(name="report", short_help="Write the gradebook and pages again.")
@results_argument
@click.option("--workers", metavar="N|auto", default="auto", show_default=True,
              help="Number of processes that write pages.")  # fmt: skip
@click.option("--anonymous", is_flag=True, help="Write only class-anonymous.html, which you can show "
              "to a class: it has pseudonyms and no links.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print no progress.")
def command(results: Path, workers: str, anonymous: bool, quiet: bool) -> None:
    """Write the gradebook and all pages in RESULTS again, without grading.

    \b
    Examples:
      grader report results/cs1678-hw3
      grader report results/cs1678-hw3 --anonymous

    A student has the same pseudonym each time. pseudonyms.csv lists the students behind the
    pseudonyms, and .pseudonym-key is the secret that makes them. Only you can read these files; do
    not share them.
    """
    from grader.batch import Store
    from grader.cli.classwork import report

    if anonymous:
        _anonymous(results)
        return
    with Store.existing(results) as store, Progress(quiet) as progress:
        store.forget_pages()
        gradebook = report(store, workers, progress)
    click.echo(f"{len(gradebook.standings)} students: {results / 'gradebook.csv'}")


def _anonymous(results: Path) -> None:
    from grader.batch import Store
    from grader.course.anonymous import anonymous
    from grader.reports import class_html
    from grader.reports.csv_text import cell, table
    from grader.reports.write import write_private, write_text

    with Store.open(results) as store:
        gradebook, names = anonymous(store.gradebook(), _key(results / ".pseudonym-key"))
    write_text(results / "class-anonymous.html", class_html.render(gradebook, linked=False))
    rows = ((pseudonym, cell(name)) for pseudonym, name in sorted(names.items()))
    write_private(results / "pseudonyms.csv", table(["pseudonym", "id"], rows))
    click.echo(f"{results / 'class-anonymous.html'}  (real names: {results / 'pseudonyms.csv'})")


def _key(file: Path) -> bytes:
    """The secret of this class, created on first use."""
    from grader.reports.write import write_private

    if not file.exists():
        write_private(file, secrets.token_hex(32))
    return file.read_bytes()
