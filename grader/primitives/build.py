"""Constructors that keep generated expressions small: no 1·x, no double transpose, no unit sums.

Vjps and the backward pass use them. Answers of students are never simplified.
"""

from dataclasses import replace
from typing import TypeGuard

from grader.errors import Nonsense, Span
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Placed,
    Selector,
    Shape,
    Slice,
    Sum,
    Tabulate,
    all_indices,
    free_indices,
    fresh,
    renamed_apart,
    shape_text,
    substitute,
    substitute_all,
    symbols_in,
)
from grader.primitives.registry import TABLE, apply, broadcast
from grader.primitives.selectors import check_range, selector_size

ZERO = Number(0.0)
ONE = Number(1.0)


def number(value: float) -> Number:
    """A constant."""
    return Number(float(value))


def add(a: Expression, b: Expression) -> Expression:
    """a + b, entry by entry."""
    if a == ZERO:
        return b
    if _is_entry(a) and _is_entry(b) and (a.row, a.column, a.shape) == (b.row, b.column, b.shape):
        return Placed(add(a.value, b.value), a.row, a.column, a.shape)
    return a if b == ZERO else apply("add", a, b)


def sub(a: Expression, b: Expression) -> Expression:
    """a − b, entry by entry."""
    return a if b == ZERO else apply("sub", a, b)


def neg(a: Expression) -> Expression:
    """−a."""
    if isinstance(a, Number):
        return number(-a.value)
    if isinstance(a, Apply) and a.function == "neg":
        return a.args[0]
    if _is_entry(a):
        return replace(a, value=neg(a.value))
    return apply("neg", a)


def mul(a: Expression, b: Expression) -> Expression:
    """a ⊙ b, entry by entry; a scalar scales."""
    if a == ONE:
        return b
    if b == ONE:
        return a
    if ZERO in (a, b):
        return zeros(apply("mul", a, b).shape)
    for sign, other in ((a, b), (b, a)):
        if isinstance(sign, Apply) and sign.function == "neg":
            return neg(mul(sign.args[0], other) if sign is a else mul(other, sign.args[0]))
    for spread, other in ((a, b), (b, a)):
        if spread.shape == other.shape != SCALAR and (scalar := _spread_scalar(spread)) is not None:
            return mul(scalar, other)  # keys should not hold arrays of ones
    for at, other in ((a, b), (b, a)):
        if _is_entry(at) and broadcast(at.shape, other.shape) == at.shape:
            factor = _beside(other, at)
            value = mul(at.value, factor) if at is a else mul(factor, at.value)
            return replace(at, value=value)
    return apply("mul", a, b)


def _spread_scalar(node: Expression) -> Expression | None:
    """The scalar s if all entries of an array are s; else None."""
    match node:
        case Apply(function="ones"):
            return ONE
        case Apply(function="mul", args=(scalar, Apply(function="ones"))) if scalar.shape == SCALAR:
            return scalar
    return None


def _is_entry(node: Expression) -> "TypeGuard[Placed]":
    """Whether an array is zero except at one entry."""
    return isinstance(node, Placed) and not (
        isinstance(node.row, Slice) or isinstance(node.column, Slice)
    )


def _beside(other: Expression, place: Placed) -> Expression:
    """The entry of another array at the place that is not zero."""
    assert not isinstance(place.row, Slice)
    assert not isinstance(place.column, Slice)
    return _aligned(other, place.row, place.column)


def div(a: Expression, b: Expression) -> Expression:
    """a / b, entry by entry."""
    if _is_entry(a) and broadcast(a.shape, b.shape) == a.shape:
        return replace(a, value=div(a.value, _beside(b, a)))
    return a if b == ONE else apply("div", a, b)


def power(a: Expression, b: Expression) -> Expression:
    """a to the power b, entry by entry."""
    return a if b == ONE else apply("pow", a, b)


def transpose(a: Expression) -> Expression:
    """aᵀ."""
    if a.shape == SCALAR:
        return a
    if isinstance(a, Apply) and a.function == "transpose":
        return a.args[0]
    if _is_entry(a):
        return Placed(a.value, a.column, a.row, a.shape[::-1])
    return apply("transpose", a)


def matmul(a: Expression, b: Expression) -> Expression:
    """The matrix product a b."""
    if SCALAR in (a.shape, b.shape):
        return mul(a, b)
    return apply("matmul", a, b)


def total(a: Expression, axis: int | None = None) -> Expression:
    """The sum of all entries, of each column (axis 0), or of each row (axis 1)."""
    if _is_entry(a):
        return _total_of_entry(a, axis)
    done = a.shape == SCALAR or (axis is not None and a.shape[axis] == 1)
    return a if done else apply("sum", a, params=(axis,))


def _total_of_entry(a: Placed, axis: int | None) -> Expression:
    """The sum of an array that is zero except at one entry."""
    if axis == 0:
        return a.value if a.shape[1] == 1 else Placed(a.value, ONE, a.column, (1, a.shape[1]))
    if axis == 1:
        return a.value if a.shape[0] == 1 else Placed(a.value, a.row, ONE, (a.shape[0], 1))
    return a.value


