"""YAML text as plain data, with the place of every value.

Scalars stay text (`of: 1` is the text "1", `sd: 1e-6` the text "1e-6"). The schema decides what a value
means, not YAML 1.1, which reads 010 as 8, 1:30 as 90 and `no` as false. Here we also find what YAML
hides: duplicate keys, tags, aliases that expand to too much, LaTeX mangled by double quotes.
"""

import re
from collections.abc import Iterable
from typing import TypeAlias

import yaml

from grader.errors import AuthorError, Fault
from grader.problem.nodes import Loader, shift
from grader.problem.syntax import explained, mark_position
from grader.problem.words import cut, quoted

Path: TypeAlias = tuple[str | int, ...]
Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | None"
Child: TypeAlias = tuple[yaml.Node | None, yaml.Node]

_TAG = "tag:yaml.org,2002:"
_NULL, _MERGE = f"{_TAG}null", f"{_TAG}merge"
_SCALAR_TAGS = {"str", "int", "float", "bool", "null", "timestamp", "value", "merge"}
_TAGS = {_TAG + name for name in (*_SCALAR_TAGS, "seq", "map")}
_ESCAPES = {
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
    "\a": "\\a",
    "\v": "\\v",
    "\r": "\\r",
    "\x1b": "\\e",
    "\0": "\\0",
}


class Document:
    """One YAML document: its nodes, its plain data, its faults so far.

    Raises `AuthorError` if the text is not YAML that we read.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.faults: list[Fault] = []
        self._root = self._compose()
        self.data = self._plain(self._root, ())

    def fault(
        self, path: Path, reason: str, offset: int | None = None, at_key: bool = False
    ) -> Fault:
        """A fault at the value of `path`, or at its key; `offset` counts characters of a scalar's text."""
        line, column = self._place(path, offset, at_key)
        return Fault(self.name, line, column, shown(path), reason)

    def drop(self, path: Path) -> None:
        """Leave a key out of the data."""
        holder: Plain = self.data
        for step in path[:-1]:
            if isinstance(holder, dict):
                holder = holder[str(step)]
            elif isinstance(holder, list):
                holder = holder[int(step)]
        if isinstance(holder, dict):
            holder.pop(str(path[-1]), None)

    def _compose(self) -> yaml.Node:
        """The root node. Raises AuthorError with one fault if the text is not YAML."""
        try:
            loader = Loader(self.text)
        except yaml.YAMLError as error:
            raise self._broken(error) from None
        try:
            return loader.root()
        except yaml.YAMLError as error:
            raise self._broken(error) from None
        except (ValueError, OverflowError):  # chr() inside PyYAML, for "\U00110000"
            line, column = mark_position(loader.get_mark())
            reason = "this escape is not a valid character"
            raise AuthorError([Fault(self.name, line, column, "", reason)]) from None

    def _broken(self, error: yaml.YAMLError) -> AuthorError:
        return AuthorError([Fault(self.name, *_place_first(explained(error, self.text)))])

    def _plain(self, node: yaml.Node, path: Path) -> Plain:
        """The node as plain data; what YAML would hide becomes a fault."""
        if node.tag not in _TAGS:
            self._note(node, path, f"the tag {_tag(node)} is not allowed; write plain YAML")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node, path) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Plain]:
        """A mapping; if a key is given twice, the first counts and the second is a fault."""
        lines: dict[str, int] = {}
        plain: dict[str, Plain] = {}
        for key, value in node.value:
            refusal = self._refusal(key, lines)
            if refusal:
                inner = (*path, key.value) if isinstance(key, yaml.ScalarNode) else path
                self._note(key, inner, refusal)
                continue
            lines[key.value] = key.start_mark.line + 1
            plain[key.value] = self._plain(value, (*path, key.value))
        return plain

    def _refusal(self, key: yaml.Node, lines: dict[str, int]) -> str | None:
        """Why this key is not accepted; `lines` has the keys before it."""
        if not isinstance(key, yaml.ScalarNode):
            return "a key must be text; put text that starts with { or [ into single quotes"
        if key.tag == _MERGE:
            return "merging with << is not supported; write the keys out, or alias a whole value"
        if key.tag not in _TAGS or _surrogate(key.value):
            return "this cannot be a key"
        if key.value in lines:
            both = f"{lines[key.value]} and {key.start_mark.line + 1}"
            return f"the key {quoted(key.value)} is given twice, on lines {both}"
        return None

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> str | None:
        """A scalar's text; None for an empty one."""
        if node.tag == _NULL:
            return None
        text = str(node.value)
        if _surrogate(text):
            self._note(node, path, "this escape is not a valid character")
            return text.encode("ascii", "replace").decode()
        mangled = sorted(set(text) & _ESCAPES.keys()) if node.style == '"' else ()
        if mangled:
            escape = _ESCAPES[mangled[0]]
            self._note(
                node, path, f"{escape} in double quotes is an escape; put LaTeX into single quotes"
            )
        return text

    def _note(self, node: yaml.Node, path: Path, reason: str) -> None:
        self.faults.append(Fault(self.name, *mark_position(node.start_mark), shown(path), reason))

    def _place(self, path: Path, offset: int | None, at_key: bool) -> tuple[int, int]:
        """Line and column; for a path that is missing, those of the value that should contain it."""
        key, node, found = self._find(path)
        if at_key or not found:
            return mark_position((key or node).start_mark)
        line, column = mark_position(node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            column += shift(node, self.text, offset)
        return line, column

    def _find(self, path: Path) -> tuple[yaml.Node | None, yaml.Node, bool]:
        """The last key and node along `path`, and whether the end of the path was reached.

        Steps that are missing are skipped: normalising adds some (a single `latex` becomes a list,
        `draw: positive` a mapping).
        """
        key: yaml.Node | None = None
        node, found = self._root, True
        for step in path:
            child = _child(node, step)
            found = child is not None or isinstance(node, yaml.ScalarNode)
            key, node = child or (key, node)
        return key, node, found


def shown(path: Iterable[str | int]) -> str:
    """A path as an author reads it: `questions[2].wrt`."""
    text = ""
    for step in path:
        if isinstance(step, str) and re.fullmatch(r"[\w-]+", step):
            text += f".{cut(step)}" if text else cut(step)
        else:
            text += f"[{quoted(step) if isinstance(step, str) else step}]"
    return text


def _place_first(found: tuple[int, int, str]) -> tuple[int, int, str, str]:
    """Line, column, an empty path, reason: what `Fault` takes after the file."""
    line, column, reason = found
    return line, column, "", reason


def _child(node: yaml.Node, step: str | int) -> Child | None:
    """Key and value one step down; None if the step is missing."""
    if isinstance(node, yaml.MappingNode):
        pairs = (pair for pair in node.value if isinstance(pair[0], yaml.ScalarNode))
        return next((pair for pair in pairs if pair[0].value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return (None, node.value[step]) if 0 <= step < len(node.value) else None
    return None


def _tag(node: yaml.Node) -> str:
    return cut(str(node.tag).replace(_TAG, "!!"))


def _surrogate(text: str) -> bool:
    """Whether an escape made half a character, which no file can hold."""
    return any("\ud800" <= char <= "\udfff" for char in text)
