"""Builds a paper: collects items in reading order, within limits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.submission import limits
from grader.submission.model import Formula, Item, Leftover, Marker, Paper, Place, Prose
from grader.submission.offsets import Places, blanked, trimmed
from grader.submission.papers.mathematics import FormulaSpan
from grader.submission.papers.nesting import Nesting
from grader.submission.papers.plain import Setting, formulas_in, logical_line
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents

# A line of these characters only is markup: a rule, the rest of a bold marker, a table's frame.
_MARKUP = "*_#->|{}[]().:;,~=+`\\ \t\n"
# Between two formulas of a line these may make one of them: `$∂l/∂z$ = $p - y$`, `$D^T r$ + $\\mu$`.
_JOINTS = frozenset({"=", ":=", ":", "+", "-", "−", ",", ";"})
_JOINT_REACH = 40  # characters between two formulas


# A formula that begins with a relation continues the one before it.
_BEGINS_OPEN = re.compile(
    r"(?:\\begin\s{0,9}\{[A-Za-z]{1,20}\*?\}(?:\{[^{}]{0,20}\})?\s{0,99})?(?:&\s{0,9})?"
    r"(?::?=(?!=)|≈|≡|\\(?:approx|equiv|coloneqq)(?![A-Za-z]))"
)


@dataclass(frozen=True, slots=True)
class _Chain:
    """A formula that may go on: its item and its range in the text."""

    item: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Markup that is not prose: a marker with its labels, or a range to skip."""

    start: int
    end: int
    labels: tuple[str, ...] = ()


