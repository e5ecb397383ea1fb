"""Reverse mode over the forward model; the results are expressions.

The backward pass itself knows no derivatives: it walks the model backwards, passes each adjoint to the
vjp of the primitive there, and adds up the parts of each adjoint (Griewank & Walther, "Evaluating
Derivatives", 2008, chapter 3). Since results are expressions, a key can be printed and evaluated.
"""

from collections.abc import Mapping
from dataclasses import replace

from grader.errors import Nonsense
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Matrix,
    Placed,
    Sum,
    Symbol,
    Tabulate,
    fresh,
    renamed_apart,
)
from grader.primitives import TABLE
from grader.primitives.build import (
    ONE,
    ZERO,
    add,
    item,
    mul,
    names_in,
    number,
    summed,
    tabulate,
    zeros,
)
from grader.primitives.build import derivative as derivative_term
from grader.primitives.registry import Vjp
from grader.problem.model import Quantity

Adjoints = dict[str, Expression]


class Backprop:
    """Derivatives of expressions in one forward model by its symbols and quantities."""

    def __init__(self, model: Mapping[str, Quantity]) -> None:
        self._model = model
        self._known: dict[tuple[Expression, Expression], Expression] = {}

    def derivative(self, of: Expression, wrt: Expression) -> Expression:
        """∂of/∂wrt as an expression: a gradient in the shape of `wrt`, a Jacobian, or an entry.

        A Jacobian has a row for each entry of `of` (numerator layout). Raises Nonsense if `wrt` is not a
        symbol, a quantity, or an entry of one, or if the derivative would have more than two axes.
        """
        key = (of, wrt)
        if key not in self._known:
            self._known[key] = self._derive(of, wrt)
        return self._known[key]

    def lower(self, node: Expression) -> Expression:
        """The expression of a derivative, for evaluation."""
        assert isinstance(node, Derivative)
        return self.derivative(node.of, node.wrt)

    def _derive(self, of: Expression, wrt: Expression) -> Expression:
        derivative_term(of, wrt)
        if of.shape == SCALAR:
            return self._of_scalar(of, wrt)
        row, column = self.letters(of, wrt)
        if wrt.shape == SCALAR:
            return tabulate(self._of_scalar(item(of, row, column), wrt), row, column)
        return self._jacobian(of, wrt, row if of.shape[0] > 1 else replace(row, stop=of.shape[1]))

    def _jacobian(self, of: Expression, wrt: Expression, row: Index) -> Expression:
        column = Index(fresh("j", self._taken(of, wrt) | {row.name}), 1, max(wrt.shape))
        numerator = item(of, row, ONE) if of.shape[0] > 1 else item(of, ONE, row)
        gradient = self._of_scalar(numerator, wrt)
        tall = gradient.shape[0] > 1
        body = item(gradient, column, ONE) if tall else item(gradient, ONE, column)
        return tabulate(body, row, column)

    def letters(self, of: Expression, wrt: Expression) -> tuple[Index, Index]:
        """Index variables for rows and columns: i and j, or other letters if these are used."""
        avoid = self._taken(of, wrt)
        row = Index(fresh("i", avoid), 1, of.shape[0])
        return row, Index(fresh("j", avoid | {row.name}), 1, of.shape[1])

    def _taken(self, of: Expression, wrt: Expression) -> set[str]:
        roots = [q.definition for q in self._model.values() if q.definition is not None]
        return names_in(of, wrt, *roots) | set(self._model)

    def _of_scalar(self, of: Expression, wrt: Expression) -> Expression:
        match wrt:
            case Symbol():
                return self._gradient(of, wrt)
            case Item(base=Symbol() as base) if wrt.shape == SCALAR:
                return item(self._gradient(of, base), wrt.row, wrt.column)
            case _:
                raise Nonsense(
                    "one can only differentiate by a symbol, a quantity, or an entry of one of them"
                )

    def _gradient(self, of: Expression, wrt: Symbol) -> Expression:
        """The adjoint of `wrt` when the adjoint of the scalar `of` is 1."""
        adjoints: Adjoints = {}
        self._pull(of, ONE, adjoints)
        for name in reversed(list(self._model)):
            if name in adjoints and name != wrt.name:
                adjoint = self._arrived(name, adjoints.pop(name))
                self._through(self._model[name], adjoint, adjoints)
        return adjoints.get(wrt.name, zeros(wrt.shape))

    def _arrived(self, name: str, adjoint: Expression) -> Expression:
        """The whole adjoint of a quantity, before it is passed on. Subclasses may change it."""
        return adjoint

    def _through(self, quantity: Quantity, adjoint: Expression, adjoints: Adjoints) -> None:
        parts: Adjoints = {}
        if quantity.definition is not None:
            self._pull(quantity.definition, adjoint, parts)
        for name, gradient in quantity.upstream.items():
            _accumulate(parts, name, mul(adjoint, gradient))
        for name, part in self._handed_on(quantity.name, parts).items():
            _accumulate(adjoints, name, part)

    def _handed_on(self, source: str, parts: Adjoints) -> Adjoints:
        """The parts that a quantity adds to the adjoints of its inputs. Subclasses may change them."""
        return parts

    def _pull(self, node: Expression, adjoint: Expression, adjoints: Adjoints) -> None:
        """Pass the adjoint of `node` back to the symbols in it."""
        if adjoint == ZERO:
            return
        match node:
            case Symbol():
                _accumulate(adjoints, node.name, adjoint)
            case Apply():
                self._pull_apply(node, adjoint, adjoints)
            case Item():
                placed = Placed(adjoint, node.row, node.column, node.base.shape)
                self._pull(node.base, placed, adjoints)
            case Placed():
                self._pull(node.value, item(adjoint, node.row, node.column), adjoints)
            case Matrix():
                self._pull_matrix(node, adjoint, adjoints)
            case Sum():
                node = renamed_apart(node, names_in(adjoint))
                self._pull_bound(node.body, adjoint, (node.index,), adjoints)
            case Tabulate():
                node = renamed_apart(node, names_in(adjoint))
                inner = item(adjoint, node.row, node.column)
                self._pull_bound(node.body, inner, (node.row, node.column), adjoints)
            case Derivative():
                self._pull(self.lower(node), adjoint, adjoints)

    def _pull_apply(self, node: Apply, adjoint: Expression, adjoints: Adjoints) -> None:
        row = TABLE[node.function]
        if row.vjp is None:
            assert row.expansion is not None
            self._pull(row.expansion(node), adjoint, adjoints)
            return
        for arg, part in zip(node.args, self._vjp(row.vjp, adjoint, node), strict=True):
            if part is not None:
                self._pull(arg, part, adjoints)

    def _vjp(self, vjp: Vjp, adjoint: Expression, node: Apply) -> tuple[Expression | None, ...]:
        """The adjoints of a node's arguments."""
        return vjp(adjoint, node)

    def _pull_matrix(self, node: Matrix, adjoint: Expression, adjoints: Adjoints) -> None:
        for i, row in enumerate(node.rows, 1):
            for j, entry in enumerate(row, 1):
                self._pull(entry, item(adjoint, number(i), number(j)), adjoints)

    def _pull_bound(
        self,
        body: Expression,
        adjoint: Expression,
        indices: tuple[Index, ...],
        adjoints: Adjoints,
    ) -> None:
        """Pull through a binder: the adjoints of its body are summed over its index variables."""
        inside: Adjoints = {}
        self._pull(body, adjoint, inside)
        for name, part in inside.items():
            for index in indices:
                part = summed(part, index)
            _accumulate(adjoints, name, part)


def _accumulate(adjoints: Adjoints, name: str, adjoint: Expression) -> None:
    known = adjoints.get(name)
    adjoints[name] = adjoint if known is None else add(known, adjoint)
