"""Markdown and plain text → the items of a paper."""

import re
from collections.abc import Iterable, Iterator

from grader.submission.offsets import Places, Range, blanked, restored
from grader.submission.papers.builder import PaperBuilder, Stop
from grader.submission.papers.fences import Fence, fences, remarks
from grader.submission.papers.lines import line_markers
from grader.submission.papers.links import links
from grader.submission.papers.macros import definitions
from grader.submission.papers.mathematics import formulas
from grader.submission.sources import FileContents, Source

_QUOTE = re.compile(r"[ \t]*+(?:>[ \t]?)++")
_STRUCK = re.compile(r"(?<!~)~~(?=[^\s~])(?:[^~\n]++|\n(?!\s*\n)|~(?!~))*+~~(?!~)")
_LINE = re.compile(r"[^\n]++")
_COMMENT_LINE = re.compile(r"^[ \t]*+#[^\n]*+", re.MULTILINE)


def read_markdown(source: Source) -> FileContents:
    """Read a `.md` or `.txt` file."""
    builder = PaperBuilder(source.name)
    text = source.text()
    scan_markdown(text, Places(source.name, text), builder)
    return builder.found()


def scan_markdown(text: str, places: Places, builder: PaperBuilder) -> None:
    """Add the items of a Markdown text, a file or a cell, to a paper."""
    text = builder.within_limits(text, places)
    text = blanked(text, _quotes(text))
    blocks = list(fences(text))
    unsaid = [*_comments(text), *_struck(text)]
    document = blanked(text, [*unsaid, *_outside_document(blocks)])
    for link in links(document):
        builder.leave(link.what, places.at(link.start), link.text)
    for block in blocks:
        if block.says_more(text):
            builder.leave("code", places.at(block.start), text[block.left : block.right])
    macros = definitions(document)
    builder.macros(document[start:end] for start, end in macros)
    document = blanked(document, macros)
    fenced = [block.formula for block in blocks if block.formula]
    listed = [span for block in blocks for span in block.code(text)]
    spans = [*fenced, *listed, *formulas(document, markdown=True)]
    spans.sort(key=lambda span: span.start)
    plain = [(block.left, block.right) for block in blocks if block.is_text(text)]
    document = restored(document, text, plain)
    # In a listing, `# 1` is a comment, not a heading.
    lines = blanked(document, _comment_lines(document, plain))
    labels = [*line_markers(lines, spans), *remarks(text, blocks)]
    labels.sort(key=lambda found: found[0])
    markers = [
        Stop(start, label.end, builder.nesting.enter(label.parts)) for start, label in labels
    ]
    kept = sorted((span.left, span.right) for span in [*fenced, *listed])
    builder.add(restored(document, text, kept), places, spans, markers)


def _comment_lines(text: str, listings: Iterable[Range]) -> Iterator[Range]:
    for start, end in listings:
        for line in _COMMENT_LINE.finditer(text, start, end):
            yield line.span()


def _quotes(text: str) -> Iterator[Range]:
    """The `>` of quoted paragraphs, but not those that begin a line of a formula."""
    quoted, after = False, -1
    for line in _LINE.finditer(text):
        mark = _QUOTE.match(text, line.start(), line.end())
        if line.start() != after:
            quoted = mark is not None
        after = line.end() + 1
        if quoted and mark:
            yield mark.span()


def _struck(text: str) -> Iterator[Range]:
    """Text that the student struck out: `~~…~~` within a paragraph."""
    for match in _STRUCK.finditer(text):
        yield match.span()


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
