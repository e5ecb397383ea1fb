"""Left sides that hold a derivative, but are none: `(∂l/∂W)⁻¹`, `∂l/∂W - λW`, `∂(l + r)/∂W`.

The letters of a derivative may be mistyped below the right number. What is done to a derivative is never
a slip.
"""

from grader.claims.entries import Entry
from grader.errors import StudentError
from grader.expression import SCALAR, Apply, Derivative, walk
from grader.notation import Names
from grader.notation.grammar import parse, syntax
from grader.notation.statements import Equation
from grader.problem.model import Question

_CHAIN = frozenset(
    {"mul", "matmul", "outer", "inner"}
)  # products of derivatives, by the chain rule
_AROUND = frozenset({"neg", "transpose", "mul", "div", "add", "sub", "pow"})


def says_more(entry: Entry, question: Question) -> bool:
    """Whether a left side that does not name the question has more in it than one derivative."""
    left, equation = entry.left, entry.equation
    if isinstance(left, Derivative):
        return question.of is not None and isinstance(left.of, Apply | Derivative)
    if left is None and isinstance(equation, Equation) and question.of is not None:
        return _is_more(equation, question.scope.names)
    if not isinstance(left, Apply) or not any(isinstance(part, Derivative) for part in walk(left)):
        return False
    held = [any(isinstance(part, Derivative) for part in walk(arg)) for arg in left.args]
    if left.function not in _AROUND:
        return not (left.function in _CHAIN and all(held))
    scalars = all(arg.shape == SCALAR for arg, has in zip(left.args, held, strict=True) if not has)
    return (scalars and not all(held)) or left.function in ("neg", "transpose", "add", "sub")


def _is_more(equation: Equation, names: Names) -> bool:
    tokens = equation.left or ()
    try:
        node = parse(tokens, names, equation.source)
    except StudentError:
        return any(token.text in ("\\partial", "\\nabla") for token in tokens)
    held = any(isinstance(part, syntax.DerivativeOf) for part in syntax.walk(node))
    return held and not _is_derivative(node)


def _is_derivative(node: syntax.Node) -> bool:
    """Whether a left side is one derivative of a quantity, with indices or a transposition, or a chain."""
    match node:
        case syntax.DerivativeOf():
            return len(node.wrt) == 1 and _is_quantity(node.of)
        case syntax.Marked():
            return all(map(_keeps, node.marks)) and _is_derivative(node.of)
        case syntax.Bracket():
            return len(node.parts) == 1 and _is_derivative(node.parts[0])
        case syntax.Factors():
            return all(map(_is_derivative, node.factors))
    return False


def _keeps(mark: syntax.Suffix) -> bool:
    """Whether a mark is an index or a transposition."""
    return mark.sign in ("_", "'") or (mark.script is not None and mark.script.transposes > 0)


def _is_quantity(node: syntax.Node) -> bool:
    """Whether a numerator is a name, perhaps with its arguments."""
    if isinstance(node, syntax.Factors):
        name, *rest = node.factors
        return _is_quantity(name) and all(isinstance(one, syntax.Bracket) for one in rest)
    if isinstance(node, syntax.Bracket):
        return len(node.parts) == 1 and _is_quantity(node.parts[0])
    return isinstance(node, syntax.Name | syntax.Marked | syntax.Call | syntax.Bare)
