"""How an answer was read, written out when somebody looks."""

from dataclasses import dataclass
from functools import cached_property

from grader.expression import SCALAR, Expression, Shape, Tabulate
from grader.grading.collected import Written
from grader.key import QuestionKey
from grader.notation import Names, Reading, printing
from grader.result import AnswerRecord


class TreeEcho:
    """The echo of an expression. Writing it costs more than grading it, so it waits."""

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
    """A reading as a report shows it: the echo, its shape, and the indices it stands for each of."""

    echo: TreeEcho | None = None
    shape: tuple[int, ...] | None = None
    indices: tuple[str, ...] = ()

    def record(self, given: Written) -> AnswerRecord:
        """The record of an answer in text that was read like this."""
        place = given.place
        return AnswerRecord(
            given.text, given.notation, place.path, place.line, place.column,
            self.echo, self.shape, self.indices,
        )  # fmt: skip


def shown_reading(key: QuestionKey, reading: Reading) -> ShownReading:
    """What there is to show of a reading. Cheap: nothing is written out yet."""
    node, indices = reading.node, _indices(key, reading)
    if isinstance(node, Tabulate):  # entries given by one formula in letters: that is what was read
        indices = tuple(index.name for index in (node.row, node.column) if index.name)
        node = node.body
    echo = TreeEcho(node, key.question.scope.names)
    return ShownReading(echo, sizes(node.shape), indices)


def sizes(shape: Shape) -> tuple[int, ...]:
    """A shape as results tell it: nothing for a number."""
    return () if shape == SCALAR else shape


def _indices(key: QuestionKey, reading: Reading) -> tuple[str, ...]:
    """A formula in the question's index variables stands for each of their values."""
    if key.is_indexed(reading.node):
        return tuple([index.name for index in key.question.free])
    return tuple(sorted(reading.used))
