"""Left sides: which derivative, quantity or name a claim is about, and whether it says more than that.

The letters of a derivative may be mistyped below the right number. What is done to a derivative is never
a slip: `(∂l/∂W)⁻¹`, `∂l/∂W - λW`, `∂(l + r)/∂W`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.claims.claim import Claim
from grader.claims.definitions import introduced_by
from grader.claims.matching import split
from grader.claims.plain import PlainEquation
from grader.errors import StudentError
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Number,
    Slice,
    Symbol,
    Tabulate,
    substitute_all,
    walk,
)
from grader.notation import Names, latex
from grader.notation.builder import constant
from grader.notation.grammar import parse, syntax
from grader.notation.latex_tokens import Token
from grader.notation.names import Definition
from grader.notation.names import Key as Spelling
from grader.notation.sides import DERIVATIVES
from grader.notation.statements import Equation
from grader.primitives import apply
from grader.primitives.build import derivative
from grader.problem.model import Question


def read_left(equation: Equation | PlainEquation, names: Names) -> Expression | None:
    """The left side of an equation, None if there is none or it cannot be read."""
    if isinstance(equation, PlainEquation):
        return equation.read_left(names)
    if not equation.left:
        return None
    try:
        return _entry_by_entry(latex.parse_left(equation.left, names, equation.source))
    except StudentError:
        return None


def derivative_within(equation: Equation | PlainEquation | None, names: Names) -> Derivative | None:
    """The derivative inside a chain: of `δ = ∂l/∂z = p - y` the value is that of `∂l/∂z`."""
    if not isinstance(equation, Equation):
        return None
    for member in equation.members[1:-1]:
        if (node := derivative_in(member, names, equation.source)) is not None:
            return node
    return None


def derivative_in(member: Sequence[Token], names: Names, source: str) -> Derivative | None:
    """The derivative that a member of a chain is; None if it is anything else."""
    if not any(token.text in DERIVATIVES for token in member[:2]):
        return None
    try:
        node = _entry_by_entry(latex.parse_left(member, names, source))
    except StudentError:
        return None
    return node if isinstance(node, Derivative) else None


def derivatives_called(
    equation: Equation | PlainEquation | None, names: Names
) -> Iterator[tuple[Spelling, Definition]]:
    """The names of the student's that a chain calls a derivative: `δ = ∂l/∂z`, `∂l/∂z = δ`."""
    if not isinstance(equation, Equation) or len(equation.members) < 2:
        return
    members = [member for member in equation.members if member]
    derivatives = [m for m in members if derivative_in(m, names, equation.source)]
    for name in (members[0], members[-1]) if derivatives else ():
        chain = replace(equation, members=(name, derivatives[0]))
        yield from introduced_by(chain, names).items()


def _entry_by_entry(left: Expression) -> Expression:
    """`(∂l/∂W)ᵢⱼ` as `∂l/∂Wᵢⱼ`, and an entry of a Jacobian as the derivative of an entry.

    A gradient by a vector may be a row or a column, so that `∂l/∂xᵀ` is `∂l/∂x`.
    """
    if isinstance(left, Apply) and left.function == "transpose" and 1 in left.shape:
        left = left.args[0]
    if isinstance(left, Apply) and left.shape == SCALAR and left.function.endswith("'"):
        function, s = left.function[:-1], left.args[0]
        if isinstance(s, Symbol | Item) and not function.endswith("'"):  # σ'(s) is ∂σ(s)/∂s
            return derivative(apply(function, s, span=left.span), s, left.span)
    if isinstance(left, Apply) and left.function in ("mul", "div"):
        return _with_factor_inside(left)
    if isinstance(left, Tabulate) and isinstance(left.body, Derivative):
        return _whole(left, left.body.of, left.body.wrt)
    if isinstance(left, Item) and isinstance(left.base, Tabulate):
        axes = (left.base.row, left.row), (left.base.column, left.column)
        letters = {index.name: at for index, at in axes if not isinstance(at, Slice)}
        return substitute_all(left.base.body, letters) if len(letters) == 2 else left
    if not isinstance(left, Item) or not isinstance(left.base, Derivative):
        return left
    of, wrt, span = left.base.of, left.base.wrt, left.span
    if any(isinstance(index, Slice) for index in (left.row, left.column)):
        whole = of.shape == SCALAR and wrt.shape == left.base.shape
        return derivative(of, Item(wrt, left.row, left.column, left.shape), span) if whole else left
    if of.shape == SCALAR and wrt.shape == left.base.shape:
        return derivative(of, Item(wrt, left.row, left.column, SCALAR), span)
    if of.shape[1] == 1 == wrt.shape[1]:
        above = of if of.shape == SCALAR else Item(of, left.row, Number(1.0), SCALAR)
        below = Item(wrt, left.column, Number(1.0), SCALAR)
        return derivative(above, below, span)
    return left


def _whole(left: Tabulate, of: Expression, wrt: Expression) -> Expression:
    """A table of the derivatives by the entries of an array as the derivative by the array."""
    chosen = split(wrt)[1]
    is_each = chosen == (left.row, left.column)[: len(chosen)] and of.shape == SCALAR
    if not isinstance(wrt, Item) or not is_each or wrt.base.shape != left.shape:
        return left
    return derivative(of, wrt.base, left.span)


def _with_factor_inside(left: Apply) -> Expression:
    """`\\frac1n ∂(wᵀw)/∂w`, a number before an expression that is differentiated, as `∂(wᵀw/n)/∂w`."""
    first, *others = left.args
    by_number = len(others) == 1 and constant(others[0]) is not None
    if not by_number and left.function == "mul" and constant(first) is not None:
        first, others, by_number = others[-1], [first], len(others) == 1
    if not by_number or not isinstance(first, Derivative) or isinstance(first.of, Symbol | Item):
        return left
    return derivative(apply(left.function, first.of, *others), first.wrt, left.span)


_CHAIN = frozenset(
    {"mul", "matmul", "outer", "inner"}
)  # products of derivatives, by the chain rule
_AROUND = frozenset({"neg", "transpose", "mul", "div", "add", "sub", "pow"})


def says_more(claim: Claim, question: Question) -> bool:
    """Whether a left side that does not name the question has more in it than one derivative."""
    left, equation = claim.left, claim.equation
    if claim.defines:
        return False  # a name of the student's, with its value
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
    """Whether a numerator is a name, perhaps of several letters or with its arguments."""
    if isinstance(node, syntax.Factors):
        name, *rest = node.factors
        return _is_quantity(name) and all(
            isinstance(one, syntax.Bracket | syntax.Name) for one in rest
        )
    if isinstance(node, syntax.Bracket):
        return len(node.parts) == 1 and _is_quantity(node.parts[0])
    return isinstance(node, syntax.Name | syntax.Marked | syntax.Call | syntax.Bare)
