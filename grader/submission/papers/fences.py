"""Fenced blocks in Markdown: mathematics, documents, plain text, and programs.

Only the lines `name = expression` of a program are read; it is never run.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.submission.offsets import Range
from grader.submission.papers.labels import Label, label_at
from grader.submission.papers.mathematics import FormulaSpan
from grader.submission.papers.nesting import QUESTION
from grader.submission.papers.plain import Setting, formulas_in, logical_line
from grader.submission.papers.programs import LANGUAGES, assignments, bound, is_program, says_more

_FENCE = re.compile(
    r"^[ \t]*+(?:[-*+][ \t]++)?(?P<mark>`{3,}+|~{3,}+)[ \t]*+\{?\.?(?P<language>[\w+-]{0,20})"
    r"[^`\n]*+$",
    re.MULTILINE,
)
_COMMENT = re.compile(r"^[ \t]*+[#%]++[ \t]*+(?P<text>[^\n]++)", re.MULTILINE)
_PARAGRAPH_END = re.compile(r"\n[ \t]*+(?=\n)|\Z")

# The content of a fence by its language. Others are data or a shell, and are never read.
_MATHEMATICS = {"math", "katex"}
_DOCUMENT = {"latex", "tex", "markdown", "md"}
_SHELL = {"bash", "sh", "shell", "console", "zsh"}
_PLAIN = {"", "text", "txt", "plain", "plaintext"}


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block with its marks, `start` to `end`, and without, `left` to `right`."""

    start: int
    end: int
    left: int
    right: int
    language: str

    @property
    def formula(self) -> FormulaSpan | None:
        """Its content, if that is mathematics."""
        if self.language not in _MATHEMATICS:
            return None
        return FormulaSpan(self.start, self.end, self.left, self.right, True)

    @property
    def marks(self) -> tuple[Range, Range]:
        """The lines that open and close it."""
        return (self.start, self.left), (self.right, self.end)

    @property
    def is_document(self) -> bool:
        """Whether the paper goes on inside, as in a fence of `latex`."""
        return self.language in _DOCUMENT

    def is_text(self, text: str) -> bool:
        """Whether it holds text, in which there may be markers too."""
        return self.language in _PLAIN and not is_program(text[self.left : self.right])

    def code(self, text: str) -> Iterator[FormulaSpan]:
        """The formulas in the lines of a listing; `text` is the paper."""
        lines: Iterator[Range] = iter(())
        if self.is_text(text):
            lines = _lines(text, self.left, self.right)
        elif self.language in LANGUAGES | _PLAIN:
            lines = assignments(text, self.left, self.right)
            for left, right in bound(text, self.left, self.right):
                yield FormulaSpan(left, right, left, right, True, "bound")
        for left, right in lines:
            yield FormulaSpan(left, right, left, right, True, "code")

    def says_more(self, text: str) -> bool:
        """Whether it has code that is not read as formulas."""
        if self.language in _MATHEMATICS | _DOCUMENT | _SHELL or self.is_text(text):
            return False
        read = assignments if self.language in LANGUAGES | _PLAIN else None
        return says_more(
            text, self.left, self.right, read(text, self.left, self.right) if read else ()
        )


def fences(text: str) -> Iterator[Fence]:
    """The fenced blocks of a text. An open one ends with its paragraph."""
    marks = list(_FENCE.finditer(text))
    closers: dict[str, list[re.Match[str]]] = defaultdict(list)
    for mark in marks:
        if not mark["language"]:
            closers[mark["mark"]].append(mark)
    done = 0
    for mark in marks:
        if mark.start() >= done:
            fence = _fence(text, mark, closers[mark["mark"]])
            done = fence.end
            yield fence


def remarks(text: str, blocks: Iterable[Fence]) -> Iterator[tuple[int, Label]]:
    """The markers in the comments of listings: `# Q9`, but not `# 9`, which may be any number."""
    for block in blocks:
        if block.language in LANGUAGES | _PLAIN:
            for comment in _COMMENT.finditer(text, block.left, block.right):
                label = label_at(text, comment.start("text"), comment.end())
                if label is not None and label.parts[0].rank[0] == QUESTION:
                    yield comment.start("text"), label


def _lines(text: str, start: int, end: int) -> Iterator[Range]:
    """The formulas in the lines of plain text."""
    while start < end:
        stop = logical_line(text, start, end)
        label = label_at(text, start, stop)
        yield from formulas_in(
            text, label.end if label else start, stop, Setting(bool(label), True)
        )
        start = stop + 1


def _fence(text: str, mark: re.Match[str], closers: list[re.Match[str]]) -> Fence:
    language = mark["language"].lower()
    index = bisect_left(closers, mark.end(), key=lambda closer: closer.start())
    if index < len(closers):
        close = closers[index]
        return Fence(mark.start(), close.end(), mark.end(), close.start(), language)
    end = mark.end()
    if language in _MATHEMATICS and (stop := _PARAGRAPH_END.search(text, end)):
        end = stop.start()
    return Fence(mark.start(), end, mark.end(), end, language)
