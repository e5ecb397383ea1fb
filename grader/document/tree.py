"""Marks, which are the nodes found so far, become a tree: what is between them is words."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from grader.document.nodes import Branch, Comment, Definition, Node, Struck, Words
from grader.document.offsets import Range

# These leave no trace in a line; all other marks end the words before them.
UNSEEN = (Comment, Definition, Struck)


def overlaid(marks: Iterable[Node], nodes: Iterable[Node]) -> list[Node]:
    """Two lists of nodes as one, without those that begin in another one."""
    found: list[Node] = []
    done = 0
    order = heapq.merge(
        marks, nodes, key=lambda node: (node.start, node.start < node.end, -node.end)
    )
    for node in order:
        if node.start >= done:
            found.append(node)
            done = node.end
    return found


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


def spans(nodes: Iterable[Node]) -> Iterator[Range]:
    """The ranges of nodes."""
    return ((node.start, node.end) for node in nodes)
