"""The structure of a LaTeX document: its commands, and the markers that they make."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.submission.papers.builder import Stop
from grader.submission.papers.labels import Label, label_at
from grader.submission.papers.lines import line_markers
from grader.submission.papers.lists import LISTS, QUESTION_ENVIRONMENTS, QUESTION_RANK, Lists
from grader.submission.papers.macros import matching_braces
from grader.submission.papers.mathematics import FormulaSpan
from grader.submission.papers.nesting import LabelPart, Nesting, Rank

_COMMAND = re.compile(
    r"\\(?:(?P<edge>begin|end)\s{0,9}\{(?P<environment>[A-Za-z]{1,40})\*?\}"
    r"|(?P<heading>part|chapter|section|subsection|subsubsection|paragraph|subparagraph)"
    r"\*?\s{0,9}(?=\{)"
    r"|(?P<item>item)(?![A-Za-z])"
    r"|(?P<numbered>titledquestion|question|subsubpart|subpart|part)(?![A-Za-z])"
    r"|(?P<counter>setcounter|addtocounter)\s{0,9}\{(?P<name>\w{1,40})\}\s{0,9}"
    r"\{\s{0,9}(?P<value>-?\d{1,4})\s{0,9}\}"
    r"|[\s\S])"
)
_OPTIONS = re.compile(r"\s{0,9}\[([^\[\]\n]{0,200})\]")
_ARGUMENT = re.compile(r"\s{0,9}\{([^{}\n]{0,200})\}")
_LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}


class Structure:
    """Walks over the commands of a document and collects its markers."""

    def __init__(self, text: str, spans: Sequence[FormulaSpan], nesting: Nesting) -> None:
        self._text = text
        self._spans = spans
        self._starts = [span.start for span in spans]
        self._braces = matching_braces(text)
        self._nesting = nesting
        self._lists = Lists()
        self._stops: list[Stop] = []
        self._done = 0

    def stops(self) -> list[Stop]:
        """The markers and the commands of the document, in reading order."""
        labels = deque(line_markers(self._text, self._spans))
        for match in self._commands():
            while labels and labels[0][0] < match.start():
                self._typed(*labels.popleft())
            self._command(match)
        for start, label in labels:
            self._typed(start, label)
        return self._stops

    def _commands(self) -> Iterator[re.Match[str]]:
        """The commands outside of formulas."""
        for match in _COMMAND.finditer(self._text):
            if match.lastgroup and not self._is_in_formula(match.start()):
                yield match

    def _is_in_formula(self, offset: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and offset < self._spans[index].end

    def _command(self, match: re.Match[str]) -> None:
        if match["edge"]:
            self._edge(match)
        elif match["heading"] == "part" and self._lists.has_parts:
            self._numbered("part", match)
        elif match["heading"]:
            self._heading(match)
        elif match["item"]:
            self._item(match)
        elif match["numbered"]:
            self._numbered(match["numbered"], match)
        else:
            relative = match["counter"] == "addtocounter"
            self._lists.set(match["name"], int(match["value"]), relative=relative)
            self._stop(match.start(), match.end())

    def _edge(self, match: re.Match[str]) -> None:
        name, end = match["environment"], match.end()
        if match["edge"] == "end":
            rank = self._lists.end(name)
            if rank:
                self._nesting.close(rank)
        elif name in LISTS:
            options = _OPTIONS.match(self._text, end)
            self._lists.begin(name, options[1] if options else "")
            end = options.end() if options else end
        elif name.lower() in QUESTION_ENVIRONMENTS:
            self._question_environment(name.lower(), match)
            return
        self._stop(match.start(), end)

    def _question_environment(self, name: str, match: re.Match[str]) -> None:
        r"""`\begin{problem}`, numbered by LaTeX or by itself: `\begin{problem}[3]`."""
        argument = _OPTIONS.match(self._text, match.end()) or _ARGUMENT.match(
            self._text, match.end()
        )
        label = self._label(argument.start(1), argument.end(1), alone=True) if argument else None
        if argument is None or label is None:
            self._stop(match.start(), match.end(), (self._lists.environment(name),))
            return
        part = replace(label.parts[0], rank=QUESTION_RANK)
        if part.text.isdigit():
            self._lists.set(name, int(part.text))
        self._stop(match.start(), argument.end(), (part, *label.parts[1:]))

    def _heading(self, match: re.Match[str]) -> None:
        left = match.end() + 1
        right = self._braces.get(match.end(), len(self._text))
        label = label_at(self._text, left, right, heading=_LEVELS[match["heading"]])
        if label is None:
            self._stop(match.start(), left)
        else:
            self._stop(match.start(), label.end, label.parts)
        if right >= self._done:
            self._stops.append(Stop(right, right + 1))

    def _item(self, match: re.Match[str]) -> None:
        options = _OPTIONS.match(self._text, match.end())
        if options:
            label = self._label(options.start(1), options.end(1), alone=True)
            parts = _reranked(label.parts, self._lists.rank) if label else ()
            self._stop(match.start(), options.end(), parts)
            return
        number = self._lists.item()
        label = self._label(match.end(), self._end_of_line(match.end()))
        parts = (number,) if number else ()
        end = label.end if label else match.end()
        self._stop(match.start(), end, parts + (label.parts if label else ()))

    def _numbered(self, name: str, match: re.Match[str]) -> None:
        r"""`\question[5]`: the brackets hold points."""
        points = _OPTIONS.match(self._text, match.end())
        end = points.end() if points else match.end()
        self._stop(match.start(), end, (self._lists.command(name),))

    def _label(self, start: int, end: int, *, alone: bool = False) -> Label | None:
        """The label typed at `start`; with `alone`, only if nothing else is there, as in `[7]`."""
        return label_at(self._text, start, end, heading=1 if alone else 0)

    def _end_of_line(self, start: int) -> int:
        """The end of the line, or the start of its first formula."""
        newline = self._text.find("\n", start)
        end = len(self._text) if newline < 0 else newline
        index = bisect_right(self._starts, start - 1)
        return min([end, *self._starts[index : index + 1]])

    def _typed(self, start: int, label: Label) -> None:
        """A marker that the author typed at the start of a line."""
        if start >= self._done:
            self._stop(start, label.end, label.parts)

    def _stop(self, start: int, end: int, parts: tuple[LabelPart, ...] = ()) -> None:
        labels = self._nesting.enter(parts) if parts else ()
        self._stops.append(Stop(start, end, labels))
        self._done = max(self._done, end)


def _reranked(parts: tuple[LabelPart, ...], rank: Rank) -> tuple[LabelPart, ...]:
    return (replace(parts[0], rank=rank), *parts[1:])
