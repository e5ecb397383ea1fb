"""LaTeX mathematics → expression, by recursive descent over the tokens of `latex_tokens`.

The problem's symbol table decides what a name with scripts is: a layer, an entry, a transpose or a power.
The shapes of the factors decide what a product is.
"""

from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Nonsense, Span, Unreadable
from grader.expression import SCALAR, Expression, Number, free_indices
from grader.notation.builder import (
    NONSENSE,
    USUAL,
    Builder,
    Conventions,
    Reading,
    is_condition,
)
from grader.notation.latex.cases import OTHERWISE
from grader.notation.latex.forms import FORMS, LatexFormReader
from grader.notation.latex.functions import OPEN
from grader.notation.latex.scripts import COMPARISONS, PAIRS, power_of, split_script
from grader.notation.latex_tokens import Token, tokenize
from grader.notation.names import Names
from grader.notation.precedence import Factor, chain, juxtaposed
from grader.notation.products import (
    ASTERISK,
    DOT,
    HADAMARD,
    JUXTAPOSED,
    OUTER,
    QUOTIENT,
    UNSIZED,
    combine,
    divide,
)

PRODUCTS = {
    "\\odot": HADAMARD, "\\cdot": DOT, "\\times": JUXTAPOSED, "*": ASTERISK, "\\otimes": OUTER,
    "\\oslash": QUOTIENT,
}  # fmt: skip
STOPS = frozenset({"if", "otherwise", "else", "for", "when", "where", "and", "or", "with", "let",
                    "then"})  # fmt: skip
NOT_FACTORS = frozenset(
    {"\\\\", "\\quad", "\\end", "\\over", "\\Rightarrow", "\\rightarrow", "\\}", "\\rangle", "\\|"}
    | set(PRODUCTS) | set(COMPARISONS) | {"\\wedge", "\\vee", "\\in", "\\dots", "\\vdots"}
)  # fmt: skip


def parse(text: str, names: Names) -> tuple[Expression, list[str]]:
    """The expression of a formula (not an equation), and notes on how it was read.

    Raises Unreadable (a human must look) or Nonsense (readable, but without a value).
    """
    try:
        return parse_tokens(tokenize(text, names), names, text)
    except (Unreadable, Nonsense) as error:
        raise error.located(text) from None


def parse_tokens(
    tokens: Sequence[Token], names: Names, source: str
) -> tuple[Expression, list[str]]:
    """Like `parse` for the tokens of a part of a formula; errors point into `source`."""
    reading = read_tokens(tokens, names, source)
    return reading.node, list(reading.notes)


def read_tokens(
    tokens: Sequence[Token], names: Names, source: str, conventions: Conventions = USUAL
) -> Reading:
    """The reading of tokens under some conventions; raises like `parse`."""
    parser = Parser(tokens, Builder(names, source, conventions=conventions))
    try:
        return parser.build.reading(parser.whole())
    except (Unreadable, Nonsense) as error:
        raise error.located(source) from None


def parse_left(tokens: Sequence[Token], names: Names, source: str) -> Expression:
    """The left side of an equation, whose index letters need no declaration.

    Each letter gets the range of the axis that it indexes. Raises like `parse`.
    """
    build = Builder(names, source, open_indices=True)
    parser = Parser(tokens, build)
    try:
        return build.only(build.closed(build.finish(parser.whole())))
    except (Unreadable, Nonsense) as error:
        raise error.located(source) from None


def _span_of(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)


