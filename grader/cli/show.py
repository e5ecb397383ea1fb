"""`grader show PROBLEM`: show the questions, and how to answer them."""

from pathlib import Path

import click

from grader.cli.options import as_json_option, echo_json, problem_argument, student_option


@click.command(name="show", short_help="Show a problem.")
@problem_argument
@student_option
@as_json_option
def command(problem: Path, student: str | None, format_: str) -> None:
    """Show the questions of PROBLEM, its symbols with their shapes and spellings, and how to answer.

    \b
    Examples:
      grader show problems/cs1678-hw3
      grader show problems/cs1678-hw3 --format json
      grader show problems/cs1678-hw3 --student student-06
    """
    from grader.problem import load
    from grader.problem.describe import as_json, describe
    from grader.problem.variants import for_student

    loaded = for_student(load(problem), student) if student else load(problem)
    if format_ == "json":
        echo_json(as_json(loaded))
    else:
        click.echo(describe(loaded))
