"""What can go wrong, and whose fault it is: the student's text or the author's problem.

A `StudentError` knows the place in the text and draws a caret under it. Its two families decide the
verdict: `Unreadable` (nobody can tell what it says: a human looks) and `Nonsense` (it was read, and
it cannot be a value: incorrect). An `AuthorError` points into `problem.yaml`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class GraderError(Exception):
    """Anything this package raises on purpose."""


class Span(NamedTuple):
    """A half-open range of offsets into a source text."""

    start: int
    end: int

    def union(self, other: "Span") -> "Span":
        """The smallest span over both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class StudentError(GraderError):
    """A fault in an answer: a message, its place, and what to try.

    `code` is the stable code of the message (DESIGN contract "results"); `hint` is one sentence.
    """

    default_code = "unreadable"

    def __init__(
        self,
        message: str,
        source: str = "",
        span: Span | None = None,
        hint: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.hint = hint
        self.code = code or self.default_code

    def located(self, source: str) -> "StudentError":
        """This error, knowing the text it is about (unless it knew one already)."""
        if not self.source:
            self.source = source
        return self

    def pointer(self, width: int = 72) -> str:
        """The line at fault and a line of `~~~^` under it; empty if the place is not known."""
        if self.span is None or not self.source:
            return ""
        return pointer(self.source, self.span, width)

    def __str__(self) -> str:
        parts = [self.message, self.pointer(), self.hint or ""]
        return "\n".join(part for part in parts if part)


class Unreadable(StudentError):
    """The text could not be parsed, or uses a name nobody declared: a human must look."""


class UnknownName(Unreadable):
    """A name that neither the problem nor the student declared."""

    default_code = "unknown-symbol"


class TooLarge(Unreadable):
    """A text, number, range or tree past the limits."""

    default_code = "too-large"


class Nonsense(StudentError):
    """The text was read, but it cannot be a value: incorrect, and told so."""

    default_code = "nonsense"


class ShapeMismatch(Nonsense):
    """Two shapes that do not fit."""

    default_code = "shape-mismatch"


class IndexOutOfRange(Nonsense):
    """An index past the size of what it indexes."""

    default_code = "index-out-of-range"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an author's file. Lines and columns are 1-based; 0 means unknown."""

    file: str
    line: int
    column: int
    path: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.path}: {self.reason}" if self.path else f"{where}: {self.reason}"


class AuthorError(GraderError):
    """Everything that is wrong with a problem, at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def pointer(source: str, span: Span, width: int = 72) -> str:
    """Two lines: the source line around `span`, cut to `width`, and `~~~^` under the span."""
    start = source.rfind("\n", 0, span.start) + 1
    newline = source.find("\n", span.start)
    stop = len(source) if newline < 0 else newline
    left = max(start, min(span.start - width // 2, stop - width))
    line = source[left : min(stop, left + width)].replace("\t", " ")
    begin = span.start - left
    length = max(1, min(span.end, left + len(line)) - span.start)
    return f"  {line}\n  {' ' * begin}{'~' * (length - 1)}^"
