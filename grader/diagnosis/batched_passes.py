"""Many faulty backward passes at once, evaluated quantity by quantity.

A thousand faulty passes agree almost everywhere: at each quantity there are a few ways to go wrong, and
a few adjoints that may arrive. So each way is evaluated once, on a stack of all adjoints that arrive
there, and each pass only keeps the number of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.faulty_pass import (
    RESULT,
    Change,
    FaultyBackprop,
    Pass,
    Site,
    arrival,
    leading,
)
from grader.diagnosis.mistake import MadeMistake
from grader.errors import GraderError
from grader.evaluation import Evaluator
from grader.expression import SCALAR, Apply, Expression, Index, Item, Symbol
from grader.key import QuestionKey, in_layout
from grader.primitives import Array
from grader.primitives.build import item

HELD = "the adjoint"  # no problem can declare this name
MOST_AT_ONCE = 100_000  # numbers of one array: far below what evaluation refuses
ABSENT = -1

Numbers = NDArray[np.intp]
Way = tuple[int, ...]


@dataclass
class Arriving:
    """The different adjoints that arrive at a quantity, and the number of each pass's own.

    `values` are (adjoints, draws, rows, columns); `own` is `ABSENT` for passes without one.
    """

    values: Array
    own: Numbers


@dataclass
class Parts:
    """The contributions of other quantities to one adjoint: their values, and each pass's own."""

    arrays: list[Array] = field(default_factory=list)
    owns: list[Numbers] = field(default_factory=list)

    def added_up(self) -> Arriving:
        """The sum of all parts of an adjoint."""
        columns, own = np.unique(np.stack(self.owns, axis=1), axis=0, return_inverse=True)
        shape = (len(columns), *self.arrays[0].shape[1:])
        values = np.zeros(shape)
        for array, chosen in zip(self.arrays, columns.T, strict=True):
            there = chosen != ABSENT
            values[there] += array[chosen[there]]
        absent = (columns == ABSENT).all(axis=1)
        own = own.reshape(-1)
        return Arriving(values, np.where(absent[own], ABSENT, own))


