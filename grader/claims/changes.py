"""The rules for words that change a formula, restrict it, offer another, or make it serve another."""

import itertools
import re
from collections.abc import Iterator, Sequence

from grader.claims.clauses import EXPLAINS, NEAR, Chunk, Clause, Context, near, numbers
from grader.claims.formulas import (
    claims,
    equates_indices,
    is_condition,
    is_derivative,
    is_mention,
    is_number,
    is_size,
    is_value,
    left_side,
)
from grader.claims.stances import Judgement, Rule, Stance, judged
from grader.lexicon import Role

_LONGEST = 20  # words between a derivative and its value
_FILLERS = 6  # words between a formula and an operation on it
_STARTS = ("0", "1")  # an index usually runs from one of them
_RANGE = re.compile(r"\s*[i-n]\s*=\s*(\d+)\s*,?\s*(?:\\[lc]?dots|…|\.\.\.)\s*,?\s*([^.,]+)[.,]?\s*")
_INDEX = re.compile(r"\s*[i-n]\s*")

_PLACES = frozenset({Role.FOR, Role.ALL, Role.AT})
_LEADS = _PLACES | {Role.SINCE, Role.IF, Role.WHERE}
_PASSED = frozenset({Role.FILLER, Role.AND, Role.BUT, Role.PRONOUN, Role.WITH, Role.EQUALS})
_CHANGING = frozenset({Role.OPERATION, Role.OPERATION_ON, Role.WITHOUT, Role.SWAP, Role.ONLY})


# What a formula serves


def _served(context: Context) -> Iterator[Judgement]:
    """A reason, a condition or a shape, by the word right before the formula."""
    clause = context.clause
    for at, piece in enumerate(clause.pieces):
        if piece.formula is None:
            continue
        word = next(
            (one for one in reversed(clause.pieces[max(0, at - 4) : at]) if _leads(one)), None
        )
        if word is not None and Role.SINCE in word.roles:
            yield Stance.REASON, word.text, piece.formula
        elif word is not None and _is_condition(piece, word, clause):
            yield Stance.CONDITION, word.text, piece.formula
        elif equates_indices(piece.text) and len(clause.pieces) > 1:
            yield Stance.CONDITION, piece.text, piece.formula
        elif is_size(piece.text) and len(clause.pieces) > 1:
            yield Stance.SHAPE, piece.text, piece.formula


def _leads(piece: Chunk) -> bool:
    """Whether a word is none that may stand between a formula and the word that leads to it."""
    return not piece.has(Role.FILLER, Role.THAT) or piece.has(*_LEADS)


def _is_condition(piece: Chunk, word: Chunk, clause: Clause) -> bool:
    restricts = Role.WHERE in word.roles and not clause.after and is_value(piece.text)
    placed = word.has(*_PLACES) and not claims(piece.text)
    return Role.IF in word.roles or placed or restricts  # `zero where $s = 0$`


def _conditional(context: Context) -> Iterator[Judgement]:
    """`If $i = j$: X` alone: one case is not the whole. `statements` joins a distinction of several."""
    clause = context.clause
    if not clause.formulas or not clause.opening & {Role.IF, Role.FOR}:
        return
    text = context.texts[clause.formulas[0]]
    if is_condition(text):
        behind = [*clause.formulas[1:], *context.later()]
        alone = (at for at in behind if not _has_cases(context.texts[at]))
        yield from judged(Stance.CHANGED, f"{clause.pieces[0].text} {text}", alone)


def _has_cases(text: str) -> bool:
    """Whether a formula says itself where it holds."""
    return "\\text" in text or "{cases}" in text


