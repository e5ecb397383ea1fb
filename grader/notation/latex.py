"""LaTeX mathematics → expression, by recursive descent over the tokens of `latex_tokens`.

What a name with scripts is (a layer, an entry, a transpose, a power) is settled by the problem's symbol
table, what a product is by the shapes of its factors.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.errors import Nonsense, Span, TooLarge, Unreadable
from grader.expression import SCALAR, Derivative, Expression, Index, Number, Slice, Symbol
from grader.notation.builder import NONSENSE, Builder, Reading
from grader.notation.infix import _divide as divide
from grader.notation.latex_tokens import Token, tokenize
from grader.notation.names import GREEK, INFIX_FUNCTIONS, LATEX_FUNCTIONS, Function, Key, Names
from grader.notation.products import DOT, HADAMARD, JUXTAPOSED, combine, product

_OPEN = {"(": ")", "[": "]", "\\{": "\\}", "\\langle": "\\rangle"}
_MATRICES = frozenset(
    "matrix bmatrix pmatrix vmatrix Bmatrix smallmatrix array bsmallmatrix psmallmatrix".split()
)
_PRODUCTS = {"\\odot": HADAMARD, "\\cdot": DOT, "\\times": JUXTAPOSED, "*": JUXTAPOSED,
             "\\otimes": HADAMARD}  # fmt: skip
_COMPARISONS = {"<": "lt", ">": "gt", "\\le": "le", "\\ge": "ge", "\\ne": "ne", "=": "eq"}
_TRANSPOSES = frozenset({"T", "\\top", "⊤"})
_BARE_ARGUMENT = frozenset("exp log ln sin cos tanh sqrt abs".split())
_INDICATORS = frozenset({"I", "1"})


def parse(text: str, names: Names) -> tuple[Expression, list[str]]:
    """The expression that a formula says (no equation), and notes on how it was read.

    Raises Unreadable (a human must look) or Nonsense (it was read, and cannot be a value).
    """
    try:
        return parse_tokens(tokenize(text, names), names, text)
    except (Unreadable, Nonsense) as error:
        raise error.located(text) from None


def parse_tokens(
    tokens: Sequence[Token], names: Names, source: str
) -> tuple[Expression, list[str]]:
    """The same for a part of a formula that is tokens already; errors point into `source`."""
    reading = read_tokens(tokens, names, source)
    return reading.node, list(reading.notes)


def read_tokens(tokens: Sequence[Token], names: Names, source: str) -> Reading:
    """The same, with what else is known of the text."""
    parser = Parser(tokens, Builder(names, source))
    try:
        return parser.build.reading(parser.whole())
    except (Unreadable, Nonsense) as error:
        raise error.located(source) from None


def parse_left(tokens: Sequence[Token], names: Names, source: str) -> Expression:
    """The left side of an equation, in which index letters need no declaration.

    Each gets the range of what it indexes. Raises like `parse`.
    """
    build = Builder(names, source, open_indices=True)
    parser = Parser(tokens, build)
    try:
        return build.closed(build.finish(parser.whole()))
    except (Unreadable, Nonsense) as error:
        raise error.located(source) from None


class Parser:
    """Recursive descent; `tokens` is what is being read now, without an end mark."""

    def __init__(self, tokens: Sequence[Token], build: Builder) -> None:
        self.build = build
        self.tokens: list[Token] = []
        self.at = 0
        self._bars = 0
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
            self.build.fail(f"the formula ends where {wanted} is expected", token.span)
        self.build.fail(f"`{token.text}` stands where {wanted} is expected", token.span)

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
        """TeX takes one digit: `x^10` is x¹0, which nobody means."""
        if token.kind == "number" and len(token.text) > 1:
            hint = f"write ^{{{token.text}}} or _{{{token.text}}}"
            self.build.fail(
                f"LaTeX sets only the first digit of {token.text} here", token.span, hint
            )
        if token.text == "\\frac":
            return [token, *self._braced(), *self._braced()]
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

    # Operators

    def whole(self) -> Expression:
        if self.peek().kind == "end":
            self.build.fail("there is no expression here", self.peek().span)
        node = self.relation()
        if self.peek().kind != "end":
            self.unexpected(self.peek(), "an operator or the end")
        return node

    def relation(self) -> Expression:
        """Comparisons joined by `and`/`or`; a plain sum is one of these too."""
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
            node = combine(self.build, function, node, self.comparison(), self.span(first))

    def comparison(self) -> Expression:
        first = self.at
        left = self.sum()
        result: Expression | None = None
        while self.peek().text in _COMPARISONS:
            function = _COMPARISONS[self.next().text]
            right = self.sum()
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
            node = combine(self.build, function, node, right, self.span(first))
        return node

    def signed(self) -> Expression:
        """A term with leading signs."""
        first = self.at
        negative = False
        while self.peek().text in ("+", "-"):
            negative ^= self.next().text == "-"
        node = self.term()
        return self.build.apply("neg", node, span=self.span(first)) if negative else node

    def term(self) -> Expression:
        """Products with a sign, which bind less than juxtaposition: A B ⊙ C D is (A B) ⊙ (C D)."""
        first = self.at
        node = self.juxtaposed()
        while True:
            if self.peek().text == "." and self.tokens[self.at + 1].text == "*":
                self.at += 1  # MATLAB's .*
                how = HADAMARD
            elif self.peek().text in _PRODUCTS:
                how = _PRODUCTS[self.peek().text]
            else:
                return node
            self.at += 1
            right = self.negated() if self.peek().text in ("+", "-") else self.juxtaposed()
            node = product(self.build, node, right, how, self.span(first))

    def negated(self) -> Expression:
        """`a \\times -b`."""
        first = self.at
        sign = self.next().text
        node = self.juxtaposed()
        return node if sign == "+" else self.build.apply("neg", node, span=self.span(first))

    def juxtaposed(self) -> Expression:
        first = self.at
        node = self.factor()
        while True:
            if self.peek().text == "/":
                self.at += 1
                node = divide(self.build, node, self.factor(), self.span(first))
            elif self.starts_factor():
                node = product(self.build, node, self.factor(), JUXTAPOSED, self.span(first))
            else:
                return node

    def starts_factor(self) -> bool:
        token = self.peek()
        if token.kind in ("number", "letter", "accent"):
            return True
        if token.kind == "word":
            return token.text not in _STOPS
        if token.kind == "command" and token.text != "\\|":
            return token.text in _FORMS or token.text in _OPEN or token.text not in _NOT_FACTORS
        if token.text in ("|", "\\|"):
            return self._bars == 0
        return token.text in ("(", "[", "{")

    # Factors

    def factor(self) -> Expression:
        first = self.at
        token = self.next()
        if token.kind == "number":
            node = self.build.number(token.text, token.span)
            if token.text == "1" and self.peek().text == "_":
                return self.indicator()
            return self.scripted(node, first)
        if token.kind in ("letter", "word", "accent"):
            return self.scripted(self.named(token), first)
        form = _FORMS.get(token.text)
        if form is not None:
            return self.scripted(form(self, token), first)
        if token.text in _OPEN or token.text == "{" or token.text in ("|", "\\|"):
            return self.scripted(self.bracket(token), first)
        if token.kind == "command" and token.text not in _NOT_FACTORS:
            return self.scripted(self.named(token), first)
        self.unexpected(token, "a number, a name or a bracket")
        raise AssertionError

    def bracket(self, opened: Token) -> Expression:
        if opened.text == "{":
            return self.braces(opened)
        self.build.deeper(opened.span)
        if opened.text in ("|", "\\|"):
            return self.bars(opened)
        bars, self._bars = self._bars, 0
        entries = [self.relation()]
        while self.take(","):
            entries.append(self.relation())
        self.expect(_OPEN[opened.text], opened)
        self._bars = bars
        self.build.depth -= 1
        if len(entries) > 1:
            span = Span(opened.start, self.tokens[self.at - 1].end)
            rows = [entries] if opened.text == "[" else [[entry] for entry in entries]
            return self.build.matrix(rows, span)
        return entries[0]

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
        """|x| is the absolute value of a scalar and the norm of a vector, ‖x‖ the norm."""
        self._bars += 1
        node = self.relation()
        self.expect(opened.text, opened)
        self._bars -= 1
        self.build.depth -= 1
        scalar = opened.text == "|" and node.shape == SCALAR
        return self.build.apply("abs" if scalar else "norm", node, span=opened.span)

    def scripted(self, node: Expression, first: int) -> Expression:
        """Scripts behind a bracket or a finished name: transpose, power, entry."""
        while True:
            token = self.peek()
            if token.text == "^" and token.kind == "sign":
                self.at += 1
                node = self.superscript(node, self.group(), first)
            elif token.text == "_" and token.kind == "sign":
                self.at += 1
                node = self.entry(node, self.group(), first)
            elif token.text == "'" and node.shape != SCALAR:
                self.at += 1
                node = self.build.apply("transpose", node, span=self.span(first))
            elif token.text == "!":
                self.build.fail("a factorial does not belong here", token.span)
            else:
                return node

    def superscript(self, node: Expression, script: Sequence[Token], first: int) -> Expression:
        """Behind something whole, a superscript is a transpose or a power."""
        content, transposed, _ = _split_script(script)
        if content:
            exponent = self.within(content, self.whole)
            node = self.build.power(node, exponent, self.span(first))
        if transposed:
            node = self.build.apply("transpose", node, span=self.span(first))
        return node

    def entry(self, node: Expression, script: Sequence[Token], first: int) -> Expression:
        if node is NONSENSE:
            return node
        return self.build.item(node, self.selectors(script, node), self.span(first))

    # Names

    def named(self, token: Token) -> Expression:
        """A letter, word or command with its scripts: a function, a symbol, an entry, a constant."""
        function = self.function(token)
        if function is not None and self._is_called(token):
            return self.called(function, token)
        first = self.at - 1
        sub, sup, primes = self.scripts()
        node = self.resolve(token, sub, sup, first)
        if node is not None:
            self.decoration(token)
            for _ in range(primes):
                node = self.primed(node, self.span(first))
            return node
        return self.undeclared(token, function, sub, sup, first)

    def primed(self, node: Expression, span: Span) -> Expression:
        """A prime behind an array can only be a transpose; behind a scalar it is nothing known."""
        if node.shape == SCALAR and node is not NONSENSE:
            self.build.fail("a prime behind a scalar that is no function", span)
        return self.build.apply("transpose", node, span=span)

    def scripts(self) -> tuple[list[Token] | None, list[Token] | None, int]:
        """The subscript, superscript and number of primes that follow a name, in any order."""
        sub: list[Token] | None = None
        sup: list[Token] | None = None
        primes = 0
        while True:
            token = self.peek()
            if token.text == "_" and sub is None and token.kind == "sign":
                self.at += 1
                sub = self.group()
            elif token.text == "^" and sup is None and token.kind == "sign":
                self.at += 1
                sup = self.group()
            elif token.text == "'":
                self.at += 1
                primes += 1
            else:
                return sub, sup, primes

    def resolve(
        self, token: Token, sub: list[Token] | None, sup: list[Token] | None, first: int
    ) -> Expression | None:
        """What a name with scripts stands for in the table, None if it is not there.

        In this order: the superscript is a layer; the scripts are part of a declared name; the plain
        name with an entry and a power; the subscript is a layer (`W_2` where `W^2` was declared).
        """
        content, transposed, primes = _split_script(sup)
        layer, subscript = layer_of(content), layer_of(sub)
        for key, entry, power in (
            ((token.text, layer, subscript), None, None),
            ((token.text, layer, None), sub, None),
            ((token.text, None, subscript), None, content),
            ((token.text, None, None), sub, content),
            ((token.text, subscript, None), content, None),
            ((token.text, None, layer), sub, None),
        ):
            node = self.lookup(key, token.span) if _complete(key, layer, subscript) else None
            if node is None or (entry is content and content and not _is_index_list(content)):
                continue
            return self.finished(node, entry, power, transposed + primes, first)
        return None

    def lookup(self, key: Key, span: Span) -> Expression | None:
        names = self.build.names
        if key in names.definitions:
            return replace(names.definitions[key], span=span)
        name = names.spellings.get(key)
        if name is not None:
            symbol = names.symbols[name]
            return Symbol(symbol.name, symbol.shape, span)
        base, sup, sub = key
        if sup is None and sub is None:
            return self.constant(base, span)
        size = names.dimensions.get(base + (sub or sup or ""))
        return Number(float(size), span) if size is not None else None

    def constant(self, base: str, span: Span) -> Expression | None:
        names = self.build.names
        index = self.build.index(base)
        if index is not None:
            return self.build.index_value(index, span)
        if base in names.dimensions:
            return Number(float(names.dimensions[base]), span)
        return Number(3.141592653589793, span) if base == "\\pi" else None

    def finished(
        self,
        node: Expression,
        entry: list[Token] | None,
        power: list[Token] | None,
        transposes: int,
        first: int,
    ) -> Expression:
        """A name with the entry, transposes and power that its scripts ask for."""
        if entry:
            if node.shape == SCALAR and self._is_kronecker(node, entry):
                return self.kronecker(entry, first)
            node = self.entry(node, entry, first)
        if power and _is_index_list(power) and node.shape != SCALAR:
            node, power = self.entry(node, power, first), None
        if power:
            exponent = self.within(power, self.whole)
            node = self.build.power(node, exponent, self.span(first))
        if transposes % 2:
            node = self.build.apply("transpose", node, span=self.span(first))
        node = node if node is NONSENSE else replace(node, span=self.span(first))
        return node

    def _is_kronecker(self, node: Expression, entry: Sequence[Token]) -> bool:
        """δ_{ik}, with δ a scalar or undeclared, is Kronecker's where both are indices."""
        source = self.build.source[node.span.start : node.span.end] if node.span else ""
        letters = [token for token in entry if token.text != ","]
        return source in ("\\delta", "δ") and len(letters) == 2

    def kronecker(self, entry: Sequence[Token], first: int) -> Expression:
        parts = [[token] for token in entry if token.text != ","]
        left, right = (self.within(part, self.whole) for part in parts)
        return self.build.apply("eq", left, right, span=self.span(first))

    def decoration(self, token: Token) -> None:
        """The argument list of `l(\\theta)`, which says nothing."""
        if token.text in self.build.names.calls and self.peek().text == "(":
            self.skip_bracket()

    def skip_bracket(self) -> None:
        opened, depth = self.next(), 1
        while depth:
            token = self.next()
            if token.kind == "end":
                self.unexpected(token, ")", opened)
            depth += (token.text == "(") - (token.text == ")")

    def undeclared(
        self,
        token: Token,
        function: Function | None,
        sub: list[Token] | None,
        sup: list[Token] | None,
        first: int,
    ) -> Expression:
        if token.text == "e" and sup:
            exponent = self.within(sup, self.whole)
            return self.build.apply("exp", exponent, span=self.span(first))
        if token.text == "\\delta" and sub and not sup and self._is_pair(sub):
            return self.kronecker(sub, first)
        if token.text == "d" and sub is None and sup is None:
            return self.differential(token)
        span = self.span(first)
        if function is not None:
            hint = f"write {self.build.source[span.start : span.end]}(…)"
            self.build.fail("a function without its argument", span, hint)
        if token.kind == "command" and token.text[1:] not in GREEK:
            self.build.fail(f"`{token.text}` is not known here", span, self._known_commands(token))
        written = self.build.source[span.start : span.end]
        self.build.unknown(written, span, list(self.build.names.latex.values()))

    def _is_pair(self, sub: Sequence[Token]) -> bool:
        return len([token for token in sub if token.text != ","]) == 2

    def _known_commands(self, token: Token) -> str | None:
        spelled = [base for base, _, _ in self.build.names.spellings if base == token.text]
        if spelled:
            layers = ", ".join(
                self.build.names.latex[name]
                for key, name in self.build.names.spellings.items()
                if key[0] == token.text
            )
            return f"declared are: {layers}"
        return "the problem declares no such name"

    def differential(self, token: Token) -> Expression:
        """`dW^{[1]}`: the gradient of the loss by what follows."""
        loss = self.build.names.loss
        if loss is None or self.peek().kind not in ("letter", "accent", "command"):
            self.build.unknown("d", token.span, self.build.names.known())
        wrt = self.named(self.next())
        base = wrt.base if hasattr(wrt, "base") else wrt
        return self.build.derivative(
            loss, wrt if isinstance(base, Symbol) else wrt, self.span(self.at - 1)
        )

    # Functions

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
        """Whether a function's argument follows, scripts and primes in between allowed."""
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
            LATEX_FUNCTIONS.get(name) in _BARE_ARGUMENT
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
        if sub:
            self.build.fail("a function with a subscript", self.span(first))
        content, transposed, more = _split_script(sup)
        args = self.arguments()
        span = Span(token.start, self.tokens[self.at - 1].end)
        node = self.build.call(function, primes + more, args, span)
        if content and not _is_layer_mark(content):
            node = self.build.power(node, self.within(content, self.whole), span)
        if transposed:
            node = self.build.apply("transpose", node, span=span)
        return node

    def arguments(self) -> list[Expression]:
        opened = self.peek()
        if opened.text not in ("(", "[", "\\{", "{"):
            return [self.factor()]
        self.at += 1
        if opened.text == "{":
            return [self.braces(opened)]
        self.build.deeper(opened.span)
        bars, self._bars = self._bars, 0
        args = [self.relation()]
        while self.take(",") or self.take(";"):
            args.append(self.relation())
        self.expect(_OPEN[opened.text], opened)
        self._bars = bars
        self.build.depth -= 1
        return args

    # Index lists

    def selectors(self, script: Sequence[Token], base: Expression) -> list[Expression | Slice]:
        """The indices in a script: `1,j`, `(1,j)`, `11`, `ij`, `i+1`, `:`."""
        script = _without_brackets(script)
        parts = _split(script, ",")
        if len(parts) == 1 and len(script) >= 1:
            parts = self.undivided(script, base)
        return [self.one_selector(part, base, axis) for axis, part in enumerate(parts)]

    def undivided(self, script: Sequence[Token], base: Expression) -> list[Sequence[Token]]:
        """`ij` and `11` are two indices into a matrix; `i+1` is one, and so is 12 of a long vector."""
        if any(token.kind == "sign" and token.text in "+-" for token in script):
            return [script]
        if len(script) == 1 and 1 in base.shape:
            token = script[0]
            if (
                token.kind == "number"
                and len(token.text) == 2
                and float(token.text) > max(base.shape)
            ):
                return [[part] for part in _digits(token)]
            return [script]
        parts: list[Sequence[Token]] = []
        for token in script:
            if token.kind == "number" and len(token.text) > 1:
                parts.extend([part] for part in _digits(token))
            else:
                parts.append([token])
        return parts

    def one_selector(
        self, part: Sequence[Token], base: Expression, axis: int
    ) -> Expression | Slice:
        if not part:
            here = self.tokens[max(0, self.at - 1)].span
            self.build.fail("an index is missing", here)
        first = part[0]
        if len(part) == 1 and first.text in (":", "\\cdot", "*"):
            thin_row = base.shape[0] == 1 and base.shape[1] > 1
            size = base.shape[1] if thin_row and axis == 0 else base.shape[min(axis, 1)]
            return Slice(1, size)
        if len(part) == 1 and first.kind in ("letter", "word", "command", "accent"):
            index = self.build.selecting(first.text)
            if index is not None:
                return index
            self._no_such_index(first)
        if len(part) == 1 and first.kind == "number":
            return self.build.shifted(self.build.number(first.text, first.span))
        return self.build.shifted(self.within(part, self.sum))

    def _no_such_index(self, token: Token) -> None:
        names = self.build.names
        if token.text in names.dimensions:
            return
        known = ", ".join(names.indices) or "none"
        hint = f"index variables here: {known}; others are bound by a sum"
        self.build.fail(f"the index `{token.text}` is not declared", token.span, hint)

    # Forms that begin with a command

    def frac(self, token: Token) -> Expression:
        return self.fraction(self.frac_part(), self.frac_part(), token)

    def frac_part(self) -> list[Token]:
        """An argument of \\frac; of `\\frac12` each digit is one."""
        token = self.peek()
        if token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            self.tokens[self.at : self.at + 1] = _digits(token)
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
        return (
            top[0].text == "d" == bottom[0].text
            and self.lookup(("d", None, None), top[0].span) is None
        )

    def derivative(self, of: list[Token], wrt: list[Token], span: Span) -> Expression:
        for part in (of, wrt):
            if part and part[0].text == "^":
                self.build.fail("second derivatives are not read", part[0].span)
        below = self.within(wrt, self.whole)
        above = self.within(of, self.numerator) if of else self.factor()
        return self.build.derivative(above, below, span)

    def numerator(self) -> Expression:
        """The `l(\\theta)` of ∂l(θ)/∂W: an argument list behind a quantity is decoration."""
        first = self.peek()
        function = self.function(first) if first.kind != "end" else None
        if first.kind in ("letter", "accent", "command", "word") and function is None:
            self.at += 1
            if first.text not in _FORMS:
                node = self.named(first)
                if self.peek().text == "(" and isinstance(node, Symbol) and node.shape == SCALAR:
                    self.skip_bracket()
                if self.peek().kind == "end":
                    return node
            self.at = 0
        return self.whole()

    def partial(self, token: Token) -> Expression:
        """`∂l/∂W`, written on one line."""
        of = self.differentiated()
        slash = self.next()
        mark = self.next()
        if slash.text != "/" or mark.text not in ("\\partial", "d"):
            self.build.fail("`∂` begins a derivative: write ∂l/∂W", token.span)
        wrt = self.differentiated()
        return self.build.derivative(of, wrt, Span(token.start, self.tokens[self.at - 1].end))

    def differentiated(self) -> Expression:
        token = self.next()
        if token.text == "(" or token.text == "{":
            return self.bracket(token)
        if token.kind not in ("letter", "word", "accent", "command"):
            self.unexpected(token, "what is differentiated")
        node = self.named(token)
        if self.peek().text == "(" and isinstance(node, Symbol) and node.shape == SCALAR:
            self.skip_bracket()
        return node

    def nabla(self, token: Token) -> Expression:
        """`\\nabla_W l`."""
        first = self.at - 1
        if not self.take("_"):
            self.build.fail("a gradient by what?", token.span, "write \\nabla_{W} l")
        wrt = self.within(self.group(), self.whole)
        of = self.differentiated()
        return self.build.derivative(of, wrt, self.span(first))

    def sqrt(self, token: Token) -> Expression:
        if self.peek().text == "[":
            self.build.fail("only square roots are read", token.span)
        node = self.within(self.group(), self.whole)
        return self.build.apply("sqrt", node, span=token.span)

    def big_sum(self, token: Token) -> Expression:
        sub, sup, _ = self.scripts()
        if not sub:
            self.build.fail("a sum over what?", token.span, "write \\sum_{i=1}^{n}")
        first = self.at - 1
        ranges = [_split(part, "=") for part in _split(sub, ",")]
        return self._sums(ranges, sup, token, first)

    def _sums(
        self,
        ranges: list[list[Sequence[Token]]],
        sup: list[Token] | None,
        token: Token,
        first: int,
    ) -> Expression:
        if not ranges:
            return self.term()
        (variable, *low), rest = ranges[0], ranges[1:]

        def body() -> Expression:
            return self._sums(rest, sup, token, first)

        if len(variable) > 1 and not low:
            return self._conditioned(variable, token, body)
        name = variable[0].text if len(variable) == 1 else ""
        if not name or variable[0].kind == "number":
            self.build.fail("the index variable of a sum is a letter", token.span)
        if not low:
            return self.build.open_sum(name, body, token.span)
        if not sup:
            self.build.fail("this sum has no upper end", token.span, "write \\sum_{i=1}^{n}")
        start, stop = self.within(low[0], self.sum), self.within(sup, self.sum)
        index = self.build.bind(name, start, stop, token.span)
        return self.build.sum(index, body, token.span)

    def _conditioned(
        self, condition: Sequence[Token], token: Token, body: Callable[[], Expression]
    ) -> Expression:
        """`\\sum_{k \\ne i}`: the sum over the first variable, zero where the condition fails."""
        name = condition[0].text
        if condition[0].kind not in ("letter", "command") or condition[1].text not in _COMPARISONS:
            self.build.fail("this range of a sum is not read", token.span, "write \\sum_{i=1}^{n}")

        def chosen() -> Expression:
            test = self.within(condition, self.whole)
            return self.build.apply("where", test, body(), Number(0.0), span=token.span)

        return self.build.open_sum(name, chosen, token.span)

    def indicator(self) -> Expression:
        """`1_{z > 0}`, and behind it perhaps the argument it is meant for."""
        self.at += 1
        return self.within(_without_brackets(self.group()), self.whole)

    def environment(self, token: Token) -> Expression:
        name = "".join(part.text for part in self.group()).rstrip("*")
        if name == "array" and self.peek().text == "{":
            self.group()
        body = self._until_end(token, name)
        if name in ("cases", "dcases", "rcases"):
            return self.cases(body, token)
        if name in _MATRICES:
            return self.matrix(body, token)
        return self.within([part for part in body if part.text != "&"], self.whole)

    def _until_end(self, token: Token, name: str) -> list[Token]:
        first, depth = self.at, 1
        while True:
            here = self.next()
            if here.kind == "end":
                self.build.fail(f"\\begin{{{name}}} is never ended", token.span)
            depth += (here.text == "\\begin") - (here.text == "\\end")
            if depth == 0:
                break
        body = self.tokens[first : self.at - 1]
        ended = "".join(part.text for part in self.group()).rstrip("*")
        if ended != name:
            self.build.fail(f"\\begin{{{name}}} is ended by \\end{{{ended}}}", token.span)
        return body

    def matrix(self, body: list[Token], token: Token) -> Expression:
        for part in body:
            if part.text in ("\\dots", "\\vdots", "\\ddots", "\\hdots"):
                hint = "write out every entry, or give the answer with indices"
                self.build.fail("dots in a matrix leave open what stands there", part.span, hint)
        rows = [row for row in _split(body, "\\\\") if row]
        cells = [[self._cell(cell, token) for cell in _split(row, "&")] for row in rows]
        span = Span(token.start, self.tokens[self.at - 1].end)
        return self.build.matrix(cells, span)

    def _cell(self, cell: Sequence[Token], token: Token) -> Expression:
        if not cell:
            self.build.fail("an empty entry in a matrix", token.span)
        return self.within(cell, self.whole)

    def cases(self, body: list[Token], token: Token) -> Expression:
        rows = [row for row in _split(body, "\\\\") if row]
        pairs = [self.one_case(row) for row in rows]
        span = Span(token.start, self.tokens[self.at - 1].end)
        return self.build.piecewise(pairs, span)

    def one_case(self, row: Sequence[Token]) -> tuple[Expression, Expression | None]:
        value, *rest = _split(row, "&")
        value = value[:-1] if value and value[-1].text in (",", ";") else value
        node = self.within(value, self.whole)
        condition = [token for part in rest for token in part]
        if any(token.kind == "prose" and "otherwise" in token.text for token in condition):
            return node, None
        condition = [token for token in condition if not _is_filler(token)]
        condition = (
            condition[:-1] if condition and condition[-1].text in _PUNCTUATION else condition
        )
        if not condition or condition[0].text in ("otherwise", "else"):
            return node, None
        return node, self.within(condition, self.whole)

    def underbrace(self, token: Token) -> Expression:
        """`\\underbrace{a}_{note}`: the note says nothing."""
        node = self.within(self.group(), self.whole)
        if self.take("_") or self.take("^"):
            self.group()
        return node


