"""The sentences and clauses of a section, with its formulas in their places.

A sentence is a run of clauses, a clause a run of pieces: a formula, a word with its roles, any other word.
A displayed formula belongs to the sentence that leads to it.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from grader.claims.formulas import claims
from grader.lexicon import PARTLY_KNOWN, Role, find, is_ordinary, language_of
from grader.submission import Formula, Item, Marker, Prose

_STOPS = "([,;:|()\\[\\]–—，；：（）、]|\\.{3}|…)"
_TAG = re.compile(r"</?(?:del|s|strike)>")
_COMMAND = r"\\[A-Za-z]+(?:\{\w+\}(?=\{))?"  # with a colour
_ADDRESS = r"(?:https?://|www\.)\S+"
_WORD = re.compile(
    rf"{_TAG.pattern}|{_COMMAND}|{_ADDRESS}|(?P<stop>{_STOPS})|(?P<end>[.!?。！？]+)|[^\W_]+"
)
_ENDS = re.compile(r"[.!?。！？](?:\s*\})?\s*\Z")
_END = re.compile(r"(?<=\w\w[.!?])(?:\s+|\Z)|(?<=[。！？])")  # of a sentence, but not of `z. B.`
_WIDE = str.maketrans("？！", "?!")
_NO_WORD = re.compile("[\\d\u3400-\u9fff]|[^\\W\\dA-Z][A-Z]")
_POINT = re.compile(r"(?:[-*+•]|#{1,6}|>)\s")
_GOES_ON = re.compile(r"[^\W\dA-Z]|[,;:)，；：]|[\u3400-\u9fff]")
_COLON = (":", "：")
NEAR = 3  # words between two words, or a word and a formula, that belong together
_SHORT = 3  # letters of a word that may be one of another language
_REACH = 2  # sentences between a correction and what it corrects
_LONGEST_CLAUSE = 60  # pieces, so that the time is linear
_LONGEST_SENTENCE = 30  # clauses

# These begin a clause of their own, words such as `as` and `so` only after a comma.
_BEGINS = frozenset({Role.CONCLUDE, Role.BUT, Role.SINCE, Role.WHERE, Role.THAT_IS})
EXPLAINS = frozenset({Role.SINCE, Role.WHERE, Role.BY, Role.IF})
"""The roles of a first word with which a clause gives a reason, a meaning, a means or a condition."""

_INNER = frozenset({Role.FILLER, Role.EQUALS})
_NONE: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A word with its roles, a sign that ends a clause, or the formula with the number `formula`.

    `start` is its place in its text. `is_unknown` means that it is a word that may change a formula,
    `is_partly` that it is of a language of which only ordinary words are known.
    """

    text: str
    roles: frozenset[Role] = _NONE
    formula: int | None = None
    stop: str = ""
    start: int = 0
    is_unknown: bool = False
    is_partly: bool = False

    @property
    def end(self) -> int:
        """Where it ends in its text."""
        return self.start + len(self.text)

    @property
    def is_plain(self) -> bool:
        """Whether it is a word that the lexicon does not know."""
        return self.formula is None and not self.roles and not self.stop

    def has(self, *roles: Role) -> bool:
        """Whether it has one of the roles."""
        return not self.roles.isdisjoint(roles)


@dataclass
class Clause:
    """A part of a sentence; `after` is the sign before it. `closes` means that a bracket ends before it."""

    pieces: Sequence[Chunk]
    after: str = ""
    next: "Clause | None" = None
    closes: bool = False

    @property
    def opening(self) -> frozenset[Role]:
        """The roles of its first word."""
        return self.pieces[0].roles

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles of all its words."""
        return frozenset().union(*(piece.roles for piece in self.pieces))

    @cached_property
    def formulas(self) -> list[int]:
        """The numbers of its formulas."""
        return numbers(self.pieces)

    def led(self, at: int) -> list[int]:
        """The formulas behind a word, or the first of the next clause if that begins with `:` or "that"."""
        mine = numbers(self.pieces[at:])
        following = self.next
        leads = following and (following.after in _COLON or Role.THAT in following.opening)
        return mine or (following.formulas[:1] if following and leads else [])


@dataclass
class Sentence:
    """The clauses of a sentence, and the heading above it.

    `opens` means that it begins a paragraph, `asks` and `exclaims` that it ends with `?` or `!`.
    """

    clauses: list[Clause] = field(default_factory=list)
    asks: bool = False
    exclaims: bool = False
    opens: bool = False
    heading: "Sentence | None" = None

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(piece.text for clause in self.clauses for piece in clause.pieces)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles of all its words."""
        return frozenset().union(*(clause.roles for clause in self.clauses))

    @cached_property
    def formulas(self) -> list[int]:
        """The numbers of its formulas."""
        return [at for clause in self.clauses for at in clause.formulas]

    @cached_property
    def claims(self) -> list[int]:
        """The numbers of its formulas that say something."""
        pieces = (piece for clause in self.clauses for piece in clause.pieces)
        return [one.formula for one in pieces if one.formula is not None and claims(one.text)]


