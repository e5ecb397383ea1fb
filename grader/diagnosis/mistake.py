"""What a mistake is, and what it says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from grader.diagnosis.faulty_pass import Change, Pass, Site
from grader.expression import Expression

Terms = Mapping[str, "Expression | str"]


@dataclass(frozen=True)
class Way:
    """One way to make a mistake in one backward pass: where it changes what.

    `terms` are what the sentences name; `rank` puts likelier ways first. `factor` is set if all that
    changes is that every entry is multiplied by it, so that values can be multiplied instead. A way that
    is `alone` leaves nothing of what other mistakes do.
    """

    changes: Mapping[Site, Change]
    terms: Terms = field(default_factory=dict)
    rank: int = 0
    factor: Expression | None = None
    alone: bool = False


@dataclass(frozen=True)
class Example:
    """A wrong answer, in infix, to the question of a derivative in one of the example networks.

    The networks stand in docs/mistakes.md.
    """

    of: str
    wrt: str
    answer: str
    network: str = "mlp"


@dataclass(frozen=True)
class Mistake:
    """A named way to get a backward pass wrong.

    `code` is the contract's name for it; several rows may share one. `sentence` names the very factor;
    `hint` gives less away and `nudge` less still. What stands in braces is filled in from a way's
    terms. `ways` finds all ways to make it in a given pass. `rank` orders explanations: the simplest,
    which people make most, first.
    """

    code: str
    sentence: str
    hint: str
    nudge: str
    ways: Callable[[Pass], Iterator[Way]]
    examples: tuple[Example, ...] = ()
    rank: int = 1


@dataclass(frozen=True)
class MadeMistake:
    """A mistake made in one way."""

    mistake: Mistake
    way: Way

    @property
    def rank(self) -> int:
        """Where it stands among explanations of the same length."""
        return self.mistake.rank + self.way.rank


def faults(catalogue: "tuple[Mistake, ...]", passed: Pass) -> list[MadeMistake]:
    """Every mistake of a catalogue in every way that it can be made in a pass, simplest first."""
    found = [MadeMistake(mistake, way) for mistake in catalogue for way in mistake.ways(passed)]
    return sorted(found, key=lambda fault: fault.rank)
