"""Checking intermediate equations, such as `∂h³/∂W³₁₁ = h²₁`.

Both sides are evaluated over their index letters. A Jacobian in the other layout is not wrong. An entry in
place of the whole array has an unknown status, since the student may mean the array.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from grader.claims import Claim
from grader.errors import StudentError
from grader.evaluation import Evaluator
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Symbol,
    base_name,
    free_ranges,
    walk,
)
from grader.key import QuestionKey
from grader.notation import USUAL, Conventions, Reading
from grader.primitives import Array
from grader.problem.model import bases
from grader.steps.chain import Chain
from grader.steps.member_check import MemberStatus

TOLERANCE = 1e-8  # a part of the largest value; statements are judged without rounding noise


def is_statement(key: QuestionKey, entry: Claim) -> bool:
    """Whether an equation gives a value to a derivative or a quantity of the model."""
    left = entry.left
    if left is None or entry.defines or entry.equation is None or not _is_drawn(key, left):
        return False
    if isinstance(left, Symbol | Item):
        return base_name(left) in key.question.scope.names.depends
    return isinstance(left, Derivative) or any(_is_derived(part) for part in walk(left))


def _is_derived(part: Expression) -> bool:
    return isinstance(part, Derivative) or (isinstance(part, Apply) and part.function.endswith("'"))


def reader(key: QuestionKey, entry: Claim, conventions: Conventions = USUAL) -> Reading:
    """The right side of a statement, in the letters of the left one. Raises StudentError."""
    names = key.question.scope.names.with_definitions(entry.definitions)
    letters = {index.name: index for index in _letters(entry.left)}
    return entry.read(names.with_indices((), letters), conventions)


def needed_steps(
    key: QuestionKey, chain: Chain, answer: Claim, steps: Sequence[Claim]
) -> list[Claim]:
    """The steps of a paper that an answer uses, and those that these steps use in turn."""
    last = {_pair(step.left): step for step in steps}  # the last of several values counts
    needed = _pairs(partial(chain.read, answer))
    found: dict[object, Claim] = {}
    while needed := {pair for pair in needed if pair in last and pair not in found}:
        found.update((pair, last[pair]) for pair in needed)
        needed = {one for pair in needed for one in _pairs(partial(reader, key, last[pair]))}
    return [step for step in steps if any(step is one for one in found.values())]


def _pairs(read: Callable[[], Reading]) -> set[object]:
    """The derivatives in a right side, as pairs of names."""
    try:
        return {_pair(part) for part in walk(read().node)}
    except StudentError:
        return set()


def _pair(part: Expression | None) -> object:
    return bases(part.of, part.wrt) if isinstance(part, Derivative) else None


def _letters(left: Expression | None) -> tuple[Index, ...]:
    return () if left is None else tuple(index for _, index in sorted(free_ranges(left).items()))


def against_left(key: QuestionKey, entry: Claim, reading: Reading) -> MemberStatus:
    """The status of an equation: whether its sides agree on the draws. Raises StudentError, ValueError."""
    left, right = entry.left, reading.node
    if left is None or not _is_drawn(key, right):
        return MemberStatus.UNKNOWN
    indices = _letters(left)
    with np.errstate(all="ignore"):
        one, other = (
            Evaluator(key.draws.values, key.backprop.lower, indices)(side) for side in (left, right)
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return MemberStatus.UNKNOWN
    if _is_same(one, other, left.shape, right.shape):
        return MemberStatus.RIGHT
    turned = np.swapaxes(other, -1, -2)
    if _may_be_transposed(left) and _is_same(one, turned, left.shape, right.shape[::-1]):
        return MemberStatus.RIGHT
    comparable = right.shape == left.shape or (1 in left.shape and right.shape == left.shape[::-1])
    return MemberStatus.WRONG if comparable else MemberStatus.UNKNOWN


def _may_be_transposed(left: Expression) -> bool:
    """Whether papers use either layout for this: a vector, or a Jacobian."""
    whole = isinstance(left, Derivative) and SCALAR not in (left.of.shape, left.wrt.shape)
    return whole or 1 in left.shape or isinstance(left, Apply)


def _is_same(one: Array, other: Array, shape: tuple[int, int], given: tuple[int, int]) -> bool:
    if shape != given:
        return False
    size = max(float(np.abs(one).max(initial=0.0)), float(np.abs(other).max(initial=0.0)))
    return bool((np.abs(one - other) <= TOLERANCE * size).all())


def _is_drawn(key: QuestionKey, node: Expression) -> bool:
    """Whether all names have the same meaning as when they were read.

    A question may have symbols of its own, of another shape.
    """
    known = key.question.scope.names.symbols
    symbols = (part for part in walk(node) if isinstance(part, Symbol))
    return all(part == known.get(part.name) for part in symbols)
