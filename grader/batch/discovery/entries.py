"""Lists the folders of a class, without following links."""

from pathlib import Path

# Operating systems leave these in folders and in the archives of learning platforms.
_DEBRIS = {"__MACOSX", "Thumbs.db", "desktop.ini"}


def entries(folder: Path) -> list[Path]:
    """The files, folders and links in a folder, by name, without hidden files and debris."""
    return sorted(
        path for path in folder.iterdir()
        if not path.name.startswith(".") and path.name not in _DEBRIS
    )  # fmt: skip


def is_folder(path: Path) -> bool:
    """Whether it is a real folder. A link to one is not: it may point anywhere on this machine."""
    return path.is_dir() and not path.is_symlink()
