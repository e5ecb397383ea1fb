"""The expression tree of answers, models and references.

Every node has a shape (rows, columns): a scalar is 1×1, a column vector n×1 and a row vector 1×n.
Indices are 1-based, as on paper. Nodes are immutable and compare by structure; the place in the text
(`span`) makes no difference.
"""

import itertools
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from grader.errors import Span
from grader.record import record

Shape = tuple[int, int]
SCALAR: Shape = (1, 1)


def shape_text(shape: Shape) -> str:
    """A shape as people write it: "scalar" or "2×3"."""
    return "scalar" if shape == SCALAR else f"{shape[0]}×{shape[1]}"


def _span() -> Span | None:
    return field(default=None, compare=False, repr=False)


A_SIZE = "?"


@record
class Number:
    """A constant. `name` is the dimension that it was written as, or `A_SIZE` if only that is known."""

    value: float
    span: Span | None = _span()
    name: str = field(default="", compare=False, repr=False)
    shape: ClassVar[Shape] = SCALAR


@record
class Symbol:
    """A declared symbol or a quantity of the forward model, as a whole array."""

    name: str
    shape: Shape
    span: Span | None = _span()


@record
class Index:
    """An index variable that runs from `start` to `stop`, both included."""

    name: str
    start: int
    stop: int
    span: Span | None = _span()
    shape: ClassVar[Shape] = SCALAR

    @property
    def size(self) -> int:
        """How many values it takes."""
        return self.stop - self.start + 1


@record
class Slice:
    """The entries `start` to `stop`, both included, of one axis.

    `implied` means that the axis is not written, as in `u_k` for `u_{k,:}`: such a vector is
    a row or a column, as its product needs.
    """

    start: int
    stop: int
    implied: bool = field(default=False, compare=False)

    @property
    def size(self) -> int:
        """How many entries it selects."""
        return self.stop - self.start + 1


@record
class Apply:
    """A primitive applied to arguments. `params` are not expressions: an axis, a shape."""

    function: str
    args: "tuple[Expression, ...]"
    shape: Shape
    params: tuple[int | None, ...] = ()
    span: Span | None = _span()


@record
class Item:
    """`base[row, column]`: an entry, or a block if a selector is a `Slice`."""

    base: "Expression"
    row: "Selector"
    column: "Selector"
    shape: Shape
    span: Span | None = _span()


@record
class Placed:
    """Zeros of `shape` with `value` at [row, column]: the adjoint of `Item`."""

    value: "Expression"
    row: "Selector"
    column: "Selector"
    shape: Shape
    span: Span | None = _span()


@record
class Sum:
    """The sum of `body` over a bound index variable."""

    body: "Expression"
    index: Index
    shape: Shape
    span: Span | None = _span()


@record
class Tabulate:
    """The matrix whose entry [row, column] is the scalar `body` at these index values."""

    body: "Expression"
    row: Index
    column: Index
    shape: Shape
    span: Span | None = _span()


@record
class Instance:
    """`template` with its entries replaced, in order."""

    template: "Expression"
    entries: tuple[Item, ...]

    def expanded(self) -> "Expression":
        """The whole tree."""
        return _over(self.template, iter(self.entries))


class Cells(Sequence["tuple[Expression, ...]"]):
    """The rows of a matrix whose cells are the same formula with different entries.

    The tree of a cell is built when it is needed; evaluation does not need it.
    """

    def __init__(
        self, template: "Expression", grid: tuple[tuple[tuple[Item, ...], ...], ...]
    ) -> None:
        self.template = template
        self.grid = grid

    @cached_property
    def _rows(self) -> "tuple[tuple[Expression, ...], ...]":
        return tuple(
            tuple(Instance(self.template, entries).expanded() for entries in row)
            for row in self.grid
        )

    @property
    def entries(self) -> "Iterable[Item]":
        """One entry of each symbol in the cells."""
        return {base_name(e): e for row in self.grid for cell in row for e in cell}.values()

    def __getitem__(self, at: Any) -> Any:
        return self._rows[at]

    def __len__(self) -> int:
        return len(self.grid)

    def __eq__(self, other: object) -> bool:
        rows = other._rows if isinstance(other, Cells) else other
        return self._rows == rows

    def __hash__(self) -> int:
        return hash(self._rows)