class Parser(LatexFormReader):
    """Operators and factors: the top of the grammar."""

    def whole(self) -> Expression:
        if self.peek().kind == "end":
            self.build.fail("there is no expression here", self.peek().span)
        node = self.conditional(self.relation())
        if self.peek().kind != "end":
            self.unexpected(self.peek(), "an operator or the end")
        return node

    def conditional(self, value: Expression) -> Expression:
        """`a if c else b` and `a if c, b if d`; NaN where no condition holds."""
        token = self.peek()
        if token.kind != "word" or token.text not in ("if", "when"):
            return value
        cases: list[tuple[Expression, Expression | None]] = []
        while self.peek().kind == "word" and self.peek().text in ("if", "when"):
            self.at += 1
            cases.append((value, self.relation()))
            self._between_cases()
            if self.peek().kind == "word" and self.peek().text in OTHERWISE:
                self.at += 1
                cases.append((self.relation(), None))
                break
            if self.peek().kind == "end":
                break
            value = self.relation()
            if self.peek().kind == "word" and self.peek().text in OTHERWISE:
                self.at += 1
                cases.append((value, None))
        return self.build.piecewise(cases, token.span)

    def _between_cases(self) -> None:
        while self.peek().text in (",", ";", "and", "\\quad") and self.peek().kind != "end":
            self.at += 1

    def relation(self) -> Expression:
        """Comparisons joined by `and`/`or`, or a plain sum."""
        first = self.at
        node = self.comparison()
        while True:
            token = self.peek()
            if token.text in ("\\wedge", "and"):
                function = "and"
            elif token.text in ("\\vee", "or"):
                function = "or"
            else:
                return node
            self.at += 1
            other = self.comparison()
            if not all(part is NONSENSE or is_condition(part) for part in (node, other)):
                hint = "give one answer, or write a case distinction with \\begin{cases}"
                self.build.fail(f'two values joined by "{function}"', token.span, hint)
            node = combine(self.build, function, node, other, self.span(first))

    def comparison(self) -> Expression:
        first = self.at
        left = self.sum()
        if self.peek().text in COMPARISONS:
            left = self.entrywise_bars(left)
        result: Expression | None = None
        while self.peek().text in COMPARISONS:
            function = COMPARISONS[self.next().text]
            right = self.entrywise_bars(self.sum())
            test = combine(self.build, function, left, right, self.span(first))
            result = (
                test
                if result is None
                else combine(self.build, "and", result, test, self.span(first))
            )
            left = right
        return left if result is None else result

    def sum(self) -> Expression:
        first = self.at
        node = self.signed()
        while self.peek().text in ("+", "-"):
            function = "add" if self.next().text == "+" else "sub"
            right = self.signed() if self.peek().text in ("+", "-") else self.term()
            node, right = self.beside(node, right), self.beside(right, node)
            node = combine(self.build, function, node, right, self.span(first))
        return node

    def signed(self) -> Expression:
        """A term with leading signs."""
        while self.peek().text == "{" and self.tokens[self.at + 1].text == "}":
            self.at += 2  # an empty group before a sign
        first = self.at
        negative = False
        while self.peek().text in ("+", "-"):
            negative ^= self.next().text == "-"
        node = self.term()
        return self.build.apply("neg", node, span=self.span(first)) if negative else node

    def term(self) -> Expression:
        """Products with a sign; `chain` says how they bind."""
        groups = [self.group_of_factors()]
        signs: list[str] = []
        while (how := self._product_sign()) is not None:
            signs.append(how)
            negative = self.peek().text in ("+", "-")
            groups.append(self.negated() if negative else self.group_of_factors())
        return chain(self.build, groups, signs, self.beside)

    def _product_sign(self) -> str | None:
        """Consume the sign of a product; None if there is none."""
        how = PRODUCTS.get(self.peek().text)
        if self.peek().text == "." and self.tokens[self.at + 1].text == "*":
            self.at += 1  # MATLAB's .*
            how = HADAMARD
        if how is not None:
            self.at += 1
        return how

    def negated(self) -> list[Factor]:
        """`a \\times -b`."""
        first = self.at
        sign = self.next().text
        factors = self.group_of_factors()
        if sign == "+":
            return factors
        span = self.span(first)
        node = juxtaposed(self.build, factors)
        return [Factor(self.build.apply("neg", node, span=span), span)]

    def juxtaposed(self) -> Expression:
        return juxtaposed(self.build, self.group_of_factors())

    def group_of_factors(self) -> list[Factor]:
        """Factors side by side; a division takes all before it."""
        first = self.at
        factors = [Factor(self.factor(), self.span(first))]
        while True:
            at = self.at
            if self.peek().text == "/":
                self.at += 1
                node = juxtaposed(self.build, factors)
                factors = [
                    Factor(
                        divide(self.build, node, self.factor(), self.span(first)), self.span(first)
                    )
                ]
            elif self.starts_factor():
                if len(factors) == 1:
                    self.check_no_call(factors[0].node)
                self.check_no_rows()
                factors.append(Factor(self.factor(), self.span(at)))
            else:
                return factors

    def starts_factor(self) -> bool:
        token = self.peek()
        if token.kind in ("number", "bold", "letter", "accent"):
            return True
        if token.kind == "word":
            return token.text not in STOPS
        if token.kind == "command" and token.text != "\\|":
            return token.text in FORMS or token.text in OPEN or token.text not in NOT_FACTORS
        if token.text in ("|", "\\|"):
            return self._bars == 0
        return token.text in ("(", "[", "{")

    def factor(self) -> Expression:
        self.build.deeper(self.peek().span)
        node = self.factor_here()
        self.build.depth -= 1
        return node

    def factor_here(self) -> Expression:
        first = self.at
        token = self.next()
        if token.kind == "number":
            node = self.build.number(token.text, token.span)
            if token.text in ("0", "1") and self.peek().text == "_":
                return self.scripted(self.subscripted(token), first)
            return self.scripted(node, first)
        if token.kind == "bold":
            return self.scripted(self.bold_one(token), first)
        if token.kind in ("letter", "word", "accent"):
            return self.scripted(self.named(token), first)
        form = FORMS.get(token.text)
        if form is not None:
            return self.scripted(form(self, token), first)
        if token.text in OPEN or token.text == "{" or token.text in ("|", "\\|"):
            return self.scripted(self.bracket(token), first)
        if token.kind == "command" and token.text not in NOT_FACTORS:
            return self.scripted(self.named(token), first)
        self.unexpected(token, "a number, a name or a bracket")
        raise AssertionError

    def bracket(self, opened: Token) -> Expression:
        if opened.text == "{":
            return self.braces(opened)
        self.build.deeper(opened.span)
        if opened.text == "\\{" and self.peek().text == "\\begin":
            self.build.depth -= 1
            return self.braced_cases(opened)
        if opened.text in ("|", "\\|"):
            return self.bars(opened)
        bars, self._bars = self._bars, 0
        entries = [self.relation()]
        while self.take(","):
            entries.append(self.relation())
        self.expect(OPEN[opened.text], opened)
        self._bars = bars
        self.build.depth -= 1
        if opened.text == "\\langle" and len(entries) == 2:
            return self._inner(entries, self.span(self.at - 1))
        if len(entries) > 1:
            span = Span(opened.start, self.tokens[self.at - 1].end)
            rows = [entries] if opened.text == "[" else [[entry] for entry in entries]
            return self.build.matrix(rows, span)
        return entries[0]

    def _inner(self, entries: Sequence[Expression], span: Span) -> Expression:
        """⟨a, b⟩ of vectors, or the Frobenius inner product of matrices."""
        if 1 in entries[0].shape or entries[0].shape != entries[1].shape:
            return self.build.apply("inner", *entries, span=span)
        both = self.build.apply("mul", *entries, span=span)
        return self.build.apply("sum", both, span=span)

    def braces(self, opened: Token) -> Expression:
        """A group; `{a \\over b}` is a fraction."""
        tokens = self._until_closed(opened)
        depth = 0
        for at, token in enumerate(tokens):
            depth += (token.text == "{") - (token.text == "}")
            if token.text == "\\over" and depth == 0:
                return self.fraction(tokens[:at], tokens[at + 1 :], opened)
        return self.within(tokens, self.whole)

    def bars(self, opened: Token) -> Expression:
        """|x| is the absolute value of a scalar and the norm of a vector, ‖x‖ and ‖x‖₂ the norm."""
        self._bars += 1
        node = self.relation()
        self.expect(opened.text, opened)
        if self.peek().text == "_":
            self.at += 1
            kind = "".join(token.text for token in self.group())
            if kind not in ("2", "F"):
                self.build.fail(f"the norm ‖·‖ with subscript {kind} cannot be read", opened.span)
        self._bars -= 1
        self.build.depth -= 1
        if opened.text == "\\|":
            return self.build.apply("norm", node, span=opened.span)
        return self.single_bars(node, opened)

    def scripted(self, node: Expression, first: int) -> Expression:
        """Scripts after a bracket or a complete name: transpose, power, entry."""
        while True:
            token = self.peek()
            if token.text == "^" and token.kind == "sign":
                self.at += 1
                node = self.superscript(node, self.group(), first)
            elif token.text == "_" and token.kind == "sign":
                bracketed = self.tokens[self.at - 1].text in (")", "]")
                self.at += 1
                script = self.group()
                select = self.entry_of_bracket if bracketed else self.entry
                node = select(node, script, first)
            elif token.text == "'" and node.shape != SCALAR:
                self.at += 1
                node = self.build.apply("transpose", node, span=self.span(first))
            elif token.text == "!":
                self.build.fail("factorials cannot be read", token.span)
            elif token.text == "{" and self.tokens[self.at + 1].text == "}":
                self.at += 2  # A{}^T: the scripts of an empty group belong to the factor before it
            else:
                return node

    def superscript(self, node: Expression, script: Sequence[Token], first: int) -> Expression:
        """A superscript after a complete factor: a transpose or a power."""
        content, transposed, _ = split_script(script)
        if content:
            power = power_of(content)
            node = self.build.power(node, self.exponent(content), self.span(first), power)
        if transposed and node == Number(1.0):
            node = replace(UNSIZED, span=self.span(first))  # 1^T, a row of ones
        if transposed and isinstance(node, Number):
            self.build.fail(
                "a number has no transpose; for ones, give their number", self.span(first)
            )
        if transposed and node.shape == SCALAR and free_indices(node):
            hint = "transpose the array, (W^T)_{ij}, or swap the indices"
            self.build.fail("a single entry has no transpose", self.span(first), hint)
        if transposed:
            node = self.build.apply("transpose", node, span=self.span(first))
        return node

    def exponent(self, script: Sequence[Token]) -> Expression:
        """A power. In brackets or with an index it is refused, as it may be a layer or an example."""
        if len(script) > 1 and script[0].text == "\\odot":
            script = script[1:]
        if len(script) > 2 and (script[0].text, script[-1].text) in PAIRS:
            hint = "the problem declares no such layer"
            self.build.fail("a superscript in brackets is not a power", _span_of(script), hint)
        node = self.within(script, self.whole)
        if free_indices(node):
            self.build.fail("an index as a superscript is not a power", _span_of(script))
        return node

    def entry(self, node: Expression, script: Sequence[Token], first: int) -> Expression:
        if node is NONSENSE:
            return node
        return self.build.item(node, self.selectors(script, node), self.span(first))
