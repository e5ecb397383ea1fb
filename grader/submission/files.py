"""The files of a submission: which ones there are, their bytes, and their digest."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.submission import limits
from grader.submission.refusals import Refused

# Left behind by operating systems and tools: no student put them there on purpose.
_DEBRIS = {
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
    """One file of a submission, or the reason why it is left out."""

    name: str
    path: Path
    fault: Refused | None = None


def listing(path: Path) -> list[Listed]:
    """The files of a submission: the one file, or all in a folder, sorted by name.

    Raises:
        OSError: if nothing is there.

    """
    path.stat()
    if not path.is_dir():
        return [Listed(printable(path.name), path)]
    found = sorted(_walk(path, "", 1), key=lambda listed: listed.name)
    if len(found) <= limits.FILES:
        return found
    fault = Refused(
        f"The folder holds {len(found)} files; only the first {limits.FILES} by name were read.",
        hint="Hand in only the files with your answers.",
    )
    return [*found[: limits.FILES], Listed(".", path, fault)]


def unless_link(path: Path, name: str = "") -> Listed:
    """A file, or the refusal of a link: it may point anywhere, at another student's file for one."""
    fault = None
    if path.is_symlink():
        fault = Refused("This is a link, so it was not read.", hint="Hand in the file itself.")
    return Listed(name or printable(path.name), path, fault)


def load(path: Path, limit: int) -> bytes:
    """The bytes of a file, at most `limit` and one more.

    Raises:
        Refused: if it is no regular file, or cannot be opened.

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
    """Refuses what `load` cut off at the limit."""
    if len(data) > limit:
        raise Refused(
            f"This file is larger than {limit / 1e6:g} MB, so it was not read.",
            hint="Hand in only your answers, without data sets, pictures or outputs.",
        )


class Digest:
    """`sha256:…` over names and contents, file after file."""

    def __init__(self) -> None:
        import hashlib  # costs a few milliseconds that `import grader` need not pay

        self._hash = hashlib.sha256()

    def add(self, name: str, data: bytes) -> None:
        """Takes in one file; the lengths keep two files apart from one of the same bytes."""
        encoded = name.encode("utf-8")
        self._hash.update(b"%d %d\n" % (len(encoded), len(data)))
        self._hash.update(encoded)
        self._hash.update(data)

    def __str__(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


def printable(name: str) -> str:
    """A file name that can be printed and stored, even if its bytes are no UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[Listed]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        fault = Refused(f"This folder could not be opened: {error.strerror or error}.")
        yield Listed(prefix.rstrip("/") or ".", folder, fault)
        return
    for entry in entries:
        if entry.name not in _DEBRIS:
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
            f"Folders are read {limits.FOLDER_DEPTH} levels deep; this one lies deeper.",
            hint="Move your answers up.",
        )
    return None
