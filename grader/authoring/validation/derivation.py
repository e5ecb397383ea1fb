"""Each reference against derivations that know nothing of our rules."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.authoring.validation.differences import differences
from grader.authoring.validation.finding import Finding, Level
from grader.expression import shape_text
from grader.key import QuestionKey, target_grid
from grader.notation import printing
from grader.primitives import Array
from grader.primitives.build import derivative
from grader.problem import Python

CHECK = "derivation"
NEAR = 1e-6  # of an entry's size: what differences of values are good for
EXACT = 1e-9
ROUNDED = 1e-2  # of the size of what is differentiated: far below, differences are mostly rounding
EXACT_DRAWS = (0, -1)
NOT_ASKED = "not asked for"


@dataclass(frozen=True, slots=True)
class Derived:
    """How far a reference is from differences of values and from SymPy; None where not tried, and why."""

    differences: float | None = None
    exact: float | None = None
    reason: str = ""


def derived(key: QuestionKey, with_sympy: bool = True) -> Derived:
    """The largest relative error of the reference against each independent derivation."""
    question = key.question
    if question.of is None or question.wrt is None:
        return Derived(reason="the question has a reference and does not say `of` what `wrt` what")
    if _misshapen(key):
        return Derived()
    numeric, size = differences(key)
    apart = error(key.expected, numeric, size)
    if not with_sympy:
        return Derived(apart, reason=NOT_ASKED)
    from grader.authoring.validation.exact import NotExactError, exact

    try:
        values = [exact(key, draw % key.draws.count) for draw in EXACT_DRAWS]
    except NotExactError as refusal:
        return Derived(apart, reason=str(refusal))
    except RecursionError:  # SymPy folds cases into cases
        return Derived(apart, reason="too deep for SymPy")
    known = np.concatenate(values)
    some = list(EXACT_DRAWS)
    reference = key.expected[some]
    tried = np.where(np.isnan(known), reference, known)
    return Derived(apart, error(reference, tried, size[some]))


def error(reference: Array, other: Array, size: Array) -> float:
    """The largest difference: of an entry, as a part of its largest value; on a draw, of its values there.

    So neither small entries nor draws of small values hide behind large ones. Infinite where one of the two
    has no finite value. `size` is (draws, 1, 1), see `differences`.
    """
    apart = np.abs(reference - other)
    if not (np.isfinite(apart).all() and np.isfinite(size).all()):
        return float("inf")
    entries = np.abs(reference).max(axis=0, keepdims=True)
    entries = np.maximum(entries, 1e-3 * float(entries.max(initial=0.0)))
    draws = np.abs(reference).max(axis=(1, 2), keepdims=True)
    least = np.maximum(ROUNDED * size, 1e-300)
    parts = (apart / np.maximum(scale, least) for scale in (entries, draws))
    return max(float(part.max(initial=0.0)) for part in parts)


def _misshapen(key: QuestionKey) -> str:
    """What shape the derivative has, where a reference of the author's has another; empty if it fits."""
    question = key.question
    assert question.of is not None
    assert question.wrt is not None
    wanted = target_grid(question.free, derivative(question.of, question.wrt).shape)
    fitting = key.grid in (wanted, wanted[::-1])
    return "" if fitting else f"{shape_text(key.grid)}, the derivative is {shape_text(wanted)}"


def findings(key: QuestionKey, found: Derived) -> Iterator[Finding]:
    """What is wrong with the reference of a question."""
    name = key.question.id
    for what, apart, most in (
        ("differences of values differ", found.differences, NEAR),
        ("SymPy differs", found.exact, EXACT),
    ):
        if apart is not None and not np.isfinite(apart):
            text = "what is differentiated has no finite value on some draws: nothing can be proved"
            yield Finding(Level.ERROR, CHECK, name, text, "restrict how symbols are drawn")
        elif apart is not None and apart > most:
            text = f"the reference is not the derivative: {what} from it by {apart:.1g} of its size"
            yield Finding(Level.ERROR, CHECK, name, text, _advice(key))
    yield from _of_shape_and_size(key, found)


def _of_shape_and_size(key: QuestionKey, found: Derived) -> Iterator[Finding]:
    name, question = key.question.id, key.question
    if question.of is None or question.wrt is None:
        advice = "say `of` and `wrt` too, and the reference is checked against them"
        text = f"the reference is taken on trust: {found.reason}"
        yield Finding(Level.WARNING, CHECK, name, text, advice)
    elif misshapen := _misshapen(key):
        text = f"the reference has another shape than the derivative: it is {misshapen}"
        yield Finding(Level.ERROR, CHECK, name, text, _advice(key))
    elif not key.expected.any():
        of, wrt = (printing.infix(one, question.names) for one in (question.of, question.wrt))
        text = f"the derivative is zero on all draws: {of} does not depend on {wrt}"
        yield Finding(Level.WARNING, CHECK, name, text, "ask for something that it depends on")
    elif found.exact is None and found.reason and found.reason != NOT_ASKED:
        text = f"SymPy did not derive it: {found.reason}; differences of values did"
        yield Finding(Level.NOTE, CHECK, name, text)


def _advice(key: QuestionKey) -> str:
    if isinstance(key.question.reference, Python):
        return f"look at {key.question.reference.function}() in {key.question.reference.file.name}"
    return (
        "look at `reference`"
        if key.question.reference
        else "report this: it is a fault of the grader"
    )
