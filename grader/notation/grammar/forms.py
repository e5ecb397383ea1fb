"""Forms that begin with a command: fractions, derivatives, sums, matrices, case distinctions."""

from collections.abc import Sequence

from grader.errors import Span
from grader.notation.grammar import syntax
from grader.notation.grammar.operators import BESIDE, COMPARISONS, PRODUCT
from grader.notation.grammar.parser import FORMS, NAMING, Parser, form
from grader.notation.grammar.scripts import unwrapped
from grader.notation.grammar.syntax import Node
from grader.notation.grammar.trees import (
    Enclosed,
    Tree,
    Trees,
    environment_of,
    leaves,
    span_of,
    split,
)
from grader.notation.latex_tokens import CASE_WORDS, PUNCTUATION, UNDEFINED

MATRICES = frozenset(
    "matrix bmatrix pmatrix Bmatrix smallmatrix array bsmallmatrix psmallmatrix".split()
)
_LINES = frozenset({"-", "|", "---", "—", "–"})


# Fractions and derivatives


@form("\\frac")
def _fraction(parser: Parser, token: Tree) -> Node:
    """`\\frac{a}{b}`."""
    above, below = (_argument(parser) for _ in range(2))
    return _quotient(parser, above, below, Span(token.start, parser.trees[parser.at - 1].end))


def _quotient(parser: Parser, above: Trees, below: Trees, span: Span) -> Node:
    """A fraction, or a derivative; what it differentiates may follow."""
    if not _is_derivative(parser, above, below):
        top, bottom = (parser.whole(part, span.end - 1) for part in (above, below))
        return syntax.Quotient(top, bottom, span)
    order, above = _order(parser, _lowered(above[1:]))
    wrt = _variables(parser, below, order)
    of = parser.whole(above, span.start) if above else parser.expression(BESIDE)
    greek = below[0].text == "\\delta"
    return syntax.DerivativeOf(of, wrt, span, greek)


def _order(parser: Parser, run: Trees) -> tuple[int, Trees]:
    """The order of a derivative, which stands at its sign, and the trees after it."""
    if not run or run[0].text != "^":
        return 1, run
    script = unwrapped(run[1:2])[0]
    if len(script) != 1 or script[0].text not in ("1", "2"):
        parser.fail("only first and second derivatives can be read", run[0].span)
    return int(script[0].text), run[2:]


def _variables(parser: Parser, below: Trees, order: int) -> tuple[Node, ...]:
    """The variables of a derivative: `\\partial x_i \\partial x_j` or `\\partial x^2`."""
    runs = [run for run in split(below, below[0].text) if run]
    if len(runs) == 1 and order == 2:
        run, power = runs[0][:-2], runs[0][-2:]
        if not run or power[0].text != "^" or _order(parser, power) != (2, ()):
            parser.fail("this second derivative does not name both variables", below[0].span)
        runs = [run, run]
    if len(runs) != order:
        parser.fail("a derivative needs as many variables as its order", below[0].span)
    return tuple(parser.whole(_lowered(run), below[0].start) for run in runs)


def _lowered(run: Trees) -> Trees:
    """The W of `d_W`, written as a subscript of the sign."""
    lowered = len(run) == 2 and run[0].text == "_"
    return unwrapped(run[1:])[0] if lowered else run


def _argument(parser: Parser) -> Trees:
    """An argument of a command: what is in braces, or one tree."""
    tree = parser.next()
    if tree.kind == "end":
        parser.unexpected(tree, "an argument")
    run: Trees = (tree,)
    while len(run) == 1 and isinstance(one := run[0], Enclosed) and one.text == "{":
        run = one.trees  # \frac{{a}}{{b}}
    return run


def _is_derivative(parser: Parser, above: Trees, below: Trees) -> bool:
    """Whether a fraction is a derivative: by ∂ in one of its parts, or by d or δ before names in both."""
    if not above or len(below) < 2:
        return False
    signs, of, wrt = {above[0].text, below[0].text}, above[1:], below[1:]
    if "\\partial" in signs:
        return signs <= {"\\partial", "d"}
    if signs == {"\\delta"}:
        bases = parser.names.bases()
        known = bool(of) and of[0].text in bases and is_one_name(of)
        return is_one_name(wrt) and (known or "\\delta" not in bases)
    if signs != {"d"} or (wrt[0].text == "_" and len(above) == len(below) == 3):
        return signs == {"d"}
    names = parser.names
    if "d" in names.indices or names.knows(("d", None, None)):
        return False
    if "d" in names.dimensions:  # d/dW is still a derivative, d/d and d/N are not
        return is_one_name(wrt) and wrt[0].text in names.bases()
    return True


