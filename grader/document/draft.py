"""A text on its way to a tree: a table of constructs, one pass for tokens and one for nodes.

A format is a dictionary of constructs in order; the first that matches at a place is its token. Every
search for a closing delimiter is a bisection in sorted offsets, so any text takes linear time.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from grader.document.nodes import Code, Markup, Node, Struck
from grader.document.offsets import Range, blanked
from grader.document.tree import gaps, overlaid, spans

# What comes before an opening delimiter on its line is looked at no further back.
REACH = 40

# Lines of a box, but not of an arrow: `←──`.
_FRAME = re.compile(r"(?<![←-⇿▲-◄─-╿])[─-╿]*[│┃┆┇┊┋┌-╋╎╏║-╰][─-╿]*+(?![←-⇿▲-◄])")
_BRACE = re.compile(r"\\[\s\S]|%[^\n]*+|[{}]")
_BRACE_OR_PERCENT = re.compile(r"\\[\s\S]|[{}]")


class Construct(NamedTuple):
    """One row of a format's table.

    `take` is called in the first pass. A node that it returns is opaque: no token begins in it,
    and its text is blank to all others. `read` is called in the second pass, unless an earlier node covers
    the token.
    """

    pattern: str
    take: "Callable[[Any, re.Match[str]], Node | None] | None" = None
    read: "Callable[[Any, re.Match[str]], Node | None] | None" = None


class Draft:
    """One text, and what is known of it so far.

    `text` is the source with spaces for all that is opaque, `view` also for what is struck out. `marks` are
    the nodes found so far, in order, between `start` and `end`: the body of the document.
    """

    constructs: ClassVar[Mapping[str, Construct]] = {}
    tokens: ClassVar[re.Pattern[str]]
    has_comments = False  # whether `%` begins a comment

    def __init_subclass__(cls) -> None:
        rows = cls.constructs.items()
        cls.tokens = re.compile("|".join(f"(?P<{name}>{row.pattern})" for name, row in rows))

    def __init__(self, source: str) -> None:
        self.source = self.text = self.whole = source
        self.cell: int | None = None
        self.start, self.end = 0, len(source)
        self.done = 0  # where the last node ended
        self.where: dict[str, list[int]] = defaultdict(list)
        self._tokens: list[tuple[int, Construct | None, Any]] = []
        self._found: dict[str, dict[str, list[Range]]] = {}
        self._is_struck = False
        self.opaque: list[Node] = []
        self.headings: list[tuple[int, int, int]] = []  # start, end, level
        self.tables: list[Range] = []
        self.quotes: list[Range] = []
        self.signs: list[Range] = []  # `>` of quotes, lines of boxes
        self.fenced: list[Range] = []  # text in fences
        self._tokenize()
        self.text = blanked(source, spans(self.opaque))
        self.start, self.end = self.body()
        self.marks = self.nodes(self.start, self.end)
        frames = (
            []
            if source.isascii()
            else [m.span() for m in _FRAME.finditer(self.text, self.start, self.end)]
        )
        struck = (mark for mark in self.marks if isinstance(mark, Struck))
        self.view = blanked(self.text, [*spans(struck), *frames])
        self.signs = sorted([*self.signs, *frames])

    def body(self) -> Range:
        """The range that is read."""
        return 0, len(self.source)

    def add(self, nodes: Iterable[Node]) -> None:
        """Add nodes in order. One that covers others takes their place."""
        self.marks = overlaid(self.marks, nodes)

    def gaps(self) -> Iterator[tuple[int, int, Node | None]]:
        """The ranges of words, each with the mark that ends it; unseen marks may be in them."""
        return gaps(self.marks, self.start, self.end)

    def _tokenize(self) -> None:
        at = 0
        while match := self.tokens.search(self.source, at):
            name = match.lastgroup or ""
            row, start, at = self.constructs[name], match.start(), match.end()
            self.where[name].append(start)
            node = row.take(self, match) if row.take else None
            if node is not None:
                self._tokens.append((node.start, None, node))
                at = max(at, node.end)
                if not isinstance(node, Markup):
                    self.opaque.append(node)
                if isinstance(node, Code):
                    self.where["blank"].append(node.start)
            elif row.read:
                self._tokens.append((start, row, match))

    def nodes(self, start: int, end: int) -> list[Node]:
        """The nodes in a range, in order; what is between them is words."""
        found: list[Node] = []
        outer, self.end, self.done = self.end, end, start
        first = bisect_left(self._tokens, start, key=lambda token: token[0])
        for index in range(first, len(self._tokens)):
            at, row, token = self._tokens[index]
            if at >= end:
                break
            if at < self.done:
                continue
            node = token if row is None else row.read(self, token) if row.read else None
            if node is not None:
                self.done = node.end
                found.append(node)
        self.end = outer
        return found

    def next(self, kind: str, offset: int) -> int:
        """The offset of the next token of a kind; past the end if there is none."""
        where = self.where[kind]
        index = bisect_left(where, offset)
        return where[index] if index < len(where) and where[index] < self.end else self.end + 1

    def find(self, pattern: str, offset: int, name: str = "") -> Range | None:
        """The first match of a pattern at or after an offset, whose group is `name` if it has one."""
        if pattern not in self._found:
            self._found[pattern] = defaultdict(list)
            for match in re.finditer(pattern, self.source, re.MULTILINE | re.IGNORECASE):
                group = match[1].lower() if match.lastindex else ""
                self._found[pattern][group].append(match.span())
        ranges = self._found[pattern][name.lower()]
        index = bisect_left(ranges, (offset, 0))
        return ranges[index] if index < len(ranges) else None

    def paragraph_end(self, offset: int) -> int:
        """Where the paragraph of an offset ends."""
        return min(self.next("blank", offset), self.end)

    def struck(self, start: int, left: int, right: int, end: int) -> Node | None:
        """Text that is struck out, with its formulas; it does not nest."""
        if self._is_struck or right >= self.end:
            return None
        self._is_struck = True
        inside = self.nodes(left, right)
        self._is_struck = False
        return Struck(start, end, (Markup(start, left), *inside, Markup(right, end)))

    @cached_property
    def braces(self) -> dict[int, int]:
        """Each opening brace with its closing one."""
        opened: list[int] = []
        pairs = {}
        pattern = _BRACE if self.has_comments else _BRACE_OR_PERCENT
        for match in pattern.finditer(self.source):
            if match[0] == "{":
                opened.append(match.start())
            elif match[0] == "}" and opened:
                pairs[opened.pop()] = match.start()
        return pairs
