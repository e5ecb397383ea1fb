"""Listings as nodes: their text, the program that it is, and the question labels in its comments."""

import re
from collections.abc import Iterator
from dataclasses import replace

from grader.document.draft import Draft
from grader.document.labels import label_at
from grader.document.lists import QUESTION_RANK
from grader.document.nesting import NUMBER, Numbered
from grader.document.nodes import Code, Node
from grader.document.programs import program_of

# `# Q3`, `#### 2(a)`, `# ---- Question 4 ----`, `# %% (b)`
_REMARK = re.compile(r"^[ \t]*+#[ \t#%=*~–—-]*+(?P<text>[^\n]++)", re.MULTILINE)


def listing(
    source: str, start: int, end: int, left: int, right: int, *, language: str, where: str
) -> Code:
    """The code between `left` and `right`, within a node from `start` to `end`."""
    text = source[left:right]
    program = program_of(text, language)
    labels = tuple(_labels(source, left, right)) if program is not None else ()
    return Code(start, end, labels, language, text, left, where, program)


def _labels(source: str, left: int, right: int) -> Iterator[Numbered]:
    """The comments that name a question. A number alone in a comment may count anything."""
    for remark in _REMARK.finditer(source, left, right):
        label = label_at(source, remark.start("text"), remark.end())
        if label is None:
            continue
        first, *others = label.parts
        if first.rank[0] == NUMBER:
            first = replace(first, rank=QUESTION_RANK)
        if others or label.parts[0].rank[0] != NUMBER:
            yield Numbered(remark.start("text"), label.end, (first, *others))


class ProgramText(Draft):
    """A text that is a program as a whole: a file, or a cell of a notebook."""

    place = "file"

    def _tokenize(self) -> None:
        """Nothing: there are no constructs."""

    def nodes(self, start: int, end: int) -> list[Node]:
        """The listing, if there is any text."""
        if start == end:
            return []
        whole = (start, end, start, end)
        return [listing(self.source, *whole, language="python", where=self.place)]


class CodeCell(ProgramText):
    """A cell of a notebook with code."""

    place = "cell"