def is_one_name(run: Trees) -> bool:
    """Whether trees are one letter, word or command, with scripts only after it."""
    if not run or run[0].kind not in NAMING:
        return False
    at = 1
    while at < len(run):
        if run[at].text not in ("^", "_", "'"):
            return False
        at += 1 if run[at].text == "'" else 2
    return True


@form("\\partial")
def _partial(parser: Parser, token: Tree) -> Node:
    """`∂l/∂W`, written on one line, or `\\partial_W l`."""
    first, trees = parser.at - 1, parser.trees
    if parser.peek().text == "_":
        return _nabla(parser, token)
    slash = next((at for at in range(first, len(trees)) if trees[at].text == "/"), None)
    if slash is None or trees[slash + 1].text not in ("\\partial", "d"):
        parser.fail("`∂` must begin a derivative, such as ∂l/∂W", token.span)
    parser.at, sign = slash + 1, trees[slash + 1].text
    while parser.take(sign):
        _differentiated(parser)
    above, below = tuple(trees[first:slash]), tuple(trees[slash + 1 : parser.at])
    return _quotient(parser, above, below, parser.span(first))


@form("\\nabla")
def _nabla(parser: Parser, token: Tree) -> Node:
    """`\\nabla_W l`, `\\nabla_W \\frac12 \\|Wx\\|^2`, `\\nabla l(W)`, `\\nabla^2 l(W)`."""
    first, order, wrt = parser.at - 1, 1, None
    for _ in range(2):
        if wrt is None and parser.take("_"):
            wrt = parser.subscript().value
        elif order == 1 and parser.peek().text == "^":
            order, _ = _order(parser, parser.trees[parser.at : parser.at + 2])
            parser.at += 2
    tree = parser.peek()
    if parser.is_name(tree) or (isinstance(tree, Enclosed) and tree.text in ("(", "{")):
        of = _differentiated(parser)
    elif isinstance(tree, Enclosed) or tree.text in ("|", "\\|"):
        of = parser.factor()
    else:
        of = parser.expression(BESIDE)
    return syntax.DerivativeOf(of, (wrt,) * order, parser.span(first), is_prefix=True)


def _differentiated(parser: Parser) -> Node:
    """A name with its argument list, or a bracket."""
    tree = parser.next()
    parser.deeper(tree)
    if isinstance(tree, Enclosed) and tree.text in ("(", "{"):
        node = parser.branch(tree)
    elif tree.kind in NAMING and tree.text not in FORMS:
        node = parser.name(tree)
    else:
        parser.unexpected(tree, "a quantity to differentiate")
    parser.depth -= 1
    following = parser.peek()
    if isinstance(node, syntax.Name) and isinstance(following, Enclosed) and following.text == "(":
        parser.at += 1
        listed = parser.branch(following)
        return syntax.Factors((node, listed), ("",), Span(node.span.start, following.end))
    return node


# Sums and products


@form("\\sum", "\\prod")
def _big_operator(parser: Parser, token: Tree) -> Node:
    """`\\sum` and `\\prod` with their ranges."""
    first = parser.at - 1
    sub, sup = _limits(parser)
    high = sup.value if sup is not None else None
    found = _ranges(parser, sub, high)
    if token.text == "\\prod" and not (found and found[0].low and found[0].high and found[0].name):
        hint = "write \\prod_{k=1}^{n} with numbers or sizes as its limits"
        parser.fail("this product has no range", token.span, hint)
    body = parser.expression(PRODUCT)
    return syntax.BigOperator(token.text, found, body, parser.span(first), token.span)


