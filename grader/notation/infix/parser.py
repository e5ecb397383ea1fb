"""Infix text, SymPy/NumPy-style → expression, without a syntax tree: its names have one meaning each.

Nothing is evaluated: a name is looked up in the problem's table, or refused.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from grader.errors import Nonsense, Span, Unreadable
from grader.expression import SCALAR, Expression, Item, Number, Slice, Symbol
from grader.notation.builder import (
    NONSENSE,
    USUAL,
    Builder,
    Conventions,
    Reading,
    constant,
)
from grader.notation.grammar.dispatch import Dispatch
from grader.notation.grammar.operators import (
    BESIDE,
    INFIX_OPERATORS,
    NO_SIGN,
    PRODUCT,
    RELATION,
    Operator,
)
from grader.notation.grammar.pratt import Pratt
from grader.notation.grammar.trees import (
    Enclosed,
    Tree,
    Trees,
    first_of,
    leaves,
    span_of,
    split,
    trees,
)
from grader.notation.infix.tokens import ENTRIES, tokenize
from grader.notation.latex_tokens import Token
from grader.notation.names import GREEK, INFIX_FUNCTIONS, Function, Names
from grader.notation.products import IDENTITY, MATRIX, combine, product
from grader.notation.templates import Cell, Templates, rows_of
from grader.primitives import TABLE

PREFIX = BESIDE + 1  # the binding power of a sign before its operand
AXIS_OPTIONS = frozenset({"axis", "dim", "keepdims", "keepdim"})
Options = dict[str, Expression | None]  # by name; None is Python's None

_MODULES = frozenset(
    "np numpy sp sympy math torch jnp jax tf F nn scipy special linalg functional".split()
)
_LETTERS = {letter: name for name, letter in GREEK.items()}
_CONSTANTS = {"pi": math.pi, "E": math.e, "e": math.e, "True": 1.0, "False": 0.0}
_WORDS = frozenset({"if", "else", "for", "in", "and", "or"})
_PREFIX = {"-": ("neg", PREFIX), "+": ("", PREFIX), "~": ("not", RELATION)}
_POSTFIX = frozenset({"[", ".", "'", "ᵀ", "**"})
_PRIME_SPELLINGS = re.compile(
    r"(?P<a>.+?)_?(?:prime|deriv|derivative|grad)$|d_?(?P<b>.+)$|grad_(?P<c>.+)$"
)
_FRACTION = re.compile(r"d(\w+?)_+d(\w+)$")
_NEW_AXES = frozenset(
    f"{module}{name}" for module in ("", "np.", "numpy.") for name in ("None", "newaxis")
)
_WRITE_A_SIGN = "write `*` for a product, `@` for a matrix product"
_CLOSING = frozenset({")", "]"})
_OPTION_NAMES = {"dim": "axis", "keepdim": "keepdims"}
_PRODUCTS = frozenset({"dot", "matmul", "inner"})
_OF_TWO = frozenset({"maximum", "minimum"})
_AXES = {0.0: 0, 1.0: 1, -1.0: 1, -2.0: 0}
_AXES_OF_ONE = {0.0: 0, 1.0: 1, -1.0: 0}  # axis of a vector, which has one axis in NumPy

Form = Callable[["InfixParser", Token, Enclosed], Expression]
Method = Callable[["InfixParser", Expression, int], Expression]
FORMS: Dispatch[str, Form] = Dispatch()  # what the name before brackets means
METHODS: Dispatch[str, Method] = Dispatch()  # what the name after a dot means


def parse(text: str, names: Names) -> tuple[Expression, list[str]]:
    """The expression of a formula in the problem, and notes on how it was read.

    Of `dW = …` the part after the last `=` is read. Raises Unreadable (a human must look) or Nonsense
    (readable, but without a value).
    """
    reading = _reading(text, Builder(names, text, sizes_select=True))
    return reading.node, list(reading.notes)


def read(text: str, names: Names, conventions: Conventions = USUAL) -> Reading:
    """The reading of a student's text under some conventions; raises like `parse`.

    A size of one letter is not an index here: `p[k]` is an entry for each k.
    """
    return _reading(text, Builder(names, text, conventions=conventions))


def _reading(text: str, build: Builder) -> Reading:
    parser = InfixParser(build)
    try:
        node = parser.whole(_answer(trees(tokenize(text), text), parser), 0)
        if parser.eulers and (node.shape != SCALAR or isinstance(node, Number)):
            build.unknown("e", parser.eulers[0], build.names.known())  # e may be an error
        return build.reading(node)
    except (Unreadable, Nonsense) as error:
        raise error.located(text) from None


def _answer(run: Trees, parser: "InfixParser") -> Trees:
    """What follows the last `=` outside brackets."""
    if "=" not in parser.source:
        return run
    *names, answer = split(run, "=")
    for tree in (tree for name in names for tree in name if tree.text in _CLOSING):
        parser.unexpected(tree, "an operator or the end")
    return answer


class InfixParser(Pratt[Expression]):
    """Reads runs of trees with a builder.

    `eulers` are the places of an e alone, which is a number only in a formula for a number.
    """

    def __init__(self, build: Builder) -> None:
        super().__init__(build.source)
        self.build = build
        self.eulers: list[Span] = []
        self.divided = -1  # where the fraction ends that was read last
        self.templates = Templates()

    def conditional(self) -> Expression:
        """An expression, or Python's `a if condition else b`."""
        first = self.at
        cases: list[tuple[Expression, Expression | None]] = []
        value = self.expression()
        while self.take("if"):
            cases.append((value, self.expression()))
            if not self.take("else"):
                self.unexpected(self.peek(), "`else`")
            value = self.expression()
        return self.build.piecewise([*cases, (value, None)], self.span(first)) if cases else value

    def interrupted(self, node: Expression, tree: Tree) -> NoReturn:
        """What was read up to a tree that cannot follow it. Raises Unreadable."""
        self.unexpected(tree, "an operator or the end")

    def unexpected(self, tree: Tree, wanted: str) -> NoReturn:
        """Raise Unreadable for a tree that does not belong here."""
        token, hint = first_of(tree), None
        found = f"found `{token.text}`"
        if tree.kind == "end":
            behind = self.source[tree.start :].lstrip()[:1]
            found = f"found `{behind}`" if behind else "the text ends"
        elif tree.kind in ("name", "number", "entry") or tree.text == "(":
            hint = _WRITE_A_SIGN
        self.fail(f"expected {wanted}, but {found}", token.span, hint)

    # Operators

    def operator(self) -> Operator | None:
        """The operator that comes next; `2x` and `(x + 2)(x + 3)` have one too."""
        tree = self.trees[self.at]
        found = INFIX_OPERATORS.get(tree.text)
        if found is None:
            return NO_SIGN if self._is_beside(tree) else None
        return None if self.bars and tree.text == "|" else found

    def _is_beside(self, tree: Tree) -> bool:
        """Whether a factor follows without a sign."""
        last = self.trees[self.at - 1]
        if last.kind != "number" and last.text != "(":
            return False
        if tree.text == "e" and tree.start == last.end:
            return False  # 1e is a number without its end
        return tree.text == "(" or (tree.kind in ("name", "entry") and tree.text not in _WORDS)

    def joined(self, node: Expression, ahead: Operator, first: int) -> Expression:
        """Two operands, from the left; a < b < c means a < b and b < c."""
        if ahead.power == RELATION:
            return self._compared(node, first)
        if ahead is NO_SIGN and self.divided == self.trees[self.at - 1].end:
            hint = "write `*`, or put what is below the fraction in brackets"
            self.fail("it is not clear where this fraction ends", first_of(self.peek()).span, hint)
        self.at += ahead is not NO_SIGN
        right = self.expression(ahead.power + 1)
        span = self.span(first)
        if ahead.power < PRODUCT:
            return combine(self.build, ahead.meaning, node, right, span)
        arrays = (node.shape, right.shape) != (SCALAR, SCALAR)
        if ahead is NO_SIGN and arrays and not isinstance(node, Number):
            self.fail("there is no sign between these arrays", span, _WRITE_A_SIGN)
        if ahead.sign == "/":
            self.divided = span.end
        return product(self.build, node, right, ahead.meaning, span)

    def _compared(self, left: Expression, first: int) -> Expression:
        result: Expression | None = None
        while (ahead := self.operator()) is not None and ahead.power == RELATION:
            self.at += 1
            right = self.expression(RELATION + 1)
            span = self.span(first)
            test = combine(self.build, ahead.meaning, left, right, span)
            result = test if result is None else self.build.apply("and", result, test, span=span)
            left = right
        assert result is not None
        return result

    def operand(self, power: int) -> Expression:
        """A factor with the signs before it, which bind more than all operators but `**`."""
        first, tree = self.at, self.trees[self.at]
        if tree.kind == "entry" and self.trees[first + 1].text not in _POSTFIX:
            self.at += 1
            return self.entry(tree)
        if tree.text not in _PREFIX:
            return self.factor()
        self.at += 1
        self.deeper(tree)
        function, power = _PREFIX[tree.text]
        node = self.expression(power)
        self.depth -= 1
        if not function:
            return node
        span = self.span(first)
        if node.span in self.build.two_axes:
            self.build.two_axes.add(span)
        return self.build.apply(function, node, span=span)

    def factor(self) -> Expression:
        """A number, a name or a bracket with what follows it: entries, methods, powers."""
        first = self.at
        node = self._atom(self.next())
        while True:
            tree = self.trees[self.at]
            if tree.text == "[":
                node = self._bracketed(node, first)
            elif tree.text == ".":
                node = self._attribute(node, first)
            elif tree.text == "ᵀ" or (tree.text == "'" and node.shape != SCALAR):
                self.at += 1
                node = self.build.apply("transpose", node, span=self.span(first))
            elif tree.text == "**":
                return self._raised(node, first)
            else:
                return node

    def _raised(self, node: Expression, first: int) -> Expression:
        """x ** y, right-associative; `A**T` is a transpose."""
        self.deeper(self.next())
        turned = "T" not in self.build.names.symbols and self.take("T")
        exponent = None if turned else self.operand(PREFIX)
        self.depth -= 1
        if exponent is None:
            return self.build.apply("transpose", node, span=self.span(first))
        return self.build.power(node, exponent, self.span(first))

    def _attribute(self, node: Expression, first: int) -> Expression:
        dot, name = self.next(), self.next()
        known = METHODS.get(name.text)
        if known is None:
            span = Span(dot.start, max(dot.end, name.end - (name.kind == "end")))
            self.fail(f"unknown attribute `.{name.text}`", span, "write `.T` for a transpose")
        return known(self, node, first)

    # Atoms

    def _atom(self, tree: Tree) -> Expression:
        if isinstance(tree, Enclosed):
            return self._group(tree) if tree.text == "(" else self._literal(tree)
        if tree.kind == "number":
            return self.build.number(tree.text, tree.span)
        if tree.kind == "name":
            return self._named(tree)
        if tree.kind == "entry":
            return self.entry(tree)
        if tree.text == "|":
            return self._between_bars(tree)
        return self.unexpected(tree, "a number, a name or a bracket")

    def _group(self, tree: Enclosed) -> Expression:
        """`(a)`, and the column `(a, b)`."""
        here, parts = tree.last.start, split(tree.trees, ",")
        if len(parts) == 1:
            return self.whole(tree.trees, here)
        rows = [[self.whole(part, here)] for part in self.listed(tree)]
        return self.build.matrix(rows, tree.span)

    def _between_bars(self, opened: Token) -> Expression:
        """|x| of a number is its absolute value; that of an array is its norm, or that of each entry."""
        self.deeper(opened)
        self.bars += 1
        node = self.expression()
        self.bars -= 1
        self.depth -= 1
        if not self.take("|"):
            if self.peek().kind == "end":
                self.fail("`|` is missing", opened.span, "the `|` here is never closed")
            self.unexpected(self.peek(), "`|`")
        span = Span(opened.start, self.trees[self.at - 1].end)
        meaning = "abs"
        if node.shape != SCALAR and node is not NONSENSE:
            meaning = self.build.convention("bars", ("norm", "abs"))
        return self.build.apply(meaning, node, span=span)

    # Names

    def _named(self, token: Tree) -> Expression:
        while token.text in _MODULES and self.peek().text == ".":
            if self.trees[self.at + 1].kind != "name":
                break
            self.at += 1
            token = self.next()
        name, following = token.text, self.peek().text
        if following == "**" and (raised := self._raised_function(token)) is not None:
            return raised
        if following in ("(", "'") and (called := self._called(token)) is not None:
            return called
        symbol = self.build.names.symbols.get(name)
        if symbol is not None and self.build.bound_index(name) is None:
            return type(symbol)(symbol.name, symbol.shape, token.span)
        return self._value(token)

    def _value(self, token: Tree) -> Expression:
        """A name that is not a declared symbol: an index variable, a size or a constant."""
        name, names = token.text, self.build.names
        index = self.build.index(name)
        if index is not None:
            return self.build.index_value(index, token.span)
        if name in names.dimensions:
            return Number(float(names.dimensions[name]), token.span, name)
        found = names.own((name, None, None)) or self._derivative(token)
        if found is not None:
            return found
        layer = names.symbols.get(name.replace("_", "")) if name[-1].isdigit() else None
        if layer is not None:
            return type(layer)(layer.name, layer.shape, token.span)  # W_2 for W2
        if name == "e" and self.peek().text != "**":
            self.eulers.append(token.span)
        if name in _CONSTANTS:
            return Number(_CONSTANTS[name], token.span)
        if name == "I":
            return replace(IDENTITY, span=token.span)
        if name in _LETTERS:
            return self._named(Token("name", _LETTERS[name], token.start, token.end))
        if name in names.functions or name in INFIX_FUNCTIONS:
            hint = f"write {name}(…)"
            self.fail(f"the function `{name}` has no argument here", token.span, hint)
        return self.build.unknown(name, token.span, names.known())

    def _derivative(self, token: Tree) -> Expression | None:
        """`dW2` and `∂l/∂W2`; None for other names."""
        name, symbols = token.text, self.build.names.symbols
        fraction = _FRACTION.match(name)
        if fraction and all(part in symbols for part in fraction.groups()):
            of, wrt = (symbols[part] for part in fraction.groups())
            return self.build.derivative(of, wrt, token.span)
        node = self._differentiated(name)
        if node is None:
            return None
        if self.peek().text == "/":
            below = self.trees[self.at + 1]
            base, bracket, rest = below.text.partition("[")
            by = self._differentiated(base)
            if by is not None:
                self.at += 2
                result = self.build.derivative(node, by, Span(token.start, below.end))
                if bracket:
                    return self.build.fixed_entry(f"∂[{rest}", below.span, result)
                return result
        loss = self.build.names.loss
        return None if loss is None else self.build.derivative(loss, node, token.span)

    def _differentiated(self, name: str) -> Symbol | None:
        """The W2 of `dW2` and `∂W2`."""
        if name[:1] not in ("d", "∂"):
            return None
        return self.build.names.symbols.get(_LETTERS.get(name[1:], name[1:]))

    # Calls

    def _called(self, token: Tree) -> Expression | None:
        """`name(…)` or `name'(…)`; None if the name is not a function."""
        name, names, tree = token.text, self.build.names, self.peek()
        declared = name in names.symbols or name in names.functions
        if name in FORMS and isinstance(tree, Enclosed) and not declared:
            self.at += 1
            return FORMS[name](self, first_of(token), tree)
        function, prime = self._function(name)
        if function is None:
            return None
        while self.take("'"):
            prime += 1
        primitive, tree = function.primitive, self.brackets()
        along = TABLE[primitive].axis and not prime
        args, options = self.arguments(tree, AXIS_OPTIONS if along else frozenset())
        span = Span(token.start, tree.end)
        if along and args:
            return self.reduced(primitive, args, options, span)
        if primitive in _PRODUCTS and len(args) == 2 and not prime:
            return self._product(primitive, args, span)
        if primitive in _OF_TWO and len(args) == 1:
            args = self.build.entries_of(args[0], span)
        return self.build.call(function, prime, args, span)

    def _raised_function(self, token: Tree) -> Expression | None:
        """`sin**2(x)`, the power of a function; None for any other power."""
        number, bracket = [*self.trees[self.at + 1 : self.at + 3], *self.trees[-1:] * 2][:2]
        if number.kind != "number" or bracket.text != "(" or self._function(token.text)[0] is None:
            return None
        self.at += 2
        node = self._called(token)
        assert node is not None
        exponent = self.build.number(number.text, number.span)
        return self.build.power(node, exponent, Span(token.start, bracket.end))

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

    def _function(self, name: str) -> tuple[Function | None, int]:
        """The function of a name, and the number of derivatives in the name itself."""
        name, names = _LETTERS.get(name, name), self.build.names
        if name in names.functions:
            return names.functions[name], 0
        if name in names.symbols:
            return None, 0
        if name in INFIX_FUNCTIONS:
            return Function(name, INFIX_FUNCTIONS[name]), 0
        match = _PRIME_SPELLINGS.match(name)
        stem = (match["a"] or match["b"] or match["c"]) if match else None
        if stem is not None and (stem in names.functions or stem in INFIX_FUNCTIONS):
            return self._function(stem)[0], 1
        return None, 0

    def listed(self, tree: Enclosed) -> list[Trees]:
        """What commas separate in brackets; a comma may stand at the end."""
        parts = split(tree.trees, ",")
        if not parts[-1]:
            parts.pop()
        if not all(parts):
            self.fail("there is nothing between two commas", tree.span)
        return parts

    def brackets(self) -> Enclosed:
        """The round brackets that must come next."""
        tree = self.next()
        if not isinstance(tree, Enclosed) or tree.text != "(":
            self.unexpected(tree, "`(`")
        return tree

    def values(self, tree: Enclosed) -> list[Expression]:
        """The arguments in brackets, none of them by keyword."""
        return self.arguments(tree)[0]

    def exactly(
        self, count: int, token: Token, tree: Enclosed, hint: str | None = None
    ) -> list[Expression]:
        """This many arguments in brackets, behind a name."""
        args = self.values(tree)
        if len(args) != count:
            message = f"{token.text} takes {count} argument{'s' * (count > 1)}"
            self.fail(message, token.span, hint)
        return args

    def arguments(
        self, tree: Enclosed, known: frozenset[str] = frozenset()
    ) -> tuple[list[Expression], Options]:
        """The arguments of a call: positional ones, and keyword arguments if they are `known`."""
        args: list[Expression] = []
        options: Options = {}
        for part in self.listed(tree):
            if len(part) < 2 or part[0].kind != "name" or part[1].text != "=":
                args.append(self.whole(part, tree.last.start))
                continue
            written, value = part[0].text, part[2:]
            name = _OPTION_NAMES.get(written, written)
            if written not in known:
                self.fail(f"unknown argument `{written}=`", first_of(part[0]).span)
            if name in options:
                self.fail(f"the argument `{written}=` appears twice", first_of(part[0]).span)
            is_none = [one.text for one in value] == ["None"]
            options[name] = None if is_none else self.whole(value, tree.last.start)
        return args, options

    def reduced(
        self, primitive: str, args: Sequence[Expression], options: Options, span: Span
    ) -> Expression:
        """`sum(X, 0)`, `mean(X, axis=-1)`: as in NumPy, a second argument is the axis."""
        node, *more = args
        if len(more) + ("axis" in options) > 1:
            self.fail("this function takes one array and one axis", span)
        if not more and "axis" not in options:
            return self.build.apply(primitive, node, span=span)
        axis = more[0] if more else options["axis"]
        params = (None if axis is None else self._axis(node, constant(axis), span),)
        return self.build.apply(primitive, node, params=params, span=span)

    def _axis(self, node: Expression, axis: float | None, span: Span) -> int:
        """0 (down the rows) or 1 (along a row); a negative axis counts from the end."""
        has_two = isinstance(node, Symbol) and node.name in self.build.names.matrices
        axes = _AXES_OF_ONE if node.shape[1] == 1 and not has_two else _AXES
        if axis not in axes:
            self.fail("the axis must be 0 (down the rows) or 1 (along a row)", span)
        return axes[axis]

    # Entries, slices and literals of arrays

    def entry(self, token: Tree) -> Expression:
        """`W3[1, 2]`, an entry at fixed indices."""
        known = self.build.names.entries.get(token.text)
        if known is not None:
            return known
        symbols = self.build.names.symbols
        name, _, inside = token.text.partition("[")
        layer = symbols.get(name + inside[:-1].strip())
        if layer is not None and name not in symbols:
            return type(layer)(layer.name, layer.shape, token.span)  # W[2] for W2
        base = self._named(Token("name", name, token.start, token.start + len(name)))
        return self.build.fixed_entry(token.text, token.span, base)

    def _bracketed(self, node: Expression, first: int) -> Expression:
        """An entry or a slice; after a plain 1 an indicator, `1[z > 0]`."""
        last, tree = self.trees[self.at - 1], self.next()
        assert isinstance(tree, Enclosed)
        span = self.span(first)
        if last.text == "1":
            inside = self.whole(tree.trees, tree.last.start)
            return self.build.condition(inside, span, "z > 0")
        parts = split(tree.trees, ",")
        texts = ["".join(one.text for one in part) for part in parts]
        if len(texts) == 2 and ":" in texts and 1 in node.shape and not _NEW_AXES.isdisjoint(texts):
            return self.given_axes(node, texts[0] == ":", span)
        selectors = [self._selector(node, part, axis, tree) for axis, part in enumerate(parts)]
        again = last.text == "[" or last.kind == "entry"
        if again and len(selectors) == 1 and isinstance(node, Item) and node.shape[0] == 1:
            selectors = [Number(1.0), *selectors]  # W[1][2]: entry 2 of row 1
        return self.build.item(node, selectors, span, row_first=True)

    def given_axes(self, base: Expression, stands: bool, span: Span) -> Expression:
        """A vector as a column or a row, marked as having two axes: `x[:, None]`, `x[None, :]`."""
        self.build.two_axes.add(span)
        if (base.shape[1] == 1) == stands:
            return replace(base, span=span)
        return self.build.apply("transpose", base, span=span)

    def _selector(
        self, base: Expression, run: Trees, axis: int, tree: Enclosed
    ) -> Expression | Slice:
        if len(run) == 1 and run[0].kind == "name":
            index = self.build.index(run[0].text)
            if index is not None:
                return index
        here = tree.last.start
        low, *ends = split(run, ":")
        if not ends:
            return self.build.shifted(self.whole(run, here))
        if len(ends) > 1:
            self.fail("a slice needs two ends", span_of(run))
        size = base.shape[axis] if axis < 2 else 1
        if axis == 0 and base.shape[0] == 1 and base.shape[1] > 1:
            size = base.shape[0]
        start, stop = (self.whole(end, here) if end else None for end in (low, ends[0]))
        return self.build.slice(start, stop, size, span_of(run))

    def _literal(self, tree: Enclosed) -> Expression:
        """`[a, b]` is a column, `[[a, b], [c, d]]` a matrix."""
        parts = self.listed(tree)
        rows = [
            one
            for one, *more in parts
            if isinstance(one, Enclosed) and one.text == "[" and not more
        ]
        if not rows or rows[0] is not parts[0][0]:
            cells = [[self._cell(part, tree)] for part in parts]
        elif len(rows) == len(parts):
            cells = [[self._cell(part, row) for part in self.listed(row)] for row in rows]
        else:
            self.fail("only some parts of this matrix are rows", tree.span)
        return self.build.matrix(rows_of(cells), tree.span)

    def _cell(self, run: Trees, tree: Enclosed) -> Cell:
        """An entry of a matrix; an entry like an earlier one is not parsed again."""
        here, known = tree.last.start, self.build.names.entries
        parts = ENTRIES.split(self.source[run[0].start : run[-1].end])
        key, given = tuple(parts[::2]), parts[1::2]
        if len(given) > 1 and any(text not in known for text in given):
            for token in leaves(run):
                if token.kind == "entry":
                    self.whole((token,), here)
        entries = [known[text] for text in given if text in known]
        if len(entries) < max(2, len(given)):
            return self.whole(run, here)
        alike = self.templates.instance(key, entries)
        if alike is None:
            return self.templates.learned(key, self.whole(run, here), entries)
        self.build.count(len(parts))
        return alike
