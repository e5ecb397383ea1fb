"""Compares each reference with derivations that do not use the grader's rules."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.authoring.validation import complex_step
from grader.authoring.validation.complex_step import Estimate
from grader.authoring.validation.exact import NotExactError, exact
from grader.authoring.validation.finding import Finding, Level
from grader.expression import shape_text
from grader.key import QuestionKey, target_grid
from grader.notation import printing
from grader.primitives.build import derivative
from grader.problem import Python

CHECK = "derivation"
RELATIVE = 1e-10  # of a value: allowed beyond the estimated rounding error
COARSE = 1e-6  # of a value: a larger rounding error gets a finding
EXACT_DRAWS = (0, -1)


@dataclass(frozen=True, slots=True)
class Apart:
    """How far a reference is from a derivation.

    If rounding explains all differences, `size` is the largest one relative to the entry's largest value.
    Otherwise it is relative to the value itself, and infinite where one of the two is not finite.
    """

    size: float
    beyond: bool


@dataclass(frozen=True, slots=True)
class Derived:
    """How far a reference is from the complex step and from 100 digits; None if not tried (`reason`).

    `hidden` is the largest relative error that rounding may hide: the worst entry on its best draw.
    """

    by_step: Apart | None = None
    by_digits: Apart | None = None
    hidden: float = 0.0
    reason: str = ""


def derived(key: QuestionKey) -> Derived:
    """The reference against each independent derivation."""
    question = key.question
    if question.of is None or question.wrt is None:
        return Derived(reason="the question has a `reference` but no `of` and `wrt`")
    if _misshapen(key):
        return Derived()
    reference, by_step = complex_step.reference(key), complex_step.derivative(key)
    step, hidden = apart(reference, by_step), _hidden(reference, by_step)
    try:
        values = [exact(key, draw % key.draws.count) for draw in EXACT_DRAWS]
    except NotExactError as refusal:
        return Derived(step, None, hidden, str(refusal))
    known, some = np.concatenate(values), list(EXACT_DRAWS)
    part = Estimate(reference.values[some], reference.error[some])
    known = np.where(np.isnan(known), part.values, known)
    return Derived(step, apart(part, Estimate(known, np.zeros_like(known))), hidden)


def apart(reference: Estimate, other: Estimate) -> Apart:
    """How far two derivations differ, beyond the rounding errors of both."""
    with np.errstate(invalid="ignore"):
        difference = np.abs(reference.values - other.values)
        size = np.maximum(np.abs(reference.values), np.abs(other.values))
        beyond = ~(difference <= RELATIVE * size + reference.error + other.error)
    if not np.isfinite(difference).all():
        return Apart(float("inf"), True)
    scale = size if beyond.any() else size.max(axis=0, keepdims=True)
    parts = difference / np.where(scale > 0, scale, 1.0)
    return Apart(float(parts[beyond].max() if beyond.any() else parts.max()), bool(beyond.any()))


def _hidden(reference: Estimate, other: Estimate) -> float:
    size = np.abs(reference.values)
    with np.errstate(invalid="ignore"):
        parts = (reference.error + other.error) / np.where(size > 0, size, np.inf)
    best = np.where(size > 0, parts, np.inf).min(axis=0)
    return float(best[size.any(axis=0)].max(initial=0.0))


def _misshapen(key: QuestionKey) -> str:
    """The two shapes if the author's reference has another shape than the derivative; else empty."""
    question = key.question
    assert question.of is not None
    assert question.wrt is not None
    wanted = target_grid(question.free, derivative(question.of, question.wrt).shape)
    fitting = key.grid in (wanted, wanted[::-1])
    return "" if fitting else f"{shape_text(key.grid)}, the derivative is {shape_text(wanted)}"


def findings(key: QuestionKey, found: Derived) -> Iterator[Finding]:
    """Findings on the reference of a question."""
    name = key.question.id
    for what, one in (
        ("the complex step", found.by_step),
        ("a difference in 100 digits", found.by_digits),
    ):
        if one is not None and not np.isfinite(one.size):
            text = "the differentiated value is not finite on some draws, so the reference is not checked"
            yield Finding(Level.ERROR, CHECK, name, text, "restrict the draws of its symbols")
        elif one is not None and one.beyond:
            text = f"the reference is not the derivative: {what} differs by {one.size:.1g} of the value"
            yield Finding(Level.ERROR, CHECK, name, text, _advice(key))
    if found.hidden > COARSE:
        level = Level.NOTE if key.question.reference is None else Level.WARNING
        text = (
            f"rounding hides errors of the reference below {min(found.hidden, 1):.1g} of the value"
        )
        yield Finding(level, CHECK, name, text, "draw the symbols with less extreme values")
    yield from _of_shape_and_size(key, found)


def _of_shape_and_size(key: QuestionKey, found: Derived) -> Iterator[Finding]:
    name, question = key.question.id, key.question
    if question.of is None or question.wrt is None:
        advice = "add `of` and `wrt`, so that the reference can be checked"
        text = f"the reference is not checked: {found.reason}"
        yield Finding(Level.WARNING, CHECK, name, text, advice)
    elif misshapen := _misshapen(key):
        text = f"the shapes of reference and derivative differ: the reference is {misshapen}"
        yield Finding(Level.ERROR, CHECK, name, text, _advice(key))
    elif not key.expected.any():
        of, wrt = (printing.infix(one, question.names) for one in (question.of, question.wrt))
        text = f"the derivative is zero on all draws: {of} does not depend on {wrt}"
        yield Finding(Level.WARNING, CHECK, name, text, "ask for a derivative that is not zero")
    elif found.by_digits is None and found.reason:
        text = f"not checked in 100 digits, only by the complex step: {found.reason}"
        yield Finding(Level.NOTE, CHECK, name, text)


def _advice(key: QuestionKey) -> str:
    if isinstance(key.question.reference, Python):
        return f"check {key.question.reference.function}() in {key.question.reference.file.name}"
    return "check `reference`" if key.question.reference else "report this as a bug of the grader"
