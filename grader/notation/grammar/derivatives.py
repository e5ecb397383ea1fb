"""Derivatives and quotients."""

from dataclasses import replace

from grader.errors import Span
from grader.expression import SCALAR, Expression, Item, Symbol
from grader.notation.builder import NONSENSE
from grader.notation.grammar import syntax
from grader.notation.grammar.factors import Run
from grader.notation.grammar.naming import resolve
from grader.notation.grammar.reading import Reader, rule
from grader.notation.grammar.syntax import Node
from grader.notation.products import divide


@rule(syntax.Quotient)
def _quotient(reader: Reader, node: syntax.Quotient) -> Expression:
    return divide(reader.build, reader.read(node.above), reader.read(node.below), node.span)


@rule(syntax.DerivativeOf)
def _derivative(reader: Reader, node: syntax.DerivativeOf) -> Expression:
    if node.greek:
        reader.build.notes.append("δ…/δ… was read as a derivative")
    *outer, inner = (reader.read(variable or _argument(reader, node)) for variable in node.wrt)
    of = _function_of(reader, node.of, inner) or differentiated(reader, node.of)
    result = reader.build.derivative(of, inner, node.span)
    for variable in reversed(outer):
        result = reader.build.derivative(result, variable, node.span)
    return result


def _argument(reader: Reader, node: syntax.DerivativeOf) -> Node:
    """The w of `\\nabla l(w, D)`: the one argument that the problem declares. Raises Unreadable."""
    names, listed = reader.build.names, []
    if isinstance(node.of, syntax.Factors) and isinstance(node.of.factors[-1], syntax.Bracket):
        parts = [one for one in node.of.factors[-1].parts if isinstance(one, syntax.Name)]
        listed = [one for one in parts if names.spelled(one.text)]
    if len(listed) != 1:
        hint = "write \\nabla_{W} l"
        reader.fail("this gradient does not name what it differentiates by", node.span, hint)
    return listed[0]


def gathered(node: Node) -> Node:
    """A left side `\\nabla_x x^T A x`, where the operator is before all that follows."""
    if not isinstance(node, syntax.Factors) or any(node.signs):
        return node
    first, *rest = node.factors
    if (
        not isinstance(first, syntax.DerivativeOf)
        or not first.is_prefix
        or any(isinstance(one, syntax.DerivativeOf) for one in rest)
    ):
        return node
    factors = first.of.factors if isinstance(first.of, syntax.Factors) else (first.of,)
    inside = (*factors, *rest)
    of = syntax.Factors(inside, ("",) * (len(inside) - 1), Span(first.of.span.start, node.span.end))
    return replace(first, of=of, span=node.span)


def _function_of(reader: Reader, node: Node, wrt: Expression) -> Expression | None:
    """The σ(s) of a left side ∂σ/∂s; None if the numerator is not a function alone."""
    if not reader.left or not isinstance(node, syntax.Name) or node.function is None:
        return None
    if resolve(Run(reader, (node,), ()), node) is not None:
        return None
    if wrt.shape != SCALAR:
        hint = "write \\sigma'(z) for its derivative in each entry"
        reader.fail("a function without its argument, by an array", node.span, hint)
    return reader.build.call(node.function, node.primes, [wrt], node.span)


def differentiated(reader: Reader, node: Node) -> Expression:
    """The `l(\\theta)` of ∂l(θ)/∂W, without its argument list."""
    if not isinstance(node, syntax.Factors) or len(node.factors) != 2 or node.signs != ("",):
        return reader.read(node)
    name, listed = node.factors
    if (
        not isinstance(name, syntax.Name)
        or not isinstance(listed, syntax.Bracket)
        or listed.opened != "("
    ):
        return reader.read(node)
    run = Run(reader, node.factors, node.signs)
    quantity = run.factor()
    if run.at == 2 or (isinstance(quantity, Symbol | Item) and quantity.shape == SCALAR):
        return quantity
    return reader.read(node)


def slope(run: Run, name: syntax.Name, node: Expression, span: Span) -> Expression:
    """`\\rho'(r_i)`, the derivative of a quantity that depends on r."""
    reader, build = run.reader, run.reader.build
    wrt = reader.read(run.factors[run.at - 1])
    by = base_of(wrt)
    alike = by is not None and node.shape == by.shape
    if isinstance(wrt, Item) and isinstance(node, Symbol) and alike:
        node = Item(node, wrt.row, wrt.column, wrt.shape, span)
    primes = name.primes + (name.sup.primes if name.sup else 0)
    if primes > 1 or node.shape != SCALAR or wrt.shape != SCALAR:
        hint = "write it entry by entry, or as a fraction with \\partial"
        reader.fail("a prime on a whole array of the model cannot be read", span, hint)
    return build.derivative(node, wrt, span)


def base_of(node: Expression) -> Symbol | None:
    """The symbol of a node: itself, or the array of an entry."""
    base = node.base if isinstance(node, Item) else node
    return base if isinstance(base, Symbol) and base is not NONSENSE else None
