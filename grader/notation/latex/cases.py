"""The rows of a case distinction: a value and its condition."""

import math
from collections.abc import Sequence

from grader.errors import Span
from grader.expression import Expression, Number
from grader.notation.latex.names import NameReader
from grader.notation.latex.scripts import (
    COMPARISONS,
    CONDITION_WORDS,
    PUNCTUATION,
    is_filler,
    split,
)
from grader.notation.latex_tokens import Token

OTHERWISE = frozenset(
    "otherwise else elsewhere sonst andernfalls sinon autrement contrario".split()
)
UNDEFINED = ("undef", "nan", "dne", "not defined", "is undefined", "does not exist",
             "nicht definiert", "non défini")  # fmt: skip


class CaseReader(NameReader):
    """Reads case distinctions."""

    def cases(self, body: list[Token], token: Token) -> Expression:
        rows = [row for row in split(body, "\\\\") if row]
        pairs = [self.one_case(row) for row in rows]
        if any(condition is None for _, condition in pairs[:-1]):
            self.build.fail("only the last case can be without a condition", token.span)
        span = Span(token.start, self.tokens[self.at - 1].end)
        return self.build.piecewise(pairs, span)

    def one_case(self, row: Sequence[Token]) -> tuple[Expression, Expression | None]:
        """`value & condition`; the `&` may be a comma, a space or an "if"."""
        value, condition = _cut(row)
        undefined = any(token.text.lower().startswith(UNDEFINED) for token in value)
        node = Number(math.nan) if undefined else self.within(value, self.whole)
        otherwise = any(token.text in OTHERWISE for token in condition)
        condition = _stripped_condition(condition)
        if not condition:
            return node, None
        if otherwise and not any(token.text in COMPARISONS for token in condition):
            self.build.fail("this condition has more than `otherwise`", condition[0].span)
        if otherwise:
            return node, None
        return node, self.conditions(condition)

    def conditions(self, tokens: Sequence[Token]) -> Expression:
        """One condition, or several in a row: `j = 1, z_1 > z_2` needs both."""
        parts = [_stripped_condition(part) for part in split(tokens, ",")]
        if not all(any(token.text in COMPARISONS for token in part) for part in parts):
            parts = [tokens]
        node = self.within(parts[0], self.whole)
        for part in parts[1:]:
            span = Span(tokens[0].start, tokens[-1].end)
            node = self.build.apply("and", node, self.within(part, self.whole), span=span)
        return node


def _stripped_condition(condition: Sequence[Token]) -> Sequence[Token]:
    """A condition without the words and signs around it."""
    while condition and (is_filler(condition[0]) or condition[0].text in OTHERWISE):
        condition = condition[1:]
    while condition and is_filler(condition[-1]):
        condition = condition[:-1]
    return condition


def _cut(row: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """The value and the condition of a case."""
    value, *rest = split(row, "&")
    if rest:
        return _stripped(value), [token for part in rest for token in part]
    depth = 0
    for at, token in enumerate(row):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        words = token.kind == "word" and token.text in CONDITION_WORDS | OTHERWISE
        if depth == 0 and (words or token.text in ("\\quad", ",")):
            return _stripped(row[:at]), row[at:]
    return _stripped(row), []


def _stripped(tokens: Sequence[Token]) -> Sequence[Token]:
    return tokens[:-1] if tokens and tokens[-1].text in PUNCTUATION else tokens
