"""`grader export RESULTS --to FORMAT`: grades for a learning platform."""

from pathlib import Path

import click

from grader.cli.options import results_argument
from grader.reports.exports.formats import FORMATS


@click.command(name="export", short_help="Write grades for a learning platform.")
@results_argument
@click.option("--to", "format_", type=click.Choice(list(FORMATS)), required=True,
              help="For which platform.")  # fmt: skip
@click.option("--into", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="FILE", help="The file of canvas or moodle-worksheet to be filled in.")  # fmt: skip
@click.option("--assignment", default="", metavar="NAME", help="The platform's column: its title, or "
              "the number in it.  [default: the problem's title]")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Where the files go.  [default: RESULTS/export]")  # fmt: skip
@click.option("--problem", type=click.Path(exists=True, path_type=Path),
              help="The problem, if it has moved since (gradescope-autograder).")  # fmt: skip
@click.option("--late-credit", is_flag=True, help="Take off what lateness costs.")
@click.option("--missing-as-zero", is_flag=True, help="0 for students who handed nothing in.")
@click.option(
    "--allow-errors", is_flag=True, help="Although the grader failed on some submissions."
)
def command(
    results: Path,
    format_: str,
    into: Path | None,
    assignment: str,
    out: Path | None,
    problem: Path | None,
    late_credit: bool,
    missing_as_zero: bool,
    allow_errors: bool,
) -> None:
    """Write the grades in RESULTS for a learning platform.

    \b
    Examples:
      grader export results/cs1678-hw3 --to canvas --into gradebook.csv --assignment "HW 3 (4711)"
      grader export results/cs1678-hw3 --to moodle
      grader export results/cs1678-hw3 --to csv --missing-as-zero

    Nobody gets a grade while one of their answers waits for a person, and no grade that is there is
    replaced by nothing. It refuses while the grader has failed on a submission.
    """
    from grader.batch import Store
    from grader.course import Status
    from grader.reports.exports.protocol import ExportError, Into, Options
    from grader.reports.plain_text import one_line
    from grader.reports.write import write_export

    with Store.open(results) as store:
        gradebook, place = store.gradebook(), problem or store.problem_path()
    failed = [s.student.id for s in gradebook.standings if s.status is Status.ERROR]
    if failed and not allow_errors:
        names = one_line(", ".join(failed), 400)
        message = f"the grader failed on {names}: decide with `grader review`, or --allow-errors."
        raise click.UsageError(message)
    given = Into(into.name, into.read_bytes()) if into else None
    files = _files(place) if format_ == "gradescope-autograder" else {}
    options = Options(given, late_credit, missing_as_zero, assignment, files)
    try:
        exported = FORMATS[format_].export(gradebook, options)
    except ExportError as error:
        raise click.UsageError(str(error)) from error
    for path in write_export(exported.files, out or results / "export"):
        click.echo(path)
    for note in exported.notes:
        click.echo(one_line(note, 2000), err=True)


def _files(problem: Path) -> dict[str, bytes]:
    """The files of the problem's folder; none if it is not there."""
    folder = problem if problem.is_dir() else problem.parent
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    }
