"""The ways in which a formula can stand, and the form of the rules that find them."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from grader.claims.clauses import Context
from grader.lexicon import Role


class Stance(Enum):
    """How a formula stands, the strongest first."""

    STRUCK = "crossed out"
    DENIED = "denied"
    SUPERSEDED = "replaced by a later formula"
    SUPPOSED = "an assumption"
    ASKED = "asked about"
    EXPECTED = "what one may expect"
    QUOTED = "of somebody else"
    EXAMPLE = "an example or a special case"
    CONDITION = "the condition of something"
    SHAPE = "a note on a shape"
    OFFERED = "one of several answers"
    CHANGED = "changed by the words around it"
    DOUBTED = "beside words that may change it"
    REASON = "a reason"
    PLAIN = "asserted"


Judgement = tuple[Stance, str, int]
"""How a formula stands, the words that say so, and the number of the formula."""

Rule = tuple[frozenset[Role], Callable[[Context], Iterable[Judgement]]]
"""The roles of which one must be in the sentence, none for any sentence; and what then follows."""


def judged(kind: Stance, words: str, formulas: Iterable[int]) -> Iterator[Judgement]:
    """One judgement of several formulas."""
    return ((kind, words, at) for at in formulas)
