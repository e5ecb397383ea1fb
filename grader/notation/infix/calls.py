"""Calls of functions in infix text, and their keyword arguments."""

import re
from collections.abc import Sequence

from grader.errors import Span
from grader.expression import Expression, Symbol
from grader.notation.builder import constant
from grader.notation.infix.reader import InfixReader
from grader.notation.infix.tokens import InfixToken
from grader.notation.names import GREEK, INFIX_FUNCTIONS, Function
from grader.notation.products import MATRIX, product
from grader.primitives import TABLE

LETTERS = {letter: name for name, letter in GREEK.items()}
_PRIME_SPELLINGS = re.compile(
    r"(?P<a>.+?)_?(?:prime|deriv|derivative|grad)$|d_?(?P<b>.+)$|grad_(?P<c>.+)$"
)


Options = dict[str, Expression | None]  # by name; None is Python's None
AXIS_OPTIONS = frozenset({"axis", "dim", "keepdims", "keepdim"})
_OPTION_NAMES = {"dim": "axis", "keepdim": "keepdims"}
_PRODUCTS = frozenset({"dot", "matmul", "inner"})
_OF_TWO = frozenset({"maximum", "minimum"})
_AXES = {0.0: 0, 1.0: 1, -1.0: 1, -2.0: 0}
_AXES_OF_ONE = {0.0: 0, 1.0: 1, -1.0: 0}  # axis of a vector, which has one axis in NumPy


class CallReader(InfixReader):
    """Reads calls."""

    def called(self, name: str, token: InfixToken) -> Expression | None:
        """`name(…)` or `name'(…)`; None if the name is not a function."""
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
        along = TABLE[function.primitive].axis and not prime
        args, options = self.arguments(self.expect("("), AXIS_OPTIONS if along else frozenset())
        span = Span(token.start, self.end())
        if along and args:
            return self.reduced(function.primitive, args, options, span)
        if function.primitive in _PRODUCTS and len(args) == 2 and not prime:
            return self._product(function.primitive, args, span)
        if function.primitive in _OF_TWO and len(args) == 1:
            args = self.build.entries_of(args[0], span)
        return self.build.call(function, prime, args, span)

    def _product(self, primitive: str, args: Sequence[Expression], span: Span) -> Expression:
        """`np.dot(v, M)` is `v @ M`, and `np.inner` takes the rows of both."""
        a, b = args
        vectors = [1 in arg.shape for arg in args]
        if all(vectors):
            return self.build.apply(primitive, a, b, span=span)
        if primitive == "inner" and vectors[0]:
            a, b = b, a
        elif primitive == "inner" and not vectors[1]:
            b = self.build.apply("transpose", b, span=b.span)
        return product(self.build, a, b, MATRIX, span)

    def function(self, name: str) -> tuple[Function | None, int]:
        """The function of a name, and the number of derivatives in the name itself."""
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

    def arguments(
        self, opened: InfixToken, known: frozenset[str] = frozenset()
    ) -> tuple[list[Expression], Options]:
        """The arguments of a call: positional ones, and keyword arguments if they are `known`."""
        self.build.deeper(opened.span)
        args: list[Expression] = []
        options: Options = {}
        while self.peek().text != ")" or self.peek().kind != "sign":
            if self.tokens[self.at + 1 : self.at + 2] and self._is_keyword():
                self._keyword(options, known)
            else:
                args.append(self.expression())
            if not self.take(","):
                break
        self.expect(")", opened)
        self.build.depth -= 1
        return args, options

    def no_arguments(self) -> None:
        """The empty brackets of a method. Raises Unreadable if they hold an argument."""
        opened = self.expect("(")
        if self.peek().text != ")":
            self.build.fail("this method takes no argument here", self.peek().span)
        self.expect(")", opened)

    def _is_keyword(self) -> bool:
        token, sign = self.tokens[self.at], self.tokens[self.at + 1]
        return token.kind == "name" and sign.text == "=" and sign.kind == "sign"

    def _keyword(self, options: Options, known: frozenset[str]) -> None:
        token = self.next()
        self.at += 1
        if token.text not in known:
            self.build.fail(f"unknown argument `{token.text}=`", token.span)
        name = _OPTION_NAMES.get(token.text, token.text)
        if name in options:
            self.build.fail(f"the argument `{token.text}=` appears twice", token.span)
        options[name] = None if self.take_name("None") else self.expression()

    def reduced(
        self, primitive: str, args: Sequence[Expression], options: Options, span: Span
    ) -> Expression:
        """`sum(X, 0)`, `mean(X, axis=-1)`: as in NumPy, a second argument is the axis."""
        node, *more = args
        if len(more) + ("axis" in options) > 1:
            self.build.fail("this function takes one array and one axis", span)
        if not more and "axis" not in options:
            return self.build.apply(primitive, node, span=span)
        axis = more[0] if more else options["axis"]
        params = (None if axis is None else self._axis(node, constant(axis), span),)
        return self.build.apply(primitive, node, params=params, span=span)

    def _axis(self, node: Expression, axis: float | None, span: Span) -> int:
        """0 (down the rows) or 1 (along a row); a negative axis counts from the end."""
        one_axis = node.shape[1] == 1 and not self._is_declared_matrix(node)
        axes = _AXES_OF_ONE if one_axis else _AXES
        if axis not in axes:
            self.build.fail("the axis must be 0 (down the rows) or 1 (along a row)", span)
        return axes[axis]

    def _is_declared_matrix(self, node: Expression) -> bool:
        return isinstance(node, Symbol) and node.name in self.build.names.matrices
