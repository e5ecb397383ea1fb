"""How an answer was read, as reports show it; written out on demand."""

from dataclasses import dataclass
from functools import cached_property

from grader.expression import SCALAR, Expression, Shape, Tabulate
from grader.grading.collected import Written
from grader.key import QuestionKey
from grader.notation import Names, Reading, printing
from grader.result import AnswerRecord


class TreeEcho:
    """The echo of an expression. Writing it costs more than grading it, so it is written on demand."""

    def __init__(self, node: Expression, names: Names) -> None:
        self.node = node
        self._names = names

    @cached_property
    def reading(self) -> str:
        """The reading as infix text."""
        return printing.infix(self.node, self._names)

    @cached_property
    def mathml(self) -> str:
        """The reading as a MathML element."""
        return printing.mathml(self.node, self._names)


@dataclass(frozen=True, slots=True)
class ShownReading:
    """A reading as a report shows it: the echo, its shape, and the indices over which it holds."""

    echo: TreeEcho | None = None
    shape: tuple[int, ...] | None = None
    indices: tuple[str, ...] = ()

    def record(self, given: Written) -> AnswerRecord:
        """The record of an answer in text that was read like this."""
        place = given.place
        return AnswerRecord(
            given.text, given.notation, place.path, place.line, place.column,
            self.echo, self.shape, self.indices, place.cell,
        )  # fmt: skip


def shown_reading(key: QuestionKey, reading: Reading) -> ShownReading:
    """A reading as a report shows it. Cheap: nothing is written out yet."""
    node, indices = reading.node, _indices(key, reading)
    if isinstance(node, Tabulate):  # show the formula in letters that was read
        indices = tuple(index.name for index in (node.row, node.column) if index.name)
        node = node.body
    echo = TreeEcho(node, key.question.scope.names)
    return ShownReading(echo, sizes(node.shape), indices)


def sizes(shape: Shape) -> tuple[int, ...]:
    """A shape as results give it: () for a number."""
    return () if shape == SCALAR else shape


def _indices(key: QuestionKey, reading: Reading) -> tuple[str, ...]:
    """The index variables over whose values a formula holds."""
    if key.is_indexed(reading.node):
        return tuple([index.name for index in key.question.free])
    return tuple(sorted(reading.used))
