"""The result of a validation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.authoring.validation.answers import ReferenceVerdict
from grader.authoring.validation.derivation import Apart, Derived
from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.indistinguishable import Change
from grader.authoring.validation.mistakes import Attempt, Identity
from grader.problem import Problem


@dataclass(frozen=True)
class Checked:
    """The results of one question."""

    id: str
    points: float
    derived: Derived
    read: Mapping[str, ReferenceVerdict]
    attempts: tuple[Attempt, ...]
    reasons: dict[Identity, Change]

    @property
    def seen(self) -> list[Attempt]:
        """The wrong answers that differ from the reference on some draw."""
        return [attempt for attempt in self.attempts if attempt.caught]

    @property
    def coincident(self) -> list[Attempt]:
        """The wrong answers that have the values of the reference on every draw."""
        return [attempt for attempt in self.attempts if not attempt.caught]

    @property
    def hardest(self) -> Attempt | None:
        """The wrong answer that differs on the fewest draws."""
        return min(self.seen, key=lambda one: one.caught, default=None)


@dataclass(frozen=True)
class Validation:
    """The whole result. `needed` draws tell all mistakes apart; None if no tried number does.

    `variants` is the number of variants checked besides the problem as written.
    """

    problem: Problem
    questions: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    needed: int | None
    milliseconds: float
    variants: int = 0

    @property
    def sound(self) -> bool:
        """Whether the problem has no errors."""
        return not any(finding.level is Level.ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema_version": 1,
            "problem": self.problem.id,
            "problem_digest": self.problem.digest,
            "sound": self.sound,
            "draws": self.problem.draws,
            "draws_needed": self.needed,
            "variants": self.variants,
            "milliseconds_per_submission": round(self.milliseconds, 3),
            "findings": [finding.to_json() for finding in self.findings],
            "questions": [_question_json(one, self.problem.draws) for one in self.questions],
        }


def _question_json(one: Checked, draws: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "points": one.points,
        "complex_step": _finite(one.derived.by_step),
        "digits": _finite(one.derived.by_digits),
        "notations": {name: r.verdict and str(r.verdict) for name, r in one.read.items()},
        "mistakes": [
            {
                "code": attempt.code,
                "text": attempt.text,
                "draws": attempt.caught,
                "share": attempt.caught / draws,
                **_reason_json(one.reasons.get(attempt.identity), bool(attempt.caught)),
            }
            for attempt in one.attempts
        ],
    }


def _finite(apart: Apart | None) -> float | None:
    """The size of a difference; None for infinity, which JSON does not have."""
    return apart.size if apart is not None and math.isfinite(apart.size) else None


def _reason_json(reason: Change | None, caught: bool) -> dict[str, str]:
    if caught:
        return {}
    if reason is None:
        return {"reason": SAME}
    return {"reason": reason.reason, "advice": reason.advice}


SAME = "equal for all sizes and draws, so it is a right answer"