class Stacked:
    """The values of faulty passes of one question, for mistakes that are made on the way back."""

    def __init__(self, key: QuestionKey, passed: Pass) -> None:
        self._key = key
        self._passed = passed
        self._count = 0
        self._given: Mapping[str, Array] = {}
        self._wrt = _base(passed.question.wrt)
        self._within: dict[int, dict[str, dict[Site, Change]]] = {}
        self._steps: dict[tuple[str, Way], Mapping[str, Expression] | None] = {}
        self._faults: dict[int, MadeMistake] = {}
        self._leads = leading(passed.model, self._wrt.name)
        self._order = [name for name in reversed(list(passed.model)) if name in self._leads]

    def on(self, key: QuestionKey) -> "Stacked":
        """The same passes on the draws of another key; what quantities hand on is known already."""
        other = copy(self)
        other._key = key
        return other

    def work(self, faults: Sequence[MadeMistake]) -> int:
        """How many steps must be evaluated only because these mistakes are made together."""
        within = [self._local(fault).keys() for fault in faults]
        return sum(len(one & other) for at, one in enumerate(within) for other in within[:at])

    def values(
        self, passes: Sequence[tuple[MadeMistake, ...]], draws: int
    ) -> tuple[Array, Numbers]:
        """The different results on some draws, (results, draws, rows, columns), and each pass's own.

        `ABSENT` for a pass that makes no sense: shapes that do not fit, two changes at one place.
        """
        self._count = min(draws, self._key.draws.count)
        self._given = self._key.draws.part(slice(self._count)).values
        possible = np.ones(len(passes), dtype=np.bool_)
        reached: dict[str, Parts] = {self._passed_from: self._start(len(passes))}
        for name in self._order:
            if name in reached and name != self._wrt.name:
                arriving = reached.pop(name).added_up()
                self._through(name, arriving, passes, reached, possible)
        if self._wrt.name not in reached:
            return np.zeros((0, self._count, *self._key.grid)), np.full(len(passes), ABSENT)
        arriving = reached[self._wrt.name].added_up()
        return self._laid_out(arriving.values), np.where(possible, arriving.own, ABSENT)

    @property
    def _passed_from(self) -> str:
        assert isinstance(self._passed.question.of, Symbol)
        return self._passed.question.of.name

    def _start(self, passes: int) -> Parts:
        return Parts([np.ones((1, self._count, 1, 1))], [np.zeros(passes, dtype=np.intp)])

    # One quantity

    def _through(
        self,
        name: str,
        arriving: Arriving,
        passes: Sequence[tuple[MadeMistake, ...]],
        reached: dict[str, Parts],
        possible: NDArray[np.bool_],
    ) -> None:
        """Pass on the adjoints that arrive at a quantity, in every way that some pass takes there."""
        found: dict[str, tuple[list[Array], Numbers]] = {}
        for way, rows in self._ways(name, passes, arriving.own).items():
            step = self._step(name, way)
            if step is None:
                possible[rows] = False
                continue
            chosen, own = np.unique(arriving.own[rows], return_inverse=True)
            for target, part in step.items():
                try:
                    array = self._evaluated(part, arriving.values[chosen])
                except (GraderError, ValueError, IndexError):
                    possible[rows] = False
                    continue
                arrays, owns = found.setdefault(target, ([], np.full(len(passes), ABSENT)))
                owns[rows] = own.reshape(-1) + sum(map(len, arrays))
                arrays.append(array)
        for target, (arrays, owns) in found.items():
            parts = reached.setdefault(target, Parts())
            parts.arrays.append(np.concatenate(arrays))
            parts.owns.append(owns)

    def _ways(
        self, name: str, passes: Sequence[tuple[MadeMistake, ...]], own: Numbers
    ) -> dict[Way, Numbers]:
        """The passes by their mistakes at a quantity, without those in which no adjoint arrives."""
        found: dict[Way, list[int]] = {}
        for row in np.flatnonzero(own != ABSENT).tolist():
            way = tuple([id(fault) for fault in passes[row] if name in self._local(fault)])
            found.setdefault(way, []).append(row)
        return {way: np.array(rows) for way, rows in found.items()}

    def _step(self, name: str, way: Way) -> Mapping[str, Expression] | None:
        if (name, way) not in self._steps:
            self._steps[name, way] = self._taken(name, way)
        return self._steps[name, way]

    def _taken(self, name: str, way: Way) -> Mapping[str, Expression] | None:
        """What a quantity passes on of the adjoint `HELD`, in one way; None if the way makes no sense."""
        changes: dict[Site, Change] = {}
        for one in way:
            more = self._within[one][name]
            if changes.keys() & more.keys():
                return None
            changes.update(more)
        adjoint = Symbol(HELD, self._passed.model[name].shape)
        try:
            return FaultyBackprop(self._passed.model, changes).step(name, adjoint, self._leads)
        except (GraderError, ValueError):
            return None

    def _local(self, fault: MadeMistake) -> dict[str, dict[Site, Change]]:
        """The changes of a mistake, by the quantity in which each is made."""
        if id(fault) not in self._within:
            self._faults[id(fault)] = fault  # keeps it alive, so that its id stays unique
            self._within[id(fault)] = dict(self._by_quantity(fault.way.changes))
        return self._within[id(fault)]

    def _by_quantity(
        self, changes: Mapping[Site, Change]
    ) -> Iterator[tuple[str, dict[Site, Change]]]:
        for name in self._order:
            found = {site: change for site, change in changes.items() if self._is_in(name, site)}
            if found:
                yield name, found

    def _is_in(self, name: str, site: Site) -> bool:
        match site:
            case ("argument", Apply() as node, int()):
                return name in self._passed.nodes.get(node, ())
            case ("path", source, str()):
                return bool(source == name)
            case _:
                return site == arrival(name)

    # Values

    def _evaluated(self, part: Expression, adjoints: Array) -> Array:
        """What is passed on for each of the adjoints that arrive: they lie along an index's axis."""
        size = part.shape[0] * part.shape[1] + adjoints[0, 0].size
        most = max(1, MOST_AT_ONCE // (self._count * size))
        found = [
            self._chunk(part, adjoints[at : at + most]) for at in range(0, len(adjoints), most)
        ]
        return np.concatenate(found)

    def _chunk(self, part: Expression, adjoints: Array) -> Array:
        values = {**self._given, HELD: adjoints}
        index = Index(HELD, 1, len(adjoints))
        with np.errstate(all="ignore"):
            value = Evaluator(values, self._key.backprop.lower, (index,))(part)
        return np.broadcast_to(value, (len(adjoints), self._count, *part.shape))

    def _laid_out(self, adjoints: Array) -> Array:
        """Finished derivatives in the layout of the question: (adjoints, draws, rows, columns)."""
        wrt = self._passed.question.wrt
        held: Expression = Symbol(HELD, self._wrt.shape)
        if isinstance(wrt, Item):
            held = item(held, wrt.row, wrt.column)
        node = in_layout(self._passed.question, held)
        most = max(1, MOST_AT_ONCE // (self._count * adjoints[0, 0].size))
        found = [
            self._key.laid_out(node, {HELD: np.concatenate(part)}, self._count * len(part))
            for part in (adjoints[at : at + most] for at in range(0, len(adjoints), most))
        ]
        return np.concatenate(found).reshape(len(adjoints), self._count, *self._key.grid)


def _base(wrt: Expression | None) -> Symbol:
    base = wrt.base if isinstance(wrt, Item) else wrt
    assert isinstance(base, Symbol)
    return base


def is_stackable(passed: Pass) -> bool:
    """Whether a pass leads from a single number back to a name, or to entries of it."""
    of = passed.question.of
    return bool(passed.nodes) and isinstance(of, Symbol) and of.shape == SCALAR


def is_on_the_way(fault: MadeMistake) -> bool:
    """Whether a mistake is made during the backward pass, and not in the finished derivative."""
    return RESULT not in fault.way.changes
