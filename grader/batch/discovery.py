"""Which submissions a folder holds: one file or one folder a student, the id being its name."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Found:
    """One submission: the student's id and where it lies."""

    id: str
    path: Path


def discover(folder: Path) -> list[Found]:
    """The submissions in a folder, by name; a single file is a class of one.

    Hidden files are passed over. Where two hand-ins have one id, the file's ending is kept in the id,
    so that neither is lost. Raises FileNotFoundError.
    """
    if folder.is_file():
        return [Found(folder.stem, folder)]
    if not folder.is_dir():
        raise FileNotFoundError(folder)
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    names = [_id(path).casefold() for path in paths]
    return [
        Found(_id(path) if names.count(name) == 1 else path.name, path)
        for path, name in zip(paths, names, strict=True)
    ]


def _id(path: Path) -> str:
    return path.name if path.is_dir() else path.stem
