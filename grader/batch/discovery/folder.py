"""A folder of files, or of folders: one a student, the id being its name."""

from pathlib import Path

from grader.batch.discovery.found import Found
from grader.submission.files import printable

# What operating systems leave in folders and in the archives that learning platforms export.
_DEBRIS = {"__MACOSX", "Thumbs.db", "desktop.ini"}


def recognise(folder: Path) -> bool:
    """Any folder will do."""
    return folder.is_dir()


def hand_ins(folder: Path) -> list[Found]:
    """A hand-in a file or folder, by name; hidden ones are passed over."""
    return [Found(student_id(path), path) for path in entries(folder)]


def entries(folder: Path) -> list[Path]:
    """What lies in a folder on purpose, by name."""
    return sorted(
        path for path in folder.iterdir()
        if not path.name.startswith(".") and path.name not in _DEBRIS
    )  # fmt: skip


def student_id(path: Path) -> str:
    """The folder's name, or the file's without its ending."""
    return printable(path.name if path.is_dir() else path.stem)
