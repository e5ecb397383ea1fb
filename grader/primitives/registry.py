"""What a primitive is, and the table of all primitives.

Values are NumPy functions on stacks of matrices, (…, rows, columns): the leading axes are index variables
and draws, and broadcast. The vector-Jacobian product (vjp) of a row maps the adjoint of its result to the
adjoints of its arguments, as expressions (the design of HIPS autograd).

On complex arrays a value is continued analytically, and the real part of an argument chooses the branch.
So the imaginary part of f(x + ih) is h f'(x): a derivative that does not depend on the vjp.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.errors import ShapeMismatch, Span, Unreadable
from grader.expression import SCALAR, Apply, Expression, Shape, shape_text

Array = NDArray[np.float64]
Params = tuple[int | None, ...]
Vjp = Callable[[Expression, Apply], "tuple[Expression | None, ...]"]
ShapeRule = Callable[[Sequence[Shape], Params], Shape]


class BackwardRule(NamedTuple):
    """How a function passes a gradient back, for the worked key.

    In the sentence `{A}` and `{B}` are the arguments and `{G}` is the gradient of the result.
    """

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row of the table: all that the grader knows about a function.

    What it computes:
        `shape` gives the shape of the result. `value` maps stacks of matrices, followed by `params`, to a
        stack. `vjp` gives the adjoints of the arguments, or None for an argument that it is constant in.
        `expansion` defines a row by other rows, instead of `value`, `vjp` and `sympy`.
        `sympy` is the same function, written with SymPy from its definition. Its first argument is SymPy,
        or a module of the same names for numbers of many digits. Then come the entries if the function is
        `entrywise`, else the node and whole object arrays.
    Its properties:
        `arity` is the least and the greatest number of arguments; a function of two that `chains` takes
        more, as in max(a, b, c).
        `entrywise` functions map each entry alone, with broadcast arguments. `linear` ones are linear in
        each argument. A function with an `axis` takes one in `params`.
        The derivative of an `activation` is usually written σ′(z), while log′(p) is always written 1/p.
        The value of an `exact` function adds no rounding error. `opposite` is the row that is true where
        this one is false. `kink` gives the expression that is zero where the function or its derivative
        jumps, and `sides` gives the function on each side. `slope_by_value` is the derivative in terms of
        the function's own value, if people write it so: 1 − y² for tanh.
    Its notation:
        `infix` and `latex` are its spellings; the first one is printed (signs belong to the notations).
        A `bare` function needs no brackets in LaTeX: "sin z". `formula` defines it in LaTeX, with the
        argument `formula_of`. `rule` says how it passes a gradient back; entrywise functions of one
        argument share a rule and need none. `slope_in_words` describes f′(u) if that is clearer than its
        formula. `words` name a node in an explained reading, such as "negative of"; empty for the name.
    """

    name: str
    shape: ShapeRule
    value: Callable[..., Array] | None = None
    vjp: Vjp | None = None
    expansion: Callable[[Apply], Expression] | None = None
    sympy: Callable[..., Any] | None = None
    arity: tuple[int, int] = (1, 1)
    chains: bool = False
    entrywise: bool = False
    linear: bool = False
    axis: bool = False
    activation: bool = False
    exact: bool = False
    opposite: str = ""
    kink: Callable[[Apply], Expression] | None = None
    sides: Callable[[Apply], tuple[Expression, ...]] | None = None
    slope_by_value: Callable[[Expression], Expression] | None = None
    infix: tuple[str, ...] = ()
    latex: tuple[str, ...] = ()
    bare: bool = False
    formula: str = ""
    formula_of: str = "(u)"
    rule: BackwardRule | None = None
    slope_in_words: str = ""
    words: str | Callable[[Apply], str] = ""


TABLE: dict[str, Primitive] = {}
INFIX: dict[str, str] = {}  # every spelling in infix, and the name of its row
LATEX: dict[str, str] = {}  # every spelling in LaTeX, without its backslash


def register(*rows: Primitive) -> None:
    """Add rows to the table. Raises ValueError if another row has the same name or spelling."""
    for row in rows:
        if row.name in TABLE:
            raise ValueError(f"two primitives named {row.name!r}")
        for spellings, known in ((row.infix, INFIX), (row.latex, LATEX)):
            for spelling in spellings:
                if known.setdefault(spelling, row.name) != row.name:
                    raise ValueError(f"{spelling!r} is {known[spelling]} and {row.name}")
        TABLE[row.name] = row


def is_function(name: str) -> bool:
    """Whether a primitive is an elementwise function of one variable, with a derivative row f'."""
    return f"{name}'" in TABLE


def apply(function: str, *args: Expression, params: Params = (), span: Span | None = None) -> Apply:
    """A primitive applied to arguments, its shape checked.

    Raises ShapeMismatch if the shapes do not fit, and Unreadable for a wrong number of arguments.
    """
    row = TABLE[function]
    low, high = row.arity
    if not low <= len(args) <= high:
        wanted = str(low) if low == high else f"{low} to {high}"
        plural = "" if wanted == "1" else "s"
        message = f"{function} takes {wanted} argument{plural}, not {len(args)}"
        raise Unreadable(message, span=span)
    try:
        shape = row.shape([arg.shape for arg in args], params)
    except ShapeMismatch as error:
        error.span = error.span or span
        raise
    return Apply(function, args, shape, params, span)


def same(shapes: Sequence[Shape], params: Params = ()) -> Shape:
    """The shape rule of elementwise functions: broadcast all arguments. Raises ShapeMismatch."""
    shape = shapes[0]
    for other in shapes[1:]:
        if other != shape:
            shape = broadcast(shape, other)
    return shape


def broadcast(a: Shape, b: Shape) -> Shape:
    """The common shape of equal shapes, a scalar with any shape, or a vector with a fitting matrix.

    Raises ShapeMismatch for others. A row with a column is refused: to make a matrix of two vectors would
    hide mistakes.
    """
    if SCALAR in (a, b):
        return b if a == SCALAR else a
    rows, columns = max(a[0], b[0]), max(a[1], b[1])
    fits = all(shape[0] in (1, rows) and shape[1] in (1, columns) for shape in (a, b))
    if not fits or (rows, columns) not in (a, b):
        raise ShapeMismatch(
            f"shapes {shape_text(a)} and {shape_text(b)} cannot be combined entry by entry"
        )
    return rows, columns
