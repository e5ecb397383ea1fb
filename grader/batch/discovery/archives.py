"""Unpacks the zip of a learning platform, with limits, and never outside of its folder.

A hostile or damaged file is left out, with the reason, and everything else is unpacked. An empty file
takes its place, so that its student is found.
"""

import errno
import hashlib
import io
import json
import os
import shutil
import struct
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, BinaryIO

from grader.batch.discovery.found_submission import LeftOut
from grader.course.student import id_key
from grader.errors import GraderError
from grader.submission.limits import FOLDER_BYTES
from grader.submission.zips import (
    BLOCK,
    CONTROL,
    DAMAGE,
    DEVICE,
    MOST_DEPTH,
    MOST_PART,
    most_bytes,
    refusal,
)

MOST_BYTES = 4 << 30
MOST_FILES = 100_000
MOST_OWN_FILES = 1_000  # in one folder, if the zip has more than `MOST_FILES`
MOST_SHOWN = 200  # characters of a name in a message

_UTF8 = 0x800  # a bit of an entry in the list of files
_ENTRY, _ENTRY_BYTES = b"PK\x01\x02", 46
_NEWEST, _UNKNOWN = 63, 0xFFFF  # the newest version of the format, and a method that nobody has

_NO_PLACE = {errno.EINVAL, errno.ENAMETOOLONG, errno.EILSEQ, errno.EEXIST, errno.ENOTDIR}

Placed = tuple[PurePosixPath, zipfile.ZipInfo]


class ArchiveError(GraderError):
    """The zip cannot be unpacked; the text says why."""


class TooMuchError(Exception):
    """A file of the zip unpacks to more than it may."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The folder with the content of a zip, and the files that were left out."""

    folder: Path
    left_out: tuple[LeftOut, ...] = ()


def unpack(archive: Path, into: Path) -> Unpacked:
    """Unpack a zip into a folder below `into` that is named by the zip's content.

    A zip that was unpacked before is not unpacked again, unless that was interrupted. Raises ArchiveError
    if the zip cannot be read or nothing in it can be unpacked; OSError.
    """
    with archive.open("rb") as file:
        name = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    target, notes = into / name, into / f"{name}.json"
    if not target.is_dir():
        draft = into / f".{name}.{os.urandom(4).hex()}"
        draft.mkdir(parents=True)
        try:
            if left_out := _unpacked(archive, draft):
                notes.write_text(json.dumps(left_out), "utf-8")
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    listed = json.loads(notes.read_text("utf-8")) if notes.is_file() else []
    return Unpacked(target, tuple(LeftOut(target / place, *why) for place, *why in listed))


def _unpacked(archive: Path, folder: Path) -> list[tuple[str, str, str]]:
    """Unpack; returns what was left out: its place, its name in the zip, and why."""
    try:
        with _opened(archive) as file, zipfile.ZipFile(file) as zipped:
            members = [member for member in zipped.infolist() if not member.is_dir()]
            wanted, left_out = _sorted_out(members)
            if len(wanted) > MOST_FILES:
                raise ArchiveError(
                    f"{archive} holds {len(wanted)} files; at most {MOST_FILES} are unpacked"
                )
            damaged = list(_extracted(zipped, wanted, folder))
    except DAMAGE as error:
        raise ArchiveError(f"{archive} cannot be unpacked: {error}") from error
    left_out += damaged
    if left_out and len(damaged) == len(wanted):
        _, name, reason = left_out[0]
        raise ArchiveError(f"{archive}: {name!r} {reason}; nothing was unpacked")
    for place, _, _ in left_out:
        with suppress(FileExistsError, NotADirectoryError):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).touch(exist_ok=False)
    return left_out


def _opened(archive: Path) -> BinaryIO:
    """The zip's file, so that no single entry makes `zipfile` refuse them all."""
    try:
        zipfile.ZipFile(archive).close()
    except (UnicodeDecodeError, NotImplementedError):
        return _Lenient(archive.open("rb", buffering=0))
    return archive.open("rb")


class _Lenient(io.BufferedReader):
    """A zip without claims that `zipfile` refuses: names that are not UTF-8, versions of the future."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read; the list of entries, which `zipfile` reads at once, is put right."""
        data = super().read(size)
        if not data.startswith(_ENTRY):
            return data
        changed, at = bytearray(data), 0
        while changed[at : at + len(_ENTRY)] == _ENTRY and len(changed) >= at + _ENTRY_BYTES:
            version, flags, method, name, extra, comment = struct.unpack_from(
                "<6x3H16x3H", data, at
            )
            end = at + _ENTRY_BYTES + name
            try:
                data[end - name : end].decode("utf-8")
            except UnicodeDecodeError:
                flags &= ~_UTF8
            if version > _NEWEST:
                version, method = _NEWEST, _UNKNOWN
            struct.pack_into("<3H", changed, at + 6, version, flags, method)
            at = end + extra + comment
        return bytes(changed)


