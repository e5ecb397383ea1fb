"""Index variables, sums and entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import prod
from typing import TypeVar

from grader.errors import IndexOutOfRange, Span, TooLarge, Unreadable
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Number,
    Selector,
    Slice,
    Sum,
    Symbol,
    base_name,
    free_indices,
    fresh,
    shape_text,
    substitute,
    transform,
    walk,
)
from grader.notation import printing
from grader.notation.builder.core import (
    BINDER_LIMIT,
    CALL_LIMIT,
    NONSENSE,
    RANGE_LIMIT,
    WRITTEN_OUT_LIMIT,
    Core,
    constant,
)
from grader.notation.names import Key
from grader.primitives.build import ONE, tabulate
from grader.primitives.selectors import bounds, check_range, selector_size

T = TypeVar("T")


class Binding(Core):
    """Binds index variables and selects entries."""

    def index(self, name: str) -> Index | None:
        """The index variable of this name, if one is in scope."""
        found = self.names.indices.get(name)
        if found is not None and found is self._given.get(name):
            self.used.add(found.name)
        return found

    def bound_index(self, name: str) -> Index | None:
        """The index variable of this name, if a sum binds it: it hides a symbol of that name."""
        found = self.names.indices.get(name)
        return None if found is self._given.get(name) else found

    def selecting(self, name: str) -> Index | None:
        """The index variable of a name used as an index; undeclared ones may be allowed."""
        found = self.index(name)
        if found is not None or len(name) != 1 or not name.isalpha():
            return found
        if self._unbound is not None:
            return self._implied(name, self._unbound)
        names = self.names
        is_end = self._to_the_end and name not in names.dimensions and not names.spelled(name)
        if self._open_indices or is_end:
            self._open.setdefault(name, set())
            return Index(name, 1, 0)
        return None

    def _implied(self, name: str, unbound: dict[str, Index]) -> Index | None:
        """The letter that a sum without an index runs over: the first one that is not declared."""
        if not unbound:
            unbound[name] = self._apart(Index(name, 1, 0))
            self._open[unbound[name].name] = set()
        return unbound.get(name)

    @contextmanager
    def to_the_end(self, sizes: dict[str, set[int]]) -> Iterator[None]:
        """Lists up to a last entry: a size is an index in it, and so is an undeclared letter.

        `sizes` gets those of the axes that each of these letters counts.
        """
        outer, known = (self._to_the_end, self._sizes_select), {*self._open}
        self._to_the_end = self._sizes_select = True
        try:
            yield
        finally:
            self._to_the_end, self._sizes_select = outer
            for letter in self._open.keys() - known:
                sizes[letter] = self._open.pop(letter)

    def closed(self, node: Expression) -> Expression:
        """The tree with the range of each undeclared index filled in from what it indexes."""
        for name, sizes in self._open.items():
            if sizes:
                node = _ranged(node, Index(name, 1, min(sizes)))
        return node

    def bind(self, name: str, low: Expression, high: Expression, span: Span) -> Index:
        """An index variable of a sum with its range."""
        start, stop = constant(low), constant(high)
        if start is None or stop is None or start != int(start) or stop != int(stop):
            self.fail("the range of a sum or product needs numbers or sizes, such as n_2", span)
        if stop - start >= RANGE_LIMIT:
            raise TooLarge(f"a sum over more than {RANGE_LIMIT} values", self.source, span)
        if stop < start:
            self.fail(f"this sum is empty: it runs from {start:g} to {stop:g}", span)
        shift = 1 - self.names.base
        return Index(name, int(start) + shift, int(stop) + shift)

    def sum(self, index: Index, body: Callable[[], Expression], span: Span) -> Expression:
        """Σ over an index variable; `body` is parsed while it is in scope."""
        letter, index = index.name, self._apart(index)
        node = self.scoped(letter, index, body)
        if node is NONSENSE:
            return NONSENSE
        return Sum(node, index, node.shape, span)

    def open_sum(self, name: str, body: Callable[[], Expression], span: Span) -> Expression:
        """Σ over an index whose range follows from what it indexes."""
        index = self._apart(Index(name, 1, 0))
        outer = self._open.get(index.name)
        self._open[index.name] = set()
        node = self.scoped(name, index, body)
        sizes = self._open.pop(index.name)
        if outer is not None:
            self._open[index.name] = outer
        return self._over_axis(name, index, sizes, node, span)

    def whole_sum(self, body: Callable[[], Expression], span: Span) -> Expression:
        """Σ without an index: over the one letter in it that has no other meaning, or over all entries.

        By convention over the rows or the columns of a matrix, such as the examples of a batch.
        """
        if self._unbound is not None:
            self.fail("this sum has no index", span, "write \\sum_{i=1}^{n}")
        self._unbound = {}
        node, letters = body(), self._unbound
        self._unbound = None
        for name, index in letters.items():
            return self._over_axis(name, index, self._open.pop(index.name), node, span)
        if node is not NONSENSE and node.shape == SCALAR:
            self.fail("this sum has no index", span, "write \\sum_{i=1}^{n}")
        over = "entries"
        if 1 not in node.shape:
            over = self.convention("sum", ("entries", "rows", "columns"))
            self.notes.append(f"a sum without an index was read over all {over}")
        axis = {"entries": None, "rows": 0, "columns": 1}[over]
        return self.apply("sum", node, params=() if axis is None else (axis,), span=span)

    def _over_axis(
        self, name: str, index: Index, sizes: set[int], node: Expression, span: Span
    ) -> Expression:
        if node is NONSENSE:
            return NONSENSE
        if len(sizes) != 1:
            found = f"it indexes axes of sizes {sorted(sizes)}" if sizes else "it indexes nothing"
            message = f"the range of {name} is not clear: {found}"
            error = Unreadable(message, self.source, span, "write its range: \\sum_{k=1}^{n}")
            error.open = self.open
            raise error
        index = replace(index, stop=sizes.pop())
        return Sum(_ranged(node, index), index, node.shape, span)

    def factors(self, index: Index, body: Callable[[], Expression], span: Span) -> list[Expression]:
        """The value of `body` for each value of an index variable. Raises TooLarge."""
        values = [float(value) for value in range(index.start, index.stop + 1)]
        return self._written_out(index, values, body, span)

    def terms(
        self,
        name: str,
        values: Sequence[float | None],
        body: Callable[[], Expression],
        span: Span,
    ) -> list[Expression]:
        """The value of `body` for each of these values, which count from the text's base."""
        shift = 1 - self.names.base
        numbers = [value + shift for value in values if value is not None and value == int(value)]
        if len(numbers) != len(values) or not name:
            self.fail("a sum must run over whole numbers", span)
        index = Index(name, int(min(numbers)), int(max(numbers)))
        return self._written_out(index, numbers, body, span)

    def _written_out(
        self, index: Index, values: Sequence[float], body: Callable[[], Expression], span: Span
    ) -> list[Expression]:
        if len(values) > WRITTEN_OUT_LIMIT:
            message = f"more than {WRITTEN_OUT_LIMIT} terms or factors written out"
            raise TooLarge(message, self.source, span)
        letter, index = index.name, self._apart(index)
        node = self.scoped(letter, index, body)
        if node is NONSENSE:
            return [NONSENSE]
        self.count(len(values) * sum(1 for _ in walk(node)))
        return [substitute(node, index.name, Number(value)) for value in values]

    def array_over(self, node: Expression, letters: Sequence[Index | None]) -> Expression | None:
        """A scalar as the array of its values over the question's letters that it contains.

        None if a sum binds a letter, or if the letters are not in the order of the question, so that rows
        and columns may be exchanged.
        """
        known = [one for one in letters if one is not None and one is self._given.get(one.name)]
        names = [one.name for one in known]
        free = free_indices(node) if node.shape == SCALAR else set()
        if len(known) != len(letters) or not 1 <= len(known) <= 2 or not free.issuperset(names):
            return None
        if names != [name for name in self._given if name in names]:
            return None
        self.bound_letters.update(names)
        return tabulate(node, known[0], known[1] if len(known) == 2 else Index("", 1, 1))

    def _apart(self, index: Index) -> Index:
        """A bound index variable with a name that is unique in its scope.

        A student's letters may stand for letters of the question: where k is the question's j, a sum
        over the student's own j must not bind it.
        """
        known = self.names.indices.items()
        taken = {one.name for letter, one in known if letter != index.name}
        taken |= set(self._open) - {index.name} | self._held
        if index.name not in taken:
            return index
        others = (self.names.symbols, self.names.dimensions, self.names.functions)
        return replace(index, name=fresh(index.name, taken.union(*others)))

    def scoped(self, letter: str, index: Index, body: Callable[[], Expression]) -> Expression:
        """The result of `body`, which parses while a letter means `index`."""
        self.bound += 1
        if self.bound > BINDER_LIMIT:
            raise TooLarge(f"more than {BINDER_LIMIT} sums inside each other", self.source)
        outer = self.names
        self.names = outer.with_indices((), {**outer.indices, letter: index})
        try:
            return body()
        finally:
            self.names = outer
            self.bound -= 1

    def applied(
        self, parameters: Mapping[Key, Expression], body: Callable[[], Expression]
    ) -> Expression:
        """The body of a student's function, in which its parameters have these values.

        The letters that are bound where it is called are not those of the body.
        """
        self._calls += 1
        if self._calls > CALL_LIMIT:
            raise TooLarge(f"more than {CALL_LIMIT} calls of functions of the paper", self.source)
        outer, held = self.names, self._held
        self._held = held.union(index.name for index in outer.indices.values())
        self.names = outer.with_definitions({**outer.definitions, **parameters}).with_indices(
            (), {}
        )
        try:
            return body()
        finally:
            self.names, self._held = outer, held

    def shifted(self, selector: Expression) -> Expression:
        """An index as the text counts, in the 1-based count used inside."""
        self.check_letter(selector)
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

    def check_letter(self, selector: Expression) -> None:
        """Refuse a size of one letter as an index: `p_k` hardly means the last entry.

        In the problem's own formulas it does mean the last entry.
        """
        name = selector.name if isinstance(selector, Number) else ""
        if self._sizes_select or len(name) != 1:
            return
        hint = f"use a letter that is not a size, or the number {constant(selector):g}"
        self.fail(
            f"`{name}` is used as an index, but it is a size in this problem", selector.span, hint
        )

    def fixed_entry(self, text: str, span: Span, base: Expression) -> Expression:
        """`W3[1,2]`, cached, since the same few entries make up most answers."""
        shift = 1 - self.names.base
        indices = [Number(float(part) + shift) for part in text[:-1].partition("[")[2].split(",")]
        node = self.item(base, indices, span, row_first=True)
        if isinstance(node, Item) and isinstance(node.base, Symbol):
            self.names.entries[text] = node
        return node

    def index_value(self, index: Index, span: Span) -> Expression:
        """An index variable as a number, which counts from the text's base."""
        if self.names.base == 1:
            return Index(index.name, index.start, index.stop, span)
        return Apply("sub", (index, ONE), SCALAR, (), span)

    def item(
        self, base: Expression, selectors: Sequence[Selector], span: Span, row_first: bool = False
    ) -> Expression:
        """`base[i]`, `base[i, j]`. A vector takes one index, or two with a 1 for its thin axis.

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
                if base.shape == SCALAR and not row_first:
                    written = self.source[span.start : span.end]
                    self.unknown(
                        written, span, [*self.names.latex.values()]
                    )  # h_2 beside a number h
                error.hint = self._range_hint(base, (row, column))
                return self.nonsense(error, span)
        self._nodes += 1
        return Item(base, row, column, (selector_size(row), selector_size(column)), span)

    def entries_of(self, node: Expression, span: Span) -> list[Expression]:
        """The entries of a vector; anything else as it is. Raises TooLarge."""
        size = max(node.shape)
        if node.shape == SCALAR or 1 not in node.shape:
            return [node]
        if size > WRITTEN_OUT_LIMIT:
            message = f"the maximum or minimum of more than {WRITTEN_OUT_LIMIT} entries"
            raise TooLarge(message, self.source, span)
        self.count(size * sum(1 for _ in walk(node)))
        return [self.item(node, (Number(float(at + 1)),), span) for at in range(size)]

    def _range_hint(self, base: Expression, given: tuple[Selector, Selector]) -> str | None:
        """The shape of the indexed array, and an entry that these indices may mean."""
        text = self.source[base.span.start : base.span.end] if base.span else ""
        if not text:
            return None
        infix = not isinstance(base, Symbol) or text == base.name
        write = printing.infix if infix else printing.field
        shape = f"`{text if infix else write(base, self.names)}` is {shape_text(base.shape)}"
        known = self.names.indices.values()
        meant = _in_range(base, given, known) if isinstance(base, Symbol) else None
        return shape if meant is None else f"{shape}: did you mean {write(meant, self.names)}?"

    def _axes(
        self, base: Expression, selectors: Sequence[Selector], span: Span, row_first: bool
    ) -> tuple[Selector, Selector]:
        rows, columns = base.shape
        if len(selectors) == 1:
            if columns == 1:
                return selectors[0], ONE
            if rows == 1 and not (row_first and _may_be_row(selectors[0])):
                return ONE, selectors[0]
            if row_first or isinstance(selectors[0], Slice):
                return selectors[0], Slice(1, columns)
            return self._member("member", base, selectors[0])
        if len(selectors) != 2:
            self.fail(f"{len(selectors)} indices, but an array takes one or two", span)
        first, second = selectors
        lies = columns == 1 and rows > 1 and first == ONE and second != ONE
        if lies and not (isinstance(base, Symbol) and base.name in self.names.matrices):
            return second, ONE  # a column with the indices of a row: h_{1,j}
        return first, second

    def example(
        self, base: Expression, above: Sequence[Selector], below: Sequence[Selector], span: Span
    ) -> Expression:
        """`x^{(i)}`, an example of a matrix of examples, or its entry `x_j^{(i)}`."""
        if NONSENSE in (base, *above, *below):
            return NONSENSE
        if len(above) != 1 or len(below) > 1:
            self.fail("an example takes one index above, and its entry one index below", span)
        return self.item(base, self._member("example", base, *above, *below), span)

    def given(self, parts: list[T]) -> list[T]:
        """The indices of `p_{j|i}`, of which the given one usually counts the rows: p[i, j]."""
        return parts[::-1] if self.convention("given", ("row", "column")) == "row" else parts

    def _member(
        self, kind: str, base: Expression, first: Selector, second: Selector | None = None
    ) -> tuple[Selector, Selector]:
        """The axes of `u_k`, row k of a matrix: column k if only that fits, or by convention.

        An index that runs over all of one axis belongs to that axis.
        """
        rows, columns = base.shape
        as_row = (first, second or Slice(1, columns, implied=True))
        as_column = (second or Slice(1, rows, implied=True), first)
        fit = [prod(map(_fit, pair, base.shape)) for pair in (as_row, as_column)]
        if fit[0] != fit[1]:
            return as_row if fit[0] > fit[1] else as_column
        key = f"{kind}:{_family(base)}"
        return as_row if self.convention(key, ("row", "column")) == "row" else as_column

    def _learn(self, selector: Selector, size: int) -> None:
        """Remember what an index variable without a range indexes."""
        if isinstance(selector, Index) and selector.stop < selector.start:
            self._open[selector.name].add(size)

    def slice(
        self, low: Expression | None, high: Expression | None, size: int, span: Span
    ) -> Slice:
        """`a:b` as the text's base counts: up to b exclusive from 0, inclusive from 1."""
        start, stop = (None if part is None else constant(part) for part in (low, high))
        shift = 1 - self.names.base
        first = 1 if start is None else int(start) + shift
        last = size if stop is None else int(stop)
        if not 1 <= first <= last <= size:
            self.nonsense(IndexOutOfRange(f"the slice must be within 1 to {size}"), span)
            return Slice(1, size)
        return Slice(first, last)


