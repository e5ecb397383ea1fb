"""The group of commands, and the exit codes that they share. A command is imported when it is called."""

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise

import click

from grader.cli import failures
from grader.version import __version__

COMMANDS = {
    "grade": "Grade a class: a folder of submissions.",
    "check": "Check one submission, before you hand it in or in CI.",
    "problems": "List the problems that come with the grader.",
    "show": "Show a problem: questions, symbols, how to write answers.",
    "groups": "List wrong answers that mean the same, largest group first.",
    "regrade": "Show how an edited problem changes grades, then apply it.",
    "review": "Decide the answers that need a human, one by one.",
    "override": "Set the points of one answer yourself.",
    "export": "Write grades for Canvas, Moodle, Gradescope, GitHub, CSV.",
    "merge": "Merge the parts of a class that you graded separately.",
    "report": "Write the gradebook and pages again, without grading.",
    "new": "Create a new problem: a network and all its gradients.",
    "validate": "Prove that the questions of a problem are sound.",
    "handout": "Print the handout of a problem, for students.",
    "key": "Print the worked key, step by step, for the instructor.",
    "schema": "Print the JSON Schema of problem.yaml, for editors.",
    "draw": "Write a student's own draw, to compute arrays from.",
}

BELOW = 1
UNREADABLE = 3
NEEDS_REVIEW = 5


class Commands(click.Group):
    """Imports a command's module when the command is called, so that `grader` starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command with this name, or None."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"grader.cli.{name}")
        return module.command  # type: ignore[no-any-return]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called. Raises UsageError with the nearest name."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0].lower(), COMMANDS, n=1)
            suggestion = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{suggestion}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def group() -> None:
    """Grade hand derivations of gradients.

    \b
    As a student, before you hand in:
      grader show  problems/cs1678-hw3
      grader check problems/cs1678-hw3 my-paper.md
    \b
    As an instructor, for a whole class:
      grader grade  problems/cs1678-hw3 submissions/cs1678-hw3
      grader review results/cs1678-hw3
      grader export results/cs1678-hw3 --to moodle
    \b
    As an instructor, for a new homework:
      grader new      my-homework
      grader validate my-homework
    \b
    The options of a command, with examples:
      grader check --help
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line; returns an exit code of the contract (DESIGN, section 6)."""
    gc.disable()  # one submission makes little garbage; grading a class enables the collector again
    words = list(arguments)
    _open_streams()
    try:
        code = _run(words)
        sys.stdout.flush()
    except (KeyboardInterrupt, Exception) as error:
        code = failures.report_failure(error, as_json=_wants_json(words))
    gc.freeze()  # at exit Python would look for garbage in all that is left
    return code


def _open_streams() -> None:
    """Open what the caller closed: else the next file would get its number, and what we print."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = failures.guarded(sys.stdout)


def _run(words: list[str]) -> int:
    """Run click without its own `main`, which exits with 1 (`BELOW`) when a pipe closes."""
    if "_GRADER_COMPLETE" in os.environ:  # a shell asks for completions
        group.main(words, prog_name="grader")
    try:
        with group.make_context("grader", words) as context:
            group.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    return 0


def _wants_json(words: Sequence[str]) -> bool:
    """Whether `--format json` is given, also if click cannot parse the command line."""
    return "--format=json" in words or ("--format", "json") in pairwise(words)
