"""The tree of a paper → its items: markers, formulas and prose in reading order, within limits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader.document import nodes
from grader.document.assignments import says_more
from grader.document.nodes import Code, Document, Node, Part
from grader.document.notebook import read_notebook as notebook_of
from grader.document.offsets import blanked
from grader.document.passes import MARKUP
from grader.document.reading import read
from grader.submission import limits
from grader.submission.blanks import is_blank
from grader.submission.model import Formula, Item, Leftover, Marker, Paper, Piece, Place, Prose
from grader.submission.offsets import Places
from grader.submission.refusals import Refused
from grader.submission.sources import FileContents, Source

# Between two formulas of a line these may make one of them: `$∂l/∂z$ = $p - y$`, `$D^T r$ + $\\mu$`.
_JOINTS = frozenset({"=", ":=", ":", "+", "-", "−", ",", ";"})
_JOINT_REACH = 40  # characters between two formulas
_SHELL = {"bash", "sh", "shell", "console", "zsh"}
_SHOWN = 60  # characters of an address in a message

# A formula that begins with a relation continues the one before it.
_BEGINS_OPEN = re.compile(
    r"(?:\\begin\s{0,9}\{[A-Za-z]{1,20}\*?\}(?:\{[^{}]{0,20}\})?\s{0,99})?(?:&\s{0,9})?"
    r"(?::?=(?!=)|≈|≡|\\(?:approx|equiv|coloneqq)(?![A-Za-z]))"
)


def read_markdown(source: Source) -> FileContents:
    """Read a `.md` or `.txt` file."""
    return flattened(read([("markdown", source.text())]), source.name)


def read_latex(source: Source) -> FileContents:
    """Read a `.tex` file."""
    return flattened(read([("latex", source.text())]), source.name)


def read_notebook(source: Source) -> FileContents:
    """Read an `.ipynb` file."""
    return flattened(notebook_of(source.text()), source.name)


def read_program(source: Source) -> FileContents:
    """Read a `.py` file."""
    return flattened(read([("python", source.text())]), source.name)


def flattened(document: Document, path: str) -> FileContents:
    """The paper of a document, with what could not be read and what is left over."""
    view = _View(path)
    for part in document.parts:
        view.add(part)
    return view.found(document)


@dataclass(frozen=True, slots=True)
class _Chain:
    """A formula that may go on: its item and its range in the text."""

    item: int
    start: int
    end: int


class _View:
    def __init__(self, path: str) -> None:
        self._path = path
        self._items: list[Item] = []
        self._macros: list[str] = []
        self._faults: dict[str, Refused] = {}
        self._leftovers: list[Leftover] = []
        self._formulas = 0
        self._pieces: list[Piece] = []

    def add(self, part: Part) -> None:
        """Add the items of one part."""
        self._text = part.text
        self._macros += part.definitions
        self._places = Places(self._path, part.text, part.cell)
        self._line: list[tuple[int, int]] = []
        self._heading = 0
        self._before: nodes.Formula | None = None
        self._chains: dict[tuple[bool, str], _Chain] = {}
        self._nodes(part.nodes)
        self._end_line()

    def found(self, document: Document) -> FileContents:
        """The paper, with refusals and leftovers."""
        macros = "\n".join(self._macros)
        if len(macros) > limits.MACRO_CHARACTERS:
            message = "The definitions of macros are too long; they were not read."
            self._refuse(Refused(message, loses_answers=False))
            macros = ""
        paper = Paper(tuple(self._items), macros, document, tuple(self._pieces))
        refusals = tuple(fault.refusal(self._path) for fault in self._faults.values())
        papers = (paper,) if paper.items or macros or paper.code else ()
        return FileContents(papers=papers, refusals=refusals, leftovers=tuple(self._leftovers))

    # Nodes

    def _nodes(self, children: Iterable[Node]) -> None:
        for node in children:
            match node:
                case nodes.Words():
                    self._words(node)
                case nodes.Comment() | nodes.Struck() | nodes.Definition():
                    self._unseen(node)
                case nodes.Link() | nodes.Picture():
                    kind = "a picture" if isinstance(node, nodes.Picture) else "a link to"
                    where = self._places.at(node.start)
                    self._leave(f"{kind} `{node.target[:_SHOWN]}`", where, node.target)
                    self._words(node)
                case _:
                    self._end_line()
                    self._stop(node)

    def _stop(self, node: Node) -> None:
        match node:
            case nodes.Formula():
                self._delimited(node)
            case nodes.Marker():
                self._append(
                    Marker(node.labels, self._places.at(node.start), node.start == node.end)
                )
                self._chains.clear()
            case nodes.Unread():
                self._refuse(_at(self._places.at(node.start), node.reason, node.hint))
            case Code():
                self._code(node)
            case nodes.Heading():
                self._heading = node.level
                self._nodes(node.children)
                self._end_line()
                self._heading = 0
            case nodes.Branch():
                self._nodes(node.children)
        if not isinstance(node, nodes.Formula | nodes.Branch):
            self._before = None

    def _code(self, code: Code) -> None:
        read = [
            (child.start - code.inner, child.end - code.inner)
            for child in code.children
            if isinstance(child, nodes.Formula) and child.notation == "code"
        ]
        more = code.language not in _SHELL and says_more(code.text, 0, len(code.text), read)
        if code.program is not None:
            self._program(code, code.program, more)
        elif more or code.where == "listing":
            self._leave("code", self._places.at(code.start), code.text)
        for child in code.children:
            if isinstance(child, nodes.Formula):
                self._formula(child)
            elif isinstance(child, nodes.Marker) and child.start < child.end:
                self._stop(child)

    def _program(self, code: Code, program: str, is_left: bool) -> None:
        """Add a piece of the program."""
        blank = code.text[: code.text.find("\n") + 1]  # the rest of the line that opens a fence
        first = len(blank) if not blank.strip() else 0
        place = self._places.at(code.inner + first)
        labels: tuple[str, ...] = ()
        marks = []
        for child in code.children:
            if isinstance(child, nodes.Marker) and child.start == child.end:
                labels = child.labels
            elif isinstance(child, nodes.Marker):
                marks.append((self._places.at(child.start).line - place.line + 1, child.labels))
        text = (program.partition("\n")[2] if first else program).rstrip()
        self._pieces.append(Piece(text, place, labels, code.language, code.where, tuple(marks)))
        if is_left:
            self._leave("code", place, code.text, is_program=True)

    def _unseen(self, node: Node) -> None:
        if "\n" in self._text[node.start : node.end]:
            self._end_line()

    # Prose

    def _words(self, node: Node) -> None:
        start = node.start
        while (newline := self._text.find("\n", start, node.end)) >= 0:
            self._piece(start, newline)
            self._end_line()
            start = newline + 1
        if start < node.end:
            self._piece(start, node.end)

    def _piece(self, start: int, end: int) -> None:
        """Add a piece to the line. What is not seen between two pieces becomes a space."""
        if self._line and self._line[-1][1] == start:
            start = self._line.pop()[0]
        self._line.append((start, end))

    def _end_line(self) -> None:
        pieces, self._line = self._line, []
        text = " ".join(self._text[start:end] for start, end in pieces) if pieces else ""
        if text.strip(MARKUP):
            start = next(
                start + len(piece) - len(piece.lstrip())
                for start, end in pieces
                if (piece := self._text[start:end]).strip()
            )
            self._say(text, start, self._text[pieces[0][0] : pieces[-1][1]])

    def _say(self, text: str, start: int, exact: str) -> None:
        place = self._places.at(start)
        self._append(Prose(" ".join(text.split()), place, exact, self._heading))

    # Formulas

    def _delimited(self, node: nodes.Formula) -> None:
        if node.notation != "plain":
            if self._before is not None:
                self._joint(self._before.end, node.start)
            self._before = node
            self._formula(node)
        elif is_blank(node.text):  # `n/a`
            self._say(node.text, node.inner, node.text)
        else:
            self._formula(node)

    def _joint(self, start: int, stop: int) -> None:
        """Add a single sign between two formulas, which joins them."""
        between = self._text[start:stop] if stop - start <= _JOINT_REACH else ""
        if (sign := between.strip()) in _JOINTS and between.lstrip(" \t").startswith(sign):
            self._say(sign, start, between)

    def _formula(self, node: nodes.Formula) -> None:
        place = self._places.at(node.inner)
        if self._is_remark(node):
            self._say(node.text, node.inner, node.text)
            return
        if self._continues(node):
            return
        if self._formulas >= limits.FORMULAS:
            message = f"The paper has more than {limits.FORMULAS} formulas; the rest was not read."
            self._refuse(_at(place, message, "Hand in only your answers."))
            return
        self._formulas += 1
        end = node.inner + len(node.text)
        self._chains[node.display, node.notation] = _Chain(len(self._items), node.inner, end)
        self._append(Formula(node.text, node.display, place, node.notation, self._heading))

    def _is_remark(self, node: nodes.Formula) -> bool:
        """Whether a formula continues the one before it, but in brackets: `($= 2x$ if …)`."""
        before = self._text[max(0, node.start - _JOINT_REACH) : node.start].rstrip(" \t")
        return before.endswith("(") and _BEGINS_OPEN.match(node.text) is not None

    def _continues(self, node: nodes.Formula) -> bool:
        """Whether a formula that begins with an equals sign was added to the chain before it."""
        chain = self._chains.get((node.display, node.notation))
        if chain is None or chain.item >= len(self._items) or not _BEGINS_OPEN.match(node.text):
            return False
        before, end = self._items[chain.item], node.inner + len(node.text)
        if end - chain.start > limits.FORMULA_CHARACTERS or not isinstance(before, Formula):
            return False
        if not node.display and "=" not in before.text:
            return False
        between = self._text[chain.end : node.inner]
        joined = before.text.rstrip(" .,;").ljust(chain.end - chain.start)
        joined += blanked(between, [(0, len(between))]) + node.text
        self._items[chain.item] = replace(before, text=joined)
        self._chains[node.display, node.notation] = replace(chain, end=end)
        return True

    # Limits

    def _append(self, item: Item) -> None:
        if len(self._items) < limits.ITEMS:
            self._items.append(item)
        else:
            message = "The paper is too long; the rest was not read."
            self._refuse(_at(item.place, message, "Hand in less text."))

    def _refuse(self, fault: Refused) -> None:
        """Note what could not be read; each message once, at its first place."""
        self._faults.setdefault(fault.message, fault)

    def _leave(self, what: str, place: Place, text: str, *, is_program: bool = False) -> None:
        """Note a part that is not read: code, a picture, a link."""
        if len(self._leftovers) < limits.LEFTOVERS:
            self._leftovers.append(Leftover(what, place, text, is_program=is_program))


def _at(place: Place, message: str, hint: str | None) -> Refused:
    return Refused(message, line=place.line, column=place.column, cell=place.cell, hint=hint)
