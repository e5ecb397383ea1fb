"""How a formula stands by the words around it: asserted, denied, superseded, supposed, changed, …

A sentence in which something besides the formula denies it, corrects it, offers another value or changes it
does not assert it. The scope of a word is its clause: a denial of something else leaves the formula asserted.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from grader.alignment.clauses import Clause, Piece, Sentence, sentences
from grader.lexicon import Role, language_of
from grader.submission import Formula, Item, Place, Prose


class Kind(Enum):
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
    REASON = "a reason"
    PLAIN = "asserted"


_ASSERTED = frozenset({Kind.PLAIN, Kind.REASON})
_OPEN = frozenset({Kind.OFFERED, Kind.CHANGED})
_BESIDE = frozenset({Kind.REASON, Kind.CONDITION, Kind.SHAPE, Kind.EXAMPLE, Kind.ASKED})
_ORDER = {kind: at for at, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Given:
    """What words beside a formula say of a name in it: `with $N = 3$`, `where $N$ is the number of features`.

    `text` is the name, perhaps with a value; `words` are those behind it, with their `roles`.
    """

    text: str
    words: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a formula stands, the words that say so, and their place.

    `given` is what the sentence says of names, for one who knows their values to judge.
    """

    kind: Kind = Kind.PLAIN
    words: str = ""
    place: Place | None = None
    given: tuple["Given", ...] = ()

    @property
    def is_asserted(self) -> bool:
        """Whether the author stands by the formula as it is written."""
        return self.kind in _ASSERTED

    @property
    def changes(self) -> str:
        """The words that keep the formula from being asserted; "" if none do."""
        return "" if self.is_asserted else self.words

    @property
    def is_answer(self) -> bool:
        """Whether it may be meant as an answer. What is not never displaces one."""
        return self.is_asserted or self.kind in _OPEN

    @property
    def is_beside(self) -> bool:
        """Whether it serves another statement: a reason, a condition, an example."""
        return self.kind in _BESIDE


PLAIN = Standing()


def standings(items: Sequence[Item], language: str) -> dict[int, Standing]:
    """How each formula of a paper stands, by its place in `items`; those that are plain are left out."""
    found: dict[int, Standing] = {}
    for section in sentences(items, language):
        for kind, words, at in _judgements(section, items):
            if at not in found or _ORDER[kind] < _ORDER[found[at].kind]:
                found[at] = Standing(kind, words, items[at].place)
        for at, given in _givens(section, items):
            before = found.get(at, PLAIN)
            found[at] = replace(before, given=(*before.given, given))
    return found


Judgement = tuple[Kind, str, int]


def _judgements(section: Sequence[Sentence], items: Sequence[Item]) -> Iterator[Judgement]:
    """What the words of a section say of its formulas."""
    claims = [[at for at in one.formulas if _claims(items[at].text)] for one in section]
    for number, sentence in enumerate(section):
        context = _Context(section, number, claims, items)
        rules = [rule for roles, rule in _RULES if not roles or roles & sentence.roles]
        for clause in sentence.clauses:
            for rule in rules:
                yield from rule(clause, context)


@dataclass(frozen=True, slots=True)
class _Context:
    """A sentence in its section; `claims` are the formulas of each sentence that say something."""

    section: Sequence[Sentence]
    number: int
    claims: Sequence[Sequence[int]]
    items: Sequence[Item]

    @property
    def sentence(self) -> Sentence:
        return self.section[self.number]

    def next(self, clause: Clause) -> Clause | None:
        clauses = self.sentence.clauses
        return clauses[clause.at + 1] if clause.at + 1 < len(clauses) else None

    def antecedents(self, clause: Clause) -> list[int]:
        """The formulas that `this` in a clause is about: those of the last clause, or sentence, that claims."""
        for earlier in reversed(self.sentence.clauses[: clause.at]):
            if mine := [at for at in earlier.formulas if at in self.claims[self.number]]:
                return mine
        return self.claimed_before()

    def claimed_before(self) -> list[int]:
        """The formulas of the last sentence that claims something."""
        earlier = self.claims[max(0, self.number - _SENTENCES) : self.number]
        return list(next((mine for mine in reversed(earlier) if mine), ()))

    def claimed_behind(self, clause: Clause) -> list[int]:
        """The formulas that follow in a clause, its sentence, or else in the next sentence that claims."""
        mine = [at for one in self.sentence.clauses[clause.at :] for at in one.formulas]
        later = self.claims[self.number + 1 : self.number + 1 + _SENTENCES]
        return mine or list(next((found for found in later if found), ()))


