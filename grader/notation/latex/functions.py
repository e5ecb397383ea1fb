"""Functions with primes and powers, and their arguments."""

from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Span
from grader.expression import SCALAR, Apply, Expression, Number, children, walk
from grader.notation.builder.core import EXTENT
from grader.notation.latex.indices import IndexReader
from grader.notation.latex.scripts import is_layer_mark, split_script
from grader.notation.latex_tokens import Token
from grader.notation.names import GREEK, INFIX_FUNCTIONS, LATEX_FUNCTIONS, Function
from grader.notation.products import ASTERISK, DOT, JUXTAPOSED, divide, product
from grader.primitives import TABLE

OPEN = {"(": ")", "[": "]", "\\{": "\\}", "\\langle": "\\rangle"}
BARE_ARGUMENT = frozenset(name for name, row in TABLE.items() if row.bare)
_OF_PRODUCTS = BARE_ARGUMENT - {"sqrt", "abs"}  # \\sin 2x, but √2 x
_SIGNS = {"\\cdot": DOT, "\\times": JUXTAPOSED, "*": ASTERISK}

_OF_ENTRIES = frozenset({"maximum", "minimum", "sign", "clip"})
_BY_ENTRIES = "|·| was read entry by entry; write ‖·‖ for a norm"
_AS_NORM = "|·| of an array was read as its norm; it could also mean each entry"
_FACTORS = {"mul": 2, "div": 1, "neg": 1}  # operands that can hold the multiple
SINGLE_BARS = frozenset({"|", "\\vert", "\\lvert", "\\left|"})


