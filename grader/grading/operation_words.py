"""The operation of a node in words, such as "matrix product"."""

from collections.abc import Sequence

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
    Symbol,
    Tabulate,
    shape_text,
)
from grader.notation import Names, printing
from grader.primitives import TABLE
from grader.problem import Scope


def operation(node: Expression, scope: Scope) -> str:
    """The operation of a node, such as "matrix product", or "transpose of" with its parts to follow."""
    match node:
        case Number():
            return "number"
        case Symbol():
            return "quantity of the model" if node.name in scope.model else "given"
        case Index():
            return f"index {_running(node)}"
        case Item():
            return f"{_part(node, node.base.shape, scope.names)} of"
        case Placed():
            return f"zeros, except for {_part(node, node.shape, scope.names)}"
        case Sum():
            return f"sum over {_running(node.index)}"
        case Tabulate():
            return f"array over {_running(node.row)} and {_running(node.column)}"
        case Matrix():
            return "list of entries" if 1 in node.shape else "matrix of entries"
        case Derivative():
            return "value of a derivative"
        case Apply():
            return _applied(node)


def remark(node: Expression, operands: Sequence[Expression]) -> str:
    """How the shapes of the operands decided a product, and which operand is repeated; may be empty."""
    if not isinstance(node, Apply) or node.shape == SCALAR == node.args[0].shape:
        return ""
    repeated = _repeated(node, operands) if TABLE[node.function].entrywise else ""
    if node.function not in _PRODUCTS:
        return f"{_applied(node)}, {repeated}" if repeated else ""
    pair = " times ".join(_sized(arg.shape) for arg in node.args)
    kind = _applied(node).removesuffix(" by a number")
    return f"{kind}: {pair}" + (f", {repeated}" if repeated else "")


def _running(index: Index) -> str:
    return f"{index.name} = {index.start}…{index.stop}"


# Entries and parts


def _part(node: Item | Placed, shape: Shape, names: Names) -> str:
    """`entry (1, j)`, `entry j` of a column, `row 2`, `columns 1…2`."""
    along = (_along(node.row, shape[0], names), _along(node.column, shape[1], names))
    if isinstance(node.row, Slice) or isinstance(node.column, Slice):
        named = zip(("row", "column"), (node.row, node.column), along, strict=True)
        parts = [_line(axis, selector, text) for axis, selector, text in named if text]
        return " and ".join(parts) or "all"
    if shape[1] == 1 and node.column == Number(1.0):
        return f"entry {along[0]}"
    return f"entry ({along[0]}, {along[1]})"


def _along(selector: Selector, size: int, names: Names) -> str:
    """A selector in words; empty for the whole axis."""
    if not isinstance(selector, Slice):
        return printing.infix(selector, names)
    whole = (selector.start, selector.stop) == (1, size)
    return "" if whole else f"{selector.start}…{selector.stop}"


def _line(axis: str, selector: Selector, text: str) -> str:
    return f"{axis}s {text}" if isinstance(selector, Slice) else f"{axis} {text}"


# Functions

_PRODUCTS = frozenset({"mul", "matmul", "outer", "inner", "dot"})
_ORDINALS = {1: "derivative", 2: "second derivative"}


def _applied(node: Apply) -> str:
    words = TABLE[node.function].words
    return (words if isinstance(words, str) else words(node)) or _function(node)


def _function(node: Apply) -> str:
    """`relu of`, `derivative of relu at each entry of`."""
    name = node.function.rstrip("'")
    primes = len(node.function) - len(name)
    each = "each entry of" if node.shape != SCALAR and TABLE[name].entrywise else ""
    words = (
        f"{_ORDINALS.get(primes, f'{primes}th derivative')} of {name} at"
        if primes
        else f"{name} of"
    )
    return f"{words} {each}".strip()


# Shapes


def _repeated(node: Apply, operands: Sequence[Expression]) -> str:
    """The operands that are repeated to fit entry by entry, in words."""
    small = {arg.shape: None for arg in operands if arg.shape != node.shape}
    if node.function not in ("add", "sub"):
        small.pop(SCALAR, None)  # scaling an array by a number needs no remark
    return " and ".join(_spread(shape, node.shape) for shape in small)


def _spread(thin: Shape, full: Shape) -> str:
    if thin == SCALAR:
        return f"with the number repeated in all entries of {_sized(full)}"
    times = f"{full[1]} columns" if thin[1] == 1 else f"{full[0]} rows"
    return f"with the {_sized(thin)} repeated in all {times}"


def _sized(shape: Shape) -> str:
    return "a number" if shape == SCALAR else shape_text(shape)
