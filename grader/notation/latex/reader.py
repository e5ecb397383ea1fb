"""A reader of LaTeX tokens: the next one, groups, parts of a formula, errors."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from grader.errors import Span
from grader.expression import Expression
from grader.notation.builder import Builder
from grader.notation.latex_tokens import Token


class LatexReader(ABC):
    """Recursive descent over `tokens`, the part that is being read, without an end mark."""

    def __init__(self, tokens: Sequence[Token], build: Builder) -> None:
        self.build = build
        self.tokens: list[Token] = []
        self.at = 0
        self._bars = 0
        self._of_entries = False  # in the argument of an entrywise function
        self._enter(tokens, 0)

    def _enter(self, tokens: Sequence[Token], at: int) -> None:
        end = tokens[-1].end if tokens else at
        self.tokens = [*tokens, Token("end", "", end, end + 1)]
        self.at = 0

    # Tokens

    def peek(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "end":
            self.at += 1
        return token

    def take(self, text: str) -> bool:
        """Whether the next token is this one; if so, it is consumed."""
        if self.tokens[self.at].text == text and self.tokens[self.at].kind != "end":
            self.at += 1
            return True
        return False

    def unexpected(self, token: Token, wanted: str, opened: Token | None = None) -> None:
        if token.kind == "end":
            if opened is not None:
                hint = f"the `{opened.text}` here is never closed"
                self.build.fail(f"`{wanted}` is missing", opened.span, hint)
            self.build.fail(f"expected {wanted}, but the formula ends", token.span)
        self.build.fail(f"expected {wanted}, but found `{token.text}`", token.span)

    def expect(self, text: str, opened: Token) -> None:
        token = self.next()
        if token.text != text or token.kind == "end":
            self.unexpected(token, text, opened)

    def span(self, first: int) -> Span:
        last = max(first, self.at - 1)
        return Span(self.tokens[first].start, self.tokens[last].end)

    def group(self) -> list[Token]:
        """The tokens of the argument that follows: a group in braces, or one token."""
        opened = self.next()
        if opened.kind == "end":
            self.unexpected(opened, "an argument")
        if opened.text != "{":
            return self._single(opened)
        return self._until_closed(opened)

    def _until_closed(self, opened: Token) -> list[Token]:
        depth, first = 1, self.at
        while depth:
            token = self.next()
            if token.kind == "end":
                self.unexpected(token, "}", opened)
            depth += (token.text == "{") - (token.text == "}")
        return self.tokens[first : self.at - 1]

    def _single(self, token: Token) -> list[Token]:
        """One token as an argument. TeX takes one digit, so `x^10` is refused: it would be x¹0."""
        if token.kind == "number" and len(token.text) > 1:
            hint = f"write ^{{{token.text}}} or _{{{token.text}}}"
            self.build.fail(
                f"LaTeX puts only the first digit of {token.text} into the script", token.span, hint
            )
        if token.text == "\\frac":
            self.build.deeper(token.span)
            tokens = [token, *self._braced(), *self._braced()]
            self.build.depth -= 1
            return tokens
        return [token]

    def _braced(self) -> list[Token]:
        first = self.at
        self.group()
        return self.tokens[first : self.at]

    def within(self, tokens: Sequence[Token], read: "Callable[[], Expression]") -> Expression:
        """Read a part of the formula to its end."""
        outer, at, bars = self.tokens, self.at, self._bars
        here = outer[max(0, at - 1)]
        self.build.deeper(here.span)
        self._enter(tokens, here.start)
        self._bars = 0
        try:
            node = read()
            if self.peek().kind != "end":
                self.unexpected(self.peek(), "an operator or the end")
        finally:
            self.tokens, self.at, self._bars = outer, at, bars
        self.build.depth -= 1
        return node

    @abstractmethod
    def whole(self) -> Expression:
        """An expression up to the end of the tokens."""

    @abstractmethod
    def relation(self) -> Expression:
        """Comparisons joined by `and` and `or`, or a plain sum."""

    @abstractmethod
    def sum(self) -> Expression:
        """Terms with + and −."""

    @abstractmethod
    def signed(self) -> Expression:
        """A term with leading signs."""

    @abstractmethod
    def term(self) -> Expression:
        """Products."""

    @abstractmethod
    def juxtaposed(self) -> Expression:
        """A product without a sign."""

    @abstractmethod
    def factor(self) -> Expression:
        """A number, a name, a bracket or a form."""

    @abstractmethod
    def starts_factor(self) -> bool:
        """Whether a factor begins here."""

    @abstractmethod
    def bracket(self, opened: Token) -> Expression:
        """The content of a bracket that was just opened."""

    @abstractmethod
    def braces(self, opened: Token) -> Expression:
        """The content of braces that were just opened."""

    @abstractmethod
    def scripts(self) -> tuple[list[Token] | None, list[Token] | None, int]:
        """The subscript, superscript and number of primes that follow a name."""

    @abstractmethod
    def exponent(self, script: Sequence[Token]) -> Expression:
        """A superscript that is a power."""

    @abstractmethod
    def entry(self, node: Expression, script: Sequence[Token], first: int) -> Expression:
        """The entry of an array at a subscript."""
