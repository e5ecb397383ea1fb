"""Infix text, SymPy/NumPy-style → expression: a Pratt parser over one pass of tokens.

Binding powers after V. Pratt, "Top down operator precedence" (1973). Nothing is evaluated: a
name is looked up in the problem's table, or refused.
"""

import math
import re
from collections.abc import Callable
from dataclasses import replace

from grader.errors import Nonsense, Span, Unreadable
from grader.expression import SCALAR, Apply, Expression, Number
from grader.notation.builder import NONSENSE, USUAL, Builder, Conventions, Reading
from grader.notation.infix.calls import LETTERS
from grader.notation.infix.forms import FormReader
from grader.notation.infix.tokens import InfixToken, tokenize
from grader.notation.names import INFIX_FUNCTIONS, Names
from grader.notation.products import (
    DOT,
    HADAMARD,
    IDENTITY,
    JUXTAPOSED,
    MATRIX,
    OUTER,
    STAR,
    combine,
    divide,
    product,
)

MODULES = frozenset(
    "np numpy sp sympy math torch jnp jax tf F nn scipy special linalg functional".split()
)


def parse(text: str, names: Names) -> tuple[Expression, list[str]]:
    """The expression of a formula in the problem, and notes on how it was read.

    Of `dW = …` the part after the last `=` is read. Raises Unreadable (a human must look) or Nonsense
    (readable, but without a value).
    """
    reading = _reading(text, names, Builder(names, text, sizes_select=True))
    return reading.node, list(reading.notes)


def read(text: str, names: Names, conventions: Conventions = USUAL) -> Reading:
    """The reading of a student's text under some conventions; raises like `parse`.

    A size of one letter is not an index here: `p[k]` is an entry for each k.
    """
    return _reading(text, names, Builder(names, text, conventions=conventions))


def _reading(text: str, names: Names, build: Builder) -> Reading:
    parser = _InfixParser(tokenize(text), build)
    try:
        return parser.build.reading(parser.whole())
    except (Unreadable, Nonsense) as error:
        raise error.located(text) from None


