"""Numbers, signs, sums, comparisons, brackets, matrices and case distinctions."""

import math
from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Span
from grader.expression import Expression, Number
from grader.notation.builder import NONSENSE, is_condition
from grader.notation.grammar import dots, syntax
from grader.notation.grammar.bars import beside, by_entries
from grader.notation.grammar.operators import COMPARISONS, OPERATORS
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.syntax import Node
from grader.notation.products import UNSIZED, combine


@rule(syntax.Literal)
def _number(reader: Reader, node: syntax.Literal) -> Expression:
    return reader.build.number(node.text, node.span)


@rule(syntax.Negated)
def _negated(reader: Reader, node: syntax.Negated) -> Expression:
    return reader.build.apply("neg", reader.read(node.of), span=node.span)


@rule(syntax.Terms)
def _sum(reader: Reader, node: syntax.Terms) -> Expression:
    build, begin = reader.build, node.span.start
    if dots.has_dots(node.terms):
        return dots.total(reader, node)
    total = reader.read(node.terms[0])
    for sign, term in zip(node.signs, node.terms[1:], strict=True):
        right = reader.read(term)
        total, right = beside(reader, total, right), beside(reader, right, total)
        span = Span(begin, term.span.end)
        total = combine(build, OPERATORS[sign].meaning, total, right, span)
    return total


@rule(syntax.Relation)
def _relation(reader: Reader, node: syntax.Relation) -> Expression:
    for sign, part in zip(node.signs, node.parts[1:], strict=True):
        if sign not in COMPARISONS:
            message = f"expected an operator or the end, but found `{sign}`"
            reader.fail(message, Span(part.span.start - 1, part.span.start))
    build, begin = reader.build, node.span.start
    read = reader.index if all(_is_index(reader, part) for part in node.parts) else reader.read
    result: Expression | None = None
    left = by_entries(reader, read(node.parts[0]))
    for sign, part in zip(node.signs, node.parts[1:], strict=True):
        right, span = by_entries(reader, read(part)), Span(begin, part.span.end)
        test = combine(build, COMPARISONS[sign], left, right, span)
        result = test if result is None else combine(build, "and", result, test, span)
        left = right
    assert result is not None
    return result


def _is_index(reader: Reader, node: Node) -> bool:
    """Whether a node has no names but index letters: in `k = l`, l is no loss."""
    match node:
        case syntax.Name():
            return node.plain and node.text in reader.build.names.indices
        case syntax.Terms(terms=parts) | syntax.Factors(factors=parts):
            return all(_is_index(reader, part) for part in parts)
        case syntax.Literal():
            return True
    return False


@rule(syntax.Logic)
def _logic(reader: Reader, node: syntax.Logic) -> Expression:
    build = reader.build
    parts = [reader.read(part) for part in node.parts]
    if not all(part is NONSENSE or is_condition(part) for part in parts):
        hint = "give one answer, or write a case distinction with \\begin{cases}"
        reader.fail(f'two values joined by "{node.function}"', node.span, hint)
    result = parts[0]
    for part in parts[1:]:
        result = combine(build, node.function, result, part, node.span)
    return result


@rule(syntax.Bracket)
def _bracket(reader: Reader, node: syntax.Bracket) -> Expression:
    """The content of brackets; several parts are a column, or a row in square brackets."""
    if node.semicolons:
        reader.fail("expected an operator or the end, but found `;`", node.span)
    repeated = dots.repeated(node.parts)
    if repeated is not None:
        column = _repeated(reader, repeated, node.span)
        return reader.build.apply("transpose", column) if node.opened == "[" else column
    entries = dots.listed(reader, node.parts, node.span)
    if len(entries) == 1:
        return entries[0]
    if node.opened == "\\langle" and len(entries) == 2:
        return _inner(reader, entries, node.span)
    rows = [entries] if node.opened == "[" else [[entry] for entry in entries]
    return reader.build.matrix(rows, node.span)


def _inner(reader: Reader, entries: Sequence[Expression], span: Span) -> Expression:
    """⟨a, b⟩ of vectors, or the Frobenius inner product of matrices."""
    if 1 in entries[0].shape or entries[0].shape != entries[1].shape:
        return reader.build.apply("inner", *entries, span=span)
    both = reader.build.apply("mul", *entries, span=span)
    return reader.build.apply("sum", both, span=span)


@rule(syntax.MatrixOf)
def _matrix(reader: Reader, node: syntax.MatrixOf) -> Expression:
    repeated = dots.repeated([cell for row in node.rows for cell in row])
    if repeated is not None and 1 in (len(node.rows), len(node.rows[0])):
        column = _repeated(reader, repeated, node.span)
        return reader.build.apply("transpose", column) if len(node.rows) == 1 else column
    return reader.build.matrix(dots.matrix(reader, node), node.span)


def _repeated(reader: Reader, number: syntax.Literal, span: Span) -> Expression:
    """A column of a number, as many as fit: `[1, \\dots, 1]`."""
    ones = replace(UNSIZED, span=span)
    return combine(reader.build, "mul", reader.read(number), ones, span)


@rule(syntax.Cases)
def _cases(reader: Reader, node: syntax.Cases) -> Expression:
    rows: list[tuple[Expression, Expression | None]] = []
    for value, condition in node.rows:
        read = Number(math.nan) if value is None else reader.read(value)
        rows.append((read, None if condition is None else reader.read(condition)))
    return reader.build.piecewise(rows, node.span)
