"""Words around a formula that change its meaning: `$p - y$ times $-1$`, `transpose of $…$`.

Reading the formula without them could make it right or wrong. A clause with a reason or the meaning of a
name ("since", "where", "by the chain rule") does not change it.
"""

import re
from collections.abc import Sequence
from enum import Enum

from grader.alignment.cases import Item, is_conditioned
from grader.submission import Formula, Marker, Prose

_REACH = 200  # characters of prose to look at on either side
_PARTS = 8  # formulas and pieces of prose of one clause
_LINES = 1  # a clause may go on in the next line
_FORMULA = "□"  # a formula in a clause

_CHANGING = (
    r"(?:times|multipl(?:y|ied)|divided?|plus|minus|added|subtracted|transposed?|squared|cubed|summed|averaged"
    r"|negated?|inverted|except|halved|doubled|scaled|rescaled|flipped|reversed|opposite|sign|factor|off by"
    r"|wrong|false)\b"
)
_BEHIND = re.compile(
    r"[\s,;(]*(?:(?:and|all|then|but|the|a|an|whole|thing|everything|this|it|still|must be|has to be"
    r"|which is|is|to be|with|up to|in|each|also|finally|again|again,|of it)\s+){0,5}" + _CHANGING
)
_ELSE = re.compile(r"\b(?:otherwise|elsewhere|else)\b")
_EXPLAINS = re.compile(r"[\s,;(]*(?:where|since|because|as|by|using|via|with)\b")
_BEFORE = re.compile(
    r"(?:\b(?:minus|times|plus|without|twice|half)|\b(?:transpose|negative|inverse|sum|half|double|square"
    r"|diagonal|trace|mean|average|opposite)\s+of)(?:\s+(?:the|this|that|all))?\s*\Z",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:at|if|when|whenever|unless|for|in case|once|near"
    r"|(?:zero|vanish\w*|0|only|points?|nothing|exactly)\s+where)\s*\Z",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:since|because|as|using|note that|note|recall|recall that|know that|known that|given|given that"
    r"|da|weil|car|puisque)\s*\Z",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.;!?](?=\s|\Z)")


# A derivative without an equals sign, whose value may be in the words after it.
_ALONE = re.compile(
    r"\s*(?:\\d?frac\s*\{\s*(?:\\partial|\\mathrm\{d\}|d(?=\s*[\\A-Za-z]))|\\nabla|\\partial|∂)[^=≈∝<>]{0,200}\Z"
)


class Role(Enum):
    """The purpose of a formula, by the words before it."""

    CASE = "a special case: `zero at $s = 0$`"
    REASON = "a reason: `since $\\sum_i y_i = 1$`"


def role_of(before: Item | None) -> Role | None:
    """The purpose of a formula by the words before it; None if they give none."""
    if not isinstance(before, Prose):
        return None
    said = before.text[-_REACH:]
    return Role.CASE if _CASE.search(said) else Role.REASON if _REASON.search(said) else None


def words_that_change(items: Sequence[Item], at: int) -> str:
    """The words before or after a formula that change its meaning; "" if none do."""
    formula, before = items[at], items[at - 1] if at else None
    assert isinstance(formula, Formula)
    if isinstance(before, Prose) and before.place.line >= formula.place.line - _LINES:
        match = _BEFORE.search(before.text[-_REACH:])
        if match is not None:
            return match[0].strip()
    if is_conditioned(items, at):
        return "if …"
    clause = _clause(items, at)
    if _ALONE.match(formula.text) and _FORMULA in clause:
        return clause.partition(_FORMULA)[0].strip(" ,;(:")
    match = _BEHIND.match(clause)
    if match is None and "\\text{" not in formula.text and not _EXPLAINS.match(clause):
        match = _ELSE.search(clause)
    return match[0].strip(" ,;(") if match else ""


def changed_by(before: str, behind: str) -> str:
    """The words in a formula that change a statement: `p - y \\text{ is wrong}`; "" if none do."""
    match = _BEFORE.search(before) or _DENIES.search(before)
    match = match or _BEHIND.match(behind) or _DENIES.match(behind)
    return match[0].strip(" ,;(") if match else ""


_DENIES = re.compile(
    r"\b(?:(?:is|are)\s)?(?:not|never|wrong|false|incorrect|except|unless|without)\b", re.IGNORECASE
)


def _clause(items: Sequence[Item], at: int) -> str:
    """The text after a formula up to the end of its sentence, with `□` for formulas."""
    last = _last_line(items[at])
    said: list[str] = []
    for item in items[at + 1 : at + 1 + _PARTS]:
        if isinstance(item, Marker) or item.place.line > last + _LINES:
            break
        if isinstance(item, Formula) and item.display:
            break
        text = item.text[:_REACH] if isinstance(item, Prose) else _FORMULA
        if isinstance(item, Prose) and (stop := _STOP.search(text)):
            said.append(text[: stop.start()])
            break
        said.append(text)
        last = _last_line(item)
    return " ".join(said)[:_REACH]


def _last_line(item: Item) -> int:
    lines = item.text.count("\n") if isinstance(item, Formula) else 0
    return item.place.line + lines
