"""Formulas of answer files as NumPy reads them: with vectors of one axis, which it broadcasts.

`(W2*(1-h**2))@W1` scales the columns of W2 in NumPy, and makes no sense if h is a column.
"""

import ast
import re
from collections.abc import Sequence

import numpy as np

from grader.diagnosis import same
from grader.expression import SCALAR, Shape
from grader.grading.outcome import Outcome, for_a_human
from grader.grading.program_runs import ProgramRuns, Series, time_for_one
from grader.grading.program_values import ProgramValues, laid_out, outcome_for
from grader.key import QuestionKey
from grader.primitives import Array
from grader.program.errors import Refused
from grader.program.given import USUAL, Layout
from grader.program.library import BUILTINS, FUNCTIONS, HELPERS, MODULES, elementwise
from grader.program.source import parse
from grader.result import Kind, Message, Verdict
from grader.submission import Listing, Piece, Place

_TRIED = 2  # draws on which a formula is tried before it is run on all
_NAME = "shown"
_OTHER_READING = Message(
    Kind.ERROR,
    "this answer is right in one of two readings only: with vectors that are columns, or with vectors of "
    "one axis, as NumPy takes them; a person will look at it",
    "other-reading",
)
_JUDGED = (Verdict.CORRECT, Verdict.PARTIAL, Verdict.INCORRECT)


def beside_numpy(key: QuestionKey, text: str, outcome: Outcome) -> Outcome:
    """The outcome of a formula, given what NumPy makes of its text.

    A human decides if only one of them is right and the other one makes sense. Where the text names a
    module, it is right if it is so in NumPy. Numbers in brackets count from the problem's base.
    """
    shapes = key.cached(_Shapes)
    names_a_module = any(name in MODULES and name not in shapes for name in _MODULE.findall(text))
    is_counted = _COUNTED.search(text) is not None
    if not names_a_module and (outcome.verdict not in _JUDGED or is_counted):
        return outcome
    try:
        formula = parse(text.strip()).body
        if len(formula) != 1 or not isinstance(formula[0], ast.Expr):
            return outcome
        if not names_a_module and (
            shapes.agree_on(formula[0].value)
            or (outcome.verdict is Verdict.CORRECT and shapes.has_turned_vector(formula[0].value))
        ):
            return outcome
        reading = _NumpyReading(key, text.strip(), formula[0])
        is_alone = names_a_module and not is_counted
        return reading.alone(outcome) if is_alone else reading.beside(outcome)
    except Refused:
        return outcome


_MODULE = re.compile(r"(?<![\w.])([A-Za-z]\w*)\s*\.\s*[a-z]")
_COUNTED = re.compile(r"\[[^\[\]]*\d")


