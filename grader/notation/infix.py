"""Infix text, SymPy/NumPy-style → expression: one pass of tokens and a Pratt parser.

Binding powers after V. Pratt, "Top down operator precedence" (1973). Nothing is ever evaluated: a name
is looked up in the problem's table or refused.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from grader.errors import Nonsense, ShapeMismatch, Span, TooLarge, Unreadable
from grader.expression import SCALAR, Apply, Expression, Index, Matrix, Number, Slice
from grader.notation.builder import NONSENSE, Builder, Reading, constant
from grader.notation.names import GREEK, INFIX_FUNCTIONS, Function, Names
from grader.notation.products import HADAMARD, MATRIX, STAR, combine, product
from grader.notation.templates import Cell, Templates, rows_of

TEXT_LIMIT = 20_000  # characters of one answer; a 3×4 matrix of long sums has about 2,000

_TOKEN = re.compile(
    r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"  # a number
    r"|(?<!\.)[^\W\d]\w*\[ ?\d{1,4} ?(?:, ?\d{1,4} ?)?\]"  # one token for h2[1], W3[1,2]
    r"|[^\W\d]\w*"  # a name
    r"|\*\*|==|!=|<=|>=|[-+*/@^()\[\],:<>=.&|~'′·×⊙∘−≤≥≠ᵀ]"
    r"|\s+"
)
_SIGNS = {sign: sign for sign in ("**", "==", "!=", "<=", ">=", *"-+*/@()[],:<>=.&|~'⊙ᵀ")} | {
    "−": "-", "·": "*", "×": "*", "∘": "⊙", "≤": "<=", "≥": ">=", "≠": "!=", "^": "**", "′": "'",
}  # fmt: skip
_MODULES = frozenset(
    "np numpy sp sympy math torch jnp jax tf F nn scipy special linalg functional".split()
)
_LETTERS = {letter: name for name, letter in GREEK.items()}
_PRIME_SPELLINGS = re.compile(
    r"(?P<a>.+?)_?(?:prime|deriv|derivative|grad)$|d_?(?P<b>.+)$|grad_(?P<c>.+)$"
)


class Token(NamedTuple):
    """A token: kind (number, name, entry, sign, end), text and offset."""

    kind: str
    text: str
    start: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.start, self.start + len(self.text))


_new = tuple.__new__  # a token costs half as much without the constructor of NamedTuple


def parse(text: str, names: Names) -> tuple[Expression, list[str]]:
    """The expression that a text says, and notes on how it was read.

    `dW = …` is read as what follows the last `=`. Raises Unreadable (a human must look) or Nonsense
    (it was read, and cannot be a value).
    """
    reading = read(text, names)
    return reading.node, list(reading.notes)


def read(text: str, names: Names) -> Reading:
    """The same, with what else is known of the text."""
    parser = _Parser(tokenize(text), Builder(names, text))
    try:
        return parser.build.reading(parser.whole())
    except (Unreadable, Nonsense) as error:
        raise error.located(text) from None


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, ending with one of kind "end". Raises Unreadable, TooLarge."""
    if len(text) > TEXT_LIMIT:
        raise TooLarge(f"this text has {len(text)} characters; at most {TEXT_LIMIT} are read")
    tokens = []
    at = 0
    for token in _TOKEN.findall(text):
        if not text.startswith(token, at):
            break
        sign = _SIGNS.get(token)
        if sign is not None:
            tokens.append(_new(Token, ("sign", sign, at)))
        elif not token.isspace():
            tokens.append(_new(Token, (_kind(token), token, at)))
        at += len(token)
    if at != len(text):
        raise Unreadable(f"unexpected character {text[at]!r}", text, Span(at, at + 1))
    tokens.append(Token("end", "", at))
    return tokens


def _kind(token: str) -> str:
    """Whether a token that is no sign is a number, a name or an entry."""
    if token[-1] == "]":
        return "entry"
    return "number" if token[0].isdecimal() or token[0] == "." else "name"


