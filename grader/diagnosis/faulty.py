"""Faulty backward passes: the way back through a model, taken wrongly at chosen places.

A mistake says at which sites of a pass it acts and what it does there. The right pass is traced once
to find the sites; each faulty one is the same walk with changes, so that it works for any model.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.backprop import Adjoints, Backprop
from grader.errors import GraderError
from grader.expression import Apply, Expression, Symbol
from grader.key import in_layout
from grader.primitives.registry import Vjp
from grader.problem import Question
from grader.problem.model import Quantity

Site = Hashable
Change = Callable[[Expression, Expression], Expression | None]
"""From an adjoint that arrives and what the right pass makes of it, to what the faulty pass makes of it.

None drops it: nothing is handed on."""


def argument(node: Apply, at: int) -> Site:
    """The site where a node's adjoint is handed on to its argument number `at`."""
    return ("argument", node, at)


def arrival(name: str) -> Site:
    """The site where the adjoint of a quantity is complete."""
    return ("arrival", name)


def path(source: str, target: str) -> Site:
    """The site where one quantity contributes to the adjoint of another."""
    return ("path", source, target)


RESULT: Site = ("result",)
"""The site where the finished derivative is written down."""


class FaultyBackprop(Backprop):
    """A backward pass with changes at some sites."""

    def __init__(self, model: Mapping[str, Quantity], changes: Mapping[Site, Change]) -> None:
        super().__init__(model)
        self._changes = changes

    def _vjp(self, vjp: Vjp, adjoint: Expression, node: Apply) -> tuple[Expression | None, ...]:
        parts = super()._vjp(vjp, adjoint, node)
        return tuple(
            self._changed(argument(node, at), adjoint, part) for at, part in enumerate(parts)
        )

    def _arrived(self, name: str, adjoint: Expression) -> Expression:
        changed = self._changed(arrival(name), adjoint, super()._arrived(name, adjoint))
        return adjoint if changed is None else changed

    def _handed_on(self, source: str, parts: Adjoints) -> Adjoints:
        changed = {
            name: self._changed(path(source, name), part, part) for name, part in parts.items()
        }
        return {name: part for name, part in changed.items() if part is not None}

    def _changed(
        self, site: Site, adjoint: Expression, right: Expression | None
    ) -> Expression | None:
        change = self._changes.get(site)
        return right if change is None or right is None else change(adjoint, right)


@dataclass
class Trace(Backprop):
    """A right backward pass that remembers where it went.

    `nodes` are the applications that were passed, `sources` the quantities that contribute to the
    adjoint of each name, in the order of the pass.
    """

    model: Mapping[str, Quantity]
    nodes: list[Apply] = field(default_factory=list)
    sources: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.model)

    def _vjp(self, vjp: Vjp, adjoint: Expression, node: Apply) -> tuple[Expression | None, ...]:
        if node not in self.nodes:
            self.nodes.append(node)
        return super()._vjp(vjp, adjoint, node)

    def _handed_on(self, source: str, parts: Adjoints) -> Adjoints:
        for name in parts:
            known = self.sources.setdefault(name, [])
            if source not in known:
                known.append(source)
        return parts


@dataclass(frozen=True)
class Pass:
    """The right backward pass of a question, as mistakes look at it.

    `result` is the reference; `nodes` and `sources` are empty if the author wrote it down instead.
    """

    question: Question
    result: Expression
    nodes: Sequence[Apply] = ()
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def model(self) -> Mapping[str, Quantity]:
        """The forward model."""
        return self.question.scope.model

    def output(self, node: Apply) -> Expression:
        """What a node computes, by the name that the model has for it."""
        for quantity in self.model.values():
            if quantity.definition == node:
                return Symbol(quantity.name, quantity.shape)
        return node

    def named(self) -> list[Symbol]:
        """Every symbol and quantity that has a value of its own."""
        known = self.question.scope.names.symbols
        losses = {q.name for q in self.model.values() if q.definition is None}
        return [symbol for symbol in known.values() if symbol.name not in losses]


def traced(question: Question, result: Expression) -> Pass:
    """The right backward pass of a question whose reference is `result`."""
    if question.of is None or question.wrt is None or question.reference is not None:
        return Pass(question, result)
    trace = Trace(question.scope.model)
    trace.derivative(question.of, question.wrt)
    return Pass(question, result, tuple(trace.nodes), trace.sources)


def mutant(passed: Pass, changes: Sequence[Mapping[Site, Change]]) -> Expression | None:
    """The derivative that a backward pass with all these changes gives.

    None if they do not go together: shapes that do not fit, two changes at one site of the pass.
    """
    question = passed.question
    within: dict[Site, Change] = {}
    for change in changes:
        sites = change.keys() - {RESULT}
        if sites & within.keys():
            return None
        within.update((site, change[site]) for site in sites)
    try:
        result: Expression | None = passed.result
        if within and question.of is not None and question.wrt is not None:
            faulty = FaultyBackprop(passed.model, within)
            result = in_layout(question, faulty.derivative(question.of, question.wrt))
        for change in changes:
            if RESULT in change and result is not None:
                result = change[RESULT](passed.result, result)
    except (GraderError, ValueError):
        return None
    return result
