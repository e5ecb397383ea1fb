"""Random expressions that make sense: every tree is well shaped and every index is in range.

Numbers are written without a sign, as the infix notation has a sign of its own, and functions are
bounded ones, so that no value overflows.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st

from grader.expression import (
    SCALAR,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Shape,
    Sum,
    Symbol,
)
from grader.primitives import apply

M, N = 2, 3
SYMBOLS: dict[str, Symbol] = {
    name: Symbol(name, shape)
    for name, shape in {
        "a": SCALAR, "c": SCALAR, "x": (N, 1), "u": (N, 1), "y": (M, 1), "A": (M, N), "B": (N, M),
        "S": (N, N), "Q": (M, M),
    }.items()
}  # fmt: skip
SHAPES: list[Shape] = sorted({symbol.shape for symbol in SYMBOLS.values()})
NUMBERS = [1.0, 2.0, 3.0, 0.5, 0.1, 1.25]
ONE = Number(1.0)

PROBLEM = f"""\
id: trees
draws: {{count: 16, seed: 3}}
symbols:
{
    "".join(
        f"  {name}: {{shape: {[size for size in symbol.shape if size > 1 or symbol.shape[1] > 1]}}}"
        + chr(10)
        for name, symbol in SYMBOLS.items()
    )
}questions:
  - {{id: q1x1, reference: {{expression: a*c}}}}
  - {{id: q2x1, reference: {{expression: y}}}}
  - {{id: q2x2, reference: {{expression: Q}}}}
  - {{id: q2x3, reference: {{expression: A}}}}
  - {{id: q3x1, reference: {{expression: x}}}}
  - {{id: q3x2, reference: {{expression: B}}}}
  - {{id: q3x3, reference: {{expression: S}}}}
"""

Scope = Mapping[str, Index]
T = TypeVar("T")


@st.composite
def expressions(draw: st.DrawFn, shape: Shape | None = None, depth: int = 3) -> Expression:
    """A tree with a given shape, or with any of `SHAPES`."""
    grower = _Grower(draw)
    return grower.tree(shape or grower.one_of(SHAPES), depth, {})


class _Grower:
    """Grows one tree; each choice is one draw, which keeps examples fast and small."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.draw(st.integers(0, len(choices) - 1))]

    def tree(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        if depth == 0:
            return self.leaf(shape, scope)
        ways = [self.leaf_here, self.entrywise, self.function, self.sum, *self.ways(shape)]
        return self.one_of(ways)(shape, depth - 1, scope)

    def ways(self, shape: Shape) -> "list[Way]":
        """The functions that make an expression of this shape only."""
        if shape == SCALAR:
            return [self.square, self.quotient, self.reduced]
        return [self.scaled, self.transposed, self.product, self.literal]

    def leaf_here(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        return self.leaf(shape, scope)

    def leaf(self, shape: Shape, scope: Scope) -> Expression:
        here: list[Expression] = [node for node in SYMBOLS.values() if node.shape == shape]
        if shape != SCALAR:
            if not here:  # a row
                return apply("transpose", self.leaf(shape[::-1], scope))
            return self.one_of(here)
        kind = self.one_of(["symbol", "entry", "number", "index"])
        if kind == "entry":
            return self.entry(scope)
        if kind == "number":
            return Number(self.one_of(NUMBERS))
        return self.one_of(list(scope.values()) if kind == "index" and scope else here)

    def entry(self, scope: Scope) -> Expression:
        """`x[i]`, `A[1, j]`: an entry of a symbol, by numbers and by index variables in scope."""
        base = self.one_of([node for node in SYMBOLS.values() if node.shape != SCALAR])
        row, column = (self.selector(size, scope) for size in base.shape)
        return Item(base, row, column, SCALAR)

    def selector(self, size: int, scope: Scope) -> Expression:
        if size == 1:
            return ONE
        moving: list[Expression] = [index for index in scope.values() if index.stop <= size]
        if moving and self.draw(st.booleans()):
            return self.one_of(moving)
        return Number(float(self.draw(st.integers(1, size))))

    def entrywise(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        function = self.one_of(["add", "sub", "mul"])
        return apply(function, self.tree(shape, depth, scope), self.tree(shape, depth, scope))

    def function(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        function = self.one_of(["neg", "tanh", "sigmoid", "cos", "relu", "abs"])
        return apply(function, self.tree(shape, depth, scope))

    def sum(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        """Over i, j or k, which may hide an outer index of the same name."""
        index = Index(self.one_of("ijk"), 1, self.one_of([M, N]))
        return Sum(self.tree(shape, depth, {**scope, index.name: index}), index, shape)

    def square(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        return apply("pow", self.tree(shape, depth, scope), Number(2.0))

    def quotient(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        below = apply("add", Number(2.0), self.square(shape, depth, scope))
        return apply("div", self.tree(shape, depth, scope), below)

    def reduced(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        return apply("sum", self.tree(self.one_of(SHAPES[1:]), depth, scope))

    def scaled(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        return apply("mul", self.tree(SCALAR, depth, scope), self.tree(shape, depth, scope))

    def transposed(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        return apply("transpose", self.tree(shape[::-1], depth, scope))

    def product(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        """Never with a scalar factor: that would be a scaling."""
        inner = self.one_of([size for size in (1, M, N) if size > 1 or 1 not in shape])
        left, right = (shape[0], inner), (inner, shape[1])
        return apply("matmul", self.tree(left, depth, scope), self.tree(right, depth, scope))

    def literal(self, shape: Shape, depth: int, scope: Scope) -> Expression:
        rows, columns = shape
        entries = tuple(
            tuple(self.leaf(SCALAR, scope) for _ in range(columns)) for _ in range(rows)
        )
        return Matrix(entries, shape)


Way = Callable[[Shape, int, Scope], Expression]


def size_of(node: Expression) -> str:
    """The id of the question of `PROBLEM` that wants an answer of this shape."""
    return f"q{node.shape[0]}x{node.shape[1]}"
