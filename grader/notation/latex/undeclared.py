"""Usual meanings of names that the problem does not declare: e, I, H, χ, d, δ with indices."""

import difflib
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Span
from grader.expression import SCALAR, Expression, Number
from grader.notation.builder import NONSENSE, SIZE_LIMIT, constant, is_condition
from grader.notation.latex.functions import FunctionReader
from grader.notation.latex.scripts import (
    COMPARISONS,
    one_by_one,
    pair,
    split,
    split_script,
    without_brackets,
)
from grader.notation.latex_tokens import Token
from grader.notation.names import GREEK, LATEX_FUNCTIONS, Function, Key
from grader.notation.products import IDENTITY, JUXTAPOSED, product

COMMANDS = ("frac", "partial", "nabla", "sum", "prod", "sqrt", "odot", "cdot", "times", "top")
STEPS = frozenset({"H", "u", "\\Theta", "\\theta"})  # letters for the unit step


class UndeclaredReader(FunctionReader):
    """Reads undeclared names."""

    @abstractmethod
    def named(self, token: Token) -> Expression:
        """A name with its scripts."""

    @abstractmethod
    def lookup(self, key: Key, span: Span) -> Expression | None:
        """The meaning of a name without an entry or a power; None if it has none."""

    @abstractmethod
    def resolve(
        self, token: Token, sub: list[Token] | None, sup: list[Token] | None, first: int
    ) -> Expression | None:
        """The meaning of a name with scripts in the table; None if it has none."""

    def undeclared(
        self,
        token: Token,
        function: Function | None,
        sub: list[Token] | None,
        sup: list[Token] | None,
        first: int,
    ) -> Expression:
        if token.text == "e" and sup and not sub:
            exponent = self.within(sup, self.whole)
            return self.build.apply("exp", exponent, span=self.span(first))
        if token.text == "e" and sub and split_script(sup)[1] and self.peek().text == "e":
            return self.unit_product(sub, first)
        if token.text == "\\delta" and sub and not sup and pair(one_by_one(sub)):
            return self.kronecker(one_by_one(sub), first)
        if token.text == "\\chi" and sub and not sup:
            return self.condition(sub, first)
        if token.text in STEPS and not sub and not sup and self.peek().text == "(":
            return self.step(token)
        if token.text == "I" and not split_script(sup)[0]:  # Iᵀ is I
            if sub and self._is_entry(sub):
                return self.kronecker(sub, first)
            if any(part.text in COMPARISONS for part in sub or ()):
                return self.condition(sub or (), first)
            return self.identity(sub, first) if sub else self.identity_or_indicator(token)
        if token.text == "d" and sub is None and sup is None:
            return self.differential(token)
        span = self.span(first)
        if function is not None:
            hint = f"write {self.build.source[span.start : span.end]}(…)"
            self.build.fail("this function has no argument", span, hint)
        if token.kind == "command" and token.text[1:] not in GREEK:
            self.build.fail(f"`{token.text}` is not known", span, self._known_commands(token))
        written = self.build.source[span.start : span.end]
        written = written if written.count("{") == written.count("}") else token.text
        return self.build.unknown(written, span, list(self.build.names.latex.values()))

    def _is_entry(self, sub: Sequence[Token]) -> bool:
        """Whether a subscript is two index letters: `I_{ij}`, `\\mathbb{1}_{ij}`."""
        letters = [part[0].text for part in pair(sub) or () if len(part) == 1]
        return len(letters) == 2 and all(self.build.index(letter) for letter in letters)

    def _known_commands(self, token: Token) -> str:
        """A hint: the layers of this letter, or commands with a similar spelling."""
        names = self.build.names
        spelled = [name for key, name in names.spellings.items() if key[0] == token.text]
        if spelled:
            return f"declared names: {', '.join(names.latex[name] for name in spelled)}"
        known = {*(base for base, _, _ in names.spellings), *names.function_bases}
        known |= {f"\\{name}" for name in (*LATEX_FUNCTIONS, *GREEK, *COMMANDS)}
        known.discard(token.text)  # this command is known, but not allowed here
        close = difflib.get_close_matches(token.text, [*known], n=3, cutoff=0.6)
        if close:
            return f"did you mean {' or '.join(f'`{name}`' for name in sorted(close))}?"
        return "neither the problem nor your paper defines it (\\newcommand)"

    def indicator(self, token: Token) -> Expression:
        """`I(z > 0)` and `\\mathbf{1}(z > 0)`; the bracket must be a condition."""
        inside = self.bracket(self.next())
        if inside is not NONSENSE and not is_condition(inside):
            message = "an indicator needs a condition, such as I(z > 0)"
            self.build.fail(message, self.span(self.at - 1))
        return inside

    def identity_or_indicator(self, token: Token) -> Expression:
        """`I` where no I is declared: an identity matrix, or an indicator if a condition follows."""
        at = self.at
        identity = replace(IDENTITY, span=token.span)
        if self.peek().text not in ("(", "[", "\\{"):
            return identity
        inside = self.bracket(self.next())
        if inside is NONSENSE or is_condition(inside) or inside.shape == SCALAR:
            self.at = at
            return self.indicator(token)
        return product(self.build, identity, inside, JUXTAPOSED, token.span)

    def condition(self, tokens: Sequence[Token], first: int) -> Expression:
        """`\\chi_{z > 0}`: 1 where the condition holds."""
        node = self.within(without_brackets(tokens), self.whole)
        if node is not NONSENSE and not is_condition(node):
            self.build.fail(
                "an indicator needs a condition, such as \\chi_{z > 0}", self.span(first)
            )
        return node

    def step(self, token: Token) -> Expression:
        """`H(z)`, where no H is declared: the unit step."""
        self.build.notes.append(f"`{token.text}(…)` was read as the unit step, 1 where z > 0")
        return self.build.call(Function(token.text, "step"), 0, self.arguments(), token.span)

    def identity(self, sub: Sequence[Token], first: int) -> Expression:
        """`I_{n}` and `I_{n \\times n}`, where no I is declared."""
        inside = without_brackets(sub)
        sizes = [constant(self.within(part, self.sum)) for part in split(inside, "\\times")]
        size = sizes[0]
        if size is None or set(sizes) != {size} or len(sizes) > 2 or not 1 <= size <= SIZE_LIMIT:
            self.build.fail("an identity matrix needs a size: I_{n}", self.span(first))
        return self.build.apply("identity", params=(int(size), int(size)), span=self.span(first))

    def begins_differential(self, token: Token) -> bool:
        """Whether a d that is also a size comes before a declared name: `dW`, `\\mathrm{d}z`.

        `d W` with a space looks like `dW` in print, so it may be either.
        """
        name = self.peek()
        if token.text != "d" or not self.is_size(token) or not self.is_quantity([name]):
            return False
        between = self.build.source[token.end : name.start]
        if between and "}" not in between:
            hint = "write \\frac{\\partial l}{\\partial W}, or d \\cdot W for the product"
            self.build.fail("a d before a name may be a differential or a size", token.span, hint)
        return True

    def is_size(self, token: Token) -> bool:
        """Whether a letter alone is a size that the problem declares."""
        return isinstance(self.lookup((token.text, None, None), token.span), Number)

    def is_quantity(self, tokens: Sequence[Token]) -> bool:
        """Whether tokens begin with the letter of a declared symbol, or of a name of the student's."""
        names = self.build.names
        known = (*names.spellings, *names.definitions)
        return bool(tokens) and any(base == tokens[0].text for base, _, _ in known)

    def differential(self, token: Token) -> Expression:
        """`dW^{[1]}`: the gradient of the loss by what follows."""
        loss = self.build.names.loss
        if loss is None or self.peek().kind not in ("letter", "accent", "command", "word"):
            self.build.unknown("d", token.span, self.build.names.known())
        first = self.at - 1
        self.build.deeper(token.span)
        node = self._own_differential() or self.named(self.next())
        self.build.depth -= 1
        if node.span is None:
            return replace(node, span=self.span(first))
        if self._is_quotient_of_differentials():
            self.at += 2
            return self.build.derivative(node, self.named(self.next()), self.span(first))
        return self.build.derivative(loss, node, self.span(first))

    def _own_differential(self) -> Expression | None:
        """`dz^{[3]}` if the student defined it, without a span, which tells it from a z."""
        token, at = self.peek(), self.at
        if not any(base == f"d{token.text}" for base, _, _ in self.build.names.definitions):
            return None
        self.at += 1
        sub, sup, primes = self.scripts()
        own = token._replace(text=f"d{token.text}")
        node = self.resolve(own, sub, sup, at) if not primes else None
        if node is None:
            self.at = at
            return None
        return replace(node, span=None)

    def _is_quotient_of_differentials(self) -> bool:
        """Whether `/ d` and a name follow: `dl/dW`."""
        slash, mark, name = [*self.tokens[self.at : self.at + 3], *self.tokens[-1:] * 3][:3]
        return (
            slash.text == "/"
            and mark.text in ("d", "\\partial")
            and name.kind in ("letter", "word", "accent", "command")
        )

    def unit_product(self, left: Sequence[Token], first: int) -> Expression:
        """`e_i^\\top e_j` of two unit vectors, where no e is declared: Kronecker's delta."""
        second = self.next()
        right, sup, primes = self.scripts()
        if not right or sup or primes:
            self.build.fail("a unit vector needs an index: e_i^\\top e_j", self.span(first))
        return self.kronecker([*left, second._replace(text=","), *right], first)

    def kronecker(self, entry: Sequence[Token], first: int) -> Expression:
        left, right = (self.within(part, self.whole) for part in pair(entry) or ())
        self.build.check_letter(left)
        self.build.check_letter(right)
        return self.build.apply("eq", left, right, span=self.span(first))
