"""Derivations: the equations of a paper that belong to one answer, split into their members."""

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from grader.claims import Claim, PlainEquation
from grader.notation import USUAL, Conventions, Reading
from grader.notation.latex_tokens import Token
from grader.notation.statements import Equation
from grader.problem.model import bases
from grader.submission import Place


class ReadEntry(Protocol):
    """Reads the right side of an equation as an answer to the question, under some conventions."""

    def __call__(self, entry: Claim, conventions: Conventions = USUAL) -> Reading:
        """The last member, with derivatives left in it. Raises StudentError."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The equations of one section that belong to an answer, with the answer, in reading order.

    `elsewhere` are equations of other sections for derivatives that no question asks for. `others` are
    the answers to the other questions.
    """

    answer: Claim
    entries: tuple[Claim, ...]
    elsewhere: tuple[Claim, ...] = ()
    others: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """How an answer was derived; computed on demand.

    `cut` finds the equations; it returns None if there are none and may raise StudentError. `read` reads
    one equation, without the values that the paper finds for derivatives.
    """

    cut: Callable[[], Derivation | None]
    read: ReadEntry


def derivation(
    answer: Claim,
    others: Sequence[Claim],
    answers: Sequence[Claim],
    asked: Collection[tuple[str, str]] = (),
    *,
    is_marked: bool = True,
) -> Derivation:
    """The equations below the same marker that belong to an answer.

    `answers` are the answers to all questions, `asked` the derivatives that questions ask for. If the
    marker is not that of the question (`is_marked` is False), several answers may follow it, and each
    answer ends its own part. Equations after the last answer explain it ("where …").
    """
    ends = {id(entry) for entry in answers if entry is not answer}
    beside = {id(entry): entry for entry in (*others, *answers, answer)}
    found = [entry for entry in beside.values() if entry.section == answer.section]
    found.sort(key=lambda entry: position(entry.place()))
    at = next(n for n, entry in enumerate(found) if entry is answer)
    before = () if is_marked else range(at)
    start = max((n + 1 for n in before if id(found[n]) in ends), default=0)
    is_last = not any(id(entry) in ends for entry in found[at:])
    elsewhere = (e for e in others if e.section != answer.section and _is_unasked(e, asked))
    within = tuple(found[start : None if is_last else at + 1])
    return Derivation(
        answer, within, tuple(elsewhere), tuple(e for e in answers if e is not answer)
    )


def _is_unasked(entry: Claim, asked: Collection[tuple[str, str]]) -> bool:
    left = entry.derivative
    return left is not None and bases(left.of, left.wrt) not in asked


def position(place: Place) -> tuple[int, int, int]:
    """A key that sorts the places of one file."""
    return place.cell or 0, place.line, place.column


@dataclass(frozen=True, slots=True)
class Link:
    """One member of a chain, as the equation `entry`: left side = this member.

    `number` counts the members of the chain that begin on its line, from 1. `count` is the number of
    right sides that begin there.
    """

    entry: Claim
    number: int
    count: int

    @property
    def place(self) -> Place:
        """Where the member begins."""
        return self.entry.place(self.entry.answer_span)

    @property
    def text(self) -> str:
        """The member as written, with the student's own commands expanded."""
        equation = self.entry.equation
        return _written(equation, equation.answer) if equation is not None else ""

    @property
    def left(self) -> str:
        """The left side as written; empty if the chain continues another formula."""
        equation = self.entry.equation
        return _written(equation, equation.left or ()) if equation is not None else ""


def _written(equation: Equation | PlainEquation, member: str | Sequence[Token]) -> str:
    if isinstance(member, str) or isinstance(equation, PlainEquation):
        return str(member or "")
    if all(one.end <= other.start for one, other in itertools.pairwise(member)):
        return equation.text(member)
    return _SCRIPTED.sub(r"\1\2", " ".join([token.text for token in member]))


_SCRIPTED = re.compile(r" ?([{_^]) ?| (\})")


def links(entry: Claim) -> Iterator[Link]:
    """The right sides of an equation, each as an equation of its own, without empty ones."""
    if entry.equation is None:
        return
    count = len(entry.equation.members)
    found = [_alone(entry, at) for at in range(min(count - 1, 1), count)]
    right = [one for one in found if not one.is_open]
    lines = [one.place(one.answer_span).line for one in right]
    left = entry.place().line if entry.equation.left else None
    for at, (one, line) in enumerate(zip(right, lines, strict=True)):
        yield Link(one, lines[: at + 1].count(line) + (left == line), lines.count(line))


def _alone(entry: Claim, at: int) -> Claim:
    """An equation with only one of its right sides."""
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
