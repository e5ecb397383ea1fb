"""Markdown and plain text → the items of a paper."""

import re
from collections.abc import Iterable, Iterator

from grader.submission.offsets import Places, Range, blanked, restored
from grader.submission.papers.builder import PaperBuilder, Stop
from grader.submission.papers.fences import Fence, fences
from grader.submission.papers.lines import line_markers
from grader.submission.papers.macros import definitions
from grader.submission.papers.mathematics import formulas
from grader.submission.sources import Found, Source

_QUOTE = re.compile(r"[ \t]*+(?:>[ \t]?)++")
_LINE = re.compile(r"[^\n]++")


def read_markdown(source: Source) -> Found:
    """Reads a `.md` or `.txt` file."""
    builder = PaperBuilder(source.name)
    text = source.text()
    scan_markdown(text, Places(source.name, text), builder)
    return builder.found()


def scan_markdown(text: str, places: Places, builder: PaperBuilder) -> None:
    """Adds the items of one Markdown text, a file or a cell, to a paper."""
    text = builder.within_limits(text, places)
    text = blanked(text, _quotes(text))
    blocks = list(fences(text))
    document = blanked(text, [*_comments(text), *_outside_document(blocks)])
    macros = definitions(document)
    builder.macros(document[start:end] for start, end in macros)
    document = blanked(document, macros)
    fenced = [block.formula for block in blocks if block.formula]
    spans = sorted([*fenced, *formulas(document, markdown=True)], key=lambda span: span.start)
    markers = [
        Stop(start, label.end, builder.nesting.enter(label.parts))
        for start, label in line_markers(document, spans)
    ]
    kept = [(block.left, block.right) for block in blocks if block.is_kept]
    builder.add(restored(document, text, kept), places, spans, markers)


def _quotes(text: str) -> Iterator[Range]:
    """The `>` before the lines of quoted paragraphs; a line of a formula may begin with one too."""
    quoted, after = False, -1
    for line in _LINE.finditer(text):
        mark = _QUOTE.match(text, line.start(), line.end())
        if line.start() != after:
            quoted = mark is not None
        after = line.end() + 1
        if quoted and mark:
            yield mark.span()


def _comments(text: str) -> Iterator[Range]:
    """The HTML comments, such as the prompts of a template."""
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start)) >= 0:
        yield start, end + 3
        start = text.find("<!--", end)


def _outside_document(blocks: Iterable[Fence]) -> Iterator[Range]:
    for block in blocks:
        if block.is_document:
            yield from block.marks
        else:
            yield block.start, block.end
