"""`grader merge OUT PART...`: the parts of a class that `grader grade --shard` graded."""

from pathlib import Path

import click

from grader.cli.progress import Progress


@click.command(name="merge", short_help="Put the parts of a class together.")
@click.argument("out", metavar="RESULTS", type=click.Path(file_okay=False, path_type=Path))
@click.argument("parts", nargs=-1, required=True,
                type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--workers", metavar="N|auto", default="auto", show_default=True,
              help="Processes that write pages side by side.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="No progress.")
def command(out: Path, parts: tuple[Path, ...], workers: str, quiet: bool) -> None:
    """Put PARTS, the folders of `grader grade --shard`, together in RESULTS, with all reports.

    \b
    Example:
      grader merge results/cs1678-hw3 parts/*
    """
    from grader.batch import Store
    from grader.batch.merge import merge
    from grader.cli.classwork import report

    with Store.writing(out) as store, Progress(quiet) as progress:
        merge(store, parts)
        gradebook = report(store, workers, progress)
    click.echo(f"{len(gradebook.standings)} students: {out / 'gradebook.csv'}")
