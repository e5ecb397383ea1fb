"""JSON → a tree. The standard library's parser gives neither places nor duplicate keys."""

import re
from collections.abc import Iterator
from typing import Any

from grader.submission import limits
from grader.submission.answerfiles.trees import Items, Node, Pairs, Scalar
from grader.submission.offsets import Places
from grader.submission.precision import number
from grader.submission.refusals import Refused

_SPACE = re.compile(r"[ \t\n\r]*+")
_WORD = re.compile(r"[^\s,:\[\]{}\"]++")
_LITERALS = ("null", "true", "false")
_BACKSLASH = 'In JSON, write every backslash twice: "\\\\frac{a}{b}".'
_SYNTAX = "Check the commas, quotes and brackets near this place."


def json_tree(text: str) -> Node | None:
    """The tree of a JSON text; None if it is empty.

    Raises:
        Refused: if it is not JSON.

    """
    return _JsonParser(text).document()


class _JsonParser:
    def __init__(self, text: str) -> None:
        import json  # takes two milliseconds

        self._text = text
        self._places = Places("", text)
        # Line breaks inside a string are allowed.
        self._decoder = json.JSONDecoder(strict=False)
        self._error = json.JSONDecodeError
        self._offset = 0
        self._nodes = 0

    def document(self) -> Node | None:
        if self._peek() == "":
            return None
        root = self._node(1)
        if self._peek():
            raise self._refused("There is text after the end of the JSON.")
        return root

    def _node(self, depth: int) -> Node:
        self._nodes += 1
        if self._nodes > limits.NODES:
            raise self._refused(f"This file has more than {limits.NODES} entries.")
        if depth > limits.TREE_DEPTH:
            raise self._refused(f"Lists are nested more than {limits.TREE_DEPTH} deep here.")
        first = self._peek()
        line, column = self._place()
        if first == "[":
            return Items(tuple(self._items(depth)), line, column)
        if first == "{":
            return Pairs(tuple(self._pairs(depth)), line, column)
        return self._string() if first == '"' else self._word()

    def _items(self, depth: int) -> Iterator[Node]:
        for _ in self._entries("]"):
            yield self._node(depth + 1)

    def _pairs(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, int] = {}
        for _ in self._entries("}"):
            if self._peek() != '"':
                raise self._refused("A name in double quotes is missing here.")
            place = self._place()
            key = self._string()
            if key.text in seen:
                message = f"{key.text!r} is here twice; the first one is on line {seen[key.text]}."
                raise Refused(message, line=place[0], column=place[1], hint="Keep one of them.")
            seen[key.text] = key.line
            self._take(":")
            yield key, self._node(depth + 1)

    def _entries(self, close: str) -> Iterator[None]:
        """Step through the entries of a list or map, over commas and the closing bracket."""
        self._offset += 1
        if self._peek() == close:
            self._offset += 1
            return
        while True:
            yield None
            if self._peek() == close:
                self._offset += 1
                return
            self._take(",", f" or {close!r}")

    def _string(self) -> Scalar:
        line, column = self._place()
        try:
            value, self._offset = self._decoder.raw_decode(self._text, self._offset)
        except self._error as error:
            self._offset = error.pos
            hint = _BACKSLASH if "escape" in error.msg else _SYNTAX
            raise self._refused(f"This is not valid JSON: {error.msg}.", hint) from error
        return Scalar(value, True, line, column)

    def _word(self) -> Scalar:
        line, column = self._place()
        match = _WORD.match(self._text, self._offset)
        if match is None:
            raise self._refused("A value is missing here.")
        if match[0] not in _LITERALS and number(match[0]) is None:
            raise self._refused(
                f"{match[0][:40]!r} is not a JSON value.", "Put text in double quotes."
            )
        self._offset = match.end()
        return Scalar(match[0], False, line, column)

    def _peek(self) -> str:
        """The next character that is not a space; empty at the end."""
        space: Any = _SPACE.match(self._text, self._offset)
        self._offset = space.end()
        return self._text[self._offset : self._offset + 1]

    def _take(self, character: str, others: str = "") -> None:
        if self._peek() != character:
            raise self._refused(f"{character!r}{others} is missing here.")
        self._offset += 1

    def _place(self) -> tuple[int, int]:
        place = self._places.at(self._offset)
        return place.line, place.column

    def _refused(self, message: str, hint: str = _SYNTAX) -> Refused:
        line, column = self._place()
        return Refused(message, line=line, column=column, hint=hint)