def _fit(selector: Selector, size: int) -> int:
    """How well a selector fits an axis: 0 if it is out of range, 2 if it runs over all of it."""
    if isinstance(selector, Index) and selector.stop < selector.start:
        return 2  # its range is not known yet
    low, high = bounds(selector)
    return 0 if low < 1 or high > size else 1 + (low != high and (low, high) == (1, size))


def _family(base: Expression) -> str:
    """The name of the array that a member belongs to, also for its gradient."""
    return base_name(base.wrt if isinstance(base, Derivative) else base) or ""


def _may_be_row(selector: Selector) -> bool:
    """Whether one index into an array with one row can pick that row: `W[1]`, but not `gamma[j]`."""
    return isinstance(selector, Slice) or selector == ONE


def _in_range(
    base: Symbol, given: tuple[Selector, Selector], known: Iterable[Index]
) -> Item | None:
    """An entry that exists: with exchanged indices, or with 1 or another letter for one out of range."""
    if any(isinstance(selector, Slice) for selector in given):
        return None
    if all(_fits(one, size) for one, size in zip(given[::-1], base.shape, strict=True)):
        return Item(base, given[1], given[0], SCALAR)
    chosen = []
    for at, size in enumerate(base.shape):
        thin = [ONE] if size == 1 else []
        letters = [one for one in (given[1 - at], *known) if isinstance(one, Index)]
        fitting = (one for one in (given[at], *thin, *letters) if _fits(one, size))
        chosen.append(next(fitting, None))
    row, column = chosen
    return None if row is None or column is None else Item(base, row, column, SCALAR)


def _fits(selector: Selector, size: int) -> bool:
    try:
        check_range(selector, size)
    except IndexOutOfRange:
        return False
    return not isinstance(selector, Index) or selector.start <= selector.stop


def _ranged(node: Expression, index: Index) -> Expression:
    """The tree with the range of an index variable filled in."""

    def change(leaf: Expression) -> Expression:
        if isinstance(leaf, Index) and leaf.name == index.name and leaf.stop < leaf.start:
            return index
        return leaf

    return transform(node, change)
