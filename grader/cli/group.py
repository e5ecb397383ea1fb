"""The group of commands, each imported only when it is called, and the exit codes they share."""

import importlib
import json
import os
import sys
from typing import NoReturn

import click

from grader.errors import AuthorError, Fault
from grader.version import __version__

COMMANDS = {
    "grade": "Grade a class: a folder of submissions against a problem.",
    "check": "Check one submission, as a student before handing in or as CI does.",
    "show": "Show a problem: what is asked, the names, how to write answers.",
    "draw": "Publish a student's own draw, to compute arrays from.",
}

BELOW = 1
USAGE = 2
UNREADABLE = 3
INVALID_PROBLEM = 4
NEEDS_REVIEW = 5
FAULT = 70
INTERRUPTED = 130


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
    Try:
      grader show  problems/cs1678-hw3
      grader check problems/cs1678-hw3 my-paper.md
      grader grade problems/cs1678-hw3 submissions/
    """


def main() -> NoReturn:
    """Run the command line. Exit codes are those of the contract."""
    try:
        group.main(standalone_mode=False)
        code = 0
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        code = _usage(error)
    except AuthorError as error:
        code = _invalid(error)
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        code = INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        _error("io", f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
        code = USAGE
    except Exception as error:
        code = _fault(error)
    sys.exit(code)


def _wants_json() -> bool:
    words = sys.argv[1:]
    return "--format=json" in words or any(
        a == "--format" and b == "json" for a, b in zip(words, words[1:], strict=False)
    )


def _error(kind: str, message: str, **more: object) -> None:
    """An error for whoever reads: JSON on standard output if JSON was asked for."""
    if _wants_json():
        click.echo(json.dumps({"error": {"kind": kind, "message": message, **more}}))
    else:
        _say(message)


def _say(message: str) -> None:
    click.echo(f"{click.style('grader:', fg='red', bold=True)} {message}", err=True)


def _usage(error: click.ClickException) -> int:
    if _wants_json():
        _error("usage", error.format_message())
    else:
        error.show()
    return USAGE


def _invalid(error: AuthorError) -> int:
    if _wants_json():
        _error("problem", str(error), faults=[_fault_json(fault) for fault in error.faults])
    else:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        count = len(error.faults)
        _say(f"this problem has {count} fault{'s' if count != 1 else ''}; nothing was graded")
    return INVALID_PROBLEM


def _fault_json(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("file", "line", "column", "path", "reason")}


def _fault(error: Exception) -> int:
    if os.environ.get("GRADER_TRACEBACK"):
        raise error
    hint = "set GRADER_TRACEBACK=1 to see where"
    _error("fault", f"internal fault: {type(error).__name__}: {error} ({hint})")
    return FAULT
