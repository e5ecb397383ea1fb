"""The rules for what may change a formula: words for near or in part, regrets, words that nobody knows.

A formula is accepted only if nothing beside it may change it. So the rules here know no meaning: they find
words with an altering role that no other rule explains, and words that are not in the lexicon.
"""

import itertools
from collections.abc import Container, Iterator, Sequence

from grader.claims.clauses import EXPLAINS, NEAR, Chunk, Clause, Context, near, numbers
from grader.claims.formulas import is_mention
from grader.claims.stances import Judgement, Rule, Stance, judged
from grader.lexicon import Role

_LABEL = 3  # words of a label
_REMARK = 8  # words of a short remark

_REASONS = frozenset({Role.SINCE, Role.BY})
_MENDING = frozenset({  # what makes a right answer of a wrong formula
    *(Role.OPERATION, Role.OPERATION_ON, Role.WITHOUT, Role.SWAP, Role.INSTEAD)
})  # fmt: skip
_DOUBTING = frozenset({
    *(Role.NOT, Role.WRONG, Role.OLD, Role.EXPECT, Role.SUPPOSE, Role.QUOTED, Role.REFUTE),
    *(Role.STRUCK, Role.LOOSE, Role.REGRET),
})  # fmt: skip
_ALTERING = _MENDING | _DOUBTING | {Role.ONLY, Role.CORRECTION}
_DENYING = frozenset({Role.NOT, Role.WRONG, Role.INSTEAD})
_ASIDES = EXPLAINS | {Role.THAT_IS}
_VALUES = frozenset({Role.EQUALS, Role.CONCLUDE, Role.THAT_IS, Role.THAT})


# Rules that know what a word means


def _loose(context: Context) -> Iterator[Judgement]:
    """`roughly X`, `X up to sign`, `one part of the gradient is X`, `X in the linear case`."""
    if context.clause.opening & _REASONS or Role.AFFIRM in context.clause.roles:
        return
    pieces = context.clause.pieces
    for at, piece in enumerate(pieces):
        is_case = at > 0 and Role.CASE in piece.roles and pieces[at - 1].is_plain
        if is_case or (Role.LOOSE in piece.roles and not _counts(pieces[at + 1 : at + 2])):
            said = context.here() or context.said() or context.later()
            yield from judged(Stance.CHANGED, piece.text, said)


def _counts(pieces: Sequence[Chunk]) -> bool:
    """Whether a formula follows to which a sum or a layer runs: `up to $K$`."""
    return any(one.formula is not None and is_mention(one.text) for one in pieces)


def _regrets(context: Context) -> Iterator[Judgement]:
    """`X. I forgot the factor`, `X (missing a minus)`: said of what is before it."""
    clause = context.clause
    if clause.opening & EXPLAINS or not clause.roles.isdisjoint({Role.NOT, Role.AFFIRM}):
        return
    for at, piece in enumerate(clause.pieces):
        if Role.REGRET in piece.roles:
            said = numbers(clause.pieces[:at]) or context.said()
            ahead = clause.led(at) or (
                context.later()[:1] if clause.after or not context.at else []
            )
            yield from judged(Stance.CHANGED, piece.text, said or ahead or context.antecedents())


def _left_to_do(context: Context) -> Iterator[Judgement]:
    """`X. Then multiply this by 2.`: an operation on it, and no value behind."""
    clause = context.clause
    words = [one for one in clause.pieces if not one.has(Role.CONCLUDE, Role.AND)]
    if not words or words[0].roles & {Role.BY} or Role.EQUALS in clause.roles:
        return
    goes_on = len(words) < len(clause.pieces) or Role.PRONOUN in clause.roles
    if Role.OPERATION in words[0].roles and goes_on and not context.following():
        yield from judged(Stance.CHANGED, words[0].text, context.antecedents())


def _unknown(context: Context) -> Iterator[Judgement]:
    """Words that nobody here knows, beside a formula in its sentence; reasons change nothing.

    In a language of which only ordinary words are known nobody can tell clauses apart.
    """
    if context.clause.opening & _REASONS:
        return
    pieces, mine = context.clause.pieces, context.sentence.claims
    for at, piece in enumerate(pieces):
        if piece.is_unknown:
            led = near(pieces[at + 1 : at + 2 + NEAR]) or context.clause.led(at)
            behind = [one for one in led if one in mine]
            before = [one for one in numbers(pieces[:at]) if one in mine] or context.said()
            beside = mine if piece.is_partly else [*behind, *before]
            yield from judged(Stance.DOUBTED, piece.text, beside)


