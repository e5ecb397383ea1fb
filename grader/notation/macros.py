r"""LaTeX as a tree of nodes; a student's own commands: `\newcommand`, `\def`, `\DeclareMathOperator`.

A node is a raw token or a group in braces. A `Stream` reads nodes and expands commands as they come up, as
TeX does. What comes from a command has the place of the command, so that an error in it points there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.signs import LOWERED, RAISED

EXPANSION_LIMIT = 1_000  # commands expanded in one formula
SIZE_LIMIT = 20_000  # nodes that expansion may add to one formula
MACRO_LIMIT = 500  # commands of one paper
NESTING_LIMIT = 80  # groups inside each other

_LENGTH = r"[-+]?+\s*+[\d.,]++\s*+(?:pt|pc|in|bp|cm|mm|dd|cc|sp|ex|em|mu)\b"
# The end of a row. The length in `\\[4pt]` has no meaning; `\\ [a, b]` begins the next row.
ROW_END = (
    rf"\\\\\*?+(?:\s*+\[\s*+(?:{_LENGTH}|[-+\d.,\s]*+\\(?:[a-z]*skip(?:amount)?|jot))\s*+\])?+"
)
_GLUE = rf"\\(?:m?kern|[hm]skip)\s*+{_LENGTH}(?:\s*+(?:plus|minus)\s*+{_LENGTH})*+"
_ACCENT = "[\u0300-\u036f\u20d7]"
_TOKEN = re.compile(
    rf"(?P<row>{ROW_END})|(?P<dots>\.\.\.)|(?P<space>[\s~\u200b-\u200d\u2060-\u2063\ufeff\ufe0e\ufe0f]+|{_GLUE})"
    r"|(?P<comment>%[^\n]*)"
    r"|(?P<command>\\(?:operatorname|tag|[hv]space|(?:re)?newcommand|providecommand|DeclareMathOperator)\*"
    r"|\\[A-Za-z]+|\\.)"
    r"|(?P<number>(?:[0-9]+(?:\{,\}[0-9]+)*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+(?![0-9.]))?)"
    rf"|(?P<accented>[^\W\d_]{_ACCENT}+)|(?P<letters>[A-Za-z]+(?!{_ACCENT}))"
    rf"|(?P<raised>[{re.escape(''.join(RAISED))}]+)|(?P<lowered>[{re.escape(''.join(LOWERED))}]+)"
    r"|(?P<sign>.)",
    re.DOTALL,
)


class Raw(NamedTuple):
    """A raw token of LaTeX; a token from a macro has the place of the macro."""

    kind: str
    text: str
    start: int
    end: int


class BraceGroup(NamedTuple):
    """Nodes in braces."""

    nodes: "tuple[Node, ...]"
    start: int
    end: int

    @property
    def kind(self) -> str:
        return "group"

    @property
    def text(self) -> str:
        return "{"


Node = Raw | BraceGroup
_new = tuple.__new__  # half the time of the constructor of NamedTuple


@dataclass(frozen=True, slots=True)
class Macro:
    """A command: its number of parameters, the default of the first, and its body."""

    parameters: int
    default: tuple[Node, ...] | None
    body: tuple[Node, ...]


def tree(text: str, start: int = 0, *, closed: bool = True) -> tuple[Node, ...]:
    """The nodes of a text that begins at `start`, without comments.

    Raises TooLarge; Unreadable if a group is not `closed`.
    """
    here: list[Node] = []
    above: list[tuple[int, list[Node]]] = []
    for match in _TOKEN.finditer(text):
        kind, written = match.lastgroup, match[0]
        begin, end = start + match.start(), start + match.end()
        if written == "{":
            if len(above) == NESTING_LIMIT:
                message = f"groups nested more than {NESTING_LIMIT} deep"
                raise TooLarge(message, text, Span(begin, end))
            above.append((begin, here))
            here = []
        elif written == "}" and above:
            opened, outer = above.pop()
            outer.append(BraceGroup(tuple(here), opened, end))
            here = outer
        elif kind == "row":
            here.append(Raw("command", "\\\\", begin, end))
        elif kind != "comment":
            here.append(_new(Raw, (kind, written, begin, end)))
    if above and closed:
        opened, _ = above[-1]
        raise Unreadable("this group is never closed", text, Span(opened, opened + 1))
    while above:
        opened, outer = above.pop()
        outer.append(BraceGroup(tuple(here), opened, start + len(text)))
        here = outer
    return tuple(here)


def text_of(nodes: Iterable[Node]) -> str:
    """The text of nodes."""
    return "".join(
        f"{{{text_of(node.nodes)}}}" if isinstance(node, BraceGroup) else node.text
        for node in nodes
    )


# Reading definitions


def definitions(text: str) -> dict[str, Macro]:
    """The commands that a paper defines; of two definitions of a name the last one counts."""
    found: dict[str, Macro] = {}
    if "\\" in text:
        _define(Stream(tree(text, closed=False), {}, text), found)
    return found


def _define(stream: "Stream", found: dict[str, Macro]) -> None:
    while (node := stream.next()) is not None and len(found) < MACRO_LIMIT:
        if isinstance(node, BraceGroup):
            _define(stream.inside(node.nodes), found)
        elif node.text in _READERS:
            names = stream.argument()
            macro = _READERS[node.text](stream)
            if len(names) == 1 and names[0].text.startswith("\\") and macro is not None:
                found[names[0].text] = macro


def _newcommand(stream: "Stream") -> Macro:
    r"""`{\name}[2][default]{body}`."""
    count, default = stream.option(), stream.option()
    parameters = int(count[0].text) if count and count[0].text.isdecimal() else 0
    return Macro(parameters, default, stream.argument())


def _operator(stream: "Stream") -> Macro | None:
    r"""`{\name}{text}`."""
    body = stream.argument()
    if not body:
        return None
    start, end = body[0].start, body[-1].end
    font = Raw("command", "\\operatorname", start, end)
    return Macro(0, None, (font, BraceGroup(body, start, end)))


def _delimiters(stream: "Stream") -> Macro:
    r"""`\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}`."""
    left, right = stream.argument(), stream.argument()
    return Macro(1, None, (*left, Raw("sign", "#", 0, 0), Raw("number", "1", 0, 0), *right))


def _def(stream: "Stream") -> Macro | None:
    r"""`\name#1#2{body}`; other delimited parameters are not read."""
    parameters = 0
    while (node := stream.peek()) is not None and node.text == "#":
        stream.next()
        number = stream.next()
        parameters += len(number.text) if number and number.text.isdecimal() else 0
    return Macro(parameters, None, stream.argument()) if isinstance(node, BraceGroup) else None


def _let(stream: "Stream") -> Macro:
    r"""`\let\name=\other`."""
    if (node := stream.peek()) is not None and node.text == "=":
        stream.next()
    return Macro(0, None, stream.argument())


_READERS: dict[str, Callable[["Stream"], Macro | None]] = {
    **dict.fromkeys(("\\newcommand", "\\renewcommand", "\\providecommand"), _newcommand),
    **dict.fromkeys(("\\newcommand*", "\\renewcommand*", "\\providecommand*"), _newcommand),
    **dict.fromkeys(("\\DeclareMathOperator", "\\DeclareMathOperator*"), _operator),
    **dict.fromkeys(("\\def", "\\gdef", "\\edef", "\\xdef"), _def),
    "\\DeclarePairedDelimiter": _delimiters,
    "\\let": _let,
}


# Reading nodes


class Budget:
    """What reading one formula may still cost: expansions, and nodes at all."""

    def __init__(self, source: str) -> None:
        self.expansions = EXPANSION_LIMIT
        self.nodes = SIZE_LIMIT + 2 * len(source)


class Stream:
    """Reads nodes in order, without spaces, and expands commands. Raises TooLarge."""

    def __init__(
        self,
        nodes: Sequence[Node],
        macros: Mapping[str, Macro],
        source: str,
        budget: Budget | None = None,
    ) -> None:
        self._waiting = list(reversed(nodes))
        self._macros = macros
        self._source = source
        self._budget = budget or Budget(source)
        self.end = 0  # of the last argument
        self._spend(nodes, 0)

    def inside(self, nodes: Sequence[Node]) -> "Stream":
        """A stream of the nodes of a group or an argument."""
        return Stream(nodes, self._macros, self._source, self._budget)

    def peek(self) -> Node | None:
        """The next node; None at the end."""
        while self._waiting:
            node = self._waiting[-1]
            if node.kind == "space":
                self._waiting.pop()
            elif node.kind == "command" and node.text in self._macros:
                self._expand(self._waiting.pop())
            elif node.text in _BRANCHES:
                self._choose(self._waiting.pop())
            else:
                return node
        return None

    def next(self) -> Node | None:
        """Take the next node."""
        node = self.peek()
        if node is not None:
            self._waiting.pop()
        return node

    def take(self, *texts: str) -> bool:
        """Whether the next node has one of these texts; if so, it is taken."""
        node = self.peek()
        if node is None or node.text not in texts:
            return False
        self._waiting.pop()
        return True

    def rest(self) -> tuple[Node, ...]:
        """Take all that is left."""
        nodes = tuple(reversed(self._waiting))
        self._waiting.clear()
        return nodes

    def put_back(self, *nodes: Node) -> None:
        """Put nodes before the next one."""
        self._waiting.extend(reversed(nodes))

    def argument(self) -> tuple[Node, ...]:
        """Take an argument as TeX does: a group without its braces, one command, letter or digit."""
        while self._waiting and self._waiting[-1].kind == "space":
            self._waiting.pop()
        if not self._waiting:
            return ()
        node = self._waiting.pop()
        self.end = node.end
        if isinstance(node, BraceGroup):
            return node.nodes
        if node.kind not in ("letters", "number") or len(node.text) == 1:
            return (node,)
        first, rest = cut(node, 1)
        self._waiting.append(rest)
        self.end = first.end
        return (first,)

    def option(self) -> tuple[Node, ...] | None:
        """Take an argument in square brackets, if there is one."""
        node = self.peek()
        if node is None or node.text != "[":
            return None
        depth = 0
        for length, node in enumerate(reversed(self._waiting), 1):
            depth += (node.text == "[") - (node.text == "]")
            if depth == 0:
                taken = self._waiting[-length:]
                del self._waiting[-length:]
                return tuple(taken[-2:0:-1])
        self._spend(self._waiting, 0)
        return None

    def _expand(self, command: Node) -> None:
        macro = self._macros[command.text]
        arguments = [self.option() or macro.default] if macro.default is not None else []
        while len(arguments) < macro.parameters:
            arguments.append(self.argument())
        body = list(_filled(macro.body, [part or () for part in arguments], command))
        self._spend((command, *body), 1)
        self._waiting.extend(reversed(body))

    def _spend(self, nodes: Sequence[Node], expansions: int) -> None:
        self._budget.expansions -= expansions
        self._budget.nodes -= len(nodes)
        if self._budget.expansions < 0 or self._budget.nodes < 0:
            written = nodes[0].text if nodes else ""
            message = f"`{written}` expands without end, or into too many tokens"
            span = Span(nodes[0].start, nodes[0].end) if nodes else None
            raise TooLarge(message, self._source, span)

    def _choose(self, test: Node) -> None:
        r"""Keep one branch of `\ifmmode … \else … \fi`; a formula is mathematics."""
        branches: list[list[Node]] = [[], []]
        depth, which = 1, 0
        while self._waiting and depth:
            node = self._waiting.pop()
            depth += (node.text in _BRANCHES) - (node.text == "\\fi")
            if depth == 1 and node.text == "\\else":
                which = 1
            elif depth:
                branches[which].append(node)
        self._waiting.extend(reversed(branches[_BRANCHES[test.text]]))


_BRANCHES = {"\\ifmmode": 0, "\\iftrue": 0, "\\iffalse": 1}


def _filled(
    body: Iterable[Node], arguments: Sequence[tuple[Node, ...]], command: Node
) -> Iterator[Node]:
    """A body with its arguments for `#1`, `#2`; `#12` is the first argument, then a 2."""
    nodes = iter(body)
    place = (command.start, command.end)
    for node in nodes:
        if isinstance(node, BraceGroup):
            yield BraceGroup(tuple(_filled(node.nodes, arguments, command)), *place)
        elif node.text != "#":
            yield Raw(node.kind, node.text, *place)
        elif (number := next(nodes, None)) is not None and number.text[0].isdecimal():
            which = int(number.text[0])
            yield from arguments[which - 1] if 1 <= which <= len(arguments) else ()
            if len(number.text) > 1:
                yield Raw("number", number.text[1:], *place)


def cut(raw: Raw, length: int) -> tuple[Raw, Raw]:
    """A raw token as two; text from a macro has the place of the macro."""
    at = raw.start + length if raw.end - raw.start == len(raw.text) else raw.end
    return (
        Raw(raw.kind, raw.text[:length], raw.start, at),
        Raw(raw.kind, raw.text[length:], min(at, raw.end), raw.end),
    )
