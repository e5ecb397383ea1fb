"""|r|: the absolute value of a scalar, the norm of a vector, or that of each entry."""

from dataclasses import replace

from grader.expression import SCALAR, Apply, Expression, children, walk
from grader.notation.grammar import syntax
from grader.notation.grammar.reading import Reader, rule

_BY_ENTRIES = "|·| was read entry by entry; write ‖·‖ for a norm"
_AS_NORM = "|·| of an array was read as its norm; it could also mean each entry"
_FACTORS = {"mul": 2, "div": 1, "neg": 1}  # operands that can hold the multiple
SINGLE_BARS = frozenset({"|", "\\vert", "\\lvert", "\\left|"})


@rule(syntax.Bars)
def _bars(reader: Reader, node: syntax.Bars) -> Expression:
    """|x| of a scalar is its absolute value; ‖v‖, ||v|| and |v| of a vector are its norm.

    In the argument of an entrywise function, |v| means each entry.
    """
    build, of = reader.build, reader.read(node.of)
    if node.sign == "\\|":
        return build.apply("norm", of, span=node.opened)
    if isinstance(of, Apply) and of.function == "norm":
        _not_as_norm(reader, of)
        return replace(of, span=node.span)
    if of.shape == SCALAR:
        return build.apply("abs", of, span=node.opened)
    if reader.of_entries:
        build.notes.append(_BY_ENTRIES)
        return build.apply("abs", of, span=node.opened)
    if 1 not in of.shape:
        hint = "write \\lVert A \\rVert for the norm"
        reader.doubts.append((node.opened, "|·| of a matrix may be its determinant", hint))
    meaning = build.convention("bars", ("norm", "abs"))
    build.notes.append(_AS_NORM)
    return build.apply(meaning, of, span=node.opened)


def by_entries(reader: Reader, node: Expression) -> Expression:
    """The |r| of a condition such as `|r| \\le \\delta`, which holds for each entry of a vector."""
    node = _by_entries(reader, node)
    if any(_has_single_bars(reader, part) for part in walk(node)):
        hint = "write \\operatorname{abs}(r) for each entry, \\lVert r \\rVert for the norm"
        reader.fail("|·| of a vector in a condition is ambiguous", node.span, hint)
    return node


def beside(reader: Reader, node: Expression, other: Expression) -> Expression:
    """|r| beside an array of the shape of r, in an entrywise operation, means each entry."""
    bars = _bars_in(reader, node)
    if bars is None or other.shape == SCALAR or children(bars)[0].shape != other.shape:
        return node
    return _by_entries(reader, node)


def _bars_in(reader: Reader, node: Expression, most: int = 20) -> Expression | None:
    """The |r| that a node is a multiple of, among at most `most` factors."""
    if _has_single_bars(reader, node):
        return node
    if not isinstance(node, Apply) or node.shape != SCALAR or not most:
        return None
    factors = node.args[: _FACTORS.get(node.function, 0)]
    found = [bars for x in factors if (bars := _bars_in(reader, x, most - 1)) is not None]
    return found[0] if len(found) == 1 else None


def _by_entries(reader: Reader, node: Expression) -> Expression:
    """A multiple of |r| with |·| for each entry; any other node unchanged."""
    bars = _bars_in(reader, node)
    if bars is None:
        return node
    build = reader.build
    if node is bars:
        _not_as_norm(reader, node)
        reader.doubts = [doubt for doubt in reader.doubts if doubt[0] != node.span]
        build.notes.append(_BY_ENTRIES)
        return build.apply("abs", *children(node), span=node.span)
    assert isinstance(node, Apply)
    args = (_by_entries(reader, x) for x in node.args)
    return build.apply(node.function, *args, span=node.span)


def _not_as_norm(reader: Reader, node: Expression) -> None:
    """Remove the note that single bars were read as a norm."""
    if _has_single_bars(reader, node) and _AS_NORM in reader.build.notes:
        reader.build.notes.remove(_AS_NORM)


def _has_single_bars(reader: Reader, node: Expression) -> bool:
    """Whether a norm was written with single bars."""
    if not isinstance(node, Apply) or node.function != "norm" or node.span is None:
        return False
    return reader.text(node.span) in SINGLE_BARS
