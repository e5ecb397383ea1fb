"""The rules for formulas that their author does not assert: denied, corrected, supposed, asked, quoted."""

from collections.abc import Callable, Iterator, Sequence

from grader.claims.clauses import NEAR, Chunk, Context, near, numbers
from grader.claims.formulas import is_mention, is_set_to_zero, is_unequal, left_side
from grader.claims.stances import Judgement, Rule, Stance, judged
from grader.lexicon import Role

_BACK = 50  # sentences in which a correction replaces formulas with the same left side
_ASIDE = frozenset({Role.SINCE, Role.WHERE, Role.IF})


# Denials


def _denials(context: Context) -> Iterator[Judgement]:
    """What "not" and "wrong" deny: the formula behind them, their subject, or what `this` stands for."""
    clause = context.clause
    if Role.AFFIRM in clause.roles:
        return
    for at, piece in enumerate(clause.pieces):
        if Role.NOT in piece.roles:
            yield from judged(Stance.DENIED, piece.text, _denied(context, at))
        elif piece.has(Role.WRONG, Role.REFUTE):
            negated = any(Role.NOT in one.roles for one in clause.pieces[max(0, at - NEAR) : at])
            yield from judged(Stance.DENIED, piece.text, [] if negated else _wrong(context, at))


def _denied(context: Context, at: int) -> list[int]:
    """The formulas that "not" denies."""
    clause, behind = context.clause, context.clause.pieces[at + 1 :]
    is_true = Role.TRUE in clause.roles
    if any(Role.WRONG in piece.roles for piece in behind[: NEAR + 1]):
        return []  # `not wrong`
    if Role.HARMLESS in clause.roles and not is_true:
        return []  # `does not depend on`
    if target := near(behind):
        return target
    if (is_true or (clause.next is not None and Role.THAT in clause.next.opening)) and (
        led := clause.led(at)
    ):
        return led  # `not true: X`, `ich glaube nicht, dass X`
    if _is_aside(context, at):
        return []
    if not behind and all(one.has(Role.GUESS, Role.BUT, Role.FILLER) for one in clause.pieces[:at]):
        return context.antecedents()  # `no, …`, `perhaps not`
    return _subject(context, at, is_called=is_true)


def _wrong(context: Context, at: int) -> list[int]:
    """The formulas that a clause calls wrong."""
    clause = context.clause
    calls = Role.WRONG in clause.pieces[at].roles
    if len(clause.pieces) == 1 and (said := context.said()):
        return said  # `X, no, wrong: Y`
    if calls and (target := near(clause.pieces[at + 1 :])):
        return target
    if calls and not numbers(clause.pieces[at:]) and (led := clause.led(at)):
        return led
    return [] if _is_aside(context, at) else _subject(context, at, is_called=calls)


def _subject(context: Context, at: int, *, is_called: bool) -> list[int]:
    """What a clause speaks of: the formula before a word in it, or what its pronoun stands for."""
    pieces = context.clause.pieces
    before = _of_the_same_verb(pieces[:at])
    if formulas := numbers(before):
        return ([one for one in formulas if one in context.sentence.claims] or formulas)[-1:]
    if any(Role.PRONOUN in piece.roles for piece in before):
        return context.antecedents()
    if Role.WRONG in pieces[at].roles and any(Role.PRONOUN in one.roles for one in pieces[at:]):
        return context.antecedents()  # `I disagree with it`
    is_fragment = not any(one.is_plain or Role.HARMLESS in one.roles for one in before)
    return context.antecedents() if is_fragment and is_called else []


def _of_the_same_verb(before: Sequence[Chunk]) -> Sequence[Chunk]:
    """The pieces behind the last "that", which begins a clause of its own: `surprising that it is not`."""
    for at in range(len(before) - 1, 0, -1):
        is_verb = at + 1 < len(before) and Role.EQUALS in before[at + 1].roles
        if Role.THAT in before[at].roles and not (Role.PRONOUN in before[at].roles and is_verb):
            return before[at + 1 :]
    return before


def _aside(context: Context) -> Iterator[Judgement]:
    """`X, where the sign is wrong`: words that leave nothing of what is before it."""
    if Role.WHERE in context.clause.opening and not numbers(context.clause.pieces):
        for piece in context.clause.pieces:
            if Role.WRONG in piece.roles and Role.AFFIRM not in context.clause.roles:
                yield from judged(Stance.CHANGED, piece.text, context.said())


def _is_aside(context: Context, at: int = 0) -> bool:
    """Whether a clause gives a reason or a meaning up to a word: it denies nothing of what is before it."""
    led = any(Role.IF in piece.roles for piece in context.clause.pieces[:at])
    return led or not _ASIDE.isdisjoint(context.clause.opening)


def _unequal(context: Context) -> Iterator[Judgement]:
    """`∂l/∂z \\not= p - y`."""
    found = (at for at in context.clause.formulas if is_unequal(context.texts[at]))
    return judged(Stance.DENIED, "≠", found)


# Corrections


