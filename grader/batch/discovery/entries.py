"""What lies in a folder of a class, without following a link."""

from pathlib import Path

# What operating systems leave in folders and in the archives that learning platforms export.
_DEBRIS = {"__MACOSX", "Thumbs.db", "desktop.ini"}


def entries(folder: Path) -> list[Path]:
    """What lies in a folder on purpose, by name; links are among it."""
    return sorted(
        path for path in folder.iterdir()
        if not path.name.startswith(".") and path.name not in _DEBRIS
    )  # fmt: skip


def is_folder(path: Path) -> bool:
    """Whether it is a folder itself. A link to one is not: it may point anywhere on this machine."""
    return path.is_dir() and not path.is_symlink()
