"""The message of a command that fails, as text or as JSON, and its exit code."""

import errno
import io
import json
import os
import sys
from contextlib import suppress
from typing import Any

import click

from grader.errors import AuthorError, Fault, GraderError

USAGE = 2
INVALID_PROBLEM = 4
FAULT = 70
INTERRUPTED = 130
CLOSED_PIPE = 141  # as a shell reports SIGPIPE: 128 + 13

DISK_FULL = (
    "could not write the results; free some disk space and start the same command again: it continues "
    "where it stopped"
)
_TOO_MANY_OPEN = "this shell allows too few open files; allow more with `ulimit -n 1024`"
DAMAGED = (
    "the results are damaged; move results.sqlite away and grade again, or take it from a backup: it also "
    "holds your own decisions"
)
_SQLITE = {
    "SQLITE_READONLY": "the results cannot be written",
    "SQLITE_CANTOPEN": "the results cannot be opened; check who may read and write their folder",
    "SQLITE_BUSY": "another program is using the results; try again when it has finished",
    "SQLITE_LOCKED": "another program is using the results; try again when it has finished",
}
"""What an error of SQLite means for the user, by the beginning of its name."""


class OutputError(OSError):
    """Standard output cannot be written."""


class StandardOutput(io.FileIO):
    """Standard output, whose errors are not taken for those of a file that a command writes."""

    def write(self, data: Any, /) -> int:
        """Write. Raises OutputError."""
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(error.errno, error.strerror) from error


def guarded(out: io.TextIOWrapper) -> io.TextIOWrapper:
    """A stream that writes where `out` does, with errors of its own, and `?` for what it cannot encode."""
    raw = getattr(out.buffer, "raw", out.buffer)
    if isinstance(raw, io.FileIO):
        own = StandardOutput(os.dup(raw.fileno()), "w")
        buffer: Any = own if raw is out.buffer else io.BufferedWriter(own)  # PYTHONUNBUFFERED
        out = io.TextIOWrapper(buffer, out.encoding, line_buffering=out.line_buffering)
    out.reconfigure(errors="replace")
    return out


def report_failure(error: BaseException, as_json: bool) -> int:
    """Print the error as text or as JSON, and return the exit code."""
    code = _reported(KeyboardInterrupt() if _is_interrupted(error) else error, as_json)
    try:
        sys.stdout.flush()
    except OSError:  # nothing is printed there any more, also not when Python ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _reported(error: BaseException, as_json: bool) -> int:
    match error:
        case KeyboardInterrupt() | click.Abort() | EOFError():
            return _print_error(INTERRUPTED, "interrupted", "interrupted", as_json)
        case BrokenPipeError():
            return CLOSED_PIPE
        case OutputError():
            return _say(USAGE, f"could not write to standard output: {error.strerror}")
        case click.ClickException():
            return _usage(error, as_json)
        case AuthorError():
            return _invalid(error, as_json)
        case GraderError():
            return _print_error(USAGE, "usage", str(error), as_json)
        case OSError(errno=errno.ENOSPC):
            text = f"{DISK_FULL} ({error.filename or error.strerror})"
            return _print_error(INTERRUPTED, "interrupted", text, as_json)
        case OSError(errno=errno.EMFILE | errno.ENFILE):
            return _print_error(USAGE, "io", _TOO_MANY_OPEN, as_json)
        case OSError():
            text = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
            return _print_error(USAGE, "io", text, as_json)
    if type(error).__module__ == "sqlite3":  # by name: importing sqlite3 would slow every start
        return _store(error, as_json)
    return _fault(error, as_json)


def _is_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is the cause; some code of Python wraps every error in one of its own."""
    return error is not None and (
        isinstance(error, KeyboardInterrupt) or _is_interrupted(error.__cause__)
    )


def _store(error: BaseException, as_json: bool) -> int:
    """An error of SQLite, which wrote or read a results folder."""
    name = getattr(error, "sqlite_errorname", "")
    if type(error).__name__ == "OperationalError" and name.startswith(
        ("SQLITE_FULL", "SQLITE_IOERR")
    ):
        return _print_error(INTERRUPTED, "interrupted", f"{DISK_FULL} ({error})", as_json)
    text = next((text for start, text in _SQLITE.items() if name.startswith(start)), DAMAGED)
    return _print_error(USAGE, "io", f"{text} ({error})", as_json)


def _print_error(code: int, kind: str, message: str, as_json: bool, **more: object) -> int:
    if as_json:
        with suppress(OSError):
            click.echo(json.dumps({"error": {"kind": kind, "message": message, **more}}))
        return code
    return _say(code, message)


def _say(code: int, message: str) -> int:
    """Print a message on standard error, if that can be written."""
    name = click.style("grader:", fg="red", bold=True)
    color = False if os.environ.get("NO_COLOR") else None  # None: click asks the stream
    with suppress(OSError):
        click.echo(f"{name} {message}", err=True, color=color)
    return code


def _usage(error: click.ClickException, as_json: bool) -> int:
    if as_json:
        return _print_error(USAGE, "usage", error.format_message(), as_json)
    with suppress(OSError):
        error.show()
    return USAGE


def _invalid(error: AuthorError, as_json: bool) -> int:
    if as_json:
        faults = [_fault_json(fault) for fault in error.faults]
        return _print_error(INVALID_PROBLEM, "problem", str(error), as_json, faults=faults)
    with suppress(OSError):
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
