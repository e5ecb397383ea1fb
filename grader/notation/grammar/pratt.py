"""Top down operator precedence over runs of trees, for every notation.

After V. Pratt, "Top down operator precedence" (1973).
"""

from abc import ABC, abstractmethod
from typing import Generic, NoReturn, TypeVar

from grader.errors import Garbled, Span, TooLarge
from grader.notation.builder import DEPTH_LIMIT
from grader.notation.grammar.operators import Operator
from grader.notation.grammar.trees import Tree, Trees, first_of
from grader.notation.latex_tokens import Token

T = TypeVar("T")


class Pratt(ABC, Generic[T]):
    """Makes a T of a run of trees, which ends with a mark; `bars` counts the open `|` of the run."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.depth = 0
        self.enter((), 0)

    def enter(self, run: Trees, here: int) -> None:
        """Go to the beginning of a run; an empty one is at `here`."""
        end = run[-1].end if run else here
        self.trees: list[Tree] = [*run, Token("end", "", end, end + 1)]
        self.at = 0
        self.bars = 0

    def whole(self, run: Trees, here: int) -> T:
        """A run of trees as one expression; an empty one is at `here`."""
        outer = self.trees, self.at, self.bars, self.depth
        self.enter(run, here)
        self.deeper(self.trees[0])
        try:
            if not run:
                self.fail("there is no expression here", self.peek().span)
            node = self.conditional()
            return node if self.peek().kind == "end" else self.interrupted(node, self.peek())
        finally:
            self.trees, self.at, self.bars, self.depth = outer

    def expression(self, power: int = 0) -> T:
        """Operands joined by operators that bind at least as tightly as `power`."""
        first = self.at
        node = self.operand(power)
        while (ahead := self.operator()) is not None and ahead.power >= power:
            node = self.joined(node, ahead, first)
        return node

    @abstractmethod
    def conditional(self) -> T:
        """An expression, perhaps with conditions."""

    @abstractmethod
    def interrupted(self, node: T, tree: Tree) -> T:
        """What was read up to a tree that cannot follow it. Raises Garbled."""

    @abstractmethod
    def operand(self, power: int) -> T:
        """What comes before an operator that binds as tightly as `power`."""

    @abstractmethod
    def operator(self) -> Operator | None:
        """The operator that comes next, also one without a sign."""

    @abstractmethod
    def joined(self, node: T, ahead: Operator, first: int) -> T:
        """A node from the tree at `first`, with the operator that comes next and its operand."""

    def peek(self) -> Tree:
        """The next tree."""
        return self.trees[self.at]

    def next(self) -> Tree:
        """The next tree, which is consumed unless it is the end."""
        tree = self.trees[self.at]
        self.at += tree.kind != "end"
        return tree

    def take(self, text: str) -> bool:
        """Whether the next token is this one; if so, it is consumed."""
        tree = self.trees[self.at]
        found = tree.text == text and tree.kind not in ("end", "branch")
        self.at += found
        return found

    def span(self, first: int) -> Span:
        """From the tree at `first` to the last one consumed."""
        return Span(self.trees[first].start, self.trees[max(first, self.at - 1)].end)

    def fail(self, message: str, span: Span, hint: str | None = None) -> NoReturn:
        """Raise Garbled at a place."""
        raise Garbled(message, self.source, span, hint)

    def unexpected(self, tree: Tree, wanted: str) -> NoReturn:
        """Raise Garbled for a tree that does not belong here."""
        if tree.kind == "end":
            self.fail(f"expected {wanted}, but the formula ends", tree.span)
        self.fail(f"expected {wanted}, but found `{tree.text}`", first_of(tree).span)

    def deeper(self, tree: Tree) -> None:
        """One level deeper. Raises TooLarge past the limit."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise TooLarge(f"brackets nested more than {DEPTH_LIMIT} deep", self.source, tree.span)
