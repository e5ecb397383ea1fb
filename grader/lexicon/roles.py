"""The words of human languages that the grader knows, and what they do in a sentence.

`table.txt` is the only place where such words stand: each role, and below it its words and phrases in each
language, separated by commas. `*` at the end of a phrase stands for any ending. `find` gives the roles in a
text with their places. A text in Chinese has no spaces: each of its characters is a word.

`ordinary.txt` has the words that change no formula beside them. Of some languages it is all that is known:
any other word, however short, may change a formula. `*` stands for one of the endings of its language.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path


class Role(Enum):
    """What a word or phrase does in a sentence about formulas."""

    # How clauses hang together
    IF = "a condition follows"
    ONLY = "nothing else"
    FOR = "a case follows"
    ALL = "a range follows"
    AT = "a point follows"
    OTHERWISE = "all other cases"
    THEN = "the consequence of a condition follows"
    WHERE = "the meaning of a name follows"
    LET = "a definition follows"
    WITH = "something given follows"
    SINCE = "a reason follows"
    BY = "a rule or a means follows"
    THAT = "a clause follows that the words before it judge"
    CONCLUDE = "a result follows"
    AND = "another of the same"
    ALSO = "the same holds too"
    OR = "another value"
    BUT = "something else holds"
    EQUALS = "the value follows"
    THAT_IS = "the same in other words"
    ANSWER = "names the answer"
    PRONOUN = "means what was just written"
    WE = "the author, who tells what was done"
    FILLER = "changes nothing between a word and its formula"
    # How a statement stands
    NOT = "denies"
    TRUE = "affirms"
    WRONG = "calls something wrong"
    AFFIRM = "a denial that denies nothing"
    HARMLESS = "may be denied of a right answer"
    CORRECTION = "corrects what is before it"
    AMENDS = "corrects what is before it if another value follows"
    OLD = "an earlier answer, given up"
    EXPECT = "what others or a first look may expect"
    SUPPOSE = "an assumption follows"
    REFUTE = "an assumption was wrong"
    SOLVE = "sets a derivative to zero"
    QUOTED = "of somebody else"
    BELIEF = "asserts mildly"
    GUESS = "asserts without knowing"
    EXAMPLE = "an example or a special case"
    ASKS = "a question"
    # What changes a formula
    OPERATION = "an operation on the formula before it"
    OPERATION_ON = "an operation on the formula after it"
    PLUS = "joins two terms"
    TRANSPOSE = "the operation that a T above a name stands for"
    MUST = "something is still to be done"
    LOOSE = "near a value, or a part of it"
    CASE = "a special case, behind what it is"
    REGRET = "something before it is not as it should be"
    WITHOUT = "something is left out"
    INSTEAD = "something stands for another thing"
    SWAP = "one thing is put in the place of another"
    MEANS = "gives a name its meaning"
    EXAMPLES = "what a size counts: examples"
    FEATURES = "what a size counts: features"
    CLASSES = "what a size counts: classes"
    UNITS = "what a size counts: units, layers, steps"
    CONSTANT = "an array with one value, such as ones"
    STRUCK = "crossed out"
    # Notes
    SHAPE = "a note on a shape"
    STATES = "may state an answer in words"
    KNOW = "what one does with a question; denied, there is no answer"
    POINTS = "a unit of marks"
    BLANK = "says that there is no answer"
    NOTHING = "stands alone in place of an answer"
    OUTSIDE = "the answer is somewhere else"
    TASK = "asks for an answer, in a prompt"
    QUESTION = "a heading that numbers a question"
    FORM = "a field at the top of a paper"
    GREETING = "a greeting"
    TITLE = "a word of a title"
    # Only in patterns
    NUMBERED = "a number of a question follows"
    PART = "a number of a part follows"
    ORDINAL = "stands before a number"
    SOLUTION = "its solution follows, as in `Solution to Q4`"
    WORKING = "the working of an answer follows"
    TO = "stands between a solution and its question"
    ARTICLE = "stands before its question"
    UNDEFINED = "there is no value"


_ROLES = list(Role)
_FIRST, _END = _ROLES.index(Role.STATES), _ROLES.index(Role.NUMBERED)
NOTES = frozenset(_ROLES[_FIRST:_END])
"""The roles of whole notes and lines, which `find` looks for apart: "no solution" denies nothing."""

STANDING = frozenset(_ROLES[:_FIRST])
"""The roles of words in sentences about formulas."""


ENGLISH = "en"
LANGUAGES = frozenset({ENGLISH, "de", "fr", "es", "zh"})
PARTLY_KNOWN = frozenset({"ko", "pl", "pt", "ru", "tr", "vi"})
"""The languages of which only ordinary words are known."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word or phrase of a text with its roles; `start` and `end` are its characters."""

    roles: frozenset[Role]
    start: int
    end: int
    text: str