def fold(adjoint: Expression, shape: Shape) -> Expression:
    """Sum `adjoint` down to `shape`: the vjp of broadcasting."""
    if adjoint.shape == shape:
        return adjoint
    if shape == SCALAR:
        return total(adjoint)
    return total(adjoint, 0 if shape[0] == 1 else 1)


def zeros(shape: Shape) -> Expression:
    """An array of zeros."""
    return ZERO if shape == SCALAR else apply("zeros", params=shape)


def ones(shape: Shape) -> Expression:
    """An array of ones."""
    return ONE if shape == SCALAR else apply("ones", params=shape)


def kronecker(a: Expression, b: Expression) -> Expression:
    """1 where two index expressions are equal, else 0."""
    if a == b:
        return ONE
    if isinstance(a, Number) and isinstance(b, Number):
        return ZERO
    return apply("eq", a, b)


def names_in(*nodes: Expression) -> set[str]:
    """The names of all symbols and of all index variables, free and bound, in expressions."""
    return symbols_in(*nodes).union(*(all_indices(node) for node in nodes))


def summed(body: Expression, index: Index) -> Expression:
    """Σ over an index; a Kronecker delta in the body selects a term."""
    if index.name not in free_indices(body):
        return mul(number(index.size), body)
    resolved = _select(body, index)
    return resolved if resolved is not None else Sum(body, index, body.shape)


def _select(body: Expression, index: Index) -> Expression | None:
    """`Σ_k δ_{kj} f(k) = f(j)` if j is in the range of k; None if there is no such factor."""
    factors = list(_factors(body))
    for at, factor in enumerate(factors):
        if not (isinstance(factor, Apply) and factor.function == "eq"):
            continue
        others = [arg for arg in factor.args if arg != index]
        if len(others) == 1 and _within(others[0], index):
            rest = factors[:at] + factors[at + 1 :]
            product = ONE
            for part in rest:
                product = mul(product, part)  # type: ignore[assignment]
            return substitute(product, index.name, others[0])
    return None


def _factors(node: Expression) -> "list[Expression]":
    if isinstance(node, Apply) and node.function == "mul":
        return [part for arg in node.args for part in _factors(arg)]
    return [node]


def _within(value: Expression, index: Index) -> bool:
    if isinstance(value, Number):
        return index.start <= value.value <= index.stop
    return isinstance(value, Index) and value.start >= index.start and value.stop <= index.stop


def entry(base: Expression, row: Selector, column: Selector) -> Item:
    """`base[row, column]`, not simplified. Raises IndexOutOfRange, and Unreadable for a bad selector."""
    check_range(row, base.shape[0])
    check_range(column, base.shape[1])
    return Item(base, row, column, (selector_size(row), selector_size(column)))


def item(base: Expression, row: Selector, column: Selector) -> Expression:
    """`base[row, column]` with the indices moved inwards, so that keys consist of entries of symbols."""
    if base.shape == SCALAR:
        return base
    if isinstance(row, Slice) or isinstance(column, Slice):
        return entry(base, row, column)
    match base:
        case Apply():
            return _item_of_apply(base, row, column)
        case Placed() if not (isinstance(base.row, Slice) or isinstance(base.column, Slice)):
            same_place = mul(kronecker(row, base.row), kronecker(column, base.column))
            return mul(same_place, base.value)
        case Item() if isinstance(base.row, Slice) or isinstance(base.column, Slice):
            return item(base.base, _within_slice(base.row, row), _within_slice(base.column, column))
        case Sum():
            return _item_of_sum(base, row, column)
        case Matrix() if isinstance(row, Number) and isinstance(column, Number):
            return base.rows[int(row.value) - 1][int(column.value) - 1]
        case Tabulate():
            return substitute_all(base.body, {base.row.name: row, base.column.name: column})
        case _:
            return entry(base, row, column)


def _within_slice(outer: Selector, inner: Expression) -> Expression:
    """The position in the whole axis of the entry `inner` of a slice."""
    if not isinstance(outer, Slice):
        return outer
    if isinstance(inner, Number):
        return number(outer.start - 1 + inner.value)
    return add(inner, number(outer.start - 1))


def _item_of_apply(base: Apply, row: Expression, column: Expression) -> Expression:
    match base.function:
        case "transpose":
            return item(base.args[0], column, row)
        case "matmul":
            return _item_of_product(base.args[0], base.args[1], row, column)
        case "correlate":
            return _item_of_correlation(base, row, column)
        case "convolve" if any(isinstance(arg, Placed) for arg in base.args):
            return _item_of_convolution(base, row, column)
        case "zeros":
            return ZERO
        case "ones":
            return ONE
        case "identity":
            return kronecker(row, column)
        case function if TABLE[function].entrywise:
            return _rebuilt(base, tuple(_aligned(arg, row, column) for arg in base.args))
        case _:
            return entry(base, row, column)