class _Parser:
    """Recursive descent over atoms, binding powers for operators."""

    def __init__(self, tokens: list[Token], build: Builder) -> None:
        self.tokens = tokens
        self.at = 0
        self.build = build
        self.templates = Templates()

    # Tokens

    def peek(self) -> Token:
        return self.tokens[self.at]

    def next(self) -> Token:
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

    def expect(self, text: str, opened: Token | None = None) -> Token:
        token = self.next()
        if token.text != text or token.kind != "sign":
            self.unexpected(token, f"`{text}`", opened)
        return token

    def unexpected(self, token: Token, wanted: str, opened: Token | None = None) -> None:
        what = "the text ends" if token.kind == "end" else f"`{token.text}` stands"
        hint = None
        span = token.span
        if opened is not None and token.kind == "end":
            hint = f"the `{opened.text}` at column {opened.start + 1} is never closed"
            span = opened.span
        elif token.kind in ("name", "number", "entry") or token.text == "(":
            hint = "a product is written with `*`, a matrix product with `@`"
        self.build.fail(f"{what} where {wanted} is expected", span, hint)

    def span(self, first: int) -> Span:
        """From the token `first` to the last one consumed."""
        last = self.tokens[self.at - 1]
        return Span(self.tokens[first].start, last.start + len(last.text))

    # Grammar

    def whole(self) -> Expression:
        self.at = self._after_assignment()
        if self.peek().kind == "end":
            self.build.fail("there is no expression here", Span(0, self.peek().start or 1))
        node = self.expression()
        token = self.peek()
        if token.kind != "end":
            self.unexpected(token, "an operator or the end")
        return node

    def _after_assignment(self) -> int:
        """Where the answer begins: behind the last `=` outside brackets."""
        begin = depth = 0
        for at, token in enumerate(self.tokens):
            if token.kind == "sign":
                if token.text in "([":
                    depth += 1
                elif token.text in ")]":
                    depth -= 1
                elif token.text == "=" and depth == 0:
                    begin = at + 1
        return begin

    def expression(self, power: int = 0) -> Expression:
        first = self.at
        left = self.prefix()
        while True:
            rule = _BINARY.get(self.tokens[self.at].text)
            if rule is None or rule[0] < power or self.tokens[self.at].kind != "sign":
                return left
            self.at += 1
            right = self.expression(rule[1])
            left = rule[2](self.build, left, right, self.span(first))

    def prefix(self) -> Expression:
        token = self.tokens[self.at]
        if token.kind == "entry" and self.tokens[self.at + 1].text not in _POSTFIX:
            self.at += 1
            return self.entry(token)
        if token.kind == "sign" and token.text in _PREFIX:
            self.at += 1
            self.build.deeper(token.span)
            function, power = _PREFIX[token.text]
            operand = self.expression(power)
            self.build.depth -= 1
            if not function:
                return operand
            return self.build.apply(function, operand, span=Span(token.start, self._end()))
        return self.postfix()

    def _end(self) -> int:
        last = self.tokens[self.at - 1]
        return last.start + len(last.text)

    def postfix(self) -> Expression:
        first = self.at
        node = self.atom()
        while True:
            token = self.tokens[self.at]
            if token.kind != "sign":
                return node
            if token.text == "[":
                node = self.subscript(node, first)
            elif token.text == ".":
                node = self.attribute(node, first)
            elif token.text == "ᵀ" or (token.text == "'" and node.shape != SCALAR):
                self.at += 1
                node = self.build.apply("transpose", node, span=self.span(first))
            elif token.text == "**":
                return self.raised(node, first)
            else:
                return node

    def raised(self, node: Expression, first: int) -> Expression:
        """x ** y, right-associative; `A**T` is a transpose."""
        sign = self.next()
        self.build.deeper(sign.span)
        if self.peek().text == "T" and "T" not in self.build.names.symbols:
            self.at += 1
            self.build.depth -= 1
            return self.build.apply("transpose", node, span=self.span(first))
        exponent = self.prefix()
        self.build.depth -= 1
        return self.build.power(node, exponent, self.span(first))

    def atom(self) -> Expression:
        token = self.next()
        if token.kind == "number":
            return self.build.number(token.text, token.span)
        if token.kind == "name":
            return self.named(token)
        if token.kind == "entry":
            return self.entry(token)
        if token.text == "(":
            return self.group(token)
        if token.text == "[":
            self.at -= 1
            return self.literal()
        self.unexpected(token, "a number, a name or a bracket")
        raise AssertionError

    def entry(self, token: Token) -> Expression:
        """`W3[1, 2]`, an entry at fixed indices."""
        known = self.build.names.entries.get(token.text)
        if known is not None:
            return known
        name = token.text.partition("[")[0]
        base = self.named(Token("name", name, token.start))
        return self.build.fixed_entry(token.text, token.span, base)

    def group(self, opened: Token) -> Expression:
        self.build.deeper(opened.span)
        node = self.expression()
        if self.peek().text == "," and self.peek().kind == "sign":
            entries = [node]
            while self.take(","):
                if self.peek().text == ")":
                    break
                entries.append(self.expression())
            self.expect(")", opened)
            self.build.depth -= 1
            return self.build.matrix([[entry] for entry in entries], self.span(self.at - 1))
        self.expect(")", opened)
        self.build.depth -= 1
        return node

    def named(self, token: Token) -> Expression:
        name = token.text
        while (
            name in _MODULES and self.peek().text == "." and self.tokens[self.at + 1].kind == "name"
        ):
            self.at += 1
            token = self.next()
            name = token.text
        names = self.build.names
        following = self.tokens[self.at]
        if following.kind == "sign" and following.text in "('′":
            called = self.called(name, token)
            if called is not None:
                return called
        symbol = names.symbols.get(name)
        if symbol is not None:
            return type(symbol)(symbol.name, symbol.shape, token.span)
        return self.value(name, token)

    def value(self, name: str, token: Token) -> Expression:
        """A name that is not a declared symbol: an index variable, a size, a constant."""
        names = self.build.names
        index = self.build.index(name)
        if index is not None:
            return self.build.index_value(index, token.span)
        if name in names.dimensions:
            return Number(float(names.dimensions[name]), token.span)
        if (name, None, None) in names.definitions:
            return names.definitions[(name, None, None)]
        if name in _CONSTANTS:
            return Number(_CONSTANTS[name], token.span)
        if name in _LETTERS:
            return self.named(Token("name", _LETTERS[name], token.start))
        if name in names.functions or name in INFIX_FUNCTIONS:
            hint = f"write {name}(…)"
            self.build.fail(f"`{name}` is a function and has no argument here", token.span, hint)
        self.build.unknown(name, token.span, names.known())

    # Calls

    def called(self, name: str, token: Token) -> Expression | None:
        """`name(…)` or `name'(…)`, None if the name is not a function."""
        special = _SPECIAL.get(name)
        if special is not None and self.peek().text == "(":
            return special(self, token)
        function, prime = self.function(name)
        if function is None:
            return None
        while self.peek().text == "'":
            self.at += 1
            prime += 1
        opened = self.expect("(")
        args, axis = self.arguments(opened)
        span = Span(token.start, self._end())
        if axis is not _NO_AXIS:
            return self.build.apply(function.primitive, *args, params=(axis,), span=span)
        return self.build.call(function, prime, args, span)

    def function(self, name: str) -> tuple[Function | None, int]:
        """The function of a name, and how many derivatives the name itself says."""
        name = _LETTERS.get(name, name)
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
        axis: int | None = _NO_AXIS
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

    # Entries and literals

    def subscript(self, base: Expression, first: int) -> Expression:
        opened = self.next()
        self.build.deeper(opened.span)
        selectors: list[Expression | Slice] = []
        while True:
            axis = len(selectors)
            selectors.append(self.selector(base, axis))
            if not self.take(","):
                break
        self.expect("]", opened)
        self.build.depth -= 1
        return self.build.item(base, selectors, self.span(first), row_first=True)

    def selector(self, base: Expression, axis: int) -> Expression | Slice:
        token = self.tokens[self.at]
        following = self.tokens[self.at + 1] if token.kind != "end" else token
        if following.text in ("]", ",") and token.kind in ("name", "number"):
            quick = self.quick_selector(token)
            if quick is not None:
                self.at += 1
                return quick
        size = base.shape[axis] if axis < 2 else 1
        if base.shape[0] == 1 and base.shape[1] > 1 and axis == 0:
            size = base.shape[0]
        first = self.at
        low = None if self.peek().text == ":" else self.expression()
        if not self.take(":"):
            assert low is not None
            return self.build.shifted(low)
        high = None if self.peek().text in ("]", ",") else self.expression()
        return self.build.slice(low, high, size, self.span(first))

    def quick_selector(self, token: Token) -> Expression | None:
        """A plain number or index variable, by far the most common selectors."""
        if token.kind == "number":
            value = float(token.text) + (1 - self.build.names.base)
            return Number(value, token.span) if value.is_integer() else None
        return self.build.index(token.text)

    def attribute(self, node: Expression, first: int) -> Expression:
        dot = self.next()
        name = self.next()
        method = _METHODS.get(name.text)
        if name.kind != "name" or method is None:
            hint = "`.T` is the transpose"
            self.build.fail(f"`.{name.text}` is not known", Span(dot.start, name.span.end), hint)
        return method(self, node, first)

    def literal(self) -> Expression:
        """`[a, b]` is a column, `[[a, b], [c, d]]` a matrix."""
        first = self.at
        opened = self.expect("[")
        self.build.deeper(opened.span)
        rows: list[list[Cell]] = []
        nested = self.peek().text == "[" and self._opens_row()
        while self.peek().text != "]":
            rows.append(self.row() if nested else [self.cell()])
            if not self.take(","):
                break
        self.expect("]", opened)
        self.build.depth -= 1
        return self.build.matrix(rows_of(rows), self.span(first))

    def _opens_row(self) -> bool:
        """Whether the `[` ahead is a row of a matrix and not an array that is used further."""
        depth = 0
        for at in range(self.at, len(self.tokens)):
            text = self.tokens[at].text
            if text == "[":
                depth += 1
            elif text == "]":
                depth -= 1
                if depth == 0:
                    return self.tokens[at + 1].text in (",", "]")
        return True

    def row(self) -> list[Cell]:
        opened = self.expect("[")
        self.build.deeper(opened.span)
        entries: list[Cell] = []
        while self.peek().text != "]":
            entries.append(self.cell())
            if not self.take(","):
                break
        self.expect("]", opened)
        self.build.depth -= 1
        return entries

    def cell(self) -> Cell:
        """An entry of a matrix; one like an earlier one is not parsed again."""
        end = self._cell_end(self.at)
        tokens = self.tokens[self.at : end]
        given = [token for token in tokens if token.kind == "entry"]
        if len(given) < 2:
            return self.expression()
        entries = [self.entry(token) for token in given]
        key = tuple([token.text if token.kind != "entry" else "" for token in tokens])
        known = self.templates.instance(key, entries)
        if known is not None:
            self.at = end
            self.build.count(len(tokens))
            return known
        node = self.expression()
        return self.templates.learned(key, node, entries) if self.at == end else node

    def _cell_end(self, at: int) -> int:
        """Where the cell that begins at a token ends: at a comma or bracket of its own row."""
        depth = 0
        while True:
            kind, text, _ = self.tokens[at]
            if kind == "end":
                return at
            if kind == "sign":
                if text in "([":
                    depth += 1
                elif text in ")]":
                    if depth == 0:
                        return at
                    depth -= 1
                elif text == "," and depth == 0:
                    return at
            at += 1

    # Special forms, each called with the parser at the `(` behind the name

    def sum_form(self, token: Token) -> Expression:
        """`Sum(body, (i, 1, n), …)`: the limits stand last and are read first."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        begin = self.at
        commas, end = self._commas(opened)
        if not commas:
            return self.plain_sum(token, begin - 1)
        limits = [self._limit(comma + 1) for comma in commas]
        self.at = begin
        node = self._nested_sums(limits, Span(token.start, self.tokens[end].start + 1), commas[0])
        self.at = end + 1
        self.build.depth -= 1
        return node

    def _commas(self, opened: Token) -> tuple[list[int], int]:
        """The top-level commas of the bracket that was just opened, and where it closes."""
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

    def _limit(self, at: int) -> Index | str:
        """`(i, 1, n)` as an index variable, or `i` alone as a name whose range is open."""
        self.at = at
        bracketed = self.take("(")
        name = self.next()
        if name.kind != "name":
            self.unexpected(name, "the index variable of a sum")
        if not bracketed or self.take(")"):
            return name.text
        self.expect(",")
        low = self.expression()
        self.expect(",")
        high = self.expression()
        self.expect(")")
        return self.build.bind(name.text, low, high, name.span)

    def _nested_sums(self, limits: list[Index | str], span: Span, stop: int) -> Expression:
        if not limits:
            node = self.expression()
            if self.at != stop:
                self.unexpected(self.peek(), "`,` or an operator")
            return node
        *outer, last = limits

        def body() -> Expression:
            return self._nested_sums(outer, span, stop)

        if isinstance(last, str):
            return self.build.open_sum(last, body, span)
        return self.build.sum(last, body, span)

    def plain_sum(self, token: Token, opened: int) -> Expression:
        """`sum(x)`, `np.sum(x, axis=1)`: over entries."""
        self.at = opened
        self.build.depth -= 1
        args, axis = self.arguments(self.expect("("))
        if len(args) != 1:
            self.build.fail("sum takes one array", token.span, "or Sum(e, (i, 1, n))")
        params = () if axis is _NO_AXIS else (axis,)
        return self.build.apply("sum", *args, params=params, span=Span(token.start, self._end()))

    def np_sum(self, token: Token) -> Expression:
        """`sum(…)` with limits is `Sum`; without, it runs over entries."""
        opened = self.at
        self.expect("(")
        commas, _ = self._commas(self.tokens[opened])
        limits = commas and (token.text != "sum" or self.tokens[commas[0] + 1].text == "(")
        self.at = opened
        if limits:
            return self.sum_form(token)
        self.build.depth += 1
        return self.plain_sum(token, opened)

    def matrix_form(self, token: Token) -> Expression:
        """`Matrix([[…]])`, `np.array([…])`, and `Matrix(2, 2, […])`."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        node = self.expression()
        if self.take(","):
            node = self._sized_matrix(node, token)
        self.expect(")", opened)
        self.build.depth -= 1
        return node

    def _sized_matrix(self, rows: Expression, token: Token) -> Expression:
        columns = self.expression()
        self.expect(",")
        entries = self.expression()
        m, n = constant(rows), constant(columns)
        if m is None or n is None or not isinstance(entries, Matrix):
            self.build.fail("Matrix takes rows of entries", token.span, "Matrix([[a, b], [c, d]])")
        flat = [entry for row in entries.rows for entry in row]
        if len(flat) != m * n:
            self.build.fail(f"{len(flat)} entries for a {m:g}×{n:g} matrix", token.span)
        width = int(n)
        return self.build.matrix(
            [flat[at : at + width] for at in range(0, len(flat), width)], token.span
        )

    def piecewise_form(self, token: Token) -> Expression:
        """`Piecewise((value, condition), …)`; a condition of True is "otherwise"."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        cases: list[tuple[Expression, Expression | None]] = []
        while self.peek().text != ")":
            pair = self.expect("(")
            value = self.expression()
            self.expect(",")
            otherwise = self.peek().text == "True" and self.tokens[self.at + 1].text == ")"
            condition = None if otherwise else self.expression()
            if otherwise:
                self.at += 1
            self.expect(")", pair)
            cases.append((value, condition))
            if not self.take(","):
                break
        self.expect(")", opened)
        self.build.depth -= 1
        return self.build.piecewise(cases, Span(token.start, self._end()))

    def derivative_form(self, token: Token) -> Expression:
        """`Derivative(l, h1[k])`."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        of = self.expression()
        self.expect(",")
        wrt = self.expression()
        self.expect(")", opened)
        self.build.depth -= 1
        return self.build.derivative(of, wrt, Span(token.start, self._end()))

    def constant_form(self, token: Token) -> Expression:
        """`ones(n)`, `zeros((m, n))`, `eye(n)`: sizes are whole numbers or dimensions."""
        args, _ = self.arguments(self.expect("("))
        if len(args) == 1 and isinstance(args[0], Matrix):
            args = [entry for row in args[0].rows for entry in row]
        sizes = [constant(arg) for arg in args]
        if not 1 <= len(sizes) <= 2 or not all(size and 1 <= size <= 64 for size in sizes):
            self.build.fail(f"{token.text} takes one or two sizes, up to 64", token.span)
        rows = int(sizes[0] or 0)
        square = token.text in ("eye", "Identity", "identity")
        columns = int(sizes[-1] or 0) if len(sizes) == 2 else (rows if square else 1)
        name = "identity" if square else token.text
        return self.build.apply(name, params=(rows, columns), span=token.span)

    def delta_form(self, token: Token) -> Expression:
        """`KroneckerDelta(i, j)`."""
        args, _ = self.arguments(self.expect("("))
        return self.build.apply("eq", *args, span=Span(token.start, self._end()))