def _limits(parser: Parser) -> tuple[Trees, syntax.Script | None]:
    sub: Trees = ()
    sup: syntax.Script | None = None
    while True:
        if not sub and parser.take("_"):
            tree = parser.next()
            braced = isinstance(tree, Enclosed) and tree.text == "{"
            sub = tree.trees if isinstance(tree, Enclosed) and braced else (tree,)
        elif sup is None and parser.take("^"):
            sup = parser.superscript(raw=True)
        else:
            return sub, sup


def _ranges(parser: Parser, run: Trees, high: Node | None) -> tuple[syntax.Range, ...]:
    """The parts of a subscript: `i=1`, `i,j`, `k \\ne i`, `1 \\le k \\le n`, `k=1,2`, `k: k > i`."""
    found: list[syntax.Range] = []
    for part in split(run, ",", ":") if run else []:
        number = len(part) == 1 and part[0].kind == "number"
        if number and found and found[-1].low is not None:
            earlier = found[-1]  # k = 1, 2: values, the first of which was read as a lower limit
            values = earlier.values or (earlier.low,)
            more = parser.whole(part, 0)
            found[-1] = syntax.Range(earlier.name, earlier.low, None, (*_present(values), more))
        elif len(part) == 2 and all(_letter([letter]) for letter in part):  # \sum_{ij}
            found += [syntax.Range(_letter([letter]), high=high) for letter in part]
        else:
            found.append(_range(parser, part, high))
    return tuple(found)


def _present(nodes: Sequence[Node | None]) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node is not None)


def _range(parser: Parser, part: Trees, high: Node | None) -> syntax.Range:
    name = _letter(part[:1])
    if len(part) <= 1:
        return syntax.Range(name, high=high)
    if part[1].text == "\\in":
        return _member(parser, name, part[2:], high)
    if part[1].text in ("\\notin", "\\not"):
        return syntax.Range(name, members=span_of(part[1:]))
    low, *rest = split(part, "=")
    if len(low) == 1 and len(rest) == 1 and rest[0]:
        return syntax.Range(name, parser.whole(rest[0], part[0].end), high)
    return _between(parser, part) or syntax.Range(name, condition=parser.whole(part, part[0].start))


def _member(parser: Parser, name: str, members: Trees, high: Node | None) -> syntax.Range:
    """`k \\in \\{1, 2\\}` has values, `k \\in \\{1, …, n\\}`, `[1, n]` and `[n]` have ends."""
    if not members:
        return syntax.Range(name, high=high)
    tree = members[0]
    if len(members) > 1 or not isinstance(tree, Enclosed) or tree.text not in ("\\{", "["):
        return syntax.Range(name, members=span_of(members))
    inside = split(tree.trees, ",")
    if len(inside) > 2 and [token.text for token in inside[-2]] == ["\\dots"]:
        low, high = (parser.whole(inside[at], tree.end) for at in (0, -1))
        return syntax.Range(name, low, high)
    if tree.text == "\\{":
        return syntax.Range(name, values=tuple(parser.whole(value, tree.end) for value in inside))
    if len(inside) > 2:
        return syntax.Range(name, members=span_of(members))
    ends = [parser.whole(end, tree.end) for end in inside]
    return syntax.Range(name, ends[0] if len(ends) == 2 else None, ends[-1])


def _between(parser: Parser, part: Trees) -> syntax.Range | None:
    """`1 \\le k \\le n`."""
    signs = [at for at, tree in enumerate(part) if tree.text in COMPARISONS]
    if len(signs) != 2 or any(part[at].text != "\\le" for at in signs):
        return None
    name = _letter(part[signs[0] + 1 : signs[1]])
    if not name:
        return None
    ends = part[: signs[0]], part[signs[1] + 1 :]
    low, high = (parser.whole(end, part[0].start) for end in ends)
    return syntax.Range(name, low, high)


def _letter(run: Trees) -> str:
    plain = len(run) == 1 and run[0].kind in ("letter", "command")
    return run[0].text if plain else ""


# Environments


@form("\\begin")
def _environment(parser: Parser, tree: Enclosed) -> Node:
    """A case distinction, a matrix, or rows of one expression; a brace around it makes it the first."""
    outer, tree = tree, environment_of(tree) or tree
    if outer is not tree or tree.name in ("cases", "dcases", "rcases"):
        return _cases(parser, tree)
    if tree.name == "vmatrix":
        parser.fail("determinants cannot be read", tree.first.span)
    if tree.name in MATRICES:
        return _matrix(parser, tree)
    return parser.whole([part for part in tree.trees if part.text != "&"], tree.start)


