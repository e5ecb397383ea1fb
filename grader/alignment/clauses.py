"""The sentences and clauses of a section, with its formulas in their places.

A sentence is a run of clauses, a clause a run of pieces: a formula, a word with its roles, any other word.
A displayed formula belongs to the sentence that leads to it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.lexicon import Role, find
from grader.submission import Formula, Item, Marker, Prose

_STOPS = "([,;:()\\[\\]–—，；：（）、]|\\.{3}|…)"
_WORD = re.compile(rf"(?P<stop>{_STOPS})|(?P<end>[.!?。！？]+)|(?P<tag></?(?:del|s|strike)>)|[^\W_]+")
_ENDS = re.compile(r"[.!?。！？](?:\s*\})?\s*\Z")
_ASKS = re.compile(r"[?？]")
_LINE = re.compile(r"(?:[-*+•]|#{1,6}|>)\s")
_GOES_ON = re.compile(r"[^\W\dA-Z]|[,;:)，；：]|[\u3400-\u9fff]")

# These begin a clause of their own.
_BEGINS = frozenset({Role.CONCLUDE, Role.BUT, Role.SINCE, Role.WHERE, Role.THAT_IS})
_AT_THE_START = frozenset({Role.SINCE, Role.THEN})
_NONE: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with its roles, a sign that ends a clause, or the formula with the number `formula`."""

    text: str
    roles: frozenset[Role] = _NONE
    formula: int | None = None
    stop: str = ""

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def is_plain(self) -> bool:
        """Whether it is a word that the lexicon does not know."""
        return self.formula is None and not self.roles and not self.stop


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence; `after` is the sign before it, `at` its number in the sentence."""

    pieces: Sequence[Piece]
    after: str = ""
    at: int = 0

    @property
    def opening(self) -> frozenset[Role]:
        """The roles of its first word."""
        return self.pieces[0].roles if self.pieces else _NONE

    def has(self, *roles: Role) -> bool:
        return any(piece.has(*roles) for piece in self.pieces)

    @property
    def formulas(self) -> list[int]:
        return [piece.formula for piece in self.pieces if piece.formula is not None]


@dataclass(slots=True)
class Sentence:
    """The clauses of a sentence; `asks` means that it ends with a question mark."""

    clauses: list[Clause] = field(default_factory=list)
    asks: bool = False

    def has(self, *roles: Role) -> bool:
        return any(clause.has(*roles) for clause in self.clauses)

    @property
    def formulas(self) -> list[int]:
        return [at for clause in self.clauses for at in clause.formulas]


def sentences(items: Sequence[Item], language: str) -> Iterator[list[Sentence]]:
    """The sentences below each marker. Formulas are numbered by their place in `items`."""
    section: list[Sentence] = []
    pieces: list[Piece] = []
    before: Item | None = None
    for at, item in enumerate(items):
        if isinstance(item, Marker):
            yield [*section, *_closed(pieces)]
            section, pieces = [], []
        elif _breaks(before, item):
            section += _closed(pieces)
            pieces = []
        if isinstance(item, Formula):
            pieces.append(Piece(item.text, formula=at))
            if _ENDS.search(item.text):
                pieces.append(Piece(item.text[-1], stop="."))
        elif isinstance(item, Prose):
            pieces += _pieces(item.text, language)
        before = item
    yield [*section, *_closed(pieces)]


def _breaks(before: Item | None, item: Item) -> bool:
    """Whether a sentence ends between two items: at a blank line, a new point of a list, a heading."""
    if before is None or isinstance(before, Marker):
        return False
    if isinstance(before, Formula) and before.display and before.place.line != item.place.line:
        return isinstance(item, Formula) or _GOES_ON.match(item.text) is None
    if isinstance(item, Prose) and _LINE.match(item.text):
        return True
    if isinstance(before, Prose) and before.text.startswith("#"):
        return before.place.line != item.place.line
    last = before.place.line + (before.text.count("\n") if isinstance(before, Formula) else 0)
    leads = isinstance(item, Formula) and (item.display or before.text.endswith((":", "：")))
    return item.place.line > last + 1 and not leads


def _pieces(text: str, language: str) -> Iterator[Piece]:
    """The words of a text, those of the lexicon with their roles."""
    done = 0
    for mark in find(text, language):
        yield from _others(text, done, mark.start)
        yield Piece(mark.text, mark.roles)
        done = mark.end
    yield from _others(text, done, len(text))


def _others(text: str, start: int, end: int) -> Iterator[Piece]:
    for found in _WORD.finditer(text, start, end):
        if found["end"]:
            ahead = text[found.end() : found.end() + 1]
            if not ahead.isalnum() or ahead >= "\u3400":
                yield Piece(found[0], stop="?" if _ASKS.search(found[0]) else ".")
        elif found["stop"] or found["tag"]:
            yield Piece(found[0], stop=found[0])
        else:
            yield Piece(found[0])


def _closed(pieces: Iterable[Piece]) -> Iterator[Sentence]:
    """The sentences in a run of pieces."""
    sentence, run, after = Sentence(), list[Piece](), ""
    for piece in pieces:
        begins = piece.has(*_BEGINS) and (bool(run) and not _is_inner(piece))
        if piece.stop or begins:
            if run:
                sentence.clauses.append(Clause(run, after, len(sentence.clauses)))
            run, after = [], piece.stop
        if piece.stop in (".", "?"):
            sentence.asks = piece.stop == "?"
            if sentence.clauses:
                yield sentence
            sentence, after = Sentence(), ""
        elif not piece.stop:
            run.append(piece)
    if run:
        sentence.clauses.append(Clause(run, after, len(sentence.clauses)))
    if sentence.clauses:
        yield sentence


def _is_inner(piece: Piece) -> bool:
    """Whether a word begins a clause only after a comma: `as`, `so`, `then`."""
    return piece.has(Role.FILLER) or piece.has(Role.EQUALS)
