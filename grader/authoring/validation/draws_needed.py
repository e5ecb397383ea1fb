"""How many draws a problem needs until every mistake differs from the reference."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader import key as keys
from grader.authoring.validation.finding import Finding, Level
from grader.authoring.validation.mistakes import Attempts, Wrong
from grader.authoring.validation.result import Checked
from grader.errors import AuthorError
from grader.problem import Problem

COUNTS = (16, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096)
"""Numbers of draws to try, besides the problem's own. Grading never uses fewer than 16."""

Wanted = dict[str, set[Wrong]]  # by question, the mistakes that must differ
LEAST_CAUGHT = 2  # draws on which each mistake must differ; one alone may be luck


def needed(problem: Problem, questions: Sequence[Checked], attempts: Attempts) -> int | None:
    """The least tried number of draws that shows every mistake at least twice; None if none does.

    `attempts` are those that checked the questions.
    """
    wanted = {one.id: _in_doubt(one, problem.draws) for one in questions}
    for count in sorted({*COUNTS, problem.draws}):
        if count == problem.draws:
            enough = all(map(_is_caught, questions, wanted.values()))
        else:
            enough = _is_enough(problem, count, attempts, wanted)
        if enough:
            return count
    return None


def _is_caught(one: Checked, wanted: set[Wrong]) -> bool:
    found = (attempt for attempt in one.attempts if attempt.wrong in wanted)
    return all(attempt.caught >= LEAST_CAUGHT for attempt in found)


def _in_doubt(one: Checked, draws: int) -> set[Wrong]:
    """The mistakes that draws can tell apart; what differs on all of these does so on any others."""
    late = {identity for identity, change in one.reasons.items() if change.same_problem}
    most = max(draws, COUNTS[0])
    return {
        attempt.wrong
        for attempt in one.attempts
        if (attempt.caught < most if attempt.caught else attempt.identity in late)
    }


def _is_enough(problem: Problem, count: int, attempts: Attempts, wanted: Wanted) -> bool:
    """Whether `count` draws show all these mistakes."""
    try:
        key = keys.build(replace(problem, draws=count))
    except AuthorError:
        return False
    return all(
        attempt.caught >= LEAST_CAUGHT
        for name, own in key.questions.items()
        if wanted[name]
        for attempt in attempts.on(own, wanted[name].__contains__)
    )


def findings(problem: Problem, least: int | None) -> Iterator[Finding]:
    """A finding if the draws of a problem are too few; `least` is the result of `needed`."""
    if least is None:
        text = f"even {COUNTS[-1]} draws do not show every mistake twice"
        yield Finding(
            Level.ERROR, "draws", "", text, "draw the symbols with both signs and with more spread"
        )
    elif least > problem.draws:
        text = f"{problem.draws} draws are too few to show every mistake twice; {least} are enough"
        yield Finding(
            Level.ERROR,
            "draws",
            "",
            text,
            "run `grader validate --fix-draws` to write the number into problem.yaml",
        )
