"""Where a derivative does not exist: kinks with one side on all draws, values that are not finite."""

from collections.abc import Iterator

import numpy as np

from grader.authoring.validation.finding import Finding, Level
from grader.draws import defined, generator, kinks, per_draw
from grader.expression import Symbol
from grader.key import Key

CANDIDATES = 512  # random draws; those without finite values are left out
USUAL = 0.9


def findings(key: Key) -> Iterator[Finding]:
    """All findings on kinks and on values that are not finite."""
    yield from _kinks(key)
    yield from _undefined(key)


def _kinks(key: Key) -> Iterator[Finding]:
    """Units on the same side of their kink on every draw, so that the other side is never tested."""
    seen = set()
    for own in key.questions.values():
        definitions = [q.definition for q in own.question.scope.model.values() if q.definition]
        for kink in kinks([*definitions, *([own.reference] if own.reference else [])]):
            if kink in seen:
                continue
            seen.add(kink)
            with np.errstate(all="ignore"):
                signs = np.sign(per_draw(kink, own.draws, own.backprop.lower))
            stuck = np.flatnonzero((signs == signs[0]).all(axis=0))
            if len(stuck):
                name = (
                    kink.name
                    if isinstance(kink, Symbol)
                    else "the argument of a function with a kink"
                )
                text = (
                    f"{name}: {len(stuck)} of {signs.shape[1]} entries keep their sign on all draws"
                )
                advice = "draw its symbols with both signs"
                yield Finding(Level.WARNING, "kinks", "", text, advice)


def _undefined(key: Key) -> Iterator[Finding]:
    """Where the model or a reference has no finite value on some random draws."""
    for own in key.questions.values():
        if own.reference is None:
            continue
        rng = generator(key.problem.seed, key.problem.id, "defined")
        lower = own.backprop.lower
        share = defined(own.question.scope, [own.reference], CANDIDATES, rng, lower)
        if share < 1:
            text = f"not finite on {1 - share:.0%} of random draws; grading leaves those out"
            advice = "draw symbols inside a log or a root, or in a denominator, as `positive`"
            level = Level.WARNING if share < USUAL else Level.NOTE
            yield Finding(level, "undefined", own.question.id, text, advice)
