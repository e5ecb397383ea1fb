"""Running a program on the draws: what each of its names holds on all of them, and how noisy that is."""

import ast
import itertools
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.draws import Draws, modelled
from grader.evaluation import DISTURBANCE, ROUNDOFF, Disturbance
from grader.grading.program_values import ProgramValues, is_right, laid_out, stacked
from grader.key import Key, QuestionKey
from grader.primitives import Array
from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.given import USUAL, Given, Inputs, Layout, Lines
from grader.program.machine import compiled
from grader.program.packing import Packed
from grader.program.running import Held, Ran, run
from grader.program.source import parse
from grader.program.values import Unknown
from grader.submission import Listing

_SECONDS = 5.0  # processor time for one listing
_SECONDS_A_DRAW = 0.15


def time_for_one(questions: Iterable[QuestionKey]) -> Budget:
    """The time that all runs of one listing may take; an author who asks for many draws waits longer."""
    draws = max([key.draws.count for key in questions], default=0)
    return Budget(until=time.process_time() + _SECONDS + draws * _SECONDS_A_DRAW)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What a name holds on every draw; `values` is None unless these are numbers of one shape.

    `earlier` are its values before the program updated the weights.
    """

    held: Held
    values: ProgramValues | None
    earlier: ProgramValues | None = None
    fault: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Runs:
    """A program run on every draw in one way: the first run, and the names with their values."""

    first: Ran
    series: Mapping[tuple[str, str], Series]


class ProgramRuns:
    """One program and its runs with the names of one scope.

    Raises Refused if its text is no program, or when it has used up its time.
    """

    def __init__(self, first: QuestionKey, listing: Listing, budget: Budget) -> None:
        """`first` is some question of the scope."""
        self._budget = budget
        self.inputs = Inputs(first.question.scope, first.draws, first.backprop)
        names = self.inputs.names
        self.program = compiled(with_shown(listing), names.spelled_in(listing.text))
        self._known: dict[object, Runs] = {}
        self._settings: frozenset[int] = frozenset()
        first_run = self._once(self.inputs, 0, USUAL, False)
        if first_run.given.replaced and first_run.given.changes:
            self._settings = self._lines.settings  # the program has its own data, and its own sizes

    def on_draws(self, layout: Layout = USUAL, *, is_pinned: bool = False, count: int = 0) -> Runs:
        """The program on the draws, on the first `count` of them if that is given."""
        remembered = (layout, is_pinned, count)
        if remembered not in self._known:
            self._known[remembered] = self._run(self.inputs, layout, is_pinned, count)
        return self._known[remembered]

    @cached_property
    def _defined(self) -> frozenset[str]:
        """The names that the top level of the program gives a value, or a part of one."""
        targets = [one.path for one in self.program.targets if not one.scope]
        return frozenset([re.split(r"[.\[]", path)[0] for path in targets])

    @cached_property
    def _packed(self) -> Packed:
        return Packed(self.program.tree)

    @cached_property
    def _lines(self) -> Lines:
        """The lines that use no given array."""
        free: set[int] = set()
        data: set[int] = set()
        settings: set[int] = set()
        for node in ast.walk(self.program.tree):
            match node:
                case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                    pass
                case ast.For(iter=value):
                    pass
                case ast.ImportFrom():
                    free.add(node.lineno)
                    continue
                case _:
                    continue
            if self._uses_arrays(value):
                continue
            free.add(node.lineno)
            if isinstance(node, ast.For):
                continue
            settings.add(node.lineno)
            if any(isinstance(one, ast.Call) for one in ast.walk(value)):
                data.add(node.lineno)
        return Lines(frozenset(free), frozenset(data), frozenset(settings))

    def _uses_arrays(self, value: ast.expr) -> bool:
        """Whether an expression uses declared names other than sizes, or derivatives."""
        names, sizes = self.inputs.names, self.inputs.scope.names.dimensions
        for node in ast.walk(value):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    meaning = names.meaning(name)
                    if meaning is not None and meaning.name not in sizes:
                        return True
                    if names.derivative(name) is not None:
                        return True
        return False

    def _once(self, inputs: Inputs, draw: int, layout: Layout, is_pinned: bool) -> Ran:
        """One run. Raises Refused if the listing has used up its time."""
        self._budget.check_clock()
        budget = Budget(until=self._budget.until)
        given = Given(
            inputs,
            draw,
            layout,
            self._defined,
            self._lines,
            self._settings,
            self._packed,
            is_pinned,
        )
        return run(self.program, given, budget)

    def _run(self, inputs: Inputs, layout: Layout, is_pinned: bool, count: int) -> Runs:
        total = count or inputs.draws.count
        held: dict[tuple[str, str], list[tuple[Held, Held | None]]] = {}
        first = self._once(inputs, 0, layout, is_pinned)
        for draw in range(total):
            ran = self._once(inputs, draw, layout, is_pinned) if draw else first
            for one in ran.held():
                held.setdefault(one.place, []).append((one, ran.outdated(one)))
        return Runs(first, {place: _series(ones, total) for place, ones in held.items()})

    @cached_property
    def _disturbed(self) -> Inputs:
        """The inputs, each moved a little, for the noise of the program."""
        scope, draws, lower = self.inputs.scope, self.inputs.draws, self.inputs.backprop.lower
        disturb = Disturbance()
        symbols = {}
        for name in scope.symbols:
            array = draws.values[name]
            is_smooth = not np.equal(array, np.round(array)).all()
            symbols[name] = array * disturb.factors(array.shape) if is_smooth else array
        moved = modelled(scope, symbols, draws.count, lower)
        return Inputs(scope, Draws(moved.values, draws.count), self.inputs.backprop)

    def noise(self, key: QuestionKey, series: Series, layout: Layout, got: Array) -> Array:
        """The rounding noise of a name's values, by the values for inputs that are moved a little."""
        if len(got) < self.inputs.draws.count:
            return np.zeros_like(got)
        remembered = ("disturbed", layout)
        if remembered not in self._known:
            self._known[remembered] = self._run(self._disturbed, layout, False, 0)
        other = self._known[remembered].series.get(series.held.place)
        moved = laid_out(key, other.values) if other is not None and other.values else None
        if moved is None:
            return np.zeros_like(got)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.abs(moved - got) * (ROUNDOFF / DISTURBANCE))

    def is_right(self, key: QuestionKey, series: Series, layout: Layout) -> bool:
        """Whether a name's value is right, in the end or before the program updated the weights."""
        return any(
            values is not None and self._are_right(key, series, values, layout)
            for values in (series.values, series.earlier)
        )

    def _are_right(
        self, key: QuestionKey, series: Series, values: ProgramValues, layout: Layout
    ) -> bool:
        count = len(values.array)
        if count < len(key.expected):
            key = replace(key, expected=key.expected[:count], noise=key.noise[:count])
        got = laid_out(key, values)
        if got is None:
            return False
        return is_right(key, values, lambda: self.noise(key, series, layout, got))


