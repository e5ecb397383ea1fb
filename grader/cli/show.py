"""`grader show PROBLEM`: what is asked, and how to answer."""

from pathlib import Path

import click

from grader.cli.options import as_json_option, echo_json, problem_argument


@click.command(name="show", short_help="Show a problem.")
@problem_argument
@as_json_option
def command(problem: Path, format_: str) -> None:
    """Show the questions of PROBLEM, its symbols with shapes and spellings, and how to answer.

    \b
    Examples:
      grader show problems/cs1678-hw3
      grader show problems/cs1678-hw3 --format json
    """
    from grader.problem import load
    from grader.problem.describe import as_json, describe

    loaded = load(problem)
    if format_ == "json":
        echo_json(as_json(loaded))
    else:
        click.echo(describe(loaded))
