"""The .npz format: a zip file of arrays, keyed by question."""

import io
import re
import struct
from typing import TYPE_CHECKING

from grader.document.offsets import normalised
from grader.submission import limits
from grader.submission.arrays.npy import array_answer
from grader.submission.model import ArrayAnswer, Refusal
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_SAVE = "Save it with np.savez('answers.npz', q1=..., q2=...)."
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_POSITIONAL = re.compile(r"arr_\d+")  # names that np.savez gives to arrays without one

# All errors that `zipfile` and `zlib` raised on damaged archives in tests.
_DAMAGE = (ValueError, EOFError, OSError, NotImplementedError, RuntimeError, struct.error)


def read_npz(source: Source) -> FileContents:
    """Read an `.npz` file. Each member is an answer or a refusal."""
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
    import zipfile  # takes several milliseconds

    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (*_DAMAGE, zipfile.BadZipFile) as error:
        raise Refused(f"This file is not a readable .npz archive: {error}.", hint=_SAVE) from error


def _members(archive: "ZipFile") -> list["ZipInfo"]:
    """The members. Raises Refused if unpacking all of them could take long."""
    members = archive.infolist()
    if len(members) > limits.FILES:
        raise Refused(f"This archive holds more than {limits.FILES} arrays.", hint=_SAVE)
    # Only the declared sizes are ever unpacked, so this stops zip bombs.
    if sum(member.file_size for member in members) > limits.ARRAY_BYTES:
        size = limits.ARRAY_BYTES / 1e6
        raise Refused(f"Unpacked, this archive is larger than {size:g} MB.", hint=_SAVE)
    return members


def _answer(archive: "ZipFile", member: "ZipInfo", seen: set[str], source: Source) -> ArrayAnswer:
    question = normalised(member.filename).removesuffix(".npy")
    if question in seen:
        raise Refused(
            f"Two arrays have the name {question!r}; only the first one was read.",
            question=question,
        )
    seen.add(question)
    _check(member, question)
    return array_answer(question, _bytes(archive, member, question), source.place())


def _check(member: "ZipInfo", question: str) -> None:
    if not member.filename.endswith(".npy"):
        raise Refused(f"The archive holds {question!r}, which is not an array.", hint=_SAVE)
    if _POSITIONAL.fullmatch(question):
        raise Refused(f"The array {question!r} has no question id as its name.", hint=_SAVE)
    if member.flag_bits & _ENCRYPTED:
        raise Refused(f"The array {question!r} is encrypted.", question=question, hint=_SAVE)
    if member.compress_type not in (_STORED, _DEFLATED):
        message = f"The array {question!r} has a compression that NumPy does not use."
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