@dataclass(frozen=True, slots=True)
class Context:
    """A clause in its sentence, with the sentences before and behind it and the texts of all formulas."""

    clause: Clause
    sentence: Sentence
    section: Sequence[Sentence]
    texts: Sequence[str]
    number: int
    at: int

    def here(self) -> list[int]:
        """The claims of this clause."""
        return [at for at in self.clause.formulas if at in self.sentence.claims]

    def later(self) -> list[int]:
        """The formulas in later clauses of the sentence."""
        return [at for one in self.sentence.clauses[self.at + 1 :] for at in one.formulas]

    def said(self) -> list[int]:
        """The claims of the last clause of the sentence before this one that claims something."""
        mine = self.sentence.claims
        earlier = reversed(self.sentence.clauses[: self.at])
        found = ([at for at in one.formulas if at in mine] for one in earlier)
        return next(filter(None, found), [])

    def antecedents(self) -> list[int]:
        """The formulas that `this` is about: those of the last clause, or sentence, that claims."""
        earlier = reversed(self.section[max(0, self.number - _REACH) : self.number])
        return self.said() or next((one.claims for one in earlier if one.claims), [])

    def just_said(self) -> list[int]:
        """The claims of the sentence right before this one in its paragraph."""
        return [] if self.sentence.opens else self.section[self.number - 1].claims

    def following(self) -> list[int]:
        """The formulas from this clause on, in its sentence or else in the next one that claims."""
        later = self.section[self.number + 1 : self.number + 1 + _REACH]
        mine = [*self.clause.formulas, *self.later()]
        return mine or next((one.claims for one in later if one.claims), [])


def numbers(pieces: Iterable[Chunk]) -> list[int]:
    """The numbers of the formulas among pieces."""
    return [piece.formula for piece in pieces if piece.formula is not None]


def near(behind: Iterable[Chunk]) -> list[int]:
    """The first formula in a run of pieces, if few unknown words come before it; "that" leads to it."""
    unknown = 0
    for piece in behind:
        if piece.formula is not None:
            return [piece.formula]
        unknown = 0 if Role.THAT in piece.roles else unknown + piece.is_plain
        if unknown > NEAR:
            break
    return []


def contexts(items: Sequence[Item], language: str) -> Iterator[Context]:
    """All clauses of a paper in order; its formulas are numbered by their place in `items`."""
    texts = ["" if isinstance(item, Marker) else item.text for item in items]
    for section in _sections(items):
        sentences = list(_sentences(items, section, language))
        for number, sentence in enumerate(sentences):
            for at, clause in enumerate(sentence.clauses):
                yield Context(clause, sentence, sentences, texts, number, at)


def _sections(items: Sequence[Item]) -> Iterator[range]:
    """The items below each marker."""
    stops = [at for at, item in enumerate(items) if isinstance(item, Marker)]
    for start, stop in itertools.pairwise([-1, *stops, len(items)]):
        yield range(start + 1, stop)


def _sentences(items: Sequence[Item], section: range, language: str) -> Iterator[Sentence]:
    heading: Sentence | None = None
    start = section.start
    for at in section:
        if at + 1 < section.stop and not _breaks(items[at], items[at + 1]):
            continue
        run = items[start : at + 1]
        found = list(_closed(_pieces(run, start, language)))
        if _is_heading(items[start]):
            heading = found[0] if found else None
        for one in found:
            one.heading = heading
        if found:
            found[0].opens = start == section.start or _is_apart(items[start - 1], items[start])
        yield from found
        start = at + 1


def _is_apart(before: Item, item: Item) -> bool:
    """Whether a blank line stands between two items."""
    lines = 0 if isinstance(before, Marker) else before.text.count("\n")
    return item.place.line > before.place.line + lines + 1


def _is_heading(item: Item) -> bool:
    return isinstance(item, Prose) and item.text.startswith("#")


def _breaks(before: Item, item: Item) -> bool:
    """Whether a sentence ends between two items: at a blank line, a new point of a list, a heading."""
    if isinstance(before, Marker) or isinstance(item, Marker):
        return True
    is_new_line = before.place.line != item.place.line
    if (
        isinstance(before, Formula)
        and before.display
        and (is_new_line or before.notation == "latex")
    ):
        return isinstance(item, Formula) or _GOES_ON.match(item.text) is None
    if isinstance(item, Prose) and _POINT.match(item.text):
        return True
    if _is_heading(before):
        return is_new_line
    last = before.place.line + (before.text.count("\n") if isinstance(before, Formula) else 0)
    leads = isinstance(item, Formula) and (item.display or before.text.endswith(_COLON))
    return item.place.line > last + 1 and not leads


