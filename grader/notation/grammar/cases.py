"""Case distinctions."""

import math

from grader.expression import Expression, Number
from grader.notation.grammar import syntax
from grader.notation.grammar.reading import Reader, rule


@rule(syntax.Cases)
def _cases(reader: Reader, node: syntax.Cases) -> Expression:
    rows: list[tuple[Expression, Expression | None]] = []
    for value, condition in node.rows:
        read = Number(math.nan) if value is None else reader.read(value)
        rows.append((read, None if condition is None else reader.read(condition)))
    return reader.build.piecewise(rows, node.span)
