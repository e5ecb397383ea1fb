"""`grader key PROBLEM`: print the worked key, for the instructor."""

from pathlib import Path

import click

from grader.cli.options import problem_argument, sheet_options, student_option, write_sheet


@click.command(name="key", short_help="Print the worked key.")
@problem_argument
@sheet_options
@student_option
def command(problem: Path, format_: str, out: Path | None, student: str | None) -> None:
    """Print the worked key of PROBLEM: each reference, with the steps of the chain rule.

    It is for the instructor. Students get the handout (`grader handout`).

    \b
    Examples:
      grader key problems/cs1678-hw3
      grader key problems/cs1678-hw3 --format html --out key.html
      grader key problems/cs1678-hw3 --format tex --student student-06
    """
    from grader import key as keys
    from grader.authoring.sheets import FORMATS, worked_key
    from grader.problem import load

    built = keys.build(load(problem))
    write_sheet(FORMATS[format_](worked_key(built.of(student) if student else built)), out)
