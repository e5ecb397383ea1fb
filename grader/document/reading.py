"""A text → its document."""

from collections.abc import Iterable, Iterator

from grader.document.draft import Draft
from grader.document.latex import Latex
from grader.document.limits import CHARACTERS, LINES, PROGRAM_CHARACTERS
from grader.document.listing import CodeCell, ProgramText
from grader.document.markdown import Markdown
from grader.document.nodes import (
    Code,
    Comment,
    Definition,
    Document,
    Markup,
    Node,
    Part,
    Unread,
    Words,
)
from grader.document.offsets import normalised
from grader.document.passes import PASSES
from grader.document.tree import filled

SAVE_AGAIN = "Open it in Jupyter, save it again, and hand in the .ipynb file."

_FORMATS: dict[str, type[Draft]] = {"markdown": Markdown, "latex": Latex}
_PROGRAMS: dict[str, type[Draft]] = {"python": ProgramText, "cell": CodeCell}

# Its kind ("markdown", "latex", "python", "cell" in Python, "code" in another language, "nothing", or
# "broken" if it has no text), and its text.
Cell = tuple[str, str]


def read(cells: Iterable[Cell], *, numbered: bool = False) -> Document:
    """The document of a text, or of the cells of a notebook, which are `numbered`."""
    parts = list(_parts(cells, numbered))
    drafts = [part for part in parts if isinstance(part, Draft)]
    for run in PASSES:
        run(drafts)
    return Document(tuple(_part(part) if isinstance(part, Draft) else part for part in parts))


def _parts(cells: Iterable[Cell], numbered: bool) -> Iterator[Draft | Part]:
    """Texts as drafts, as long as there is room for them; long programs as they are."""
    lines, room = LINES, CHARACTERS
    for at, (kind, text) in enumerate(cells, start=1):
        text, cell = normalised(text), at if numbered else None
        if kind in _FORMATS and len(text) <= room:
            end = _end_of_lines(text, lines)
            room, lines = room - len(text) - 1, max(0, lines - text.count("\n") - 1)
            draft = _FORMATS[kind](text[:end])
            draft.whole, draft.cell = text, cell
            yield draft
        elif kind in _FORMATS:
            message = f"There is more than {CHARACTERS / 1e6:g} MB of text; the rest was not read."
            yield Part(text, (Unread(0, len(text), message, "Hand in only your answers."),), cell)
            return
        elif kind in _PROGRAMS and len(text) <= PROGRAM_CHARACTERS:
            draft = _PROGRAMS[kind](text)
            draft.cell = cell
            yield draft
        elif kind == "broken":
            yield Part(text, (Unread(0, 0, f"Cell {at} has no text.", SAVE_AGAIN),), cell)
        else:
            where = "cell" if numbered else "file"
            code = Code(0, len(text), (Words(0, len(text)),), "", text, 0, where)
            yield Part(text, (code,) if text else (), cell)


def _part(draft: Draft) -> Part:
    """A draft with what is before and behind its body."""
    end, whole = len(draft.source), draft.whole
    nodes = [*_outside(draft, 0, draft.start), *draft.marks, *_outside(draft, draft.end, end)]
    if end < len(whole):
        message = "The paper is too long; the rest was not read."
        nodes.append(Unread(end, len(whole), message, "Hand in less text."))
    definitions = (
        whole[one.start : one.end] for one in draft.opaque if isinstance(one, Definition)
    )
    return Part(whole, tuple(nodes), draft.cell, tuple(definitions))


def _outside(draft: Draft, start: int, end: int) -> list[Node]:
    """What is outside the body: definitions and comments, the rest markup."""
    inside = (node for node in draft.opaque if start <= node.start and node.end <= end)
    return filled((n for n in inside if isinstance(n, (Comment, Definition))), start, end, Markup)


def _end_of_lines(text: str, room: int) -> int:
    """Where a text ends that has at most so many lines."""
    at = -1
    for _ in range(room):
        at = text.find("\n", at + 1)
        if at < 0:
            return len(text)
    return max(at, 0)
