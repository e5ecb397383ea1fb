"""Helpers for these tests: documents from text, and what is checked of every tree."""

from collections.abc import Iterable

from grader.document.nodes import Branch, Document, Formula, Node, leaves
from grader.document.notebook import read_notebook
from grader.document.reading import read

FORMATS = ("markdown", "latex")


def document(text: str, format: str = "markdown") -> Document:  # noqa: A002
    """The document of one text."""
    return read_notebook(text) if format == "notebook" else read([(format, text)])


def nodes(text: str, kind: type[Node], format: str = "markdown") -> list[str]:  # noqa: A002
    """The source of every node of one kind."""
    return [part.text[node.start : node.end] for part, node in document(text, format).every(kind)]


def check(found: Document) -> None:
    """Every character of every part is in exactly one leaf, and children cover their parents."""
    for part in found.parts:
        _check_cover(part.nodes, 0, len(part.text))
        done = 0
        for leaf in leaves(part.nodes):
            assert leaf.start == done
            done = leaf.end
        assert done == len(part.text)
        for leaf in leaves(part.nodes):
            if isinstance(leaf, Formula):
                assert leaf.start <= leaf.inner <= leaf.inner + len(leaf.text) <= leaf.end


def _check_cover(children: Iterable[Node], start: int, end: int) -> None:
    for child in children:
        assert child.start == start, child
        if isinstance(child, Branch):
            _check_cover(child.children, child.start, child.end)
        start = child.end
    assert start == end
