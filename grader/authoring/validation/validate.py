"""All checks of a problem, one after the other."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from grader import key as keys
from grader.authoring.validation import answers, cases, derivation, mistakes, parting, wording
from grader.authoring.validation.derivation import Derived
from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.mistakes import Attempt
from grader.authoring.validation.parting import Change
from grader.draws import kinks, per_draw
from grader.errors import AuthorError
from grader.expression import Symbol
from grader.grading import grade
from grader.key import Key, QuestionKey
from grader.problem import Problem, load, variants
from grader.problem.source import ProblemSource, read
from grader.result import Verdict
from grader.submission import Place, Submission, TextAnswer

COUNTS = (16, 24, 32, 48, 64, 96, 128, 192, 256)
"""How many draws are tried. Fewer than 16 are never used."""

LEAST_CAUGHT = 2  # draws on which each mistake must differ: one alone may be luck
TIMED = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be checked: with SymPy too, and each choice of the variants too."""

    sympy: bool = True
    variants: bool = True


@dataclass(frozen=True)
class Checked:
    """What is known of one question."""

    id: str
    points: float
    derived: Derived
    verdicts: dict[str, Verdict | None]
    attempts: tuple[Attempt, ...]
    reasons: dict[tuple[str, str], Change]

    @property
    def told_apart(self) -> list[Attempt]:
        """The wrong answers that differ from the reference on some draw."""
        return [attempt for attempt in self.attempts if attempt.caught]

    @property
    def coincident(self) -> list[Attempt]:
        """Those that have its values on every draw."""
        return [attempt for attempt in self.attempts if not attempt.caught]

    @property
    def hardest(self) -> Attempt | None:
        """The wrong answer that differs on the fewest draws."""
        return min(self.told_apart, key=lambda one: one.caught, default=None)


@dataclass(frozen=True)
class Validation:
    """The whole result; `needed` draws tell all mistakes apart, None if no number that was tried does."""

    problem: Problem
    questions: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    needed: int | None
    milliseconds: float

    @property
    def sound(self) -> bool:
        """Whether students may meet it."""
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
            "milliseconds_per_submission": round(self.milliseconds, 3),
            "findings": [finding.to_json() for finding in self.findings],
            "questions": [_question_json(one, self.problem.draws) for one in self.questions],
        }


def _question_json(one: Checked, draws: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "points": one.points,
        "differences": one.derived.differences,
        "sympy": one.derived.exact,
        "notations": {name: verdict and str(verdict) for name, verdict in one.verdicts.items()},
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


def _reason_json(reason: Change | None, caught: bool) -> dict[str, str]:
    if caught:
        return {}
    if reason is None:
        return {"reason": SAME}
    return {"reason": reason.reason, "advice": reason.advice}


SAME = "it has the values of the reference whatever the sizes and draws: here it is no mistake"

Progress = Callable[[str], None]


def validate(
    path: Path, options: Options = Options(), progress: Progress = lambda _: None
) -> Validation:
    """Check a problem. Raises AuthorError if it cannot even be read."""
    problem, source = load(path), read(path)
    validation = _validated(replace(problem, source=None), source, options, progress)
    if not options.variants or problem.source is None:
        return validation
    found = list(validation.findings)
    for section, name, values in variants.listed(source):
        for at, value in enumerate(values):
            choice = variants.Choice(section, name, at, value)
            progress(str(choice))
            found += _of_variant(problem, choice, source, options)
    return replace(validation, findings=tuple(found))


def _of_variant(
    problem: Problem, choice: variants.Choice, source: ProblemSource, options: Options
) -> Iterator[Finding]:
    """What is wrong with one variant; what is only odd was said of the problem as it is written."""
    try:
        key = keys.build(variants.made(problem, (choice,)))
    except AuthorError as error:
        for fault in error.faults:
            yield Finding(Level.ERROR, "variants", "", f"with {choice}: {fault}")
        return
    for own in key.questions.values():
        checked = _checked(key, own, options)
        for finding in _of_question(own, checked):
            if finding.level is Level.ERROR:
                yield replace(finding, text=f"with {choice}: {finding.text}")


def _validated(
    problem: Problem, source: ProblemSource, options: Options, progress: Progress
) -> Validation:
    key = keys.build(problem)
    questions = []
    for own in key.questions.values():
        progress(own.question.id)
        questions.append(_checked(key, own, options))
    progress("what would part mistakes from the key")
    questions = _explained(source, questions)
    found = [finding for one in questions for finding in _of_question(key[one.id], one)]
    found += [*_kinks(key), *answers.empty(key), *wording.findings(key)]
    progress("cases.yaml")
    found += cases.findings(key, problem.path.parent)
    needed = _needed(problem, questions)
    found += _draws(problem, needed)
    return Validation(problem, tuple(questions), _in_order(found, problem), needed, _time(key))


def _checked(key: Key, own: QuestionKey, options: Options) -> Checked:
    return Checked(
        own.question.id,
        own.question.points,
        derivation.derived(own, options.sympy),
        dict(answers.notations(key, own)),
        tuple(mistakes.attempts(own)),
        {},
    )


def _explained(source: ProblemSource, questions: Sequence[Checked]) -> list[Checked]:
    """With the change that would part each mistake that has the values of the reference."""
    coincident = {one.id: one.coincident for one in questions if one.coincident}
    reasons = parting.reasons(source, coincident) if coincident else {}
    by_question: dict[str, dict[tuple[str, str], Change]] = defaultdict(dict)
    for (question, identity), change in reasons.items():
        by_question[question][identity] = change
    return [replace(one, reasons=by_question[one.id]) for one in questions]


def _of_question(own: QuestionKey, one: Checked) -> Iterator[Finding]:
    yield from derivation.findings(own, one.derived)
    yield from answers.findings(own, one.verdicts)
    for attempt in one.attempts:
        if attempt.caught and not attempt.decided:
            text = f"too close to the reference to be told apart: {attempt.text}"
            yield Finding(Level.ERROR, "mistakes", one.id, text, "draw the symbols less extremely")
    yield from _coincidences(one)


def _coincidences(one: Checked) -> Iterator[Finding]:
    """One finding for each change that would part mistakes from the key."""
    texts: dict[Change | None, list[str]] = defaultdict(list)
    for attempt in one.coincident:
        texts[_hashable(one.reasons.get(attempt.identity))].append(
            f"{attempt.code}: {attempt.text}"
        )
    for change, same in texts.items():
        listed = "; ".join(dict.fromkeys(same))
        if change is None:
            yield Finding(Level.NOTE, "mistakes", one.id, SAME, detail=listed)
        else:
            level = Level.ERROR if change.same_problem else Level.WARNING
            text = f"not told apart from the reference, since {change.reason}"
            yield Finding(level, "mistakes", one.id, text, change.advice, listed)


def _hashable(change: Change | None) -> "Change | None":
    return None if change is None else replace(change, data=_NOTHING)


class _Nothing(dict[str, Any]):
    def __hash__(self) -> int:  # type: ignore[override]
        return 0


_NOTHING = _Nothing()


def _kinks(key: Key) -> Iterator[Finding]:
    """Units that are on one side of their kink on every draw: the other side is never tried."""
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
                    else "what a kinked function is applied to"
                )
                text = (
                    f"{name}: {len(stuck)} of {signs.shape[1]} entries keep their sign on all draws"
                )
                advice = "draw the symbols it is computed from with both signs"
                yield Finding(Level.WARNING, "kinks", "", text, advice)