_NO_AXIS = -99


def _method_transpose(parser: _Parser, node: Expression, first: int) -> Expression:
    if parser.peek().text == "(" and parser.tokens[parser.at - 1].text == "transpose":
        parser.arguments(parser.next())
    return parser.build.apply("transpose", node, span=parser.span(first))


def _method_reduce(function: str) -> Callable[[_Parser, Expression, int], Expression]:
    def method(parser: _Parser, node: Expression, first: int) -> Expression:
        _, axis = parser.arguments(parser.expect("("))
        params = () if axis is _NO_AXIS else (axis,)
        return parser.build.apply(function, node, params=params, span=parser.span(first))

    return method


def _method_dot(parser: _Parser, node: Expression, first: int) -> Expression:
    args, _ = parser.arguments(parser.expect("("))
    if len(args) != 1:
        parser.build.fail("dot takes one argument", parser.span(first))
    return product(parser.build, node, args[0], MATRIX, parser.span(first))


def _method_ignored(parser: _Parser, node: Expression, first: int) -> Expression:
    """`.astype(float)` and the like change nothing here."""
    opened = parser.expect("(")
    _, end = parser._commas(opened)
    parser.at = end + 1
    return node


_METHODS: dict[str, Callable[[_Parser, Expression, int], Expression]] = {
    "T": _method_transpose,
    "transpose": _method_transpose,
    "sum": _method_reduce("sum"),
    "mean": _method_reduce("mean"),
    "dot": _method_dot,
    "astype": _method_ignored,
    "float": _method_ignored,
    "copy": _method_ignored,
}

