"""The tree of a document: its nodes, each with its range of characters in the text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a text, from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words(Node):
    """Text between all other nodes, with its emphasis and its code in a line."""


@dataclass(frozen=True, slots=True)
class Markup(Node):
    r"""Signs of the format: `\item`, the line that opens a fence, the preamble."""


@dataclass(frozen=True, slots=True)
class Comment(Node):
    r"""Text that no reader sees: `<!-- … -->`, `% …`, `\iffalse … \fi`."""


@dataclass(frozen=True, slots=True)
class Definition(Node):
    r"""A definition of a command: `\newcommand`, `\def`, `\DeclareMathOperator`."""


@dataclass(frozen=True, slots=True)
class Marker(Node):
    """A question marker. `labels` is its path from the outside in, such as ("1", "b").

    It is empty where a heading without a number ends the questions before it.
    """

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Formula(Node):
    r"""Mathematics with its delimiters.

    `text` is what is between them, with spaces for comments; it begins at `inner`. An environment such
    as `align*` keeps its `\begin` and `\end`. `notation` is "latex" between delimiters, "plain" without,
    "code" for an assignment in a listing, and "bound" for a name that a listing changes unseen.
    """

    text: str
    inner: int
    display: bool
    notation: str = "latex"


@dataclass(frozen=True, slots=True)
class Picture(Node):
    """A picture, and the file or address that it is in."""

    target: str


@dataclass(frozen=True, slots=True)
class Link(Node):
    """A link, an address, or the name of a file."""

    target: str


@dataclass(frozen=True, slots=True)
class Unread(Node):
    """A part that is not read, and the reason."""

    reason: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """A node with children, which cover it."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Heading(Branch):
    """A heading; `level` is 1 for the outermost."""

    level: int


@dataclass(frozen=True, slots=True)
class Quote(Branch):
    """A quoted paragraph."""


@dataclass(frozen=True, slots=True)
class Table(Branch):
    """A table."""


@dataclass(frozen=True, slots=True)
class Struck(Branch):
    r"""Text that is struck out: `~~…~~`, `<del>…</del>`, `\sout{…}`."""


@dataclass(frozen=True, slots=True)
class Code(Branch):
    """A listing: its language, its text, and where that begins.

    `where` is "fence", "listing", "cell" or "file". `program` is the text in Python, line by line, if it is
    surely a program. Its markers are the labels in force where it begins, and those in its comments.
    """

    language: str
    text: str
    inner: int
    where: str
    program: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One text, a file or a cell of a notebook, and its nodes in order.

    `definitions` are those of all commands, also inside formulas.
    """

    text: str
    nodes: tuple[Node, ...]
    cell: int | None = None
    definitions: tuple[str, ...] = ()


N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Document:
    """A document: a file in one part, or a notebook in many."""

    parts: tuple[Part, ...] = field(default=())

    def every(self, kind: type[N]) -> Iterator[tuple[Part, N]]:
        """The nodes of one kind at any depth, each with its part."""
        for part in self.parts:
            for node in _below(part.nodes):
                if isinstance(node, kind):
                    yield part, node


def leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes without children, in reading order."""
    return (node for node in _below(nodes) if not isinstance(node, Branch))


def _below(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, Branch):
            yield from _below(node.children)
