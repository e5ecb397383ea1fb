"""Mistakes and the ways to make them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.diagnosis.faulty_pass import Change, Pass, Site
from grader.expression import Expression

Terms = Mapping[str, "Expression | str"]


@dataclass(frozen=True)
class Way:
    """One way to make a mistake in one backward pass: where it changes what.

    `terms` fill the braces of the sentences. `rank` puts likelier ways first. `factor` is set if the
    change only multiplies every entry by it, so that values can be multiplied instead. A way that is
    `alone` discards the changes of other mistakes.
    """

    changes: Mapping[Site, Change]
    terms: Terms = field(default_factory=dict)
    rank: int = 0
    factor: Expression | None = None
    alone: bool = False


@dataclass(frozen=True)
class Example:
    """A wrong answer, in infix, to the question of a derivative in one of the example networks.

    docs/mistakes.md shows the networks.
    """

    of: str
    wrt: str
    answer: str
    network: str = "mlp"


@dataclass(frozen=True)
class Mistake:
    """A named way to get a backward pass wrong.

    `code` is its public name; several rows may share one. `sentence` names the factor, `hint` gives less
    away, `nudge` still less. A way's terms fill their braces. `ways` finds all ways to make the mistake
    in a pass. `rank` orders explanations: the simplest and most common first. `in_written` mistakes depend
    on how people write the derivative (`Pass.written`).
    """

    code: str
    sentence: str
    hint: str
    nudge: str
    ways: Callable[[Pass], Iterator[Way]]
    examples: tuple[Example, ...] = ()
    rank: int = 1
    in_written: bool = False


@dataclass(frozen=True)
class MadeMistake:
    """A mistake made in one way."""

    mistake: Mistake
    way: Way

    @property
    def rank(self) -> int:
        """Its order among explanations of the same length; lower comes first."""
        return self.mistake.rank + self.way.rank


Made = dict[int, list[MadeMistake]]
"""By the id of a row of the catalogue: its mistakes in one pass, however its derivative is written."""


def faults(
    catalogue: "tuple[Mistake, ...]", passed: Pass, made: Made | None = None
) -> list[MadeMistake]:
    """Every mistake of a catalogue, in every way to make it in a pass, the simplest first.

    `made` keeps the mistakes that passes with the derivative written in another way share.
    """
    known = {} if made is None else made
    found: list[MadeMistake] = []
    for mistake in catalogue:
        if mistake.in_written:
            found += _made(mistake, passed)
            continue
        if id(mistake) not in known:
            known[id(mistake)] = _made(mistake, passed)
        found += known[id(mistake)]
    return sorted(found, key=lambda fault: fault.rank)


def _made(mistake: Mistake, passed: Pass) -> list[MadeMistake]:
    return [MadeMistake(mistake, way) for way in mistake.ways(passed)]
