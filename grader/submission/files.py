"""The files of a submission: their list, their bytes, and their digest."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.submission import limits
from grader.submission.refusals import Refused

# Made by operating systems and tools, not by students.
DEBRIS = {
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "__MACOSX",
    "__pycache__",
    ".ipynb_checkpoints",
    ".git",
    ".gitignore",
}


class Listed(NamedTuple):
    """One file of a submission, or the reason why it is not read."""

    name: str
    path: Path
    fault: Refused | None = None


def listing(path: Path) -> list[Listed]:
    """The files of a submission: the one file, or all in a folder, sorted by name.

    Raises:
        OSError: if nothing is at the path.

    """
    path.stat()
    if not path.is_dir():
        return [Listed(printable(path.name), path)]
    found = sorted(_walk(path, "", 1), key=lambda listed: listed.name)
    if not found:
        empty = Refused("This folder is empty.", hint="Hand in your file.", loses_answers=False)
        return [Listed(".", path, empty)]
    if len(found) <= limits.FILES:
        return found
    fault = Refused(
        f"The folder holds {len(found)} files; only the first {limits.FILES} by name were read.",
        hint="Hand in only the files with your answers.",
    )
    return [*found[: limits.FILES], Listed(".", path, fault)]


def unless_link(path: Path, name: str = "") -> Listed:
    """A file, or the refusal of a link, which may point to another student's file."""
    fault = None
    if path.is_symlink():
        fault = Refused("This is a link, so it was not read.", hint="Hand in the file itself.")
    return Listed(name or printable(path.name), path, fault)


def load(path: Path, limit: int) -> bytes:
    """The bytes of a file, at most `limit` + 1.

    Raises:
        Refused: if it is not a regular file, or cannot be opened.

    """
    if not path.is_file():
        raise Refused("This is not a regular file.", hint="Hand in the file itself.")
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Refused(
            f"This file could not be opened: {error.strerror or error}.",
            hint="Check its permissions and hand it in again.",
        ) from error


def check_size(data: bytes, limit: int) -> None:
    """Refuse a file that `load` cut at the limit. Raises Refused."""
    if len(data) > limit:
        raise Refused(
            f"This file is larger than {limit / 1e6:g} MB, so it was not read.",
            hint="Hand in only your answers, without data sets, pictures and outputs.",
        )


class Digest:
    """A digest `sha256:…` of the names and contents of files."""

    def __init__(self) -> None:
        import hashlib  # takes a few milliseconds

        self._hash = hashlib.sha256()

    def add(self, name: str, data: bytes) -> None:
        """Add a file. The lengths tell two files from one with the same bytes."""
        encoded = name.encode("utf-8")
        self._hash.update(b"%d %d\n" % (len(encoded), len(data)))
        self._hash.update(encoded)
        self._hash.update(data)

    def __str__(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def printable(name: str) -> str:
    """A name that can be printed and stored; bytes that are not UTF-8 stay different as `\\udc…`."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[Listed]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        fault = Refused(f"This folder could not be opened: {error.strerror or error}.")
        yield Listed(prefix.rstrip("/") or ".", folder, fault)
        return
    for entry in entries:
        if entry.name not in DEBRIS:
            yield from _entry(entry, prefix + printable(entry.name), depth)


def _entry(entry: os.DirEntry[str], name: str, depth: int) -> Iterator[Listed]:
    path = Path(entry.path)
    if fault := _fault(entry, depth):
        yield Listed(name, path, fault)
    elif entry.is_symlink():
        yield unless_link(path, name)
    elif entry.is_dir(follow_symlinks=False):
        yield from _walk(path, f"{name}/", depth + 1)
    else:
        yield Listed(name, path)


def _fault(entry: os.DirEntry[str], depth: int) -> Refused | None:
    if entry.name.startswith("."):
        return Refused(
            "This file is hidden (its name starts with a dot), so it was not read.",
            hint="Rename it if it holds answers.",
            loses_answers=False,
        )
    if entry.is_dir(follow_symlinks=False) and depth >= limits.FOLDER_DEPTH:
        return Refused(
            f"This folder is more than {limits.FOLDER_DEPTH} levels deep, so it was not read.",
            hint="Move your answers to a higher folder.",
        )
    return None
