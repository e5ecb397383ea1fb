"""Comments and listings of TeX, which hold no mathematics."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from grader.submission.offsets import Range

_LISTINGS = r"verbatim|Verbatim|lstlisting|minted|comment|filecontents"
_SKIPPED = re.compile(
    rf"\\begin\{{(?P<listing>(?:{_LISTINGS})\*?)\}}"
    r"|\\verb\*?(?P<quote>[^A-Za-z\s*])"
    r"|\\[\s\S]"
    r"|(?P<comment>%[^\n]*+)"
)
_CODE = re.compile(
    r"\\begin\{(?:verbatim|Verbatim|lstlisting|minted)\*?\}[^\n]*+|\\verb(?![A-Za-z])"
)
_END = re.compile(rf"\\end\{{((?:{_LISTINGS})\*?)\}}")


def listed(text: str, start: int, end: int) -> str | None:
    r"""The code in a skipped range, a listing or `\verb|…|`; None if it is a comment."""
    opening = _CODE.match(text, start, end)
    return None if opening is None else text[opening.end() : end]


def skipped(text: str) -> Iterator[Range]:
    r"""The ranges of a TeX document to skip: comments, listings, `\verb|…|`."""
    ends: dict[str, list[Range]] = {}
    for match in _END.finditer(text):
        ends.setdefault(match[1], []).append(match.span())
    done = 0
    for match in _SKIPPED.finditer(text):
        if match.start() >= done and (end := _end(text, match, ends)):
            done = end
            yield match.start(), end


def _end(text: str, match: re.Match[str], ends: dict[str, list[Range]]) -> int | None:
    if match["comment"]:
        return match.end()
    if match["quote"]:
        newline = text.find("\n", match.end())
        close = text.find(match["quote"], match.end(), newline if newline >= 0 else len(text))
        return None if close < 0 else close + 1
    if match["listing"]:
        closing = ends.get(match["listing"], [])
        index = bisect_left(closing, (match.end(), 0))
        return closing[index][1] if index < len(closing) else None
    return None
