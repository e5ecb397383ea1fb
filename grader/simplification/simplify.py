"""A generated expression as people write it.

Quantities are called by their names, constants worked out and put in front, factors cancelled, like terms
put together, and there are no more transposes and brackets than it takes.

Every rule keeps the value wherever the expression has one; p/p is 1 where p is not 0. A form is
only changed into one that is not longer. What a student wrote is never simplified.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from grader.errors import GraderError
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Place,
    Sum,
    Symbol,
    children,
    walk,
    with_children,
)
from grader.primitives import TABLE, apply
from grader.primitives.build import ONE, ZERO, add, item, matmul, transpose, zeros
from grader.simplification.product import Product, product_of
from grader.simplification.terms import multiplied_out, terms_of, written_sum

ROUNDS = 6  # each looks at what the one before has brought together
_ENTRYWISE = frozenset({"add", "sub", "neg", "mul", "div", "pow"})
_LINEAR = frozenset({"matmul", "transpose", "sum", "mean", "trace", "flip"})
_PLAIN_SLOPES = frozenset({"exp'", "log'", "sqrt'", "square'", "sin'", "cos'", "sinh'", "cosh'"})
"""Derivatives that nobody leaves as log′(p); σ′(z) stays, unless σ(z) has a name."""

Known = Mapping[Expression, Expression]


def simplified(node: Expression, known: Known = {}) -> Expression:  # noqa: B006
    """An expression with the same values and shape, as people write it.

    `known` says what may stand for an expression: the name of a quantity for its definition.
    """
    for _ in range(ROUNDS):
        before, node = node, _simplified(node, known)
        if node == before:
            break
    return node


def named_by(definitions: Mapping[Symbol, Expression]) -> dict[Expression, Expression]:
    """What is `known` of a model: each quantity by its definition, as written and as simplified."""
    known: dict[Expression, Expression] = {}
    for symbol, definition in definitions.items():
        for form in (definition, simplified(definition, known)):
            if any(isinstance(part, Apply) for part in walk(form)):
                known.setdefault(form, symbol)
    return known


def _simplified(node: Expression, known: Known) -> Expression:
    parts = children(node)
    if parts:
        node = with_children(node, tuple(_simplified(part, known) for part in parts))
    for rule in _RULES:
        node = _safely(rule, node, known)
    return node


def _safely(
    rule: "Callable[[Expression, Known], Expression]", node: Expression, known: Known
) -> Expression:
    """What a rule makes of a node, if it has the shape that it should have."""
    try:
        result = rule(node, known)
    except GraderError:  # factors that only fit together in their old order
        return node
    return result if result.shape == node.shape else node


def _size(node: Expression) -> int:
    """How long an expression is to read."""
    return sum(1 for _ in walk(node))


# Rules: each takes a node whose parts are simplified


def _called_by_name(node: Expression, known: Known) -> Expression:
    """A quantity for its definition, and its entry for the definition's: h_i for σ(z_i)."""
    return _name_of(node, known) or node


def _name_of(node: Expression, known: Known) -> Expression | None:
    """What stands for an expression, or for an array that it is an entry of."""
    if node in known:
        return known[node]
    if not isinstance(node, Apply) or node.shape != SCALAR:
        return None
    entries = [part for part in walk(node) if isinstance(part, Item)]
    rows = {entry.row for entry in entries if entry.base.shape[0] > 1}
    columns = {entry.column for entry in entries if entry.base.shape[1] > 1}
    if not entries or len(rows) > 1 or len(columns) > 1:
        return None
    whole = known.get(_lifted(node))
    return None if whole is None else item(whole, *(*rows, ONE)[:1], *(*columns, ONE)[:1])


def _lifted(node: Expression) -> Expression:
    """The array whose entry an expression is, if all its parts are entries at one place."""
    match node:
        case Item(base=base):
            return base
        case Apply(function=function, args=args, params=params):
            return apply(function, *map(_lifted, args), params=params)
        case _:
            return node


def _slope_worked_out(node: Expression, known: Known) -> Expression:
    """1/p for log′(p), and 1 − h² for tanh′(z) where h is tanh(z)."""
    if not (isinstance(node, Apply) and node.function.endswith("'")):
        return node
    expansion = TABLE[node.function].expansion
    if expansion is None:
        return node
    function = Apply(node.function[:-1], node.args, node.shape, node.params)
    named = _name_of(function, known) is not None
    written = expansion(node)
    if node.function in _PLAIN_SLOPES or (named and function in walk(written)):
        return _simplified(written, known)
    return node


def _in_normal_form(node: Expression, known: Known) -> Expression:
    """Products and sums entry by entry: the shortest of their forms."""
    if not (isinstance(node, Apply) and node.function in _ENTRYWISE):
        return node
    return min((form for form in _forms(node, known) if form.shape == node.shape), key=_size)


def _forms(node: Apply, known: Known) -> Iterator[Expression]:
    inverse = _reciprocals(known)
    terms = [_slopes_divided(_upright(term, inverse)) for term in terms_of(node)]
    written = written_sum(terms)
    yield zeros(node.shape) if written == ZERO else written
    out = multiplied_out(terms)
    if out is not None and len(out) > len(terms):
        yield written_sum(out)
    yield node


def _reciprocals(known: Known) -> dict[Expression, Expression]:
    """What has a name for one over it: s for 1/√v."""
    found = {}
    for definition, name in known.items():
        match product_of(definition):
            case Product(coefficient=Fraction(numerator=1, denominator=1), powers=((below, -1),)):
                found[below] = name
    return found