def _corrections(context: Context) -> Iterator[Judgement]:
    """`Correction: Y`, `it should be Y`, `I first wrote X`, `my old answer was X`."""
    clause = context.clause
    for at, piece in enumerate(clause.pieces):
        if Role.OLD in piece.roles:
            title = [] if context.said() else context.later()[:1]
            yield from judged(Stance.SUPERSEDED, piece.text, clause.formulas or title)
        elif piece.has(Role.CORRECTION, Role.AMENDS):
            yield from judged(Stance.SUPERSEDED, piece.text, _replaced(context, at))


def _replaced(context: Context, at: int) -> Iterator[int]:
    """The formulas before a correction that it replaces; a weak word needs a formula in their place."""
    pieces = context.clause.pieces
    inner = numbers(pieces[:at])
    new = [one for one in context.following() if one not in inner]
    new = [one for one in new if not is_mention(context.texts[one])]
    if Role.AMENDS in pieces[at].roles:
        concludes = Role.CONCLUDE in context.sentence.clauses[0].roles
        other = any(one.is_plain or Role.ANSWER in one.roles for one in pieces[:at])
        if not new or concludes or other:
            return
    lefts = {left_side(context.texts[one]) for one in new}
    for one in inner or context.antecedents():
        if (
            not lefts
            or {left_side(context.texts[one]), None} & lefts
            or "=" not in context.texts[one]
        ):
            yield one
    for earlier in context.section[max(0, context.number - _BACK) : context.number]:
        lefts.discard(None)
        yield from (one for one in earlier.claims if left_side(context.texts[one]) in lefts)


# Assumptions, quotations, expectations, questions, examples


def _led_by(role: Role, kind: Stance) -> Callable[[Context], Iterator[Judgement]]:
    """The rule that the formulas behind a word of a role stand in a certain way."""

    def rule(context: Context) -> Iterator[Judgement]:
        for at, piece in enumerate(context.clause.pieces):
            if role in piece.roles:
                yield from judged(kind, piece.text, context.clause.led(at))
                return

    return rule


def _expected(context: Context) -> Iterator[Judgement]:
    """`X is what one would expect`, `one might think X`."""
    clause = context.clause
    said = next((piece for piece in clause.pieces if Role.EXPECT in piece.roles), None)
    led = context.clause.opening & {Role.SINCE, Role.WHERE}
    if said is not None and not led and Role.AFFIRM not in clause.roles:
        yield from judged(Stance.EXPECTED, said.text, clause.formulas)


def _asked(context: Context) -> Iterator[Judgement]:
    """`Is it X?`, `Show that X`."""
    clause = context.clause
    if context.sentence.asks or Role.ASKS in clause.opening:
        yield from judged(Stance.ASKED, "?", clause.formulas or clause.led(0))


def _examples(context: Context) -> Iterator[Judgement]:
    """All that follows "for example" in its sentence, or up to its closing bracket."""
    pieces = context.clause.pieces
    at = next((at for at, piece in enumerate(pieces) if Role.EXAMPLE in piece.roles), None)
    if at is None:
        return
    yield from judged(Stance.EXAMPLE, pieces[at].text, numbers(pieces[at:]))
    for later in context.sentence.clauses[context.at + 1 :]:
        if context.clause.after == "(" and later.closes:
            return
        yield from judged(Stance.EXAMPLE, pieces[at].text, later.formulas)


def _solved(context: Context) -> Iterator[Judgement]:
    """`We set $∂l/∂w = 0$`: the condition of an optimum, not a derivative."""
    found = (at for at in context.clause.formulas if is_set_to_zero(context.texts[at]))
    return judged(Stance.CONDITION, "= 0", found)


_HEADINGS = {
    Role.WRONG: Stance.DENIED,
    Role.OLD: Stance.SUPERSEDED,
    Role.QUOTED: Stance.QUOTED,
    Role.EXAMPLE: Stance.EXAMPLE,
}


def _marked(context: Context) -> Iterator[Judgement]:
    """What is crossed out, and what stands below a heading such as "Common mistakes"."""
    heading, pieces = context.sentence.heading, context.clause.pieces
    yield from judged(
        Stance.STRUCK, "crossed out", numbers(one for one in pieces if Role.STRUCK in one.roles)
    )
    if any(one.formula is None and Role.STRUCK in one.roles for one in pieces):
        yield from judged(Stance.STRUCK, "crossed out", context.said() or context.later()[:1])
    for role, kind in _HEADINGS.items() if heading is not None else ():
        if heading is not None and role in heading.roles:
            yield from judged(kind, heading.text, context.clause.formulas)


RULES: tuple[Rule, ...] = (
    (frozenset({Role.NOT, Role.WRONG, Role.REFUTE}), _denials),
    (frozenset({Role.WRONG}), _aside),
    (frozenset(), _unequal),
    (frozenset({Role.OLD, Role.CORRECTION, Role.AMENDS}), _corrections),
    (frozenset({Role.SUPPOSE}), _led_by(Role.SUPPOSE, Stance.SUPPOSED)),
    (frozenset({Role.QUOTED}), _led_by(Role.QUOTED, Stance.QUOTED)),
    (frozenset({Role.EXPECT}), _expected),
    (frozenset(), _asked),
    (frozenset(), _marked),
    (frozenset({Role.SOLVE}), _solved),
    (frozenset({Role.EXAMPLE}), _examples),
)
