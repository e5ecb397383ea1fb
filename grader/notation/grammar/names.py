"""Names with what follows them: argument lists, primes before an argument, differentials."""

from dataclasses import replace

from grader.errors import Span
from grader.expression import SCALAR, Expression, Item, Number, Slice, Symbol
from grader.notation.builder import NONSENSE
from grader.notation.grammar import syntax
from grader.notation.grammar.derivatives import base_of, slope
from grader.notation.grammar.entries import marked
from grader.notation.grammar.factors import Run, unmarked, with_neighbours
from grader.notation.grammar.naming import lookup, resolve, text_of
from grader.notation.grammar.parser import parse
from grader.notation.grammar.reading import Reader
from grader.notation.grammar.syntax import Node
from grader.notation.grammar.undeclared import undeclared


@with_neighbours(syntax.Name)
def _named(run: Run, name: syntax.Name) -> Expression:
    """A name with its scripts: a symbol, an entry, a constant, a differential."""
    if _begins_differential(run, name):
        return _differential(run, name)
    primes = name.primes + (name.sup.primes if name.sup else 0)
    if primes and run.reader.build.names.spelled(declared := name.text + "'" * primes):
        name, primes = replace(name, text=declared, primes=0, sup=_unprimed(name.sup)), 0
    listed = _with_arguments(run, name) or _own_call(run, name)
    if listed is not None:
        return listed
    key = (name.text, text_of(name.sup), text_of(name.sub))
    if primes and run.reader.build.names.own_function(key) is not None:
        run.reader.fail("a prime of a function of the paper needs an argument", name.span)
    ahead = run.ahead()
    if primes and isinstance(ahead, syntax.Bracket) and ahead.opened == "(":
        bare = replace(name, primes=0, sup=_unprimed(name.sup))
        node = resolve(run, bare)
        if node is not None and _takes_argument(run, node):
            run.at += 1
            return slope(run, name, node, run.span(run.at - 2))
    node = resolve(run, name)
    if node is None and name.text == "d" and name.plain:
        return _differential(run, name)
    if node is None:
        return _of_the_matrix(run, name) or undeclared(run, name)
    node = _without_arguments(run, name, node)
    for _ in range(name.primes):
        if node.shape == SCALAR and node is not NONSENSE:
            run.reader.fail("a prime on a scalar that is not a function", name.span)
        node = run.reader.build.apply("transpose", node, span=name.span)
    return node


def _unprimed(sup: syntax.Script | None) -> syntax.Script | None:
    return None if sup is None or not sup.signs else replace(sup, primes=0)


def _of_the_matrix(run: Run, name: syntax.Name) -> Expression | None:
    """`w_{11}`, an entry of W where no w is declared; None for anything else."""
    upper, reader, at = name.text.upper(), run.reader, run.at
    if name.sub is None or len(name.text) != 1 or upper == name.text:
        return None
    bases = reader.build.names.bases()
    if name.text in bases or upper not in bases:
        return None
    node = resolve(run, replace(name, text=upper))
    if not isinstance(node, Item) or node.shape != SCALAR or 1 in node.base.shape:
        run.at = at
        return None
    reader.build.notes.append(f"`{name.text}` with indices was read as an entry of {upper}")
    return node


# Functions of the paper