def _ranges(context: Context) -> Iterator[Judgement]:
    """`with $i = 1, …, N - 1$`, `where $i$ runs from 2 to 4`: a sum over less than all."""
    for at, piece in enumerate(context.clause.pieces):
        if piece.formula is None:
            continue
        counts = [one.text for one in context.clause.pieces[at + 1 :] if one.text.isdigit()]
        given = _RANGE.fullmatch(piece.text)
        starts_late = given is not None and given[1] not in _STARTS
        ends_early = given is not None and given[1] == "1" and re.search("[-−]", given[2])
        runs = _INDEX.fullmatch(piece.text) and len(counts) > 1 and counts[0] not in _STARTS
        if starts_late or ends_early or runs:
            words = f"{piece.text} {' '.join(counts)}".strip()
            yield from judged(Stance.CHANGED, words, context.sentence.claims)


# Words that change a formula


def _named(context: Context) -> Iterator[Judgement]:
    """Words between a derivative alone and a formula that may be its value: `is the negative of`."""
    pieces = context.clause.pieces
    for at, piece in enumerate(pieces):
        if piece.formula is None or not is_derivative(piece.text) or not is_mention(piece.text):
            continue
        behind = pieces[at + 1 : at + 1 + _LONGEST]
        words = list(itertools.takewhile(lambda one: one.formula is None, behind))
        if words and len(words) < len(behind) and not is_size(behind[len(words)].text):
            yield Stance.CHANGED, " ".join(one.text for one in words), piece.formula


def _changes(context: Context) -> Iterator[Judgement]:
    """Words before or behind a formula that change its value."""
    clause = context.clause
    for at, piece in enumerate(clause.pieces):
        if piece.formula is None:
            continue
        words = [*_before(context, at), *_operation(clause, at), *_restriction(clause, at)]
        yield from ((Stance.CHANGED, one.text, piece.formula) for one in words)


def _before(context: Context, at: int) -> Iterator[Chunk]:
    """`minus X`, `the transpose of X`, `Minus one times the following: X`."""
    pieces = context.clause.pieces
    word = next(
        (
            one
            for one in reversed(pieces[:at])
            if Role.FILLER not in one.roles or Role.OPERATION_ON in one.roles
        ),
        None,
    )
    if word is not None and Role.OPERATION_ON in word.roles:
        yield word
    led = context.sentence.clauses[0] if context.at == 1 else None
    if led is not None and led.led(0)[:1] == [pieces[at].formula] and not led.formulas:
        words = itertools.dropwhile(lambda one: one.roles == {Role.FILLER}, led.pieces)
        yield from (one for one in list(words)[:1] if Role.OPERATION_ON in one.roles)


def _operation(clause: Clause, at: int) -> Iterator[Chunk]:
    """`X times …`, `X, all divided by …`, `X, with the opposite sign`."""
    run = list(clause.pieces[at + 1 :])
    if clause.next is not None and clause.next.after not in (";", "|"):
        first, second = [*clause.next.pieces, Chunk("")][:2]
        multiplies = Role.OPERATION in first.roles and is_number(second.text)
        if multiplies or EXPLAINS.isdisjoint(first.roles):
            run += clause.next.pieces
    for word, following in itertools.zip_longest(
        run[:_FILLERS], run[1:_FILLERS], fillvalue=Chunk("")
    ):
        # Spanish `por` is "times" before a number, else "by".
        if Role.OPERATION in word.roles and (
            Role.BY not in word.roles or is_number(following.text)
        ):
            yield word
        if not word.has(*_PASSED):
            return


def _restriction(clause: Clause, at: int) -> Iterator[Chunk]:
    """`X without the transpose`, `X only if …`."""
    for later, word in enumerate(clause.pieces[at + 1 :], at + 1):
        if word.has(Role.WITHOUT, Role.SWAP) or _restricts(clause, later):
            yield word


def _restricts(clause: Clause, at: int) -> bool:
    """Whether "only" stands before a condition."""
    ahead = clause.pieces[at : at + 3]
    return Role.ONLY in ahead[0].roles and any(one.has(Role.IF, Role.FOR) for one in ahead)


