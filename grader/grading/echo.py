"""How an answer was read, written out when somebody looks."""

from functools import cached_property

from grader.expression import Expression
from grader.notation import Names, printing


class TreeEcho:
    """The echo of an expression. Writing it costs more than grading it, so it waits."""

    def __init__(self, node: Expression, names: Names) -> None:
        self._node = node
        self._names = names

    @cached_property
    def reading(self) -> str:
        """The reading as infix text."""
        return printing.infix(self._node, self._names)

    @cached_property
    def mathml(self) -> str:
        """The reading as a MathML element."""
        return printing.mathml(self._node, self._names)