def _is_filler(token: Token) -> bool:
    """Words around a condition."""
    return token.text in _CONDITION_WORDS or token.kind == "prose"


def _split(tokens: Sequence[Token], sign: str) -> list[Sequence[Token]]:
    """Tokens split at a sign outside of brackets, braces and environments."""
    parts: list[Sequence[Token]] = []
    depth = begin = 0
    for at, token in enumerate(tokens):
        if token.text in ("{", "(", "[", "\\begin", "\\{"):
            depth += 1
        elif token.text in ("}", ")", "]", "\\end", "\\}"):
            depth -= 1
        elif token.text == sign and depth <= 0:
            parts.append(tokens[begin:at])
            begin = at + 1
    parts.append(tokens[begin:])
    return parts


def _split_script(script: Sequence[Token] | None) -> tuple[list[Token], bool, int]:
    """A superscript as content, whether it ends in a transpose, and its number of primes."""
    content = list(script or ())
    transposed, primes = False, 0
    while content:
        last = content[-1].text
        if last in _TRANSPOSES:
            transposed = not transposed
        elif last == "'":
            primes += 1
        elif last not in ("^", "{}"):
            break
        content.pop()
    if content and content[0].text == "[" and content[-1].text != "]":
        return list(script or ()), False, 0
    return content, transposed, primes


