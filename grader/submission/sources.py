"""Input and output of the reader of a format."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.submission.decoding import decode
from grader.submission.model import ArrayAnswer, Leftover, Paper, Place, Refusal, TextAnswer


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its name, relative to the submission, and its bytes."""

    name: str
    data: bytes

    @property
    def stem(self) -> str:
        """The name without folder and extension, which is the question of a single array."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """The extension in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()

    def text(self) -> str:
        """The decoded text; see `decode`."""
        return decode(self.data)

    def place(self, line: int = 1, column: int = 1) -> Place:
        """A place in this file."""
        return Place(self.name, line, column)


@dataclass(frozen=True, slots=True)
class FileContents:
    """The contents of one file."""

    papers: tuple[Paper, ...] = ()
    answers: tuple[TextAnswer | ArrayAnswer, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    leftovers: tuple[Leftover, ...] = ()


Reader = Callable[[Source], FileContents]
