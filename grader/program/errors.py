"""What goes wrong with a program. Both kinds go to a human, with the line."""

from grader.errors import Unreadable


class ProgramError(Unreadable):
    """A fault in a program; `line` counts from 1 in its text, None while it is not known."""

    default_code = "program"

    def __init__(self, message: str, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.line = line

    def at(self, line: int) -> "ProgramError":
        """This fault with its line; a line that it already has stays."""
        if self.line is None:
            self.line = line
        return self


class Refused(ProgramError):
    """Something that the grader does not run, or that is above a limit."""


class Failed(ProgramError):
    """Python or NumPy would stop here with an error: shapes that do not fit, a missing key."""