def _beside(context: Context) -> Iterator[Judgement]:
    """A clause that changes the formula before it: `, without the transpose`, `, but must be negated`."""
    clause, said = context.clause, context.said()
    for at, piece in enumerate(clause.pieces):
        is_last = at + 1 == len(clause.pieces)
        if Role.ONLY in piece.roles and is_last and clause.opening & {Role.IF, Role.FOR}:
            yield from judged(Stance.CHANGED, piece.text, context.later())
        elif (Role.OTHERWISE in piece.roles and not _defines(clause)) or (
            # Behind a formula of the clause it says something of that.
            not numbers(clause.pieces[:at]) and _alters(clause, at)
        ):
            mine = (one for one in said if one not in clause.formulas)
            yield from judged(Stance.CHANGED, piece.text, mine)


def _defines(clause: Clause) -> bool:
    """Whether a clause says in words what a word means: `where step is 1 for positive numbers`."""
    return Role.WHERE in clause.opening and not clause.formulas


def _alters(clause: Clause, at: int) -> bool:
    """Whether a word of a clause changes the formula before the clause."""
    if _demands(clause, at):
        return True
    if clause.opening & EXPLAINS and Role.WE in clause.roles:
        return Role.WITHOUT in clause.pieces[at].roles  # `where we swapped the two terms`
    alters = clause.pieces[at].has(Role.WITHOUT, Role.SWAP) or _restricts(clause, at)
    return alters and Role.CONCLUDE not in clause.opening


def _demands(clause: Clause, at: int) -> bool:
    """Whether an operation is still to be done, or one is denied or excepted: `but not transposed`."""
    before, piece = clause.pieces[max(0, at - NEAR) : at], clause.pieces[at]
    is_denied = any(Role.NOT in one.roles for one in before)
    is_needed = any(Role.MUST in one.roles for one in before) and not is_denied
    turns = bool(clause.opening & {Role.BUT, Role.ONLY})
    operates = Role.OPERATION in piece.roles and (is_needed or (turns and is_denied))
    return operates or (Role.NOT in piece.roles and Role.ONLY in clause.opening)


def _instead(context: Context) -> Iterator[Judgement]:
    """`X instead of Y` denies Y; `X with K instead of Q` changes X; so does `without Q, X`."""
    pieces = context.clause.pieces
    for at, piece in enumerate(pieces):
        if Role.INSTEAD in piece.roles and (target := near(pieces[at + 1 :])):
            yield from judged(Stance.DENIED, piece.text, target)
            led = next((i for i in range(at) if pieces[i].has(Role.WITH, Role.BY)), None)
            if led is not None:
                changed = numbers(pieces[:led]) or context.said()
                yield from judged(Stance.CHANGED, piece.text, changed)
        elif context.at == at == 0 and Role.WITHOUT in piece.roles:
            yield from judged(Stance.CHANGED, piece.text, context.later())


def _offers(context: Context) -> Iterator[Judgement]:
    """`X or Y`, `X, or its transpose`."""
    pieces = context.clause.pieces
    for at, piece in enumerate(pieces):
        if Role.OR not in piece.roles or Role.AFFIRM in context.clause.roles:
            continue
        before = numbers(pieces[:at])[-1:] or (context.said()[-1:] if at <= 1 else [])
        both = [*before, *near(pieces[at + 1 :])]
        if len({left_side(context.texts[one]) for one in both} - {None}) > 1:
            continue  # about two things
        is_changed = _operates(pieces[at + 1 : at + 2 + NEAR])
        if (len(both) > 1 or is_changed) and all(claims(context.texts[one]) for one in both):
            yield from judged(Stance.OFFERED, piece.text, both)


def _operates(pieces: Sequence[Chunk]) -> bool:
    return any(one.has(Role.OPERATION, Role.OPERATION_ON) for one in pieces)


RULES: tuple[Rule, ...] = (
    (frozenset(), _served),
    (frozenset({Role.IF, Role.FOR}), _conditional),
    (frozenset(), _ranges),
    (frozenset(), _named),
    (_CHANGING, _changes),
    (_CHANGING | {Role.OTHERWISE, Role.NOT}, _beside),
    (frozenset({Role.INSTEAD, Role.WITHOUT}), _instead),
    (frozenset({Role.OR}), _offers),
)