def _needed(problem: Problem, questions: Sequence[Checked]) -> int | None:
    """The least number of draws on which every mistake shows at least twice."""
    wanted = {one.id: _to_be_caught(one) for one in questions}
    for count in COUNTS:
        same = count == problem.draws
        found = questions if same else _again(problem, count)
        if found is not None and _all_caught(found, wanted):
            return count
    return None


def _to_be_caught(one: Checked) -> set[tuple[str, str]]:
    """The mistakes that draws can tell apart."""
    late = {identity for identity, change in one.reasons.items() if change.same_problem}
    return late | {attempt.identity for attempt in one.told_apart}


def _again(problem: Problem, count: int) -> "list[Checked] | None":
    try:
        key = keys.build(replace(problem, draws=count))
    except AuthorError:
        return None
    return [
        Checked(name, 0, Derived(), {}, tuple(mistakes.attempts(own)), {})
        for name, own in key.questions.items()
    ]


def _all_caught(questions: Sequence[Checked], wanted: dict[str, set[tuple[str, str]]]) -> bool:
    return all(
        attempt.caught >= LEAST_CAUGHT
        for one in questions
        for attempt in one.attempts
        if attempt.identity in wanted[one.id]
    )


def _draws(problem: Problem, needed: int | None) -> Iterator[Finding]:
    if needed is None:
        text = f"no number of draws up to {COUNTS[-1]} shows every mistake twice"
        yield Finding(Level.ERROR, "draws", "", text, "draw the symbols less one-sidedly")
    elif needed > problem.draws:
        text = f"{problem.draws} draws do not show every mistake twice; {needed} do"
        yield Finding(Level.ERROR, "draws", "", text, "--fix-draws sets the count")


def _time(key: Key) -> float:
    """Milliseconds to grade one submission: the references, written as a student would."""
    written = [
        TextAnswer(name, text, notation, Place("answer", 1))
        for name, own in key.questions.items()
        for _, text, notation in list(answers.printed(own))[:1]
    ]
    submission = Submission("timed", "answers", "", answers=tuple(written))
    seconds = []
    for _ in range(TIMED):
        key.seen.clear()
        began = time.perf_counter()
        grade(key, submission)
        seconds.append(time.perf_counter() - began)
    return 1000 * median(seconds)


def _in_order(found: Sequence[Finding], problem: Problem) -> tuple[Finding, ...]:
    """Errors first, then by question; each once."""
    places = {question.id: at for at, question in enumerate(problem.questions)}
    levels = list(Level)
    unique = list(Counter(found))
    key = lambda one: (levels.index(one.level), places.get(one.question, -1))  # noqa: E731
    return tuple(sorted(unique, key=key))
