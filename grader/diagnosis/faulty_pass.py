"""Faulty backward passes: a backward pass through a model with errors at chosen sites.

A mistake names the sites of a pass that it changes, and the changes. The right pass is traced once to
find the sites. Each faulty pass is the same walk with changes, so it works for any model.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.backprop import Adjoints, Backprop
from grader.diagnosis.entrywise import Entrywise, entrywise
from grader.errors import GraderError
from grader.expression import Apply, Expression, Symbol, mentions, symbols_in
from grader.key import in_layout
from grader.primitives.registry import Vjp
from grader.problem import Question
from grader.problem.model import Quantity

Site = Hashable
Change = Callable[[Expression, Expression], Expression | None]
"""From the adjoint that arrives and the right pass's result to the faulty pass's result.

None drops it: nothing is passed on."""


def argument(node: Apply, at: int) -> Site:
    """The site where a node's adjoint is passed on to its argument number `at`."""
    return ("argument", node, at)


def arrival(name: str) -> Site:
    """The site where the adjoint of a quantity is complete."""
    return ("arrival", name)


def path(source: str, target: str) -> Site:
    """The site where one quantity contributes to the adjoint of another."""
    return ("path", source, target)


RESULT: Site = ("result",)
"""The site where the finished derivative is written down."""


class DirectBackprop(Backprop):
    """A backward pass that only follows the paths to the variable.

    The derivative is the same: the other adjoints would be thrown away at the end.
    """

    _leading: frozenset[str] = frozenset()

    def _gradient(self, of: Expression, wrt: Symbol) -> Expression:
        outer, self._leading = self._leading, leading(self._model, wrt.name)
        try:
            return super()._gradient(of, wrt)
        finally:
            self._leading = outer

    def _pull(self, node: Expression, adjoint: Expression, adjoints: Adjoints) -> None:
        if mentions(node, self._leading):
            super()._pull(node, adjoint, adjoints)

    def _handed_on(self, source: str, parts: Adjoints) -> Adjoints:
        return {name: part for name, part in parts.items() if name in self._leading}


def leading(model: Mapping[str, Quantity], wrt: str) -> frozenset[str]:
    """The quantities that are computed from `wrt`, and `wrt` itself."""
    found = {wrt}
    for quantity in model.values():
        names = symbols_in(quantity.definition) if quantity.definition is not None else set()
        if not found.isdisjoint(names | quantity.upstream.keys()):
            found.add(quantity.name)
    return frozenset(found)


class FaultyBackprop(DirectBackprop):
    """A backward pass with changes at some sites."""

    def __init__(self, model: Mapping[str, Quantity], changes: Mapping[Site, Change]) -> None:
        super().__init__(model)
        self._changes = changes

    def step(self, name: str, adjoint: Expression, leads: frozenset[str]) -> Adjoints:
        """The adjoints that one quantity passes on to those in `leads`, if `adjoint` arrives at it."""
        self._leading = leads
        adjoints: Adjoints = {}
        self._through(self._model[name], self._arrived(name, adjoint), adjoints)
        return adjoints

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
            name: self._changed(path(source, name), part, part)
            for name, part in super()._handed_on(source, parts).items()
        }
        return {name: part for name, part in changed.items() if part is not None}

    def _changed(
        self, site: Site, adjoint: Expression, right: Expression | None
    ) -> Expression | None:
        change = self._changes.get(site)
        return right if change is None or right is None else change(adjoint, right)


@dataclass
class Trace(DirectBackprop):
    """A right backward pass that remembers its path.

    `nodes` are the applications on it, each with the quantities that contain it; `sources` are the
    quantities that contribute to the adjoint of each name, in the order of the pass.
    """

    model: Mapping[str, Quantity]
    nodes: dict[Apply, set[str]] = field(default_factory=dict)
    sources: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.model)
        self._at = ""

    def _through(self, quantity: Quantity, adjoint: Expression, adjoints: Adjoints) -> None:
        self._at = quantity.name
        super()._through(quantity, adjoint, adjoints)

    def _vjp(self, vjp: Vjp, adjoint: Expression, node: Apply) -> tuple[Expression | None, ...]:
        self.nodes.setdefault(node, set()).add(self._at)
        return super()._vjp(vjp, adjoint, node)

    def _handed_on(self, source: str, parts: Adjoints) -> Adjoints:
        handed_on = super()._handed_on(source, parts)
        for name in handed_on:
            known = self.sources.setdefault(name, [])
            if source not in known:
                known.append(source)
        return handed_on


@dataclass(frozen=True)
class Pass:
    """The right backward pass of a question, in which mistakes find their sites.

    `result` is the reference, and `written` the reference as people write it. `nodes` and `sources` are
    those of `Trace`; they are empty if the author wrote the reference.
    """

    question: Question
    result: Expression
    written: Expression
    nodes: Mapping[Apply, Collection[str]] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _views: dict[int, tuple[Expression, Entrywise]] = field(default_factory=dict, repr=False)

    def view(self, result: Expression) -> Entrywise:
        """A derivative entry by entry, cached for the next mistake in it."""
        if id(result) not in self._views:
            self._views[id(result)] = result, entrywise(self.question, result)
        return self._views[id(result)][1]

    @property
    def model(self) -> Mapping[str, Quantity]:
        """The forward model."""
        return self.question.scope.model

    def output(self, node: Apply) -> Expression:
        """A node, as the quantity of the model that it computes if there is one."""
        for quantity in self.model.values():
            if quantity.definition == node:
                return Symbol(quantity.name, quantity.shape)
        return node

    def named(self) -> list[Symbol]:
        """Every symbol and quantity that has a value of its own."""
        known = self.question.scope.names.symbols
        losses = {q.name for q in self.model.values() if q.definition is None}
        return [symbol for symbol in known.values() if symbol.name not in losses]


def traced(question: Question, result: Expression, simple: Expression | None = None) -> Pass:
    """The right backward pass of a question with the reference `result`, or `simple` as people write it."""
    written = result if simple is None else simple
    if question.of is None or question.wrt is None or question.reference is not None:
        return Pass(question, result, written)
    trace = Trace(question.scope.model)
    trace.derivative(question.of, question.wrt)
    return Pass(question, result, written, trace.nodes, trace.sources)


def derived(passed: Pass, changes: Sequence[Mapping[Site, Change]]) -> Expression | None:
    """The derivative by a backward pass with all changes, except those of the finished derivative.

    None if the changes do not fit together: wrong shapes, or two changes at one site.
    """
    question = passed.question
    within: dict[Site, Change] = {}
    for change in changes:
        sites = change.keys() - {RESULT}
        if sites & within.keys():
            return None
        within.update((site, change[site]) for site in sites)
    if not within or question.of is None or question.wrt is None:
        return passed.result
    try:
        faulty = FaultyBackprop(passed.model, within)
        return in_layout(question, faulty.derivative(question.of, question.wrt))
    except (GraderError, ValueError):
        return None


def rearranged(
    passed: Pass, result: Expression | None, changes: Sequence[Mapping[Site, Change]]
) -> Expression | None:
    """A finished derivative with the changes at `RESULT`, one after the other; None if they do not fit."""
    try:
        for change in changes:
            if RESULT in change and result is not None:
                result = change[RESULT](passed.result, result)
    except (GraderError, ValueError):
        return None
    return result


def mutant(passed: Pass, changes: Sequence[Mapping[Site, Change]]) -> Expression | None:
    """The derivative with all these changes; None if they do not fit together."""
    return rearranged(passed, derived(passed, changes), changes)