def _own_call(run: Run, name: syntax.Name) -> Expression | None:
    """`h_\theta(x_i)`: the body of the student's function, with the argument for its parameter."""
    (bracket, marks), reader = run.following(), run.reader
    key = (name.text, text_of(name.sup), text_of(name.sub))
    own = reader.build.names.own_function(key)
    if own is None or not isinstance(bracket, syntax.Bracket) or bracket.opened != "(":
        return None
    run.at += 1
    span = run.span(run.at - 2)
    args = [reader.read(part) for part in bracket.parts]
    primes = name.primes + (name.sup.primes if name.sup else 0)
    is_slope = reader.left and primes == 1 and len(args) == 1 and base_of(args[0]) is not None
    if (primes and not is_slope) or len(args) != len(own.parameters):
        hint = f"it is defined with {len(own.parameters)} arguments"
        reader.fail("this call of a function of the paper cannot be read", span, hint)
    tokens = [token._replace(start=span.start, end=span.end) for token in own.body]
    build, parameters = reader.build, dict(zip(own.parameters, args, strict=True))
    build.deeper(span)
    node = build.applied(parameters, lambda: reader.read(parse(tokens, build.names, build.source)))
    build.depth -= 1
    node = build.derivative(node, args[0], span) if is_slope else node
    node = node if node is NONSENSE else replace(node, span=span)
    return marked(reader, node, marks)


# Argument lists


def _with_arguments(run: Run, name: syntax.Name) -> Expression | None:
    """`S(t-1)`, declared with these arguments; None for any other name."""
    (bracket, marks), reader = run.following(), run.reader
    if not isinstance(bracket, syntax.Bracket) or bracket.opened != "(":
        return None
    written = name.text + "".join(reader.text(bracket.span).split())
    spelled = reader.build.names.spelled(written)
    node = resolve(run, replace(name, text=written)) if spelled else None
    run.at += node is not None
    return None if node is None else marked(reader, node, marks)


def _takes_argument(run: Run, node: Expression) -> bool:
    """Whether the next brackets hold one name that the quantity is computed from."""
    quantity, bracket = base_of(node), run.ahead()
    if quantity is None or not isinstance(bracket, syntax.Bracket) or len(bracket.parts) != 1:
        return False
    inside = bracket.parts[0]
    if not isinstance(inside, syntax.Name):
        return False
    names = run.reader.build.names
    spelled = {name for key, name in names.spellings.items() if key[0] == inside.text}
    return not spelled.isdisjoint(names.depends.get(quantity.name, ()))


def _without_arguments(run: Run, name: syntax.Name, node: Expression) -> Expression:
    """Skip the argument list of `l(\\theta)` or `h^1(x)`.

    It is not a product if the brackets hold only names that the quantity is computed from.
    """
    (bracket, marks), reader = run.following(), run.reader
    if not isinstance(bracket, syntax.Bracket) or bracket.opened != "(":
        return node
    if name.text in reader.build.names.calls:
        run.at += 1
        return marked(reader, node, marks)
    quantity = base_of(node)
    entry = _for_an_example(run, node, bracket)
    if entry is not None:
        return marked(reader, entry, marks)
    if quantity is None or marks or not _lists(reader, quantity, bracket):
        return node
    run.at += 1
    written = reader.text(Span(name.span.start, bracket.span.end))
    reader.build.notes.append(f"`{written}` was read as a value, not as a product")
    return node


def _for_an_example(run: Run, node: Expression, bracket: syntax.Bracket) -> Expression | None:
    """The entry i of h for `h_\\theta(x^{(i)})`, if h is computed from the rows of X; else None."""
    reader, inside = run.reader, bracket.parts[0]
    if (
        not isinstance(node, Symbol)
        or not isinstance(inside, syntax.Name)
        or len(bracket.parts) > 1
    ):
        return None
    names = reader.build.names
    spelled = {name for key, name in names.spellings.items() if key[0] == inside.text}
    if inside.plain or spelled.isdisjoint(names.depends.get(node.name, ())):
        return None
    row = reader.read(inside)
    if not isinstance(row, Item) or not isinstance(row.column, Slice) or isinstance(row.row, Slice):
        return None
    if row.shape == SCALAR or row.base.shape[0] != node.shape[0]:
        return None
    run.at += 1
    return reader.build.item(node, (row.row,), run.span(run.at - 2))


