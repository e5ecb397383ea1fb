"""Question labels nest: `Question 2`, then `1.`, then `(b)` is ("2", "1", "b")."""

from dataclasses import dataclass

from grader.document.nodes import Markup

# Outer before inner: a question of any kind, then numbers, letters, roman numerals. The second number is
# the level of a heading or the depth of a list.
Rank = tuple[int, int]

QUESTION, NUMBER, LETTER, ROMAN = 0, 1, 2, 3
HEADINGS = 6  # the levels of headings

_NUMERALS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


@dataclass(frozen=True, slots=True)
class LabelPart:
    """One label of a marker, such as the `b` of `Problem 1b`, and its rank."""

    rank: Rank
    text: str


@dataclass(frozen=True, slots=True)
class Numbered(Markup):
    """Markup before labels are nested: what it numbers, or ends.

    `closes` is the rank of the items of a list that ends here. `level` and `title` are those of a heading.
    A `weak` label may also be any number at the start of a line.
    """

    parts: tuple[LabelPart, ...] = ()
    closes: Rank | None = None
    level: int = 0
    title: str = ""
    weak: bool = False


class Nesting:
    """The labels that are open at one point of a paper, from the outside in."""

    def __init__(self) -> None:
        self._path: list[LabelPart] = []

    def copy(self) -> "Nesting":
        """The same labels, to go on from."""
        one = Nesting()
        one._path = self._path[:]
        return one

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, from the outside in."""
        return tuple(part.text for part in self._path if part.text)

    def enter(self, parts: tuple[LabelPart, ...]) -> tuple[str, ...]:
        """The path after a marker, which closes its siblings and all labels inside them.

        `1(b)` below `Problem 1` says the outer number again.
        """
        if len(parts) > 1 and self._says_again(parts[0]):
            parts = (LabelPart(parts[0].rank, ""), *parts[1:])
        for part in parts:
            rank = self._resolved(part)
            self.close(rank)
            self._path.append(LabelPart(rank, part.text))
        return self.labels

    def close(self, rank: Rank) -> None:
        """Close the labels at `rank` or further in."""
        while self._path and self._path[-1].rank >= rank:
            self._path.pop()

    def ends_at(self, level: int) -> bool:
        """Whether a heading without a number ends the question of a heading below its level.

        At the same level or below, it belongs to that question.
        """
        ranks = (part.rank for part in self._path)
        return any(kind == QUESTION and level < depth <= HEADINGS for kind, depth in ranks)

    def _says_again(self, part: LabelPart) -> bool:
        outer = [one.text for one in self._path if one.rank < part.rank and one.text]
        return outer[-1:] == [part.text]

    def _resolved(self, part: LabelPart) -> Rank:
        """The rank of a part; a single `i`, `v` or `x` is a letter or a numeral, by the open labels."""
        if part.rank[0] == LETTER and part.text in _NUMERALS and self._continues_romans(part.text):
            return (ROMAN, part.rank[1])
        return part.rank

    def _continues_romans(self, text: str) -> bool:
        value = _NUMERALS.index(text)
        last = self._last(ROMAN)
        if last in _NUMERALS and _NUMERALS.index(last) == value - 1 and last:
            return True
        return len(text) > 1 or (text == "i" and self._last(LETTER) != "h")

    def _last(self, kind: int) -> str:
        """The open label of one kind, the innermost; empty if there is none."""
        return next((part.text for part in reversed(self._path) if part.rank[0] == kind), "")


def roman(number: int) -> str:
    """A small number in roman numerals; a large one stays as it is."""
    return _NUMERALS[number] if 0 < number < len(_NUMERALS) else str(number)