@record
class Matrix:
    """A matrix literal of scalar entries."""

    rows: "tuple[tuple[Expression, ...], ...] | Cells"
    shape: Shape
    span: Span | None = _span()


@record
class Derivative:
    """The derivative of `of` by `wrt` as a value, in the shape of the gradient or Jacobian."""

    of: "Expression"
    wrt: "Expression"
    shape: Shape
    span: Span | None = _span()


Expression = Number | Symbol | Index | Apply | Item | Placed | Sum | Tabulate | Matrix | Derivative
Selector = Expression | Slice
Binder = TypeVar("Binder", bound="Sum | Tabulate")


def children(node: Expression) -> "tuple[Expression, ...]":
    """The direct subexpressions of a node, index expressions included."""
    return _CHILDREN[type(node)](node)


def base_name(node: Expression | None) -> str | None:
    """The name of a symbol, or of the symbol of an entry; None for other expressions."""
    base = node.base if isinstance(node, Item) else node
    return base.name if isinstance(base, Symbol) else None


def selectors(node: Item | Placed) -> "tuple[Expression, ...]":
    """The selectors of a node that are expressions, not slices."""
    return tuple(part for part in (node.row, node.column) if not isinstance(part, Slice))


def _over(node: Expression, entries: Iterator[Item]) -> Expression:
    if type(node) is Apply:
        args = tuple([_over(arg, entries) for arg in node.args])
        return Apply(node.function, args, node.shape, node.params, node.span)
    return next(entries) if type(node) is Item else node


def _leaf(node: Expression) -> "tuple[Expression, ...]":
    return ()


# A table is three times as fast as `match`, and every answer is walked many times.
_CHILDREN: "dict[type, Callable[[Any], tuple[Expression, ...]]]" = {
    Number: _leaf,
    Symbol: _leaf,
    Index: _leaf,
    Apply: lambda node: node.args,
    Item: lambda node: (node.base, *selectors(node)),
    Placed: lambda node: (node.value, *selectors(node)),
    Sum: lambda node: (node.body,),
    Tabulate: lambda node: (node.body,),
    Matrix: lambda node: tuple(entry for row in node.rows for entry in row),
    Derivative: lambda node: (node.of, node.wrt),
}


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything below it, parents first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(_CHILDREN[type(current)](current)[::-1])


def branches(node: Expression) -> "tuple[Expression, ...]":
    """The children of a node; for `Cells` the template and one entry of each symbol."""
    if type(node) is Matrix and type(node.rows) is Cells:
        return (node.rows.template, *node.rows.entries)
    return _CHILDREN[type(node)](node)


def symbols_in(*nodes: Expression) -> set[str]:
    """The names of the symbols in expressions."""
    found, stack = set(), [*nodes]
    while stack:
        current = stack.pop()
        if type(current) is Symbol:
            found.add(current.name)
        else:
            stack.extend(branches(current))
    return found


def mentions(node: Expression, names: Collection[str]) -> bool:
    """Whether an expression is written with one of the symbols."""
    stack = [node]
    while stack:
        current = stack.pop()
        if type(current) is not Symbol:
            stack.extend(branches(current))
        elif current.name in names:
            return True
    return False


