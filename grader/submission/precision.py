"""Numbers as written: their values, their digits, and the arithmetic that they come from.

A number that was computed in float32 has seven digits, however many are written: saved as float64 or with
`%.18e` it shows 16 and more. It is recognised by its value: all numbers of the answer are float32 numbers,
which would hardly happen by chance.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

_NUMERAL = re.compile(
    r"[+-]?(?:(?P<whole>\d++)(?:\.(?P<places>\d*+))?|\.(?P<bare>\d++))(?:[eE](?P<power>[+-]?\d{1,5}))?"
)
_SPECIAL = re.compile(r"([+-]?)\.?(nan|inf(?:inity)?)", re.IGNORECASE)

# No double has more digits; a longer text is not a number, or hostile.
_LONGEST = 1_000

# A double that was not rounded prints with 15 to 17 digits.
FULL = 15

# Constants in a formula have fewer digits than the numbers that a program prints.
COMPUTED = 5


class Float(NamedTuple):
    """A binary format with fewer bits than a double: its name, the bits of its significand, its digits.

    Those that are not zero go from two to the power of `least` to below two to the power of `most`.
    """

    name: str
    bits: int
    digits: int
    least: int
    most: int


FLOATS = (
    Float("bfloat16", 8, 2, -133, 128),
    Float("float16", 11, 3, -24, 16),
    Float("float32", 24, 7, -149, 128),
)
SINGLE = FLOATS[-1].name

_TYPES = {"float16": np.float16, "float32": np.float32}
_DOUBLE_BITS = 53
_FARTHEST = 300  # decimal places that a power of ten can have
_SAMPLE = 2_000  # numbers that tell the format of an answer
_SHORT = 7  # digits; so few are those of any format
_CHANCE = 20  # bits: one answer in a million looks like another format by chance


@dataclass(frozen=True, slots=True)
class Precision:
    """Significant digits and decimal places; None if places have no meaning.

    `arithmetic` is the name of the binary format that the numbers were computed in, if they show that it
    was a smaller one than a double's.
    """

    digits: int
    decimals: int | None
    arithmetic: str = ""


class _Written(NamedTuple):
    digits: int
    places: int


def number(text: str) -> float | None:
    """The value of a plain decimal numeral, `nan` or `inf`; None for any other text."""
    if len(text) > _LONGEST:
        return None
    text = _in_ascii(text)
    if _NUMERAL.fullmatch(text) and text.isascii():
        return float(text)
    if special := _SPECIAL.fullmatch(text):
        return float(special[1] + special[2])
    return None


def precision(numerals: Iterable[str]) -> Precision:
    """The precision of an answer: the largest among its numerals; `nan` and `inf` have none."""
    numerals = iter(numerals)
    first = list(islice(numerals, _SAMPLE))
    written = [_written(numeral) for numeral in first]
    found = _largest(written)
    if found.digits > _SHORT and (smaller := _smaller(first, written)):
        return in_format(smaller, first)
    if found.digits >= FULL:
        return found
    rest = _largest(map(_written, numerals))
    digits = max(found.digits, rest.digits)
    places = max(found.decimals or 0, rest.decimals or 0)
    return Precision(digits, None if digits >= FULL else places)


def in_format(one: Float, numerals: Iterable[str]) -> Precision:
    """The precision of numbers of a format: they may have been rounded to fewer digits than it has."""
    if one.name in _TYPES:
        kind = _TYPES[one.name]
        with np.errstate(over="ignore"):
            shortest = [
                _written(str(kind(_in_ascii(numeral))).removesuffix(".0")) for numeral in numerals
            ]
        rounded = _largest(shortest)
        if rounded.digits < one.digits:
            return Precision(rounded.digits, rounded.decimals, one.name)
    return Precision(one.digits, None, one.name)


def _largest(written: Iterable[_Written]) -> Precision:
    digits, places = 0, 0
    for one in written:
        digits, places = max(digits, one.digits), max(places, one.places)
        if digits > FULL + 1:
            break
    return Precision(digits, None if digits >= FULL else places)


def is_computed(numerals: Iterable[str]) -> bool:
    """Whether a number has so many digits that a program printed it: nobody writes it in a formula."""
    return any(_written(numeral).digits >= COMPUTED for numeral in islice(numerals, _SAMPLE))


def _in_ascii(text: str) -> str:
    """A numeral with the minus of a keyboard; that of printed mathematics looks the same."""
    return text if text.isascii() else text.replace("\u2212", "-")


def _written(numeral: str) -> _Written:
    match = _NUMERAL.fullmatch(_in_ascii(numeral))
    if match is None:
        return _Written(0, 0)
    whole, places = match["whole"] or "", match["places"] or match["bare"] or ""
    power = int(match["power"] or 0)
    digits = len((whole + places).lstrip("0")) or 1
    return _Written(digits, len(places) - power)


def _smaller(numerals: Sequence[str], written: Sequence[_Written]) -> Float | None:
    """The smallest format whose numbers all numerals are, to their digits, unless that may be chance.

    A decimal with the last place `unit` is next to a number of a format with the step `step` with the
    chance `unit / step`. Equal numbers tell this once.
    """
    known = [
        (float(_in_ascii(numeral)), one.places)
        for numeral, one in zip(numerals, written, strict=True)
        if one.digits
    ]
    values = np.array([value for value, _ in known])
    places = np.array([places for _, places in known], dtype=np.float64)
    usable = np.isfinite(values) & (values != 0)
    values, places = values[usable], places[usable]
    exponents = np.frexp(values)[1]
    different = np.unique(np.abs(values), return_index=True)[1]
    for one in FLOATS:
        if not ((one.least < exponents) & (exponents <= one.most)).all():
            continue
        units = 10.0 ** -np.clip(places, -_FARTHEST, _FARTHEST)
        units = np.maximum(units, np.ldexp(1.0, exponents - _DOUBLE_BITS))
        steps = np.ldexp(1.0, exponents - one.bits)
        if (np.abs(np.round(values / steps) * steps - values) <= 0.501 * units).all():
            telling = np.minimum(units / steps, 1.0)[different]
            enough = len(different) > 1 or one.name == SINGLE
            return one if enough and -np.log2(telling).sum() >= _CHANCE else None
    return None
