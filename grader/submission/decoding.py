"""Bytes of a text file → text, in the encodings of usual editors."""

import codecs
import re

from grader.document.offsets import normalised
from grader.submission.refusals import Refused

# The 32-bit marks come first: the little-endian one begins with the 16-bit one.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4_096
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BINARY_HINT = (
    "Save it as plain text (UTF-8), or hand in the .md, .tex, .ipynb, .yaml or .npz file."
)


def decode(data: bytes) -> str:
    r"""The text of a file, with `\n` as its only line ending and no byte order mark.

    Raises:
        Refused: if the bytes are not text.

    """
    text = _decoded(data)
    if _is_binary(text):
        raise Refused("This file holds binary data, not text.", hint=_BINARY_HINT)
    return normalised(text)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if encoding := _utf16_without_mark(data):
        return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    if "\ufffd" not in text or _is_damaged_utf8(text):
        return text
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _is_damaged_utf8(text: str) -> bool:
    """Whether most characters beyond ASCII are valid, so that only a few bytes are damaged."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond > 2 * text.count("\ufffd")


def _utf16_without_mark(data: bytes) -> str:
    """The UTF-16 encoding if every second byte is NUL; else empty."""
    sample = data[:_SAMPLE]
    pairs = len(sample) // 2
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if second > 0.3 * pairs and first <= 0.05 * pairs:
        return "utf-16-le"
    if first > 0.3 * pairs and second <= 0.05 * pairs:
        return "utf-16-be"
    return ""


def _is_binary(text: str) -> bool:
    """Whether a text has a NUL, or more than one percent control characters."""
    return "\x00" in text or len(_CONTROLS.findall(text)) > len(text) // 100 + 3
