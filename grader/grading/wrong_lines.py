"""Where a wrong program breaks: the name whose value is wrong, and from which the answer follows.

The derivatives and quantities that a program names have right values. An answer follows from a wrong one
if it gets right on all draws as soon as the program stores the right value there.
"""

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from grader.diagnosis import ratio, same, times_text
from grader.grading.program_runs import Corrections, ProgramRuns, Series
from grader.grading.program_values import ProgramValues, agrees_nearly, is_right, laid_like, stacked
from grader.key import QuestionKey
from grader.primitives import Array
from grader.problem.model import bases
from grader.program.code_names import Pair, is_gradient
from grader.program.errors import Refused
from grader.program.given import Layout
from grader.program.running import ENTRY
from grader.result import Kind, Message
from grader.submission import Listing

_TRIED = 2  # draws on which a correction is tried before it is run on all
_ATTEMPTS = 24  # corrections that are tried for one answer
_SINGLE = 1e-5  # of the largest value: what float32 may differ by
_HINTS = ("a value on the way to this answer is wrong", "print the values on the way")


class _Right(NamedTuple):
    """What a name may stand for: the derivative or the quantity, and its values on all draws."""

    pair: Pair
    values: ProgramValues

    @property
    def text(self) -> str:
        """It in words."""
        of, wrt = self.pair
        return f"the derivative of `{of}` with respect to `{wrt}`" if of else f"`{wrt}`"


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """A name of the program with what it stands for; several if only its values can say.

    `is_right` and `is_wrong` are sure: neither holds for values that agree to a few digits.
    """

    series: Series
    rights: tuple[_Right, ...]
    is_right: bool
    is_wrong: bool
    factor: float | None = None

    @property
    def place(self) -> tuple[str, int]:
        """The name and the line in which it gets its last value."""
        return self.series.held.path, self.series.held.line


_Corrections = tuple[tuple[_Named, _Right, float], ...]
"""Names that get right values, times a constant."""