class FunctionReader(IndexReader):
    """Reads calls."""

    def function(self, token: Token) -> Function | None:
        names = self.build.names
        found = names.function_bases.get(token.text)
        if found is not None:
            return found
        if (token.text, None, None) in names.spellings or token.kind == "letter":
            return None
        name = token.text.removeprefix("\\")
        primitive = LATEX_FUNCTIONS.get(name) or INFIX_FUNCTIONS.get(name)
        return Function(name, primitive) if primitive else None

    def _is_called(self, token: Token) -> bool:
        """Whether the argument of a function follows, perhaps after scripts and primes."""
        at = self.at
        while self.tokens[at].text in ("'", "^", "_"):
            at += 1
            if self.tokens[at - 1].text != "'":
                at = self._behind_group(at)
        following = self.tokens[at].text
        if following in ("(", "[", "\\{", "{"):
            return True
        name = token.text.removeprefix("\\")
        bare = (
            LATEX_FUNCTIONS.get(name) in BARE_ARGUMENT
            and token.text not in self.build.names.function_bases
        )
        return bare and self.tokens[at].kind != "end" and self._could_begin(at)

    def _could_begin(self, at: int) -> bool:
        outer, self.at = self.at, at
        result = self.starts_factor()
        self.at = outer
        return result

    def _behind_group(self, at: int) -> int:
        if self.tokens[at].text != "{":
            return min(at + 1, len(self.tokens) - 1)
        depth = 0
        while at < len(self.tokens) - 1:
            depth += (self.tokens[at].text == "{") - (self.tokens[at].text == "}")
            at += 1
            if depth == 0:
                break
        return at

    def called(self, function: Function, token: Token) -> Expression:
        first = self.at - 1
        sub, sup, primes = self.scripts()
        content, transposed, more = split_script(sup)
        order = self._order() if function.primitive == "sqrt" else None
        outer, self._of_entries = self._of_entries, function.primitive in _OF_ENTRIES
        args = self.arguments(reaches=function.primitive in _OF_PRODUCTS)
        self._of_entries = outer
        if sub:
            self._check_subscript(function, token, sub, args, first)
        span = Span(token.start, self.tokens[self.at - 1].end)
        if order is not None:
            node = self.build.root(args[0], order, span)
        else:
            node = self.build.call(function, primes + more, args, span)
        if [part.text for part in content] == ["-", "1"]:
            self.build.fail("inverse functions cannot be read", self.span(first))
        if content and not is_layer_mark(content):
            node = self.build.power(node, self.within(content, self.whole), span)
        if transposed:
            node = self.build.apply("transpose", node, span=span)
        return self.entry(node, sub, first) if sub and node.shape != SCALAR else node

    def _check_subscript(
        self,
        function: Function,
        token: Token,
        sub: Sequence[Token],
        args: Sequence[Expression],
        first: int,
    ) -> None:
        """`softmax_i(z)` and `\\sigma_i(z)` are entries; `\\sigma_1(z_j)` is the function of a layer."""
        own = token.text in self.build.names.function_bases
        of_number = all(arg.shape == SCALAR for arg in args)
        letters = all(self.build.selecting(part.text) is not None for part in sub)
        if (of_number and own) or (not of_number and (letters or function.primitive == "softmax")):
            return
        hint = "write the index after the argument, \\sigma(z)_1 or \\sigma(z_1)"
        self.build.fail("the subscript of this function is not clear", self.span(first), hint)

    def _order(self) -> Expression | None:
        """The 3 of `\\sqrt[3]{x}`; None for `\\sqrt[x]`, whose argument is in the bracket."""
        if self.peek().text != "[":
            return None
        depth = 0
        for end in range(self.at, len(self.tokens)):
            depth += (self.tokens[end].text == "[") - (self.tokens[end].text == "]")
            if depth == 0:
                break
        if depth or not self._could_begin(end + 1):
            return None
        inside, self.at = self.tokens[self.at + 1 : end], end + 1
        return self.within(inside, self.whole)

    def arguments(self, *, reaches: bool = False) -> list[Expression]:
        """The arguments of a function; without brackets one factor, or all that it `reaches`."""
        opened = self.peek()
        if opened.text not in ("(", "[", "\\{", "{"):
            return [self._product_behind() if reaches else self.factor()]
        self.at += 1
        if opened.text == "{":
            return [self.braces(opened)]
        self.build.deeper(opened.span)
        bars, self._bars = self._bars, 0
        args = [self.relation()]
        while self.take(",") or self.take(";"):
            args.append(self.relation())
        self.expect(OPEN[opened.text], opened)
        self._bars = bars
        self.build.depth -= 1
        return args

    def _product_behind(self) -> Expression:
        """The argument of a function without brackets: `\\sin 2x`, `\\ln xy`; a sum ends it.

        What follows a number belongs to the argument. After anything else this is not certain: the reader
        takes all names in a row, else nothing more, and tries the other reading too.
        """
        first, known = self.at, len(self.build.open)
        in_names = self._name_follows()
        node = self.factor()
        is_number = _is_numeral(node)
        while self._goes_on(is_number, in_names):
            in_names = in_names and self._name_follows()
            sign = self.peek().text
            self.at += sign == "/" or sign in _SIGNS
            right = self.factor()
            is_number = is_number and _is_numeral(right)
            span = self.span(first)
            if sign == "/":
                node = divide(self.build, node, right, span)
            else:
                node = product(self.build, node, right, _SIGNS.get(sign, JUXTAPOSED), span)
        if any(key.startswith(EXTENT) for key in [*self.build.open][known:]):
            span = self.span(first)
            written = self.build.source[span.start : span.end]
            self.build.notes.append(
                f"a function without brackets was read with the argument `{written}`"
            )
        return node

    def _goes_on(self, is_number: bool, in_names: bool) -> bool:
        """Whether the next factor belongs to the argument of a function without brackets."""
        token = self.peek()
        if token.text != "/" and token.text not in _SIGNS and not self.starts_factor():
            return False
        if self._call_follows():  # sin 2x cos y; log 2 σ(z) is not certain
            own = token.text in self.build.names.function_bases
            return (is_number or own) and self.build.ends_here(token.start)
        if is_number and (self._name_follows() or token.text == "\\frac"):
            return True
        return (in_names and self._name_follows()) != self.build.ends_here(token.start)

    def _name_follows(self) -> bool:
        """Whether the next factor is a number, or a name with its scripts."""
        token = self.peek()
        if token.kind == "command":
            known = token.text[1:] in GREEK or bool(self.build.names.spelled(token.text))
        else:
            known = token.kind in ("number", "letter", "accent", "word")
        return known and self.starts_factor() and not self._call_follows()

    def _call_follows(self) -> bool:
        """Whether a function with its argument is next."""
        token, at = self.peek(), self.at
        self.at = min(at + 1, len(self.tokens) - 1)
        function = self.function(token) if token.kind != "end" else None
        called = function is not None and self._is_called(token)
        self.at = at
        return called

    def single_bars(self, node: Expression, opened: Token) -> Expression:
        """|x| of a scalar is its absolute value; ||v|| and |v| of a vector are its norm.

        In the argument of an entrywise function, |v| means each entry.
        """
        if isinstance(node, Apply) and node.function == "norm":
            self._not_as_norm(node)
            return replace(node, span=Span(opened.start, self.tokens[self.at - 1].end))
        if node.shape == SCALAR:
            return self.build.apply("abs", node, span=opened.span)
        if self._of_entries:
            self.build.notes.append(_BY_ENTRIES)
            return self.build.apply("abs", node, span=opened.span)
        bars = self.build.convention("bars", ("norm", "abs"))
        self.build.notes.append(_AS_NORM)
        return self.build.apply(bars, node, span=opened.span)

    def entrywise_bars(self, node: Expression) -> Expression:
        """The |r| of a condition such as `|r| \\le \\delta`, which holds for each entry of a vector."""
        node = self._by_entries(node)
        if any(self._has_single_bars(part) for part in walk(node)):
            hint = "write \\operatorname{abs}(r) for each entry, \\lVert r \\rVert for the norm"
            self.build.fail("|·| of a vector in a condition is ambiguous", node.span, hint)
        return node

    def beside(self, node: Expression, other: Expression) -> Expression:
        """|r| beside an array of the shape of r, in an entrywise operation, means each entry."""
        bars = self._bars_in(node)
        if bars is None or other.shape == SCALAR or children(bars)[0].shape != other.shape:
            return node
        return self._by_entries(node)

    def _bars_in(self, node: Expression, most: int = 20) -> Expression | None:
        """The |r| that a node is a multiple of, among at most `most` factors."""
        if self._has_single_bars(node):
            return node
        if not isinstance(node, Apply) or node.shape != SCALAR or not most:
            return None
        factors = node.args[: _FACTORS.get(node.function, 0)]
        found = [bars for part in factors if (bars := self._bars_in(part, most - 1)) is not None]
        return found[0] if len(found) == 1 else None

    def _by_entries(self, node: Expression) -> Expression:
        """A multiple of |r| with |·| for each entry; any other node unchanged."""
        bars = self._bars_in(node)
        if bars is None:
            return node
        if node is bars:
            self._not_as_norm(node)
            self.build.notes.append(_BY_ENTRIES)
            return self.build.apply("abs", *children(node), span=node.span)
        assert isinstance(node, Apply)
        return self.build.apply(node.function, *map(self._by_entries, node.args), span=node.span)

    def _not_as_norm(self, node: Expression) -> None:
        """Remove the note that single bars were read as a norm."""
        if self._has_single_bars(node) and _AS_NORM in self.build.notes:
            self.build.notes.remove(_AS_NORM)

    def _has_single_bars(self, node: Expression) -> bool:
        """Whether a norm was written with single bars."""
        span = node.span
        opened = self.build.source[span.start : span.end] if span else ""
        return isinstance(node, Apply) and node.function == "norm" and opened in SINGLE_BARS


def _is_numeral(node: Expression) -> bool:
    """Whether a factor is a number such as 2, π, ½ or 2³, but not a size of the problem."""
    parts = node.args if isinstance(node, Apply) else (node,)
    return all(isinstance(part, Number) and not part.name for part in parts)