_SPECIAL: dict[str, Callable[[_Parser, Token], Expression]] = {
    "Sum": _Parser.np_sum,
    "sum": _Parser.np_sum,
    "summation": _Parser.np_sum,
    "Matrix": _Parser.matrix_form,
    "ImmutableMatrix": _Parser.matrix_form,
    "ImmutableDenseMatrix": _Parser.matrix_form,
    "array": _Parser.matrix_form,
    "asarray": _Parser.matrix_form,
    "tensor": _Parser.matrix_form,
    "Piecewise": _Parser.piecewise_form,
    "Derivative": _Parser.derivative_form,
    "diff": _Parser.derivative_form,
    "ones": _Parser.constant_form,
    "zeros": _Parser.constant_form,
    "eye": _Parser.constant_form,
    "identity": _Parser.constant_form,
    "Identity": _Parser.constant_form,
    "KroneckerDelta": _Parser.delta_form,
}

_CONSTANTS = {"pi": 3.141592653589793, "E": 2.718281828459045, "True": 1.0, "False": 0.0}

_POSTFIX = frozenset({"[", ".", "'", "ᵀ", "**"})

_PREFIX = {"-": ("neg", 70), "+": ("", 70), "~": ("not", 35)}

_Binary = Callable[[Builder, Expression, Expression, Span], Expression]