class WrongLines:
    """Where one program breaks, with vectors and labels in one layout."""

    def __init__(self, runs: ProgramRuns, layout: Layout, listing: Listing) -> None:
        self._runs = runs
        self._layout = layout
        self._listing = listing
        self._all = runs.on_draws(layout)
        self._known: dict[object, Mapping[tuple[str, str], Series]] = {}

    def message(self, key: QuestionKey, answer: Series) -> Message | None:
        """Where the program breaks on its way to a wrong answer; None if that cannot be shown."""
        try:
            text = self._follows(key, answer) or self._made_here(key, answer)
        except Refused:
            return None  # its time is over
        if text is None:
            return None
        return Message(Kind.STEP, text, "step", None, (*_HINTS, text.partition(":")[0]))

    @property
    def unplaced(self) -> frozenset[str]:
        """The names such as `delta1` that have the value of no derivative of the loss."""
        return frozenset([
            one.place[0] for one in self._named
            if one.series.held.derived is None and one.rights[0].pair[0] and not one.is_right
        ])  # fmt: skip

    # What the program names

    @cached_property
    def _named(self) -> tuple[_Named, ...]:
        """The names with right values, in the order of their lines."""
        found = [self._of(one) for one in self._all.series.values() if one.held.rank <= ENTRY]
        known = [one for one in found if one is not None]
        return tuple(sorted(known, key=lambda one: one.series.held.line))

    def _of(self, series: Series) -> _Named | None:
        if series.values is None or not np.isfinite(series.values.array).all():
            return None
        rights = tuple(self._rights(series))
        if not rights:
            return None
        got = [(laid_like(one.values, series.values), one) for one in rights]
        alike = [(right, one) for right, one in got if right is not None]
        tolerance = _SINGLE if series.values.is_single else None
        for right, one in alike:
            if _same(series.values.array, right, tolerance):
                return _Named(series, (one,), True, False)
        if any(agrees_nearly(series.values.array, right) for right, _ in alike):
            return _Named(series, rights, False, False)
        factor = ratio(series.values.array, alike[0][0]) if len(rights) == len(alike) == 1 else None
        return _Named(series, tuple([one for _, one in alike]) or rights, False, True, factor)

    def _rights(self, series: Series) -> Iterator[_Right]:
        """What a name may stand for: a name such as `delta1` for any derivative of the loss."""
        inputs, held = self._runs.inputs, series.held
        loss, model = inputs.loss or "", inputs.scope.model
        pairs: list[Pair] = []
        meaning = inputs.names.meaning(held.path)
        if held.derived is not None:
            pairs = [(held.derived.pair[0] or loss, held.derived.pair[1])]
        elif meaning is not None:
            pairs = [("", meaning.name)] if meaning.name in model else []
        elif is_gradient(held.path):
            pairs = [(loss, name) for name in model if name != loss]
        for pair in pairs:
            values = self._value(pair)
            if values is not None:
                yield _Right(pair, values)

    def _value(self, pair: Pair) -> ProgramValues | None:
        inputs, layout = self._runs.inputs, self._layout
        try:
            return stacked([
                inputs.gradient(pair, draw, layout) if pair[0] else inputs.value(pair[1], draw, layout)
                for draw in range(inputs.draws.count)
            ])  # fmt: skip
        except KeyError:
            return None

    # The name from which an answer follows

    def _follows(self, key: QuestionKey, answer: Series) -> str | None:
        wrong = [one for one in self._named if one.is_wrong and not _is_same(one, key, answer)]
        found = self._roots(key, answer, wrong) or self._root(key, answer, wrong)
        if len(found) > 1:
            *most, last = [self._where(one) for one, *_ in found]
            names = f"{', '.join(most)} and {last}"
            return f"{names} are wrong: with the right values there, this answer is right"
        return self._one(*found[0]) if found else None

    def _roots(self, key: QuestionKey, answer: Series, wrong: Sequence[_Named]) -> _Corrections:
        """The names that are wrong even with right values above, if the answer follows from them."""
        roots: _Corrections = ()
        for one in [one for one in wrong if len(one.rights) == 1][:_ATTEMPTS]:
            if not roots or self._is_still_wrong(one, roots):
                roots = (*roots, (one, one.rights[0], 1.0))
        if not roots or not self._is_right_with(key, answer, roots):
            return ()
        for root in roots[::-1] if len(roots) > 1 else ():
            others = tuple([one for one in roots if one is not root])
            if others and self._is_right_with(key, answer, others):
                roots = others
        return roots

    def _root(self, key: QuestionKey, answer: Series, wrong: Sequence[_Named]) -> _Corrections:
        """The name that is wrong by the constants of the program, or for what it may stand for."""
        scales = [1.0, *dict.fromkeys(one.factor for one in wrong if one.factor)]
        tries = (
            (one, right, scale)
            for one in wrong
            for right in one.rights
            for scale in scales
            if scale == 1.0 or (one.factor is None and len(one.rights) == 1)
        )
        for tried in itertools.islice(tries, _ATTEMPTS):
            if self._is_right_with(key, answer, (tried,)):
                return (tried,)
        return ()

    def _one(self, one: _Named, right: _Right, scale: float) -> str:
        where = self._where(one)
        if len(one.rights) > 1:
            return f"with {right.text} as {where}, this answer is right"
        sizes = self._runs.inputs.scope.names.dimensions
        is_what = "wrong" if one.factor is None else f"{_times(one.factor, sizes)} {right.text}"
        value = "the right value" if scale == 1.0 else f"{_times(scale, sizes)} the right value"
        return f"{where} is {is_what}: with {value} there, this answer is right"

    def _where(self, one: _Named) -> str:
        return f"`{one.place[0]}` in {self._listing.named(one.place[1])}"

    def _is_still_wrong(self, one: _Named, roots: _Corrections) -> bool:
        series = self._with(roots, _TRIED).get(one.series.held.place)
        if series is None or series.values is None:
            return True
        right = laid_like(one.rights[0].values, series.values)
        return right is None or not agrees_nearly(series.values.array, right[:_TRIED])

    def _is_right_with(self, key: QuestionKey, answer: Series, corrected: _Corrections) -> bool:
        """Whether the answer is right on all draws if some names get their right values."""
        for count in (_TRIED, 0):
            series = self._with(corrected, count).get(answer.held.place)
            if series is None or series.values is None:
                return False
            if not is_right(key, series.values, lambda: np.zeros(1)):
                return False
        return True

    def _with(self, corrected: _Corrections, count: int) -> Mapping[tuple[str, str], Series]:
        remembered = (
            tuple([(one.place, right.pair, scale) for one, right, scale in corrected]),
            count,
        )
        if remembered not in self._known:
            corrections: Corrections = {
                one.place: right.values.array * scale for one, right, scale in corrected
            }
            runs = self._runs.corrected(corrections, self._layout, count)
            self._known[remembered] = runs.series
        return self._known[remembered]

    # A mistake that is made in one line

    def _made_here(self, key: QuestionKey, answer: Series) -> str | None:
        """The line of a wrong value that uses right ones only."""
        wrong = [one.series for one in self._named if one.is_wrong and _is_same(one, key, answer)]
        for series in sorted([*wrong, answer], key=lambda one: one.held.line):
            used = self._used_by(series)
            computed = self._right_in(used, series) if used is not None else None
            if computed:
                names = " and ".join(f"`{name}`" for name in computed)
                are = "are" if len(computed) > 1 else "is"
                line = self._listing.named(series.held.line)
                return f"the mistake is made in {line}: {names}, which it uses, {are} right"
        return None

    def _used_by(self, series: Series) -> list[ast.Name] | None:
        """The names in the only assignment of a name, outside of loops; None if it is not so."""
        path, line, function = series.held.path, series.held.line, series.held.function
        if self._lines_of(path, function) != [line]:
            return None
        for node in self._statements(function):
            if isinstance(node, ast.Assign) and node.lineno == line and len(node.targets) == 1:
                names = [one for one in ast.walk(node.value) if isinstance(one, ast.Name)]
                return names if isinstance(node.targets[0], ast.Name) else None
        return None

    def _statements(self, function: str) -> Sequence[ast.stmt]:
        program = self._runs.program
        if not function:
            return program.tree.body
        own = [one for one in program.functions if one.name == function]
        own += [method for one in program.classes for method in one.methods
                if f"{one.name}.{method.name}" == function]  # fmt: skip
        return own[0].node.body if len(own) == 1 else ()

    def _lines_of(self, path: str, function: str) -> list[int]:
        targets = self._runs.program.targets
        return [one.line for one in targets if one.path == path and one.scope == function]

    def _right_in(self, used: Sequence[ast.Name], series: Series) -> list[str] | None:
        """The names of right values that the program computed; None if some name is not surely right."""
        computed: list[str] = []
        for name in dict.fromkeys(one.id for one in used):
            if self._is_given(name):
                continue
            if not self._is_right(name, series):
                return None
            computed.append(name)
        return computed

    def _is_given(self, name: str) -> bool:
        """Whether a name is that of a library, or has the value that the problem gives."""
        program, given = self._runs.program, self._all.first.given
        if any(one.path == name for one in program.targets):
            return False
        meaning = self._runs.inputs.names.meaning(name)
        if meaning is not None:
            return meaning.is_exact and all(one != meaning.name for one, _ in given.changes)
        own = [one.name for one in program.functions] + [one.name for one in program.classes]
        library = program.library
        tables = (library.modules, library.builtins, library.helpers)
        return name not in own and any(name in table for table in tables)

    def _is_right(self, name: str, series: Series) -> bool:
        """Whether the program computed the right value of a name once, above."""
        line, function = series.held.line, series.held.function
        return any(
            one.is_right and one.place[0] == name and one.series.held.function == function
            and self._lines_of(name, function) == [one.place[1]] and one.place[1] < line
            and self._all.first.changed_through(one.series.held) is None
            for one in self._named
        )  # fmt: skip


def _is_same(one: _Named, key: QuestionKey, answer: Series) -> bool:
    """Whether a name stands for the answer itself."""
    asked = bases(key.question.of, key.question.wrt)
    return one.place[0] == answer.held.path or [right.pair for right in one.rights] == [asked]


def _same(got: Array, right: Array, tolerance: float | None) -> bool:
    return same(got, right) if tolerance is None else same(got, right, tolerance)


def _times(factor: float, sizes: Mapping[str, int]) -> str:
    """A constant by the name of a size that has its value: `N` times."""
    for text, value in _constants(sizes):
        if np.isclose(abs(factor), value, rtol=1e-9, atol=0):
            return f"{'minus ' if factor < 0 else ''}{text} times"
    return times_text(factor)


def _constants(sizes: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    values = list(sizes.values())
    for name, size in sizes.items():
        if size > 2 and values.count(size) == 1:
            yield f"`{name}`", float(size)
            yield f"1/`{name}`", 1 / size
