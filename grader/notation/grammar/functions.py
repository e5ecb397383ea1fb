"""Functions with primes and powers, and how far the argument of one without brackets reaches."""

from collections.abc import Sequence

from grader.errors import Span
from grader.expression import SCALAR, Apply, Expression, Number
from grader.notation.builder.core import EXTENT
from grader.notation.grammar import syntax
from grader.notation.grammar.dots import listed
from grader.notation.grammar.entries import entry
from grader.notation.grammar.factors import Run, unmarked, with_neighbours
from grader.notation.grammar.operators import PRODUCTS
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.syntax import Node
from grader.notation.names import GREEK, Function
from grader.notation.products import divide, product

_OF_ENTRIES = frozenset({"maximum", "minimum", "sign", "clip"})
_REACHED = ("", "/", "\\cdot", "\\times", "*")  # signs that may be in an argument without brackets


@rule(syntax.Call)
def _call(reader: Reader, node: syntax.Call) -> Expression:
    outer, reader.of_entries = reader.of_entries, node.function.primitive in _OF_ENTRIES
    args = listed(reader, node.args, node.span)
    reader.of_entries = outer
    order = None if node.order is None else reader.read(node.order)
    return called(reader, node.name, node.function, args, node.span, order)


def called(
    reader: Reader,
    name: syntax.Name,
    function: Function,
    args: Sequence[Expression],
    span: Span,
    order: Expression | None = None,
) -> Expression:
    """A function of its arguments, with the primes, the power and the index at its name."""
    build, sub, sup = reader.build, name.sub, name.sup
    if len(args) == 1 and function.primitive in ("maximum", "minimum"):
        args = build.entries_of(args[0], span)
    if sub is not None:
        _check_subscript(reader, name, function, args, span)
    if order is not None:
        node = build.root(args[0], order, span)
    else:
        node = build.call(function, name.primes + (sup.primes if sup else 0), args, span)
    if sup is not None and sup.signs == ("-", "1"):
        reader.fail("inverse functions cannot be read", name.span)
    if sup is not None and sup.signs and not sup.bracketed:
        node = build.power(node, reader.read(sup.value), span)
    if sup is not None and sup.transposes % 2:
        node = build.apply("transpose", node, span=span)
    return entry(reader, node, sub.parts, span) if sub and node.shape != SCALAR else node


def _check_subscript(
    reader: Reader, name: syntax.Name, function: Function, args: Sequence[Expression], span: Span
) -> None:
    """`softmax_i(z)` and `\\sigma_i(z)` are entries; `\\sigma_1(z_j)` is the function of a layer."""
    assert name.sub is not None
    own = name.text in reader.build.names.function_bases
    of_number = all(arg.shape == SCALAR for arg in args)
    letters = all(reader.build.selecting(sign) is not None for sign in name.sub.signs)
    if (of_number and own) or (not of_number and (letters or function.primitive == "softmax")):
        return
    hint = "write the index after the argument, \\sigma(z)_1 or \\sigma(z_1)"
    reader.fail("the subscript of this function is not clear", span, hint)


@with_neighbours(syntax.Bare)
def _bare(run: Run, node: syntax.Bare) -> Expression:
    """A function without brackets: `\\sin 2x`, `\\ln xy`; a sum ends its argument.

    What follows a number belongs to the argument. After anything else this is not certain: the reader
    takes all names in a row, else nothing more, and tries the other reading too.
    """
    reader, build = run.reader, run.reader.build
    if run.ahead() is None:
        reader.fail("this function has no argument", node.span, f"write {node.name.text}(…)")
    build.deeper(node.span)
    first, known = run.at, len(build.open)
    in_names = _is_name(run, run.ahead())
    argument = run.factor()
    is_number = _is_numeral(argument)
    while _goes_on(run, is_number, in_names):
        in_names = in_names and _is_name(run, run.ahead())
        sign = run.sign()
        right = run.factor()
        is_number = is_number and _is_numeral(right)
        span = run.span(first)
        if sign == "/":
            argument = divide(build, argument, right, span)
        else:
            argument = product(build, argument, right, PRODUCTS[sign or ""], span)
    if any(key.startswith(EXTENT) for key in [*build.open][known:]):
        written = reader.text(run.span(first))
        build.notes.append(f"a function without brackets was read with the argument `{written}`")
    build.depth -= 1
    span = Span(node.span.start, run.span(first).end)
    return called(reader, node.name, node.function, [argument], span)


def _goes_on(run: Run, is_number: bool, in_names: bool) -> bool:
    """Whether the next factor belongs to the argument of a function without brackets."""
    if run.sign() not in _REACHED:
        return False
    names, build = run.reader.build.names, run.reader.build
    place = run.factors[run.at].span.start
    ahead, (bare, _) = run.ahead(), unmarked(run.factors[run.at])
    named = _is_name(run, ahead)
    if ahead is not None and isinstance(
        bare, syntax.Call | syntax.Bare
    ):  # sin 2x cos y; log 2 σ(z) is not certain
        own = bare.name.text in names.function_bases
        return (is_number or own) and build.ends_here(place)
    if is_number and (
        named or (ahead is not None and isinstance(bare, syntax.Quotient | syntax.DerivativeOf))
    ):
        return True
    return (in_names and named) != build.ends_here(place)


def _is_name(run: Run, node: Node | None) -> bool:
    """Whether a factor is a number, or a name with its scripts."""
    node, _ = unmarked(node)
    if not isinstance(node, syntax.Name) or node.kind != "command":
        return isinstance(node, syntax.Name | syntax.Literal)
    return node.text[1:] in GREEK or bool(run.reader.build.names.spelled(node.text))


def _is_numeral(node: Expression) -> bool:
    """Whether a factor is a number such as 2, π, ½ or 2³, but not a size of the problem."""
    parts = node.args if isinstance(node, Apply) else (node,)
    return all(isinstance(part, Number) and not part.name for part in parts)


@rule(syntax.Indicator)
def _indicator(reader: Reader, node: syntax.Indicator) -> Expression:
    """`\\mathbf{1}(z > 0)` and `\\mathbf{1}(m = i, n = j)`; the bracket must be a condition."""
    of = node.of
    if isinstance(of, syntax.Bracket) and len(of.parts) > 1:
        of = syntax.Logic("and", of.parts, of.span)
    return reader.build.condition(reader.read(of), node.span, "I(z > 0)")
