"""Tokens → trees: brackets, braces and environments nested once, so that nobody counts depths again."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from grader.errors import Garbled, Span, TooLarge
from grader.notation.builder import DEPTH_LIMIT
from grader.notation.latex_tokens import Token

OPEN = {"(": ")", "[": "]", "\\{": "\\}", "\\langle": "\\rangle", "{": "}"}
_GROUPS, _ENDS, _LOOSE = frozenset({"{", "\\begin"}), frozenset({"}", "\\end"}), frozenset("([")
_OPENING, _CLOSING = frozenset({*OPEN, "\\begin"}), frozenset({*OPEN.values(), "\\end"})


class Enclosed(NamedTuple):
    """What stands between two brackets or between `\\begin` and `\\end`.

    `text` is that of the `first` token, the opening one; `last` is the closing one.
    """

    kind: str
    text: str
    start: int
    end: int
    trees: "tuple[Tree, ...]"
    first: Token
    last: Token

    @property
    def name(self) -> str:
        """The name of the environment."""
        return self.first.name

    @property
    def span(self) -> Span:
        """Its place in the text."""
        return Span(self.start, self.end)


Tree: TypeAlias = Token | Enclosed
Trees = Sequence[Tree]


def trees(tokens: Sequence[Token], source: str, *, strict: bool = True) -> list[Tree]:
    """The trees of a formula. A closing bracket that nothing opened stays a token.

    Raises TooLarge past the limit of depth and, if it is `strict`, Garbled for a bracket that is not
    closed by its own. If not, a bracket without its other end inside a group is a token, so that it spoils
    only its own side of an equation.
    """
    here: list[Tree] = []
    above: list[tuple[Token, list[Tree]]] = []

    def close(last: Token) -> list[Tree]:
        opened, outer = above.pop()
        is_loose = not last.text and opened.text in _LOOSE and not strict
        outer += [opened, *here] if is_loose else [enclosed(opened, here, last)]
        return outer

    for token in tokens:
        text = token.text
        if text in _OPENING:
            above.append((token, here))
            here = []
            if len(above) > DEPTH_LIMIT:
                raise TooLarge(f"brackets nested more than {DEPTH_LIMIT} deep", source, token.span)
        elif text in _CLOSING and above:
            if strict:
                _check_end(above[-1][0], token, source)
            ends_group = text in _ENDS and not strict
            ends_group = ends_group and any(opened.text in _GROUPS for opened, _ in above)
            while ends_group and above[-1][0].text not in _GROUPS:
                here = close(Token("sign", "", token.start, token.start))
            if strict or ends_group or above[-1][0].text not in _GROUPS:
                here = close(token)
            else:
                here.append(token)
        else:
            here.append(token)
    while above:
        if strict:
            _check_closed(above[-1][0], source)
        end = tokens[-1].end
        here = close(Token("sign", "", end, end))
    return here


def enclosed(first: Token, inside: Iterable[Tree], last: Token) -> Enclosed:
    """Trees between two tokens."""
    return Enclosed("branch", first.text, first.start, last.end, tuple(inside), first, last)


def environment_of(tree: Tree) -> Enclosed | None:
    """The environment with an end that a tree is, perhaps with a brace around it."""
    if isinstance(tree, Enclosed) and tree.text == "\\{" and len(tree.trees) == 1:
        tree = tree.trees[0]
    return tree if isinstance(tree, Enclosed) and tree.last.text == "\\end" else None


def _closing(opened: Token) -> str:
    return f"\\end{{{opened.name}}}" if opened.text == "\\begin" else OPEN[opened.text]


def _check_end(opened: Token, closed: Token, source: str) -> None:
    """Raise Garbled if a bracket or an environment ends with another one."""
    expected = _closing(opened)
    found = f"\\end{{{closed.name}}}" if closed.text == "\\end" else closed.text
    if expected == found:
        return
    if opened.text == "\\begin" and closed.text == "\\end":
        message = f"\\begin{{{opened.name}}} ends with {found}"
        raise Garbled(message, source, opened.span)
    raise Garbled(f"expected `{expected}`, but found `{found}`", source, closed.span)


def _check_closed(opened: Token, source: str) -> None:
    """Raise Garbled for what is never closed."""
    if opened.text == "\\begin":
        message = f"\\begin{{{opened.name}}} has no {_closing(opened)}"
        raise Garbled(message, source, opened.span)
    hint = f"the `{opened.text}` here is never closed"
    raise Garbled(f"`{_closing(opened)}` is missing", source, opened.span, hint)


def split(trees: Trees, *signs: str) -> list[Trees]:
    """Trees split at signs; what is in brackets stays together."""
    parts: list[Trees] = []
    begin = 0
    for at, tree in enumerate(trees):
        if tree.text in signs and tree.kind != "branch":
            parts.append(trees[begin:at])
            begin = at + 1
    parts.append(trees[begin:])
    return parts


def leaves(trees: Iterable[Tree]) -> list[Token]:
    """The tokens of trees, in order."""
    found: list[Token] = []
    for tree in trees:
        if isinstance(tree, Enclosed):
            found += [tree.first, *leaves(tree.trees)]
            found += [tree.last] if tree.last.text else []  # nothing closes it
        else:
            found.append(tree)
    return found


def first_of(tree: Tree) -> Token:
    """The first token of a tree."""
    return tree.first if isinstance(tree, Enclosed) else tree


def span_of(trees: Trees) -> Span:
    """The place of a run of trees, which is not empty."""
    return Span(trees[0].start, trees[-1].end)
