"""Measures how well a left-hand side names a question.

Left-hand sides are compared by their derivatives and their entries: students write
`∂h²₁₁/∂W²₂ⱼ` for `∂h²₂/∂W²₂ⱼ`, and the whole array where its entries are asked for.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from grader.errors import StudentError, Unreadable
from grader.evaluation import Evaluator
from grader.expression import (
    Derivative,
    Expression,
    Index,
    Item,
    Number,
    Selector,
    Shape,
    Slice,
    Symbol,
    free_indices,
    substitute_all,
    walk,
)
from grader.notation import Conventions, Names, printing
from grader.primitives import Array
from grader.primitives.build import derivative
from grader.problem.model import Question

WHOLE_FOR_ENTRIES = 0.9  # ∂l/∂W for all ∂l/∂W[i, j], or the other way round
THE_SAME = WHOLE_FOR_ENTRIES**2 - 1e-9  # ∂h_i/∂x_j for ∂h/∂x; less is another derivative
WHOLE_FOR_SOME = 0.5  # ∂l/∂W for ∂l/∂W[2, j]
LETTER_FOR_NUMBER = 0.6  # ∂h[1] where ∂h[i] is asked
OTHER_ENTRY = 0.3  # ∂h[1] where ∂h[2] is asked


def similarity(left: Derivative, question: Question) -> float:
    """From 0 (another derivative) to 1 (the very one that is asked for)."""
    if question.of is None or question.wrt is None:
        return 0.0
    by = _part(left.wrt, question.wrt)
    if not by or isinstance(left.of, Symbol | Item):
        return by * _part(left.of, question.of)
    model = tuple((name, one.definition) for name, one in question.scope.model.items())
    return by * _is_written_out(left.of, left.wrt, question.of, model)


def is_by_the_same(left: Derivative, question: Question) -> bool:
    """Whether a left side is the derivative of something else of that shape by the same quantity."""
    if question.of is None or question.wrt is None or left.of.shape != question.of.shape:
        return False
    return _part(left.of, question.of) == 0.0 and _part(left.wrt, question.wrt) >= THE_SAME


def _part(given: Expression, asked: Expression) -> float:
    base, selectors = split(given)
    asked_base, asked_selectors = split(asked)
    if base != asked_base:
        return 0.0
    if bool(selectors) != bool(asked_selectors):
        return _whole_for(selectors or asked_selectors)
    result = 1.0
    for one, other in zip(selectors, asked_selectors, strict=True):
        result *= _selector(one, other)
    return result


@lru_cache(maxsize=4096)
def _is_written_out(
    given: Expression,
    wrt: Expression,
    asked: Expression,
    model: tuple[tuple[str, Expression | None], ...],
) -> bool:
    """Whether an expression has the derivative of what is asked for: `½ wᵀw` for a penalty of the model.

    The two may differ by what does not depend on `wrt`, so that they change alike when it changes.
    """
    if _text(given) == _text(asked):
        return True
    base = wrt.base if isinstance(wrt, Item) else wrt
    letters = [one for one in split(wrt)[1] if isinstance(one, Index)]
    if given.shape != asked.shape or free_indices(asked) or not isinstance(base, Symbol):
        return False
    if free_indices(given) - {one.name for one in letters}:
        return False
    quantities = {name: node for name, node in model if node is not None and name != base.name}
    used = given, asked, base, *quantities.values()
    symbols = {part for node in used for part in walk(node) if isinstance(part, Symbol)}
    rng = np.random.default_rng(_SEED)
    values = {one.name: _drawn(one.shape, rng) for one in sorted(symbols, key=str)}
    changed = _drawn(base.shape, rng)
    try:
        with np.errstate(all="ignore"):
            for last in (False, True):
                at = {one.name: Number(float(one.stop if last else one.start)) for one in letters}
                nodes = [substitute_all(node, at) for node in (given, asked)]
                moved = np.where(_entries(substitute_all(wrt, at)), changed, values[base.name])
                before = _evaluated(nodes, values, quantities)
                after = _evaluated(nodes, {**values, base.name: moved}, quantities)
                mine, theirs = (now - then for now, then in zip(after, before, strict=True))
                same = np.allclose(mine, theirs, 1e-9, 1e-12, equal_nan=True)
                if not same or not np.isfinite(mine).any():
                    return False
    except StudentError:
        return False
    return True


_SEED, _DRAWS = 17, 8


def _drawn(shape: Shape, rng: np.random.Generator) -> Array:
    """Values of a symbol; logarithms need the positive half, |x| the other one."""
    size = (_DRAWS, *shape)
    return np.concatenate([rng.standard_normal(size), rng.uniform(0.1, 0.9, size)])


def _entries(node: Expression) -> NDArray[np.bool_]:
    """Which entries of an array an expression chooses."""
    base = node.base if isinstance(node, Item) else node
    chosen = np.zeros(base.shape, bool)
    rows, columns = (node.row, node.column) if isinstance(node, Item) else (None, None)
    chosen[_range(rows), _range(columns)] = True
    return chosen


def _range(selector: Selector | None) -> slice:
    if isinstance(selector, Number):
        return slice(int(selector.value) - 1, int(selector.value))
    return slice(selector.start - 1, selector.stop) if isinstance(selector, Slice) else slice(None)


def _evaluated(
    nodes: Sequence[Expression], values: Mapping[str, Array], model: Mapping[str, Expression]
) -> list[Array]:
    """The values of expressions over a model."""
    known = dict(values)
    for name, node in model.items():
        known[name] = Evaluator(known, _undefined)(node)
    return [Evaluator(known, _undefined)(node) for node in nodes]


def _undefined(node: Expression) -> Expression:
    raise Unreadable("a derivative inside an expression that is differentiated")


def _whole_for(entries: tuple[Selector, ...]) -> float:
    """A whole array beside some of its entries: all of them, a row or column, or one."""
    letters = [_is_all(entry) for entry in entries]
    if all(letters):
        return WHOLE_FOR_ENTRIES
    return WHOLE_FOR_SOME if any(letters) else OTHER_ENTRY


def _selector(given: Selector, asked: Selector) -> float:
    if given == asked:
        return 1.0
    if _is_all(given) and _is_all(asked):
        return 1.0 if _is_letter(given) == _is_letter(asked) else WHOLE_FOR_ENTRIES
    if _is_letter(given) or _is_letter(asked):
        return LETTER_FOR_NUMBER
    return OTHER_ENTRY


def _is_letter(selector: Selector) -> bool:
    return isinstance(selector, Index)


def _is_all(selector: Selector) -> bool:
    """Whether a letter or the mark of a whole axis stands for all entries: `u_k`, `u_{k,:}`."""
    return isinstance(selector, Index | Slice)


def split(node: Expression) -> tuple[str, tuple[Selector, ...]]:
    """A quantity without its shape, and the indices of its entry."""
    if isinstance(node, Item):
        if isinstance(node.base, Symbol) and 1 in node.base.shape:
            lies = node.base.shape[0] == 1
            return _text(node.base), (node.column if lies else node.row,)
        return _text(node.base), (node.row, node.column)
    return _text(node), ()


@lru_cache(maxsize=4096)
def _text(node: Expression) -> str:
    return printing.infix(node, Names())


def aliases(left: Derivative, question: Question) -> Mapping[str, Index]:
    """The student's names for the question's index variables, from the two left-hand sides."""
    found: dict[str, Index] = {}
    for given, asked in ((left.of, question.of), (left.wrt, question.wrt)):
        if asked is None:
            continue
        pairs = zip(split(given)[1], split(asked)[1], strict=False)
        for one, other in pairs:
            if isinstance(one, Index) and isinstance(other, Index):
                found.setdefault(one.name, other)
    return found


# A member of a family, as in ∂J/∂u_k: row k, or column k by the convention of the paper

_AXES = ("row", "column")


def member_convention(left: Derivative | None) -> Mapping[str, tuple[str, ...]]:
    """The convention that a left side by a member depends on, with its values; none for any other."""
    if left is None or not _has_implied_axis(left.wrt):
        return {}
    return {f"member:{split(left.wrt)[0]}": _AXES}


def left_under(left: Derivative | None, conventions: Conventions) -> Derivative | None:
    """A left side under the conventions of a paper."""
    (key,) = member_convention(left) or ("",)
    if left is None or conventions.get(key, _AXES[0]) == _AXES[0]:
        return left
    assert isinstance(left.wrt, Item)
    row, column = (
        Index(one.name, 1, size) if isinstance(one, Index) else Slice(1, size, implied=True)
        for one, size in zip((left.wrt.column, left.wrt.row), left.wrt.base.shape, strict=True)
    )
    turned = Item(left.wrt.base, row, column, left.wrt.shape[::-1], left.wrt.span)
    return derivative(left.of, turned, left.span)


def _has_implied_axis(wrt: Expression) -> bool:
    if not isinstance(wrt, Item) or not any(
        isinstance(one, Index) for one in (wrt.row, wrt.column)
    ):
        return False
    return any(isinstance(one, Slice) and one.implied for one in (wrt.row, wrt.column))
