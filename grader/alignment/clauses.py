"""The sentences and clauses of a section, with its formulas in their places.

A sentence is a run of clauses, a clause a run of pieces: a formula, a word with its roles, any other word.
A displayed formula belongs to the sentence that leads to it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from grader.lexicon import Role, find
from grader.submission import Formula, Item, Marker, Prose

_STOPS = "([,;:|()\\[\\]–—，；：（）、]|\\.{3}|…)"
_TAG = re.compile(r"</?(?:del|s|strike)>")
_WORD = re.compile(rf"{_TAG.pattern}|(?P<stop>{_STOPS})|(?P<end>[.!?。！？]+)|[^\W_]+")
_ENDS = re.compile(r"[.!?。！？](?:\s*\})?\s*\Z")
_ASKS = re.compile(r"[?？]")
_LINE = re.compile(r"(?:[-*+•]|#{1,6}|>)\s")
_GOES_ON = re.compile(r"[^\W\dA-Z]|[,;:)，；：]|[\u3400-\u9fff]")

_LONGEST_CLAUSE = 60  # pieces, so that the time is linear
_LONGEST_SENTENCE = 30  # clauses

# These begin a clause of their own.
_BEGINS = frozenset({Role.CONCLUDE, Role.BUT, Role.SINCE, Role.WHERE, Role.THAT_IS})
_AT_THE_START = frozenset({Role.SINCE, Role.THEN})
_NONE: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Piece:
    """A word with its roles, a sign that ends a clause, or the formula with the number `formula`.

    `start` is its place in its text.
    """

    text: str
    roles: frozenset[Role] = _NONE
    formula: int | None = None
    stop: str = ""
    start: int = 0

    @property
    def end(self) -> int:
        """Where it ends in its text."""
        return self.start + len(self.text)

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


@dataclass
class Sentence:
    """The clauses of a sentence, and the heading above it; `asks` means that it ends with `?`."""

    clauses: list[Clause] = field(default_factory=list)
    asks: bool = False
    heading: "Sentence | None" = None

    @property
    def text(self) -> str:
        return " ".join(piece.text for clause in self.clauses for piece in clause.pieces)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles of all its words."""
        return frozenset().union(
            *(piece.roles for clause in self.clauses for piece in clause.pieces)
        )

    @cached_property
    def formulas(self) -> list[int]:
        return [at for clause in self.clauses for at in clause.formulas]


def sentences(items: Sequence[Item], language: str) -> Iterator[list[Sentence]]:
    """The sentences below each marker. Formulas are numbered by their place in `items`."""
    for section in _sections(items):
        heading: Sentence | None = None
        found: list[Sentence] = []
        for run in _runs(items, section):
            closed = list(_closed(_pieces(items, run, language)))
            if _is_heading(items[run.start]):
                heading = closed[0] if closed else None
            for one in closed:
                one.heading = heading
            found += closed
        yield found


def _sections(items: Sequence[Item]) -> Iterator[range]:
    """The items below each marker."""
    stops = [at for at, item in enumerate(items) if isinstance(item, Marker)]
    for start, stop in itertools.pairwise([-1, *stops, len(items)]):
        yield range(start + 1, stop)


def _runs(items: Sequence[Item], section: range) -> Iterator[range]:
    """The items that may be of one sentence."""
    start = section.start
    for at in section[1:]:
        if _breaks(items[at - 1], items[at]):
            yield range(start, at)
            start = at
    if section:
        yield range(start, section.stop)


def _is_heading(item: Item) -> bool:
    return isinstance(item, Prose) and item.text.startswith("#")


def _breaks(before: Item, item: Item) -> bool:
    """Whether a sentence ends between two items: at a blank line, a new point of a list, a heading."""
    if isinstance(before, Formula) and before.display and before.place.line != item.place.line:
        return isinstance(item, Formula) or _GOES_ON.match(item.text) is None
    if isinstance(item, Prose) and _LINE.match(item.text):
        return True
    if _is_heading(before):
        return before.place.line != item.place.line
    last = before.place.line + (before.text.count("\n") if isinstance(before, Formula) else 0)
    leads = isinstance(item, Formula) and (item.display or before.text.endswith((":", "：")))
    return item.place.line > last + 1 and not leads


def _pieces(items: Sequence[Item], run: range, language: str) -> Iterator[Piece]:
    """The formulas and words of a run of items; formulas between `<s>` and `</s>` are crossed out."""
    struck = _NONE
    for at in run:
        item = items[at]
        if isinstance(item, Prose):
            yield from pieces_of(item.text, language)
            for tag in _TAG.findall(item.text):
                struck = _NONE if tag.startswith("</") else frozenset({Role.STRUCK})
        elif isinstance(item, Formula):
            yield Piece(item.text, struck, formula=at)
            if _ENDS.search(item.text):
                yield Piece(item.text[-1], stop=".")


@lru_cache(maxsize=2048)
def pieces_of(text: str, language: str) -> tuple[Piece, ...]:
    """The words of a text, those of the lexicon with their roles, and the signs between them."""
    pieces: list[Piece] = []
    done = 0
    for mark in find(text, language):
        pieces += _others(text, done, mark.start)
        pieces.append(Piece(mark.text, mark.roles, start=mark.start))
        done = mark.end
    return (*pieces, *_others(text, done, len(text)))


def _others(text: str, start: int, end: int) -> Iterator[Piece]:
    for found in _WORD.finditer(text, start, end):
        stop = ""
        if found["end"]:
            ahead = text[found.end() : found.end() + 1]
            if ahead.isalnum() and ahead < "\u3400":
                continue  # a decimal point, or one in a name
            stop = "?" if _ASKS.search(found[0]) else "."
        elif found["stop"] or found[0].startswith("<"):
            stop = found[0]
        yield Piece(found[0], stop=stop, start=found.start())


def _closed(pieces: Iterable[Piece]) -> Iterator[Sentence]:
    """The sentences in a run of pieces."""
    sentence, run, after = Sentence(), list[Piece](), ""
    for piece in pieces:
        begins = piece.has(*_BEGINS) and (bool(run) and not _is_inner(piece))
        if piece.stop or begins or len(run) == _LONGEST_CLAUSE:
            if run:
                sentence.clauses.append(Clause(run, after, len(sentence.clauses)))
            run, after = [], piece.stop
        if piece.stop in (".", "?") or len(sentence.clauses) == _LONGEST_SENTENCE:
            sentence.asks = piece.stop == "?"
            if sentence.clauses:
                yield sentence
            sentence, after = Sentence(), ""
        if not piece.stop:
            run.append(piece)
    if run:
        sentence.clauses.append(Clause(run, after, len(sentence.clauses)))
    if sentence.clauses:
        yield sentence


def _is_inner(piece: Piece) -> bool:
    """Whether a word begins a clause only after a comma: `as`, `so`, `then`."""
    return piece.has(Role.FILLER) or piece.has(Role.EQUALS)
