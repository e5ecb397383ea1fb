"""One hand-in, as it was found."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """One hand-in: the student's id and where it lies.

    `files` are the names and places of several loose files of a flat export; without, `path` is the file
    or folder. `submitted` and `marked_late` are what the platform tells. `notes` are told to student and
    instructor; `unsure` asks the instructor to look whether it is the right hand-in.
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
    files = [place for place in path.rglob("*") if place.is_file()] if path.is_dir() else []
    return files or [path]
