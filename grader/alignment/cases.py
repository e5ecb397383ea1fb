"""Joins a case distinction over several formulas, `If $i = j$: $…$. If $i \\ne j$: $…$`, into one.

A single one holds only under its condition.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.submission import Formula, Marker, Prose

Item = Marker | Formula | Prose

_IF = re.compile(r"\b(?:if|for|when|whenever|in case|case|falls|wenn|für)\s*\Z", re.IGNORECASE)
_NEXT = re.compile(
    r"[.,;]?\s*(?:(?:and|but|while)\s+)?(?:if|for|when|whenever|in case|case|falls|wenn|für)",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"[:,]?\s*(?:then\s+)?(?:it is|this is|we get|we have|it equals|is|it becomes)?\s*[:,]?",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"[.,;]?\s*(?:(?:and|but|while)\s+)?(?:otherwise|else|sonst)"
    r"\s*(?:it is|this is|we get|we have)?\s*[:,]?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[.,;]?\s*(?:and|but|while)?", re.IGNORECASE)
_COMPARES = re.compile(r"\\(?:neq?|leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])|[<>≠≤≥]")
_INDEX_IS = re.compile(r"\s*(?:[i-nw]|\\ell)\s*=\s*(?:[i-nw]|\\ell|\d{1,3})\s*")
_HAS_CONDITION = re.compile(r"\\(?:text|mbox|textrm|mathrm)\s*\{[\s,]*(?:if|for|when|falls|wenn)\b")
_MOST = 12  # cases of one distinction
_SHORT = 200  # characters of a condition


@dataclass(frozen=True, slots=True)
class _Case:
    """A value with its condition as LaTeX, and the items that it comes from; `rest` is before them."""

    text: str
    value: Formula
    items: Sequence[Item]
    rest: Prose | None = None
    last: bool = False


def with_cases(items: Sequence[Item]) -> list[Item]:
    """The items of a paper, with the cases of each distinction joined."""
    found: list[Item] = []
    at = 0
    while at < len(items):
        cases = list(itertools.islice(_cases(items, at), _MOST))
        if len(cases) > 1:
            found += _together(cases)
            at += sum(len(case.items) for case in cases)
        else:
            found.append(items[at])
            at += 1
    return found


def is_conditioned(items: Sequence[Item], at: int) -> bool:
    """Whether a formula holds only under the condition before it: `if $i = j$: $…$`."""
    begins = (at - 2, at - 3)
    return any(
        start >= 0
        and (case := _case(items, start)) is not None
        and start + len(case.items) == at + 1
        for start in begins
    )


def _cases(items: Sequence[Item], at: int) -> Iterator[_Case]:
    """The cases that follow each other from a place on."""
    case = _case(items, at)
    while case is not None:
        yield case
        at += len(case.items)
        case = None if case.last else _following(items, at)


def _following(items: Sequence[Item], at: int) -> _Case | None:
    """The next case of a distinction, perhaps "otherwise"."""
    ahead = items[at : at + 2]
    if len(ahead) == 2 and _is_prose(ahead[0], _OTHERWISE) and _is_latex(ahead[1]):
        value = ahead[1]
        assert isinstance(value, Formula)
        text = f"\\text{{ otherwise }} {_body(value.text.rpartition('=')[2])}"
        return _Case(text, value, ahead, last=True)
    case = _case(items, at)
    if case is not None and (case.rest is None or _is_prose(items[at], _NEXT)):
        return case
    if ahead and _is_prose(ahead[0], _BETWEEN):
        inner = _case(items, at + 1)
        if inner is not None and inner.rest is None:
            return replace(inner, items=items[at : at + 1 + len(inner.items)])
    return None


def _case(items: Sequence[Item], at: int) -> _Case | None:
    """The case that begins at a place: words, condition, words, value; or a value with its condition."""
    first = items[at] if at < len(items) else None
    if isinstance(first, Formula) and _is_latex(first) and _HAS_CONDITION.search(first.text):
        return _Case(_body(first.text), first, items[at : at + 1])
    led = isinstance(first, Prose) and _IF.search(first.text[-_SHORT:]) is not None
    said = items[at + led : at + led + 3]
    if len(said) < 3 or not _is_condition(said[0]) or not _is_prose(said[1], _THEN):
        return None
    condition, between, value = said
    if not isinstance(condition, Formula) or not isinstance(value, Formula) or not _is_latex(value):
        return None
    if not led and not (isinstance(between, Prose) and between.text == ":"):
        return None
    text = f"{_body(value.text)} \\text{{ for }} {_body(condition.text)}"
    return _Case(text, value, items[at : at + led + 3], first if isinstance(first, Prose) else None)


def _together(cases: Sequence[_Case]) -> Iterator[Item]:
    first = cases[0]
    if first.rest is not None and (rest := _IF.sub("", first.rest.text).strip()):
        yield replace(first.rest, text=rest)
    text = first.text
    for case in cases[1:]:
        text += f" {case.text}" if case.last else f" \\text{{ and }} {case.text}"
    yield replace(first.value, text=text)


def _is_condition(item: Item) -> bool:
    """Whether a formula compares, and is no range such as `1 ≤ i ≤ n`."""
    if not isinstance(item, Formula) or not _is_latex(item) or len(item.text) > _SHORT:
        return False
    compares = len(_COMPARES.findall(item.text)) == 1 and "=" not in item.text
    return compares or _INDEX_IS.fullmatch(item.text) is not None


def _is_latex(item: Item) -> bool:
    return isinstance(item, Formula) and item.notation == "latex"


def _is_prose(item: Item, pattern: re.Pattern[str]) -> bool:
    return isinstance(item, Prose) and pattern.fullmatch(item.text.strip()) is not None


def _body(text: str) -> str:
    return text.strip(" .,;\n")
