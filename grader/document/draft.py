"""A text on its way to a tree: its marks in order; what is between them is words."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.document.mathematics import Mathematics
from grader.document.nodes import Branch, Comment, Definition, Markup, Node, Struck, Words, overlaid
from grader.document.offsets import Range, blanked

# These leave no trace in a line; all other marks end the words before them.
UNSEEN = (Comment, Definition, Struck)

# Lines of a box, but not of an arrow: `←──`.
_FRAME = re.compile(r"(?<![←-⇿▲-◄─-╿])[─-╿]*[│┃┆┇┊┋┌-╋╎╏║-╰][─-╿]*+(?![←-⇿▲-◄])")


@dataclass(slots=True)
class Draft:
    """One text and what is known of it so far. `view` has spaces for what is not said."""

    scan: Mathematics
    start: int
    end: int
    marks: list[Node]
    quotes: list[tuple[Range, list[Range]]] = field(default_factory=list)
    fenced: list[Range] = field(default_factory=list)
    headings: list[tuple[int, int, int]] = field(default_factory=list)
    tables: list[Range] = field(default_factory=list)
    view: str = ""
    text: str = ""
    cell: int | None = None
    frames: list[Range] = field(default_factory=list)

    def __post_init__(self) -> None:
        text = self.scan.text
        if not text.isascii():
            self.frames = [match.span() for match in _FRAME.finditer(text)]
        struck = [(mark.start, mark.end) for mark in self.marks if isinstance(mark, Struck)]
        self.view = blanked(text, [*struck, *self.frames])

    def add(self, nodes: Iterable[Node]) -> None:
        """Add nodes in order. One that covers others takes their place."""
        self.marks = overlaid(self.marks, nodes)

    def gaps(self) -> Iterator[tuple[int, int, Node | None]]:
        """The ranges of words, each with the mark that ends it; unseen marks may be in them."""
        return gaps(self.marks, self.start, self.end)


def gaps(marks: Iterable[Node], start: int, end: int) -> Iterator[tuple[int, int, Node | None]]:
    """The ranges between marks that can be seen, each with the mark that ends it."""
    for mark in marks:
        if not isinstance(mark, UNSEEN):
            yield start, mark.start, mark
            start = mark.end
    yield start, end, None


def filled(
    marks: Iterable[Node], start: int, end: int, between: Callable[[int, int], Node] = Words
) -> list[Node]:
    """The marks with words between them, so that all of a range is covered."""
    found: list[Node] = []
    for mark in marks:
        if start < mark.start:
            found.append(between(start, mark.start))
        if isinstance(mark, Branch):
            mark = replace(mark, children=tuple(filled(mark.children, mark.start, mark.end)))
        found.append(mark)
        start = mark.end
    if start < end:
        found.append(between(start, end))
    return found


def wrapped(
    nodes: Sequence[Node],
    ranges: Iterable[Range],
    wrap: Callable[[int, int, tuple[Node, ...]], Node],
) -> list[Node]:
    """The nodes, those in each range as children of one node, with any that cross its ends."""
    found: list[Node] = []
    ahead = deque(nodes)
    for start, end in ranges:
        inside: list[Node] = []
        while ahead and ahead[0].start < end:
            node = ahead.popleft()
            if isinstance(node, Words) and node.start < start < node.end:
                found.append(Words(node.start, start))
                node = Words(start, node.end)
            if isinstance(node, Words) and node.end > end:
                ahead.appendleft(Words(end, node.end))
                node = Words(node.start, end)
            (inside if node.end > start else found).append(node)
        if inside:
            found.append(wrap(inside[0].start, inside[-1].end, tuple(inside)))
    return [*found, *ahead]


def outside(opaque: Iterable[Node], start: int, end: int) -> list[Node]:
    """What is outside the body of a document: its definitions and comments, the rest markup."""
    kept = (node for node in opaque if isinstance(node, (Comment, Definition)))
    return filled(
        (node for node in kept if start <= node.start and node.end <= end), start, end, Markup
    )