def _entrywise(function: str) -> _Binary:
    return lambda build, a, b, span: combine(build, function, a, b, span)


def _compare(function: str) -> _Binary:
    """a < b < c means a < b and b < c."""

    def chain(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
        if isinstance(a, Apply) and a.function in _ORDER and a.span != _bracketed(build, a):
            second = combine(build, function, a.args[1], b, span)
            return build.apply("and", a, second, span=span)
        return combine(build, function, a, b, span)

    return chain


_ORDER = frozenset({"lt", "le", "gt", "ge"})


def _bracketed(build: Builder, node: Expression) -> Span | None:
    """The node's span if a bracket closes right behind it, so that it is no part of a chain."""
    if node.span is None:
        return None
    return node.span if build.source[node.span.end :].lstrip().startswith(")") else None


def _multiply(how: str) -> _Binary:
    return lambda build, a, b, span: product(build, a, b, how, span)


def _divide(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    if b is not NONSENSE and a is not NONSENSE and SCALAR not in (a.shape, b.shape):
        if a.shape == b.shape:
            return build.apply("div", a, b, span=span)
        error = ShapeMismatch("a division by an array of another shape")
        return build.nonsense(error, span)
    if b is not NONSENSE and b.shape != SCALAR:
        build.notes.append("a division by an array was read entry by entry")
    return build.apply("div", a, b, span=span)


# Binding powers (left, right) as in Python, except that & and | bind below comparisons, as SymPy's
# users mean them when they leave out the brackets.
_BINARY: dict[str, tuple[int, int, _Binary]] = {
    "|": (20, 21, _entrywise("or")),
    "&": (30, 31, _entrywise("and")),
    **{
        sign: (40, 41, _compare(function))
        for sign, function in (("<", "lt"), ("<=", "le"), (">", "gt"), (">=", "ge"))
    },
    "==": (40, 41, _entrywise("eq")),
    "!=": (40, 41, _entrywise("ne")),
    "+": (50, 51, _entrywise("add")),
    "-": (50, 51, _entrywise("sub")),
    "⊙": (55, 56, _multiply(HADAMARD)),
    "*": (60, 61, _multiply(STAR)),
    "@": (60, 61, _multiply(MATRIX)),
    "/": (60, 61, _divide),
}
