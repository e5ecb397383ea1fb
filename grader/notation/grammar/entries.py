"""Entries of arrays: `1,j`, `(1,j)`, `11`, `ij`, `i+1`, `:`; and the marks after a complete factor."""

from collections.abc import Sequence
from dataclasses import replace

from grader.errors import Span
from grader.expression import SCALAR, Expression, Index, Number, Slice, Symbol, free_indices
from grader.notation.builder import NONSENSE
from grader.notation.builder.core import Power
from grader.notation.grammar import syntax
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.scripts import Parts, digit_by_digit, pair, together
from grader.notation.grammar.syntax import Node
from grader.notation.products import UNSIZED


@rule(syntax.Marked)
def _marked(reader: Reader, node: syntax.Marked) -> Expression:
    return marked(reader, reader.read(node.of), node.marks)


def marked(reader: Reader, node: Expression, marks: Sequence[syntax.Suffix]) -> Expression:
    """A complete factor with its scripts: transposes, powers, entries."""
    for mark in marks:
        if mark.sign == "!":
            reader.fail("factorials cannot be read", _sign(mark))
        elif mark.script is None:
            if node.shape == SCALAR:
                message = "expected an operator or the end, but found `'`"
                reader.fail(message, _sign(mark))
            node = reader.build.apply("transpose", node, span=mark.span)
        elif mark.sign == "^":
            node = _superscript(reader, node, mark.script, mark.span)
        elif mark.bracketed:
            node = _entry_of_bracket(reader, node, mark.script, mark.span)
        else:
            node = entry(reader, node, mark.script.parts, mark.span)
    return node


def _sign(mark: syntax.Suffix) -> Span:
    return Span(mark.span.end - 1, mark.span.end)


def _superscript(reader: Reader, node: Expression, script: syntax.Script, span: Span) -> Expression:
    """A superscript after a complete factor: a transpose or a power."""
    build, script = reader.build, turned(reader, script)
    if script.signs == ("layout",):
        if build.convention("layout", ("gradient", "jacobian")) == "jacobian":
            return node
        return build.apply("transpose", node, span=span)
    if script.signs:
        node = build.power(node, exponent(reader, script, node), span, power_of(script))
    if not script.transposes % 2:
        return node
    if node == Number(1.0):
        node = replace(UNSIZED, span=span)  # 1^T, a row of ones
    if isinstance(node, Number):
        reader.fail("a number has no transpose; for ones, give their number", span)
    if node.shape == SCALAR and free_indices(node):
        hint = "transpose the array, (W^T)_{ij}, or swap the indices"
        reader.fail("a single entry has no transpose", span, hint)
    return build.apply("transpose", node, span=span)


def power_of(script: syntax.Script) -> Power:
    """Whether a power is one of the entries, as in `A^{\\odot 2}`."""
    return "entries" if script.signs[:1] == ("\\odot",) else "written"


def turned(reader: Reader, script: syntax.Script) -> syntax.Script:
    """A superscript; `W^t` is a transpose where no t is known."""
    names = reader.build.names
    numbers = names.indices, names.dimensions, reader.steps
    if script.signs != ("t",) or script.bracketed or any("t" in x for x in numbers):
        return script
    if names.knows(("t", None, None)):
        return script
    return replace(script, text="", parts=(), signs=(), transposes=1)


def exponent(reader: Reader, script: syntax.Script, base: Expression) -> Expression:
    """A power. In brackets or with an index it is refused, as it may be a layer or an example.

    A number or a scalar of the problem has neither, so that the k of `\\sum_k x^k` is a power.
    """
    if script.bracketed:
        hint = "the problem declares no such layer"
        reader.fail("a superscript in brackets is not a power", script.span, hint)
    node = reader.read(script.value)
    build = reader.build
    letters = (
        build.names.indices if isinstance(base, Number | Symbol) and base.shape == SCALAR else ()
    )
    bound = {build.names.indices[x].name for x in letters if build.bound_index(x) is not None}
    if free_indices(node) - bound:
        reader.fail("an index as a superscript is not a power", script.span)
    return node


def entry(reader: Reader, node: Expression, parts: Parts, span: Span) -> Expression:
    """The entry of an array at these indices."""
    if node is NONSENSE:
        return node
    return reader.build.item(node, selectors(reader, parts, node), span)


