"""The group of commands, each imported only when it is called, and the exit codes they share."""

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

import click

from grader.cli import failures
from grader.version import __version__

COMMANDS = {
    "grade": "Grade a class: a folder of submissions.",
    "check": "Check one submission, before handing in or in CI.",
    "show": "Show a problem: questions, names, how to write answers.",
    "groups": "Wrong answers that mean the same, largest group first.",
    "regrade": "See what a fixed problem changes in a class; then apply it.",
    "review": "Go through what needs a human, one by one.",
    "override": "Give an answer the points that you say.",
    "export": "Write grades for Canvas, Moodle, Gradescope, GitHub, CSV.",
    "merge": "Put the parts of a class together that were graded apart.",
    "report": "Write gradebook and pages again, without grading.",
    "new": "Write a new problem, with everything that goes with it.",
    "validate": "Prove that the questions of a problem are sound.",
    "handout": "Print what students get, for a page or a paper.",
    "key": "Print the worked key, step by step, for the instructor.",
    "schema": "Print the JSON Schema of problem.yaml, for editors.",
    "draw": "Publish a student's own draw, to compute arrays from.",
}

BELOW = 1
UNREADABLE = 3
NEEDS_REVIEW = 5


class Commands(click.Group):
    """Imports a command's file when the command is asked for: start-up time counts."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"grader.cli.{name}")
        return module.command  # type: ignore[no-any-return]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def group() -> None:
    """Grade hand derivations of gradients.

    \b
    Students, before handing in:
      grader show  problems/cs1678-hw3
      grader check problems/cs1678-hw3 my-paper.md
    \b
    Instructors, for a whole class:
      grader grade problems/cs1678-hw3 submissions/cs1678-hw3
    \b
    Instructors, for a new homework:
      grader new      my-homework
      grader validate my-homework
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Exit codes are those of the contract."""
    gc.disable()  # one submission makes little garbage; a class switches the collector on again
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # better a `?` than no output at all
        sys.stdout.reconfigure(errors="replace")
    try:
        code = _run(words)
        sys.stdout.flush()
    except (KeyboardInterrupt, Exception) as error:
        code = failures.report_failure(error, as_json=_wants_json(words))
    sys.exit(code)


def _run(words: list[str]) -> int:
    """Like click's own `main`, which would turn a closed pipe into "below the pass mark"."""
    if "_GRADER_COMPLETE" in os.environ:  # a shell asks for completions
        group.main(words, prog_name="grader")
    try:
        with group.make_context("grader", words) as context:
            group.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return 0


def _wants_json(words: Sequence[str]) -> bool:
    """Known even where the command line cannot be parsed."""
    return "--format=json" in words or ("--format", "json") in pairwise(words)