class _InfixParser(FormReader):
    """Operators and atoms: the top of the grammar."""

    def whole(self) -> Expression:
        self.at = self._after_assignment()
        if self.peek().kind == "end":
            self.build.fail("there is no expression here", Span(0, self.peek().start or 1))
        node = self.conditional()
        token = self.peek()
        if token.kind != "end":
            self.unexpected(token, "an operator or the end")
        if self.eulers and (node.shape != SCALAR or isinstance(node, Number)):
            self.build.unknown("e", self.eulers[0], self.build.names.known())  # e may be an error
        return node

    def _after_assignment(self) -> int:
        """Where the answer begins: after the last `=` outside brackets."""
        if "=" not in self.build.source:
            return 0
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
        first, sign = self.at, ""
        left = self.prefix()
        while True:
            token = self.tokens[self.at]
            rule = _BINARY.get(token.text) if token.kind == "sign" else None
            if self.bars and token.text == "|":
                return left
            if rule is None and self._beside(token):
                rule = _BESIDE
                if sign == "/":
                    hint = "write `*`, or put what is below the fraction in brackets"
                    self.build.fail("it is not clear where this fraction ends", token.span, hint)
            if rule is None or rule[0] < power:
                return left
            self.at += rule is not _BESIDE
            sign = token.text
            right = self.expression(rule[1])
            left = rule[2](self.build, left, right, self.span(first))

    def _beside(self, token: InfixToken) -> bool:
        """Whether a factor follows without a sign, as in `2x` and `(x + 2)(x + 3)`."""
        last = self.tokens[self.at - 1]
        if token.text == "e" and token.start == last.start + len(last.text):
            return False  # 1e is a number without its end
        if token.kind in ("name", "entry") and token.text not in _WORDS:
            return last.kind == "number" or last.text == ")"
        return token.text == "(" and (last.kind == "number" or last.text == ")")

    def conditional(self) -> Expression:
        """An expression, or Python's `a if condition else b`."""
        first = self.at
        value = self.expression()
        if self.peek().text != "if" or self.peek().kind != "name":
            return value
        self.at += 1
        condition = self.expression()
        if self.next().text != "else":
            self.unexpected(self.tokens[self.at - 1], "`else`")
        other = self.conditional()
        return self.build.piecewise([(value, condition), (other, None)], self.span(first))

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
            span = Span(token.start, self.end())
            if operand.span in self.build.two_axes:
                self.build.two_axes.add(span)
            return self.build.apply(function, operand, span=span)
        return self.postfix()

    def postfix(self) -> Expression:
        first = self.at
        node = self.atom()
        while True:
            token = self.tokens[self.at]
            if token.kind != "sign":
                return node
            if token.text == "[":
                node = self.bracketed(node, first)
            elif token.text == ".":
                node = self.attribute(node, first)
            elif token.text == "ᵀ" or (token.text == "'" and node.shape != SCALAR):
                self.at += 1
                node = self.build.apply("transpose", node, span=self.span(first))
            elif token.text == "**":
                return self.raised(node, first)
            else:
                return node

    def bracketed(self, node: Expression, first: int) -> Expression:
        """An entry or a slice; after a plain 1 an indicator, `1[z > 0]`."""
        if self.tokens[self.at - 1].text != "1":
            return self.subscript(node, first)
        opened = self.next()
        condition = self.expression()
        self.expect("]", opened)
        return self.condition(condition, self.span(first))

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
        if token.text == "|":
            return self.between_bars(token)
        self.unexpected(token, "a number, a name or a bracket")
        raise AssertionError

    def between_bars(self, opened: InfixToken) -> Expression:
        """|x| of a number is its absolute value; that of an array is its norm, or that of each entry."""
        self.build.deeper(opened.span)
        self.bars += 1
        node = self.expression()
        self.bars -= 1
        self.build.depth -= 1
        self.expect("|", opened)
        span = Span(opened.start, self.end())
        meaning = "abs"
        if node.shape != SCALAR and node is not NONSENSE:
            meaning = self.build.convention("bars", ("norm", "abs"))
        return self.build.apply(meaning, node, span=span)

    def entry(self, token: InfixToken) -> Expression:
        """`W3[1, 2]`, an entry at fixed indices."""
        known = self.build.names.entries.get(token.text)
        if known is not None:
            return known
        name, _, inside = token.text.partition("[")
        layer = self.build.names.symbols.get(name + inside[:-1].strip())
        if layer is not None and name not in self.build.names.symbols:
            return type(layer)(layer.name, layer.shape, token.span)  # W[2] for W2
        base = self.named(InfixToken("name", name, token.start))
        return self.build.fixed_entry(token.text, token.span, base)

    def group(self, opened: InfixToken) -> Expression:
        self.build.deeper(opened.span)
        node = self.conditional()
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

    def named(self, token: InfixToken) -> Expression:
        name = token.text
        while (
            name in MODULES and self.peek().text == "." and self.tokens[self.at + 1].kind == "name"
        ):
            self.at += 1
            token = self.next()
            name = token.text
        names = self.build.names
        following = self.tokens[self.at]
        if following.text == "**" and (raised := self.raised_function(name, token)) is not None:
            return raised
        if following.kind == "sign" and following.text in "('′":
            called = self.called(name, token)
            if called is not None:
                return called
        symbol = names.symbols.get(name)
        if symbol is not None and self.build.bound_index(name) is None:
            return type(symbol)(symbol.name, symbol.shape, token.span)
        return self.value(name, token)

    def raised_function(self, name: str, token: InfixToken) -> Expression | None:
        """`sin**2(x)`, the power of a function; None for any other power."""
        number, bracket = [*self.tokens[self.at + 1 : self.at + 3], *self.tokens[-1:] * 2][:2]
        if number.kind != "number" or bracket.text != "(" or self.function(name)[0] is None:
            return None
        self.at += 2
        node = self.called(name, token)
        exponent = self.build.number(number.text, number.span)
        span = Span(token.start, self.end())
        return None if node is None else self.build.power(node, exponent, span)

    def value(self, name: str, token: InfixToken) -> Expression:
        """A name that is not a declared symbol: an index variable, a size or a constant."""
        names = self.build.names
        index = self.build.index(name)
        if index is not None:
            return self.build.index_value(index, token.span)
        if name in names.dimensions:
            return Number(float(names.dimensions[name]), token.span, name)
        own = names.own((name, None, None))
        if own is not None:
            return own
        derivative = self.derivative(name, token)
        if derivative is not None:
            return derivative
        layer = names.symbols.get(name.replace("_", "")) if name[-1].isdigit() else None
        if layer is not None:
            return type(layer)(layer.name, layer.shape, token.span)  # W_2 for W2
        if name == "e" and self.peek().text != "**":
            self.eulers.append(token.span)
        if name in _CONSTANTS:
            return Number(_CONSTANTS[name], token.span)
        if name == "I":
            return replace(IDENTITY, span=token.span)
        if name in LETTERS:
            return self.named(InfixToken("name", LETTERS[name], token.start))
        if name in names.functions or name in INFIX_FUNCTIONS:
            hint = f"write {name}(…)"
            self.build.fail(f"the function `{name}` has no argument here", token.span, hint)
        return self.build.unknown(name, token.span, names.known())

    def derivative(self, name: str, token: InfixToken) -> Expression | None:
        """`dW2` and `∂l/∂W2`; None for other names."""
        symbols = self.build.names.symbols
        fraction = _FRACTION.match(name)
        if fraction and all(part in symbols for part in fraction.groups()):
            of, wrt = (symbols[part] for part in fraction.groups())
            return self.build.derivative(of, wrt, token.span)
        if name[0] not in "d∂" or self._spelled(name[1:]) not in symbols:
            return None
        node = symbols[self._spelled(name[1:])]
        slash, below = self.tokens[self.at], self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        base, bracket, rest = below.text.partition("[")
        if slash.text == "/" and base[:1] in ("d", "∂") and self._spelled(base[1:]) in symbols:
            self.at += 2
            wrt = symbols[self._spelled(base[1:])]
            result = self.build.derivative(node, wrt, Span(token.start, below.span.end))
            if bracket:
                return self.build.fixed_entry(f"∂[{rest}", below.span, result)
            return result
        loss = self.build.names.loss
        return None if loss is None else self.build.derivative(loss, node, token.span)

    def _spelled(self, name: str) -> str:
        return LETTERS.get(name, name)