def _series(ones: Sequence[tuple[Held, Held | None]], total: int) -> Series:
    """The values of one name over all draws."""
    faults = [one.value for one, _ in ones if isinstance(one.value, Unknown)]
    values = stacked([one.value for one, _ in ones]) if len(ones) == total and not faults else None
    before = [one.value for _, one in ones if one is not None]
    earlier = stacked(before) if len(before) == total else None
    return Series(ones[0][0], values, earlier, faults[0] if faults else None)


def first_run(key: Key, listing: Listing) -> Ran | None:
    """A program run on the first draw with the names of the first questions; None if it cannot be read."""
    try:
        runs = ProgramRuns(
            next(iter(key.questions.values())), listing, time_for_one(key.questions.values())
        )
        return runs.on_draws(count=1).first
    except Refused:
        return None


def with_shown(listing: Listing) -> str:
    """The text of a program, where the value that a cell or fence shows at its end has a name."""
    text = listing.text
    try:
        body = parse(text).body
    except Refused:
        return text
    lines = text.split("\n")
    for _, group in itertools.groupby(body, lambda node: listing.piece_at(node.lineno)[0]):
        *_, last = group
        if _is_shown(last):
            lines[last.lineno - 1] = f"shown_{last.lineno} = {lines[last.lineno - 1]}"
    return "\n".join(lines)


def _is_shown(node: ast.stmt) -> bool:
    """Whether a statement of the top level is an expression whose value says something."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr(value=ast.Call(func=func)):
            return node.col_offset == 0 and called_name(func) not in _SAYS
        case ast.Expr():
            return node.col_offset == 0
    return False


_SAYS = frozenset({"print", "display", "show", "plot", "append", "seed", "backward", "step"})


def called_name(node: ast.expr) -> str:
    """The name of the function or method of a call."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
