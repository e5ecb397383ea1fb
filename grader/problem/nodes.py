"""YAML's nodes: composes them within limits, and finds a character of one in the text."""

import re
from collections.abc import Iterator

import yaml

from grader.problem.syntax import RefusedYaml

MAX_NODES = 20_000
MAX_DEPTH = 50

# One match in a quoted scalar, as written, is one character of its value.
_UNITS = {"'": r"''|.", '"': r"\\(?:x..|u.{4}|U.{8}|.)|."}


class Loader(yaml.SafeLoader):
    """Composes nodes and constructs nothing. Raises yaml.YAMLError, also for too many or too deep ones."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._count = 0
        self._depth = 0

    def root(self) -> yaml.Node:
        """The root node of the only document; it is safe to walk."""
        root = self.get_single_node()
        if root is None:
            raise RefusedYaml("the file is empty; a problem needs `id` and `questions`", None)
        _measure(root, {})
        return root

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Count before the recursion: a megabyte of `[` must not reach Python's limit."""
        self._count += 1
        self._depth += 1
        event = self.peek_event()  # type: ignore[no-untyped-call]
        _limit(self._count, self._depth, event.start_mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def shift(node: yaml.ScalarNode, text: str, offset: int | None) -> int:
    """Columns from a scalar's place to its text, or to the `offset`-th character of its text.

    PyYAML gives the place of an anchor or tag, if there is one. In a scalar of several lines a column is
    not enough to find a character; there the shift is 0.
    """
    if not node.value or node.start_mark.line != node.end_mark.line:
        return 0
    raw = text[node.start_mark.index : node.end_mark.index].rstrip()
    if node.style not in _UNITS:
        return len(raw) - len(node.value) + (offset or 0)
    quote = raw.index(node.style)
    if offset is None:
        return quote
    units = re.findall(_UNITS[node.style], raw[quote + 1 : -1])
    return quote + 1 + sum(map(len, units[:offset]))


def _limit(nodes: int, depth: int, mark: yaml.Mark) -> None:
    if depth > MAX_DEPTH:
        raise RefusedYaml(f"nested deeper than {MAX_DEPTH} levels", mark)
    if nodes > MAX_NODES:
        raise RefusedYaml(f"more than {MAX_NODES:,} values when aliases are written out", mark)


def _measure(node: yaml.Node, done: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """The number of nodes and the depth that there would be with all aliases written out.

    `done` maps a finished node to its measure, and a node that is being measured to None. The recursion
    is no deeper than the text is nested: an alias refers to an earlier node, which is finished, or to one
    that contains it, which is refused.
    """
    if id(node) in done:
        measure = done[id(node)]
        if measure is None:
            raise RefusedYaml("an alias refers to something that contains it", node.start_mark)
        return measure
    done[id(node)] = None
    nodes, depth = 1, 0
    for child in _children(node):
        more, below = _measure(child, done)
        nodes, depth = nodes + more, max(depth, below)
    _limit(nodes, depth + 1, node.start_mark)
    done[id(node)] = nodes, depth + 1
    return nodes, depth + 1


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value
