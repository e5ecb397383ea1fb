"""Zips: which of their files may be unpacked, and the files of a student's own zip, under limits."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from grader.submission import limits
from grader.submission.files import DEBRIS
from grader.submission.refusals import Refused

MOST_RATIO = 200  # text rarely shrinks to a twentieth; bombs shrink to a thousandth
MOST_DEPTH = 12
MOST_NAME, MOST_PART = 1_000, 255  # bytes of a path and of one name in it: limits of file systems
BLOCK = 1 << 20

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_ENCRYPTED = 0x1

# Everything that `zipfile` and `zlib` raised on damaged archives in tests.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError,
    ValueError, OverflowError,
)  # fmt: skip


def refusal(member: zipfile.ZipInfo) -> str:
    """Why a file may not be unpacked; empty if it may. It continues a sentence: "is a link"."""
    name = member.orig_filename  # zipfile itself cuts a name at a NUL
    path = PurePosixPath(name.replace("\\", "/"))
    mode = member.external_attr >> 16
    if PureWindowsPath(name).anchor or ".." in path.parts:
        return "leads out of the folder"
    if CONTROL.search(name):
        return "has a control character in its name"
    if any(map(DEVICE.fullmatch, path.parts)):
        return "has a name that Windows reserves for a device"
    if len(path.parts) > MOST_DEPTH:
        return "is in too many nested folders"
    if len(name.encode()) > MOST_NAME or any(len(p.encode()) > MOST_PART for p in path.parts):
        return "has a name that is too long"
    if stat.S_ISLNK(mode):
        return "is a link"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "is not a regular file"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed with a method that the grader does not read"
    return ""


def most_bytes(member: zipfile.ZipInfo) -> int:
    """How much a file may unpack to."""
    return MOST_RATIO * max(member.compress_size, BLOCK // 16)


def files(data: bytes) -> Iterator[tuple[str, bytes | Refused]]:
    """The files of a student's zip by name, each with its bytes or the reason why it is not read.

    Raises Refused if it is no zip.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            members = sorted(
                (m for m in zipped.infolist() if not m.is_dir() and not _is_debris(m)),
                key=lambda member: member.filename,
            )
            budget = limits.FOLDER_BYTES
            for member in members[: limits.FILES]:
                content = _content(zipped, member, min(budget, limits.ARRAY_BYTES))
                budget -= len(content) if isinstance(content, bytes) else 0
                yield member.filename.replace("\\", "/"), content
    except DAMAGE as error:
        raise Refused(
            f"This zip cannot be unpacked: {error}.",
            hint="Unpack it, then hand in the files or the folder.",
        ) from error
    if len(members) > limits.FILES:
        yield (
            ".",
            Refused(
                f"This zip holds {len(members)} files; only the first {limits.FILES} by name were read.",
                hint="Hand in only the files with your answers.",
            ),
        )


def _is_debris(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    return any(part in DEBRIS or part.startswith("._") for part in parts)


def _content(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes | Refused:
    if reason := refusal(member):
        return Refused(f"This file {reason}, so it was not read.")
    most = min(left, most_bytes(member))
    try:
        with zipped.open(member) as file:
            content = file.read(most + 1)
    except DAMAGE as error:
        return Refused(f"This file is damaged ({error}), so it was not read.")
    if len(content) > most:
        return Refused("This file is too large when unpacked, so it was not read.")
    return content
