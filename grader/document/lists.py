r"""The counters of LaTeX for `\item`, `\question` and `problem`."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from grader.document.nesting import LETTER, NUMBER, QUESTION, ROMAN, LabelPart, Rank, roman

QUESTION_RANK: Rank = (QUESTION, 7)
_STYLES = ("arabic", "alph", "roman", "alph")
_COUNTERS = ("enumi", "enumii", "enumiii", "enumiv")

# Of the exam class and its like; `\question` is a command, `problem` an environment.
_COMMANDS: dict[str, tuple[Rank, str]] = {
    "question": (QUESTION_RANK, "arabic"),
    "titledquestion": (QUESTION_RANK, "arabic"),
    "part": ((LETTER, 0), "alph"),
    "subpart": ((ROMAN, 0), "roman"),
    "subsubpart": ((ROMAN, 1), "alph"),
}
QUESTION_ENVIRONMENTS = frozenset(
    "question problem exercise task prob homeworkproblem aufgabe uebung frage exercice probleme ejercicio "
    "problema pregunta esercizio exercicio".split()
)
LISTS = {"enumerate", "itemize", "description", "questions", "parts", "subparts", "subsubparts"}

_DEEPEST = 20  # LaTeX allows six
_INNER = {"question": "part", "titledquestion": "part", "part": "subpart", "subpart": "subsubpart"}
_START = re.compile(r"start\s*=\s*(\d{1,3})")


@dataclass(slots=True)
class Lists:
    """The open lists at one point of a document with the styles of their numbers, and all counters."""

    _open: list[tuple[str, str]] = field(default_factory=list)
    _counters: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def begin(self, environment: str, options: str = "") -> None:
        """Open a list with the `options` in its brackets."""
        if len(self._open) >= _DEEPEST:
            return
        depth = self._depth
        self._open.append((environment, _style(options, depth)))
        if environment == "enumerate" and "resume" not in options:
            start = _START.search(options)
            self._counters[_counter(depth)] = int(start[1]) - 1 if start else 0

    def end(self, environment: str) -> Rank | None:
        """Close a list; returns the rank of its items if they are numbered."""
        if not self._open or self._open[-1][0] != environment:
            return None
        rank = (NUMBER, self._depth) if environment == "enumerate" else None
        self._open.pop()
        return rank

    def item(self) -> LabelPart | None:
        r"""The number of the next `\item`; None in a list without numbers."""
        if not self._open or self._open[-1][0] != "enumerate":
            return None
        number = self._advance(_counter(self._depth - 1))
        return LabelPart((NUMBER, self._depth), _numeral(number, self._open[-1][1]))

    @property
    def _depth(self) -> int:
        return sum(environment == "enumerate" for environment, _ in self._open)

    @property
    def rank(self) -> Rank:
        r"""The rank of an `\item` that carries its own label."""
        return (NUMBER, max(self._depth, 1))

    @property
    def has_parts(self) -> bool:
        r"""Whether `\part` is that of the exam class here, not a heading."""
        return any(environment == "parts" for environment, _ in self._open)

    def command(self, name: str) -> LabelPart:
        r"""The number of the next `\question`, `\part` and so on."""
        rank, style = _COMMANDS[name]
        number = self._advance("question" if name == "titledquestion" else name)
        if inner := _INNER.get(name):
            self._counters[inner] = 0
        return LabelPart(rank, _numeral(number, style))

    def environment(self, name: str) -> LabelPart:
        """The number of the next `problem`, `exercise` and so on."""
        return LabelPart(QUESTION_RANK, str(self._advance(name)))

    def set(self, counter: str, value: int, *, relative: bool = False) -> None:
        r"""`\setcounter` and `\addtocounter`."""
        counter = "part" if counter == "partno" else counter  # its name in the exam class
        self._counters[counter] = value + (self._counters[counter] if relative else 0)

    def _advance(self, counter: str) -> int:
        self._counters[counter] += 1
        return self._counters[counter]


def _counter(depth: int) -> str:
    return _COUNTERS[min(depth, len(_COUNTERS) - 1)]


def _style(options: str, depth: int) -> str:
    r"""The numbering of a list: `label=(\alph*)` of enumitem, `[(a)]` of enumerate, or by depth."""
    for style in ("arabic", "alph", "Alph", "roman", "Roman"):
        if f"\\{style}" in options:
            return style.lower()
    short = re.fullmatch(r"[^\w=]{0,4}(?:Q|\w+\s)?([1aAiI])[^\w=]{0,4}", options)
    if short:
        return {"1": "arabic", "a": "alph", "i": "roman"}[short[1].lower()]
    return _STYLES[min(depth, len(_STYLES) - 1)]


def _numeral(number: int, style: str) -> str:
    if style == "alph" and 1 <= number <= 26:
        return chr(ord("a") + number - 1)
    return roman(number) if style == "roman" else str(number)