def _upright(term: Product, inverse: Mapping[Expression, Expression]) -> Product:
    """s³ for 1/√v³ where 1/√v is called s."""
    for factor, exponent in term.powers:
        name = _name_of(factor, inverse) if exponent < 0 else None
        if name is not None:
            term = term.times(Product(powers=((factor, -exponent), (name, -exponent))))
    return term


def _slopes_divided(term: Product) -> Product:
    """σ′(s) worked out where it is divided by σ(s)."""
    below = {factor for factor, exponent in term.powers if exponent < 0}
    for factor, exponent in term.powers:
        if isinstance(factor, Apply) and factor.function.endswith("'"):
            expansion = TABLE[factor.function].expansion
            function = Apply(factor.function[:-1], factor.args, factor.shape, factor.params)
            if function in below and expansion is not None:
                worked_out = product_of(expansion(factor)).to_the(exponent)
                term = term.times(Product(powers=((factor, -exponent),))).times(worked_out)
    return term


def _constants_in_front(node: Expression, known: Known) -> Expression:
    """c f(x) for f(c x), where f is linear and c a constant."""
    match node:
        case Apply(function=function, args=args) if function in _LINEAR:
            parts = args
        case Sum(body=body):
            parts = (body,)
        case _:
            return node
    front, rest = Product(), []
    for part in parts:
        product = product_of(part)
        constant = product.constant
        if (
            constant == Product()
            or constant.coefficient == 0
            or len(product.powers) == len(constant.powers)
        ):
            rest.append(part)
            continue
        front = front.times(constant)
        rest.append(product.times(constant.to_the(-1)).written)
    if front == Product():
        return node
    inner = with_children(node, tuple(rest))
    return front.times(Product(powers=((inner, 1),))).written


def _transposed_inwards(node: Expression, known: Known) -> Expression:
    """Bᵀ A for (Aᵀ B)ᵀ: where no transpose is added."""
    match node:
        case Apply(function="transpose", args=(Apply(function="matmul", args=(a, b)),)):
            inwards = matmul(transpose(b), transpose(a))
        case Apply(function="transpose", args=(Apply(function=function, args=args),)) if (
            function in _ENTRYWISE
        ):
            inwards = apply(function, *map(transpose, args))
        case _:
            return node
    return inwards if _size(inwards) < _size(node) else node


def _product_of_matrices(node: Expression, known: Known) -> Expression:
    """A for I A, and A B C for A (B C)."""
    match node:
        case Apply(function="matmul", args=(Apply(function="identity"), other)):
            return other
        case Apply(function="matmul", args=(other, Apply(function="identity"))):
            return other
        case Apply(function="matmul", args=(a, Apply(function="matmul", args=(b, c)))):
            return matmul(matmul(a, b), c)
    return node


def _norm(node: Expression, known: Known) -> Expression:
    """‖v‖ for the root of a sum of squares."""
    match node:
        case Apply(function="sqrt", args=(Apply(function="sum", args=(squares,), params=axis),)):
            match squares:
                case Apply(function="pow", args=(vector, Number(value=2.0))) if axis in (
                    (),
                    (None,),
                ):
                    return apply("norm", vector)
    return node


def _chosen_first(node: Expression, known: Known) -> Expression:
    """What is not zero in front: {v if a ≤ b, else 0} for {0 if a > b, else v}."""
    match node:
        case Apply(function="where", args=(Apply(function=sign, args=sides), Number(value=0.0), v)):
            if sign in _OPPOSITE and v != ZERO:
                return apply("where", apply(_OPPOSITE[sign], *sides), v, ZERO)
    return node


_OPPOSITE = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne", "ne": "eq"}


def _places_as_matrix(node: Expression, known: Known) -> Expression:
    """An array by its entries for a sum of arrays that are zero but at one entry."""
    if not (isinstance(node, Apply) and node.function in ("add", "sub")):
        return node
    cells: list[list[Expression]] = [[ZERO] * node.shape[1] for _ in range(node.shape[0])]
    for term in terms_of(node):
        placed = _placed(term)
        if placed is None:
            return node
        for row, column, value in placed:
            share = product_of(value).scaled(term.coefficient).written
            cells[row][column] = add(cells[row][column], share)
    return Matrix(tuple(map(tuple, cells)), node.shape)


def _placed(term: Product) -> list[tuple[int, int, Expression]] | None:
    """The entries of a term that is not zero at known places; None if it is another."""
    match term.powers:
        case ((Place(value=value, row=Number(value=row), column=Number(value=column)), 1),):
            return [(int(row) - 1, int(column) - 1, value)]
        case ((Matrix(rows=rows), 1),):
            return [(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    return None


def _letters_in_order(node: Expression, known: Known) -> Expression:
    """δ_ij for δ_ji."""
    match node:
        case Apply(function="eq", args=(Index() as a, Index() | Number() as b)):
            if isinstance(b, Index) and b.name < a.name:
                return Apply("eq", (b, a), node.shape)
        case Apply(function="eq", args=(Number() as a, Index() as b)):
            return Apply("eq", (b, a), node.shape)
    return node


_RULES = (
    _called_by_name, _slope_worked_out, _transposed_inwards, _product_of_matrices,
    _constants_in_front, _in_normal_form, _norm, _chosen_first,
    _places_as_matrix, _letters_in_order, _called_by_name,
)  # fmt: skip
