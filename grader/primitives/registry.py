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
    """How a function hands a gradient back, for the worked key.

    In the sentence `{A}` and `{B}` stand for the arguments and `{G}` for the gradient that arrives.
    """

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Primitive:
    """One row of the table: all that is known of a function.

    What it computes:
        `shape` is the shape of the result. `value` maps stacks of matrices, and then `params`, to a stack.
        `vjp` gives the adjoints of the arguments; None for what is constant in an argument.
        `expansion` defines a row by other rows instead of `value`, `vjp` and `sympy`.
        `sympy` is the same function in SymPy's words, from its definition; what has these words, SymPy
        or numbers of many digits, comes as the first argument: then the entries, or the node and whole
        object arrays where a function is not `entrywise`.
    What it is:
        `arity` is the least and the greatest number of arguments; one of two that `chains` takes more,
        as in max(a, b, c).
        `entrywise` functions map each entry alone, their arguments broadcast. `linear` ones are linear
        in each argument. `axis` says that it runs along an axis on request, given in `params`.
        An `activation` has a derivative that people write σ′(z); log′(p) is 1/p to everybody.
        `exact` says that the value adds no rounding error. `opposite` is the row that is true where this
        one is false. `kink` gives the expression whose zeros are where the function or its derivative
        jumps, and `sides` what the function is on either side. `slope_by_value` is the derivative by the
        function's own value, where people write it so: 1 − y² for tanh.
    How it is written:
        `infix` and `latex` are its spellings, the first is printed (signs are the notation's business).
        What is `bare` in LaTeX needs no brackets: "sin z". `formula` defines it in LaTeX, `formula_of` what
        it is applied to there. `rule` says how it hands a gradient back; entrywise functions of one
        argument share a rule and need none. `slope_in_words` says what f′(u) is where its formula says
        less. `words` are what a reading calls a node: "negative of"; empty for the name itself.
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
    """Add rows to the table. Raises ValueError for a name or spelling that another row has."""
    for row in rows:
        if row.name in TABLE:
            raise ValueError(f"two primitives named {row.name!r}")
        for spellings, known in ((row.infix, INFIX), (row.latex, LATEX)):
            for spelling in spellings:
                if known.setdefault(spelling, row.name) != row.name:
                    raise ValueError(f"{spelling!r} is {known[spelling]} and {row.name}")
        TABLE[row.name] = row


def is_function(name: str) -> bool:
    """Whether a primitive is a function of one variable, entry by entry, which has a derivative f'."""
    return f"{name}'" in TABLE


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
