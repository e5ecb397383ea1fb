"""The .npz format: a zip file of arrays, keyed by question."""

import io
import re
import struct
from typing import TYPE_CHECKING

from grader.submission import limits
from grader.submission.arrays.npy import array_answer
from grader.submission.decoding import normalised
from grader.submission.model import ArrayAnswer, Refusal
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_SAVE = "Save it with np.savez('answers.npz', q1=..., q2=...)."
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_POSITIONAL = re.compile(r"arr_\d+")  # what np.savez calls arrays without a name

# All that `zipfile` and `zlib` were seen to raise on damaged archives.
_DAMAGE = (ValueError, EOFError, OSError, NotImplementedError, RuntimeError, struct.error)


def read_npz(source: Source) -> FileContents:
    """Reads an `.npz` file. Each member is an answer, or a refusal, of its own."""
    answers: list[ArrayAnswer] = []
    refusals: list[Refusal] = []
    with _archive(source.data) as archive:
        seen: set[str] = set()
        for member in _members(archive):
            try:
                answers.append(_answer(archive, member, seen, source))
            except Refused as fault:
                refusals.append(fault.refusal(source.name))
    return FileContents(answers=tuple(answers), refusals=tuple(refusals))


def _archive(data: bytes) -> "ZipFile":
    import zipfile  # several milliseconds that only .npz pays

    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (*_DAMAGE, zipfile.BadZipFile) as error:
        raise Refused(f"This file is no readable .npz archive: {error}.", hint=_SAVE) from error


def _members(archive: "ZipFile") -> list["ZipInfo"]:
    """The members, if unpacking them all is a matter of milliseconds."""
    members = archive.infolist()
    if len(members) > limits.FILES:
        raise Refused(f"This archive holds more than {limits.FILES} arrays.", hint=_SAVE)
    # What an archive declares is all that is ever unpacked, so this stops zip bombs.
    if sum(member.file_size for member in members) > limits.ARRAY_BYTES:
        size = limits.ARRAY_BYTES / 1e6
        raise Refused(f"Unpacked, this archive is larger than {size:g} MB.", hint=_SAVE)
    return members


def _answer(archive: "ZipFile", member: "ZipInfo", seen: set[str], source: Source) -> ArrayAnswer:
    question = normalised(member.filename).removesuffix(".npy")
    if question in seen:
        raise Refused(
            f"There are two arrays named {question!r}; the first was taken.", question=question
        )
    seen.add(question)
    _check(member, question)
    return array_answer(question, _bytes(archive, member, question), source.place())


def _check(member: "ZipInfo", question: str) -> None:
    if not member.filename.endswith(".npy"):
        raise Refused(f"The archive holds {question!r}, which is no array.", hint=_SAVE)
    if _POSITIONAL.fullmatch(question):
        raise Refused(f"{question!r} does not say which question it answers.", hint=_SAVE)
    if member.flag_bits & _ENCRYPTED:
        raise Refused(f"The array {question!r} is encrypted.", question=question, hint=_SAVE)
    if member.compress_type not in (_STORED, _DEFLATED):
        message = f"The array {question!r} is packed in a way that NumPy does not use."
        raise Refused(message, question=question, hint=_SAVE)


def _bytes(archive: "ZipFile", member: "ZipInfo", question: str) -> bytes:
    import zipfile
    import zlib

    try:
        with archive.open(member) as file:
            return file.read(limits.ARRAY_BYTES)
    except (*_DAMAGE, zipfile.BadZipFile, zlib.error) as error:
        message = f"The array {question!r} is damaged: {error}."
        raise Refused(message, question=question, hint=_SAVE) from error
