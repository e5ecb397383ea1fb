"""Calls of functions in infix text, and their keyword arguments."""

import re

from grader.errors import Span
from grader.expression import Expression
from grader.notation.builder import constant
from grader.notation.infix.reader import Reader
from grader.notation.infix.tokens import Token
from grader.notation.names import GREEK, INFIX_FUNCTIONS, Function

LETTERS = {letter: name for name, letter in GREEK.items()}
_PRIME_SPELLINGS = re.compile(
    r"(?P<a>.+?)_?(?:prime|deriv|derivative|grad)$|d_?(?P<b>.+)$|grad_(?P<c>.+)$"
)
NO_AXIS = -99


_WITH_AXIS = frozenset({"sum", "mean", "softmax", "log_softmax", "logsumexp"})


class CallReader(Reader):
    """Reads calls."""

    def called(self, name: str, token: Token) -> Expression | None:
        """`name(…)` or `name'(…)`, None if the name is not a function."""
        declared = name in self.build.names.symbols or name in self.build.names.functions
        form = self.form(name, token) if self.peek().text == "(" and not declared else None
        if form is not None:
            return form
        function, prime = self.function(name)
        if function is None:
            return None
        while self.peek().text == "'":
            self.at += 1
            prime += 1
        opened = self.expect("(")
        args, axis = self.arguments(opened)
        span = Span(token.start, self.end())
        if axis is not NO_AXIS and function.primitive not in _WITH_AXIS:
            self.build.fail(f"{name} takes no axis", span)
        if axis is not NO_AXIS:
            return self.build.apply(function.primitive, *args, params=(axis,), span=span)
        return self.build.call(function, prime, args, span)

    def function(self, name: str) -> tuple[Function | None, int]:
        """The function of a name, and how many derivatives the name itself says."""
        name = LETTERS.get(name, name)
        functions = self.build.names.functions
        if name in functions:
            return functions[name], 0
        if name in self.build.names.symbols:
            return None, 0
        if name in INFIX_FUNCTIONS:
            return Function(name, INFIX_FUNCTIONS[name]), 0
        match = _PRIME_SPELLINGS.match(name)
        stem = (match["a"] or match["b"] or match["c"]) if match else None
        if stem is not None and (stem in functions or stem in INFIX_FUNCTIONS):
            return self.function(stem)[0], 1
        return None, 0

    def arguments(self, opened: Token) -> tuple[list[Expression], int | None]:
        """The arguments of a call, `axis=` and `keepdims=` apart."""
        self.build.deeper(opened.span)
        args: list[Expression] = []
        axis: int | None = NO_AXIS
        while self.peek().text != ")" or self.peek().kind != "sign":
            if self.tokens[self.at + 1 : self.at + 2] and self._is_keyword():
                axis = self.keyword(axis)
            else:
                args.append(self.expression())
            if not self.take(","):
                break
        self.expect(")", opened)
        self.build.depth -= 1
        return args, axis

    def _is_keyword(self) -> bool:
        token, sign = self.tokens[self.at], self.tokens[self.at + 1]
        return token.kind == "name" and sign.text == "=" and sign.kind == "sign"

    def keyword(self, axis: int | None) -> int | None:
        token = self.next()
        self.at += 1
        if token.text in ("keepdims", "keepdim"):
            self.next()
            return axis
        if token.text not in ("axis", "dim"):
            self.build.fail(f"the argument `{token.text}=` is not known here", token.span)
        first = self.at
        if self.peek().text == "None":
            self.at += 1
            return None
        value = constant(self.expression())
        if value not in (0, 1, -1):
            self.build.fail("an axis is 0 (down the rows) or 1 (along a row)", self.span(first))
        return 1 if value == -1 else int(value)
