"""One submission, as it was found."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.batch.discovery.entries import is_folder
from grader.submission import Submission, digest_of, read


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file of a zip that was not unpacked: where it would be, its name in the zip, and why.

    The reason continues a sentence that begins with the name, such as "is a link".
    """

    place: Path
    name: str
    reason: str

    def __str__(self) -> str:
        """The sentence; control characters in the name are written as escapes."""
        return f"{self.name!r} {self.reason}; it was not unpacked"


@dataclass(frozen=True, slots=True)
class FoundSubmission:
    """One submission: the student's id and where its files are.

    `path` is the file or folder. In a flat export with several files of one student, `files` are their
    names and paths. `submitted` and `marked_late` come from the platform. Student and instructor see the
    `notes`. `unsure` asks the instructor whether this is the right submission. `left_out` are names of
    files that were not unpacked, and why. `is_numbered` means that the id is the platform's own number,
    which looks like an id of the registrar. `converted` are names of files and their content as Markdown,
    which counts at once if it is `trusted`.

    All files of a class are read here, so that no link is followed: it may point at anything on this
    machine, even at another student's file.
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
    is_numbered: bool = False
    converted: tuple[tuple[str, Path], ...] = ()
    trusted: bool = False

    def read(self) -> Submission:
        """Read the submission. Raises OSError if it is gone."""
        return read(
            self.path, id=self.id, files=self.files, left_out=self.left_out,
            converted=self.converted, trusted=self.trusted, follow_link=False,
        )  # fmt: skip

    def digest(self) -> str:
        """The digest that `read` would give. Raises OSError if the submission is gone."""
        return digest_of(
            self.path, self.files, left_out=self.left_out, converted=self.converted,
            trusted=self.trusted, follow_link=False,
        )  # fmt: skip

    @property
    def places(self) -> tuple[Path, ...]:
        """The files and folders that belong to it."""
        return (self.path, *(place for _, place in self.files))

    @property
    def handed_in(self) -> datetime:
        """The time from the platform, or else that of the newest file."""
        if self.submitted is not None:
            return self.submitted
        places = [place for _, place in self.files] or _files(self.path)
        newest = max(place.lstat().st_mtime for place in places)
        return datetime.fromtimestamp(int(newest)).astimezone()


def _files(path: Path) -> list[Path]:
    """The files of a submission; for an empty folder, the folder."""
    files = [p for p in path.rglob("*") if not is_folder(p)] if is_folder(path) else []
    return files or [path]