def _matrix(parser: Parser, tree: Enclosed) -> Node:
    """The cells of a matrix."""
    rows = [
        [_without_lines(cell) for cell in split(row, "&")]
        for row in split(tree.trees, "\\\\")
        if row
    ]
    cells = tuple(
        tuple(
            parser.whole(cell, tree.start) if cell else syntax.Omitted("", tree.first.span)
            for cell in row
        )
        for row in rows
        if any(row)
    )
    if not any(
        cell.sign for row in cells for cell in row if isinstance(cell, syntax.Omitted)
    ) and any(isinstance(cell, syntax.Omitted) for row in cells for cell in row):
        parser.fail("this matrix has an empty entry", tree.first.span)
    return syntax.MatrixOf(cells, tree.span)


def _without_lines(cell: Trees) -> Trees:
    """A cell without the lines that show a row `- x^T -` or a column as a whole."""
    if len(cell) > 2 and cell[0].text in _LINES and cell[-1].text in _LINES:
        return cell[1:-1]
    return () if len(cell) == 1 and cell[0].text in _LINES else cell


def _cases(parser: Parser, tree: Enclosed) -> Node:
    """The rows of a case distinction: a value and its condition."""
    rows = tuple(_case(parser, row) for row in split(tree.trees, "\\\\") if row)
    if any(condition is None for _, condition in rows[:-1]):
        message = "only the last case can be without a condition"
        parser.fail(message, tree.first.span)
    return syntax.Cases(rows, tree.span)


def _case(parser: Parser, row: Trees) -> tuple[Node | None, Node | None]:
    """`value & condition`; the `&` may be a comma, a space or an "if"."""
    value, condition = _cut(row)
    undefined = any(UNDEFINED.match(token.text) for token in value)
    node = None if undefined else parser.whole(value, row[0].start)
    otherwise = any(token.text == "otherwise" for token in condition)
    compared = any(token.text in COMPARISONS for token in condition)
    condition = _condition(condition)
    if not condition:
        return node, None
    if otherwise and not compared:
        parser.fail("this condition has more than `otherwise`", condition[0].span)
    return node, None if otherwise else _conditions(parser, condition)


def _cut(row: Trees) -> tuple[Trees, Trees]:
    """The value and the condition of a case."""
    value, *rest = split(row, "&")
    if rest:
        return _stripped(value), [tree for part in rest for tree in part]
    for at, tree in enumerate(row):
        if tree.text in CASE_WORDS or tree.text in ("otherwise", "\\quad", ","):
            return _stripped(row[:at]), row[at:]
    return _stripped(row), ()


def _stripped(run: Trees) -> Trees:
    return run[:-1] if run and run[-1].text in PUNCTUATION else run


def _condition(run: Trees) -> Trees:
    """A condition without the words and signs around it."""
    while run and (_is_filler(run[0]) or run[0].text == "otherwise"):
        run = run[1:]
    while run and _is_filler(run[-1]):
        run = run[:-1]
    return run


def _is_filler(tree: Tree) -> bool:
    return tree.text in CASE_WORDS or tree.text in PUNCTUATION or tree.text == "\\quad"


def _conditions(parser: Parser, run: Trees) -> Node:
    """One condition, or several in a row: `j = 1, z_1 > z_2` needs both."""
    parts = [_condition(part) for part in split(run, ",")]
    compared = (any(one.text in COMPARISONS for one in leaves(part)) for part in parts)
    if len(parts) == 1 or not all(compared):
        return parser.whole(run, run[0].start)
    nodes = tuple(parser.whole(part, run[0].start) for part in parts)
    return syntax.Logic("and", nodes, span_of(run))


@form("\\underbrace", "\\overbrace")
def _braced(parser: Parser, token: Tree) -> Node:
    """`\\underbrace{a}_{note}` without the note."""
    first = parser.at - 1
    of = parser.whole(_argument(parser), token.end)
    if parser.take("_") or parser.take("^"):
        parser.next()
    return syntax.Bracket("{", (of,), parser.span(first))
