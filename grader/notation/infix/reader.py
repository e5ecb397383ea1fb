"""A reader of infix tokens, with errors for unexpected ones."""

from abc import ABC, abstractmethod

from grader.errors import Span
from grader.expression import Expression
from grader.notation.builder import Builder
from grader.notation.infix.tokens import InfixToken
from grader.notation.templates import Templates


class InfixReader(ABC):
    """A position in a run of tokens."""

    def __init__(self, tokens: list[InfixToken], build: Builder) -> None:
        self.tokens = tokens
        self.at = 0
        self.bars = 0  # open `|`
        self.eulers: list[Span] = []  # where an e alone is, a number only in a formula for a number
        self.build = build
        self.templates = Templates()

    def peek(self) -> InfixToken:
        return self.tokens[self.at]

    def next(self) -> InfixToken:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def take(self, text: str) -> bool:
        """Whether the next token is this sign; if so, it is consumed."""
        token = self.tokens[self.at]
        if token.text == text and token.kind == "sign":
            self.at += 1
            return True
        return False

    def take_name(self, text: str) -> bool:
        """Whether the next token is this name; if so, it is consumed."""
        token = self.tokens[self.at]
        if token.text == text and token.kind == "name":
            self.at += 1
            return True
        return False

    def expect(self, text: str, opened: InfixToken | None = None) -> InfixToken:
        token = self.next()
        if token.text != text or token.kind != "sign":
            self.unexpected(token, f"`{text}`", opened)
        return token

    def unexpected(self, token: InfixToken, wanted: str, opened: InfixToken | None = None) -> None:
        found = "the text ends" if token.kind == "end" else f"found `{token.text}`"
        hint = None
        span = token.span
        if opened is not None and token.kind == "end":
            hint = f"the `{opened.text}` at column {opened.start + 1} is never closed"
            span = opened.span
        elif token.kind in ("name", "number", "entry") or token.text == "(":
            hint = "write `*` for a product, `@` for a matrix product"
        self.build.fail(f"expected {wanted}, but {found}", span, hint)

    def commas(self, opened: InfixToken) -> tuple[list[int], int]:
        """The top-level commas of the bracket that was just opened, and the place of its end."""
        depth = 0
        commas: list[int] = []
        for at in range(self.at, len(self.tokens)):
            token = self.tokens[at]
            if token.kind == "end":
                self.unexpected(token, "`)`", opened)
            elif token.kind == "sign" and token.text in "([":
                depth += 1
            elif token.kind == "sign" and token.text in ")]":
                if depth == 0:
                    return commas, at
                depth -= 1
            elif token.text == "," and depth == 0:
                commas.append(at)
        raise AssertionError

    def span(self, first: int) -> Span:
        """From the token `first` to the last one consumed."""
        last = self.tokens[self.at - 1]
        return Span(self.tokens[first].start, last.start + len(last.text))

    def end(self) -> int:
        last = self.tokens[self.at - 1]
        return last.start + len(last.text)

    @abstractmethod
    def expression(self, power: int = 0) -> Expression:
        """An expression of operators that bind at least as tightly as `power`."""

    @abstractmethod
    def form(self, name: str, token: InfixToken) -> Expression | None:
        """The expression of a form such as `Sum(…)`; None if the name is not a form."""

    @abstractmethod
    def entry(self, token: InfixToken) -> Expression:
        """`W3[1, 2]`, an entry at fixed indices."""