class _Shapes:
    """Whether a formula surely means the same for columns and for vectors of one axis, by its shapes."""

    def __init__(self, key: QuestionKey) -> None:
        scope = key.question.scope
        self._shapes = {one.name: _flat(one.shape) for one in scope.named()}
        self._shapes |= dict.fromkeys(scope.names.dimensions, ())
        self._functions = {
            name: function.primitive for name, function in scope.names.functions.items()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._shapes

    def agree_on(self, node: ast.expr) -> bool:
        """Whether both meanings agree, or NumPy has none."""
        names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
        if not all(name in self or self._is_function(name) for name in names):
            return True
        try:
            self._of(node)
        except _MayDiffer:
            return False
        return True

    def has_turned_vector(self, node: ast.expr) -> bool:
        """Whether a vector is transposed, which says that it is a column: NumPy changes nothing there."""
        return any(
            isinstance(one, ast.Attribute)
            and one.attr in ("T", "transpose")
            and self._is_vector(one.value)
            for one in ast.walk(node)
        )

    def _is_vector(self, node: ast.expr) -> bool:
        try:
            return len(self._of(node)) == 1
        except _MayDiffer:
            return False

    def _is_function(self, name: str) -> bool:
        name = self._functions.get(name, name)
        return f"numpy.{name}" in FUNCTIONS or name in HELPERS or name in BUILTINS

    def _of(self, node: ast.expr) -> tuple[int, ...]:
        match node:
            case ast.Constant(value=int() | float()):
                return ()
            case ast.Name(id=name) if name in self:
                return self._shapes[name]
            case ast.UnaryOp(operand=operand):
                return self._of(operand)
            case ast.Attribute(value=value, attr="T") if len(shape := self._of(value)) == 2:
                return shape[::-1]
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(self._of(left), op, self._of(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._called(name, [self._of(one) for one in args])
        raise _MayDiffer

    def _binary(
        self, left: tuple[int, ...], op: ast.operator, right: tuple[int, ...]
    ) -> tuple[int, ...]:
        if isinstance(op, ast.MatMult):
            if len(left) == 2 and right and left[1] == right[0]:
                return (left[0], *right[1:])
        elif not left or not right:
            if not (isinstance(op, ast.Pow) and len(left) == 2):  # a power of a matrix
                return left or right
        elif left == right and (len(left) == 1 or not isinstance(op, ast.Mult | ast.Pow)):
            return left
        raise _MayDiffer

    def _called(self, name: str, args: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        name = self._functions.get(name, name)
        if len(args) == 1 and name in _TOTALS:
            return ()
        if f"numpy.{name}" in elementwise.TABLE or name in HELPERS:
            first, *others = sorted(args, key=len, reverse=True)
            if all(one in ((), first) for one in others):
                return first
        raise _MayDiffer


class _MayDiffer(Exception):
    """NumPy may mean something else."""


_TOTALS = ("sum", "mean")


def _flat(shape: Shape) -> tuple[int, ...]:
    """The axes of an array in NumPy: vectors have one."""
    return () if shape == SCALAR else shape[:1] if shape[1] == 1 else shape


class _NumpyReading:
    """A formula that is run on the draws."""

    def __init__(self, key: QuestionKey, text: str, formula: ast.Expr) -> None:
        self._key = key
        declared = {one.name for one in key.question.scope.named()}
        names = {one.id for one in ast.walk(formula) if isinstance(one, ast.Name)} - declared
        lines = [*_meanings(key, names), f"{_NAME} = ({text})"]
        piece = Piece("\n".join(lines), Place("", 1), (), "python", "answer")
        self._runs = ProgramRuns(key, Listing((piece,)), time_for_one([key]))

    def alone(self, outcome: Outcome) -> Outcome:
        """The outcome where NumPy's meaning is the only one."""
        usual = self._series(USUAL, 0)
        for layout in self._runs.inputs.layouts:
            if self._is_right(layout):
                is_only = layout == USUAL or not self._is_sensible(usual)
                return Outcome(Verdict.CORRECT, 1.0) if is_only else for_a_human(_OTHER_READING)
        if usual is None or outcome.verdict not in _JUDGED:
            return outcome
        if outcome.verdict is Verdict.CORRECT:
            return for_a_human(_OTHER_READING) if self._is_sensible(usual) else outcome
        if usual.values is None or self._has_values_of(usual.values, outcome):
            return outcome
        return outcome_for(self._key, usual.values, lambda: self._noise(usual))

    def beside(self, outcome: Outcome) -> Outcome:
        """The outcome where columns are the usual meaning."""
        is_right = outcome.verdict is Verdict.CORRECT
        if is_right == self._is_right(USUAL):
            return outcome
        return (
            for_a_human(_OTHER_READING)
            if not is_right or self._is_sensible(self._series(USUAL))
            else outcome
        )

    def _series(self, layout: Layout, count: int = _TRIED) -> Series | None:
        """What the formula gives; None if it uses what the problem does not surely give."""
        runs = self._runs.on_draws(layout, count=count)
        if runs.first.given.guessed or any(runs.first.gradients.values()):
            return None
        return runs.series.get(("", _NAME))

    def _noise(self, series: Series) -> Array:
        got = laid_out(self._key, series.values) if series.values is not None else None
        if got is None:
            return np.zeros_like(self._key.expected)
        return self._runs.noise(self._key, series, USUAL, got)

    def _is_right(self, layout: Layout) -> bool:
        found = (self._series(layout, count) for count in (_TRIED, 0))
        return all(one is not None and self._runs.is_right(self._key, one, layout) for one in found)

    def _has_values_of(self, values: ProgramValues, outcome: Outcome) -> bool:
        """Whether NumPy gives the values that the formula has for columns, too."""
        got = laid_out(self._key, values)
        if got is None or outcome.values is None or not np.isfinite(got).all():
            return False
        return same(got, outcome.values.got)

    def _is_sensible(self, series: Series | None) -> bool:
        """Whether a value has the shape that the question asks for."""
        return (
            series is not None
            and series.values is not None
            and laid_out(self._key, series.values) is not None
        )


def _meanings(key: QuestionKey, names: set[str]) -> list[str]:
    """Lines that give the problem's and NumPy's functions their meaning."""
    functions = key.question.scope.names.functions
    lines = []
    for name in sorted(names):
        known = functions[name].primitive if name in functions else name
        if f"numpy.{known}" in FUNCTIONS:
            lines.append(f"from numpy import {known} as {name}")
        elif known != name and known in HELPERS:
            lines.append(f"{name} = {known}")
    return lines
