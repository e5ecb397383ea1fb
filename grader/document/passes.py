"""The passes over a document, in order. Each adds to the marks that the scanner found."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from grader.document.draft import Draft
from grader.document.labels import label_at, weak_label_at
from grader.document.links import links
from grader.document.nesting import NUMBER, QUESTION, Nesting, Numbered
from grader.document.nodes import Code, Formula, Heading, Marker, Markup, Node, Quote, Struck, Table
from grader.document.offsets import Range
from grader.document.plain import Setting, formulas_in, logical_line
from grader.document.tree import UNSEEN, filled, gaps, overlaid, wrapped
from grader.lexicon import Role, pattern

# A line of these characters only is markup: a rule, the rest of a bold marker, a table's frame.
MARKUP = "*_#->|{}[]().:;,~=+`\\ \t\n"

_LINE = re.compile(r"[^\n]++")
_HEADING = re.compile(r"[ \t]{0,3}(?P<signs>#{1,6})(?!\S)")
_TABLE = re.compile(
    r"^[^\n|]*\|[^\n]*+\n[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-*+:?[ \t]*+)++"
    r"(?:\n[^\n|]*+\|[^\n]*+)*+",
    re.MULTILINE,
)
_STOPS = (Formula, Code)
_WORKING = re.compile(rf"[\W_]*+(?:{pattern(Role.SOLUTION, Role.WORKING)})\b", re.IGNORECASE)


def labelled(drafts: Sequence[Draft]) -> None:
    """The labels that people type at the start of a line, and the headings of Markdown."""
    found = [list(_labels(draft)) for draft in drafts]
    weak = _series([mark for marks in found for mark in marks])
    for draft, marks in zip(drafts, found, strict=True):
        draft.add([mark for mark in marks if not mark.weak or weak])


def _series(marks: Sequence[Numbered]) -> bool:
    """Whether the weak labels number the lines of a document: they rise, and nothing else does it."""
    numbers = [int(mark.parts[0].text) for mark in marks if mark.weak]
    others = any(mark.parts[0].rank[0] <= NUMBER for mark in marks if mark.parts and not mark.weak)
    rise = all(one < other for one, other in pairwise(numbers))
    return len(numbers) > 1 and rise and not others


def _labels(draft: Draft) -> Iterator[Numbered]:
    view, marks, at = draft.view, draft.marks, 0
    fences = iter(draft.fenced)
    fence = next(fences, None)
    for line in _LINE.finditer(view, draft.start, draft.end):
        start, end = line.span()
        while at < len(marks) and marks[at].end <= start:
            at += 1
        while fence and fence[1] <= start:
            fence = next(fences, None)
        if fence and start >= fence[0] and view[start:end].lstrip().startswith("#"):
            continue  # in a listing a comment
        if at < len(marks) and marks[at].start <= start and not isinstance(marks[at], UNSEEN):
            continue
        yield from _marked(draft, start, end, at)


def _marked(draft: Draft, start: int, end: int, at: int) -> Iterator[Numbered]:
    """The label of a line, behind what is not seen before it; and the line as a heading."""
    stop = next(
        (mark.start for mark in _inside(draft.marks, at, end) if isinstance(mark, _STOPS)), end
    )
    strong = label_at(draft.view, start, stop)
    label = strong or weak_label_at(draft.view, start, stop)
    heading = _HEADING.match(draft.view, start, end)
    level = len(heading["signs"]) if heading else 0
    if heading:
        draft.headings.append((start, end, level))
    if label is not None:
        begin = max((mark.end for mark in _inside(draft.marks, at, label.end)), default=start)
        if begin < label.end:
            yield Numbered(begin, label.end, label.parts, weak=strong is None)
    elif heading:
        yield Numbered(start, start, level=level, title=draft.view[heading.end() : end][:80])


def _inside(marks: Sequence[Node], at: int, end: int) -> Iterator[Node]:
    """The marks from one on, up to an offset."""
    while at < len(marks) and marks[at].start < end:
        yield marks[at]
        at += 1


def nested(drafts: Sequence[Draft]) -> None:
    """The path of each marker. A higher heading without a number ends a question.

    What a comment in code says holds up to the next marker outside, and for code only.
    """
    nesting = Nesting()
    inside: Nesting | None = None
    for draft in drafts:
        marks, draft.marks = draft.marks, []
        for mark in marks:
            if isinstance(mark, Code):
                inside = inside or nesting.copy()
                draft.marks.append(_labelled_inside(mark, inside))
            else:
                inside = None if isinstance(mark, Numbered) else inside
                draft.marks += _settled(mark, nesting)


def _labelled_inside(code: Code, nesting: Nesting) -> Code:
    """Code with the labels in force where it begins, and those of its comments."""
    first = Marker(code.start, code.start, nesting.labels)
    settled = (one for mark in code.children for one in _settled(mark, nesting))
    return replace(code, children=(first, *settled))


def _settled(mark: Node, nesting: Nesting) -> Iterator[Node]:
    if not isinstance(mark, Numbered):
        yield mark
    elif mark.parts:
        yield Marker(mark.start, mark.end, nesting.enter(mark.parts))
    else:
        yield from _unlabelled(mark, nesting)


def _unlabelled(mark: Numbered, nesting: Nesting) -> Iterator[Node]:
    if mark.closes:
        nesting.close(mark.closes)
    if mark.level and nesting.ends_at(mark.level) and not _WORKING.match(mark.title):
        nesting.close((QUESTION, mark.level))
        yield Marker(mark.start, mark.start, nesting.labels)
    if mark.start < mark.end:
        yield Markup(mark.start, mark.end)


def plain(drafts: Sequence[Draft]) -> None:
    """The formulas in lines without delimiters."""
    reader = _Lines()
    for draft in drafts:
        draft.add(list(reader.formulas(draft)))
        draft.marks = [_struck(mark, draft.source) for mark in draft.marks]


def _struck(mark: Node, text: str) -> Node:
    """Struck text with its formulas without delimiters."""
    if not isinstance(mark, Struck):
        return mark
    found: list[Node] = []
    for start, end, _ in gaps(mark.children, mark.start, mark.end):
        for line in _LINE.finditer(text, start, end):
            found += map(
                partial(_formula, text), formulas_in(text, *line.span(), Setting(True, True))
            )
    return replace(mark, children=tuple(overlaid(mark.children, found)))


def _formula(text: str, span: Range) -> Node:
    """A formula without delimiters; the stars around bold parts are blanks."""
    content = _BOLD.sub(
        lambda bold: f"  {bold['inner'] or ''}  "[: len(bold[0])], text[slice(*span)]
    )
    return Formula(*span, content, span[0], True, "plain")


_BOLD = re.compile(r"(?<!\S)\*\*(?P<inner>(?=[^\s*])[^\n]{0,2000}?[^\s*])\*\*(?!\S)|\*\*\Z")


class _Lines:
    """Goes through the lines of a document; whether they are behind or below a marker matters."""

    def __init__(self) -> None:
        self._behind = self._below = False

    def formulas(self, draft: Draft) -> Iterator[Node]:
        """The formulas in the lines of one text."""
        text, clear = draft.view, draft.start
        for start, end, stop in draft.gaps():
            ends = not isinstance(stop, Formula) or stop.notation == "code"
            while start < end:
                newline = text.find("\n", start, end)
                last = end if newline < 0 else newline
                is_whole = ends or last < end or text[last : last + 1] == "\n"
                if is_whole and start >= clear:
                    found, last = self._in_line(text, start, last, end)
                    yield from map(partial(_formula, text), found)
                else:
                    found = []
                if found or text[start:last].strip(MARKUP):
                    self._behind = False
                start = last + 1
            if isinstance(stop, Formula):
                newline = text.find("\n", max(stop.start, stop.end - 1))
                clear = len(text) if newline < 0 else newline + 1
                self._behind = False
            elif isinstance(stop, Marker):
                self._behind = self._below = bool(stop.labels)

    def _in_line(self, text: str, start: int, stop: int, end: int) -> tuple[list[Range], int]:
        """The formulas of a line, and its end, with the lines that continue it."""
        if not text[start:stop].strip():
            return [], stop
        setting = Setting(self._behind, self._below)
        for last in dict.fromkeys((logical_line(text, start, end), stop)):
            if found := formulas_in(text, start, last, setting):
                return found, last
        return [], stop


def linked(drafts: Sequence[Draft]) -> None:
    """Pictures, links and names of files in words."""
    for draft in drafts:
        draft.add(
            [link for start, end, _ in draft.gaps() for link in links(draft.view, start, end)]
        )


def grouped(drafts: Sequence[Draft]) -> None:
    """Words between the marks, and tables, headings and quotes around their nodes."""
    for draft in drafts:
        draft.add(Markup(*span) for span in draft.signs)
        nodes = filled(draft.marks, draft.start, draft.end)
        tables = draft.tables or [match.span() for match in _tables(draft)]
        nodes = wrapped(nodes, tables, Table)
        for level in range(1, 7):
            ranges = [(start, end) for start, end, depth in draft.headings if depth == level]
            nodes = wrapped(nodes, ranges, partial(_heading, level)) if ranges else nodes
        draft.marks = wrapped(nodes, draft.quotes, Quote)


def _heading(level: int, start: int, end: int, children: tuple[Node, ...]) -> Heading:
    return Heading(start, end, children, level)


def _tables(draft: Draft) -> Iterable[re.Match[str]]:
    return _TABLE.finditer(draft.view, draft.start, draft.end) if "|" in draft.view else ()


PASSES: tuple[Callable[[Sequence[Draft]], None], ...] = (labelled, nested, plain, linked, grouped)
