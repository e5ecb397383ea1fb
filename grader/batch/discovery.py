"""Which submissions a folder holds: one file or one folder a student, the id being its name."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grader.submission.files import printable

# What operating systems leave in folders and in the archives that learning platforms export.
_DEBRIS = {"__MACOSX", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Found:
    """One submission: the student's id and where it lies."""

    id: str
    path: Path


def discover(folder: Path) -> list[Found]:
    """The submissions in a folder, by name; a single file is a class of one.

    Hidden files are passed over. Where two hand-ins have one id, the file's ending is kept in the
    id, so that neither is lost. Raises FileNotFoundError.
    """
    if folder.is_file():
        return [Found(_id(folder), folder)]
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    paths = sorted(path for path in folder.iterdir() if _is_submission(path))
    names = Counter(_id(path).casefold() for path in paths)
    return [
        Found(_id(path) if names[_id(path).casefold()] == 1 else printable(path.name), path)
        for path in paths
    ]


def _is_submission(path: Path) -> bool:
    return not path.name.startswith(".") and path.name not in _DEBRIS


def _id(path: Path) -> str:
    return printable(path.name if path.is_dir() else path.stem)
