"""One hand-in, as it was found."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.batch.discovery.entries import is_folder
from grader.submission import Submission, digest_of, read


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file of a zip that was not unpacked: where it would lie, its name in the zip, and why.

    The reason continues a sentence that begins with the name: `is a link`.
    """

    place: Path
    name: str
    reason: str

    def __str__(self) -> str:
        """The sentence; control characters in the name are written as escapes."""
        return f"{self.name!r} {self.reason}; it was not unpacked"


@dataclass(frozen=True, slots=True)
class FoundSubmission:
    """One hand-in: the student's id and where it lies.

    `files` are the names and places of several loose files of a flat export; without, `path` is the file
    or folder. `submitted` and `marked_late` are what the platform tells. `notes` are told to student and
    instructor; `unsure` asks the instructor to look whether it is the right hand-in. `left_out` are names
    of files that were not unpacked, and why.

    Whatever is read of a class is read here, so that no link is followed: it may point at anything on
    this machine, at another student's file for one.
    """

    id: str
    path: Path
    files: tuple[tuple[str, Path], ...] = ()
    submitted: datetime | None = None
    name: str = ""
    email: str = ""
    notes: tuple[str, ...] = ()
    unsure: bool = False
    marked_late: bool = False
    left_out: tuple[tuple[str, str], ...] = ()

    def read(self) -> Submission:
        """What the student handed in. Raises OSError if nothing is there any more."""
        return read(
            self.path, id=self.id, files=self.files, left_out=self.left_out, follow_link=False
        )

    def digest(self) -> str:
        """The digest that `read` would give. Raises OSError if nothing is there any more."""
        return digest_of(self.path, self.files, left_out=self.left_out, follow_link=False)

    @property
    def places(self) -> tuple[Path, ...]:
        """The files and folders that belong to it."""
        return (self.path, *(place for _, place in self.files))

    @property
    def handed_in(self) -> datetime:
        """When it was handed in, by the platform or else by the newest of its files."""
        if self.submitted is not None:
            return self.submitted
        places = [place for _, place in self.files] or _files(self.path)
        newest = max(place.lstat().st_mtime for place in places)
        return datetime.fromtimestamp(int(newest)).astimezone()


def _files(path: Path) -> list[Path]:
    """The files of a hand-in; an empty folder stands for itself."""
    files = [p for p in path.rglob("*") if not is_folder(p)] if is_folder(path) else []
    return files or [path]