@dataclass(slots=True)
class _Node:
    """The phrases that begin with the same words; `stems` are words with any ending."""

    words: "dict[str, _Node]" = field(default_factory=dict)
    stems: "dict[str, _Node]" = field(default_factory=dict)
    meanings: dict[str, set[Role]] = field(default_factory=dict)


# A word ends at an apostrophe: `l'opposé`, `c'est`. `n't` is a word. Each Chinese character is one.
_CHINESE = "\u3400-\u9fff"
_WORD = re.compile(rf"n't(?!\w)|[{_CHINESE}]|(?:(?!n't(?!\w)|[{_CHINESE}])\w)+'?|[^\w\s]")
_APOSTROPHES = str.maketrans("’‘´`", "''''")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöüßéèêçñáíó")
_LONG = 6  # letters of a word that is known with a slip
_SHORT = 3  # letters of a word that may be another one in another language
_STEM = range(24, 2, -1)  # characters of a stem
_TABLE, _ORDINARY = (Path(__file__).with_name(name) for name in ("table.txt", "ordinary.txt"))


def find(text: str, language: str | None = None, among: frozenset[Role] = STANDING) -> list[Mark]:
    """The roles in a text, in order, without overlap; of two phrases the longer one counts.

    A word means what it means in `language`, the language of most words by default, or else in English,
    which people mix into any language. Its time grows linearly with the text.
    """
    tokens = _tokens(text)
    if language is None:
        language = _most(_matches(tokens, among, LANGUAGES), ENGLISH)
    marks = []
    for at, end, node in _matches(tokens, among, {language, ENGLISH}):
        start, stop = tokens[at].start(), tokens[end - 1].end()
        roles = frozenset(node.meanings.get(language) or node.meanings[ENGLISH])
        marks.append(Mark(roles, start, stop, text[start:stop]))
    return marks


def language_of(text: str, usual: str = ENGLISH) -> str:
    """The language of most of the known words in a text, the usual one if others have no more."""
    return _most(_matches(_tokens(text), STANDING, LANGUAGES), usual)


def _tokens(text: str) -> list[re.Match[str]]:
    return list(_WORD.finditer(text.translate(_APOSTROPHES)))


@cache
def words(role: Role) -> frozenset[str]:
    """The single words of a role in all languages, in lower case."""
    return frozenset(phrase for one, _, phrase in _rows() if one is role and phrase.isalpha())


def is_ordinary(word: str, language: str = ENGLISH) -> bool:
    """Whether a word changes no formula beside it; a long word may lack a letter or swap two.

    Words of English and of the languages with roles are mixed; in others only those of English are.
    """
    if language in PARTLY_KNOWN:
        return word in _ordinary(language) or (len(word) > _SHORT and word in _ordinary(ENGLISH))
    known = _with_roles()
    if word in known or len(word) < _LONG:
        return word in known
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    swapped = (left + right[1] + right[0] + right[2:] for left, right in cuts[:-2])
    lacking = (left + letter + right for left, right in cuts for letter in set(word) | _LETTERS)
    return not known.isdisjoint(swapped) or not known.isdisjoint(lacking)


def partly_known(text: str) -> str | None:
    """The language of most words of a text, if it is one of which only ordinary words are known."""
    said = re.findall(r"[^\W\d_]{2,}", text.lower())
    counts = {one: sum(word in _words(one) for word in said) for one in _ordinary_rows()}
    best = max(counts, key=lambda one: (counts[one], one not in PARTLY_KNOWN))
    return best if best in PARTLY_KNOWN else None


