"""`grader export RESULTS --to FORMAT`: write grades for a learning platform."""

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
              help="The platform or format.")  # fmt: skip
@click.option("--into", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="FILE", help="The file that you downloaded from Canvas or Moodle "
              "(moodle-worksheet). The grades go into a copy of it.")  # fmt: skip
@click.option("--assignment", default="", metavar="NAME", help="The platform's column: its title, or "
              "the number in it.  [default: the problem's title]")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER|FILE", help="Where to write. A "
              "name with an extension is a file.  [default: RESULTS/export]")  # fmt: skip
@click.option("--problem", type=click.Path(exists=True, path_type=Path),
              help="The problem, if you moved it after grading (gradescope-autograder).")  # fmt: skip
@click.option("--late-credit", is_flag=True, help="Subtract the penalty for late work.")
@click.option("--missing-as-zero", is_flag=True, help="Write 0 for students without a submission.")
@click.option("--allow-errors", is_flag=True, help="Export even if the grader failed on some "
              "submissions. They are left out.")  # fmt: skip
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
      grader export results/cs1678-hw3 --to moodle-worksheet --into worksheet.csv
      grader export results/cs1678-hw3 --to csv --missing-as-zero

    A student gets a grade when no answer waits for a human; `grader review` shows those that do. A
    grade that the platform already has is never erased. If the grader failed on a submission, nothing
    is exported without --allow-errors.
    """
    from grader.batch import Store
    from grader.reports.exports.problem_files import problem_files
    from grader.reports.exports.protocol import ExportError, ExportOptions, Into
    from grader.reports.plain_text import one_line

    if into and format_ not in FILLED_IN:
        raise click.UsageError(f"--into is only for {' and '.join(FILLED_IN)}.")
    with Store.open(results) as store:
        gradebook, path = store.gradebook(), problem or store.problem_path()
    if not allow_errors:
        _check_errors(gradebook)
    platform_file = Into(into.name, into.read_bytes()) if into else None
    try:
        files = problem_files(path) if format_ == "gradescope-autograder" else {}
        options = ExportOptions(platform_file, late_credit, missing_as_zero, assignment, files)
        exported = FORMATS[format_].export(gradebook, options)
    except ExportError as error:
        raise click.UsageError(one_line(str(error))) from error
    for written in _write(exported, out or results / "export"):
        click.echo(written)
    for note in exported.notes:
        click.echo(one_line(note), err=True)


def _check_errors(gradebook: "Gradebook") -> None:
    from grader.course import StudentStatus
    from grader.reports.plain_text import one_line

    failed = [s.student.id for s in gradebook.standings if s.status is StudentStatus.ERROR]
    if failed:
        names = one_line(", ".join(failed))
        message = (
            f"the grader failed on {names}: decide these with `grader review`, or leave them out "
            "with --allow-errors."
        )
        raise click.UsageError(message)


def _write(exported: "Exported", out: Path) -> list[Path]:
    """Write the files of an export to the folder `out`, or a single file to the file `out`."""
    from grader.reports.write import write_export

    if not out.suffix or out.is_dir():
        return write_export(exported.files, out)
    if len(exported.files) != 1:
        raise click.UsageError(
            f"this format has {len(exported.files)} files, and {out} is one file: name a folder."
        )
    (content,) = exported.files.values()
    return write_export({out.name: content}, out.parent)
