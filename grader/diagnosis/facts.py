"""Facts about a wrong answer that no mistake of the catalogue explains."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from grader.diagnosis.fingerprints import NEAR, Mask, named_factor, ratio, same
from grader.diagnosis.sentences import constant_message, printed, times_text
from grader.draws import kinks, modelled, per_draw
from grader.errors import GraderError
from grader.expression import Derivative, Expression, Symbol, branches
from grader.key import QuestionKey
from grader.primitives import Array
from grader.result import Kind, Message

TRIED = 8  # draws on which a symbol is replaced to see whether anything changes
MOST_ENTRIES = 4  # entries that get a message of their own
CHANGED = 1e-6  # a part of the largest value of an entry: a smaller change is no dependence
ENOUGH = 4  # draws on each side before a pattern over draws is believed


class Facts:
    """Facts about answers to one question. Facts about the key alone are computed once."""

    def __init__(self, key: QuestionKey) -> None:
        self._key = key

    def of(
        self, node: Expression | None, got: Array, right: Mask, notation: str
    ) -> tuple[Message, ...]:
        """All facts about an answer with values `got` (draws, rows, columns).

        `right` (rows, columns) marks the right entries; `node` is None for an answer in numbers.
        """
        if not np.isfinite(got).all():
            return ()
        if not got.any():
            return (Message(Kind.NOTE, "the answer is zero on every draw", "zero"),)
        factor = ratio(got, self._key.expected)
        if factor is not None and factor != 1.0:
            return (constant_message(factor),)
        return tuple(
            message
            for source in (self._transposed(got), self._entries(got, ~right), self.rows(right),
                           self._active(got, notation), self._dependence(node, notation))
            for message in source
        )  # fmt: skip

    def _transposed(self, got: Array) -> Iterator[Message]:
        rows, columns = self._key.grid
        if rows == columns > 1 and same(got.swapaxes(1, 2), self._key.expected):
            text = "the answer is transposed, and otherwise right: rows and columns are swapped"
            yield Message(
                Kind.MISTAKE, text, "transposed", None, ("check the layout of the result",)
            )

    def rows(self, right: Mask) -> Iterator[Message]:
        """Which rows or columns are right, if some are and some are not."""
        for axis, what in ((1, "row"), (0, "column")):
            whole = right.all(axis=axis)
            if right.shape[1 - axis] > 1 and whole.any() and not whole.all():
                what = "entry" if 1 in right.shape else what
                text = f"{_listed(what, np.flatnonzero(whole) + 1)} right; " + (
                    f"{_listed(what, np.flatnonzero(~whole) + 1)} not"
                )
                yield Message(Kind.NOTE, text, "entries")
                return

    def _entries(self, got: Array, wrong: Mask) -> Iterator[Message]:
        """Facts about single wrong entries: a constant times the right value, or that of another entry."""
        if wrong.size == 1:
            return
        places = np.argwhere(wrong)[:MOST_ENTRIES]
        rows, columns = places.T
        mine, right = got[:, rows, columns], self._key.expected[:, rows, columns]
        others = np.abs(mine[0][:, None] - self._key.expected[0].reshape(1, -1)) <= NEAR * np.abs(
            mine[0][:, None]
        )
        multiple = _is_multiple(mine, right)
        for at in np.flatnonzero(multiple | others.any(axis=1) | ~mine.any(axis=0)):
            own = int(rows[at]) * self._key.grid[1] + int(columns[at])
            fact = self._entry(mine[:, at], right[:, at], others[at], own)
            if fact is not None:
                place = place_text(rows[at], columns[at], wrong.shape)
                yield Message(Kind.NOTE, f"entry {place} {fact}", "entries")

    def _entry(self, got: Array, right: Array, others: Mask, own: int) -> str | None:
        """The fact about entry number `own`; `others` marks the entries of the reference it may be."""
        if not got.any():
            return "is zero"
        factor = ratio(got, right)
        if factor is not None and factor != 1.0 and named_factor(factor) is not None:
            return f"is {times_text(factor)} what it should be"
        for other in np.flatnonzero(others):
            row, column = divmod(int(other), self._key.grid[1])
            if other != own and same(got, self._key.expected[:, row, column]):
                return (
                    f"has the value that belongs in entry {place_text(row, column, self._key.grid)}"
                )
        return None

    # Right only where a unit is active

    def _active(self, got: Array, notation: str) -> Iterator[Message]:
        """Whether the answer is wrong exactly where a unit of the model is inactive."""
        scale = np.abs(self._key.expected).max(axis=0)
        agrees = np.abs(got - self._key.expected) <= 1e-9 * np.maximum(scale, 1e-300)
        for unit, active in self._units:
            sides, known = self._sides(active, agrees)
            if min(sides.sum(), (~sides).sum()) >= ENOUGH and (sides == known).all():
                where = printed(unit, self._key.question.scope.names, notation)
                text = f"the answer is right only where {where} is positive"
                yield Message(Kind.NOTE, text, "right-only-where-active")
                return

    def _sides(self, active: Array, agrees: Mask) -> tuple[Mask, Mask]:
        """Where a unit is active, and where the answer is right, for each entry that has a unit.

        If entries have no units of their own, for each draw: whether all units are active.
        """
        shape = agrees.shape
        if active.shape[1] == shape[1]:
            return np.broadcast_to((active > 0)[:, :, None], shape), agrees
        if active.shape[1] == shape[2]:
            return np.broadcast_to((active > 0)[:, None, :], shape), agrees
        return np.asarray((active > 0).all(axis=1)), np.asarray(agrees.all(axis=(1, 2)))

    @cached_property
    def _units(self) -> list[tuple[Expression, Array]]:
        """The arguments of kinks in the model, with their values (draws, units)."""
        model = self._key.question.scope.model.values()
        found = kinks([q.definition for q in model if q.definition is not None])
        lower = self._key.backprop.lower
        return [(unit, per_draw(unit, self._key.draws, lower)) for unit in found]

    # Which symbols matter

    def _dependence(self, node: Expression | None, notation: str) -> Iterator[Message]:
        if node is None or self._key.reference is None:
            return
        within = leaves(self._key, node)
        more = within - self._needs
        surplus = more & self.needed_by(node) if more else more
        for names, text in ((self._needs - within, "does not depend on {}, but the right one does"),
                            (surplus, "depends on {}, but the right one does not")):  # fmt: skip
            if names:
                fact = text.format(self._listed(names, notation))
                yield Message(Kind.NOTE, f"the answer {fact}", "dependence")

    def _listed(self, names: set[str], notation: str) -> str:
        scope = self._key.question.scope.names
        chosen = [scope.symbols[name] for name in self._key.question.scope.symbols if name in names]
        texts = [printed(symbol, scope, notation) for symbol in chosen]
        return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"

    @cached_property
    def _needs(self) -> set[str]:
        assert self._key.reference is not None
        return self.needed_by(self._key.reference)

    def needed_by(self, node: Expression) -> set[str]:
        """The symbols that change the value of a node if they get the values of other draws."""
        return {name for name, entries in self.needed_in(node).items() if entries.any()}

    def needed_in(self, node: Expression) -> dict[str, Mask]:
        """For each symbol, the entries (rows, columns) of a node's value that it changes.

        A change that rounding could make, or that is hardly visible, does not count.
        """
        before = self._value(node, set())
        if before is None or not np.isfinite(before).all():
            return {}
        least = CHANGED * np.abs(before).max(axis=0)
        changed = {}
        for name in self._key.question.scope.symbols:
            after = self._value(node, {name})
            if after is not None:
                with np.errstate(invalid="ignore"):
                    changed[name] = np.asarray((np.abs(after - before) > least).any(axis=0))
        return changed

    def _value(self, node: Expression, exchanged: set[str]) -> Array | None:
        try:
            values = self._exchanged(frozenset(exchanged))
            return self._key.laid_out(node, values, min(TRIED, self._key.draws.count))
        except (GraderError, ValueError):
            return None

    def _exchanged(self, names: frozenset[str]) -> Mapping[str, Array]:
        """A few draws, with some symbols taken from other draws, and the model computed again."""
        if names not in self._known:
            scope, draws = self._key.question.scope, self._key.draws
            count = min(TRIED, draws.count)
            symbols = {
                name: np.roll(draws.values[name], int(name in names), axis=0)[:count]
                for name in scope.symbols
            }
            self._known[names] = modelled(scope, symbols, count, self._key.backprop.lower).values
        return self._known[names]

    @cached_property
    def _known(self) -> dict[frozenset[str], Mapping[str, Array]]:
        return {}


def _is_multiple(got: Array, expected: Array) -> Mask:
    """Whether the first two draws allow a constant ratio, for each column of (draws, entries)."""
    crossed = got[0] * expected[1] - got[1] * expected[0]
    size = np.abs(got[0] * expected[1]) + np.abs(got[1] * expected[0])
    return np.asarray(np.abs(crossed) <= NEAR * size)


def place_text(row: int, column: int, shape: tuple[int, ...]) -> str:
    """`[2]` in a vector, `[2, 1]` in a matrix, counted from 1."""
    return f"[{max(row, column) + 1}]" if 1 in shape else f"[{row + 1}, {column + 1}]"


def leaves(key: QuestionKey, node: Expression) -> set[str]:
    """The symbols that an expression depends on, also through quantities of the model."""
    depends = key.question.scope.names.depends
    names: set[str] = set()
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Symbol):
            names.add(part.name)
        elif isinstance(part, Derivative):
            stack.append(key.backprop.lower(part))
        else:
            stack.extend(branches(part))
    found = names.union(*(depends.get(name, ()) for name in names))
    return found & key.question.scope.symbols.keys()


def _listed(what: str, numbers: "np.ndarray") -> str:
    """`row 1 is`, `rows 1 and 3 are`."""
    texts = [str(number) for number in numbers]
    if len(texts) == 1:
        return f"{what} {texts[0]} is"
    several = "entries" if what == "entry" else f"{what}s"
    return f"{several} {', '.join(texts[:-1])} and {texts[-1]} are"
