"""The message of a command that fails, as text or as JSON, and its exit code."""

import errno
import json
import os
import sys

import click

from grader.errors import AuthorError, Fault, GraderError

USAGE = 2
INVALID_PROBLEM = 4
FAULT = 70
INTERRUPTED = 130
DISK_FULL = (
    "could not write the results; free some disk space and start the same command again: it continues "
    "where it stopped"
)
CLOSED_PIPE = 141  # as a shell reports SIGPIPE: 128 + 13


def report_failure(error: BaseException, as_json: bool) -> int:
    """Print the error as text or as JSON, and return the exit code."""
    match error:
        case KeyboardInterrupt() | click.Abort() | EOFError():
            return _print_error(INTERRUPTED, "interrupted", "interrupted", as_json)
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return CLOSED_PIPE
        case click.ClickException():
            return _usage(error, as_json)
        case AuthorError():
            return _invalid(error, as_json)
        case GraderError():
            return _print_error(USAGE, "usage", str(error), as_json)
        case OSError(errno=errno.ENOSPC):
            text = f"{DISK_FULL} ({error.filename})"
            return _print_error(INTERRUPTED, "interrupted", text, as_json)
        case OSError():
            text = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
            return _print_error(USAGE, "io", text, as_json)
    if type(error).__module__ == "sqlite3":  # by name: importing sqlite3 would slow every start
        return _print_error(INTERRUPTED, "interrupted", f"{DISK_FULL} ({error})", as_json)
    return _fault(error, as_json)


def _print_error(code: int, kind: str, message: str, as_json: bool, **more: object) -> int:
    if as_json:
        click.echo(json.dumps({"error": {"kind": kind, "message": message, **more}}))
    else:
        name = click.style("grader:", fg="red", bold=True)
        color = False if os.environ.get("NO_COLOR") else None  # None: click asks the stream
        click.echo(f"{name} {message}", err=True, color=color)
    return code


def _usage(error: click.ClickException, as_json: bool) -> int:
    if as_json:
        return _print_error(USAGE, "usage", error.format_message(), as_json)
    error.show()
    return USAGE


def _invalid(error: AuthorError, as_json: bool) -> int:
    if as_json:
        faults = [_fault_json(fault) for fault in error.faults]
        return _print_error(INVALID_PROBLEM, "problem", str(error), as_json, faults=faults)
    for fault in error.faults:
        click.echo(str(fault), err=True)
    faults_text = "one fault" if len(error.faults) == 1 else f"{len(error.faults)} faults"
    what = "this problem" if error.faults[0].file.endswith("problem.yaml") else "this file"
    message = f"{what} has {faults_text}; nothing was graded"
    return _print_error(INVALID_PROBLEM, "problem", message, as_json)


def _fault_json(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("file", "line", "column", "path", "reason")}


def _fault(error: BaseException, as_json: bool) -> int:
    if os.environ.get("GRADER_TRACEBACK"):
        raise error
    text = f"internal fault: {type(error).__name__}: {error} (set GRADER_TRACEBACK=1 to see where)"
    return _print_error(FAULT, "fault", text, as_json)
