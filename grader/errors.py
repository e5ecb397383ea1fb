"""Errors in a student's text and in an author's problem.

A `StudentError` knows its place in the text and draws a caret under it. Its two families decide the
verdict: `Unreadable` (the text could not be read: a human looks) and `Nonsense` (the text was read, but
cannot be a value: incorrect). An `AuthorError` points into `problem.yaml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple


class GraderError(Exception):
    """Base of all errors that this package raises on purpose."""


class Span(NamedTuple):
    """A half-open range of offsets into a source text."""

    start: int
    end: int

    def union(self, other: "Span") -> "Span":
        """The smallest span over both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class StudentError(GraderError):
    """A fault in an answer: a message, its place, and what to try.

    `code` is the stable code of the message in `result.json`. `hint` is one sentence. `open` are the
    conventions, with their values, under which the text may make sense.
    """

    default_code = "unreadable"
    open: Mapping[str, tuple[str, ...]] = MappingProxyType({})

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
        """This error with its source text; a source that it already has stays."""
        if not self.source:
            self.source = source
        return self

    def pointer(self, width: int = 72) -> str:
        """The line at fault with `~~~^` under it; empty if the place is unknown."""
        if self.span is None or not self.source:
            return ""
        return pointer(self.source, self.span, width)

    def __str__(self) -> str:
        parts = [self.message, self.pointer(), self.hint or ""]
        return "\n".join(part for part in parts if part)


class Unreadable(StudentError):
    """The text could not be parsed, or uses an undeclared name: a human must look."""


class Garbled(Unreadable):
    """Signs that are no formula, whatever the names in it mean."""


class UnknownName(Unreadable):
    """A name that neither the problem nor the student declares."""

    default_code = "unknown-symbol"


class TooLarge(Unreadable):
    """A text, number, range or tree above the limits."""

    default_code = "too-large"


class Nonsense(StudentError):
    """The text was read, but it cannot be a value: incorrect, with the reason."""

    default_code = "nonsense"


class ShapeMismatch(Nonsense):
    """Two shapes that do not fit."""

    default_code = "shape-mismatch"


class IndexOutOfRange(Nonsense):
    """An index outside the size of its array."""

    default_code = "index-out-of-range"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in an author's file. Lines and columns count from 1; 0 means unknown."""

    file: str
    line: int
    column: int
    path: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.path}: {self.reason}" if self.path else f"{where}: {self.reason}"


class AuthorError(GraderError):
    """All faults of a problem, at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def pointer(source: str, span: Span, width: int = 72) -> str:
    """The source line around `span`, cut to `width`, and a second line with `~~~^` under the span."""
    start = source.rfind("\n", 0, span.start) + 1
    newline = source.find("\n", span.start)
    stop = len(source) if newline < 0 else newline
    left = max(start, min(span.start - width // 2, stop - width))
    line = source[left : min(stop, left + width)].replace("\t", " ")
    begin = span.start - left
    length = max(1, min(span.end, left + len(line)) - span.start)
    return f"  {line}\n  {' ' * begin}{'~' * (length - 1)}^"
