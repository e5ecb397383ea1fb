"""The rules for words that change a formula, restrict it, offer another, or make it serve another."""

import itertools
import re
from collections.abc import Container, Iterator, Sequence

from grader.claims.clauses import Chunk, Clause, Context, near, numbers
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

_NEAR = 3  # words between two words that belong together
_LONGEST = 20  # words between a derivative and its value
_LABEL = 3  # words of a label
_REMARK = 8  # words of a short remark
_FILLERS = 6  # words between a formula and an operation on it
_STARTS = ("0", "1")  # an index usually runs from one of them
_RANGE = re.compile(r"\s*[i-n]\s*=\s*(\d+)\s*,?\s*(?:\\[lc]?dots|…|\.\.\.)\s*,?\s*([^.,]+)[.,]?\s*")
_INDEX = re.compile(r"\s*[i-n]\s*")

_PLACES = frozenset({Role.FOR, Role.ALL, Role.AT})
_LEADS = _PLACES | {Role.SINCE, Role.IF, Role.WHERE}
_REASONS = frozenset({Role.SINCE, Role.BY})
_EXPLAINS = frozenset({Role.SINCE, Role.WHERE, Role.BY, Role.IF})
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
        if multiplies or _EXPLAINS.isdisjoint(first.roles):
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
    if clause.opening & _EXPLAINS and Role.WE in clause.roles:
        return Role.WITHOUT in clause.pieces[at].roles  # `where we swapped the two terms`
    alters = clause.pieces[at].has(Role.WITHOUT, Role.SWAP) or _restricts(clause, at)
    return alters and Role.CONCLUDE not in clause.opening


def _demands(clause: Clause, at: int) -> bool:
    """Whether an operation is still to be done, or one is denied or excepted: `but not transposed`."""
    before, piece = clause.pieces[max(0, at - _NEAR) : at], clause.pieces[at]
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
        is_changed = _operates(pieces[at + 1 : at + 2 + _NEAR])
        if (len(both) > 1 or is_changed) and all(claims(context.texts[one]) for one in both):
            yield from judged(Stance.OFFERED, piece.text, both)


def _loose(context: Context) -> Iterator[Judgement]:
    """`roughly X`, `X up to sign`, `one part of the gradient is X`, `X in the linear case`."""
    if context.clause.opening & _REASONS or Role.AFFIRM in context.clause.roles:
        return
    pieces, mine = context.clause.pieces, context.sentence.claims
    for at, piece in enumerate(pieces):
        is_case = at > 0 and Role.CASE in piece.roles and pieces[at - 1].is_plain
        if is_case or (Role.LOOSE in piece.roles and not _counts(pieces[at + 1 : at + 2])):
            here = [one for one in context.clause.formulas if one in mine]
            yield from judged(Stance.CHANGED, piece.text, here or context.said() or context.later())


def _counts(pieces: Sequence[Chunk]) -> bool:
    """Whether a formula follows to which a sum or a layer runs: `up to $K$`."""
    return any(one.formula is not None and is_mention(one.text) for one in pieces)


def _regrets(context: Context) -> Iterator[Judgement]:
    """`X. I forgot the factor`, `X (missing a minus)`: said of what is before it."""
    clause = context.clause
    if clause.opening & _EXPLAINS or not clause.roles.isdisjoint({Role.NOT, Role.AFFIRM}):
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
    """Words that nobody here knows, beside a formula in its sentence; reasons change nothing."""
    if context.clause.opening & _REASONS:
        return
    pieces, mine = context.clause.pieces, context.sentence.claims
    for at, piece in enumerate(pieces):
        if piece.is_unknown:
            led = near(pieces[at + 1 : at + 2 + _NEAR]) or context.clause.led(at)
            behind = [one for one in led if one in mine]
            before = [one for one in numbers(pieces[:at]) if one in mine] or context.said()
            yield from judged(Stance.DOUBTED, piece.text, [*behind, *before])


