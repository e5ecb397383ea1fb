"""Syntax trees → expressions: one rule for each kind of node, in the modules of this package."""

from collections.abc import Callable
from typing import Any, NoReturn

from grader.errors import Garbled, Span
from grader.expression import SCALAR, Expression, Number
from grader.notation.builder import Builder
from grader.notation.grammar import syntax
from grader.notation.grammar.dispatch import Dispatch
from grader.notation.grammar.syntax import Node

Rule = Callable[["Reader", Any], Expression]
RULES: Dispatch[type, Rule] = Dispatch()  # the meaning of each kind of node
rule = RULES.of


class Reader:
    """Reads nodes with a builder.

    `left` says that the formula is the left side of an equation, which only names what it is about.
    `of_entries` says that the node is in an entrywise function, `of_indices` that letters are indices even
    if they are names too. `steps` are the values of letters that count steps, such as the t of `h_t` where
    h_1, h_2, h_3 are declared. `eulers` are the places of an e alone, which is a number only in a formula
    for a number. `doubts` are places, messages and hints of what cannot be read after all.
    """

    def __init__(self, build: Builder, left: bool = False) -> None:
        self.build = build
        self.left = left
        self.of_entries = False
        self.of_indices = False
        self.steps: dict[str, int] = {}
        self.eulers: list[Span] = []
        self.doubts: list[tuple[Span, str, str]] = []

    def read(self, node: Node) -> Expression:
        """The meaning of a node. Raises Unreadable; what makes no sense is kept by the builder."""
        return RULES[type(node)](self, node)

    def whole(self, node: Node) -> Expression:
        """The meaning of a whole formula."""
        read = self.read(node)
        if self.eulers and (read.shape != SCALAR or isinstance(read, Number)):
            self.build.unknown("e", self.eulers[0], self.build.names.known())  # e may be an error
        for span, message, hint in self.doubts:
            self.fail(message, span, hint)
        return read

    def index(self, node: Node) -> Expression:
        """The meaning of an index, whose letters hide the names of the problem."""
        outer, self.of_indices = self.of_indices, True
        read = self.read(node)
        self.of_indices = outer
        return read

    def fail(self, message: str, span: Span | None, hint: str | None = None) -> NoReturn:
        """Raise Unreadable at a place."""
        self.build.fail(message, span, hint)

    def garbled(self, message: str, span: Span | None, hint: str | None = None) -> NoReturn:
        """Raise Garbled at a place."""
        raise Garbled(message, self.build.source, span, hint)

    def text(self, span: Span) -> str:
        """What was written at a place."""
        return self.build.source[span.start : span.end]


@rule(syntax.Omitted)
def _left_out(reader: Reader, node: syntax.Omitted) -> Expression:
    message = f"expected a number, a name or a bracket, but found `{node.sign}`"
    return reader.garbled(message, node.span)


@rule(syntax.Unparsed)
def _unread(reader: Reader, node: syntax.Unparsed) -> Expression:
    return reader.garbled(node.message, node.span, node.hint)


@rule(syntax.Ends, syntax.GivenIndex)
def _no_value(reader: Reader, node: syntax.Ends | syntax.GivenIndex) -> Expression:
    message = f"expected a number, a name or a bracket, but found `{reader.text(node.span)}`"
    return reader.garbled(message, node.span)