def _sorted_out(
    members: Iterable[zipfile.ZipInfo],
) -> tuple[list[Placed], list[tuple[str, str, str]]]:
    """Which files to unpack, and which to leave out unread. Of two with one name the first counts."""
    names, wanted, refused = _Names(), [], []
    for member in members:
        place = _place(member)
        if reason := refusal(member) or names.take(place):
            refused.append((place, member, reason))
        else:
            wanted.append((place, member))
    left_out = [(names.known(place), _name(member), reason) for place, member, reason in refused]
    crowd = _crowd([place for place, _ in wanted])
    for owner, places in crowd.items():
        left_out.append((str(places[0]), str(owner), f"holds {len(places)} files: too many"))
    lost = {place for places in crowd.values() for place in places}
    return [pair for pair in wanted if pair[0] not in lost], left_out


def _place(member: zipfile.ZipInfo) -> PurePosixPath:
    """Where a file goes, or the empty file if it is left out: always inside the folder."""
    path = PureWindowsPath(member.orig_filename)
    parts = [_harmless(part) for part in path.parts if part not in (path.anchor, "..")]
    parts = parts or ["unnamed"]
    return PurePosixPath(*parts[: MOST_DEPTH - 1], *parts[MOST_DEPTH - 1 :][-1:])


def _harmless(part: str) -> str:
    """A name that every file system accepts; a harmless name stays as it is."""
    part = CONTROL.sub("_", part)
    while len(part.encode()) > MOST_PART:
        part = part[:-1]
    return f"_{part}" if DEVICE.fullmatch(part) else part


def _name(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename
    return name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}…"


class _Names:
    """The names that are taken; case and the encoding of accents make no difference."""

    def __init__(self) -> None:
        self._files: dict[str, PurePosixPath] = {}
        self._folders: set[str] = set()

    def take(self, place: PurePosixPath) -> str:
        """Take a name; returns why it cannot be taken, or an empty text."""
        key, above = self._key(place), [self._key(parent) for parent in place.parents[:-1]]
        if key in self._files:
            same = self._files[key] == place
            return "is in the zip twice" if same else f"has the name of {self.known(place)!r}"
        if key in self._folders or any(parent in self._files for parent in above):
            return "has the name of a folder"
        self._files[key] = place
        self._folders.update(above)
        return ""

    def known(self, place: PurePosixPath) -> str:
        """The name as the first file wrote it; the name itself if it is not taken."""
        return str(self._files.get(self._key(place), place))

    @staticmethod
    def _key(place: PurePosixPath) -> str:
        return id_key(str(place))


def _crowd(places: Sequence[PurePosixPath]) -> dict[PurePosixPath, list[PurePosixPath]]:
    """If the zip has too many files: the folders of students with too many, and their files."""
    if len(places) <= MOST_FILES:
        return {}
    wrapped = len({place.parts[0] for place in places}) == 1
    folders: dict[PurePosixPath, list[PurePosixPath]] = {}
    for place in places:
        folders.setdefault(PurePosixPath(*place.parts[: 1 + wrapped]), []).append(place)
    return {folder: inside for folder, inside in folders.items() if len(inside) > MOST_OWN_FILES}


def _extracted(
    zipped: zipfile.ZipFile, wanted: Iterable[Placed], folder: Path
) -> Iterator[tuple[str, str, str]]:
    """Unpack the smallest files first, so that only large ones exceed the limit; yields the failures."""
    left = MOST_BYTES
    for place, member in sorted(wanted, key=lambda pair: pair[1].file_size):
        try:
            left -= _extract(zipped, member, folder / place, left)
        except TooMuchError:
            yield str(place), _name(member), "is too large when unpacked"
        except UnicodeDecodeError:
            yield str(place), _name(member), "has a name that is not UTF-8"
        except DAMAGE as error:
            yield str(place), _name(member), f"is damaged ({error})"
        except OSError as error:
            if error.errno not in _NO_PLACE:
                raise
            yield str(place), _name(member), f"cannot be unpacked ({error.strerror})"


def _extract(zipped: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, left: int) -> int:
    """Unpack one file; returns its size. A file that cannot be unpacked is left empty."""
    most = min(left, FOLDER_BYTES, most_bytes(member))
    place.parent.mkdir(parents=True, exist_ok=True)
    with zipped.open(member) as source, place.open("xb") as target:
        try:
            size = _copied(source, target, most)
        except BaseException:
            target.truncate(0)
            raise
    with suppress(ValueError, OverflowError, OSError):  # the zip may hold an impossible date
        moment = time.mktime((*member.date_time, 0, 0, -1))
        os.utime(place, (moment, moment))
    return size


def _copied(source: IO[bytes], target: IO[bytes], most: int) -> int:
    """Copy, and count the bytes that really come: the sizes in a zip's header may be wrong."""
    total = 0
    while block := source.read(BLOCK):
        total += len(block)
        if total > most:
            raise TooMuchError
        target.write(block)
    return total
