"""`grader show PROBLEM`: what is asked, and how to answer."""

import json
from pathlib import Path

import click

from grader.problem import load
from grader.problem.describe import as_json, describe


@click.command(name="show", short_help="Show a problem.")
@click.argument("problem", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What to print.")  # fmt: skip
def command(problem: Path, format_: str) -> None:
    """Show the questions of PROBLEM, its symbols with shapes and spellings, and how to answer.

    \b
    grader show problems/cs1678-hw3
    """
    loaded = load(problem)
    if format_ == "json":
        click.echo(json.dumps(as_json(loaded), ensure_ascii=False, indent=2))
    else:
        click.echo(describe(loaded))
