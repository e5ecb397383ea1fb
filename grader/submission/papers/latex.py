"""LaTeX documents → the items of a paper."""

import re
from collections.abc import Iterator

from grader.submission.offsets import Places, Range, blanked
from grader.submission.papers.builder import PaperBuilder
from grader.submission.papers.comments import listed, skipped
from grader.submission.papers.links import links
from grader.submission.papers.macros import definitions
from grader.submission.papers.mathematics import formulas
from grader.submission.papers.structure import Structure
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

_BEGIN = re.compile(r"\\begin\s{0,9}\{document\}")
_END = re.compile(r"\\end\s{0,9}\{document\}")
_INPUT = re.compile(r"\\(input|include|subfile)\s{0,9}\{([^{}\n]{1,200})\}")


def read_latex(source: Source) -> FileContents:
    """Read a `.tex` file."""
    builder = PaperBuilder(source.name)
    text = source.text()
    places = Places(source.name, text)
    text = builder.within_limits(text, places)
    unread = list(skipped(text))
    for start, end in unread:
        if (code := listed(text, start, end)) is not None:
            builder.leave("code", places.at(start), code.partition("\\end{")[0])
    text = blanked(text, unread)
    macros = definitions(text)
    builder.macros(text[start:end] for start, end in macros)
    text = blanked(text, [*macros, *_outside_body(text)])
    for link in links(text):
        builder.leave(link.what, places.at(link.start), link.text)
    _refuse_inputs(text, places, builder)
    _add_body(text, places, builder)
    return builder.found()


def _outside_body(text: str) -> Iterator[Range]:
    """The preamble, and what follows the end of the document."""
    begin = _BEGIN.search(text)
    if begin:
        yield 0, begin.end()
    end = _END.search(text, begin.end() if begin else 0)
    if end:
        yield end.start(), len(text)


def _refuse_inputs(text: str, places: Places, builder: PaperBuilder) -> None:
    for match in _INPUT.finditer(text):
        place = places.at(match.start())
        builder.refuse(
            Refused(
                f"\\{match[1]}{{{match[2]}}} was ignored; the grader reads only this file.",
                line=place.line,
                column=place.column,
                hint=f"Paste the contents of {match[2]} into this file.",
            )
        )


def _add_body(text: str, places: Places, builder: PaperBuilder) -> None:
    spans = formulas(text, markdown=False)
    builder.add(text, places, spans, Structure(text, spans, builder.nesting).stops())
