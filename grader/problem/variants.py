"""Variants: sizes, functions and formulas that are chosen for each student by the student's id.

Neighbours get different networks. The handout, the published draw and the grader find the same one from
the id.
"""

import copy
import hashlib
import itertools
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.errors import AuthorError, Fault
from grader.problem.build import build
from grader.problem.model import Problem
from grader.problem.source import ProblemSource

SECTIONS = ("dimensions", "functions", "model")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice for a student, such as: `dimensions.n1` has the third value of its list."""

    section: str
    name: str
    at: int
    value: int | str

    @property
    def path(self) -> tuple[str | int, ...]:
        """Where it is written in `problem.yaml`."""
        return ("variants", self.section, self.name, self.at)

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


def listed(source: ProblemSource) -> Iterator[tuple[str, str, list[Any]]]:
    """Everything that varies: its section, its name, and the values to choose from."""
    for section in SECTIONS:
        for name, values in source.data["variants"][section].items():
            yield section, name, values


MOST_COMBINATIONS = 64


def combinations(source: ProblemSource) -> Iterator[tuple[Choice, ...]]:
    """Each choice alone, then all combinations, or about 64 that are spread evenly over them."""
    varies = [
        [Choice(section, name, at, value) for at, value in enumerate(values)]
        for section, name, values in listed(source)
    ]
    for choices in varies:
        yield from ((choice,) for choice in choices)
    total = math.prod(map(len, varies))
    if len(varies) > 1:
        step = max(1, total // MOST_COMBINATIONS)
        yield from itertools.islice(itertools.product(*varies), 0, total, step)


def chosen(problem: Problem, student: str) -> tuple[Choice, ...]:
    """The choices for the student with an id; () if nothing varies."""
    if problem.source is None:
        return ()
    name = unicodedata.normalize("NFC", student)  # file systems encode accents differently
    return tuple(
        Choice(section, varies, at, values[at])
        for section, varies, values in listed(problem.source)
        for at in [_drawn(problem, section, varies, name) % len(values)]
    )


def for_student(problem: Problem, student: str) -> Problem:
    """The variant for the student with an id; the problem itself if nothing varies."""
    return made(problem, chosen(problem, student))


def made(problem: Problem, choices: tuple[Choice, ...]) -> Problem:
    """The variant with these choices. Raises AuthorError if they do not fit together."""
    if not choices or problem.source is None:
        return problem
    built = build(with_choices(problem.source, choices))
    variant = ", ".join(map(str, choices))
    return replace(built, source=None, variant=variant, handout=problem.handout)


def check(problem: Problem, source: ProblemSource) -> None:
    """Raise AuthorError unless each choice alone gives a valid problem."""
    faults = []
    for section, name, values in listed(source):
        for at, value in enumerate(values):
            faults += _faults(problem, source, Choice(section, name, at, value))
    if faults:
        raise AuthorError(faults)


def _faults(problem: Problem, source: ProblemSource, choice: Choice) -> list[Fault]:
    if choice.name not in source.data[choice.section]:
        return [source.fault(choice.path[:3], f"`{choice.name}` is not in {choice.section}")]
    try:
        built = build(with_choices(source, (choice,)))
    except AuthorError as error:
        first = error.faults[0]
        return [source.fault(choice.path, f"with {choice}: {first.path}: {first.reason}")]
    shape = problem.scope.model[choice.name].shape if choice.section == "model" else None
    if shape and built.scope.model[choice.name].shape != shape:
        reason = f"this has another shape than `{choice.name}` in the model"
        return [source.fault(choice.path, reason)]
    return []


def with_choices(source: ProblemSource, choices: tuple[Choice, ...]) -> ProblemSource:
    """The source with these choices filled in."""
    data = copy.deepcopy(source.data)
    for choice in choices:
        owner = data[choice.section]
        if choice.section == "dimensions":
            owner[choice.name] = choice.value
        else:
            owner[choice.name]["is"] = choice.value
    return replace(source, data=data)


def _drawn(problem: Problem, *words: str) -> int:
    """A whole number from the seed, the problem's id and some words: the same on every machine."""
    text = "\0".join((str(problem.seed), problem.id, "variant", *words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
