"""Reads the assignments of a program, `dW2 = dZ2 @ A1.T / m`, as formulas; nothing is ever run.

Imports, loops with their bodies, calls and all else that is not `name = expression` are skipped.
"""

import re
from collections.abc import Iterable, Iterator

from grader.document.offsets import Range
from grader.document.plain import LONGEST, logical_line
from grader.document.plain_tokens import has_relation, tokens_in

LANGUAGES = frozenset(
    "python py python3 ipython ipython3 numpy sage julia jl matlab octave".split()
)

_LINE = re.compile(r"^[^\n]++", re.MULTILINE)
_INDENT = re.compile(r"[ \t]*+(?:(?:>>>|\.\.\.)[ \t]*+|In \[\d{1,4}\]:[ \t]*+)?")
_STATEMENT = re.compile(
    r"(?:import|from|def|for|while|class|print|return|if|with|try|plt|assert)\b(?!\s*=)|>>>"
)
# Code that runs more than once, or perhaps never, does not show the value of a name.
_CONDITIONAL = re.compile(
    r"(?:async\s++)?(?:for|while|if|elif|else|try|except|with|class)\b[^\n]*+"
)
_ASSIGNMENT = re.compile(
    r"[^\W\d][\w.]{0,60}(?:\[[^\[\]=\n]{1,30}\])?(?:/[^\W\d][\w.]{0,60}(?:\[[^\[\]=\n]{1,30}\])?)?"
    r"[ \t]{0,20}[-+*/]?=(?!=)[ \t]{0,20}(?P<value>[^\n]++(?:\n[^\n]*+)*)\Z"
)
_NAME = re.compile(r"[^\W\d]\w*")
_EXPRESSION = re.compile(r"(?:[\w\s.+\-*/@()\[\],:<>=!&|~^−·×⊙∘ᵀ′]|(?<=[\w)\]])')++")
_KEYWORD = re.compile(r"\b(?:lambda|import|yield|await|def|class|return|is|del|None|input)\b")
# Imports, notebook settings, comments and single names hold no answer.
_SAYS_NOTHING = re.compile(
    r"\s*+(?:(?:import|from|plt\.|[#%!?])[^\n]*+|[\w.]++(?:\[[^\[\]]*+\])?|[\s)\]}\"']*+)\s*+"
)
_BINDS = re.compile(
    r"\bfor\s(?P<loop>[^\n]{1,80}?)\sin\b|\bas\s(?P<alias>[\w\s,()]{1,80})"
    r"|\b(?P<walrus>\w{1,60})\s{0,9}:=|\bdel\s(?P<deleted>[^\n]{1,80})|\b(?:def|class)\s(?P<defined>\w{1,60})"
    r"|\bout\s{0,9}=\s{0,9}(?P<out>\w{1,60})"
)
_IMPORT = re.compile(r"(?:import|from)\s")
_FUNCTION = re.compile(r"def\s++\w++\s*+\((?P<arguments>[^\n]*+)")
_METHOD = re.compile(r"(?P<object>\w{1,60})(?:\[[^\[\]\n]{0,80}\])?\.\w{1,60}\(")  # `W.fill(0)`
_EQUALS = re.compile(r"(?<![=<>!:])=(?!=)")
_TYPESET = re.compile(r"[∂∇⊙∘×·√∑∏ᵀ²³₀-₉\u2070-\u209f\u0302]|\^(?:T|⊤)(?!\w)")
_COMMENT = re.compile(r"[ \t]*+(?:#|%)[^\n]*+")


def is_program(text: str, language: str = "") -> bool:
    """Whether a listing is a program, not only formulas, whose signs no language has."""
    lines = [_without_comment(line[0]) for line in _LINE.finditer(text)]
    if any(_STATEMENT.match(line.lstrip()) for line in lines):
        return True
    return language in LANGUAGES and not any(_TYPESET.search(line) for line in lines)


def _without_comment(line: str) -> str:
    comment = _COMMENT.search(line)
    return line[: comment.start()] if comment else line


