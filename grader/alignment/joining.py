"""Joins formulas of a paper that are one formula to a reader.

`$σ'(x) = 1$ if $x > 0$, else $0$` is one answer in pieces. A block that begins with `+` continues the block
before it. A formula after "and not" is not an answer.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.alignment.cases import Item
from grader.submission import Formula, Prose

_CONDITION = re.compile(
    r"(?:,|and|und|et|or|oder|;|\s)*\b(?P<word>if|for|when|whenever|in case|falls|wenn|für|si|pour"
    r"|else|otherwise|sonst|sinon|and else|or else)\b\s*(?:that\s*)?[:,]?",
    re.IGNORECASE,
)
# `for $y_1 = 1$` is a special case of a quantity, not of an index.
_ASSUMES = re.compile(r"\s*(?![i-nw]\s*=)[^=<>]*(?<![<>\\:!])=")
_ENDING = re.compile(r"[,;]?\s*(?:otherwise|else|elsewhere|sonst|sinon)\b[.,;]?", re.IGNORECASE)
_AND = re.compile(r"[,;]|[,;]?\s*(?:and|und|et)", re.IGNORECASE)
_EQUALS = re.compile(
    r"(?:=|:=|:|,?\s*(?:which\s)?(?:then\s|also\s|therefore\s|thus\s|simply\s|just\s|now\s)?"
    r"(?:equals?|is|becomes|gives|reads|evaluates to|is equal to|(?:is\s)?given by"
    r"|(?:simplifies|reduces|comes down|amounts) to|ist|ist gleich|est|est égal à)"
    r"(?:\s(?:simply|just|then|thus|therefore|exactly|equal to|given by|gleich))?\s?:?)",
    re.IGNORECASE,
)
_PLUS = re.compile(r"\+|plus")
_DERIVATIVE = re.compile(
    r"\s*(?:\\[dt]?frac\s*\{?\s*(?:\\partial|\\mathrm\{d\}|d\b|∂)|\\partial|\\nabla|∂|∇|d\w{1,3}\s?/\s?d)"
)
_SIZE = re.compile(
    r"\s*\(?\w+\s*(?:\\times|×|\\text\{ ?x ?\})\s*\w+\)?\s*|.*\\in\b.*|.*\\mathbb\b.*"
)
_LONGEST_NAME = 200  # characters of a derivative alone
_OR = re.compile(r"[,;]?\s*(?:or|oder|ou|or maybe|or else)", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*(?:&\s*)?(?:\+|-|\*|\\times\b|\\cdot\b|\\odot\b|\\circ\b)")
_WORDS = {"else": "otherwise", "sonst": "otherwise", "sinon": "otherwise", "otherwise": "otherwise"}


def joined(items: Sequence[Item]) -> list[Item]:
    """The items of a paper in reading order, pieces of one formula joined, denied ones left out."""
    found: list[Item] = []
    for at, item in enumerate(items):
        if isinstance(item, Formula):
            _take(found, item)
        elif isinstance(item, Prose) and _ends_a_case(found, items[at : at + 2]):
            last = found[-1]
            assert isinstance(last, Formula)
            found[-1] = replace(last, text=f"{last.text} \\text{{otherwise}}")
            _keep_rest(found, items, at)
        else:
            found.append(item)
    return found


def _keep_rest(found: list[Item], items: Sequence[Item], at: int) -> None:
    """Keep the rest of a line after "otherwise" as prose."""
    item = items[at]
    assert isinstance(item, Prose)
    match = _ENDING.match(item.text)
    rest = item.text[match.end() :].strip() if match else ""
    if rest:
        found.append(replace(item, text=rest))


def _take(found: list[Item], formula: Formula) -> None:
    prose = found[-1] if found and isinstance(found[-1], Prose) else None
    before = found[-2] if prose is not None and len(found) > 1 else found[-1] if found else None
    if not isinstance(before, Formula) or before.notation != formula.notation:
        found.append(formula)
        return
    text = _together(before, prose, formula)
    if text is None:
        found.append(formula)
        return
    if prose is not None:
        found.pop()
    found[-1] = replace(before, text=text)


def _together(before: Formula, prose: Prose | None, formula: Formula) -> str | None:
    """The text of two formulas as one, None if they are two."""
    if prose is None:
        both = before.display and formula.display and _GOES_ON.match(formula.text)
        return f"{before.text}\n{formula.text}" if both else None
    said = prose.text.strip()
    if _EQUALS.fullmatch(said) and _is_named(before.text, formula.text):
        return f"{before.text} = {formula.text.lstrip(' =&')}"
    if _PLUS.fullmatch(said) and not _is_equation(formula.text):
        return f"{before.text} + {formula.text}"
    if _OR.fullmatch(said):
        return f"{before.text} \\text{{ or }} {_value(formula.text)}"
    if before.display or formula.display or "\n" in before.text + formula.text:
        return None
    match = _CONDITION.fullmatch(said)
    if match and (match["word"].lower() in _WORDS or not _ASSUMES.match(formula.text)):
        word = _WORDS.get(match["word"].lower(), "if")
        between = ", \\text{ otherwise } " if word == "otherwise" else " \\text{ for } "
        return f"{before.text}{between}{formula.text}"
    if _AND.fullmatch(said) and "\\text{ for }" in before.text:
        return f"{before.text} \\text{{ and }} {formula.text}"
    return None


def _is_named(left: str, right: str) -> bool:
    """Whether a formula is a derivative alone, and the next formula may be its value."""
    is_alone = len(left) <= _LONGEST_NAME and not _is_equation(left)
    return is_alone and bool(_DERIVATIVE.match(left)) and not _SIZE.fullmatch(right)


def _is_equation(text: str) -> bool:
    return any(sign in text for sign in ("=", "\\equiv", "≡"))


def _value(text: str) -> str:
    """The value after the last `=`, since alternatives are values."""
    return text.rpartition("=")[2]


def _ends_a_case(found: Sequence[Item], ahead: Sequence[Item]) -> bool:
    """Whether prose says "otherwise" after the value of the last case."""
    prose, *following = ahead
    last = found[-1] if found else None
    assert isinstance(prose, Prose)
    if not isinstance(last, Formula) or "\\text{ for }" not in last.text:
        return False
    ends = _ENDING.match(prose.text)
    whole = ends is not None and ends.end() == len(prose.text)
    return ends is not None and not (whole and following and isinstance(following[0], Formula))
