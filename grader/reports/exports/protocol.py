"""The protocol of exports. Each format is a module that satisfies it and a row in `formats`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grader.course import Gradebook


@dataclass(frozen=True, slots=True)
class Into:
    """A file from the learning platform to fill in: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """The instructor's options.

    `into` is the platform's own file. `late_credit` subtracts the penalty for late work. `missing_as_zero`
    writes 0 for students without a submission; otherwise their cells stay. `assignment` names the
    platform's column: for Canvas the title or the number in it ("Title (12345)"), for Moodle the grade
    item. `problem` holds the problem's files by name.
    """

    into: Into | None = None
    late_credit: bool = False
    missing_as_zero: bool = False
    assignment: str = ""
    problem: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by their path in the export's folder, and notes for the instructor."""

    files: Mapping[str, str | bytes]
    notes: tuple[str, ...] = field(default=())


class ExportError(ValueError):
    """An export is impossible with this file or these options. The message says what to do."""


class Exporter(Protocol):
    """A module that makes the files of one platform from a gradebook."""

    def export(self, gradebook: Gradebook, options: ExportOptions) -> Exported:
        """The files and notes. Raises ExportError."""
