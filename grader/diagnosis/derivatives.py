"""The faulty derivatives of one question, as expressions and as values on its draws.

Diagnosis and validation look at the same ones, so each is derived and evaluated once for both.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from grader.diagnosis.batched_passes import ABSENT, Stacked, is_on_the_way, is_stackable
from grader.diagnosis.catalogue import CATALOGUE
from grader.diagnosis.faulty_pass import Pass, derived, rearranged, traced
from grader.diagnosis.fingerprints import Several
from grader.diagnosis.mistake import Made, MadeMistake, faults
from grader.errors import GraderError
from grader.evaluation import Memory
from grader.expression import Expression
from grader.key import QuestionKey
from grader.primitives import Array

Ids = tuple[int, ...]  # of mistakes, which are kept alive with the pass


class Derivatives:
    """The derivatives of a question with a formula as reference, with mistakes in them.

    `passed` is the right backward pass.
    """

    def __init__(self, key: QuestionKey) -> None:
        assert key.reference is not None
        self._key = key
        self.passed = traced(key.question, key.reference)
        self._is_stackable = is_stackable(self.passed)
        self._made: Made = {}
        self._written: dict[tuple[Ids, Ids], Expression | None] = {}
        self._stack: Stacked | None = None
        self._alone: dict[int, tuple[MadeMistake, Array | None]] = {}

    def on(self, key: QuestionKey) -> "Derivatives":
        """The same derivatives on the draws of another key of the same question."""
        if key.draws is self._key.draws:
            return self
        other = copy(self)
        other._key, other._alone = key, {}
        if self._is_stackable:
            other._stack = self.stack.on(key)
        return other

    def pass_written(self, written: Expression) -> Pass:
        """The right pass, with its derivative as people write it."""
        return replace(self.passed, written=written)

    def faults(self, passed: Pass) -> list[MadeMistake]:
        """Every mistake of the catalogue in the right pass, the simplest first."""
        return faults(CATALOGUE, passed, self._made)

    # Expressions

    def written(self, chosen: Several) -> Expression | None:
        """The derivative with these mistakes; None if they do not fit together."""
        on_way = tuple([fault for fault in chosen if is_on_the_way(fault)])
        in_result = tuple([fault for fault in chosen if not is_on_the_way(fault)])
        return self._after(on_way, in_result)

    def _after(self, on_way: Several, in_result: Several) -> Expression | None:
        """The derivative after mistakes on the way, and then others in the finished one."""
        known = tuple(map(id, on_way)), tuple(map(id, in_result))
        if known not in self._written:
            if in_result:
                before = self._after(on_way, in_result[:-1])
                found = rearranged(self.passed, before, [in_result[-1].way.changes])
            else:
                found = derived(self.passed, [one.way.changes for one in on_way])
            self._written[known] = found
        return self._written[known]

    # Values

    def value(self, expression: Expression, memory: Memory | None = None) -> Array | None:
        """A derivative's values (draws, rows, columns), laid out like the key's; None if impossible."""
        try:
            self._key.check_shape(expression, ())
            return self._key.evaluate(expression, memory)
        except (GraderError, ValueError, IndexError):  # a changed index may run too far
            return None

    def evaluated(self, chosen: Several, memory: Memory | None = None) -> Array | None:
        """The values of the derivative with these mistakes; None if there are none."""
        expression = self.written(chosen)
        return None if expression is None else self.value(expression, memory)

    def alone(self, some: Sequence[MadeMistake]) -> list[Array | None]:
        """The values of each mistake made alone; one walk gives those of the backward pass."""
        new = [fault for fault in some if id(fault) not in self._alone]
        on_way = [fault for fault in new if self.is_stacked((fault,))]
        values = self.stacked([(fault,) for fault in on_way], self._key.draws.count)
        found = dict(zip(map(id, on_way), values, strict=True))
        memory = Memory()
        for fault in new:
            value = found[id(fault)] if id(fault) in found else self._in_result(fault, memory)
            self._alone[id(fault)] = fault, value  # the mistake too, so that its id stays unique
        return [self._alone[id(fault)][1] for fault in some]

    def _in_result(self, fault: MadeMistake, memory: Memory) -> Array | None:
        """The values of a mistake made in the finished derivative."""
        if fault.way.factor is None:
            return self.evaluated((fault,), memory)
        factor = self.value(fault.way.factor, memory)
        with np.errstate(all="ignore"):
            return None if factor is None else self._key.expected * factor

    # Many at once

    @property
    def stack(self) -> Stacked:
        """The passes with mistakes on the way back."""
        if self._stack is None:
            self._stack = Stacked(self._key, self.passed)
        return self._stack

    def is_stacked(self, several: Several) -> bool:
        """Whether one walk gives the values of these mistakes and of others."""
        return self._is_stackable and all(map(is_on_the_way, several))

    def stacked(self, several: Sequence[Several], draws: int) -> list[Array | None]:
        """The values of mistakes for which `is_stacked` holds, on the first draws."""
        if not several:
            return []
        values, own = self.stack.values(several, draws)
        return [None if at == ABSENT else values[at] for at in own.tolist()]
