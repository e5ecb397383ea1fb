"""Numbers in messages: points and values."""

import math
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


def points(value: float) -> str:
    """Points with at most two decimals and no trailing zeros: `1`, `0.5`, `16.67`.

    Halves round up: 0.125 becomes 0.13.
    """
    if not math.isfinite(value):
        return str(value)
    text = str(Decimal(str(value)).quantize(_CENT, ROUND_HALF_UP)).rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def number(value: float) -> str:
    """A value with six digits."""
    return _value(value, 6)


def value_pair(expected: float, got: float) -> tuple[str, str]:
    """Two values, with as few digits as show a difference."""
    texts = ("", "")
    for digits in (6, 9, 12, 17):
        texts = _value(expected, digits), _value(got, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _value(value: float, digits: int) -> str:
    if math.isnan(value):
        return "no number (NaN)"
    if math.isinf(value):
        return "infinity" if value > 0 else "-infinity"
    return f"{value:.{digits}g}"