def _entry_of_bracket(
    reader: Reader, node: Expression, script: syntax.Script, span: Span
) -> Expression:
    """`(A x)_i` is an entry, `[p_i y_j]_{ij}` the array of these entries."""
    if node.shape != SCALAR or node is NONSENSE:
        return entry(reader, node, script.parts, span)
    letters = [part for parts in script.parts for part in parts]
    if len(letters) == 1 and isinstance(letters[0], syntax.Relation):  # [y_i]_{i=1}^{n}
        letters = [letters[0].parts[0]]
    indices = [reader.build.index(x.text) if isinstance(x, syntax.Name) else None for x in letters]
    array = reader.build.array_over(node, indices)
    if array is None:
        hint = "write an index at the array itself, a clipped value with \\min and \\max"
        reader.fail("brackets with a number in them cannot have a subscript", span, hint)
    return array


def selectors(reader: Reader, parts: Parts, base: Expression) -> list[Expression | Slice]:
    """The indices in a script: `1,j`, `(1,j)`, `11`, `ij`, `i+1`, `:`."""
    nodes: Sequence[Node]
    if not parts:
        reader.fail("an index is missing", base.span)
    if len(parts) > 1:
        nodes = [together((part,)) for part in parts]
    elif isinstance(parts[0][0], syntax.GivenIndex):
        nodes = reader.build.given([parts[0][0].first, parts[0][0].second])
    else:
        nodes = undivided(parts[0], base)
    alone = len(nodes) == 1
    return [_selector(reader, node, base, axis, alone) for axis, node in enumerate(nodes)]


def undivided(run: Sequence[Node], base: Expression) -> Sequence[Node]:
    """`ij` and `11` are two indices of a matrix; `i+1` is one, and so is 12 of a long vector."""
    if len(run) == 1 and isinstance(run[0], syntax.Terms | syntax.Negated):
        return run
    if len(run) == 1 and isinstance(run[0], syntax.Ends) and 1 not in base.shape:
        return _beside_axis(run[0])
    if len(run) == 1 and 1 in base.shape:
        number = run[0].text if isinstance(run[0], syntax.Literal) else ""
        if len(number) != 2 or float(number) <= max(base.shape):
            return run
    return digit_by_digit((tuple(run),))[0]


def _beside_axis(ends: syntax.Ends) -> Sequence[Node]:
    """`:k` of a matrix is its column k, `k:` its row k; `2:3` is one index."""
    whole = syntax.Ends(ends.span)
    if isinstance(ends.high, syntax.Name) and ends.low is None:
        return whole, ends.high
    if isinstance(ends.low, syntax.Name) and ends.high is None:
        return ends.low, whole
    return (ends,)


def is_whole(node: Node) -> bool:
    """Whether an index is a whole axis."""
    return isinstance(node, syntax.Ends) and node.low is None and node.high is None


def _selector(
    reader: Reader, node: Node, base: Expression, axis: int, alone: bool
) -> Expression | Slice:
    build = reader.build
    if is_whole(node):
        thin_row = base.shape[0] == 1 and base.shape[1] > 1
        return Slice(1, base.shape[1] if thin_row and alone else base.shape[min(axis, 1)])
    if isinstance(node, syntax.Ends):
        start, stop = (None if end is None else reader.index(end) for end in (node.low, node.high))
        return build.slice(start, stop, base.shape[min(axis, 1)], node.span)
    if isinstance(node, syntax.Name) and node.plain and node.text not in reader.steps:
        index = build.selecting(node.text)
        if index is not None:
            return index
        _check_index(reader, node)
    return build.shifted(reader.index(node))


def _check_index(reader: Reader, name: syntax.Name) -> None:
    names = reader.build.names
    if name.text not in names.dimensions:
        known = ", ".join(names.indices) or "none"
        hint = f"index variables here: {known}; a sum declares its own"
        reader.fail(f"the index `{name.text}` is not declared", name.span, hint)


def _letter(reader: Reader, node: Node) -> Index | None:
    """A letter as an index; on a left side it needs no declaration."""
    if not isinstance(node, syntax.Name) or not node.plain:
        return None
    return reader.build.selecting(node.text)


def kronecker(reader: Reader, parts: Parts, span: Span) -> Expression:
    """Kronecker's delta of two indices."""
    left, right = ((_letter(reader, node) or reader.index(node)) for node in pair(parts) or ())
    reader.build.check_letter(left)
    reader.build.check_letter(right)
    return reader.build.apply("eq", left, right, span=span)
