"""`grader report RESULTS`: pages and gradebook again, from what is in the store."""

import secrets
from pathlib import Path

import click

from grader.cli.options import results_argument
from grader.cli.progress import Progress


@click.command(name="report", short_help="Write gradebook and pages again from the store.")
@results_argument
@click.option("--workers", metavar="N|auto", default="auto", show_default=True,
              help="Processes that write side by side.")  # fmt: skip
@click.option("--anonymous", is_flag=True, help="Write class-anonymous.html instead, to be shown: "
              "pseudonyms, and no links.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress.")
def command(results: Path, workers: str, anonymous: bool, quiet: bool) -> None:
    """Write the gradebook and every page in RESULTS again, without grading.

    \b
    Examples:
      grader report results/cs1678-hw3
      grader report results/cs1678-hw3 --anonymous

    The pseudonyms are the same every time. Who they are stands in pseudonyms.csv, which only you can
    read; the key they are made with is beside it. Keep both to yourself.
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
    click.echo(f"{results / 'class-anonymous.html'}  (who is who: {results / 'pseudonyms.csv'})")


def _key(file: Path) -> bytes:
    """The secret of this class, made when it is first asked for."""
    from grader.reports.write import write_private

    if not file.exists():
        write_private(file, secrets.token_hex(32))
    return file.read_bytes()
