"""A derivation as it stands in a paper: its equations in order, each cut into its members."""

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from grader.alignment import Entry, PlainEquation
from grader.notation import Reading
from grader.notation.equations import Equation
from grader.notation.latex_tokens import Token
from grader.problem.model import bases
from grader.submission import Place


class ReadEntry(Protocol):
    """Reads the right side of an equation as an answer to the question.

    `other` numbers ambiguous products to be read in the less usual way.
    """

    def __call__(self, entry: Entry, other: frozenset[int] = frozenset()) -> Reading:
        """What the last member says, derivative terms left in it. Raises StudentError."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The equations of one section that belong to an answer, itself among them, in reading order.

    `elsewhere` are those of other sections that work out a derivative that nobody asks for, `others`
    the answers to the other questions.
    """

    answer: Entry
    entries: tuple[Entry, ...]
    elsewhere: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """How an answer was derived, not looked at until somebody asks.

    `cut` finds the equations; it may raise StudentError and gives None where there are none. `read`
    reads one of them without the values that the paper finds for derivatives.
    """

    cut: Callable[[], Derivation | None]
    read: ReadEntry


def derivation(
    answer: Entry,
    others: Sequence[Entry],
    answers: Sequence[Entry],
    asked: Collection[tuple[str, str]] = (),
    *,
    is_marked: bool = True,
) -> Derivation:
    """What belongs to an answer of the equations below the same marker.

    `answers` are those to all questions, `asked` the derivatives that questions ask for. Where the
    marker is not that of the question (`is_marked`) several answers stand below it, and each ends what
    belongs to it. Behind the last one stands what it calls upon ("where …").
    """
    ends = {id(entry) for entry in answers if entry is not answer}
    beside = {id(entry): entry for entry in (*others, *answers, answer)}
    found = [entry for entry in beside.values() if entry.section == answer.section]
    found.sort(key=lambda entry: position(entry.place()))
    at = next(n for n, entry in enumerate(found) if entry is answer)
    before = () if is_marked else range(at)
    start = max((n + 1 for n in before if id(found[n]) in ends), default=0)
    is_last = not any(id(entry) in ends for entry in found[at:])
    elsewhere = (e for e in others if e.section != answer.section and _is_own(e, asked))
    within = tuple(found[start : None if is_last else at + 1])
    return Derivation(
        answer, within, tuple(elsewhere), tuple(e for e in answers if e is not answer)
    )


def _is_own(entry: Entry, asked: Collection[tuple[str, str]]) -> bool:
    left = entry.derivative
    return left is not None and bases(left.of, left.wrt) not in asked


def position(place: Place) -> tuple[int, int, int]:
    """What orders the places of one file."""
    return place.cell or 0, place.line, place.column


@dataclass(frozen=True, slots=True)
class Link:
    """One member of a chain: the equation `entry` says left side = this member.

    `number` counts the members of the same chain that begin on its line, from 1; `count` is how
    many right sides begin there.
    """

    entry: Entry
    number: int
    count: int

    @property
    def place(self) -> Place:
        """Where the member begins."""
        return self.entry.place(self.entry.answer_span)

    @property
    def text(self) -> str:
        """The member as it was written, a student's own commands as what they stand for."""
        equation = self.entry.equation
        return _written(equation, equation.answer) if equation is not None else ""

    @property
    def left(self) -> str:
        """The left side in the same way; nothing for a chain that goes on in another formula."""
        equation = self.entry.equation
        return _written(equation, equation.left or ()) if equation is not None else ""


def _written(equation: Equation | PlainEquation, member: str | Sequence[Token]) -> str:
    if isinstance(member, str) or isinstance(equation, PlainEquation):
        return str(member or "")
    if all(one.end <= other.start for one, other in itertools.pairwise(member)):
        return equation.text(member)
    return _SCRIPTED.sub(r"\1\2", " ".join([token.text for token in member]))


_SCRIPTED = re.compile(r" ?([{_^]) ?| (\})")


def links(entry: Entry) -> Iterator[Link]:
    """The right sides of an equation, each as an equation of its own; empty ones left out."""
    if entry.equation is None:
        return
    count = len(entry.equation.members)
    found = [_alone(entry, at) for at in range(min(count - 1, 1), count)]
    right = [one for one in found if not one.is_open]
    lines = [one.place(one.answer_span).line for one in right]
    left = entry.place().line if entry.equation.left else None
    for at, (one, line) in enumerate(zip(right, lines, strict=True)):
        yield Link(one, lines[: at + 1].count(line) + (left == line), lines.count(line))


def _alone(entry: Entry, at: int) -> Entry:
    """An equation with one of its right sides only."""
    equation = entry.equation
    assert equation is not None
    if at == 0:
        return entry
    if isinstance(equation, PlainEquation):
        starts = (equation.starts[0], equation.starts[at])
        members = (equation.members[0], equation.members[at])
        return replace(entry, equation=replace(equation, members=members, starts=starts))
    parts = (equation.members[0], equation.members[at])
    return replace(entry, equation=replace(equation, members=parts))
