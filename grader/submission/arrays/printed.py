"""Arrays as programs print them: `[[0.1 0.2]\n [0.3 0.4]]`, `array([…], dtype=float32)`, `tensor(…)`."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.submission import limits
from grader.submission.precision import FLOATS, Precision, in_format, is_computed, number, precision
from grader.submission.refusals import Refused
from grader.submission.sources import Source

_NAMES = r"(?:\w{1,20}\.){0,3}(?:array|asarray|tensor|Tensor|Array|DeviceArray|Parameter|matrix)"
_OPENED = re.compile(rf"(?:Parameter containing:\s*+)?{_NAMES}\(")
_TENSOR = re.compile(
    r"<(?:tf\.)?Tensor: [^=]{0,20}="
)  # `<tf.Tensor: shape=(2,), dtype=float32, numpy=…>`
# What stands beside the numbers: `dtype=float32`, `shape=(2, 3)`, `grad_fn=<MulBackward0>`.
_ABOUT = re.compile(
    r"(?:,\s{0,40}+)?\b(?:dtype|shape|device|requires_grad|grad_fn|weak_type|size)=\s{0,9}+"
    r"(?:\([\d,\s]{0,200}\)|<[^<>]{0,80}>|'[^']{0,40}'|torch\.Size\(\[[\d,\s]{0,200}\]\)|[\w.]{1,40})"
)
_SCALAR = re.compile(r"(?:\w{1,20}\.)?(?:float|int|bool)_?\d{0,3}\(([^()\[\],\s]{1,60})\)")
_PIECE = re.compile(r"[\[\],]|[^\s\[\],]++")
_CUT = ("...", "…")

_WHOLE = "Print the whole array, or save it: np.save('q1.npy', dW1)."
_ROWS = "Write every entry of every row."


@dataclass(frozen=True, slots=True)
class Printed:
    """The numbers of a printed array.

    `surely` means that its text can be no formula. `with_points` means that no number is written as a whole
    number, as constants of a formula often are.
    """

    array: NDArray[np.float64]
    precision: Precision
    surely: bool
    with_points: bool


def printed(text: str, bare: bool = False) -> Printed | None:
    """The array in a text that holds nothing else; None for any other text.

    A number alone is one only if it may be `bare`.

    Raises:
        Refused: if it is one, but cut short, ragged or too large.

    """
    if len(text) > limits.ARRAY_BYTES or not (
        _may_be(text) or (bare and number(text.strip()) is not None)
    ):
        return None
    numbers, about = _unwrapped(text.strip())
    pieces = _PIECE.findall(numbers)
    if not pieces or any(_kind(piece) is None for piece in pieces):
        return None
    if any(piece in _CUT for piece in pieces):
        raise Refused("This array was printed with dots in place of numbers.", hint=_WHOLE)
    if len(pieces) > 4 * limits.NUMBERS:
        raise Refused(f"This array has more than {limits.NUMBERS} numbers.", hint=_WHOLE)
    shape, numerals, has_blanks = _Rows(pieces).read()
    written = _precision(numerals, about)
    array = np.array([number(one) for one in numerals], dtype=np.float64).reshape(shape)
    surely = has_blanks or bool(about) or is_computed(numerals)
    with_points = not any(one.lstrip("+-").isdigit() for one in numerals)
    return Printed(array, written, surely, with_points)


def in_file(text: str, source: Source) -> Printed | None:
    """The array that is all of a file, for the question in its name. Raises Refused."""
    try:
        return printed(text)
    except Refused as fault:
        fault.question = source.stem
        raise


def unwrapped(cell: str) -> str:
    """A number without its type: `np.float64(0.5)`, as NumPy prints it since version 2."""
    match = _SCALAR.fullmatch(cell)
    return match[1] if match else cell


def _may_be(text: str) -> bool:
    """A quick look, so that other texts cost nothing."""
    start = text.lstrip()
    return start.startswith("[") or any(one.match(start) for one in (_OPENED, _TENSOR, _SCALAR))


def _unwrapped(text: str) -> tuple[str, str]:
    """The text inside `array(…)`, and what is said about its numbers."""
    if "(" not in text:
        return text, ""
    about = "".join(match[0] for match in _ABOUT.finditer(text))
    if _TENSOR.match(text) and text.endswith(">"):
        text = text.partition("numpy=")[2][:-1].strip()
    bare = _SCALAR.sub(r"\1", _ABOUT.sub("", text)).strip()
    opened = _OPENED.match(bare)
    return (bare[opened.end() : -1], about) if opened and bare.endswith(")") else (bare, about)


def _kind(piece: str) -> str | None:
    """`[`, `]`, `,` or `number`; None for anything else."""
    if piece in "[],":
        return piece
    return "number" if piece in _CUT or number(piece) is not None else None


def _precision(numerals: list[str], about: str) -> Precision:
    """The precision of the numbers; what they were computed in may be said."""
    found = precision(numerals)
    said = next((one for one in FLOATS if one.name in about), None)
    return in_format(said, numerals) if said and found.digits >= said.digits else found


class _Rows:
    """Reads nested rows of numbers, in one pass over the pieces."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._numerals: list[str] = []
        self._has_blanks = False

    def read(self) -> tuple[tuple[int, ...], list[str], bool]:
        """The shape, the numerals, and whether blanks separate some of them."""
        shapes: list[list[tuple[int, ...]]] = [[]]
        before = ""
        for piece in self._pieces:
            if piece == "," and before in ("", "[", ","):
                raise Refused("A number of this array is missing.", hint=_ROWS)
            if before not in ("", "[", ",") and piece not in "],":
                self._has_blanks = True
            if piece == "[":
                shapes.append([])
                if len(shapes) > limits.DIMENSIONS + 1:
                    raise Refused(f"An array has at most {limits.DIMENSIONS} dimensions.")
            elif piece == "]":
                if len(shapes) == 1:
                    raise Refused("A bracket of this array is missing.", hint=_ROWS)
                row = shapes.pop()
                shapes[-1].append(self._shape(row))
            elif piece != ",":
                self._numerals.append(piece)
                shapes[-1].append(())
            before = piece
        if len(shapes) > 1:
            raise Refused("A bracket of this array is missing.", hint=_ROWS)
        whole = shapes[0]
        shape = whole[0] if len(whole) == 1 else self._shape(whole)
        if not self._numerals:
            raise Refused("This array is empty.")
        return shape, self._numerals, self._has_blanks

    @staticmethod
    def _shape(row: list[tuple[int, ...]]) -> tuple[int, ...]:
        if len(set(row)) > 1:
            raise Refused("The rows of this array have different lengths.", hint=_ROWS)
        return (len(row), *(row[0] if row else ()))
