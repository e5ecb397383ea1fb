"""Put bugs into right public code, one at a time, and grade it.

    python tests/code/injure.py FOLDER [--count 100] [--seed 1] [--as py|ipynb|fence] [--all] [NAME …]

FOLDER is as for `grade.py`. No injured answer may be accepted: each that is gets listed. See README.md.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bugs as kinds
import click
import numpy as np
from bugs import Bug
from documents import FORMS, HERE, Expected, documents, expected, program, written
from grade import Answer, answers
from prove import given, squeezed
from running import Values, values

from grader import key as keys
from grader import load_problem
from grader.key import Key

DRAWS = 3
MORE = 4  # bugs that are run for each that is graded: many change nothing that is judged
CHANGED = 1e-6


@dataclass(frozen=True)
class Injured:
    """A program with a bug, and the questions whose values it changes."""

    document: Path
    bug: Bug
    questions: tuple[str, ...]


@dataclass
class Source:
    """A document with right answers, and the bugs that change them."""

    document: Path
    key: Key
    left: Iterator[Injured]

    def graded(self, injured: Injured, form: str) -> list[Answer]:
        """The changed answers as they are graded in a copy of the document with the bug."""
        with tempfile.TemporaryDirectory() as name:
            copy = written(Path(name), self.document.stem, injured.bug.text, form)
            return [one for one in answers(copy, self.key) if one.question in injured.questions]


def sources(
    chosen: list[Path], form: str, all_of_them: bool, chance: random.Random
) -> list[Source]:
    """The documents with right answers: those that the grader accepts, or all."""
    found = []
    for document in chosen:
        key = keys.build(load_problem(HERE / document.stem))
        text, said = program(document), expected(document.stem)
        right = {question for question, of in said.answers.items() if of.verdict == "correct"}
        if not all_of_them:
            with tempfile.TemporaryDirectory() as name:
                graded = answers(written(Path(name), document.stem, text, form), key)
            right &= {one.question for one in graded if one.outcome[1] == "accepted"}
        if right:
            found.append(Source(document, key, _injuries(document, text, said, right, chance)))
    return found


def _injuries(
    document: Path, text: str, said: Expected, right: set[str], chance: random.Random
) -> Iterator[Injured]:
    """Bugs that change right answers when the code is run, the kinds in turn."""
    draws = given(document.stem, DRAWS)
    whole = values([text], said, draws)[0]
    waiting = _in_turn(list(kinds.bugs(text)), chance)
    while waiting:
        some, waiting = waiting[:MORE], waiting[MORE:]
        for bug, runs in zip(some, values([bug.text for bug in some], said, draws), strict=True):
            changed = tuple(sorted(q for q in right if _differs(whole, runs, q)))
            if changed:
                yield Injured(document, bug, changed)


def _in_turn(made: list[Bug], chance: random.Random) -> list[Bug]:
    """All bugs in random order, one of each kind after another."""
    chance.shuffle(made)
    seen: Counter[str] = Counter()
    order: list[tuple[int, float, Bug]] = []
    for bug in made:
        seen[bug.kind] += 1
        order.append((seen[bug.kind], chance.random(), bug))
    return [bug for *_, bug in sorted(order, key=lambda row: row[:2])]


def _differs(whole: list[Values], runs: list[Values], question: str) -> bool:
    """Whether an answer has another value on some draw. One that has none any more is no answer."""
    if any(question not in run for run in (*whole, *runs)):
        return False
    return any(
        _other(squeezed(one[question]), squeezed(two[question]))
        for one, two in zip(whole, runs, strict=True)
    )


def _other(one: np.ndarray, two: np.ndarray) -> bool:
    if one.shape != two.shape:
        return True
    scale = 1 + float(np.max(np.abs(one), initial=0.0))
    return not bool(np.max(np.abs(one - two), initial=0.0) <= CHANGED * scale)


def shown(injured: Injured, graded: list[Answer]) -> str:
    """An injury for a human to look at."""
    bug = injured.bug
    where = bug.function or "at the top level"
    lines = [f"\n{injured.document.stem} {bug.kind}, line {bug.line}, {where}"]
    lines += ["" if bug.backward else "    not in a function that computes derivatives"]
    lines += [f"    was {bug.was}", f"    now {bug.now}"]
    lines += [f"    {one.question}: {one.result.verdict}" for one in graded]
    return "\n".join(line for line in lines if line)


def worst(graded: list[Answer]) -> str:
    """What became of an injury: the worst of its answers."""
    became = {one.outcome[1] for one in graded if one.judged.verdict == "correct"}
    order = ("accepted", "to a human", "silent zero")
    return next((one for one in order if one in became), "silent zero")


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("names", nargs=-1)
@click.option("--count", default=100, show_default=True, help="How many bugs.")
@click.option("--seed", default=1, show_default=True)
@click.option("--as", "form", type=click.Choice([*FORMS]), default="py", show_default=True)
@click.option("--all", "all_of_them", is_flag=True, help="Also in answers that are not accepted.")
@click.option("--list", "listed", help="List also: refused, human.")
def main(
    folder: Path,
    names: tuple[str, ...],
    count: int,
    seed: int,
    form: str,
    all_of_them: bool,
    listed: str | None,
) -> None:
    """Print the counts, and the bugs that are accepted."""
    chance = random.Random(seed)
    waiting = sources(documents(folder, names), form, all_of_them, chance)
    chance.shuffle(waiting)
    became: Counter[tuple[str, str]] = Counter()
    while waiting and became.total() < count:
        source = waiting.pop(0)
        injured = next(source.left, None)
        if injured is None:
            continue
        waiting.append(source)
        graded = source.graded(injured, form)
        outcome = {"silent zero": "refused"}.get(worst(graded), worst(graded))
        kind = injured.bug.kind if injured.bug.backward else "elsewhere"
        became[kind, outcome] += 1
        if outcome == "accepted" or (listed and listed in outcome):
            click.echo(shown(injured, graded))
    for kind in (*kinds.NAMES, "elsewhere"):
        click.echo(f"{kind:20}" + _counts({o: n for (k, o), n in became.items() if k == kind}))
    total: Counter[str] = Counter()
    for (_, outcome), n in became.items():
        total[outcome] += n
    click.echo(f"{total.total():<20}" + _counts(total))


def _counts(of: dict[str, int] | Counter[str]) -> str:
    return ", ".join(
        f"{outcome} {of.get(outcome, 0)}" for outcome in ("accepted", "refused", "to a human")
    )


if __name__ == "__main__":
    main()
