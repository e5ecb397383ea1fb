"""LaTeX formulas and their tokens → expressions.

The problem's symbol table decides what a name with scripts is: a layer, an entry, a transpose or a
power. The shapes of the factors decide what a product is.
"""

from collections.abc import Sequence
from functools import lru_cache

from grader.errors import Nonsense, Unreadable
from grader.expression import Expression
from grader.notation.builder import USUAL, Builder, Conventions, Reading
from grader.notation.grammar import Reader, gathered
from grader.notation.grammar import parse as syntax_of
from grader.notation.grammar.scripts import unwrapped
from grader.notation.grammar.syntax import Node
from grader.notation.grammar.trees import leaves, trees
from grader.notation.latex_tokens import Token, tokenize
from grader.notation.names import Names
from grader.notation.products import sized


class _Cut:
    """What the parser looks up in the names of a question; equal for names that cut formulas alike."""

    def __init__(self, names: Names) -> None:
        self.names = names
        tables = (names.spellings, names.function_bases, names.dimensions)
        own = frozenset(names.definitions), "d" in names.indices
        self.key = (*map(id, tables), *own)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Cut) and self.key == other.key


@lru_cache(maxsize=512)
def syntax_tree(tokens: tuple[Token, ...], cut: _Cut, source: str) -> Node:
    """The syntax tree of tokens, which is the same under all conventions."""
    return syntax_of(tokens, cut.names, source)


def parse(text: str, names: Names) -> tuple[Expression, list[str]]:
    """The expression of a formula (not an equation), and notes on how it was read.

    Raises Unreadable (a human must look) or Nonsense (readable, but without a value).
    """
    try:
        reading = read_tokens(tokenize(text, names), names, text)
    except (Unreadable, Nonsense) as error:
        raise error.located(text) from None
    return reading.node, list(reading.notes)


def read_tokens(
    tokens: Sequence[Token], names: Names, source: str, conventions: Conventions = USUAL
) -> Reading:
    """The reading of tokens under some conventions; raises like `parse`."""
    build = Builder(names, source, conventions=conventions)
    try:
        node = Reader(build).whole(syntax_tree(tuple(tokens), _Cut(names), source))
        return build.reading(sized(build, node, names.shape))
    except (Unreadable, Nonsense) as error:
        raise error.located(source) from None


def parse_left(tokens: Sequence[Token], names: Names, source: str) -> Expression:
    """The left side of an equation, whose index letters need no declaration.

    Each letter gets the range of the axis that it indexes. Raises like `parse`.
    """
    build = Builder(names, source, open_indices=True)
    try:
        tree = gathered(syntax_tree(tuple(tokens), _Cut(names), source))
        node = Reader(build, left=True).whole(tree)
        return build.only(build.closed(build.finish(node)))
    except (Unreadable, Nonsense) as error:
        raise error.located(source) from None


def layer_of(script: Sequence[Token] | None) -> str | None:
    """A script as the name of a layer: `{(2)}` is 2; None if there is no script."""
    inside, _ = unwrapped(trees(script or (), "", strict=False))
    return "".join(token.text for token in leaves(inside)) if script else None
