"""Arrays that a paper gives by an equation for each entry: `∂l/∂z_1 = …`, `∂l/∂z_2 = …`."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from grader.claims.claim import Claim
from grader.claims.matching import split
from grader.errors import StudentError, Unreadable
from grader.expression import SCALAR, Derivative, Expression, Index, Matrix, Number, Selector, Shape
from grader.notation import USUAL, Conventions, Names, Reading
from grader.primitives.build import derivative
from grader.problem.model import Question
from grader.problem.target import letters

Position = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assembled(Claim):
    """The equations for the entries of one array as one answer; else it is the last of them.

    `parts` are in order, row by row; None where the paper gives no equation.
    """

    parts: tuple[Claim | None, ...] = ()
    grid: Shape = SCALAR

    @property
    def text(self) -> str:
        """The equations as in the paper."""
        return "\n".join(part.text for part in self.parts if part is not None)

    def read(self, names: Names, conventions: Conventions = USUAL) -> Reading:
        """The array. Raises StudentError, also where entries are missing."""
        found = [self._part(part, names, conventions) for part in self.parts]
        rows, columns = self.grid
        nodes = [one.node for one in found]
        node = Matrix(
            tuple(tuple(nodes[at * columns : (at + 1) * columns]) for at in range(rows)), self.grid
        )
        return Reading(
            node,
            tuple(dict.fromkeys(note for one in found for note in one.notes)),
            frozenset().union(*(one.used for one in found)),
            tuple(part for one in found for part in one.derivatives),
            tuple(part for one in found for part in one.kinked),
            any(one.defined for one in found),
            {key: values for one in found for key, values in one.open.items()},
        )

    def _part(self, part: Claim | None, names: Names, conventions: Conventions) -> Reading:
        if part is None:
            given = sum(one is not None for one in self.parts)
            message = f"only {given} of the {len(self.parts)} entries have an equation"
            raise Unreadable(message, hint="write all entries; a person will look at it")
        reading = part.read(names.with_definitions(part.definitions), conventions)
        if reading.extents:
            message = "it is not clear where the argument of this function ends"
            raise Unreadable(message, part.formula.text, hint="put its argument in brackets")
        if reading.node.shape != SCALAR:
            raise Unreadable(
                "the equation for one entry has an array as its value", part.formula.text
            )
        return reading


def assembled(chosen: Claim, mine: Sequence[Claim], question: Question) -> Claim:
    """The answer to a question, with the equations for other entries if it is one for an entry."""
    grid = _grid(question)
    if grid is None or _position(chosen, question, grid) is None:
        return chosen
    places = {_position(entry, question, grid): entry for entry in mine if not entry.is_open}
    order = [_at(place, grid) for place in range(math.prod(grid))]
    parts = tuple(places.get(place) for place in order)
    if sum(part is not None for part in parts) < 2:
        return chosen
    own = {one.name: getattr(chosen, one.name) for one in fields(Claim)}
    assert question.of is not None
    assert question.wrt is not None
    own["left"] = derivative(question.of, question.wrt)
    return Assembled(**own, parts=parts, grid=grid)


def _grid(question: Question) -> Shape | None:
    """The shape of the array of the question, if its axes are those of its entries in order."""
    if question.of is None or question.wrt is None:
        return None
    if not question.free:
        try:
            return derivative(question.of, question.wrt).shape
        except StudentError:
            return None
    asked = letters(question)
    if [one.name for one in asked] != [one.name for one in question.free] or len(asked) > 2:
        return None
    sizes = [one.size for one in asked]
    return (sizes[0], sizes[1]) if len(sizes) == 2 else (sizes[0], 1)


def _at(place: int, grid: Shape) -> Position:
    columns = grid[1]
    both = place // columns + 1, place % columns + 1
    return both if 1 not in grid else (max(both),)


def _position(entry: Claim, question: Question, grid: Shape) -> Position | None:
    """Which entry of the array an equation is about; None if it is about anything else."""
    left = entry.derivative
    if left is None or grid == SCALAR:
        return None
    found = list(_numbers(left, question))
    if None in found or len(found) != (1 if 1 in grid else 2):
        return None
    return tuple(number for number in found if number is not None)


def _numbers(left: Derivative, question: Question) -> Iterator[int | None]:
    """The numbers by which a left side chooses among the entries that are asked for."""
    for given, asked in ((left.of, question.of), (left.wrt, question.wrt)):
        assert asked is not None
        yield from _chosen(given, asked)


def _chosen(given: Expression, asked: Expression) -> Iterator[int | None]:
    (base, selectors), (asked_base, others) = split(given), split(asked)
    if base != asked_base or (others and len(others) != len(selectors)):
        yield None
        return
    wanted: Sequence[Selector | None] = others or [None] * len(selectors)
    for one, other in zip(selectors, wanted, strict=True):
        if other is None:
            yield _number(one, 1)
        elif isinstance(other, Index):
            yield _number(one, other.start)
        elif one != other:
            yield None


def _number(selector: Selector, start: int) -> int | None:
    """The number of an index, counted from 1."""
    return int(selector.value) - start + 1 if isinstance(selector, Number) else None