def _aligned(arg: Expression, row: Expression, column: Expression) -> Expression:
    """The entry of an argument that broadcasting uses at [row, column]."""
    return item(arg, row if arg.shape[0] > 1 else ONE, column if arg.shape[1] > 1 else ONE)


def _rebuilt(node: Apply, args: tuple[Expression, ...]) -> Expression:
    match node.function:
        case "mul":
            return mul(*args)
        case "add":
            return add(*args)
        case "neg":
            return neg(*args)
        case _:
            return apply(node.function, *args, params=node.params)


def _item_of_product(
    a: Expression, b: Expression, row: Expression, column: Expression
) -> Expression:
    """(a b)[i, j] = Σ_k a[i, k] b[k, j]."""
    if a.shape[1] == 1:
        return mul(item(a, row, ONE), item(b, ONE, column))
    inner = Index(fresh("k", names_in(a, b, row, column)), 1, a.shape[1])
    return summed(mul(item(a, row, inner), item(b, inner, column)), inner)


def _vector_item(vector: Expression, at: Expression) -> Expression:
    """An entry of a row or column vector."""
    return item(vector, ONE, at) if vector.shape[1] > 1 else item(vector, at, ONE)


def _item_of_correlation(base: Apply, row: Expression, column: Expression) -> Expression:
    """correlate(x, w)[i] = Σ_k x[i + k − 1] w[k]."""
    x, w = base.args
    at = column if base.shape[1] > 1 else row
    inner = Index(fresh("k", names_in(x, w, at)), 1, max(w.shape))
    shifted = _shifted(at, inner)
    return summed(mul(_vector_item(x, shifted), _vector_item(w, inner)), inner)


def _item_of_convolution(base: Apply, row: Expression, column: Expression) -> Expression:
    """convolve(a, b)[i] = a[r] Σ_k b[k] δ(i, r + k − 1), if a is zero except at r; or a and b swapped."""
    a, b = base.args
    place, other = (a, b) if isinstance(a, Placed) else (b, a)
    assert isinstance(place, Placed)
    at = column if base.shape[1] > 1 else row
    where = place.column if place.shape[1] > 1 else place.row
    assert not isinstance(where, Slice)
    inner = Index(fresh("k", names_in(place, other, at)), 1, max(other.shape))
    selected = kronecker(at, _shifted(where, inner))
    return mul(place.value, summed(mul(selected, _vector_item(other, inner)), inner))


def _shifted(at: Expression, inner: Index) -> Expression:
    """at + inner − 1."""
    if isinstance(at, Number):
        return inner if at == ONE else add(inner, number(at.value - 1))
    return sub(add(at, inner), ONE)


def _item_of_sum(base: Sum, row: Expression, column: Expression) -> Expression:
    """(Σ_k B_k)[i, j] = Σ_k B_k[i, j], with k renamed if i or j use its name."""
    base = renamed_apart(base, free_indices(row) | free_indices(column))
    return summed(item(base.body, row, column), base.index)


def derivative(of: Expression, wrt: Expression, span: Span | None = None) -> Derivative:
    """∂of/∂wrt as a value: a gradient in the shape of `wrt`, a Jacobian, or an array like `of`.

    Raises Nonsense if the result would need more than two axes.
    """
    if SCALAR in (of.shape, wrt.shape):
        shape = wrt.shape if of.shape == SCALAR else of.shape
    elif 1 in of.shape and 1 in wrt.shape:
        shape = max(of.shape), max(wrt.shape)
    else:
        of_text, wrt_text = shape_text(of.shape), shape_text(wrt.shape)
        raise Nonsense(
            f"the derivative of a {of_text} array by a {wrt_text} array has more than two axes",
            span=span,
            hint="ask for entries, such as the derivative of h[i] by W[i, j]",
        )
    return Derivative(of, wrt, shape, span)


def tabulate(body: Expression, row: Index, column: Index) -> Expression:
    """The matrix of `body` over two index variables; just `A` if the body is `A[i, j]`."""
    if isinstance(body, Item) and not isinstance(body.base, Item):
        base = body.base
        free = free_indices(base)
        if row.name not in free and column.name not in free:
            if (body.row, body.column) == (row, column) and base.shape == (row.size, column.size):
                return base
            if (body.row, body.column) == (column, row) and base.shape == (column.size, row.size):
                return transpose(base)
    return Tabulate(body, row, column, (row.size, column.size))


def stack(vector: Expression, index: Index, axis: int = 0) -> Tabulate:
    """The matrix whose row k (axis 0) or column k (axis 1) is `vector` where the index is k."""
    along = Index(fresh("j", names_in(vector, index)), 1, max(vector.shape))
    lies = vector.shape[0] == 1
    body = entry(vector, ONE, along) if lies else entry(vector, along, ONE)
    row, column = (index, along) if axis == 0 else (along, index)
    return Tabulate(body, row, column, (row.size, column.size))