def _without_brackets(script: Sequence[Token]) -> Sequence[Token]:
    while len(script) > 2 and (script[0].text, script[-1].text) in _PAIRS:
        script = script[1:-1]
    return script


_PAIRS = frozenset({("(", ")"), ("[", "]"), ("{", "}"), ("\\{", "\\}"), ("\\langle", "\\rangle")})


def layer_of(script: Sequence[Token] | None) -> str | None:
    """A script as the name of a layer: `{(2)}` is 2; None if there is no script."""
    if not script:
        return None
    return "".join(token.text for token in _without_brackets(script))


def _complete(key: Key, layer: str | None, subscript: str | None) -> bool:
    """Whether a key is a real candidate: no duplicate of one without these scripts."""
    _, sup, sub = key
    return not (
        (layer is None and sup is not None and sup != subscript)
        or (subscript is None and sub is not None and sub != layer)
    )


def _is_index_list(script: Sequence[Token]) -> bool:
    """Whether a superscript is an entry rather than a power: `(1,j)`."""
    return any(token.text == "," for token in script)


def _is_layer_mark(content: Sequence[Token]) -> bool:
    """Whether a function's superscript is `(l)` or `[l]`, a layer, rather than a power."""
    return len(content) > 2 and (content[0].text, content[-1].text) in _PAIRS


