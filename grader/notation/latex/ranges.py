"""Subscripts of a \\sum: ranges, values and conditions."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.notation.latex.scripts import COMPARISONS, split
from grader.notation.latex_tokens import Token

Tokens = Sequence[Token]


@dataclass(frozen=True, slots=True)
class Range:
    """One index variable of a sum, or a condition on one.

    Without `low`, `high`, `values` and `condition` the range is that of the indexed axis. A condition
    without a name filters the ranges of other parts. `members` is a set with unknown elements.
    """

    name: str
    low: Tokens = ()
    high: Tokens = ()
    values: tuple[Tokens, ...] = ()
    condition: Tokens = ()
    members: Tokens = ()


def ranges(script: Tokens) -> list[Range]:
    """The parts of a subscript: `i=1`, `i,j`, `k \\ne i`, `1 \\le k \\le n`, `k=1,2`, `k: k > i`."""
    parts = [part for group in split(script, ",") for part in split(group, ":")]
    found: list[Range] = []
    for part in parts:
        if len(part) == 1 and part[0].kind == "number" and found and found[-1].low:
            found[-1] = _with_value(found[-1], part)
        else:
            found.append(_range(part))
    return found


def _with_value(earlier: Range, value: Tokens) -> Range:
    """`k = 1, 2`: a list of values, whose first one was read as a lower limit."""
    return Range(earlier.name, values=(*(earlier.values or (earlier.low,)), value), low=earlier.low)


def _range(part: Tokens) -> Range:
    name = _letter(part[:1])
    if len(part) == 1 or not part:
        return Range(name)
    if part[1].text == "\\in":
        return _member(name, part[2:])
    if part[1].text in ("\\notin", "\\not"):
        return Range(name, members=part[1:])
    low, *rest = split(part, "=")
    if len(low) == 1 and len(rest) == 1 and rest[0]:
        return Range(name, low=rest[0])
    return _between(part) or Range(name, condition=part)


def _member(name: str, members: Tokens) -> Range:
    """`k \\in \\{1, 2\\}` has values, `k \\in \\{1, …, n\\}`, `[1, n]` and `[n]` have ends."""
    if not members:
        return Range(name)
    bracket = members[0].text, members[-1].text
    inside = split(members[1:-1], ",") if bracket in _SETS else []
    if len(inside) > 2 and [token.text for token in inside[-2]] == ["\\dots"]:
        return Range(name, inside[0], inside[-1])
    if bracket == ("\\{", "\\}"):
        return Range(name, values=tuple(inside))
    if 1 <= len(inside) <= 2:
        return Range(name, inside[0] if len(inside) == 2 else (), inside[-1])
    return Range(name, members=members)


_SETS = frozenset({("\\{", "\\}"), ("[", "]")})


def _between(part: Tokens) -> Range | None:
    """`1 \\le k \\le n`."""
    signs = [at for at, token in enumerate(part) if token.text in COMPARISONS]
    if len(signs) != 2 or any(part[at].text != "\\le" for at in signs):
        return None
    name = _letter(part[signs[0] + 1 : signs[1]])
    return Range(name, part[: signs[0]], part[signs[1] + 1 :]) if name else None


def _letter(tokens: Tokens) -> str:
    plain = len(tokens) == 1 and tokens[0].kind in ("letter", "command")
    return tokens[0].text if plain else ""
