"""Reads the .npy format without `np.load`, which would evaluate the header and trust its sizes."""

import math
import re
import struct

import numpy as np
from numpy.typing import NDArray

from grader.submission import limits
from grader.submission.model import ArrayAnswer, Place
from grader.submission.precision import FLOATS, Precision, in_format, precision
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    r"\{\s*+'descr':\s*+(?P<descr>'[^']{1,20}'|\[)"
    r"(?:,\s*+'fortran_order':\s*+(?P<fortran>True|False),\s*+"
    r"'shape':\s*+\((?P<shape>[\d,\s]{0,200})\),?\s*+\}\s*+)?"
)
_DTYPE = re.compile(r"[<>|=]?([a-zA-Z])(\d{0,4})")
_KINDS = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8)}

_SAVE = "Save plain numbers: np.savez('answers.npz', q1=np.asarray(dW1, dtype=float))."


def read_npy(source: Source) -> FileContents:
    """Read a `.npy` file; its name is the question's id."""
    return FileContents(answers=(array_answer(source.stem, source.data, source.place()),))


def array_answer(question: str, data: bytes, place: Place) -> ArrayAnswer:
    """The array in the bytes of an .npy file, as an answer.

    Raises:
        Refused: if it holds other data than numbers, or too many.

    """
    stored = _stored(data, question)
    written = stored_precision(stored)
    with np.errstate(all="ignore"):  # a signalling NaN raises a warning
        array = stored.astype(np.float64)
    return ArrayAnswer.of(question, array, written, place)


def stored_precision(array: NDArray[np.generic]) -> Precision:
    """The precision of a stored array: rounded numbers print short, computed ones long."""
    values = np.unique(array)
    if array.dtype.kind != "f":
        return precision(str(int(value)) for value in values)
    with np.errstate(all="ignore"):  # a signalling NaN raises a warning
        found = precision(_shortest(value) for value in values.astype(np.float64))
    own = next((one for one in FLOATS if one.name == array.dtype.name), None)
    if own is None or found.arithmetic or found.digits < own.digits:
        return found
    return in_format(own, map(_shortest, values))


def _shortest(value: np.generic) -> str:
    """The shortest decimal text that reads back to the number; 2.0 has one digit."""
    return str(value).removesuffix(".0")


def _stored(data: bytes, question: str) -> NDArray[np.generic]:
    header, offset = _header(data, question)
    match = _HEADER.match(header)
    if match is None:
        raise _broken(question)
    dtype = _dtype(match["descr"], question)
    if match["shape"] is None or match.end() < len(header):
        raise _broken(question)
    shape = _shape(match["shape"], question)
    count = math.prod(shape)
    if count == 0:
        raise _broken(question, "is empty")
    if count * dtype.itemsize > len(data) - offset:
        raise _broken(question, "is cut off: the file ends before the array does")
    flat = np.frombuffer(data, dtype, count, offset)
    return flat.reshape(shape, order="F" if match["fortran"] == "True" else "C")


def _header(data: bytes, question: str) -> tuple[str, int]:
    """The header of an .npy file, and the offset of the numbers."""
    if not data.startswith(_MAGIC) or len(data) < 12:
        raise _broken(question)
    size, start = (2, "<H") if data[6] == 1 else (4, "<I")
    length = struct.unpack_from(start, data, 8)[0]
    offset = 8 + size + length
    if length > limits.HEADER_BYTES or offset > len(data):
        raise _broken(question, "has a header that is too long")
    return data[8 + size : offset].decode("latin-1"), offset


def _dtype(descr: str, question: str) -> np.dtype[np.generic]:
    text = descr.strip("'")
    match = _DTYPE.fullmatch(text)
    if match is None or int(match[2] or 0) not in _KINDS.get(match[1], ()):
        raise Refused(
            f"The array {question!r} holds {_kind(text)}, not plain numbers.",
            question=question,
            hint=_SAVE,
        )
    return np.dtype(text)


def _kind(descr: str) -> str:
    if descr == "[":
        return "structured records"
    kinds = {"O": "Python objects", "U": "text", "S": "text", "c": "complex numbers"}
    return kinds.get(descr.lstrip("<>|=")[:1], "something else")


def _shape(text: str, question: str) -> tuple[int, ...]:
    sizes = [size.strip() for size in text.split(",")]
    sizes = [size for size in sizes if size]
    if len(sizes) > limits.DIMENSIONS or not all(len(s) < 10 and s.isdigit() for s in sizes):
        raise _broken(
            question, f"has more than {limits.DIMENSIONS} dimensions, or an invalid shape"
        )
    shape = tuple(int(size) for size in sizes)
    # A size of 0 must not hide the other sizes.
    if math.prod(max(size, 1) for size in shape) > limits.NUMBERS:
        raise _broken(question, f"has more than {limits.NUMBERS} numbers")
    return shape


def _broken(question: str, what: str = "is damaged, or was not saved by NumPy") -> Refused:
    return Refused(f"The array {question!r} {what}.", question=question, hint=_SAVE)
