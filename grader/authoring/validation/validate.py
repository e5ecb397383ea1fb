"""Runs all checks of a problem."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median

from grader import key as keys
from grader.authoring.reference_text import printed
from grader.authoring.validation import (
    answers,
    cases,
    derivation,
    draws_needed,
    indistinguishable,
    undefined,
    wording,
)
from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.indistinguishable import Change
from grader.authoring.validation.mistakes import NEAR_MISS, Attempts, Identity
from grader.authoring.validation.result import Checked, Validation
from grader.errors import AuthorError
from grader.grading import grade
from grader.key import Key, QuestionKey
from grader.problem import Problem, load, variants
from grader.problem.source import ProblemSource, read
from grader.submission import Place, Submission, TextAnswer

TIMED = 5
THESE = "these mistakes have the same values as the reference"


@dataclass(frozen=True, slots=True)
class ValidationOptions:
    """What to check besides the problem as written: its variants, its `cases.yaml`."""

    variants: bool = True
    cases: bool = True


Progress = Callable[[str], None]


def validate(
    path: Path,
    options: ValidationOptions = ValidationOptions(),
    progress: Progress = lambda _: None,
) -> Validation:
    """Check a problem. Raises AuthorError if it cannot be read."""
    problem, source = load(path), read(path)
    whole = _validated(_open(problem), source, options, progress)
    found = list(whole.findings)
    checked = 0
    if options.variants and problem.source is not None:
        odd = {_same(finding) for finding in found}
        for choices in variants.combinations(source):
            name = ", ".join(map(str, choices))
            progress(name)
            new = [one for one in _of_variant(problem, source, choices) if _same(one) not in odd]
            found += [replace(one, text=f"with {name}: {one.text}") for one in new]
            odd |= {_same(one) for one in new}
            checked += 1
    placed = [finding.placed(problem, source) for finding in found]
    return replace(whole, findings=_in_order(placed, problem), variants=checked)


def _same(finding: Finding) -> tuple[str, str, str]:
    """Findings with equal results are shown once."""
    return finding.check, finding.question, finding.text


def _open(problem: Problem) -> Problem:
    """The problem as written, without variants, with all feedback shown to the checks."""
    questions = tuple(replace(question, feedback="hint") for question in problem.questions)
    return replace(problem, source=None, questions=questions)


def _of_variant(
    problem: Problem, source: ProblemSource, choices: tuple[variants.Choice, ...]
) -> Iterator[Finding]:
    """Errors and warnings of one variant; a single choice gets all checks."""
    made = _open(variants.made(problem, choices))
    try:
        if len(choices) == 1:
            changed = variants.with_choices(source, choices)
            found = list(
                _validated(made, changed, ValidationOptions(cases=False), lambda _: None).findings
            )
        else:
            key = keys.build(made)
            found = [
                finding
                for own in key.questions.values()
                for finding in derivation.findings(own, derivation.derived(own))
            ]
    except AuthorError as error:
        for fault in error.faults:
            yield Finding(Level.ERROR, "variants", "", str(fault), at=choices[-1].path)
        return
    yield from (finding for finding in found if finding.level is not Level.NOTE)


def _validated(
    problem: Problem, source: ProblemSource, options: ValidationOptions, progress: Progress
) -> Validation:
    key = _built(problem, source)
    questions, published, attempts = [], answers.drawn(key), Attempts()
    for own in key.questions.values():
        progress(own.question.id)
        questions.append(_checked(key, own, published, attempts))
    progress("why mistakes have the values of the reference")
    questions = _explained(source, questions, attempts)
    found = [finding for one in questions for finding in _of_question(key[one.id], one)]
    found += [*undefined.findings(key), *answers.empty(key), *wording.findings(key, source)]
    if options.cases:
        progress("cases.yaml")
        found += cases.findings(key, problem.path.parent)
    progress("how many draws are needed")
    least = draws_needed.needed(problem, questions, attempts)
    found += draws_needed.findings(problem, least)
    return Validation(problem, tuple(questions), _in_order(found, problem), least, _time(key))


def _built(problem: Problem, source: ProblemSource) -> Key:
    """The key. Raises AuthorError with the line of each question without a reference."""
    try:
        return keys.build(problem)
    except AuthorError as error:
        ids = {f"question {one.id}": at for at, one in enumerate(problem.questions)}
        faults = [
            fault if fault.line else source.fault(_path(fault.path, ids), fault.reason)
            for fault in error.faults
        ]
        raise AuthorError(faults) from None


def _path(said: str, ids: Mapping[str, int]) -> tuple[str | int, ...]:
    return ("questions", ids[said]) if said in ids else (said,)


def _checked(key: Key, own: QuestionKey, published: Key, attempts: Attempts) -> Checked:
    return Checked(
        own.question.id,
        own.question.points,
        derivation.derived(own),
        dict(answers.notations(key, own, published)),
        tuple(attempts.on(own)),
        {},
    )


def _explained(
    source: ProblemSource, questions: Sequence[Checked], attempts: Attempts
) -> list[Checked]:
    """The questions, with a reason for each mistake that has the values of the reference."""
    coincident = {one.id: one.coincident for one in questions if one.coincident}
    reasons = indistinguishable.reasons(source, coincident, attempts) if coincident else {}
    by_question: dict[str, dict[Identity, Change]] = defaultdict(dict)
    for (question, identity), change in reasons.items():
        by_question[question][identity] = change
    return [replace(one, reasons=by_question[one.id]) for one in questions]


def _of_question(own: QuestionKey, one: Checked) -> Iterator[Finding]:
    yield from derivation.findings(own, one.derived)
    yield from answers.findings(own, one.read)
    for attempt in one.attempts:
        if attempt.caught and not attempt.decided:
            text = f"too close to the reference for a verdict: {attempt.text}"
            yield Finding(
                Level.ERROR, "mistakes", one.id, text, "draw the symbols with less extreme values"
            )
    yield from _coincidences(one)


def _coincidences(one: Checked) -> Iterator[Finding]:
    """One finding for each reason why mistakes have the values of the reference."""
    texts: dict[Change | None, list[str]] = defaultdict(list)
    for attempt in one.coincident:
        change = one.reasons.get(attempt.identity)
        texts[change].append(f"{attempt.code}: {attempt.text}")
    for change, same in texts.items():
        listed = "; ".join(dict.fromkeys(same))
        if change is None:
            text = f"{THESE} for all sizes and draws, so they are right answers"
            yield Finding(Level.NOTE, "mistakes", one.id, text, detail=listed)
        else:
            meant = change.meant and all(one.startswith(NEAR_MISS) for one in same)
            level = Level.NOTE if meant else Level.WARNING
            level = Level.ERROR if change.same_problem else level
            text = f"{THESE}, because {change.reason}"
            yield Finding(level, "mistakes", one.id, text, change.advice, listed)


def _time(key: Key) -> float:
    """Milliseconds to grade one submission that holds the references."""
    written = [
        TextAnswer(name, text, notation, Place("answer", 1))
        for name, own in key.questions.items()
        for _, text, notation in islice(printed(own), 1)
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