def assignments(text: str, start: int, end: int) -> Iterator[Range]:
    """The places of `name = expression` in a program, which is a range of a text.

    Of code that runs more than once, or perhaps never, only changes of an earlier name count.
    """
    skipped_from: int | None = None
    known: set[str] = set()
    at = start
    while at < end:
        stop = logical_line(text, at, end)
        indent = _INDENT.match(text, at, stop)
        left = indent.end() if indent else at
        if text[left:stop].strip():
            if skipped_from is not None and left - at <= skipped_from:
                skipped_from = None
            if skipped_from is None and _CONDITIONAL.match(text, left, stop):
                skipped_from = left - at
            elif right := _assignment(text, left, stop):
                name = _NAME.match(text, left)
                if skipped_from is None and name:
                    known.add(name[0])
                if skipped_from is None or (name and name[0] in known):
                    yield left, right
        at = stop + 1


def bound(text: str, start: int, end: int) -> Iterator[Range]:
    """The places where a program binds or changes a name in a way that is not read.

    These are targets of loops, `with`, `del` and `:=`, several targets at once, parts of an array, objects
    of methods, and arguments of functions. From there on the name may mean anything.
    """
    read = {left for left, _ in assignments(text, start, end)}
    seen: set[str] = set()  # since the last readable line that gives the name a value
    arguments: list[Range] = []
    depth = at = start
    while at < end:
        stop = logical_line(text, at, end)
        indent = _INDENT.match(text, at, stop)
        left = indent.end() if indent else at
        target = _NAME.match(text, left)
        parts: list[Range] = []
        if text[left:stop].strip() and left - at <= depth:
            arguments = []
        if left in read and target:
            seen.discard(target[0])
            parts, arguments = arguments, []
        elif stop - left <= LONGEST:
            parts = list(_bound_parts(text, left, stop))
            if function := _FUNCTION.match(text, left, stop):
                arguments, depth = [function.span("arguments")], left - at
        for part in parts:
            for name in _NAME.finditer(text, *part):
                if name[0] not in seen:
                    seen.add(name[0])
                    yield name.span()
        at = stop + 1


def _bound_parts(text: str, start: int, end: int) -> Iterator[Range]:
    """The parts of a line with names that it binds, in order."""
    if _IMPORT.match(text, start, end):
        return iter(())
    comment = _COMMENT.search(text, start, end)
    end = comment.start() if comment else end
    parts = [match.span(match.lastgroup or 0) for match in _BINDS.finditer(text, start, end)]
    if method := _METHOD.match(text, start, end):
        parts.append(method.span("object"))
    equals = [match.start() for match in _EQUALS.finditer(text, start, end)]
    outside = [at for at in equals if _is_outside(text[start:at])]
    return iter(sorted([*parts, *([(start, outside[-1])] if outside else [])]))


def _is_outside(before: str) -> bool:
    """Whether the text after `before` is outside brackets."""
    return all(before.count(left) == before.count(right) for left, right in ("()", "[]", "{}"))


def says_more(text: str, start: int, end: int, read: Iterable[Range] = ()) -> bool:
    """Whether a program has a line that may hold an answer and is not `read`."""
    known = iter(read)
    left, right = next(known, (end, end))
    for line in _LINE.finditer(text, start, end):
        while right <= line.start() < end:
            left, right = next(known, (end, end))
        if line.end() <= left and not _SAYS_NOTHING.fullmatch(line[0]):
            return True
    return False


def _assignment(text: str, start: int, end: int) -> int | None:
    """The end of an assignment that is a whole line; None for any other line."""
    if end - start > LONGEST:
        return None
    comment = _COMMENT.search(text, start, end)
    body = text[start : comment.start() if comment else end].rstrip(" \t\n;")
    found = _ASSIGNMENT.match(body)
    if (
        found is None
        or not _EXPRESSION.fullmatch(found["value"])
        or _KEYWORD.search(found["value"])
        or ":=" in found["value"]
        or has_relation(tokens_in(body, found.start("value"), len(body)))
    ):
        return None
    return start + len(body)
