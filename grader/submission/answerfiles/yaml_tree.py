"""YAML → a tree, from the parser's events: nothing is constructed, resolved or expanded."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from grader.submission import limits
from grader.submission.answerfiles.trees import Items, Node, Pairs, Scalar
from grader.submission.refusals import Refused

if TYPE_CHECKING:
    import yaml

_CORE = "tag:yaml.org,2002:"
_TAGS = {"!", *(_CORE + name for name in ("str", "int", "float", "bool", "null", "seq", "map"))}

# People write `q1: ?` for an open answer, but in YAML `?` begins a key of several lines.
_OPEN = re.compile(r"(?<=: )\?(?=[ \t]*$)", re.MULTILINE)

# NumPy prints the rows of an array without commas.
_ROWS = re.compile(r"([\d.\]]\s{0,40}\]\s{0,99}) (?=[\s\[]{0,99}\[[\s\[]{0,99}[+\-.\d])")

_QUOTE = "Put each answer in single quotes: q1: 'delta * h2[1]'."
_HINTS = (
    ("escape", "Use single quotes around LaTeX: in double quotes YAML reads \\ as an escape."),
    ("expected ',' or", "In a list, put each entry in quotes: ['W2[1,1]', 'W2[1,2]']."),
)


def yaml_tree(text: str) -> Node | None:
    """The tree of a YAML text; None if it is empty.

    Raises:
        Refused: if it is not YAML, or not plain data.

    """
    import yaml  # takes thirty milliseconds

    # The parser in C is ten times faster, but not every platform has it.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(yaml.parse(_OPEN.sub("~", text), Loader=loader)).document()
    except yaml.MarkedYAMLError as error:
        with_commas = _ROWS.sub(r"\1,", text)
        if with_commas != text:
            return yaml_tree(with_commas)
        raise _syntax(error, text) from error
    except yaml.YAMLError as error:
        raise Refused(f"This file is not valid YAML: {str(error).splitlines()[0]}.") from error


class _Composer:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._nodes = 0

    def document(self) -> Node | None:
        root = None
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                if root is not None:
                    raise _refused(event, "A second document starts here.", "Remove the `---`.")
                root = self._node(next(self._events), 1)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        self._check(event, depth)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        match type(event).__name__:
            case "ScalarEvent":
                return self._scalar(event)
            case "SequenceStartEvent":
                return Items(tuple(self._items(depth)), line, column)
            case _:
                return Pairs(tuple(self._pairs(depth)), line, column)

    def _check(self, event: Any, depth: int) -> None:
        self._nodes += 1
        if self._nodes > limits.NODES:
            raise _refused(event, f"This file has more than {limits.NODES} entries.")
        if depth > limits.TREE_DEPTH:
            raise _refused(event, f"Lists are nested more than {limits.TREE_DEPTH} deep here.")
        if event.anchor is not None:
            sign = "*" if type(event).__name__ == "AliasEvent" else "&"
            raise _refused(
                event, f"{sign}{event.anchor} is a YAML reference, which the grader does not read."
            )
        if event.tag is not None and event.tag not in _TAGS:
            raise _refused(event, f"{event.tag} is a YAML tag, which the grader does not read.")

    def _scalar(self, event: Any) -> Scalar:
        quoted = bool(event.style) or event.tag in ("!", _CORE + "str")
        mark = event.start_mark
        return Scalar(event.value, quoted, mark.line + 1, mark.column + 1)

    def _items(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                return
            yield self._node(event, depth + 1)

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for event in self._events:
            if type(event).__name__ == "MappingEndEvent":
                return
            key = self._node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise _refused(event, "A name is needed here, not a list or a map.", _QUOTE)
            if key.text in seen:
                message = f"{key.text!r} is here twice; the first one is on line {seen[key.text]}."
                raise _refused(event, message, "Keep one of them.")
            seen[key.text] = key.line
            yield key, self._node(next(self._events), depth + 1)


def _refused(event: Any, message: str, hint: str = _QUOTE) -> Refused:
    mark = event.start_mark
    return Refused(message, line=mark.line + 1, column=mark.column + 1, hint=hint)


def _syntax(error: "yaml.MarkedYAMLError", text: str) -> Refused:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "cannot be parsed"
    hint = next((hint for sign, hint in _HINTS if sign in problem), _QUOTE)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    at_fault = text.split("\n")[line - 1 : line]
    if at_fault and at_fault[0][column - 1 : column] == "\t":
        hint = "Indent with spaces; YAML does not allow tabs."
    return Refused(f"This is not valid YAML: {problem}.", line=line, column=column, hint=hint)
