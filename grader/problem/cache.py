"""Problems that were read before, as JSON in the user's cache folder.

Reading YAML and judging it costs about 150 ms of imports, and most runs read a file that has not
changed. An entry's key is the hash of the file's bytes, our version and the schema's number, so a
stale entry is never found. The cache is only ever a gain: whatever fails here, fails silently.
"""

import contextlib
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from grader.version import __version__

SCHEMA = 4
"""To be raised whenever the normalised data or what the schema accepts changes."""

MAX_ENTRIES = 50


def cached(content: bytes) -> dict[str, Any] | None:
    """The normalised data of a YAML file with these bytes, if it was read before."""
    key = _key(content)
    try:
        entry = json.loads(_file(key).read_bytes())
    except (OSError, RuntimeError, ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or entry.get("key") != key:
        return None
    data = entry.get("data")
    return data if isinstance(data, dict) else None


def store(content: bytes, data: dict[str, Any]) -> None:
    """Keep the normalised data of a YAML file with these bytes."""
    key = _key(content)
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        target = _file(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, json.dumps({"key": key, "data": data}))
        _prune(target.parent)


def folder() -> Path:
    """Where entries are kept; `GRADER_CACHE_DIR` goes before the system's own place."""
    chosen = os.environ.get("GRADER_CACHE_DIR")
    return Path(chosen) if chosen else _system_folder() / "gradient-grader"


def _system_folder() -> Path:
    """The user's cache folder by the custom of the system."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    chosen = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The XDG standard has relative paths ignored.
    return chosen if chosen.is_absolute() else Path.home() / ".cache"


def _key(content: bytes) -> str:
    label = f"{__version__}:{SCHEMA}:".encode()
    return hashlib.sha256(label + content).hexdigest()


def _file(key: str) -> Path:
    return folder() / f"problem-{key}.json"


def _write(target: Path, text: str) -> None:
    """All or nothing: a reader, or a second writer, never sees half an entry."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _prune(home: Path) -> None:
    """Remove the oldest entries past the limit."""
    entries = sorted(home.glob("problem-*.json"), key=lambda entry: entry.stat().st_mtime)
    for entry in entries[:-MAX_ENTRIES]:
        entry.unlink(missing_ok=True)
