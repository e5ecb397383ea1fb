"""A text → its document."""

from collections.abc import Callable, Iterable, Iterator

from grader.document.draft import Draft, outside
from grader.document.latex import Latex
from grader.document.limits import CHARACTERS, LINES
from grader.document.markdown import Markdown, quotes
from grader.document.nesting import Numbered
from grader.document.nodes import Code, Definition, Document, Part, Unread, Words, overlaid
from grader.document.offsets import normalised
from grader.document.passes import PASSES

SAVE_AGAIN = "Open it in Jupyter, save it again, and hand in the .ipynb file."

# Its kind ("markdown", "latex", "code", "nothing", or "broken" if it has no text), and its text.
Cell = tuple[str, str]


def read(cells: Iterable[Cell], *, numbered: bool = False) -> Document:
    """The document of a text, or of the cells of a notebook, which are `numbered`."""
    parts = list(_parts(cells, numbered))
    drafts = [part for part in parts if isinstance(part, Draft)]
    for run in PASSES:
        run(drafts)
    return Document(tuple(_part(part) if isinstance(part, Draft) else part for part in parts))


def _parts(cells: Iterable[Cell], numbered: bool) -> Iterator[Draft | Part]:
    """Cells of code as they are, and texts as drafts, as long as there is room for them."""
    lines, room = LINES, CHARACTERS
    for at, (kind, text) in enumerate(cells, start=1):
        text, cell = normalised(text), at if numbered else None
        if kind in _SCANNED and len(text) <= room:
            end = _end_of_lines(text, lines)
            room, lines = room - len(text) - 1, max(0, lines - text.count("\n") - 1)
            draft = _SCANNED[kind](text[:end])
            draft.text, draft.cell = text, cell
            yield draft
        elif kind in _SCANNED:
            message = f"There is more than {CHARACTERS / 1e6:g} MB of text; the rest was not read."
            yield Part(text, (Unread(0, len(text), message, "Hand in only your answers."),), cell)
            return
        elif kind == "broken":
            yield Part(text, (Unread(0, 0, f"Cell {at} has no text.", SAVE_AGAIN),), cell)
        else:
            code = Code(0, len(text), (Words(0, len(text)),), "", text, 0, "cell")
            yield Part(text, (code,) if text else (), cell)


def _part(draft: Draft) -> Part:
    """A draft with what is before and behind its body."""
    opaque, end, last = draft.scan.opaque, len(draft.scan.source), len(draft.text)
    nodes = [*outside(opaque, 0, draft.start), *draft.marks, *outside(opaque, draft.end, end)]
    if end < last:
        message = "The paper is too long; the rest was not read."
        nodes.append(Unread(end, last, message, "Hand in less text."))
    definitions = (draft.text[one.start : one.end] for one in opaque if isinstance(one, Definition))
    return Part(draft.text, tuple(nodes), draft.cell, tuple(definitions))


def _markdown(text: str) -> Draft:
    quoted = list(quotes(text))
    scan = Markdown(text, [mark for _, marks in quoted for mark in marks])
    return Draft(scan, 0, len(text), scan.nodes(0, len(text)), quoted, scan.fenced)


def _latex(text: str) -> Draft:
    scan = Latex(text)
    start, end = scan.body
    marks = scan.nodes(start, end)
    marks = overlaid(marks, [Numbered(end - 1, end) for _, end, _ in scan.headings])
    return Draft(scan, start, end, marks, [], [], scan.headings, scan.tables)


_SCANNED: dict[str, Callable[[str], Draft]] = {"markdown": _markdown, "latex": _latex}


def _end_of_lines(text: str, room: int) -> int:
    """Where a text ends that has at most so many lines."""
    at = -1
    for _ in range(room):
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
    return max(at, 0)
