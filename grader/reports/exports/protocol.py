"""What an export is. Modules satisfy this protocol; adding a format adds a module and a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grader.course import Gradebook


@dataclass(frozen=True, slots=True)
class Into:
    """A file of the learning platform that is to be filled in: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What the instructor asked for.

    `into` is the platform's own file. `late_credit` takes off what lateness costs. `missing_as_zero`
    writes 0 for students who handed nothing in, whose cell stays as it is otherwise. `assignment` names
    the platform's column (Canvas "Title (12345)", by id or title; Moodle's grade item). `problem` holds the
    problem's files by name.
    """

    into: Into | None = None
    late_credit: bool = False
    missing_as_zero: bool = False
    assignment: str = ""
    problem: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by their path below the export's folder, and what the instructor must know of them."""

    files: Mapping[str, str | bytes]
    notes: tuple[str, ...] = field(default=())


class ExportError(ValueError):
    """The instructor's file, or a choice, does not allow an export; the text says what to do."""


class Exporter(Protocol):
    """A module that turns a gradebook into the files of one platform."""

    def export(self, gradebook: Gradebook, options: ExportOptions) -> Exported:
        """The files. Raises ExportError."""