_FRACTION = re.compile(r"d(\w+?)_+d(\w+)$")

_CONSTANTS = {"pi": math.pi, "E": math.e, "e": math.e, "True": 1.0, "False": 0.0}

_POSTFIX = frozenset({"[", ".", "'", "ᵀ", "**"})

_PREFIX = {"-": ("neg", 70), "+": ("", 70), "~": ("not", 35)}

_WORDS = frozenset({"if", "else", "for", "in", "and", "or"})

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
    """The node's span if a bracket closes right after it, so that it is not part of a chain."""
    if node.span is None:
        return None
    return node.span if build.source[node.span.end :].lstrip().startswith(")") else None


def _multiply(how: str) -> _Binary:
    return lambda build, a, b, span: product(build, a, b, how, span)


# Binding powers (left, right) as in Python, except that & and | bind less than comparisons. Users of SymPy
# mean that when they leave out brackets.
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
    "·": (60, 61, _multiply(DOT)),
    "×": (60, 61, _multiply(JUXTAPOSED)),
    "⊗": (60, 61, _multiply(OUTER)),
    "@": (60, 61, _multiply(MATRIX)),
    "/": (60, 61, divide),
}


def _side_by_side(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    """A product without a sign, of two scalars or a multiple."""
    if not isinstance(a, Number) and (a.shape, b.shape) != (SCALAR, SCALAR):
        hint = "write `*` for a product, `@` for a matrix product"
        build.fail("there is no sign between these arrays", span, hint)
    return product(build, a, b, JUXTAPOSED, span)


_BESIDE = (60, 61, _side_by_side)