_SENTENCES = 2  # how far a correction reaches
_BACK = 50  # sentences with the same left side that it replaces
_NEAR = 3  # unknown words between a denial and its formula


# Formulas

_SCRIPTS = r"(?:\s*+(?:[_^]\s*+(?:\{[^{}]*+\}|\\?[^\W_]++)|'))*+"
_NAME = rf"(?:\\[A-Za-z]++\s*+(?:\{{[^{{}}]*+\}})?|[A-Za-z][^\W_]*+|[^\W\d]|\d+(?:\.\d+)?){_SCRIPTS}"
_BRACED = r"(?:[^{}=+]|\{[^{}]*+\})*+\}"
_LENGTH = r"(?:\d+|[A-Za-z](?:_\{?\w{1,5}\}?)?)"
_SIZE = re.compile(
    rf"\(?{_LENGTH} ?(?:\\times|×|\\text\{{ ?x ?\}}) ?{_LENGTH}\)?"
    r"|[^=]{0,80}\\in\s*(?:\\mathbb|\\R\b|\\Re\b|ℝ).*"
)
_MENTION = re.compile(
    rf"\s*(?:{_NAME}|\\[dt]?frac ?\{{ ?(?:\\partial|\\mathrm|∂|d){_BRACED} ?\{{{_BRACED}) ?[.,;:=]?\s*"
)
_DERIVATIVE = re.compile(
    r"\s*(?:\\[dt]?frac\s*\{?\s*(?:\\partial|\\mathrm\{d\}|d\b|∂)|\\partial|\\nabla|∂|∇|d\w{1,3}\s?/\s?d)"
)
_COMPARES = re.compile(r"\\(?:leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])|[<>≤≥]")
_UNEQUAL = re.compile(r"\\not\s*=|\\neq?(?![A-Za-z])|≠")
_VALUE = re.compile(rf"\s*{_NAME}\s*(?:=|\\[lg]eq?|[<>≤≥])\s*[-−]?[\d.]+\s*")
_SPECIFIC = re.compile(rf"\s*{_NAME}\s*=\s*(?:[-−]?\d[\d.]*|{_NAME})\s*[.,;]?\s*")


def is_mention(text: str) -> bool:
    """Whether a formula only mentions something: a name, a number, a size, a derivative alone."""
    text = text.strip()
    return _MENTION.fullmatch(text) is not None or _SIZE.fullmatch(text) is not None


def is_size(text: str) -> bool:
    """Whether a formula is a size, such as `n \\times m`, or says where something lies."""
    return _SIZE.fullmatch(text.strip()) is not None


def is_derivative(text: str) -> bool:
    """Whether a formula begins with a derivative."""
    return _DERIVATIVE.match(text) is not None


def _claims(text: str) -> bool:
    """Whether a formula says something: it is no mention, no condition, no value of a name."""
    return not is_mention(text) and _SPECIFIC.fullmatch(text) is None and not compares(text)


def compares(text: str) -> bool:
    """Whether a formula is a comparison: `z > 0`, `i \\ne j`."""
    return "=" not in text and (_COMPARES.search(text) or _UNEQUAL.search(text)) is not None


def _left(text: str) -> str | None:
    """The left side of a formula without its blanks; None if there is none."""
    left, equals, _ = text.partition("=")
    return re.sub(r"\\displaystyle|[\s&{}$]", "", left) if equals else None


# Denials