def _lists(reader: Reader, quantity: Symbol, bracket: syntax.Bracket) -> bool:
    """Whether brackets hold names that the quantity depends on."""
    names = reader.build.names
    known = names.depends.get(quantity.name)
    if known is None:
        return False
    if quantity == names.loss and all(_is_names(part) for part in bracket.parts):
        return True
    return all(_is_one_of(reader, part, known) for part in bracket.parts) and not any(
        _makes_a_product(reader, quantity, part) for part in bracket.parts
    )


def _is_names(node: Node) -> bool:
    """Whether a node can be part of a list of arguments: names with scripts."""
    if isinstance(node, syntax.Factors):
        return not any(node.signs) and all(map(_is_names, node.factors))
    return isinstance(node, syntax.Name)


def _is_one_of(reader: Reader, node: Node, known: frozenset[str]) -> bool:
    """Whether a node is one declared name that is in a set."""
    if not isinstance(node, syntax.Name) or node.primes:
        return False
    layer, subscript = text_of(node.sup), text_of(node.sub)
    spellings = reader.build.names.spellings
    keys = ((node.text, layer, subscript), (node.text, subscript, layer))
    return any(spellings.get(key) in known for key in keys)


def _makes_a_product(reader: Reader, quantity: Symbol, node: Node) -> bool:
    """Whether the matrix product with the one name in brackets exists; then it is a product."""
    if quantity.shape == SCALAR or not isinstance(node, syntax.Name):
        return False
    names = reader.build.names
    found = [name for key, name in names.spellings.items() if key[0] == node.text]
    shapes = [names.symbols[name].shape for name in found]
    return any(shape == SCALAR or quantity.shape[1] == shape[0] for shape in shapes)


# Differentials


def _begins_differential(run: Run, name: syntax.Name) -> bool:
    """Whether a d that is also a size comes before a declared name: `dW`, `\\mathrm{d}z`.

    `d W` with a space looks like `dW` in print, so it may be either.
    """
    if name.text != "d" or not name.plain:
        return False
    (following, _), reader = run.following(), run.reader
    if not isinstance(following, syntax.Name) or following.text not in reader.build.names.bases():
        return False
    if not isinstance(lookup(reader, ("d", None, None), name.span), Number):
        return False
    between = reader.build.source[name.span.end : following.span.start]
    if between and "}" not in between:
        hint = "write \\frac{\\partial l}{\\partial W}, or d \\cdot W for the product"
        reader.fail("a d before a name may be a differential or a size", name.span, hint)
    return True


def _differential(run: Run, name: syntax.Name) -> Expression:
    """`dW^{[1]}`: the gradient of the loss by what follows; `dl/dW`: that of l."""
    build, (following, _) = run.reader.build, run.following()
    loss = build.names.loss
    if loss is None or not isinstance(following, syntax.Name):
        build.unknown("d", name.span, build.names.known())
    first = run.at - 1
    build.deeper(name.span)
    own = _own_differential(run, following)
    node = run.factor() if own is None else own
    build.depth -= 1
    if own is not None:
        return replace(own, span=run.span(first))
    if _is_quotient(run):
        run.at += 1
        return build.derivative(node, run.factor(), run.span(first))
    return build.derivative(loss, node, run.span(first))


def _own_differential(run: Run, following: syntax.Name) -> Expression | None:
    """`dz^{[3]}` if the student defined it."""
    own = f"d{following.text}"
    if following.primes or all(base != own for base, _, _ in run.reader.build.names.definitions):
        return None
    run.at += 1
    node = resolve(run, replace(following, text=own))
    run.at -= node is None
    return node


def _is_quotient(run: Run) -> bool:
    """Whether `/ d` and a name follow: `dl/dW`."""
    if run.sign() != "/" or run.at + 1 >= len(run.factors) or run.signs[run.at] != "":
        return False
    mark, (name, _) = run.factors[run.at], unmarked(run.factors[run.at + 1])
    is_mark = isinstance(mark, syntax.Name) and mark.text == "d" and mark.plain
    return is_mark and isinstance(name, syntax.Name)