def _digits(token: Token) -> list[Token]:
    return [
        Token("number", digit, token.start + at, token.start + at + 1)
        for at, digit in enumerate(token.text)
        if digit.isdigit()
    ]


_STOPS = frozenset({"if", "otherwise", "else", "for", "when", "where", "and", "or", "with", "let",
                    "then"})  # fmt: skip
_CONDITION_WORDS = frozenset({"if", "for", "when", "where"})
_PUNCTUATION = frozenset({".", ",", ";"})
_NOT_FACTORS = frozenset(
    {"\\\\", "\\quad", "\\end", "\\over", "\\Rightarrow", "\\rightarrow", "\\}", "\\rangle", "\\|"}
    | set(_PRODUCTS) | set(_COMPARISONS) | {"\\wedge", "\\vee", "\\in", "\\dots", "\\vdots"}
)  # fmt: skip

_FORMS: dict[str, Callable[[Parser, Token], Expression]] = {
    "\\frac": Parser.frac,
    "\\partial": Parser.partial,
    "\\nabla": Parser.nabla,
    "\\sqrt": Parser.sqrt,
    "\\sum": Parser.big_sum,
    "\\begin": Parser.environment,
    "\\underbrace": Parser.underbrace,
    "\\overbrace": Parser.underbrace,
}

__all__ = ["Derivative", "Index", "Parser", "TooLarge", "parse", "parse_left", "parse_tokens"]
