"""Methods and attributes in infix text: `.T`, `.sum(axis=0)`, `.reshape(-1, 1)`."""

from collections.abc import Callable

from grader.errors import Span
from grader.expression import Expression, Number
from grader.notation.builder import NONSENSE, constant, is_condition
from grader.notation.infix.arrays import ArrayReader
from grader.notation.infix.calls import AXIS_OPTIONS
from grader.notation.names import Function
from grader.notation.products import MATRIX, product


class MethodReader(ArrayReader):
    """Reads what follows a dot."""

    def attribute(self, node: Expression, first: int) -> Expression:
        dot = self.next()
        name = self.next()
        method = METHODS.get(name.text)
        if name.kind != "name" or method is None:
            hint = "write `.T` for a transpose"
            self.build.fail(
                f"unknown attribute `.{name.text}`", Span(dot.start, name.span.end), hint
            )
        return method(self, node, first)


def _method_gradient(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`W2.grad` is the gradient of the loss."""
    loss = parser.build.names.loss
    if loss is None:
        parser.build.fail(
            "it is not clear what `.grad` differentiates", parser.span(first), "Derivative(l, W2)"
        )
    return parser.build.derivative(loss, node, parser.span(first))


def _method_shape(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`X.shape[0]`: the number of rows, or of entries."""
    inside = "".join(token.text for token in parser.tokens[parser.at : parser.at + 3])
    axis = {"[0]": 0, "[1]": 1}.get(inside)
    if axis is None or node.shape[axis] == 1:  # a vector may have one or two axes
        parser.build.fail(
            "only one size of a shape can be read, such as X.shape[0]", parser.span(first)
        )
    parser.at += 3
    return Number(float(node.shape[axis]), parser.span(first))


def _method_reshape(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`x.reshape(-1, 1)` makes a column of a vector, `x.reshape(1, -1)` a row."""
    args, _ = parser.arguments(parser.expect("("))
    sizes = [constant(arg) for arg in args]
    if 1 not in node.shape or len(sizes) != 2 or 1.0 not in sizes:
        hint = "write .reshape(-1, 1) to make a column of a vector"
        parser.build.fail(
            "only a vector can get another shape, a row or a column", parser.span(first), hint
        )
    return parser.given_axes(node, sizes[1] == 1, parser.span(first))


def _method_transpose(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`.T`, `.transpose()` and `.transpose(1, 0)`."""
    if parser.peek().text == "(" and parser.tokens[parser.at - 1].text not in ("T", "mT"):
        axes, _ = parser.arguments(parser.next())
        if axes and {constant(axis) for axis in axes[:1]} - {1.0, -1.0}:
            parser.build.fail("a transpose must swap both axes", parser.span(first), "write .T")
    return parser.build.apply("transpose", node, span=parser.span(first))


def _method_reduce(function: str) -> Callable[[ArrayReader, Expression, int], Expression]:
    def method(parser: ArrayReader, node: Expression, first: int) -> Expression:
        args, options = parser.arguments(parser.expect("("), AXIS_OPTIONS)
        return parser.reduced(function, (node, *args), options, parser.span(first))

    return method


def _method_extreme(primitive: str) -> Callable[[ArrayReader, Expression, int], Expression]:
    def method(parser: ArrayReader, node: Expression, first: int) -> Expression:
        parser.no_arguments()
        span = parser.span(first)
        function = Function(primitive, primitive)
        return parser.build.call(function, 0, parser.build.entries_of(node, span), span)

    return method


def _method_clip(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`r.clip(low, high)`."""
    args, _ = parser.arguments(parser.expect("("))
    return parser.build.clipped((node, *args), parser.span(first))


def _method_dot(parser: ArrayReader, node: Expression, first: int) -> Expression:
    args, _ = parser.arguments(parser.expect("("))
    if len(args) != 1:
        parser.build.fail("dot takes one argument", parser.span(first))
    return product(parser.build, node, args[0], MATRIX, parser.span(first))


def _method_unchanged(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`.copy()` and the like change nothing here."""
    parser.no_arguments()
    return node


def _method_astype(parser: ArrayReader, node: Expression, first: int) -> Expression:
    """`.astype(float)` changes nothing here; only conditions can become whole numbers."""
    opened = parser.expect("(")
    _, end = parser.commas(opened)
    kind = "".join(token.text for token in parser.tokens[parser.at : end])
    parser.at = end + 1
    if "float" not in kind and node is not NONSENSE and not is_condition(node):
        parser.build.fail(f"`.astype({kind})` rounds, which cannot be read", parser.span(first))
    return node


METHODS: dict[str, Callable[[ArrayReader, Expression, int], Expression]] = {
    "T": _method_transpose,
    "mT": _method_transpose,
    "t": _method_transpose,
    "transpose": _method_transpose,
    "sum": _method_reduce("sum"),
    "mean": _method_reduce("mean"),
    "dot": _method_dot,
    "max": _method_extreme("maximum"),
    "min": _method_extreme("minimum"),
    "clip": _method_clip,
    "clamp": _method_clip,
    "astype": _method_astype,
    "float": _method_unchanged,
    "copy": _method_unchanged,
    "grad": _method_gradient,
    "reshape": _method_reshape,
    "shape": _method_shape,
}