def _exclaimed(context: Context) -> Iterator[Judgement]:
    """`Sign error! X`: a word or two before a sentence."""
    sentence, pieces = context.sentence, context.clause.pieces
    behind = context.section[context.number + 1 :][:1]
    is_label = sentence.exclaims and len(sentence.clauses) == 1 and len(pieces) <= _LABEL
    if is_label and not sentence.claims and behind and not behind[0].opens:
        for piece in pieces:
            if piece.roles & _DOUBTING:
                yield from judged(Stance.DOUBTED, piece.text, behind[0].claims)


def _remarks(context: Context) -> Iterator[Judgement]:
    """`X. I lied.`, `X. April fools!`: a short sentence of its own with words that nobody here knows.

    In a language of which only ordinary words are known it may be long.
    """
    sentence = context.sentence
    pieces = [one for clause in sentence.clauses for one in clause.pieces]
    is_partly = any(one.is_partly for one in pieces)
    if context.at or sentence.claims or (len(pieces) > _REMARK and not is_partly):
        return
    for piece in pieces:
        if piece.is_unknown:
            yield from judged(Stance.DOUBTED, piece.text, context.just_said())


# What no rule explains


def unexplained(context: Context, known: Container[str]) -> Iterator[Judgement]:
    """Words that may alter the formulas beside them, if no rule knows what they do there."""
    clause = context.clause
    if Role.AFFIRM in clause.roles:
        return
    altering = _ALTERING
    if _is_aside(context):
        altering = _DENYING if Role.WHERE in clause.opening and not clause.formulas else frozenset()
    for at, piece in enumerate(clause.pieces):
        if piece.roles.isdisjoint(altering) or piece.text in known or _is_harmless(clause, at):
            continue
        here = context.here() or context.said()
        restricts = Role.ONLY in piece.roles and clause.roles & {Role.IF, Role.FOR, Role.WITH}
        ahead = context.later()[:1] if restricts else []
        ahead = ahead or (clause.led(at) if piece.roles & _DOUBTING else [])
        kind = Stance.DOUBTED if piece.roles.isdisjoint(_MENDING) else Stance.CHANGED
        yield from judged(kind, piece.text, here or ahead)


def _is_aside(context: Context) -> bool:
    """Whether a clause speaks of a reason or of a name, or goes on from one that does."""
    clause = context.clause
    if clause.opening & _ASIDES:
        return True
    if Role.WITH in clause.opening and clause.formulas and not context.here():
        return True  # `with $h$ being positive`
    before = context.sentence.clauses[: context.at]
    if not before or clause.formulas:
        return False
    since = itertools.takewhile(lambda one: not one.formulas, reversed(before))
    in_words = any(Role.THAT_IS in one.opening for one in since)  # the value, once more
    return in_words or bool(before[-1].opening & _ASIDES)


def _is_harmless(clause: Clause, at: int) -> bool:
    """Whether a word belongs to the value in words: `the product of … is X`, `X, the difference …`."""
    piece, behind = clause.pieces[at], clause.pieces[at + 1 :]
    if Role.NOT in clause.roles and Role.HARMLESS in clause.roles:
        return True  # `no transpose is needed`
    if piece.has(Role.BY, Role.CONCLUDE):
        return True  # Spanish `por` is "times" and "by"
    if Role.NOT in piece.roles:
        return at == 0 and any(one.is_plain for one in behind[:1])  # `X, no penalty`
    if numbers(clause.pieces[:at]):
        return False
    if Role.ONLY in piece.roles and clause.roles & {Role.IF, Role.FOR, Role.WITH}:
        return False
    words = itertools.takewhile(lambda one: one.formula is None, behind)
    names_value = any(one.has(*_VALUES) for one in words) if numbers(behind) else False
    is_apposition = not clause.formulas and Role.MUST not in clause.roles
    return names_value or (is_apposition and bool(clause.opening & {Role.FILLER, Role.CONCLUDE}))


RULES: tuple[Rule, ...] = (
    (frozenset({Role.LOOSE, Role.CASE}), _loose),
    (frozenset({Role.REGRET}), _regrets),
    (frozenset({Role.OPERATION}), _left_to_do),
    (frozenset(), _unknown),
    (frozenset(), _remarks),
    (_DOUBTING, _exclaimed),
)
