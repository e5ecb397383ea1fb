"""Methods and attributes in infix text: `.T`, `.sum(axis=0)`, `.reshape(-1, 1)`."""

from grader.expression import Expression, Number
from grader.notation.builder import NONSENSE, constant, is_condition
from grader.notation.grammar.trees import Enclosed, leaves
from grader.notation.infix.parser import AXIS_OPTIONS, METHODS, InfixParser
from grader.notation.names import Function
from grader.notation.products import MATRIX, product

_EXTREMES = {"max": "maximum", "min": "minimum"}


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
def _clipped(parser: InfixParser, node: Expression, first: int) -> Expression:
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
