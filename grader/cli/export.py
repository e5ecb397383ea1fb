"""`grader export RESULTS --to FORMAT`: grades for a learning platform."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import results_argument
from grader.reports.exports.formats import FILLED_IN, FORMATS

if TYPE_CHECKING:
    from grader.course import Gradebook
    from grader.reports.exports.protocol import Exported


@click.command(name="export", short_help="Write grades for a learning platform.")
@results_argument
@click.option("--to", "format_", type=click.Choice(list(FORMATS)), required=True,
              help="For which platform.")  # fmt: skip
@click.option("--into", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="FILE", help="The file of canvas or moodle-worksheet to be filled in. It is not "
              "changed.")  # fmt: skip
@click.option("--assignment", default="", metavar="NAME", help="The platform's column: its title, or "
              "the number in it.  [default: the problem's title]")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER|FILE", help="Where the files "
              "go; a name with an ending is a file.  [default: RESULTS/export]")  # fmt: skip
@click.option("--problem", type=click.Path(exists=True, path_type=Path),
              help="The problem, if it has moved since (gradescope-autograder).")  # fmt: skip
@click.option("--late-credit", is_flag=True, help="Take off what lateness costs.")
@click.option("--missing-as-zero", is_flag=True, help="0 for students who handed nothing in.")
@click.option("--allow-errors", is_flag=True, help="Although the grader failed on some submissions; "
              "these are left out.")  # fmt: skip
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
      grader export results/cs1678-hw3 --to moodle --out grades.csv
      grader export results/cs1678-hw3 --to csv --missing-as-zero

    Nobody gets a grade while one of their answers waits for a person, and no grade that is there is
    replaced by nothing. It refuses while the grader has failed on a submission.
    """
    from grader.batch import Store
    from grader.reports.exports.problem_files import problem_files
    from grader.reports.exports.protocol import ExportError, ExportOptions, Into
    from grader.reports.plain_text import one_line

    if into and format_ not in FILLED_IN:
        raise click.UsageError(f"--into is for {' and '.join(FILLED_IN)}.")
    with Store.open(results) as store:
        gradebook, place = store.gradebook(), problem or store.problem_path()
    if not allow_errors:
        _check_errors(gradebook)
    given = Into(into.name, into.read_bytes()) if into else None
    try:
        files = problem_files(place) if format_ == "gradescope-autograder" else {}
        options = ExportOptions(given, late_credit, missing_as_zero, assignment, files)
        exported = FORMATS[format_].export(gradebook, options)
    except ExportError as error:
        raise click.UsageError(one_line(str(error))) from error
    for path in _write(exported, out or results / "export"):
        click.echo(path)
    for note in exported.notes:
        click.echo(one_line(note), err=True)


def _check_errors(gradebook: "Gradebook") -> None:
    from grader.course import StudentStatus
    from grader.reports.plain_text import one_line

    failed = [s.student.id for s in gradebook.standings if s.status is StudentStatus.ERROR]
    if failed:
        names = one_line(", ".join(failed))
        message = f"the grader failed on {names}: decide with `grader review`, or --allow-errors."
        raise click.UsageError(message)


def _write(exported: "Exported", out: Path) -> list[Path]:
    """The files of an export, in a folder; or the only one under the name that was asked for."""
    from grader.reports.write import write_export

    if not out.suffix or out.is_dir():
        return write_export(exported.files, out)
    if len(exported.files) != 1:
        raise click.UsageError(
            f"{out} is a file, but this writes {len(exported.files)}: name a folder."
        )
    (content,) = exported.files.values()
    return write_export({out.name: content}, out.parent)
