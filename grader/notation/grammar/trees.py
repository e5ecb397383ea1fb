"""Tokens → trees: brackets, braces and environments nested once, so that nobody counts depths again."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from grader.errors import Span, TooLarge, Unreadable
from grader.notation.builder import DEPTH_LIMIT
from grader.notation.latex_tokens import Token

OPEN = {"(": ")", "[": "]", "\\{": "\\}", "\\langle": "\\rangle", "\\llbracket": "\\rrbracket",
        "{": "}"}  # fmt: skip
_CLOSING = frozenset(OPEN.values())
_NESTING = _CLOSING | {*OPEN, "\\begin", "\\end"}


class Enclosed(NamedTuple):
    """What stands between two brackets or between `\\begin` and `\\end`.

    `text` is the opening bracket or `\\begin`, `name` the name of the environment, and `end` the last
    token.
    """

    kind: str
    text: str
    start: int
    end: int
    trees: "tuple[Tree, ...]"
    first: Token
    last: Token
    name: str = ""

    @property
    def span(self) -> Span:
        """Its place in the text."""
        return Span(self.start, self.end)


Tree: TypeAlias = Token | Enclosed
Trees = Sequence[Tree]


def trees(tokens: Sequence[Token], source: str) -> list[Tree]:
    """The trees of a formula. A closing bracket that nothing opened stays a token.

    Raises Unreadable for a bracket that is never closed, TooLarge past the limit of depth.
    """
    here: list[Tree] = []
    above: list[tuple[Token, str, list[Tree]]] = []
    stream = enumerate(tokens)
    for at, token in stream:
        text = token.text
        if text not in _NESTING:
            here.append(token)
        elif text == "\\begin" or (text in OPEN and not _is_brace_of_cases(tokens, at)):
            name = _environment(stream, token)[0] if text == "\\begin" else ""
            above.append((token, name, here))
            here = []
            if len(above) > DEPTH_LIMIT:
                raise TooLarge(f"brackets nested more than {DEPTH_LIMIT} deep", source, token.span)
        elif above and text not in OPEN:
            opened, name, outer = above.pop()
            last = token
            if text == "\\end":
                ended, last = _environment(stream, token)
                _check_end(opened, name, token, ended, source)
            elif OPEN.get(opened.text) != text:
                message = f"expected `{_closing(opened, name)}`, but found `{text}`"
                raise Unreadable(message, source, token.span)
            inside = tuple(here)
            outer.append(
                Enclosed("branch", opened.text, opened.start, last.end, inside, opened, last, name)
            )
            here = outer
        else:
            here.append(token)
    if above:
        opened, name, _ = above[-1]
        if opened.text == "\\begin":
            raise Unreadable(f"\\begin{{{name}}} has no \\end{{{name}}}", source, opened.span)
        hint = f"the `{opened.text}` here is never closed"
        raise Unreadable(f"`{OPEN[opened.text]}` is missing", source, opened.span, hint)
    return here


def _closing(opened: Token, name: str) -> str:
    return f"\\end{{{name}}}" if opened.text == "\\begin" else OPEN[opened.text]


def _check_end(opened: Token, name: str, end: Token, ended: str, source: str) -> None:
    if opened.text != "\\begin":
        message = f"expected `{OPEN[opened.text]}`, but found `\\end{{{ended}}}`"
        raise Unreadable(message, source, end.span)
    if ended != name:
        message = f"\\begin{{{name}}} ends with \\end{{{ended}}}"
        raise Unreadable(message, source, opened.span)


def _environment(stream: Iterator[tuple[int, Token]], last: Token) -> tuple[str, Token]:
    """The name in the braces that come next, and the token that ends it; `last` if nothing comes."""
    letters: list[str] = []
    for _, token in stream:
        last = token
        if token.text == "}" or len(letters) == 40:
            break
        letters.append(token.text)
    return "".join(letters).lstrip("{").rstrip("*"), last


def _is_brace_of_cases(tokens: Sequence[Token], at: int) -> bool:
    """Whether `\\{` is the brace before the rows of a case distinction, which nothing closes."""
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return tokens[at].text == "\\{" and following == "\\begin"


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
            found += [tree.first, *leaves(tree.trees), tree.last]
        else:
            found.append(tree)
    return found


def first_of(tree: Tree) -> Token:
    """The first token of a tree."""
    return tree.first if isinstance(tree, Enclosed) else tree


def span_of(trees: Trees) -> Span:
    """The place of a run of trees, which is not empty."""
    return Span(trees[0].start, trees[-1].end)
