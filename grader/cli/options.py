"""What several commands share: their common arguments, and JSON on standard output."""

import json
from pathlib import Path

import click

problem_argument = click.argument("problem", type=click.Path(exists=True, path_type=Path))

as_json_option = click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text",
    show_default=True, help="What to print.",
)  # fmt: skip


def echo_json(data: object) -> None:
    """Print JSON that any terminal and any reader takes."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))
