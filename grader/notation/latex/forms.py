"""Forms that begin with a command: fractions, derivatives, sums, matrices, case distinctions."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.errors import Span, UnknownName
from grader.expression import SCALAR, Expression, Item, Number, Symbol
from grader.notation.builder import NONSENSE, SIZE_LIMIT, constant, is_condition
from grader.notation.latex.cases import CaseReader
from grader.notation.latex.ranges import Range, Tokens, ranges
from grader.notation.latex.scripts import (
    COMPARISONS,
    digits,
    is_one_name,
    split,
    without_brackets,
)
from grader.notation.latex_tokens import Token
from grader.notation.products import JUXTAPOSED, UNSIZED, divide, product

MATRICES = frozenset(
    "matrix bmatrix pmatrix vmatrix Bmatrix smallmatrix array bsmallmatrix psmallmatrix".split()
)


class LatexFormReader(CaseReader):
    """Reads forms."""

    def frac(self, token: Token) -> Expression:
        return self.fraction(self.frac_part(), self.frac_part(), token)

    def frac_part(self) -> list[Token]:
        """An argument of \\frac; each digit of `\\frac12` is one."""
        token = self.peek()
        if token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            self.tokens[self.at : self.at + 1] = digits(token)
        return self.group()

    def fraction(self, top: list[Token], bottom: list[Token], token: Token) -> Expression:
        span = Span(token.start, self.tokens[max(0, self.at - 1)].end)
        if self._is_derivative(top, bottom):
            return self.derivative(top[1:], bottom[1:], span)
        numerator = self.within(top, self.whole)
        return divide(self.build, numerator, self.within(bottom, self.whole), span)

    def _is_derivative(self, top: list[Token], bottom: list[Token]) -> bool:
        if not top or len(bottom) < 2:
            return False
        if top[0].text == "\\partial" and bottom[0].text == "\\partial":
            return True
        if top[0].text == "\\delta" == bottom[0].text and self._are_names(top[1:], bottom[1:]):
            self.build.notes.append("δ…/δ… was read as a derivative")
            return True
        if not top[0].text == "d" == bottom[0].text:
            return False
        if self.is_size(top[0]):  # d/dW is still a derivative, d/d and d/N are not
            return is_one_name(bottom[1:]) and self.is_quantity(bottom[1:])
        return self.lookup(("d", None, None), top[0].span) is None

    def _are_names(self, top: Sequence[Token], bottom: Sequence[Token]) -> bool:
        """Whether the numerator is one quantity of the model, and the denominator one name."""
        names = self.build.names
        if not top or not any(base == top[0].text for base, _, _ in names.spellings):
            return False
        return is_one_name(top) and is_one_name(bottom)

    def derivative(self, of: list[Token], wrt: list[Token], span: Span) -> Expression:
        for part in (of, wrt):
            if part and part[0].text == "^":
                self.build.fail("second derivatives cannot be read", part[0].span)
        below = self.within(wrt, self.whole)
        above = self.within(of, self.numerator) if of else self.juxtaposed()
        return self.build.derivative(above, below, span)

    def numerator(self) -> Expression:
        """The `l(\\theta)` of ∂l(θ)/∂W, without its argument list."""
        first = self.peek()
        function = self.function(first) if first.kind != "end" else None
        if first.kind in ("letter", "accent", "command", "word") and function is None:
            self.at += 1
            if first.text not in FORMS:
                node = self.named(first)
                if (
                    self.peek().text == "("
                    and isinstance(node, Symbol | Item)
                    and node.shape == SCALAR
                ):
                    self.skip_bracket()
                if self.peek().kind == "end":
                    return node
            self.at = 0
        return self.whole()

    def partial(self, token: Token) -> Expression:
        """`∂l/∂W`, written on one line, or `\\partial_W l`."""
        if self.peek().text == "_":
            return self.nabla(token)
        of = self.differentiated()
        slash = self.next()
        mark = self.next()
        if slash.text != "/" or mark.text not in ("\\partial", "d"):
            self.build.fail("`∂` must begin a derivative, such as ∂l/∂W", token.span)
        wrt = self.differentiated()
        return self.build.derivative(of, wrt, Span(token.start, self.tokens[self.at - 1].end))

    def differentiated(self) -> Expression:
        token = self.next()
        if token.text == "(" or token.text == "{":
            return self.bracket(token)
        if token.kind not in ("letter", "word", "accent", "command"):
            self.unexpected(token, "a quantity to differentiate")
        node = self.named(token)
        if self.peek().text == "(" and isinstance(node, Symbol | Item) and node.shape == SCALAR:
            self.skip_bracket()
        return node

    def nabla(self, token: Token) -> Expression:
        """`\\nabla_W l`."""
        first = self.at - 1
        if not self.take("_"):
            self.build.fail(
                "this gradient does not name what it differentiates by",
                token.span,
                "write \\nabla_{W} l",
            )
        wrt = self.within(self.group(), self.whole)
        of = self.differentiated()
        return self.build.derivative(of, wrt, self.span(first))

    def big_sum(self, token: Token) -> Expression:
        """`\\sum` with a range, an index alone, values, or conditions."""
        sub, sup, _ = self.scripts()
        if not sub and not sup:
            return self.build.whole_sum(self.signed, token.span)
        if not sub:
            self.build.fail("this sum has no index", token.span, "write \\sum_{i=1}^{n}")
        return self._sums(ranges(sub), sup, token, self.at - 1)

    def _sums(
        self, parts: Sequence[Range], sup: list[Token] | None, token: Token, first: int
    ) -> Expression:
        if not parts:
            return self.signed()
        part, rest = parts[0], parts[1:]

        def body() -> Expression:
            return self._sums(rest, sup, token, first)

        if part.members:
            written = self.build.source[part.members[0].start : part.members[-1].end]
            hint = "write the values, k \\in \\{1, 3\\}, or a condition such as k \\ne i"
            message = f"the elements of the set `{written}` are not known"
            self.build.fail(message, _span(part.members), hint)
        if part.values:
            return self._over_values(part, token, body)
        if part.condition and (not part.name or self.build.bound_index(part.name) is not None):
            return self._conditioned(part.condition, token, body)
        if part.condition:
            return self.build.open_sum(
                part.name, lambda: self._conditioned(part.condition, token, body), token.span
            )
        if not part.name:
            self.build.fail("the index variable of a sum must be a letter", token.span)
        return self._ranged(part, sup, token, body)

    def _ranged(
        self, part: Range, sup: list[Token] | None, token: Token, body: Callable[[], Expression]
    ) -> Expression:
        low, high = part.low, part.high or sup
        if not low and not high:
            return self.build.open_sum(part.name, body, token.span)
        if not high:
            self.build.fail("this sum has no upper limit", token.span, "write \\sum_{i=1}^{n}")
        start = self.within(low, self.sum) if low else Number(1.0)
        if start == Number(1.0) and self._is_unknown_size(high):
            self.build.notes.append(
                f"the sum over {part.name} was read as a sum over the whole range of {part.name}"
            )
            return self.build.open_sum(part.name, body, token.span)
        stop = self.within(high, self.sum)
        index = self.build.bind(part.name, start, stop, token.span)
        return self.build.sum(index, body, token.span)

    def _is_unknown_size(self, high: Tokens) -> bool:
        """Whether an upper limit such as `s_{l+1}` is a name that the problem does not declare."""
        if not is_one_name(high):
            return False
        at = self.at
        try:
            self.within(high, self.sum)
        except UnknownName:
            return True
        finally:
            self.at = at
        return False

    def _over_values(self, part: Range, token: Token, body: Callable[[], Expression]) -> Expression:
        """`\\sum_{k \\in \\{1, 3\\}}`, with its terms written out."""
        values = [constant(self.within(value, self.sum)) for value in part.values]
        terms = self.build.terms(part.name, values, body, token.span)
        node = terms[0]
        for term in terms[1:]:
            node = self.build.apply("add", node, term, span=token.span)
        return node

    def _conditioned(
        self, condition: Sequence[Token], token: Token, body: Callable[[], Expression]
    ) -> Expression:
        """The body where a condition such as `k \\ne i` holds, zero elsewhere."""
        test = self.within(condition, self.whole)
        if test is not NONSENSE and not is_condition(test):
            hint = "write \\sum_{i=1}^{n}, or a condition such as k \\ne i"
            self.build.fail("this range of a sum cannot be read", condition[0].span, hint)
        return self.build.apply("where", test, body(), Number(0.0), span=token.span)

    def big_product(self, token: Token) -> Expression:
        """`\\prod_{k=1}^{n}`, with its factors written out in order."""
        sub, sup, _ = self.scripts()
        low = split(sub or [], "=")
        if len(low) != 2 or len(low[0]) != 1 or not sup or low[0][0].kind == "number":
            hint = "write \\prod_{k=1}^{n} with numbers or sizes as its limits"
            self.build.fail("this product has no range", token.span, hint)
        first = self.at - 1
        start, stop = self.within(low[1], self.sum), self.within(sup, self.sum)
        index = self.build.bind(low[0][0].text, start, stop, token.span)
        factors = self.build.factors(index, self.signed, token.span)
        node = factors[0]
        for factor in factors[1:]:
            node = product(self.build, node, factor, JUXTAPOSED, self.span(first))
        return node

    def subscripted(self, token: Token) -> Expression:
        """`1_{z > 0}` and `\\mathbb{1}_{ij}` are indicators, `1_{n}` and `0_{m \\times n}` arrays."""
        self.at += 1
        script = without_brackets(self.group())
        span = Span(token.start, self.tokens[self.at - 1].end)
        if token.kind == "bold" and self._is_entry(script):
            return self.kronecker(script, self.at - 1)
        sizes = [self.within(part, self.sum) for part in split(script, "\\times")] if not any(
            part.text in COMPARISONS for part in script) else []  # fmt: skip
        if sizes:
            return self.constant_array(token, [constant(size) for size in sizes], span)
        if token.text == "0":
            self.build.fail("a 0 cannot have a condition", span)
        return self.within(script, self.whole)

    def bold_one(self, token: Token) -> Expression:
        """A bold 1: an indicator, or ones of a given size, or ones of the size that fits."""
        if self.peek().text == "_":
            return self.subscripted(token)
        if self.peek().text in ("(", "[", "\\{"):
            return self.indicator(token)
        return replace(UNSIZED, span=token.span)

    def constant_array(self, token: Token, sizes: Sequence[float | None], span: Span) -> Expression:
        """Ones or zeros of a size; a column if only one is given."""
        if len(sizes) > 2 or not all(
            size and size == int(size) and 1 <= size <= SIZE_LIMIT for size in sizes
        ):
            hint = "write 1[z > 0] for an indicator, 1_{n} for a column of n ones"
            self.build.fail(f"the subscript of `{token.text}` is not a condition", span, hint)
        rows, columns = ([int(size or 0) for size in sizes] + [1])[:2]
        name = "ones" if token.text == "1" else "zeros"
        return self.build.apply(name, params=(rows, columns), span=span)

    def environment(self, token: Token) -> Expression:
        name = "".join(part.text for part in self.group()).rstrip("*")
        if name == "array" and self.peek().text == "{":
            self.group()
        body = self._until_end(token, name)
        if name in ("cases", "dcases", "rcases"):
            return self.cases(body, token)
        if name in MATRICES:
            return self.matrix(body, token)
        return self.within([part for part in body if part.text != "&"], self.whole)

    def _until_end(self, token: Token, name: str) -> list[Token]:
        first, depth = self.at, 1
        while True:
            here = self.next()
            if here.kind == "end":
                self.build.fail(f"\\begin{{{name}}} has no \\end{{{name}}}", token.span)
            depth += (here.text == "\\begin") - (here.text == "\\end")
            if depth == 0:
                break
        body = self.tokens[first : self.at - 1]
        ended = "".join(part.text for part in self.group()).rstrip("*")
        if ended != name:
            self.build.fail(f"\\begin{{{name}}} ends with \\end{{{ended}}}", token.span)
        return body

    def matrix(self, body: list[Token], token: Token) -> Expression:
        for part in body:
            if part.text in ("\\dots", "\\vdots", "\\ddots", "\\hdots"):
                hint = "write every entry, or a formula with indices"
                self.build.fail("dots in a matrix do not say what the entries are", part.span, hint)
        rows = [row for row in split(body, "\\\\") if row]
        cells = [[self._cell(cell, token) for cell in split(row, "&")] for row in rows]
        span = Span(token.start, self.tokens[self.at - 1].end)
        return self.build.matrix(cells, span)

    def _cell(self, cell: Sequence[Token], token: Token) -> Expression:
        if not cell:
            self.build.fail("this matrix has an empty entry", token.span)
        return self.within(cell, self.whole)

    def braced_cases(self, opened: Token) -> Expression:
        """An open brace before an array, which makes a case distinction."""
        token = self.next()
        name = "".join(part.text for part in self.group()).rstrip("*")
        if name == "array" and self.peek().text == "{":
            self.group()
        node = self.cases(self._until_end(token, name), token)
        self.take("\\}")
        return node

    def underbrace(self, token: Token) -> Expression:
        """`\\underbrace{a}_{note}` without the note."""
        node = self.within(self.group(), self.whole)
        if self.take("_") or self.take("^"):
            self.group()
        return node


def _span(tokens: Sequence[Token]) -> Span:
    return Span(tokens[0].start, tokens[-1].end)


FORMS: dict[str, Callable[[LatexFormReader, Token], Expression]] = {
    "\\frac": LatexFormReader.frac,
    "\\partial": LatexFormReader.partial,
    "\\nabla": LatexFormReader.nabla,
    "\\sum": LatexFormReader.big_sum,
    "\\prod": LatexFormReader.big_product,
    "\\begin": LatexFormReader.environment,
    "\\underbrace": LatexFormReader.underbrace,
    "\\overbrace": LatexFormReader.underbrace,
}
