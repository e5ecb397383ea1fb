"""How a formula stands by the words around it: asserted, denied, superseded, an example, and so on.

A sentence in which something besides the formula denies it, corrects it, offers another value or changes
it does not assert it. The scope of a word is its clause: a denial of something else leaves the formula
asserted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.claims import changes, denials, doubts
from grader.claims.clauses import NEAR, Context, contexts
from grader.claims.formulas import claims
from grader.claims.stances import Judgement, Rule, Stance
from grader.lexicon import Role
from grader.submission import Item, Place

_ASSERTED = frozenset({Stance.PLAIN, Stance.REASON, Stance.DOUBTED})
_OPEN = frozenset({Stance.OFFERED, Stance.CHANGED})
_BESIDE = frozenset({Stance.REASON, Stance.CONDITION, Stance.SHAPE, Stance.EXAMPLE, Stance.ASKED})
_ORDER = {kind: at for at, kind in enumerate(Stance)}
_RULES: tuple[Rule, ...] = (*denials.RULES, *changes.RULES, *doubts.RULES)


@dataclass(frozen=True, slots=True)
class Given:
    """What words beside a formula say of a name in it: `with $N = 3$`, `where $N$ counts the features`.

    `text` is the name, perhaps with a value; `words` are those behind it, with their `roles`.
    """

    text: str
    words: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class FormulaStanding:
    """How a formula stands, the words that say so, and its place.

    `given` is what the sentence says of names, for one who knows their values to judge.
    """

    kind: Stance = Stance.PLAIN
    words: str = ""
    place: Place | None = None
    given: tuple[Given, ...] = ()

    @property
    def is_asserted(self) -> bool:
        """Whether the author stands by the formula as it is written."""
        return self.kind in _ASSERTED

    @property
    def changes(self) -> str:
        """The words that keep the formula from being asserted; "" if none do."""
        return "" if self.is_asserted else self.words

    @property
    def is_doubted(self) -> bool:
        """Whether nobody knows what the words beside it do: it may be wrong, but is not accepted."""
        return self.kind is Stance.DOUBTED

    @property
    def is_answer(self) -> bool:
        """Whether it may be meant as an answer. What is not never displaces one."""
        return self.is_asserted or self.kind in _OPEN

    @property
    def is_beside(self) -> bool:
        """Whether it serves another statement: a reason, a condition, an example."""
        return self.kind in _BESIDE


PLAIN = FormulaStanding()


def standings(items: Sequence[Item], language: str) -> dict[int, FormulaStanding]:
    """How each formula of a paper stands, by its place in `items`; those that are plain are left out."""
    found: dict[int, FormulaStanding] = {}
    for context in contexts(items, language):
        for kind, words, at in _judgements(context):
            before = found.get(at, PLAIN)
            if _ORDER[kind] < _ORDER[before.kind]:
                found[at] = replace(before, kind=kind, words=words, place=items[at].place)
        for at, given in _givens(context):
            before = found.get(at, PLAIN)
            found[at] = replace(before, given=(*before.given, given))
    return found


def _judgements(context: Context) -> list[Judgement]:
    found: list[Judgement] = []
    for roles, rule in _RULES:
        if not roles or not roles.isdisjoint(context.sentence.roles):
            found += rule(context)
    return [*found, *doubts.unexplained(context, {words for _, words, _ in found})]


_GIVES = frozenset({Role.WITH, Role.WHERE, Role.FOR, Role.LET, Role.IF, Role.AT})


def _givens(context: Context) -> Iterator[tuple[int, Given]]:
    """What a clause says of names, with each formula of its sentence that claims something."""
    mine = context.sentence.claims
    if not mine or context.clause.roles.isdisjoint(_GIVES):
        return
    pieces = context.clause.pieces
    for at, piece in enumerate(pieces):
        led = any(one.has(*_GIVES) for one in pieces[max(0, at - NEAR) : at])
        if led and piece.formula is not None and not claims(piece.text):
            behind = pieces[at + 1 :]
            words = " ".join(one.text for one in behind)
            roles = frozenset().union(*(one.roles for one in behind))
            yield from ((claim, Given(piece.text, words, roles)) for claim in mine)
