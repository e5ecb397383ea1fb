"""What goes wrong with a program. Both kinds go to a human, with the line."""

from enum import Enum
from typing import Self

from grader.errors import Unreadable


class Origin(Enum):
    """Where something comes from that has no value."""

    INSIDE = "the program itself"
    STOPPED = "an error of Python or NumPy"
    OUTSIDE = "what the program uses and does not hold, such as files and other modules"
    DRAWN = "random numbers"
    ENDED = "a limit that was reached, where nothing else is wrong"


class ProgramError(Unreadable):
    """A fault in a program; `line` counts from 1 in its text, None while it is not known.

    `origin` says why it has no value.
    """

    default_code = "program"

    origin = Origin.INSIDE

    def __init__(self, message: str, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.line = line

    def of(self, origin: Origin) -> Self:
        """This fault with its origin."""
        self.origin = origin
        return self

    def at(self, line: int) -> Self:
        """This fault with its line; a line that it already has stays."""
        if self.line is None:
            self.line = line
        return self


class Refused(ProgramError):
    """Something that the grader does not run, or that is above a limit."""


class Exhausted(Refused):
    """A limit that is reached: whatever comes next would reach it too."""

    origin = Origin.ENDED


class Failed(ProgramError):
    """Python or NumPy would stop here with an error: shapes that do not fit, a missing key."""


RAISED = (ArithmeticError, AttributeError, BufferError, LookupError, MemoryError, RuntimeError,
          StopIteration, TypeError, ValueError)  # fmt: skip
"""What Python and NumPy raise while they calculate with the values of a program."""

_LONGEST = 160  # characters of a message


def of(error: BaseException) -> ProgramError:
    """The fault that an error of Python or NumPy is, with its own words, shortened."""
    match error:
        case ProgramError():
            return error
        case RecursionError():
            return Refused("the program is nested too deeply")
        case MemoryError():
            return Refused("the program needs too much memory")
        case KeyError():
            return Failed(f"there is no key {shown(error.args[0] if error.args else '')}")
        case _:
            return Failed(shortened(str(error)) or type(error).__name__)


def shortened(text: str) -> str:
    """A text on one line, with nothing that cannot be printed, not longer than a message may be."""
    line = " ".join(text[: 4 * _LONGEST].split())
    line = "".join(letter if letter.isprintable() else "?" for letter in line)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def shown(value: object) -> str:
    """A key as a message shows it; nothing but texts and numbers is printed."""
    if isinstance(value, str):
        return f"'{shortened(value[:60])}'"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**15):
        return str(value)
    return f"of type {type(value).__name__}"
