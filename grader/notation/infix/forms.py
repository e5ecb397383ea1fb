"""Names before brackets that are no functions, `Sum(…)` and `Piecewise(…)`, and names after dots, `.T`."""

from collections.abc import Sequence

from grader.errors import Span
from grader.expression import Expression, Index, Matrix, Number
from grader.notation.builder import NONSENSE, constant, is_condition, sizes_of
from grader.notation.grammar.trees import Enclosed, Trees, first_of, leaves, split
from grader.notation.infix.parser import AXIS_OPTIONS, FORMS, METHODS, InfixParser
from grader.notation.latex_tokens import Token
from grader.notation.names import Function
from grader.notation.products import MATRIX, continued, product

_RANGE = "Sum(e, (k, 1, n))"
_EXTREMES = {"max": "maximum", "min": "minimum"}
_SQUARE = frozenset({"eye", "Identity", "identity"})


def _span(token: Token, tree: Enclosed) -> Span:
    return Span(token.start, tree.end)


@FORMS.of("Sum", "sum", "summation")
def _sum(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`Sum(e, (i, 1, n), …)`, Python's `sum(e for k in range(n))`, and `sum(x, axis=1)` over entries."""
    span = _span(token, tree)
    body, *loop = split(tree.trees, "for")
    if loop:
        index = _loop(parser, loop, token)
        return parser.build.sum(index, lambda: parser.whole(body, tree.last.start), span)
    body, *limits = parser.listed(tree) or [()]
    if limits and (token.text != "sum" or first_of(limits[0][0]).text == "("):
        ranges = [_limit(parser, limit) for limit in limits]
        return _over(parser, body, ranges, span)
    args, options = parser.arguments(tree, AXIS_OPTIONS)
    if not args:
        hint = f"for a range, write {_RANGE}"
        parser.fail("sum takes one array", token.span, hint)
    return parser.reduced("sum", args, options, span)


def _limit(parser: InfixParser, run: Trees) -> Index | str:
    """`(i, 1, n)` as an index variable, or `i` alone as a name without a range."""
    one = run[0]
    is_range = isinstance(one, Enclosed) and one.text == "(" and len(run) == 1
    name, *ends = (isinstance(one, Enclosed) and is_range and parser.listed(one)) or [run]
    letter = first_of(name[0])
    if len(name) > 1 or letter.kind != "name":
        parser.unexpected(name[len(name) > 1], "the index variable of a sum")
    if not ends:
        return letter.text
    if len(ends) != 2:
        parser.fail("a range has two ends", run[0].span, _RANGE)
    low, high = (parser.whole(end, run[-1].end - 1) for end in ends)
    return parser.build.bind(letter.text, low, high, letter.span)


def _over(
    parser: InfixParser, body: Trees, ranges: Sequence[Index | str], span: Span
) -> Expression:
    """Sums over ranges, of which the last is the outermost."""
    if not ranges:
        return parser.whole(body, span.end - 1)
    *inner, last = ranges
    over = parser.build.open_sum if isinstance(last, str) else parser.build.sum
    return over(last, lambda: _over(parser, body, inner, span), span)  # type: ignore[arg-type]


def _loop(parser: InfixParser, loops: Sequence[Trees], token: Token) -> Index:
    """The `k in range(a, b)` of a sum, which excludes the end as in Python."""
    last = loops[0][-1] if loops[0] else token
    words = [tree.text for tree in loops[0][1:]]
    if words != ["in", "range", "("] or not isinstance(last, Enclosed) or len(loops) > 1:
        parser.fail("only a sum over one range(…) can be read", token.span, _RANGE)
    ends = parser.values(last)
    if not 1 <= len(ends) <= 2:
        parser.fail("a sum needs a range(n) or range(a, b)", token.span, _RANGE)
    name = first_of(loops[0][0])
    low = ends[0] if len(ends) == 2 else Number(0.0)
    high = parser.build.apply("sub", ends[-1], Number(1.0))
    return parser.build.bind(name.text, low, high, name.span)


@FORMS.of("Product")
def _product(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`Product(body, (k, 1, n))`, with its factors written out."""
    parts, span, build = parser.listed(tree), _span(token, tree), parser.build
    limit = _limit(parser, parts[1]) if len(parts) == 2 else ""
    if isinstance(limit, str):
        parser.fail("Product takes one range", token.span, "Product(e, (k, 1, n))")
    factors = build.factors(limit, lambda: parser.whole(parts[0], tree.last.start), token.span)
    return continued(build, factors, span)


@FORMS.of("clip", "clamp")
def _clipped(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`np.clip(x, low, high)`: x, but not below `low` and not above `high`."""
    return parser.build.clipped(parser.values(tree), _span(token, tree))


@FORMS.of("norm")
def _norm(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`norm(v)`, `np.linalg.norm(v, ord=2)`: only the 2-norm."""
    args, options = parser.arguments(tree, frozenset({"ord", "p"}))
    orders = [*args[1:], *(order for order in options.values() if order is not None)]
    if any(constant(order) != 2 or 1 not in args[0].shape for order in orders):
        parser.fail("only the 2-norm of a vector can be read", _span(token, tree))
    return parser.build.apply("norm", *args[:1], span=_span(token, tree))


@FORMS.of("Matrix", "ImmutableMatrix", "ImmutableDenseMatrix", "array", "asarray", "tensor")
def _matrix(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`Matrix([[…]])`, `np.array([…])`, and `Matrix(2, 2, […])`."""
    args = parser.values(tree)
    if len(args) == 1:
        return args[0]
    m, n = (constant(size) for size in args[:2]) if len(args) == 3 else (None, None)
    if m is None or n is None or not isinstance(args[2], Matrix):
        parser.fail("Matrix takes rows of entries", token.span, "Matrix([[a, b], [c, d]])")
    flat = [entry for row in args[2].rows for entry in row]
    if len(flat) != m * n:
        parser.fail(f"{len(flat)} entries for a {m:g}×{n:g} matrix", token.span)
    rows = [flat[at : at + int(n)] for at in range(0, len(flat), int(n))]
    return parser.build.matrix(rows, token.span)


@FORMS.of("Piecewise")
def _piecewise(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`Piecewise((value, condition), …)`; a condition of True is "otherwise"."""
    cases: list[tuple[Expression, Expression | None]] = []
    here = tree.last.start
    for part in parser.listed(tree):
        pair = parser.listed(part[0]) if part and isinstance(part[0], Enclosed) else []
        if len(part) != 1 or len(pair) != 2:
            hint = "Piecewise((a, x > 0), (b, True))"
            parser.fail("Piecewise takes pairs of a value and a condition", token.span, hint)
        value = parser.whole(pair[0], here)
        otherwise = [one.text for one in pair[1]] == ["True"]
        cases.append((value, None if otherwise else parser.whole(pair[1], here)))
    return parser.build.piecewise(cases, _span(token, tree))


@FORMS.of("Derivative", "diff", "grad")
def _derivative(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`Derivative(l, h1[k])`."""
    of, wrt = parser.exactly(2, token, tree, "Derivative(l, W2)")
    return parser.build.derivative(of, wrt, _span(token, tree))


@FORMS.of("ones", "zeros", "eye", "identity", "Identity")
def _constants(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`ones(n)`, `zeros((m, n))`, `eye(n)`: sizes are whole numbers or dimensions."""
    args = parser.values(tree)
    if len(args) == 1 and isinstance(args[0], Matrix):
        args = [entry for row in args[0].rows for entry in row]
    sizes = sizes_of(args)
    if not sizes:
        parser.fail(f"{token.text} takes one or two sizes, up to 64", token.span)
    square = token.text in _SQUARE
    params = (sizes[0], sizes[-1] if square or len(sizes) == 2 else 1)
    name = "identity" if square else token.text
    return parser.build.apply(name, params=params, span=_span(token, tree))


@FORMS.of("KroneckerDelta")
def _delta(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`KroneckerDelta(i, j)`."""
    args = parser.exactly(2, token, tree)
    for arg in args:
        parser.build.check_letter(arg)
    return parser.build.apply("eq", *args, span=_span(token, tree))


@FORMS.of("len")
def _length(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`len(r)`: the number of its entries, or rows."""
    (of,) = parser.exactly(1, token, tree)
    if of.shape[0] == 1:
        parser.fail("len takes one array, not a row", _span(token, tree))
    return Number(float(of.shape[0]), _span(token, tree))


@FORMS.of("float", "int", "I", "indicator")
def _number(parser: InfixParser, token: Token, tree: Enclosed) -> Expression:
    """`float(z > 0)`: a condition already is a number here."""
    (of,) = parser.exactly(1, token, tree)
    return of if token.text == "float" else parser.build.condition(of, token.span, "z > 0")


# Methods and attributes: `.T`, `.sum(axis=0)`, `.reshape(-1, 1)`


def _no_arguments(parser: InfixParser) -> None:
    tree = parser.brackets()
    if tree.trees:
        parser.fail("this method takes no argument here", tree.trees[0].span)


@METHODS.of("T", "mT", "t", "transpose")
def _transposed(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`.T`, `.transpose()` and `.transpose(1, 0)`."""
    if parser.peek().text == "(" and parser.trees[parser.at - 1].text not in ("T", "mT"):
        axes = parser.values(parser.brackets())
        if axes and constant(axes[0]) not in (1.0, -1.0):
            parser.fail("a transpose must swap both axes", parser.span(first), "write .T")
    return parser.build.apply("transpose", node, span=parser.span(first))


@METHODS.of("sum", "mean")
def _reduced(parser: InfixParser, node: Expression, first: int) -> Expression:
    function = parser.trees[parser.at - 1].text
    args, options = parser.arguments(parser.brackets(), AXIS_OPTIONS)
    return parser.reduced(function, (node, *args), options, parser.span(first))


@METHODS.of("max", "min")
def _extreme(parser: InfixParser, node: Expression, first: int) -> Expression:
    primitive = _EXTREMES[parser.trees[parser.at - 1].text]
    _no_arguments(parser)
    span, build = parser.span(first), parser.build
    return build.call(Function(primitive, primitive), 0, build.entries_of(node, span), span)


@METHODS.of("clip", "clamp")
def _clipped_by(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`r.clip(low, high)`."""
    args = parser.values(parser.brackets())
    return parser.build.clipped((node, *args), parser.span(first))


@METHODS.of("dot")
def _dot(parser: InfixParser, node: Expression, first: int) -> Expression:
    args = parser.values(parser.brackets())
    if len(args) != 1:
        parser.fail("dot takes one argument", parser.span(first))
    return product(parser.build, node, args[0], MATRIX, parser.span(first))


@METHODS.of("float", "copy")
def _unchanged(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`.copy()` and the like change nothing here."""
    _no_arguments(parser)
    return node


@METHODS.of("astype")
def _astype(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`.astype(float)` changes nothing here; only conditions can become whole numbers."""
    kind = "".join(token.text for token in leaves(parser.brackets().trees))
    if "float" not in kind and node is not NONSENSE and not is_condition(node):
        parser.fail(f"`.astype({kind})` rounds, which cannot be read", parser.span(first))
    return node


@METHODS.of("grad")
def _gradient(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`W2.grad` is the gradient of the loss."""
    loss, span = parser.build.names.loss, parser.span(first)
    if loss is None:
        parser.fail("it is not clear what `.grad` differentiates", span, "Derivative(l, W2)")
    return parser.build.derivative(loss, node, span)


@METHODS.of("shape")
def _shape(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`X.shape[0]`: the number of rows, or of entries."""
    tree = parser.next()
    inside = [one.text for one in tree.trees] if isinstance(tree, Enclosed) else []
    span = parser.span(first)
    axis = {"0": 0, "1": 1}.get("".join(inside))
    if (
        axis is None or tree.text != "[" or node.shape[axis] == 1
    ):  # a vector may have one or two axes
        parser.fail("only one size of a shape can be read, such as X.shape[0]", span)
    return Number(float(node.shape[axis]), span)


@METHODS.of("reshape")
def _reshaped(parser: InfixParser, node: Expression, first: int) -> Expression:
    """`x.reshape(-1, 1)` makes a column of a vector, `x.reshape(1, -1)` a row."""
    sizes = [constant(arg) for arg in parser.values(parser.brackets())]
    if 1 not in node.shape or len(sizes) != 2 or 1.0 not in sizes:
        hint = "write .reshape(-1, 1) to make a column of a vector"
        message = "only a vector can get another shape, a row or a column"
        parser.fail(message, parser.span(first), hint)
    return parser.given_axes(node, sizes[1] == 1, parser.span(first))
