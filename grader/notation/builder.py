"""From what a parser saw to expressions: the place where meaning is checked.

A parser must read a text to its end before anybody may say that it makes no sense, since a text that
cannot be read goes to a human and one that makes no sense is incorrect. So the builder keeps the
first `Nonsense` and goes on with a placeholder; `finish` raises it.
"""

import difflib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from grader.errors import (
    IndexOutOfRange,
    Nonsense,
    ShapeMismatch,
    Span,
    TooLarge,
    UnknownName,
    Unreadable,
)
from grader.expression import (
    SCALAR,
    Apply,
    Cells,
    Derivative,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Selector,
    Shape,
    Slice,
    Sum,
    Symbol,
    children,
    shape_text,
    transform,
)
from grader.notation.names import Function, Names
from grader.primitives import TABLE, apply
from grader.primitives.build import ONE, bounds, check_range, derivative, selector_size

NODE_LIMIT = 4_000  # far above any hand-written answer; keeps a hostile one cheap
DEPTH_LIMIT = 60  # well inside Python's own recursion limit
RANGE_LIMIT = 10_000  # values of one index variable
NUMBER_LIMIT = 1e150  # its square is still finite
SIZE_LIMIT = 64  # rows or columns of a matrix that an answer may spell out

NONSENSE = Symbol("", SCALAR)  # stands for what made no sense; never evaluated


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: the expression, notes on how it was read, and what stands in it.

    `used` are the question's index variables in it, `derivatives` its derivative terms and functions
    with a prime; `defined` tells that the student's own definitions were at hand.
    """

    node: Expression
    notes: tuple[str, ...]
    used: frozenset[str]
    derivatives: tuple[Expression, ...]
    defined: bool = False


class Builder:
    """Makes expressions for one text; `source` is that text, for errors."""

    def __init__(self, names: Names, source: str, open_indices: bool = False) -> None:
        self.names = names
        self._open_indices = open_indices
        self.source = source
        self.notes: list[str] = []
        self.depth = 0
        self.used: set[str] = set()
        self.derivatives: list[Expression] = []
        self._given = names.indices
        self._nodes = 0
        self._nonsense: Nonsense | None = None
        self._open: dict[str, set[int]] = {}

    def finish(self, node: Expression) -> Expression:
        """The expression, if everything in it makes sense. Raises Nonsense otherwise."""
        if self._nonsense is not None:
            raise self._nonsense
        return node

    def reading(self, node: Expression) -> Reading:
        """All that is known of a text that was read to its end. Raises Nonsense like `finish`."""
        node = self.finish(node)
        notes = tuple(dict.fromkeys(self.notes))
        defined = bool(self.names.definitions)
        return Reading(node, notes, frozenset(self.used), tuple(self.derivatives), defined)

    def fail(self, message: str, span: Span | None, hint: str | None = None) -> NoReturn:
        """Raise Unreadable at a place."""
        raise Unreadable(message, self.source, span, hint)

    def nonsense(self, error: Nonsense, span: Span | None) -> Expression:
        """Keep the first thing that makes no sense, and go on."""
        if self._nonsense is None:
            error.span = error.span or span
            error.source = self.source
            self._nonsense = error
        return NONSENSE

    def unknown(self, name: str, span: Span, known: Sequence[str]) -> NoReturn:
        """Raise UnknownName with the nearest declared names."""
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(f'`{match}`' for match in close)}?" if close else None
        if hint is None:
            declared = ", ".join([*self.names.symbols, *self.names.functions][:20])
            hint = f"declared are: {declared}"
        raise UnknownName(f"`{name}` is not declared in this problem", self.source, span, hint)

    def deeper(self, span: Span | None) -> None:
        """One bracket deeper. Raises TooLarge past the limit."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise TooLarge(f"more than {DEPTH_LIMIT} brackets deep", self.source, span)

    def apply(
        self,
        function: str,
        *args: Expression,
        params: tuple[int | None, ...] = (),
        span: Span | None = None,
    ) -> Expression:
        """A primitive applied, counted and checked."""
        self.count(1)
        for arg in args:
            if arg is NONSENSE:
                return NONSENSE
            if arg.shape != SCALAR:
                break
        else:
            if function in _ENTRYWISE:
                return Apply(function, args, SCALAR, params, span)
        try:
            return apply(function, *args, params=params, span=span)
        except ShapeMismatch as error:
            self.name_operands(error, args)
            return self.nonsense(error, span)
        except Nonsense as error:
            return self.nonsense(error, span)

    def name_operands(self, error: ShapeMismatch, args: Sequence[Expression]) -> None:
        """Say which operand has which shape, quoting the student's own text."""
        if error.hint:
            return
        parts = []
        for arg in args:
            text = self.source[arg.span.start : arg.span.end].strip() if arg.span else ""
            if text and len(text) <= 60:
                parts.append(f"`{text}` is {shape_text(arg.shape)}")
        error.hint = "; ".join(parts) or None

    def number(self, text: str, span: Span) -> Expression:
        """A literal. Integers become floats, so that towers of powers cannot hang."""
        value = float(text)
        if not abs(value) < NUMBER_LIMIT:
            raise TooLarge(f"the number {text[:20]} is too large", self.source, span)
        return Number(value, span)

    def power(self, base: Expression, exponent: Expression, span: Span | None) -> Expression:
        """base ** exponent. Raises TooLarge where constants alone overflow."""
        a, b = _constant(base), _constant(exponent)
        if a is not None and b is not None and _overflows(a, b):
            raise TooLarge("this power is too large a number", self.source, span)
        if exponent.shape != SCALAR:
            return self.nonsense(ShapeMismatch("an exponent is a scalar"), span)
        if base.shape != SCALAR and base.shape[0] == base.shape[1] and base is not NONSENSE:
            self.notes.append("a power of a matrix was read entry by entry")
        return self.apply("pow", base, exponent, span=span)

    def call(
        self, function: Function, prime: int, args: Sequence[Expression], span: Span
    ) -> Expression:
        """A function of the problem or of the table, with `prime` derivative marks."""
        name = function.primitive + "'" * prime
        if prime:
            self.derivatives.append(Apply(name, tuple(args), SCALAR, (), span))
        if name not in TABLE:
            self.fail(f"{function.name} with {prime} primes cannot be read", span)
        extra = tuple(Number(value) for value in function.extra)
        if name in ("maximum", "minimum", "and", "or"):
            return self._chained(name, args, span)
        return self.apply(name, *args, *extra, span=span)

    def _chained(self, name: str, args: Sequence[Expression], span: Span) -> Expression:
        """max(a, b, c) is max(max(a, b), c)."""
        if len(args) < 2:
            self.fail(f"{name} wants at least two arguments", span)
        result = args[0]
        for arg in args[1:]:
            result = self.apply(name, result, arg, span=span)
        return result

    def derivative(self, of: Expression, wrt: Expression, span: Span) -> Expression:
        """∂of/∂wrt as a value."""
        if of is NONSENSE or wrt is NONSENSE:
            return NONSENSE
        base = wrt.base if isinstance(wrt, Item) else wrt
        if not isinstance(base, Symbol):
            hint = "write a name or an entry below the line"
            self.fail("a derivative is taken by a symbol or an entry of one", span, hint)
        try:
            self.derivatives.append(derivative(of, wrt, span))
            return self.derivatives[-1]
        except Nonsense as error:
            return self.nonsense(error, span)

    # Index variables, entries and sums

    def index(self, name: str) -> Index | None:
        """The index variable of this name, if one is in scope."""
        found = self.names.indices.get(name)
        if found is not None and found is self._given.get(name):
            self.used.add(name)
        return found

    def selecting(self, name: str) -> Index | None:
        """The index variable of a name that stands as an index: undeclared ones may be allowed."""
        found = self.index(name)
        if found is None and self._open_indices and len(name) == 1 and name.isalpha():
            self._open.setdefault(name, set())
            return Index(name, 1, 0)
        return found

    def closed(self, node: Expression) -> Expression:
        """The tree with the range of each undeclared index filled in from what it indexes."""
        for name, sizes in self._open.items():
            if sizes:
                node = _ranged(node, Index(name, 1, min(sizes)))
        return node

    def bind(self, name: str, low: Expression, high: Expression, span: Span) -> Index:
        """An index variable of a sum with its range."""
        start, stop = _constant(low), _constant(high)
        if start is None or stop is None or start != int(start) or stop != int(stop):
            self.fail("the range of a sum is given by whole numbers or sizes such as n_2", span)
        if stop - start >= RANGE_LIMIT:
            raise TooLarge(f"a sum over more than {RANGE_LIMIT} values", self.source, span)
        if stop < start:
            self.fail(f"this sum runs from {start:g} to {stop:g}: it is empty", span)
        shift = 1 - self.names.base
        return Index(name, int(start) + shift, int(stop) + shift)

    def sum(self, index: Index, body: Callable[[], Expression], span: Span) -> Expression:
        """Σ over an index variable; `body` is parsed while it is in scope."""
        node = self.scoped(index, body)
        if node is NONSENSE:
            return NONSENSE
        return Sum(node, index, node.shape, span)

    def open_sum(self, name: str, body: Callable[[], Expression], span: Span) -> Expression:
        """Σ over an index whose range follows from what it indexes."""
        outer = self._open.get(name)
        self._open[name] = set()
        node = self.scoped(Index(name, 1, 0), body)
        sizes = self._open.pop(name)
        if outer is not None:
            self._open[name] = outer
        if node is NONSENSE:
            return NONSENSE
        if len(sizes) != 1:
            found = f"it indexes sizes {sorted(sizes)}" if sizes else "it indexes nothing"
            self.fail(
                f"the range of {name} is not clear: {found}", span, "write it: \\sum_{k=1}^{n}"
            )
        index = Index(name, 1, sizes.pop())
        return Sum(_ranged(node, index), index, node.shape, span)

    def scoped(self, index: Index, body: Callable[[], Expression]) -> Expression:
        """What `body` parses while `index` is in scope."""
        outer = self.names
        self.names = outer.with_indices(outer.indices.values(), {index.name: index})
        self.names = outer.with_indices((), {**outer.indices, index.name: index})
        try:
            return body()
        finally:
            self.names = outer

    def shifted(self, selector: Expression) -> Expression:
        """An index as the text counts, in the 1-based count used inside."""
        if self.names.base == 1:
            return selector
        match selector:
            case Number():
                return Number(selector.value + 1, selector.span)
            case Apply(function="sub", args=(Index() as index, Number(value=1.0))):
                return index
            case Apply(function=("add" | "sub") as sign, args=(left, Number() as right)):
                return Apply(sign, (self.shifted(left), right), SCALAR)
            case _:
                return Apply("add", (selector, ONE), SCALAR)

    def fixed_entry(self, text: str, span: Span, base: Expression) -> Expression:
        """`W3[1,2]`, to be looked up from now on: the same few entries make up most answers."""
        shift = 1 - self.names.base
        indices = [Number(float(part) + shift) for part in text[:-1].partition("[")[2].split(",")]
        node = self.item(base, indices, span, row_first=True)
        if isinstance(node, Item) and isinstance(node.base, Symbol):
            self.names.entries[text] = node
        return node

    def count(self, nodes: int) -> None:
        """Count nodes of a tree that is made elsewhere. Raises TooLarge."""
        self._nodes += nodes
        if self._nodes > NODE_LIMIT:
            raise TooLarge(f"more than {NODE_LIMIT} operations", self.source)

    def index_value(self, index: Index, span: Span) -> Expression:
        """An index variable used as a number: counted from the text's own base."""
        if self.names.base == 1:
            return Index(index.name, index.start, index.stop, span)
        return Apply("sub", (index, ONE), SCALAR, (), span)

    def item(
        self, base: Expression, selectors: Sequence[Selector], span: Span, row_first: bool = False
    ) -> Expression:
        """`base[i]`, `base[i, j]`. A vector takes one index, or two with a 1 where it is thin.

        With `row_first`, one index into a matrix that is declared with two axes picks a row, as in
        NumPy, even if there is only one row.
        """
        if base is NONSENSE or any(selector is NONSENSE for selector in selectors):
            return NONSENSE
        row, column = self._axes(base, selectors, span, row_first)
        for selector, size in ((row, base.shape[0]), (column, base.shape[1])):
            self._learn(selector, size)
            try:
                check_range(selector, size)
            except IndexOutOfRange as error:
                text = self.source[base.span.start : base.span.end] if base.span else ""
                error.hint = f"`{text}` is {shape_text(base.shape)}" if text else None
                return self.nonsense(error, span)
        self._nodes += 1
        return Item(base, row, column, (selector_size(row), selector_size(column)), span)

    def _axes(
        self, base: Expression, selectors: Sequence[Selector], span: Span, row_first: bool
    ) -> tuple[Selector, Selector]:
        rows, columns = base.shape
        if len(selectors) == 1:
            if columns == 1:
                return selectors[0], ONE
            if rows == 1 and not row_first:
                return ONE, selectors[0]
            return selectors[0], Slice(1, columns)
        if len(selectors) != 2:
            self.fail(f"{len(selectors)} indices where one or two are meant", span)
        first, second = selectors
        lies = columns == 1 and rows > 1 and first == ONE and second != ONE
        if lies and not (isinstance(base, Symbol) and base.name in self.names.matrices):
            return second, ONE  # a column written as if it lay: h_{1,j}
        return first, second

    def _learn(self, selector: Selector, size: int) -> None:
        """Remember what an index variable without a range indexes."""
        if isinstance(selector, Index) and selector.stop < selector.start:
            self._open[selector.name].add(size)

    def slice(
        self, low: Expression | None, high: Expression | None, size: int, span: Span
    ) -> Slice:
        """`a:b` as the text's base counts: up to b exclusive from 0, inclusive from 1."""
        start, stop = (None if part is None else _constant(part) for part in (low, high))
        shift = 1 - self.names.base
        first = 1 if start is None else int(start) + shift
        last = size if stop is None else int(stop)
        if not 1 <= first <= last <= size:
            self.nonsense(IndexOutOfRange(f"the slice does not lie in 1 to {size}"), span)
            return Slice(1, size)
        return Slice(first, last)

    def matrix(self, rows: Sequence[Sequence[Expression]], span: Span) -> Expression:
        """A matrix literal; a column of row vectors, or a row of columns, is stacked."""
        widths = {len(row) for row in (rows.grid if isinstance(rows, Cells) else rows)}
        if not rows or 0 in widths:
            self.fail("an empty matrix", span)
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
        """Blocks laid side by side and below each other, spelled out entry by entry."""
        entries: list[list[Expression]] = []
        for row in rows:
            heights = {block.shape[0] for block in row}
            if len(heights) > 1:
                error = ShapeMismatch(f"blocks of {sorted(heights)} rows lie side by side")
                return self.nonsense(error, span)
            for i in range(1, heights.pop() + 1):
                entries.append([part for block in row for part in _row_of(block, i)])
        if len({len(row) for row in entries}) > 1:
            return self.nonsense(ShapeMismatch("blocks of different widths are stacked"), span)
        return self.matrix(entries, span)

    def piecewise(
        self, cases: Sequence[tuple[Expression, Expression | None]], span: Span
    ) -> Expression:
        """Cases (value, condition), a condition of None being "otherwise"; else not a number."""
        result: Expression = Number(math.nan)
        for value, condition in reversed(cases):
            if condition is None:
                result = value
            else:
                result = self.apply("where", condition, value, result, span=span)
        return result