class PaperBuilder:
    """Builds the one `Paper` of a file; a notebook feeds it cell by cell."""

    def __init__(self, path: str) -> None:
        self.nesting = Nesting()
        self._path = path
        self._items: list[Item] = []
        self._macros: list[str] = []
        self._faults: dict[str, Refused] = {}
        self._leftovers: list[Leftover] = []
        self._formulas = 0
        self._lines = limits.LINES
        self._is_below_marker = False
        self._chains: dict[tuple[bool, str], _Chain] = {}
        self._formula_line = 0

    def refuse(self, fault: Refused) -> None:
        """Note what could not be read; each message once, at its first place."""
        self._faults.setdefault(fault.message, fault)

    def leave(self, what: str, place: Place, text: str = "") -> None:
        """Note a part that is not read: code, a picture, a link."""
        if len(self._leftovers) < limits.LEFTOVERS:
            self._leftovers.append(Leftover(what, place, text))

    def within_limits(self, text: str, places: Places) -> str:
        """The text up to the limit of lines."""
        ends = [match.start() for match in re.finditer("\n|\\Z", text)]
        room, self._lines = self._lines, max(0, self._lines - len(ends))
        if len(ends) <= room:
            return text
        end = ends[room - 1] if room else 0
        self.refuse(_too_long(places.at(end)))
        return text[:end]

    def macros(self, definitions: Iterable[str]) -> None:
        """Add the author's definitions unchanged."""
        self._macros += definitions

    def add(
        self, text: str, places: Places, spans: Iterable[FormulaSpan], markers: Iterable[Stop]
    ) -> None:
        """Add the items of one text: its formulas, its markers, and the prose between them."""
        done = self._formula_line = 0
        self._chains.clear()
        stops: list[FormulaSpan | Stop] = [*spans, *markers]
        before: FormulaSpan | Stop | None = None
        for stop in sorted(stops, key=lambda stop: stop.start):
            self._prose(text, places, done, stop.start, isinstance(stop, Stop))
            if isinstance(stop, FormulaSpan):
                if isinstance(before, FormulaSpan):
                    self._joint(text, places, done, stop.start)
                self._formula(text, places, stop)
            elif stop.labels:
                self._marker(Marker(stop.labels, places.at(stop.start)))
            done, before = max(done, stop.end), stop
        self._prose(text, places, done, len(text), True)

    def found(self) -> FileContents:
        """The paper, with refusals and leftovers."""
        macros = "\n".join(self._macros)
        if len(macros) > limits.MACRO_CHARACTERS:
            self.refuse(
                Refused(
                    "The definitions of macros are too long; they were not read.",
                    loses_answers=False,
                )
            )
            macros = ""
        paper = Paper(tuple(self._items), macros)
        refusals = tuple(fault.refusal(self._path) for fault in self._faults.values())
        papers = (paper,) if paper.items or macros else ()
        return FileContents(papers=papers, refusals=refusals, leftovers=tuple(self._leftovers))

    def _marker(self, marker: Marker) -> None:
        self._append(marker)
        self._is_below_marker = True
        self._chains.clear()

    def _formula(self, text: str, places: Places, span: FormulaSpan) -> None:
        self._formula_line = places.at(max(span.start, span.end - 1)).line
        start, end = trimmed(text, span.left, span.right)
        if start == end:
            return
        place = places.at(start)
        if self._is_remark(text, span, start):
            self._append(Prose(" ".join(text[start:end].split()), place))
            return
        if self._continues(text, span, start, end):
            return
        if fault := self._excess(place, end - start):
            self.refuse(fault)
            return
        self._formulas += 1
        self._chains[span.display, span.notation] = _Chain(len(self._items), start, end)
        self._append(Formula(text[start:end], span.display, place, span.notation))

    def _is_remark(self, text: str, span: FormulaSpan, start: int) -> bool:
        """Whether a formula continues the one before it, but in brackets: `($= 2x$ if …)`."""
        before = text[max(0, span.start - _JOINT_REACH) : span.start].rstrip(" \t")
        return before.endswith("(") and _BEGINS_OPEN.match(text, start) is not None

    def _continues(self, text: str, span: FormulaSpan, start: int, end: int) -> bool:
        """Whether a formula that begins with an equals sign was added to the chain before it."""
        chain = self._chains.get((span.display, span.notation))
        if (
            chain is None
            or chain.item >= len(self._items)
            or not _BEGINS_OPEN.match(text, start, end)
        ):
            return False
        before = self._items[chain.item]
        if end - chain.start > limits.FORMULA_CHARACTERS or not isinstance(before, Formula):
            return False
        if not span.display and "=" not in before.text:
            return False
        joined = before.text.rstrip(" .,;").ljust(chain.end - chain.start)
        joined += blanked(text[chain.end : start], [(0, start - chain.end)]) + text[start:end]
        self._items[chain.item] = replace(before, text=joined)
        self._chains[span.display, span.notation] = replace(chain, end=end)
        return True

    def _excess(self, place: Place, length: int) -> Refused | None:
        if length > limits.FORMULA_CHARACTERS:
            message = f"A formula is longer than {limits.FORMULA_CHARACTERS} characters."
            return _at(place, message, "Check that its closing delimiter is there.")
        if self._formulas >= limits.FORMULAS:
            message = f"The paper has more than {limits.FORMULAS} formulas; the rest was not read."
            return _at(place, message, "Hand in only your answers.")
        return None

    def _prose(self, text: str, places: Places, start: int, end: int, ends: bool) -> None:
        """Add an item for each line, or formulas for lines without delimiters.

        `ends` means that nothing more belongs to the last line.
        """
        while start < end:
            newline = text.find("\n", start, end)
            stop = end if newline < 0 else newline
            is_whole = ends or stop < end or text[stop : stop + 1] == "\n"
            if is_whole and places.at(start).line > self._formula_line:
                stop = self._plain_line(text, places, start, stop, end)
            else:
                self._words(text, places, start, stop)
            start = stop + 1

    def _plain_line(self, text: str, places: Places, start: int, stop: int, end: int) -> int:
        """Add a line as prose and formulas; returns its end, with the lines that continue it."""
        is_behind = bool(self._items) and isinstance(self._items[-1], Marker)
        setting = Setting(is_behind, self._is_below_marker)
        for last in dict.fromkeys((logical_line(text, start, end), stop)):
            formulas = formulas_in(text, start, last, setting)
            if formulas:
                break
        line = self._formula_line
        for left, right in formulas:
            self._words(text, places, start, left)
            self._formula(text, places, FormulaSpan(left, right, left, right, True, "plain"))
            start = right
        self._formula_line = line
        self._words(text, places, start, last)
        return last

    def _words(self, text: str, places: Places, start: int, stop: int) -> None:
        line = text[start:stop]
        if line.strip(_MARKUP):
            offset = start + len(line) - len(line.lstrip())
            self._append(Prose(" ".join(line.split()), places.at(offset)))

    def _joint(self, text: str, places: Places, start: int, stop: int) -> None:
        """Add a single sign between two formulas, which joins them."""
        between = text[start:stop] if stop - start <= _JOINT_REACH else ""
        if (sign := between.strip()) in _JOINTS and between.lstrip(" \t").startswith(sign):
            self._append(Prose(sign, places.at(start)))

    def _append(self, item: Item) -> None:
        if len(self._items) < limits.ITEMS:
            self._items.append(item)
        else:
            self.refuse(_too_long(item.place))


def _too_long(place: Place) -> Refused:
    return _at(place, "The paper is too long; the rest was not read.", "Hand in less text.")


def _at(place: Place, message: str, hint: str) -> Refused:
    return Refused(message, line=place.line, column=place.column, cell=place.cell, hint=hint)
