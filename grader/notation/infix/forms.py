"""Special forms in infix text: sums, matrices, case distinctions, derivatives."""

from collections.abc import Callable

from grader.errors import Span
from grader.expression import Expression, Index, Matrix, Number
from grader.notation.builder import NONSENSE, constant, is_condition
from grader.notation.infix.calls import AXIS_OPTIONS
from grader.notation.infix.methods import MethodReader
from grader.notation.infix.tokens import InfixToken
from grader.notation.products import JUXTAPOSED, product


class FormReader(MethodReader):
    """Reads forms. Each method starts at the `(` after the name."""

    def form(self, name: str, token: InfixToken) -> Expression | None:
        """The form with this name; None if there is none."""
        form = SPECIAL.get(name)
        return None if form is None else form(self, token)

    def sum_form(self, token: InfixToken) -> Expression:
        """`Sum(body, (i, 1, n), …)`: the limits come last, but are read first."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        begin = self.at
        commas, end = self.commas(opened)
        if not commas:
            return self.plain_sum(token, begin - 1)
        limits = []
        for comma, stop in zip(commas, [*commas[1:], end], strict=True):
            limits.append(self._limit(comma + 1))
            if self.at != stop:
                self.unexpected(self.peek(), "the end of the range")
        self.at = begin
        node = self._nested_sums(limits, Span(token.start, self.tokens[end].start + 1), commas[0])
        self.at = end + 1
        self.build.depth -= 1
        return node

    def _limit(self, at: int) -> Index | str:
        """`(i, 1, n)` as an index variable, or `i` alone as a name without a range."""
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

    def plain_sum(self, token: InfixToken, opened: int) -> Expression:
        """`sum(x)`, `np.sum(x, axis=1)`: over entries."""
        self.at = opened
        self.build.depth -= 1
        args, options = self.arguments(self.expect("("), AXIS_OPTIONS)
        if not args:
            self.build.fail(
                "sum takes one array", token.span, "for a range, write Sum(e, (i, 1, n))"
            )
        return self.reduced("sum", args, options, Span(token.start, self.end()))

    def clipped(self, token: InfixToken) -> Expression:
        """`np.clip(x, low, high)`: x, but not below `low` and not above `high`."""
        args, _ = self.arguments(self.expect("("))
        return self.build.clipped(args, Span(token.start, self.end()))

    def norm_form(self, token: InfixToken) -> Expression:
        """`norm(v)`, `np.linalg.norm(v, ord=2)`: only the 2-norm."""
        args, options = self.arguments(self.expect("("), frozenset({"ord", "p"}))
        span = Span(token.start, self.end())
        orders = [*args[1:], *(order for order in options.values() if order is not None)]
        if any(constant(order) != 2 or 1 not in args[0].shape for order in orders):
            self.build.fail("only the 2-norm of a vector can be read", span)
        return self.build.apply("norm", *args[:1], span=span)

    def np_sum(self, token: InfixToken) -> Expression:
        """`sum(…)` with limits is `Sum`; without, it runs over entries."""
        opened = self.at
        self.expect("(")
        commas, end = self.commas(self.tokens[opened])
        begin = self._generator(end)
        if begin is not None:
            return self.generated_sum(token, begin, end)
        limits = commas and (token.text != "sum" or self.tokens[commas[0] + 1].text == "(")
        self.at = opened
        if limits:
            return self.sum_form(token)
        self.build.depth += 1
        return self.plain_sum(token, opened)

    def _generator(self, end: int) -> int | None:
        """The place of `for` in Python's `sum(e for k in range(n))`; None if there is none."""
        for at in range(self.at, end):
            if self.tokens[at].kind == "name" and self.tokens[at].text == "for":
                return at
        return None

    def generated_sum(self, token: InfixToken, at: int, end: int) -> Expression:
        """`sum(e for k in range(a, b))`, which excludes the end as in Python."""
        begin, self.at = self.at, at + 1
        name = self.next()
        if self.next().text != "in" or self.next().text != "range":
            self.build.fail("only sums over range(…) can be read", name.span, "Sum(e, (k, 1, n))")
        self.build.deeper(name.span)
        args, _ = self.arguments(self.expect("("))
        if not 1 <= len(args) <= 2 or self.at != end:
            self.build.fail(
                "a sum needs exactly one range(n) or range(a, b)", name.span, "Sum(e, (k, 1, n))"
            )
        low = args[0] if len(args) == 2 else Number(0.0)
        high = self.build.apply("sub", args[-1], Number(1.0))
        index = self.build.bind(name.text, low, high, name.span)
        self.at = begin

        def body() -> Expression:
            node = self.expression()
            if self.at != at:
                self.unexpected(self.peek(), "`for` or an operator")
            return node

        node = self.build.sum(index, body, Span(token.start, self.tokens[end].start + 1))
        self.at = end + 1
        self.build.depth -= 1
        return node

    def matrix_form(self, token: InfixToken) -> Expression:
        """`Matrix([[…]])`, `np.array([…])`, and `Matrix(2, 2, […])`."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        node = self.expression()
        if self.take(","):
            node = self._sized_matrix(node, token)
        self.expect(")", opened)
        self.build.depth -= 1
        return node

    def _sized_matrix(self, rows: Expression, token: InfixToken) -> Expression:
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

    def piecewise_form(self, token: InfixToken) -> Expression:
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
        return self.build.piecewise(cases, Span(token.start, self.end()))

    def derivative_form(self, token: InfixToken) -> Expression:
        """`Derivative(l, h1[k])`."""
        opened = self.expect("(")
        self.build.deeper(opened.span)
        of = self.expression()
        self.expect(",")
        wrt = self.expression()
        self.expect(")", opened)
        self.build.depth -= 1
        return self.build.derivative(of, wrt, Span(token.start, self.end()))

    def constant_form(self, token: InfixToken) -> Expression:
        """`ones(n)`, `zeros((m, n))`, `eye(n)`: sizes are whole numbers or dimensions."""
        args, _ = self.arguments(self.expect("("))
        if len(args) == 1 and isinstance(args[0], Matrix):
            args = [entry for row in args[0].rows for entry in row]
        sizes = [constant(arg) for arg in args]
        if not 1 <= len(sizes) <= 2 or not all(
            size and size == int(size) and 1 <= size <= 64 for size in sizes
        ):
            self.build.fail(f"{token.text} takes one or two sizes, up to 64", token.span)
        rows = int(sizes[0] or 0)
        square = token.text in ("eye", "Identity", "identity")
        columns = int(sizes[-1] or 0) if len(sizes) == 2 else (rows if square else 1)
        name = "identity" if square else token.text
        return self.build.apply(name, params=(rows, columns), span=token.span)

    def delta_form(self, token: InfixToken) -> Expression:
        """`KroneckerDelta(i, j)`."""
        args, _ = self.arguments(self.expect("("))
        for arg in args:
            self.build.check_letter(arg)
        return self.build.apply("eq", *args, span=Span(token.start, self.end()))

    def product_form(self, token: InfixToken) -> Expression:
        """`Product(body, (k, 1, n))`, with its factors written out."""
        opened = self.expect("(")
        begin = self.at
        commas, end = self.commas(opened)
        limit = self._limit(commas[0] + 1) if len(commas) == 1 else ""
        if isinstance(limit, str):
            self.build.fail("Product takes one range", token.span, "Product(e, (k, 1, n))")
        self.at = begin
        factors = self.build.factors(limit, self.expression, token.span)
        self.at = end + 1
        span = Span(token.start, self.end())
        node = factors[0]
        for factor in factors[1:]:
            node = product(self.build, node, factor, JUXTAPOSED, span)
        return node

    def length_form(self, token: InfixToken) -> Expression:
        """`len(r)`: the number of its entries, or rows."""
        args, _ = self.arguments(self.expect("("))
        span = Span(token.start, self.end())
        if len(args) != 1 or args[0].shape[0] == 1:
            self.build.fail("len takes one array, not a row", span)
        return Number(float(args[0].shape[0]), span)

    def number_form(self, token: InfixToken) -> Expression:
        """`float(z > 0)`: a condition already is a number here."""
        args, _ = self.arguments(self.expect("("))
        if len(args) != 1:
            self.build.fail(f"{token.text} takes one argument", token.span)
        return args[0] if token.text == "float" else self.condition(args[0], token.span)

    def condition(self, node: Expression, span: Span) -> Expression:
        """An indicator, whose brackets must hold a condition."""
        if node is not NONSENSE and not is_condition(node):
            self.build.fail("an indicator needs a condition, such as z > 0", span)
        return node


SPECIAL: dict[str, Callable[[FormReader, InfixToken], Expression]] = {
    "clip": FormReader.clipped,
    "clamp": FormReader.clipped,
    "norm": FormReader.norm_form,
    "Sum": FormReader.np_sum,
    "sum": FormReader.np_sum,
    "summation": FormReader.np_sum,
    "Matrix": FormReader.matrix_form,
    "ImmutableMatrix": FormReader.matrix_form,
    "ImmutableDenseMatrix": FormReader.matrix_form,
    "array": FormReader.matrix_form,
    "asarray": FormReader.matrix_form,
    "tensor": FormReader.matrix_form,
    "Piecewise": FormReader.piecewise_form,
    "Derivative": FormReader.derivative_form,
    "diff": FormReader.derivative_form,
    "grad": FormReader.derivative_form,
    "Product": FormReader.product_form,
    "len": FormReader.length_form,
    "float": FormReader.number_form,
    "int": FormReader.number_form,
    "I": FormReader.number_form,
    "indicator": FormReader.number_form,
    "ones": FormReader.constant_form,
    "zeros": FormReader.constant_form,
    "eye": FormReader.constant_form,
    "identity": FormReader.constant_form,
    "Identity": FormReader.constant_form,
    "KroneckerDelta": FormReader.delta_form,
}
