"""The command `grader`, a module for each command. They parse options and print; they compute nothing."""

import _signal as signal  # type: ignore[import-not-found]  # `signal` itself takes a while to import
import sys

TYPE_CHECKING = False  # as that of `typing`: Ctrl-C prints a traceback until `main` is called
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

__all__ = ["main"]


def main(arguments: "Sequence[str] | None" = None) -> "NoReturn":
    """Run the command line. While it is imported, and when it ends, Ctrl-C just ends the process."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from grader.cli.group import run

        if interruptible:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        code = run(sys.argv[1:] if arguments is None else arguments)
    finally:
        if interruptible:
            ends = arguments is None  # then nothing may raise while Python itself ends
            signal.signal(signal.SIGINT, signal.SIG_DFL if ends else signal.default_int_handler)
    sys.exit(code)