def _denials(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """What "not" and "wrong" deny: the formula behind them, their subject, or what `this` stands for."""
    if clause.has(Role.AFFIRM):
        return
    for at, piece in enumerate(clause.pieces):
        if piece.has(Role.NOT):
            found = _denied(clause, at, context)
        elif piece.has(Role.WRONG, Role.REFUTE) and not _is_negated(clause, at):
            found = _called_wrong(clause, at, context)
        else:
            continue
        for formula in found:
            yield Kind.DENIED, piece.text, formula


def _denied(clause: Clause, at: int, context: _Context) -> list[int]:
    behind = clause.pieces[at + 1 :]
    is_true = any(piece.has(Role.TRUE) for piece in clause.pieces)
    if any(piece.has(Role.WRONG) for piece in behind[: _NEAR + 1]):
        return []
    if clause.has(Role.HARMLESS) and not is_true:
        return []
    if (target := _near(behind)) is not None:
        return [target]
    following = context.next(clause)
    if following is not None and (
        Role.THAT in following.opening or (is_true and following.after in _COLON)
    ):
        return following.formulas[:1]
    if _is_aside(clause, at):
        return []
    if not behind and all(one.has(Role.GUESS, Role.BUT, Role.FILLER) for one in clause.pieces[:at]):
        return context.antecedents(clause)  # "No, …", "perhaps not"
    return _subject(clause, at, context, any_word=is_true)


def _near(behind: Sequence[Piece]) -> int | None:
    """The formula that a denial before it denies, if no other word comes between."""
    unknown = 0
    for piece in behind:
        if piece.formula is not None:
            return piece.formula
        unknown = 0 if piece.has(Role.THAT) else unknown + piece.is_plain
        if unknown > _NEAR:
            return None
    return None


def _called_wrong(clause: Clause, at: int, context: _Context) -> list[int]:
    calls = clause.pieces[at].has(Role.WRONG)
    said = context.antecedents(clause)
    if len(clause.pieces) == 1 and said and said[-1] in context.sentence.formulas:
        return said  # `X, no, wrong: Y`
    if calls and (target := _near(clause.pieces[at + 1 :])) is not None:
        return [target]
    following = context.next(clause)
    led = following is not None and (following.after in _COLON or Role.THAT in following.opening)
    if calls and following is not None and led and following.formulas:
        return following.formulas[:1]
    return [] if _is_aside(clause, at) else _subject(clause, at, context, any_word=False)


def _subject(clause: Clause, at: int, context: _Context, *, any_word: bool) -> list[int]:
    """What a clause says something of: the formula before a word in it, or what its pronoun stands for."""
    before = _of_the_same_verb(clause.pieces[:at])
    formulas = [piece.formula for piece in before if piece.formula is not None]
    if formulas:
        return formulas[-1:]
    if any(piece.has(Role.PRONOUN) for piece in before):
        return context.antecedents(clause)
    if clause.pieces[at].has(Role.WRONG) and any(one.has(Role.PRONOUN) for one in clause.pieces[at:]):
        return context.antecedents(clause)
    is_fragment = not any(piece.is_plain or piece.has(Role.HARMLESS) for piece in before)
    is_called = any_word or clause.pieces[at].has(Role.WRONG)
    return context.antecedents(clause) if is_fragment and is_called else []


def _of_the_same_verb(before: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces behind the last "that", which begins a clause of its own: `surprising that it is not …`."""
    for at in range(len(before) - 1, 0, -1):
        is_verb = at + 1 < len(before) and before[at + 1].has(Role.EQUALS)
        if before[at].has(Role.THAT) and not (before[at].has(Role.PRONOUN) and is_verb):
            return before[at + 1 :]
    return before


def _is_negated(clause: Clause, at: int) -> bool:
    return any(piece.has(Role.NOT) for piece in clause.pieces[max(0, at - _NEAR) : at])


def _is_aside(clause: Clause, at: int = 0) -> bool:
    """Whether a clause gives a reason or a meaning up to a word: what it denies is not the formula before."""
    led = any(piece.has(Role.IF) for piece in clause.pieces[:at])
    return led or bool(clause.opening & {Role.SINCE, Role.WHERE, Role.IF})


_COLON = (":", "：")


def _unequal(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`∂l/∂z \\not= p - y` denies it."""
    for at in clause.formulas:
        left, *right = _UNEQUAL.split(context.items[at].text, maxsplit=1)
        if right and _DERIVATIVE.match(left) and _MENTION.fullmatch(left):
            yield Kind.DENIED, "≠", at


# Names

_GIVES = frozenset({Role.WITH, Role.WHERE, Role.FOR, Role.LET, Role.IF})
_RANGE = re.compile(r"\s*[i-n]\s*=\s*(\d+)\s*,?\s*(?:\\[lc]?dots|…|\.\.\.)\s*,?\s*([^.,]+)[.,]?\s*")
_INDEX = re.compile(r"\s*[i-n]\s*")
_STARTS = ("0", "1")  # an index usually runs from one of them


def _givens(section: Sequence[Sentence], items: Sequence[Item]) -> Iterator[tuple[int, Given]]:
    """What the sentences of a section say of names, each with the formula that they say it beside."""
    for sentence in section:
        claims = [at for at in sentence.formulas if _claims(items[at].text)]
        for clause in sentence.clauses:
            for at, piece in enumerate(clause.pieces):
                led = any(one.roles & _GIVES for one in clause.pieces[max(0, at - _NEAR) : at])
                if led and piece.formula is not None and piece.formula not in claims:
                    behind = clause.pieces[at + 1 :]
                    words = " ".join(one.text for one in behind)
                    roles = frozenset().union(*(one.roles for one in behind))
                    yield from ((claim, Given(piece.text, words, roles)) for claim in claims)


def _ranges(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`with $i = 1, …, N - 1$`, `where $i$ runs from 2 to 4`: a sum over less than all."""
    claims = context.claims[context.number]
    for at, piece in enumerate(clause.pieces):
        if piece.formula is None:
            continue
        counted = _RANGE.fullmatch(piece.text)
        numbers = [one.text for one in clause.pieces[at + 1 :] if one.text.isdigit()]
        is_short = counted and (
            counted[1] not in _STARTS or (counted[1] == "1" and re.search("[-−]", counted[2]))
        )
        runs = _INDEX.fullmatch(piece.text) and len(numbers) > 1 and numbers[0] not in _STARTS
        if is_short or runs:
            words = f"{piece.text} {' '.join(numbers)}".strip()
            yield from ((Kind.CHANGED, words, one) for one in claims)


# Corrections


def _corrections(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`Correction: Y`, `it should be Y`, `I first wrote X`, `my old answer was X`."""
    for at, piece in enumerate(clause.pieces):
        if piece.has(Role.OLD):
            behind = [one.formula for one in clause.pieces if one.formula is not None]
            following = context.next(clause)
            if not behind and following is not None and following.after in _COLON:
                behind = following.formulas[:1]
            yield from ((Kind.SUPERSEDED, piece.text, old) for old in behind)
        elif piece.has(Role.CORRECTION, Role.AMENDS):
            yield from _replaced(clause, at, context)


def _replaced(clause: Clause, at: int, context: _Context) -> Iterator[Judgement]:
    """The formulas before a correction that it replaces."""
    piece = clause.pieces[at]
    is_weak = piece.has(Role.AMENDS)
    new = [one for one in context.claimed_behind(clause)]
    inner = [one.formula for one in clause.pieces[:at] if one.formula is not None]
    new = [one for one in new if one not in inner and not is_mention(context.items[one].text)]
    if is_weak and (not new or context.sentence.clauses[0].has(Role.CONCLUDE)):
        return
    if is_weak and any(one.is_plain or one.has(Role.ANSWER) for one in clause.pieces[:at]):
        return
    old = inner or context.antecedents(clause)
    lefts = {_left(context.items[one].text) for one in new}
    for one in old:
        left = _left(context.items[one].text)
        if left is None or not lefts or None in lefts or left in lefts:
            yield Kind.SUPERSEDED, piece.text, one
    for earlier in context.claims[max(0, context.number - _BACK) : context.number]:
        for one in earlier:
            if (left := _left(context.items[one].text)) is not None and left in lefts:
                yield Kind.SUPERSEDED, piece.text, one


# Assumptions, expectations, questions, examples


def _led_by(role: Role, kind: Kind) -> Callable[[Clause, _Context], Iterator[Judgement]]:
    """The rule that formulas behind a word of a role, in its clause, stand in a certain way."""

    def rule(clause: Clause, context: _Context) -> Iterator[Judgement]:
        for at, piece in enumerate(clause.pieces):
            if piece.has(role):
                behind = [one.formula for one in clause.pieces[at:] if one.formula is not None]
                following = context.next(clause)
                if not behind and following is not None and (
                    following.after in _COLON or Role.THAT in following.opening
                ):  # fmt: skip
                    behind = following.formulas[:1]
                yield from ((kind, piece.text, formula) for formula in behind)
                return

    return rule


def _expected(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`X is what one would expect`, `one might think X`."""
    said = next((piece for piece in clause.pieces if piece.has(Role.EXPECT)), None)
    if said is not None and not _is_aside(clause) and not clause.has(Role.AFFIRM):
        yield from ((Kind.EXPECTED, said.text, at) for at in clause.formulas)


def _asked(clause: Clause, context: _Context) -> Iterator[Judgement]:
    if context.sentence.asks or Role.ASKS in clause.opening:
        yield from ((Kind.ASKED, "?", at) for at in clause.formulas)


def _examples(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """All that follows "for example" in its sentence."""
    said = next((piece for piece in clause.pieces if piece.has(Role.EXAMPLE)), None)
    if said is None:
        return
    behind = clause.pieces[clause.pieces.index(said) :]
    yield from ((Kind.EXAMPLE, said.text, one.formula) for one in behind if one.formula is not None)
    for later in context.sentence.clauses[clause.at + 1 :]:
        if clause.after == "(" and later.after == ")":
            return
        yield from ((Kind.EXAMPLE, said.text, at) for at in later.formulas)


def _served(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """A reason, a condition or a shape, by the word right before the formula."""
    for at, piece in enumerate(clause.pieces):
        if piece.formula is None:
            continue
        before = [one for one in clause.pieces[max(0, at - 4) : at] if not _is_filler(one)][-1:]
        led = before[0].roles if before else _NOBODY
        if Role.SINCE in led:
            yield Kind.REASON, before[0].text, piece.formula
        elif Role.IF in led or (led & _PLACES and not _claims(piece.text)) or (
            Role.WHERE in led and not clause.after and _VALUE.fullmatch(piece.text)
        ):  # `zero where $s = 0$`
            yield Kind.CONDITION, before[0].text, piece.formula
        elif _SIZE.fullmatch(piece.text.strip()) and len(clause.pieces) > 1:
            yield Kind.SHAPE, piece.text, piece.formula


_PLACES = frozenset({Role.FOR, Role.ALL, Role.AT})
_NOBODY: frozenset[Role] = frozenset()


def _conditional(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`If $i = j$: X` alone: one case is not the whole. `statements` joins a distinction of several."""
    if not clause.opening & {Role.IF, Role.FOR} or not clause.formulas:
        return
    text = context.items[clause.formulas[0]].text
    if is_condition(text):
        behind = [at for one in context.sentence.clauses[clause.at :] for at in one.formulas]
        for at in behind[1:]:
            if "\\text" not in context.items[at].text:
                yield Kind.CHANGED, f"{clause.pieces[0].text} {text}", at


_COMPARISONS = re.compile(
    r"\\(?:neq?|leq?|geq?|leqslant|geqslant|lt|gt)(?![A-Za-z])|[<>≠≤≥]"
)
_INDEX_IS = re.compile(r"\s*(?:[i-nw]|\\ell)\s*=\s*(?:[i-nw]|\\ell|\d{1,3})\s*")


def is_condition(text: str) -> bool:
    """Whether a formula compares or sets an index, and is no range such as `1 ≤ i ≤ n`."""
    if len(text) > _SHORT:
        return False
    one = len(_COMPARISONS.findall(text)) == 1 and "=" not in text
    return one or _INDEX_IS.fullmatch(text) is not None


_SHORT = 200  # characters of a condition


def _is_filler(piece: Piece) -> bool:
    return piece.has(Role.FILLER, Role.THAT) and not piece.has(Role.SINCE, Role.IF, *_PLACES)


def _solved(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`We set $∂l/∂w = 0$`: the condition of an optimum, not a derivative."""
    said = next((one for part in context.sentence.clauses for one in part.pieces if one.has(Role.SOLVE)), None)
    for at in clause.formulas if said is not None else ():
        text = context.items[at].text
        if _DERIVATIVE.match(text) and _IS_ZERO.search(text):
            yield Kind.CONDITION, said.text, at


_IS_ZERO = re.compile(r"=\s*(?:0|\\(?:mathbf|vec|bm)\s*\{?\s*0\s*\}?)\s*[.,;]?\s*(?:\\end\{[^{}]*\})?\s*\Z")


def _marked(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """What is crossed out, and what stands below a heading such as "Common mistakes"."""
    heading = context.sentence.heading
    for piece in clause.pieces:
        if piece.formula is not None and piece.has(Role.STRUCK):
            yield Kind.STRUCK, "crossed out", piece.formula
        elif piece.formula is not None and heading is not None:
            found = (kind for role, kind in _HEADINGS.items() if role in heading.roles)
            yield from ((kind, heading.text, piece.formula) for kind in found)


_HEADINGS = {
    Role.WRONG: Kind.DENIED,
    Role.OLD: Kind.SUPERSEDED,
    Role.QUOTED: Kind.QUOTED,
    Role.EXAMPLE: Kind.EXAMPLE,
}


# Changes


def _named(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """Words between a derivative alone and a formula that may be its value: `is the negative of`."""
    for piece, *behind in (clause.pieces[at : at + _LONGEST] for at in range(len(clause.pieces))):
        if piece.formula is None or not is_derivative(piece.text) or not is_mention(piece.text):
            continue
        words = list(itertools.takewhile(lambda one: one.formula is None, behind))
        if words and len(words) < len(behind) and not is_size(behind[len(words)].text):
            yield Kind.CHANGED, " ".join(one.text for one in words), piece.formula


_LONGEST = 20  # words between the two



def _changes(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """Words before or after a formula that change its value."""
    for at, piece in enumerate(clause.pieces):
        if piece.formula is None or not isinstance(context.items[piece.formula], Formula):
            continue
        before = [one for one in clause.pieces[:at] if not _is_filler(one) or one.has(Role.OPERATION_ON)]
        if before and before[-1].has(Role.OPERATION_ON):
            yield Kind.CHANGED, before[-1].text, piece.formula
        led = context.sentence.clauses[clause.at - 1] if clause.at and clause.after in _COLON else None
        if led is not None and not led.formulas and Role.OPERATION_ON in led.opening:
            yield Kind.CHANGED, led.pieces[0].text, piece.formula
        if (word := _behind(clause, at, context)) is not None:
            yield Kind.CHANGED, word, piece.formula
        for later, one in enumerate(clause.pieces[at + 1 :], at + 1):
            if one.has(Role.WITHOUT, Role.SWAP) or _restricts(clause, later):
                yield Kind.CHANGED, one.text, piece.formula


def _restricts(clause: Clause, at: int) -> bool:
    """Whether "only" stands before a condition."""
    ahead = clause.pieces[at : at + 3]
    return clause.pieces[at].has(Role.ONLY) and any(one.has(Role.IF, Role.FOR) for one in ahead)


def _excepts(clause: Clause, at: int) -> bool:
    """Whether an exception follows: `only that the second term does not count`."""
    return clause.pieces[at].has(Role.NOT) and Role.ONLY in clause.opening


def _demands(clause: Clause, at: int) -> bool:
    """Whether an operation is still to be done, or one that was done is not: `but not transposed`."""
    before = clause.pieces[max(0, at - _NEAR) : at]
    denied = clause.opening & {Role.BUT, Role.ONLY} and any(one.has(Role.NOT) for one in before)
    needed = any(one.has(Role.MUST) for one in before) and not any(one.has(Role.NOT) for one in before)
    return clause.pieces[at].has(Role.OPERATION) and (bool(denied) or needed)


def _behind(clause: Clause, at: int, context: _Context) -> str | None:
    """The operation that follows a formula: `times`, `, all divided by`, `, with the opposite sign`."""
    run = list(clause.pieces[at + 1 :])
    following = context.next(clause)
    if following is not None and following.after not in (";", "|"):
        by_number = Role.OPERATION in following.opening and _is_number(following.pieces[1:])
        run += following.pieces if by_number or not following.opening & _EXPLAINS else ()
    for one in run[:_FILLERS]:
        if one.has(Role.OPERATION) and not one.has(Role.BY):
            return one.text
        if one.has(Role.OPERATION) and _is_number(run[run.index(one) + 1 :]):
            return one.text  # Spanish `por` is "times" before a number, else "by"
        if not one.has(Role.FILLER, Role.AND, Role.BUT, Role.PRONOUN, Role.WITH, Role.EQUALS):
            return None
    return None


def _is_number(run: Sequence[Piece]) -> bool:
    return bool(run) and re.fullmatch(r"\s*[-−]?\s*[\d.,]+\s*", run[0].text) is not None


_CHANGING = frozenset({Role.OPERATION, Role.OPERATION_ON, Role.WITHOUT, Role.SWAP, Role.ONLY})
_FILLERS = 6
_EXPLAINS = {Role.SINCE, Role.WHERE, Role.BY, Role.IF}


def _substituted(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`X, with K in place of Q`, `X only if …`, `X, without the transpose`: a clause that changes the last."""
    claimed = [at for at in context.antecedents(clause) if at in context.sentence.formulas]
    for at, piece in enumerate(clause.pieces):
        if piece.has(Role.INSTEAD) and _near(clause.pieces[at + 1 :]) is not None:
            led = next((i for i in range(at) if clause.pieces[i].has(Role.WITH, Role.BY)), None)
            mine = [one.formula for one in clause.pieces[: led or 0] if one.formula is not None]
            changed = mine or (claimed if led is not None else [])
            yield from ((Kind.CHANGED, piece.text, one) for one in changed)
        elif (
            piece.has(Role.WITHOUT, Role.SWAP, Role.OTHERWISE)
            or _restricts(clause, at)
            or _demands(clause, at)
            or _excepts(clause, at)
        ):
            if any(one.formula is not None for one in clause.pieces[:at]) and not piece.has(
                Role.OTHERWISE
            ):
                continue  # it says something of that formula
            mine = [one for one in claimed if one not in clause.formulas]
            yield from ((Kind.CHANGED, piece.text, one) for one in mine)
        elif piece.has(Role.ONLY) and clause.opening & {Role.IF, Role.FOR}:
            later = context.sentence.clauses[clause.at + 1 :]
            yield from ((Kind.CHANGED, piece.text, one) for c in later for one in c.formulas)


def _instead(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`X instead of Y`: Y is denied. `without Y, X` is a special case."""
    for at, piece in enumerate(clause.pieces):
        if piece.has(Role.INSTEAD) and (target := _near(clause.pieces[at + 1 :])) is not None:
            yield Kind.DENIED, piece.text, target
        if piece.has(Role.WITHOUT) and not clause.has(Role.AFFIRM):
            later = context.sentence.clauses[clause.at + 1 :] if at == 0 else ()
            yield from ((Kind.CHANGED, piece.text, one) for c in later for one in c.formulas)


def _offers(clause: Clause, context: _Context) -> Iterator[Judgement]:
    """`X or Y`, `X, or its transpose`, `X, depending on the convention`."""
    for at, piece in enumerate(clause.pieces):
        if not piece.has(Role.OR) or clause.has(Role.AFFIRM):
            continue
        before = [one.formula for one in clause.pieces[:at] if one.formula is not None][-1:]
        before = before or context.antecedents(clause) if at <= 1 else before
        behind = clause.pieces[at + 1 :]
        target = _near(behind)
        both = [one for one in (*before, *([target] if target is not None else ())) if one is not None]
        if not all(_claims(context.items[one].text) for one in both):
            continue
        others = any(one.has(Role.OPERATION, Role.OPERATION_ON) for one in behind[: _NEAR + 1])
        if len(both) > 1 or others:
            yield from ((Kind.OFFERED, piece.text, one) for one in both)


Rule = Callable[[Clause, _Context], Iterator[Judgement]]

# Each rule with the roles of which one must be in the sentence; without any it looks at formulas alone.
_RULES: tuple[tuple[frozenset[Role], Rule], ...] = (
    (frozenset({Role.NOT, Role.WRONG, Role.REFUTE}), _denials),
    (frozenset(), _unequal),
    (frozenset(), _ranges),
    (frozenset({Role.OLD, Role.CORRECTION, Role.AMENDS}), _corrections),
    (frozenset({Role.SUPPOSE}), _led_by(Role.SUPPOSE, Kind.SUPPOSED)),
    (frozenset({Role.QUOTED}), _led_by(Role.QUOTED, Kind.QUOTED)),
    (frozenset({Role.EXPECT}), _expected),
    (frozenset(), _asked),
    (frozenset(), _marked),
    (frozenset({Role.SOLVE}), _solved),
    (frozenset({Role.EXAMPLE}), _examples),
    (frozenset(), _served),
    (frozenset({Role.IF, Role.FOR}), _conditional),
    (frozenset(), _named),
    (_CHANGING, _changes),
    (_CHANGING | {Role.INSTEAD, Role.OTHERWISE, Role.NOT}, _substituted),
    (frozenset({Role.INSTEAD, Role.WITHOUT}), _instead),
    (frozenset({Role.OR}), _offers),
)