def _exclaimed(context: Context) -> Iterator[Judgement]:
    """`Sign error! X`: a word or two before a sentence."""
    clause, behind = context.clause, context.section[context.number + 1 :][:1]
    is_label = (
        context.at == 0 and len(context.sentence.clauses) == 1 and len(clause.pieces) <= _LABEL
    )
    if (
        context.sentence.exclaims
        and is_label
        and not context.sentence.claims
        and behind
        and not behind[0].opens
    ):
        for piece in clause.pieces:
            if piece.roles & _DOUBTING:
                yield from judged(Stance.DOUBTED, piece.text, behind[0].claims)


def _remarks(context: Context) -> Iterator[Judgement]:
    """`X. I lied.`, `X. April fools!`: a short sentence of its own with words that nobody here knows."""
    sentence = context.sentence
    pieces = [one for clause in sentence.clauses for one in clause.pieces]
    if context.at or sentence.claims or len(pieces) > _REMARK:
        return
    for piece in pieces:
        if piece.is_unknown:
            yield from judged(Stance.DOUBTED, piece.text, context.just_said())


_ALTERING = frozenset({
    *(Role.OPERATION, Role.OPERATION_ON, Role.WITHOUT, Role.SWAP, Role.INSTEAD, Role.ONLY),
    *(Role.NOT, Role.WRONG, Role.OLD, Role.CORRECTION, Role.EXPECT, Role.SUPPOSE, Role.QUOTED),
    *(Role.REFUTE, Role.STRUCK, Role.LOOSE, Role.REGRET),
})  # fmt: skip
_MENDING = frozenset({  # what makes a right answer of a wrong formula
    *(Role.OPERATION, Role.OPERATION_ON, Role.WITHOUT, Role.SWAP, Role.INSTEAD)
})  # fmt: skip
_DOUBTING = frozenset({
    *(Role.NOT, Role.WRONG, Role.OLD, Role.EXPECT, Role.SUPPOSE, Role.QUOTED, Role.REFUTE),
    *(Role.STRUCK, Role.LOOSE, Role.REGRET),
})  # fmt: skip
_DENYING = frozenset({Role.NOT, Role.WRONG, Role.INSTEAD})
_ASIDES = frozenset({Role.SINCE, Role.BY, Role.WHERE, Role.THAT_IS, Role.IF})
_VALUES = frozenset({Role.EQUALS, Role.CONCLUDE, Role.THAT_IS, Role.THAT})


def unexplained(context: Context, known: Container[str]) -> Iterator[Judgement]:
    """Words that may alter the formulas beside them, if no rule knows what they do there."""
    clause, mine = context.clause, context.sentence.claims
    if Role.AFFIRM in clause.roles:
        return
    altering = _ALTERING
    if _is_aside(context):
        altering = _DENYING if Role.WHERE in clause.opening and not clause.formulas else frozenset()
    for at, piece in enumerate(clause.pieces):
        if piece.roles.isdisjoint(altering) or piece.text in known or _is_harmless(clause, at):
            continue
        here = [one for one in clause.formulas if one in mine] or context.said()
        restricts = Role.ONLY in piece.roles and clause.roles & {Role.IF, Role.FOR, Role.WITH}
        ahead = context.later()[:1] if restricts else []
        ahead = ahead or (clause.led(at) if piece.roles & _DOUBTING else [])
        kind = Stance.DOUBTED if piece.roles.isdisjoint(_MENDING) else Stance.CHANGED
        yield from judged(kind, piece.text, here or ahead)


def _is_aside(context: Context) -> bool:
    """Whether a clause speaks of a reason or of a name, or goes on from one that does."""
    clause = context.clause
    names = (
        Role.WITH in clause.opening
        and clause.formulas
        and not set(clause.formulas) & set(context.sentence.claims)
    )
    if clause.opening & _ASIDES or names:
        return True
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
    (frozenset({Role.LOOSE, Role.CASE}), _loose),
    (frozenset({Role.REGRET}), _regrets),
    (frozenset({Role.OPERATION}), _left_to_do),
    (frozenset(), _unknown),
    (frozenset(), _remarks),
    (_DOUBTING, _exclaimed),
)
