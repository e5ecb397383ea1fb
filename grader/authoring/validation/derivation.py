"""Each reference against derivations that know nothing of our rules."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.authoring.validation.differences import differences
from grader.authoring.validation.finding import Finding, Level
from grader.key import QuestionKey
from grader.primitives import Array
from grader.problem import Python

CHECK = "derivation"
NEAR = 1e-6  # of an entry's size: what differences of values are good for
EXACT = 1e-9
EXACT_DRAWS = (0, -1)


@dataclass(frozen=True, slots=True)
class Derived:
    """How far a reference is from differences of values and from SymPy; None where not tried."""

    differences: float | None = None
    exact: float | None = None
    reason: str = ""


def derived(key: QuestionKey, with_sympy: bool = True) -> Derived:
    """The largest relative error of the reference against each independent derivation."""
    question = key.question
    if question.of is None or question.wrt is None:
        return Derived(reason="the question has a reference and does not say `of` what `wrt` what")
    numeric = differences(key)
    apart = error(key.expected, numeric)
    if not with_sympy:
        return Derived(apart, reason="not asked for")
    from grader.authoring.validation.exact import NotExactError, exact

    try:
        values = [exact(key, draw % key.draws.count) for draw in EXACT_DRAWS]
    except NotExactError as refusal:
        return Derived(apart, reason=str(refusal))
    except RecursionError:  # SymPy folds cases into cases
        return Derived(apart, reason="too deep for SymPy")
    known = np.concatenate(values)
    reference = key.expected[list(EXACT_DRAWS)]
    return Derived(apart, error(reference, np.where(np.isnan(known), reference, known)))


def error(reference: Array, other: Array) -> float:
    """The largest difference of an entry, as a part of its largest value on the draws."""
    scale = np.abs(reference).max(axis=0)
    scale = np.maximum(scale, 1e-3 * max(float(scale.max(initial=0.0)), 1e-300))
    return float((np.abs(reference - other) / scale).max(initial=0.0))


def findings(key: QuestionKey, found: Derived) -> Iterator[Finding]:
    """What is wrong with the reference of a question."""
    name = key.question.id
    for what, apart, most in (
        ("differences of values", found.differences, NEAR),
        ("SymPy", found.exact, EXACT),
    ):
        if apart is not None and apart > most:
            text = f"the reference is not the derivative: {what} differ from it by {apart:.1g} of its size"
            yield Finding(Level.ERROR, CHECK, name, text, _advice(key))
    if found.differences is None:
        advice = "say `of` and `wrt` too, and the reference is checked against them"
        yield Finding(
            Level.WARNING, CHECK, name, f"the reference is taken on trust: {found.reason}", advice
        )


def _advice(key: QuestionKey) -> str:
    if isinstance(key.question.reference, Python):
        return f"look at {key.question.reference.function}() in {key.question.reference.file.name}"
    return (
        "look at `reference`"
        if key.question.reference
        else "report this: it is a fault of the grader"
    )
