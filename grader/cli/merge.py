"""`grader merge RESULTS PART...`: merge the parts of a class that `grader grade --shard` graded."""

from pathlib import Path

import click

from grader.cli.progress import Progress


@click.command(name="merge", short_help="Merge the parts of a class.")
@click.argument("out", metavar="RESULTS", type=click.Path(file_okay=False, path_type=Path))
@click.argument("parts", nargs=-1, required=True,
                type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--workers", metavar="N|auto", default="auto", show_default=True,
              help="Number of processes that write pages.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print no progress.")
def command(out: Path, parts: tuple[Path, ...], workers: str, quiet: bool) -> None:
    """Merge PARTS, the folders of `grader grade --shard`, into RESULTS, and write all reports.

    \b
    Example:
      grader grade problems/cs1678-hw3 handed-in/ --shard 1/2 --out parts/1   # first machine
      grader grade problems/cs1678-hw3 handed-in/ --shard 2/2 --out parts/2   # second machine
      grader merge results/cs1678-hw3 parts/1 parts/2
    """
    from grader.batch import Store
    from grader.batch.merge import merge
    from grader.cli.classwork import report

    with Store.writing(out) as store, Progress(quiet) as progress:
        merge(store, parts)
        gradebook = report(store, workers, progress)
    click.echo(f"{len(gradebook.standings)} students: {out / 'gradebook.csv'}")