@cache
def _words(language: str) -> frozenset[str]:
    """The words of a language, ordinary or with roles."""
    said = (phrase for _, one, phrase in _rows() if one == language)
    return _ordinary(language).union(*(re.findall(r"\w+", phrase) for phrase in said))


@cache
def _with_roles() -> frozenset[str]:
    return frozenset().union(*(_ordinary(one) for one in _ordinary_rows() if one in LANGUAGES))


@cache
def _ordinary(language: str) -> frozenset[str]:
    stems, endings = _ordinary_rows()[language], _ordinary_rows("ENDINGS").get(language, [])
    found = {word.removesuffix("*") for word in stems}
    return frozenset(
        found
        | {
            word.removesuffix("*") + ending
            for word in stems
            if word.endswith("*")
            for ending in endings
        }
    )


@cache
def _ordinary_rows(block: str = "ORDINARY") -> Mapping[str, Sequence[str]]:
    """The words of a block of `ordinary.txt` in each language."""
    text = _ORDINARY.read_text(encoding="utf-8").replace("\n      ", " ")
    rows = (
        row.strip().partition(": ")
        for row in text.split(f"{block}\n")[1].split("\n\n")[0].split("\n")
    )
    return {language: words.split(", ") for language, _, words in rows if words}


@cache
def pattern(*roles: Role) -> str:
    """A pattern for the phrases of some roles in all languages, the longest first."""
    found = {phrase for role, _, phrase in _rows() if role in roles}
    longest = sorted(found, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(
        re.escape(one.removesuffix("*")) + r"\w*" * one.endswith("*") for one in longest
    )


def _most(found: Iterable[tuple[int, int, _Node]], usual: str) -> str:
    """The language of most phrases; a phrase of several languages counts for each of them less."""
    votes: dict[str, float] = defaultdict(float)
    for at, end, node in found:
        for language in node.meanings:
            votes[language] += (end - at) / len(node.meanings)
    return max(votes, key=lambda one: (votes[one], one == usual), default=usual)


def _matches(
    tokens: Sequence[re.Match[str]], among: frozenset[Role], languages: Collection[str]
) -> Iterator[tuple[int, int, _Node]]:
    """The longest phrase from each place on, as the range of its tokens and its node."""
    at = 0
    while at < len(tokens):
        node = _phrases(among)
        best: tuple[int, int, _Node] | None = None
        for end in range(at, len(tokens)):
            following = _step(node, tokens[end][0].lower())
            if following is None:
                break
            node = following
            if not node.meanings.keys().isdisjoint(languages):
                best = (at, end + 1, node)
        if best:
            yield best
        at = best[1] if best else at + 1


def _step(node: _Node, word: str) -> _Node | None:
    if word in node.words:
        return node.words[word]
    stems = (node.stems.get(word[:end]) for end in _STEM) if node.stems else ()
    return next((stem for stem in stems if stem is not None), None)


@cache
def _phrases(among: frozenset[Role]) -> _Node:
    """The phrases of some roles as a tree of words."""
    root = _Node()
    for role, language, phrase in _rows():
        if role not in among:
            continue
        node = root
        words = _WORD.findall(phrase.removesuffix("*"))
        for at, word in enumerate(words):
            is_stem = phrase.endswith("*") and at == len(words) - 1
            node = (node.stems if is_stem else node.words).setdefault(word, _Node())
        node.meanings.setdefault(language, set()).add(role)
    return root


@cache
def _rows() -> tuple[tuple[Role, str, str], ...]:
    """The phrases of the table, each with its role and language."""
    rows: list[tuple[Role, str, str]] = []
    text = _TABLE.read_text(encoding="utf-8").replace("\n      ", " ")  # a list over several lines
    for block in text.split("\n\n"):
        name, *lists = block.split("\n")
        role = Role[name]
        for line in filter(None, lists):
            language, _, said = line.strip().partition(": ")
            rows += [(role, language, phrase) for phrase in said.split(", ")]
    return tuple(rows)