# What two scalars always may do: no shape needs to be checked.
_ENTRYWISE = frozenset({"add", "sub", "mul", "div", "pow", "neg"})


def _row_of(block: Expression, i: int) -> list[Expression]:
    if block.shape == SCALAR:
        return [block]
    row = Number(float(i))
    return [Item(block, row, Number(float(j + 1)), SCALAR) for j in range(block.shape[1])]


def _ranged(node: Expression, index: Index) -> Expression:
    """The tree with the range of an index variable filled in."""

    def change(leaf: Expression) -> Expression:
        if isinstance(leaf, Index) and leaf.name == index.name and leaf.stop < leaf.start:
            return index
        return leaf

    return transform(node, change)


def constant(node: Expression) -> float | None:
    """The value of an expression of numbers alone, None if it is anything else."""
    return _constant(node)


def _constant(node: Expression) -> float | None:
    if isinstance(node, Number):
        return node.value
    if not isinstance(node, Apply) or node.function not in _FOLD:
        return None
    args = [_constant(arg) for arg in children(node)]
    if any(arg is None for arg in args):
        return None
    try:
        return float(_FOLD[node.function](*args))
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


_FOLD: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: math.pow(a, b),
}


def _overflows(a: float, b: float) -> bool:
    try:
        return not abs(math.pow(a, b)) < NUMBER_LIMIT
    except OverflowError:
        return True
    except (ValueError, ZeroDivisionError):
        return False


__all__ = ["NONSENSE", "Builder", "Derivative", "Shape", "bounds", "constant"]
