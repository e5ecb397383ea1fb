"""`grader handout PROBLEM`: print the handout, for students."""

from pathlib import Path

import click

from grader.cli.options import problem_argument, sheet_options, student_option, write_sheet


@click.command(name="handout", short_help="Print the handout.")
@problem_argument
@sheet_options
@student_option
def command(problem: Path, format_: str, out: Path | None, student: str | None) -> None:
    """Print the handout of PROBLEM: the model, its symbols, the questions, and how to answer.

    It contains no references.

    \b
    Examples:
      grader handout problems/cs1678-hw3
      grader handout problems/cs1678-hw3 --format html --out handout.html
      grader handout problems/cs1678-hw3 --format tex --student student-06
    """
    from grader.authoring.sheets import FORMATS, handout
    from grader.problem import load
    from grader.problem.variants import for_student

    loaded = for_student(load(problem), student) if student else load(problem)
    write_sheet(FORMATS[format_](handout(loaded, problem.as_posix())), out)
