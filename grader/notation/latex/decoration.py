"""Brackets after a quantity that are not factors: `l(\\theta)`, `h^1(x)`, `h^2[1]`."""

import itertools
from collections.abc import Sequence

from grader.errors import Span
from grader.expression import SCALAR, Expression, Item, Symbol
from grader.notation.latex.functions import OPEN
from grader.notation.latex.reader import LatexReader
from grader.notation.latex.scripts import layer_of, split
from grader.notation.latex_tokens import Token


class DecorationReader(LatexReader):
    """Skips lists of arguments."""

    def decoration(self, token: Token, node: Expression, first: int) -> None:
        """Skip the argument list of `l(\\theta)` or `h^1(x)`.

        It is not a product if the brackets hold only names that the quantity is computed from.
        """
        if self.peek().text != "(":
            return
        base = node.base if isinstance(node, Item) else node
        if token.text in self.build.names.calls:
            self.skip_bracket()
        elif isinstance(base, Symbol) and self._lists_arguments(base):
            self.skip_bracket()
            span = self.span(first)
            written = self.build.source[span.start : span.end]
            self.build.notes.append(f"`{written}` was read as a value, not as a product")

    def check_no_call(self, node: Expression) -> None:
        """Refuse `h^2[1]` and `W(1, j)`, which may be entries or products."""
        if (
            not isinstance(node, Symbol)
            or node.shape == SCALAR
            or self.peek().text not in ("(", "[")
        ):
            return
        closing = OPEN[self.peek().text]
        inside = list(itertools.takewhile(lambda t: t.text != closing, self.tokens[self.at + 1 :]))
        names = self.build.names.indices
        if inside and all(t.kind == "number" or t.text == "," or t.text in names for t in inside):
            span = Span(self.peek().start, inside[-1].end + 1)
            hint = "write an entry with a subscript, such as h_{1}"
            self.build.fail("an array before a bracket with indices is ambiguous", span, hint)

    def check_no_rows(self) -> None:
        """Refuse a matrix drawn with a bracket on each line."""
        last, token = self.tokens[self.at - 1], self.peek()
        between = self.build.source[last.end : token.start]
        if last.text == "]" and token.text == "[" and "\n" in between:
            hint = (
                "write the rows of a matrix in \\begin{bmatrix}…\\end{bmatrix} or [[a, b], [c, d]]"
            )
            self.build.fail("brackets on separate lines are not read as a matrix", token.span, hint)

    def _lists_arguments(self, quantity: Symbol) -> bool:
        """Whether the next brackets hold names that the quantity depends on."""
        names = self.build.names
        known = names.depends.get(quantity.name)
        inside = self._inside_bracket()
        behind = self.tokens[min(self.at + len(inside) + 2, len(self.tokens) - 1)]
        if known is None or behind.text in ("^", "_", "'"):
            return False
        if quantity == names.loss and inside and all(_is_name_part(token) for token in inside):
            return True
        return all(self._is_one_of(part, known) for part in _arguments(inside)) and not any(
            self._makes_a_product(quantity, part) for part in _arguments(inside)
        )

    def _makes_a_product(self, quantity: Symbol, part: Sequence[Token]) -> bool:
        """Whether the matrix product with the one name in brackets exists; then it is a product."""
        if quantity.shape == SCALAR:
            return False
        shapes = [
            self.build.names.symbols[name].shape
            for key, name in self.build.names.spellings.items()
            if part and key[0] == part[0].text
        ]
        return any(shape == SCALAR or quantity.shape[1] == shape[0] for shape in shapes)

    def _inside_bracket(self) -> list[Token]:
        depth = 0
        for at in range(self.at, len(self.tokens)):
            depth += (self.tokens[at].text == "(") - (self.tokens[at].text == ")")
            if depth == 0:
                return self.tokens[self.at + 1 : at]
        return []

    def _is_one_of(self, tokens: Sequence[Token], known: frozenset[str]) -> bool:
        """Whether tokens are one declared name that is in a set."""
        if not tokens or tokens[0].kind not in ("letter", "word", "accent", "command"):
            return False
        layer = subscript = None
        rest = list(tokens[1:])
        while len(rest) >= 2 and rest[0].text in ("^", "_"):
            inside, behind = _script(rest)
            if rest[0].text == "^":
                layer = layer_of(inside)
            else:
                subscript = layer_of(inside)
            rest = behind
        keys = ((tokens[0].text, layer, subscript), (tokens[0].text, subscript, layer))
        return not rest and any(self.build.names.spellings.get(key) in known for key in keys)

    def skip_bracket(self) -> None:
        opened, depth = self.next(), 1
        while depth:
            token = self.next()
            if token.kind == "end":
                self.unexpected(token, ")", opened)
            depth += (token.text == "(") - (token.text == ")")


def _script(tokens: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """The content of the script that begins here, and the tokens after it."""
    if tokens[1].text != "{":
        return [tokens[1]], list(tokens[2:])
    depth = 0
    for at in range(1, len(tokens)):
        depth += (tokens[at].text == "{") - (tokens[at].text == "}")
        if depth == 0:
            return list(tokens[2:at]), list(tokens[at + 1 :])
    return list(tokens[2:]), []


def _arguments(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    return [part for group in split(tokens, ",") for part in split(group, ";")]


def _is_name_part(token: Token) -> bool:
    """Whether a token can be part of a list of arguments: names, scripts and commas."""
    return token.kind not in ("sign", "number") or token.text in ",;_^{}"
