"""Keeps problems that were read before as JSON in the user's cache folder.

Reading and validating YAML costs about 150 ms of imports, and most runs read a file that has not
changed. The key of an entry is a hash of the file's bytes, our version and the schema's number, so a
stale entry is never found, and it holds a digest of itself, so that a damaged one is none. An entry decides
how students are graded: a folder or file that somebody else can write is not used. The grader works
without the cache: errors here are ignored.
"""

import contextlib
import hashlib
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

from grader.version import __version__

SCHEMA = 4
"""Raise it whenever the normalised data changes, or what the schema accepts."""

_MOST_BYTES = 50_000_000
MAX_ENTRIES = 200  # two for each problem: a folder of many problems must not push its own out


def cached(content: bytes) -> dict[str, Any] | None:
    """The normalised data of a YAML file with these bytes; None if it was not read before."""
    key = _key(content)
    try:
        digest, _, text = _content(_file(key)).partition(b"\n")
        data = json.loads(text) if digest == _digest(key, text) else None
    except (OSError, RuntimeError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def store(content: bytes, data: dict[str, Any]) -> None:
    """Keep the normalised data of a YAML file with these bytes."""
    key = _key(content)
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        target = _file(key)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(target.parent.stat()):
            text = json.dumps(data).encode()
            _write(target, _digest(key, text) + b"\n" + text)
            _prune(target.parent)


def folder() -> Path:
    """Where entries are kept: `GRADER_CACHE_DIR`, or else the user's cache folder."""
    chosen = os.environ.get("GRADER_CACHE_DIR")
    return Path(chosen) if chosen else _system_folder() / "gradient-grader"


def _system_folder() -> Path:
    """The user's cache folder on this operating system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG standard says to ignore relative paths.
    return chosen if chosen.is_absolute() else Path.home() / ".cache"


def _key(content: bytes) -> str:
    label = f"{__version__}:{SCHEMA}:".encode()
    return hashlib.sha256(label + content).hexdigest()


def _digest(key: str, text: bytes) -> bytes:
    """What the first line of an entry says of its text."""
    return hashlib.sha256(f"{key}\n".encode() + text).hexdigest().encode()


def _content(file: Path) -> bytes:
    """The bytes of an entry; none if it is no regular file, or if somebody else can write it."""
    # Opening a pipe would wait for its writer.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        usable = stat.S_ISREG(status.st_mode) and _is_ours(status) and _is_ours(file.parent.stat())
        return stream.read(_MOST_BYTES) if usable else b""


def _is_ours(status: os.stat_result) -> bool:
    """Whether nobody else can write a file or folder; Windows keeps the cache folder private itself."""
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _file(key: str) -> Path:
    return folder() / f"problem-{key}.json"


def _write(target: Path, content: bytes) -> None:
    """Write all or nothing: nobody ever reads half an entry."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _prune(place: Path) -> None:
    """Remove the oldest entries beyond the limit."""
    entries = sorted(place.glob("problem-*.json"), key=lambda entry: entry.stat().st_mtime)
    for entry in entries[:-MAX_ENTRIES]:
        entry.unlink(missing_ok=True)
