"""Numbers as written: their values, and their digits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NUMERAL = re.compile(
    r"[+-]?(?:(?P<whole>\d++)(?:\.(?P<places>\d*+))?|\.(?P<bare>\d++))(?:[eE](?P<power>[+-]?\d{1,5}))?"
)
_SPECIAL = re.compile(r"([+-]?)\.?(nan|inf(?:inity)?)", re.IGNORECASE)

# No double has more digits; a longer text is not a number, or hostile.
_LONGEST = 1_000

# A double that was not rounded prints with 15 to 17 digits.
FULL = 15


@dataclass(frozen=True, slots=True)
class Precision:
    """Significant digits and decimal places; None if places have no meaning."""

    digits: int
    decimals: int | None


def number(text: str) -> float | None:
    """The value of a plain decimal numeral, `nan` or `inf`; None for any other text."""
    if len(text) > _LONGEST:
        return None
    if _NUMERAL.fullmatch(text) and text.isascii():
        return float(text)
    if special := _SPECIAL.fullmatch(text):
        return float(special[1] + special[2])
    return None


def precision(numerals: Iterable[str]) -> Precision:
    """The largest precision among numerals; `nan` and `inf` have none."""
    digits, decimals = 0, 0
    for numeral in numerals:
        one = _precision(numeral)
        digits, decimals = max(digits, one[0]), max(decimals, one[1])
        if digits > FULL + 1:
            break
    return Precision(digits, None if digits >= FULL else decimals)


def _precision(numeral: str) -> tuple[int, int]:
    match = _NUMERAL.fullmatch(numeral)
    if match is None:
        return 0, 0
    whole, places = match["whole"] or "", match["places"] or match["bare"] or ""
    power = int(match["power"] or 0)
    digits = len((whole + places).lstrip("0")) or 1
    return digits, max(0, len(places) - power)
