"""`grader schema`: print the JSON Schema of problem.yaml."""

from pathlib import Path

import click

from grader.cli.options import write_sheet


@click.command(name="schema", short_help="Print the JSON Schema of problem.yaml.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write to this file instead of printing.")  # fmt: skip
def command(out: Path | None) -> None:
    """Print the JSON Schema of problem.yaml. With it, an editor can complete and check the file.

    \b
    Example:
      grader schema --out problem.schema.json

    \b
    Then write this as the first line of problem.yaml:
      # yaml-language-server: $schema=problem.schema.json
    """
    import json

    from grader.authoring.schema import schema

    write_sheet(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", out)
