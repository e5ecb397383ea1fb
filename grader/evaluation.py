"""Expression × draws → array.

Values are stacks of matrices, (…, draws, rows, columns). An index variable that is bound at depth d has
axis −4−d, to the left of the draws. A value that does not depend on it may lack this axis: NumPy
broadcasts.

The rounding error of an evaluation is estimated by Monte Carlo arithmetic (D. S. Parker, 1997): every
rounded operation is disturbed at random by a small relative amount. The spread of the results, scaled
back to the unit roundoff, is the noise floor of the comparison.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import Nonsense, TooLarge, Unreadable
from grader.expression import (
    Apply,
    Cells,
    Derivative,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Placed,
    Selector,
    Slice,
    Sum,
    Symbol,
    Tabulate,
    walk,
)
from grader.primitives import TABLE, Array

Lower = Callable[[Expression], Expression]

DISTURBANCE = 2.0**-30  # relative; large against rounding, small enough for a first-order estimate
ROUNDOFF = 2.0**-53
MOST_REMEMBERED = 2_000_000  # numbers: 16 MB
WORK_LIMIT = 3_000_000  # numbers computed for one answer: about ten milliseconds


class Disturbance:
    """Random factors near 1 from a fixed pool: to draw new ones would cost more than the evaluation.

    The pool is the same in every run, so that a verdict never depends on chance.
    """

    _pool = 1.0 + DISTURBANCE * np.random.Generator(np.random.PCG64(1997)).uniform(-1, 1, 1 << 16)

    def __init__(self) -> None:
        self._at = 0

    def factors(self, shape: tuple[int, ...]) -> Array:
        """Factors of a shape, different at each call."""
        size = math.prod(shape)
        if self._at + size > len(self._pool):
            self._at = self._at % 997  # start at another offset than the last time
        if size > len(self._pool) - 997:
            return np.resize(self._pool, shape)
        part = self._pool[self._at : self._at + size]
        self._at += size + 1
        return part.reshape(shape)


class Values(dict[str, Array]):
    """Arrays (draws, rows, columns) by name, and a table of all their entries."""

    def gathered(self, entries: Sequence[Sequence[Item]]) -> Array:
        """The values of lists of entries of symbols: (position, list, draws, 1, 1)."""
        rows = self._rows
        try:
            at = [[rows[id(entry)][0] for entry in row] for row in entries]
        except KeyError:
            for entry in {id(entry): entry for row in entries for entry in row}.values():
                rows[id(entry)] = self._row(entry), entry  # a kept entry keeps its id
            return self.gathered(entries)
        return np.asarray(self._table[np.array(at).T])

    def _row(self, entry: Item) -> int:
        assert isinstance(entry.base, Symbol)
        assert isinstance(entry.row, Number)
        assert isinstance(entry.column, Number)
        columns = entry.base.shape[1]
        within = (int(entry.row.value) - 1) * columns + int(entry.column.value) - 1
        return self._offsets[entry.base.name] + within

    @cached_property
    def _rows(self) -> dict[int, tuple[int, Item]]:
        return {}

    @cached_property
    def _offsets(self) -> dict[str, int]:
        sizes = [array[0].size for array in self.values()]
        return dict(zip(self, itertools.accumulate([0, *sizes]), strict=False))

    @cached_property
    def _table(self) -> Array:
        flat = [array.reshape(len(array), -1).T for array in self.values()]
        return np.concatenate(flat)[:, :, None, None]


class Memory:
    """The values of parts on one set of draws, kept from one expression to the next.

    Variants of an expression share most of their parts: the same objects, whose ids are looked up.
    """

    def __init__(self) -> None:
        self._by_scope: dict[tuple[Index, ...], Remembered] = {}
        self._size = 0

    def within(self, scope: Sequence[Index]) -> "Remembered":
        """What is known where these index variables are bound, to be looked up and added to."""
        if self._size > MOST_REMEMBERED:
            self._by_scope.clear()
            self._size = 0
        return self._by_scope.setdefault(tuple(scope), {})

    def count(self, size: int) -> None:
        """So many numbers are held more; too many are forgotten before the next evaluation."""
        self._size += size


Remembered = dict[int, tuple[Expression, Array, int]]
"""By the id of a part: the part, so that the id stays its own, its value, and the work it took."""


class Evaluator:
    """Evaluates expressions on one set of draws.

    `values` maps the name of every symbol and quantity to an array (draws, rows, columns). `lower` turns
    derivatives into expressions. `indices` are the free index variables, in the order of their axes.
    `disturb` changes the result of each rounded operation a little.
    `memory` keeps undisturbed evaluations on the same values.
    """

    def __init__(
        self,
        values: Mapping[str, Array],
        lower: Lower,
        indices: tuple[Index, ...] = (),
        disturb: Disturbance | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._values = values
        self._lower = lower
        self._depths = {index.name: depth for depth, index in enumerate(indices)}
        self._scope = list(indices)
        self._disturb = disturb
        self._work = 0
        self._filling: Iterator[Array] | None = None
        self._memory = memory
        self._known = None if memory is None else memory.within(indices)

    def __call__(self, node: Expression) -> Array:
        """The value of an expression, (…, draws or 1, rows, columns) with axes of indices to the left.

        Raises TooLarge if it would take more than `WORK_LIMIT` numbers, Nonsense for a loss without a
        value, and Unreadable for an index out of range.
        """
        return _VISIT[type(node)](self, node)

    def _number(self, node: Number) -> Array:
        value = np.array([[[node.value]]])
        return value if node.value.is_integer() else self._rounded(value)

    def _symbol(self, node: Symbol) -> Array:
        value = self._values.get(node.name)
        if value is None:
            raise Nonsense(
                f"`{node.name}` has no value: the problem gives only its gradient, not its formula",
                span=node.span,
            )
        return value

    def _index(self, node: Index) -> Array:
        depth = self._depths[node.name]
        index = self._scope[depth]  # the range of the binder counts, not that of the letter
        values = np.arange(index.start, index.stop + 1, dtype=np.float64)
        return values.reshape(-1, *(1,) * (depth + 3))

    def _apply(self, node: Apply) -> Array:
        if self._known is None:
            return self._applied(node)
        found = self._known.get(id(node))
        if found is not None:
            self._work += found[2]
            self._check_size((), (0,))
            return found[1]
        known, before = self._known, self._work
        value = self._applied(node)
        known[id(node)] = node, value, self._work - before
        if self._memory is not None:
            self._memory.count(value.size)
        return value

    def _applied(self, node: Apply) -> Array:
        row = TABLE[node.function]
        if row.value is None:
            return self._expanded(node)
        if self._disturb is not None and _compares_indices(node):
            return self._position(node)
        args = [_VISIT[type(arg)](self, arg) for arg in node.args]
        if self._scope:
            self._account(args, node)
        value = row.value(*args, *node.params)
        self._work += value.size
        return value if row.exact or self._disturb is None else self._rounded(value)

    def _expanded(self, node: Apply) -> Array:
        """A function that is defined by others. In a template its arguments are evaluated only once."""
        expansion = TABLE[node.function].expansion
        assert expansion is not None
        if self._filling is None:
            return self(expansion(node))
        held = tuple(Symbol(f"argument {at}", arg.shape) for at, arg in enumerate(node.args))
        values = {symbol.name: self(arg) for symbol, arg in zip(held, node.args, strict=True)}
        filling, self._filling = self._filling, None
        outer, self._values = self._values, values
        try:
            return self(expansion(replace(node, args=held)))
        finally:
            self._filling, self._values = filling, outer

    def _item(self, node: Item) -> Array:
        if self._filling is not None:
            return next(self._filling)
        base = self(node.base)
        row, column = node.row, node.column
        if type(row) is Number and type(column) is Number:
            i, j = int(row.value), int(column.value)
            _check_inside(i, i, base.shape[-2])
            _check_inside(j, j, base.shape[-1])
            return base[..., i - 1 : i, j - 1 : j]
        return self._picked(self._picked(base, row, -2), column, -1)

    def _picked(self, base: Array, selector: Selector, axis: int) -> Array:
        """One selector applied to axis −2 (rows) or −1 (columns)."""
        if isinstance(selector, Number):
            selector = Slice(int(selector.value), int(selector.value))
        if isinstance(selector, Slice):
            _check_inside(selector.start, selector.stop, base.shape[axis])
            part = slice(selector.start - 1, selector.stop)
            return base[..., part, :] if axis == -2 else base[..., part]
        if isinstance(selector, Index):
            quick = self._along(base, selector, axis)
            if quick is not None:
                return quick
        return self._taken(base, self._position(selector).astype(np.intp) - 1, axis)

    def _position(self, selector: Expression) -> Array:
        """A computed index, or whether two are equal, without disturbance.

        Indices are exact: a disturbed one would select another entry, and equal none.
        """
        disturb, self._disturb = self._disturb, None
        try:
            return self(selector)
        finally:
            self._disturb = disturb

    def _along(self, base: Array, index: Index, axis: int) -> Array | None:
        """All entries that an index variable selects, as a view; None if the base depends on it."""
        depth = self._depths[index.name]
        index, dims = self._scope[depth], 4 + depth
        _check_inside(index.start, index.stop, base.shape[axis])
        if base.ndim < dims:
            base = base.reshape((1,) * (dims - base.ndim) + base.shape)
        if base.shape[-dims] != 1:
            return None
        part = slice(index.start - 1, index.stop)
        chosen = base[..., part, :] if axis == -2 else base[..., part]
        return chosen.swapaxes(axis, -dims)

    def _taken(self, base: Array, at: NDArray[np.intp], axis: int) -> Array:
        """The entries at computed positions."""
        _check_inside(int(at.min()) + 1, int(at.max()) + 1, base.shape[axis])
        dims = max(at.ndim, base.ndim)
        at = at.reshape((1,) * (dims - at.ndim) + at.shape)
        base = base.reshape((1,) * (dims - base.ndim) + base.shape)
        batch = np.broadcast_shapes(at.shape[:-2], base.shape[:-2])
        self._check_size(batch, base.shape[-2:])
        full = np.broadcast_to(base, batch + base.shape[-2:])
        return np.take_along_axis(full, np.broadcast_to(at, (*batch, 1, 1)), axis=axis)

    def _place(self, node: Placed) -> Array:
        value = self(node.value)
        rows = self._mask(node.row, node.shape[0])[..., :, None]
        columns = self._mask(node.column, node.shape[1])[..., None, :]
        if isinstance(node.row, Slice) or isinstance(node.column, Slice):
            value = self._padded(value, node)
        return value * rows * columns

    def _mask(self, selector: Selector, size: int) -> Array:
        """1 where the selector hits, over one axis: (…, draws, size)."""
        positions = np.arange(1, size + 1)
        if isinstance(selector, Slice):
            inside = (positions >= selector.start) & (positions <= selector.stop)
            return inside[None].astype(np.float64)
        return np.asarray(self._position(selector)[..., 0] == positions, dtype=np.float64)

    def _padded(self, value: Array, node: Placed) -> Array:
        """The value at the place of its slices, with zeros elsewhere."""
        before_after = [
            (part.start - 1, size - part.stop) if isinstance(part, Slice) else (0, 0)
            for part, size in zip((node.row, node.column), node.shape, strict=True)
        ]
        return np.pad(value, [(0, 0)] * (value.ndim - 2) + before_after)

    def _sum(self, node: Sum) -> Array:
        body = self._bound(node.index, node.body)
        axis = -3 - len(self._scope) - 1
        if body.ndim < -axis:
            return body * float(node.index.size)
        if body.shape[axis] == 1:  # the body does not depend on this index
            return body.squeeze(axis) * float(node.index.size)
        return self._rounded(body.sum(axis=axis))

    def _tabulate(self, node: Tabulate) -> Array:
        row, column = node.row, node.column
        depth = len(self._scope)
        outer = self._depths.get(row.name)
        self._scope.append(row)
        self._depths[row.name] = depth
        body = self._bound(column, node.body)
        self._unbind(row, outer)
        dims = depth + 5
        body = body.reshape((1,) * (dims - body.ndim) + body.shape)
        full = np.broadcast_to(body, (column.size, row.size, *body.shape[2:-2], 1, 1))
        return full[..., 0, 0].transpose(*range(2, full.ndim - 2), 1, 0)

    def _bound(self, index: Index, body: Expression) -> Array:
        """The value of `body` with one more index variable in scope."""
        outer = self._depths.get(index.name)
        self._depths[index.name] = len(self._scope)
        self._scope.append(index)
        self._recall()
        value = self(body)
        self._unbind(index, outer)
        return value

    def _unbind(self, index: Index, outer: int | None) -> None:
        self._scope.pop()
        if outer is None:
            del self._depths[index.name]
        else:
            self._depths[index.name] = outer
        self._recall()

    def _recall(self) -> None:
        """Look up what is known under the index variables that are bound now."""
        if self._memory is not None:
            self._known = self._memory.within(self._scope)

    def _matrix(self, node: Matrix) -> Array:
        if type(node.rows) is Cells and not self._scope and isinstance(self._values, Values):
            return self._cells(node.rows, self._values)
        entries = [[self(entry) for entry in row] for row in node.rows]
        shapes = {entry.shape[:-2] for row in entries for entry in row}
        batch = shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)
        self._check_size(batch, node.shape)
        dtype = np.result_type(*(entry for row in entries for entry in row))
        value = np.empty(batch + node.shape, dtype)
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                value[..., i, j] = entry[..., 0, 0]
        return value

    def _cells(self, cells: Cells, values: Values) -> Array:
        """All cells at once: the template evaluated once, with the entries of all cells stacked."""
        gathered = values.gathered([entries for row in cells.grid for entries in row])
        self._filling = iter(gathered)
        memory, self._memory, self._known = self._memory, None, None
        value = self(cells.template)
        self._filling, self._memory = None, memory
        self._recall()
        rows, columns = len(cells.grid), len(cells.grid[0])
        stacked = np.broadcast_to(value, (rows * columns, *gathered.shape[2:]))
        return stacked[..., 0, 0].reshape(rows, columns, -1).transpose(2, 0, 1)

    def _derivative(self, node: Derivative) -> Array:
        return self(self._lower(node))

    def _rounded(self, value: Array) -> Array:
        return value if self._disturb is None else value * self._disturb.factors(value.shape)

    def _account(self, args: list[Array], node: Apply) -> None:
        """Check the size before NumPy allocates the array."""
        shapes = {arg.shape[:-2] for arg in args}
        batch = np.broadcast_shapes(*shapes) if len(shapes) > 1 else next(iter(shapes), ())
        self._check_size(batch, node.shape)

    def _check_size(self, batch: tuple[int, ...], shape: tuple[int, ...]) -> None:
        size = 1
        for length in (*batch, *shape):
            size *= length
        if self._work + size > WORK_LIMIT:
            raise TooLarge("this formula is too large to evaluate: it has too many nested sums")


_VISIT: dict[type, Callable[[Evaluator, Any], Array]] = {
    Number: Evaluator._number,
    Symbol: Evaluator._symbol,
    Index: Evaluator._index,
    Apply: Evaluator._apply,
    Item: Evaluator._item,
    Placed: Evaluator._place,
    Sum: Evaluator._sum,
    Tabulate: Evaluator._tabulate,
    Matrix: Evaluator._matrix,
    Derivative: Evaluator._derivative,
}


def _check_inside(first: int, last: int, size: int) -> None:
    """Raise Unreadable unless an index stays within an axis: NumPy would wrap around, or fail.

    An index in a text was checked when it was read. If one is out of range only here, it was substituted
    for another, and the answer cannot be judged.
    """
    if first < 1 or last > size:
        raise Unreadable(
            f"an index runs from {first} to {last} here, but it can only be 1 to {size}"
        )


def _compares_indices(node: Apply) -> bool:
    """Whether a node compares indices, as Kronecker's delta does."""
    return node.function in ("eq", "ne") and all(
        isinstance(part, Index | Number)
        or (isinstance(part, Apply) and part.function in ("add", "sub"))
        for arg in node.args
        for part in walk(arg)
    )


def arranged(value: Array, indices: tuple[Index, ...], node: Expression, draws: int) -> Array:
    """A value with free indices as an array (draws, size of each index…, rows, columns)."""
    sizes = tuple(index.size for index in reversed(indices))
    whole = (*sizes, draws, *node.shape)
    full = value if value.shape == whole else np.broadcast_to(value, whole)
    count = len(sizes)
    order = (count, *range(count - 1, -1, -1), count + 1, count + 2)
    return full.transpose(order)