def _pieces(items: Sequence[Item], start: int, language: str) -> Iterator[Chunk]:
    """The formulas and words of a run of items; formulas between `<s>` and `</s>` are crossed out."""
    struck = _NONE
    for part in _parts(items):
        said = language
        if language not in PARTLY_KNOWN:
            said = language_of(
                " ".join(text for at, text in part if _is_prose(items[at])), language
            )
        for at, text in part:
            if _is_prose(items[at]):
                yield from pieces_of(text, said)
                for tag in _TAG.findall(text):
                    struck = _NONE if tag.startswith("</") else frozenset({Role.STRUCK})
            else:
                yield Chunk(text, struck, formula=start + at)
                if _ENDS.search(text):
                    yield Chunk(text[-1], stop=".")


def _parts(items: Sequence[Item]) -> Iterator[list[tuple[int, str]]]:
    """The texts of a run up to each end of a sentence, since a paragraph may mix languages."""
    part: list[tuple[int, str]] = []
    for at, item in enumerate(items):
        if isinstance(item, Prose):
            first, *later = _END.split(item.text)
            part.append((at, first))
            for text in later:
                yield part
                part = [(at, text)]
        elif isinstance(item, Formula):
            part.append((at, item.text))
    yield part


def _is_prose(item: Item) -> bool:
    return isinstance(item, Prose)


@lru_cache(maxsize=2048)
def pieces_of(text: str, language: str) -> tuple[Chunk, ...]:
    """The words of a text, those of the lexicon with their roles, and the signs between them."""
    pieces: list[Chunk] = []
    done = 0
    for mark in find(text, language):
        if language in PARTLY_KNOWN and not _is_english(mark.text, language):
            continue
        pieces += _others(text, done, mark.start, language)
        pieces.append(Chunk(mark.text, mark.roles, start=mark.start))
        done = mark.end
    return (*pieces, *_others(text, done, len(text), language))


def _is_english(words: str, language: str) -> bool:
    """Whether English words in another language are not words of that language."""
    return len(words) > _SHORT and not is_ordinary(words.lower(), language)


def _is_unknown(word: str, language: str) -> bool:
    """Whether a word may change a formula; names and numbers do not."""
    if language in PARTLY_KNOWN:
        is_name = word.isascii() and (_NO_WORD.search(word) or word.isupper())
        return not word.isdigit() and not is_name and not is_ordinary(word.lower(), language)
    is_word = len(word) > 2 and word.isalpha() and not _NO_WORD.search(word)
    return is_word and not is_ordinary(word.lower())


def _others(text: str, start: int, end: int, language: str) -> Iterator[Chunk]:
    for found in _WORD.finditer(text, start, end):
        stop = ""
        if found[0].startswith(("\\", "http", "www.")):
            continue
        if found["end"]:
            ahead = text[found.end() : found.end() + 1]
            if ahead.isalnum() and ahead < "\u3400":
                continue  # a decimal point, or one in a name
            stop = next((sign for sign in "?!" if sign in found[0].translate(_WIDE)), ".")
        elif found["stop"] or found[0].startswith("<"):
            stop = found[0]
        unknown = not stop and _is_unknown(found[0], language)
        yield Chunk(
            found[0],
            stop=stop,
            start=found.start(),
            is_unknown=unknown,
            is_partly=language in PARTLY_KNOWN,
        )


def _closed(pieces: Iterable[Chunk]) -> Iterator[Sentence]:
    """The sentences in a run of pieces."""
    sentence, run, after, closes = Sentence(), list[Chunk](), "", False
    for piece in pieces:
        begins = piece.has(*_BEGINS) and bool(run) and not piece.has(*_INNER)
        if piece.stop or begins or len(run) == _LONGEST_CLAUSE:
            _add(sentence, run, after, closes)
            closes = piece.stop == ")" or (closes and not run)
            run, after = [], piece.stop
        if piece.stop in (".", "?", "!") or len(sentence.clauses) == _LONGEST_SENTENCE:
            sentence.asks, sentence.exclaims = piece.stop == "?", piece.stop == "!"
            if sentence.clauses:
                yield sentence
            sentence, after = Sentence(), ""
        if not piece.stop:
            run.append(piece)
    _add(sentence, run, after, closes)
    if sentence.clauses:
        yield sentence


def _add(sentence: Sentence, run: list[Chunk], after: str, closes: bool) -> None:
    if run:
        clause = Clause(run, after, closes=closes)
        if sentence.clauses:
            sentence.clauses[-1].next = clause
        sentence.clauses.append(clause)
