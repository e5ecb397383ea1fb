"""Unpacks the zip of a learning platform, with limits, and never out of its folder."""

import hashlib
import os
import shutil
import stat
import time
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from grader.errors import GraderError

MOST_BYTES = 4 << 30
MOST_FILES = 100_000
MOST_RATIO = 200  # text rarely shrinks to a twentieth; bombs to a thousandth
MOST_DEPTH = 12
_BLOCK = 1 << 20


class ArchiveError(GraderError):
    """The zip cannot be unpacked; the text says why."""


def unpack(archive: Path, into: Path) -> Path:
    """The folder below `into` with what is in the zip, named by the zip's content.

    What was unpacked before is not unpacked again; half of it never counts. Raises ArchiveError.
    """
    with archive.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    target = into / name
    if target.is_dir():
        return target
    draft = into / f".{name}.{os.urandom(4).hex()}"
    draft.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as zipped:
            _extract(_checked(zipped.infolist(), archive), zipped, draft)
        draft.rename(target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ArchiveError(f"{archive} cannot be unpacked: {error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _checked(members: list[zipfile.ZipInfo], archive: Path) -> list[zipfile.ZipInfo]:
    if len(members) > MOST_FILES:
        raise ArchiveError(
            f"{archive} holds {len(members)} files; at most {MOST_FILES} are unpacked"
        )
    files = [member for member in members if not member.is_dir()]
    for member in files:
        reason = _refusal(member)
        if reason:
            raise ArchiveError(f"{archive}: {member.filename!r} {reason}; nothing was unpacked")
    return files


def _refusal(member: zipfile.ZipInfo) -> str:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename.split("/", 1)[0]:
        return "points out of the folder"
    if len(path.parts) > MOST_DEPTH or len(member.filename) > 1000:
        return "lies too deep"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link"
    if member.flag_bits & 1:
        return "is encrypted"
    return ""


def _extract(members: Iterable[zipfile.ZipInfo], zipped: zipfile.ZipFile, folder: Path) -> None:
    left = MOST_BYTES
    for member in members:
        place = folder / PurePosixPath(member.filename.replace("\\", "/"))
        place.parent.mkdir(parents=True, exist_ok=True)
        most = min(left, MOST_RATIO * max(member.compress_size, _BLOCK // 16))
        with zipped.open(member) as source, place.open("wb") as target:
            left -= _copied(source, target, most, member.filename)
        moment = time.mktime((*member.date_time, 0, 0, -1))
        os.utime(place, (moment, moment))


def _copied(source: IO[bytes], target: IO[bytes], most: int, name: str) -> int:
    """Copies, and counts what really comes: the sizes in a zip's header are claims."""
    total = 0
    while block := source.read(_BLOCK):
        total += len(block)
        if total > most:
            raise ArchiveError(f"{name!r} unpacks to too much; nothing was unpacked")
        target.write(block)
    return total
