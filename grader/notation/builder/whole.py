"""Calls, matrices and case distinctions: the complete builder."""

import math
from collections.abc import Sequence
from functools import reduce

from grader.errors import ShapeMismatch, Span, TooLarge
from grader.expression import SCALAR, Apply, Cells, Expression, Item, Matrix, Number
from grader.notation.builder.binding import Binding
from grader.notation.builder.core import NONSENSE, SIZE_LIMIT, is_condition
from grader.notation.names import Function
from grader.primitives import TABLE


class Builder(Binding):
    """Makes the expressions of one text; errors point into `source`, which is that text."""

    def call(
        self, function: Function, prime: int, args: Sequence[Expression], span: Span
    ) -> Expression:
        """A function of the problem or of the table, with `prime` derivative marks.

        `diag(a, b, c)` takes single entries, and max(a, b, c) is max(max(a, b), c).
        """
        name = function.primitive + "'" * prime
        if name == "clip":
            return self.clipped(args, span)
        if function.primitive == "diag" and len(args) > 1:
            args = [self.matrix([[arg] for arg in args], span)]
        if prime:
            self.derivatives.append(Apply(name, tuple(args), SCALAR, (), span))
        if name not in TABLE:
            self.fail(f"{function.name} with {prime} primes cannot be read", span)
        if not TABLE[name].chains:
            extra = (Number(value) for value in function.extra)
            return self.apply(name, *args, *extra, span=span)
        if len(args) < 2:
            self.fail(f"{name} needs at least two arguments", span)
        return reduce(lambda one, other: self.apply(name, one, other, span=span), args)

    def clipped(self, args: Sequence[Expression], span: Span) -> Expression:
        """`clip(x, low, high)`: x, but not below `low` and not above `high`."""
        if len(args) != 3:
            self.fail("clip takes an array and two bounds", span)
        x, low, high = args
        return self.apply("minimum", self.apply("maximum", x, low, span=span), high, span=span)

    def matrix(self, rows: Sequence[Sequence[Expression]], span: Span) -> Expression:
        """A matrix literal; a column of row vectors, or a row of columns, is stacked."""
        widths = {len(row) for row in (rows.grid if isinstance(rows, Cells) else rows)}
        if not rows or 0 in widths:
            self.fail("this matrix is empty", span)
        if len(widths) > 1:
            counts = ", ".join(str(len(row)) for row in rows)
            self.fail(f"the rows of this matrix differ in length: {counts}", span)
        if len(rows) > SIZE_LIMIT or max(widths) > SIZE_LIMIT:
            raise TooLarge(f"more than {SIZE_LIMIT} rows or columns", self.source, span)
        self.count(len(rows) * max(widths))
        if isinstance(rows, Cells):
            return Matrix(rows, (len(rows), max(widths)), span)
        if any(entry is NONSENSE for row in rows for entry in row):
            return NONSENSE
        if any(entry.shape != SCALAR for row in rows for entry in row):
            return self._stacked(rows, span)
        return Matrix(tuple(tuple(row) for row in rows), (len(rows), max(widths)), span)

    def _stacked(self, rows: Sequence[Sequence[Expression]], span: Span) -> Expression:
        """A block matrix, written out entry by entry."""
        entries: list[list[Expression]] = []
        for row in rows:
            heights = {block.shape[0] for block in row}
            if len(heights) > 1:
                error = ShapeMismatch(
                    f"blocks side by side have different numbers of rows: {sorted(heights)}"
                )
                return self.nonsense(error, span)
            height = heights.pop()
            entries += [[part for block in row for part in _row_of(block, i + 1)]
                        for i in range(height)]  # fmt: skip
        if len({len(row) for row in entries}) > 1:
            return self.nonsense(
                ShapeMismatch("stacked blocks have different numbers of columns"), span
            )
        return self.matrix(entries, span)

    def piecewise(
        self, cases: Sequence[tuple[Expression, Expression | None]], span: Span
    ) -> Expression:
        """Cases (value, condition), where a condition of None means "otherwise"; NaN if no case holds."""
        result: Expression = Number(math.nan)
        for value, condition in reversed(cases):
            if condition is None:
                result = value
            elif condition is not NONSENSE and not is_condition(condition):
                self.fail("a case needs a condition, such as x > 0", condition.span or span)
            else:
                result = self.apply("where", condition, value, result, span=span)
        return result


def _row_of(block: Expression, i: int) -> list[Expression]:
    if block.shape == SCALAR:
        return [block]
    row = Number(float(i))
    return [Item(block, row, Number(float(j + 1)), SCALAR) for j in range(block.shape[1])]
