"""What a primitive is, and the one table that all of them stand in.

Values are NumPy functions over stacks of matrices, shaped (…, rows, columns): the leading axes are
index variables and draws, and broadcast. The vector-Jacobian product (vjp) of a row maps the
adjoint of its result to the adjoints of its arguments, as expressions; the backward pass itself
knows no mathematics (the design of HIPS autograd).

On complex arrays a value is continued analytically, and the real part of an argument chooses the branch:
the imaginary part of f(x + ih) is then h f'(x), a derivative that knows no vjp.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.errors import ShapeMismatch, Span, Unreadable
from grader.expression import SCALAR, Apply, Expression, Shape, shape_text

Array = NDArray[np.float64]
Params = tuple[int | None, ...]
Vjp = Callable[[Expression, Apply], "tuple[Expression | None, ...]"]
ShapeRule = Callable[[Sequence[Shape], Params], Shape]


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row of the table.

    `infix` and `latex` are the spellings of the function (operators are the notation's business).
    `exact` says that the value adds no rounding error. `kink` gives the expression whose zero set
    is where the function or its derivative jumps. `derivative` is f' of an elementwise function;
    `expansion` defines a row by other rows instead of `value` and `vjp`.
    """

    name: str
    shape: ShapeRule
    value: Callable[..., Array] | None = None
    vjp: Vjp | None = None
    arity: tuple[int, int] = (1, 1)
    infix: tuple[str, ...] = ()
    latex: tuple[str, ...] = ()
    exact: bool = False
    kink: Callable[[Apply], Expression] | None = None
    derivative: Callable[[Expression], Expression] | None = None
    expansion: Callable[[Apply], Expression] | None = None


TABLE: dict[str, Primitive] = {}


def register(*rows: Primitive) -> None:
    """Add rows to the table. Names are unique."""
    for row in rows:
        if row.name in TABLE:
            raise ValueError(f"two primitives named {row.name!r}")
        TABLE[row.name] = row


def apply(function: str, *args: Expression, params: Params = (), span: Span | None = None) -> Apply:
    """A primitive applied to arguments, its shape checked.

    Raises ShapeMismatch if the shapes do not fit, and Unreadable for a wrong number of arguments.
    """
    row = TABLE[function]
    low, high = row.arity
    if not low <= len(args) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        message = f"{function} takes {wanted} arguments, not {len(args)}"
        raise Unreadable(message, span=span)
    try:
        shape = row.shape([arg.shape for arg in args], params)
    except ShapeMismatch as error:
        error.span = error.span or span
        raise
    return Apply(function, args, shape, params, span)


def same(shapes: Sequence[Shape], params: Params = ()) -> Shape:
    """The shape rule of elementwise functions: all arguments broadcast against each other."""
    shape = shapes[0]
    for other in shapes[1:]:
        if other != shape:
            shape = broadcast(shape, other)
    return shape


def broadcast(a: Shape, b: Shape) -> Shape:
    """The common shape: equal, a scalar with anything, a column or a row along a matrix.

    A row against a column is refused: silently making a matrix of two vectors hides mistakes.
    """
    if SCALAR in (a, b):
        return b if a == SCALAR else a
    rows, columns = max(a[0], b[0]), max(a[1], b[1])
    fits = all(shape[0] in (1, rows) and shape[1] in (1, columns) for shape in (a, b))
    if not fits or (rows, columns) not in (a, b):
        raise ShapeMismatch(f"shapes {shape_text(a)} and {shape_text(b)} do not fit entry by entry")
    return rows, columns
