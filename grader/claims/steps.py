"""A student's own steps: derivatives that the paper derives but no question asks for.

An answer in terms of `∂l/∂z¹` is graded with the student's own `∂l/∂z¹`, since the true value would hide
a mistake in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.claims.claim import Claim
from grader.errors import StudentError, Unreadable
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Number,
    Selector,
    Slice,
    shape_text,
    substitute_all,
    transform,
    walk,
)
from grader.notation import Names, Reading
from grader.primitives.build import item, tabulate, transpose
from grader.problem.model import bases

DEPTH_LIMIT = 12  # steps that rest on each other
SIZE_LIMIT = 4_000  # nodes of an answer with its steps put in
ONE = Number(1.0)
_ALONE = Index("", 1, 1)

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PaperSteps:
    """The equations of a paper whose left side is a derivative, apart from the answer itself.

    `asked` are the derivatives with their true values: those of other questions, which are graded
    there, and upstream gradients.
    """

    claims: tuple[Claim, ...]
    names: Names
    asked: frozenset[Pair]

    @property
    def own(self) -> frozenset[Pair]:
        """The derivatives of the paper that no question asks for."""
        pairs = (_pair(entry.derivative) for entry in self.claims if entry.derivative is not None)
        return frozenset(pair for pair in pairs if pair is not None and pair not in self.asked)

    @property
    def key(self) -> tuple[object, ...]:
        """What the result of an answer with steps depends on."""
        own = self.own
        return tuple(
            (entry.formula.text, entry.equation.span if entry.equation else None)
            for entry in self.claims
            if own and entry.derivative is not None and _pair(entry.derivative) in own
        )

    def put_in(self, reading: Reading) -> Reading:
        """An answer with the student's own values substituted for derivatives that no question asks for.

        Raises Unreadable if a step that it rests on cannot be read.
        """
        if not any(self._rests_on(part) for part in walk(reading.node)):
            return reading
        node = self._replaced(reading.node, 0)
        kept = [part for part in reading.derivatives if not self._rests_on(part)]
        found = [part for part in walk(node) if isinstance(part, Derivative) or _is_primed(part)]
        return replace(reading, node=node, derivatives=(*kept, *found))

    def _rests_on(self, part: Expression) -> bool:
        return isinstance(part, Derivative) and self._step(part) is not None

    def _step(self, term: Derivative) -> Claim | None:
        """The last equation that works out a derivative, if no question asks for it."""
        pair = _pair(term)
        if pair is None or pair in self.asked:
            return None
        for entry in reversed(self.claims):
            left = entry.derivative
            if left is not None and _pair(left) == pair and _letters(left, term) is not None:
                return entry
        return None

    def _replaced(self, node: Expression, depth: int) -> Expression:
        def change(part: Expression) -> Expression:
            if not isinstance(part, Derivative):
                return part
            step = self._step(part)
            if step is None:
                return part
            if depth >= DEPTH_LIMIT:
                raise Unreadable("the steps of this paper depend on each other in a circle")
            return self._replaced(self._value(step, part), depth + 1)

        result = transform(node, change)
        if sum(1 for _ in walk(result)) > SIZE_LIMIT:
            raise Unreadable("the answer is too long with the steps of this paper substituted")
        return result

    def _value(self, step: Claim, term: Derivative) -> Expression:
        """The value of a step for a term: the whole, an entry, or the array of its entries."""
        assert step.derivative is not None
        left = step.derivative
        letters = [index for index in _selectors(left) if isinstance(index, Index)]
        names = self.names.with_definitions(step.definitions)
        names = names.with_indices((), {index.name: index for index in letters})
        try:
            reading = step.read(names)
        except StudentError as error:
            raise self._unreadable(step, error.message) from error
        if reading.extents:
            raise self._unreadable(step, "it is not clear where the argument of its function ends")
        value = reading.node
        bound = _letters(left, term)
        assert bound is not None
        if value.shape == SCALAR or left.shape == SCALAR:
            value = substitute_all(
                value, {name: s for name, s in bound.items() if not isinstance(s, Slice)}
            )
        return self._laid_out(value, left, term, step)

    def _laid_out(
        self, value: Expression, left: Derivative, term: Derivative, step: Claim
    ) -> Expression:
        if value.shape == term.shape:
            return value
        if 1 in value.shape and value.shape == term.shape[::-1]:
            return transpose(value)
        loose = [index for index in _selectors(left) if isinstance(index, Index)]
        if term.shape != SCALAR and value.shape == SCALAR and 1 <= len(loose) <= 2:
            row, column = loose[0], loose[1] if len(loose) == 2 else _ALONE
            return tabulate(value, row, column)
        chosen = _selectors(term)
        if term.shape == SCALAR and value.shape == left.shape and chosen:
            return _entry(value, term, chosen)
        reason = f"it is {shape_text(value.shape)}, the derivative is {shape_text(term.shape)}"
        raise self._unreadable(step, reason)

    def _unreadable(self, step: Claim, why: str) -> Unreadable:
        line = step.place().line
        message = f"the answer uses the step in line {line}, which cannot be read: {why}"
        return Unreadable(message, hint="a person will look at it", code="step-unreadable")


def _pair(term: Derivative) -> Pair | None:
    """The names (of, wrt) of a derivative; None for an expression."""
    pair = bases(term.of, term.wrt)
    return pair if all(pair) else None


def _is_primed(part: Expression) -> bool:
    return isinstance(part, Apply) and part.function.endswith("'")


def _selectors(term: Derivative) -> list[Selector]:
    """The indices of a term that tell entries apart: those of thin axes are left out."""
    return [*_of(term.of), *_of(term.wrt)]


def _of(node: Expression) -> Iterator[Selector]:
    if isinstance(node, Item):
        rows, columns = node.base.shape
        if rows > 1 or columns == 1:
            yield node.row
        if columns > 1:
            yield node.column


def _letters(left: Derivative, term: Derivative) -> dict[str, Selector] | None:
    """The indices of a term for the letters of a step; None if the step is about other entries."""
    bound: dict[str, Selector] = {}
    for mine, theirs in ((left.of, term.of), (left.wrt, term.wrt)):
        ours, given = list(_of(mine)), list(_of(theirs))
        if not ours or not given:
            if not all(isinstance(one, Index) for one in ours):
                return None
            continue
        for one, other in zip(ours, given, strict=True):
            meant = bound.setdefault(one.name, other) if isinstance(one, Index) else one
            if meant != other:
                return None  # of ∂p_k/∂z_k nothing follows for ∂p_i/∂z_j
    return bound


def _entry(value: Expression, term: Derivative, chosen: Sequence[Selector]) -> Expression:
    """The entry of a gradient or a Jacobian that a term asks for."""
    if len(chosen) == 2:
        return item(value, *chosen)
    tall = value.shape[1] == 1
    return item(value, chosen[0], ONE) if tall else item(value, ONE, chosen[0])
