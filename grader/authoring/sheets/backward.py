"""A reference as a derivation: the adjoint of each quantity, from those of later quantities.

This is the backward pass, stopped at every quantity. There the adjoint gets a name, such as ∂l/∂h², and
the next steps are written in terms of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grader.authoring.sheets.rules import BROADCAST
from grader.backprop import Adjoints, Backprop
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Symbol,
    children,
    symbols_in,
)
from grader.key import QuestionKey
from grader.primitives import TABLE
from grader.primitives.build import ONE, derivative, item
from grader.problem.model import Quantity
from grader.simplification import known, simplified


@dataclass(frozen=True, slots=True)
class AdjointStep:
    """The adjoint of a quantity, in terms of the adjoints of those computed from it (`sources`)."""

    name: str
    shape: tuple[int, int]
    sources: tuple[str, ...]
    adjoint: Expression


@dataclass(frozen=True, slots=True)
class ReferenceDerivation:
    """The steps that lead to the derivative of a scalar, `numerator`.

    `unfolded` is the formula of the numerator if that is an entry of a quantity with a formula.
    `last` is the gradient that the question asks for, in terms of the adjoints before it.
    """

    numerator: Expression
    unfolded: Expression | None
    steps: tuple[AdjointStep, ...]
    sources: tuple[str, ...]
    last: Expression


def derivation(key: QuestionKey) -> ReferenceDerivation | None:
    """The derivation of a question's reference; None if the author gave the reference."""
    of, wrt = key.question.of, key.question.wrt
    if of is None or wrt is None or key.question.reference is not None:
        return None
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    numerator = _scalar(of, wrt, key.backprop)
    found = _Recorder(key.question.scope.model, numerator, base).derivation()
    return _simplified(found, key.cached(known))


def _simplified(
    found: ReferenceDerivation, names: Mapping[Expression, Expression]
) -> ReferenceDerivation:
    """The same derivation with each step simplified."""
    steps = tuple(replace(one, adjoint=simplified(one.adjoint, names)) for one in found.steps)
    return replace(found, steps=steps, last=simplified(found.last, names))


def _scalar(of: Expression, wrt: Expression, backprop: Backprop) -> Expression:
    """A scalar to differentiate: `of` itself, or a general entry of it."""
    if of.shape == SCALAR:
        return of
    row, column = backprop.letters(of, wrt)
    if of.shape[0] == 1:
        return item(of, ONE, replace(row, stop=of.shape[1]))
    return item(of, row, column if of.shape[1] > 1 else ONE)


class _Recorder(Backprop):
    """A backward pass that names the adjoint of each quantity on its way."""

    def __init__(self, model: Mapping[str, Quantity], numerator: Expression, base: Symbol) -> None:
        super().__init__(model)
        self.model = model
        self.numerator = numerator
        self.base = base
        self.steps: list[AdjointStep] = []
        self.sources: dict[str, list[str]] = {}

    def derivation(self) -> ReferenceDerivation:
        unfolded = self._unfolded()
        last = self._gradient(unfolded or self.numerator, self.base)
        steps = tuple(step for step in self.steps if self._reaches(step.name))
        sources = tuple(
            name for name in self.sources.get(self.base.name, ()) if self._reaches(name)
        )
        return ReferenceDerivation(self.numerator, unfolded, steps, sources, last)

    def _unfolded(self) -> Expression | None:
        """The formula of an entry of a quantity."""
        match self.numerator:
            case Item(base=Symbol() as base) if base != self.base:
                quantity = self.model.get(base.name)
                if quantity is not None and quantity.definition is not None:
                    return item(quantity.definition, self.numerator.row, self.numerator.column)
        return None

    def _arrived(self, name: str, adjoint: Expression) -> Expression:
        symbol = Symbol(name, self.model[name].shape)
        if symbol == self.numerator or not self._reaches(name):
            return adjoint
        sources = tuple(self.sources.get(name, ()))
        self.steps.append(AdjointStep(name, symbol.shape, sources, adjoint))
        return _named(self.numerator, symbol)

    def _handed_on(self, source: str, parts: Adjoints) -> Adjoints:
        for name in parts:
            self.sources.setdefault(name, []).append(source)
        return parts

    def _reaches(self, name: str) -> bool:
        """Whether a quantity depends on the array that the question differentiates by."""
        return name == self.base.name or self.base.name in _behind(self.model, name)


def _named(numerator: Expression, symbol: Symbol) -> Derivative:
    return derivative(numerator, symbol)


def _behind(model: Mapping[str, Quantity], name: str) -> set[str]:
    """All names that a quantity is computed from, directly or through others."""
    quantity = model.get(name)
    if quantity is None:
        return set()
    roots = [quantity.definition] if quantity.definition is not None else []
    direct = symbols_in(*roots) | set(quantity.upstream)
    return direct.union(*(_behind(model, one) for one in direct))


def functions(definition: Expression, name: str) -> list[str]:
    """The functions between a quantity's formula and a name in it, outermost first, each once.

    `BROADCAST` is among them where broadcasting repeats the part with the name.
    """
    found: dict[str, None] = {}
    stack = [definition]
    while stack:
        node = stack.pop(0)
        inside = [part for part in children(node) if name in symbols_in(part)]
        if isinstance(node, Apply) and inside:
            found[node.function] = None
            repeated = any(part.shape != node.shape for part in inside)
            if repeated and TABLE[node.function].entrywise:
                found[BROADCAST] = None
        stack = inside + stack
    return list(found)