def transform(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The tree with `change` applied to every subexpression, leaves first."""
    parts = children(node)
    if parts:
        node = with_children(node, tuple(transform(part, change) for part in parts))
    return change(node)


def depth_of(node: Expression) -> int:
    """The number of levels of a tree, counted without recursion."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        current, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(current, Matrix) and isinstance(current.rows, Cells):
            stack.append((current.rows.template, depth + 1))
        else:
            stack.extend((child, depth + 1) for child in children(current))
    return deepest


def free_ranges(*nodes: Expression) -> dict[str, Index]:
    """The free index variables of nodes; if one has two ranges, the smaller."""
    found: dict[str, Index] = {}
    for node in nodes:
        inside = {node.name: node} if isinstance(node, Index) else free_ranges(*children(node))
        for name in inside.keys() - {index.name for index in _bound(node)}:
            ranges = found.get(name, inside[name]), inside[name]
            found[name] = min(ranges, key=lambda index: index.stop)
    return found


def free_indices(node: Expression) -> set[str]:
    """The names of the free index variables of a node."""
    return set(free_ranges(node))


def substitute(node: Expression, name: str, value: Expression) -> Expression:
    """The tree with the free index variable `name` replaced by `value`, without capture."""
    return substitute_all(node, {name: value})


def substitute_all(node: Expression, values: Mapping[str, Expression]) -> Expression:
    """The tree with free index variables replaced, all at once: `{i: j, j: i}` exchanges two.

    Bound variables with a name that occurs in the values are renamed, so that nothing is captured (Curry
    & Feys, "Combinatory Logic", 1958, section 3E).
    """
    if isinstance(node, Index):
        return values.get(node.name, node)
    if isinstance(node, Sum | Tabulate):
        hidden = {index.name for index in _bound(node)}
        values = {name: value for name, value in values.items() if name not in hidden}
        if not values:
            return node
        node = renamed_apart(node, set().union(*map(free_indices, values.values())))
    return with_children(node, tuple(substitute_all(child, values) for child in children(node)))


def _bound(node: Expression) -> tuple[Index, ...]:
    """The index variables that a node binds."""
    if isinstance(node, Sum):
        return (node.index,)
    return (node.row, node.column) if isinstance(node, Tabulate) else ()


def renamed_apart(node: Binder, avoid: set[str]) -> Binder:
    """The binder with its variables renamed, so that none has a name in `avoid`."""
    bound = _bound(node)
    if avoid.isdisjoint(index.name for index in bound):
        return node
    taken = avoid | all_indices(node) | symbols_in(node)
    others: list[Index] = []
    for index in bound:
        name = fresh(index.name, taken) if index.name in avoid else index.name
        others.append(replace(index, name=name))
        taken.add(name)
    body = substitute_all(node.body, {a.name: b for a, b in zip(bound, others, strict=True)})
    if isinstance(node, Sum):
        return replace(node, body=body, index=others[0])
    return replace(node, body=body, row=others[0], column=others[1])


def all_indices(node: Expression) -> set[str]:
    """The names of all index variables in a tree, free and bound."""
    found = ((part,) if isinstance(part, Index) else _bound(part) for part in walk(node))
    return {index.name for indices in found for index in indices}


def fresh(prefix: str, avoid: set[str]) -> str:
    """An index name that is not in `avoid`: a letter, or `prefix` with a number if none is left."""
    letters = [prefix, *"kmpqrstuvabc"]
    candidates: Iterator[str] = itertools.chain(
        letters, (f"{prefix}{n}" for n in itertools.count(1))
    )
    for name in candidates:
        if name not in avoid:
            return name
    raise AssertionError


def with_children(node: Expression, parts: "tuple[Expression, ...]") -> Expression:
    """The node with other children, in the order of `children`; the node itself if they are its own."""
    match node:
        case Apply():
            if all(map(operator.is_, node.args, parts)):
                return node
            return Apply(node.function, parts, node.shape, node.params, node.span)
        case Item() | Placed():
            if all(map(operator.is_, children(node), parts)):
                return node
            rest = iter(parts[1:])
            row = node.row if isinstance(node.row, Slice) else next(rest)
            column = node.column if isinstance(node.column, Slice) else next(rest)
            return type(node)(parts[0], row, column, node.shape, node.span)
        case Matrix():
            width = len(node.rows[0])
            rows = tuple(parts[at : at + width] for at in range(0, len(parts), width))
            return replace(node, rows=rows)
        case Derivative():
            return replace(node, of=parts[0], wrt=parts[1])
        case Sum() | Tabulate():
            return node if parts[0] is node.body else replace(node, body=parts[0])
        case _:
            return node
