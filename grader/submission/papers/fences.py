"""Fenced blocks in Markdown: mathematics, documents in a document, plain text, and programs."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from grader.submission.offsets import Range
from grader.submission.papers.mathematics import Span

_FENCE = re.compile(
    r"^[ \t]*+(?:[-*+][ \t]++)?(?P<mark>`{3,}+|~{3,}+)[ \t]*+\{?\.?(?P<language>[\w+-]{0,20})"
    r"[^`\n]*+$",
    re.MULTILINE,
)
_PARAGRAPH_END = re.compile(r"\n[ \t]*+(?=\n)|\Z")

# What a fence holds, by its language. Anything else is a program, and is never read.
_MATHEMATICS = {"math", "katex"}
_DOCUMENT = {"latex", "tex", "markdown", "md"}
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
    def formula(self) -> Span | None:
        """What it holds, if that is mathematics."""
        if self.language not in _MATHEMATICS:
            return None
        return Span(self.start, self.end, self.left, self.right, True)

    @property
    def marks(self) -> tuple[Range, Range]:
        """The lines that open and close it."""
        return (self.start, self.left), (self.right, self.end)

    @property
    def is_document(self) -> bool:
        """Whether the paper goes on inside, as in a fence of `latex`."""
        return self.language in _DOCUMENT

    @property
    def is_kept(self) -> bool:
        """Whether its text is part of the paper as it stands."""
        return self.language in _MATHEMATICS | _PLAIN


def fences(text: str) -> Iterator[Fence]:
    """The fenced blocks of a text. One that is never closed swallows at most a paragraph."""
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
