"""How many draws it takes to tell every mistake from the reference."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader import key as keys
from grader.authoring.validation import mistakes
from grader.authoring.validation.derivation import Derived
from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.mistakes import Identity
from grader.authoring.validation.result import Checked
from grader.errors import AuthorError
from grader.problem import Problem

COUNTS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096)
"""How many draws are tried besides the problem's own number. Fewer than 16 are never used."""

LEAST_CAUGHT = 2  # draws on which each mistake must differ: one alone may be luck


def needed(problem: Problem, questions: Sequence[Checked]) -> int | None:
    """The least number of draws on which every mistake shows at least twice; None if none that is tried."""
    wanted = {one.id: _to_be_caught(one) for one in questions}
    for count in sorted({*COUNTS, problem.draws}):
        same = count == problem.draws
        found = questions if same else _again(problem, count)
        if found is not None and _all_caught(found, wanted):
            return count
    return None


def _to_be_caught(one: Checked) -> set[Identity]:
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


def _all_caught(questions: Sequence[Checked], wanted: dict[str, set[Identity]]) -> bool:
    return all(
        attempt.caught >= LEAST_CAUGHT
        for one in questions
        for attempt in one.attempts
        if attempt.identity in wanted[one.id]
    )


def findings(problem: Problem, least: int | None) -> Iterator[Finding]:
    """Where the draws of a problem are too few; `least` is what `needed` gives."""
    if least is None:
        text = f"no number of draws up to {COUNTS[-1]} shows every mistake twice"
        yield Finding(Level.ERROR, "draws", "", text, "draw the symbols less one-sidedly")
    elif least > problem.draws:
        text = f"{problem.draws} draws do not show every mistake twice; {least} do"
        yield Finding(Level.ERROR, "draws", "", text, "--fix-draws sets the count")
