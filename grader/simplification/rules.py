"""The rules. Each takes a node with simplified parts, and keeps its value and shape."""

from collections.abc import Callable, Iterator, Mapping

from grader.expression import (
    Apply,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Placed,
    Slice,
    Sum,
    fresh,
    walk,
    with_children,
)
from grader.primitives import TABLE, apply
from grader.primitives.build import ZERO, add, item, matmul, names_in, summed, transpose, zeros
from grader.simplification.naming import Known, name_of, reciprocals
from grader.simplification.product import Product, product_of
from grader.simplification.terms import multiplied_out, terms_of, written_sum

Rule = Callable[[Expression, Known], Expression]
_ENTRYWISE = frozenset({"add", "sub", "neg", "mul", "div", "pow"})


def _size(node: Expression) -> int:
    """The length of an expression, in nodes."""
    return sum(1 for _ in walk(node))


def _called_by_name(node: Expression, known: Known) -> Expression:
    """h for σ(z), and h_i for σ(z_i): a quantity for its definition."""
    return name_of(node, known) or node


def _slope_worked_out(node: Expression, known: Known) -> Expression:
    """1/p for log′(p), and 1 − h² for tanh′(z) if h is tanh(z); else σ′(z) stays."""
    if not (isinstance(node, Apply) and node.function.endswith("'")):
        return node
    expansion = TABLE[node.function].expansion
    assert expansion is not None
    function = Apply(node.function[:-1], node.args, node.shape, node.params)
    elementary = not TABLE[function.function].activation
    named = name_of(function, known) is not None
    written = expansion(node)
    if elementary or (named and function in walk(written)):
        return written
    return node


def _in_normal_form(node: Expression, known: Known) -> Expression:
    """The shortest form of a product or sum, entry by entry."""
    if not (isinstance(node, Apply) and node.function in _ENTRYWISE):
        return node
    return min((form for form in _forms(node, known) if form.shape == node.shape), key=_size)


def _forms(node: Apply, known: Known) -> Iterator[Expression]:
    terms = terms_of(node)
    if known and any(exponent < 0 for term in terms for _, exponent in term.powers):
        inverse = reciprocals(known)
        terms = [_upright(term, inverse) for term in terms]
    terms = [_slopes_divided(term) for term in terms]
    written = written_sum(terms)
    yield zeros(node.shape) if written == ZERO else written
    out = multiplied_out(terms)
    if out is not None and len(out) > len(terms):
        yield written_sum(out)
    yield node


def _upright(term: Product, inverse: Mapping[Expression, Expression]) -> Product:
    """s³ for 1/√v³ if s is 1/√v."""
    for factor, exponent in term.powers:
        name = name_of(factor, inverse) if exponent < 0 else None
        if name is not None:
            term = term.times(Product(powers=((factor, -exponent), (name, -exponent))))
    return term


def _slopes_divided(term: Product) -> Product:
    """σ′(s)/σ(s), with σ′ written out so that σ cancels."""
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
    """c f(x) for f(c x), if f is linear and c a constant."""
    match node:
        case Apply(function=function, args=args) if TABLE[function].linear:
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
    """Bᵀ A for (Aᵀ B)ᵀ, if that is shorter."""
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
    """{v if a ≤ b, else 0} for {0 if a > b, else v}: the case that is not zero comes first."""
    match node:
        case Apply(function="where", args=(Apply(function=sign, args=sides), Number(value=0.0), v)):
            if TABLE[sign].opposite and v != ZERO:
                return apply("where", apply(TABLE[sign].opposite, *sides), v, ZERO)
    return node


def _places_as_matrix(node: Expression, known: Known) -> Expression:
    """A matrix literal for a sum of arrays that are zero except at one entry."""
    if not (isinstance(node, Apply) and node.function in ("add", "sub")):
        return node
    cells: list[list[Expression]] = [[ZERO] * node.shape[1] for _ in range(node.shape[0])]
    for term in terms_of(node):
        placed = _placed(term)
        if placed is None:
            return node
        for row, column, value in placed:
            scaled = product_of(value).scaled(term.coefficient).written
            cells[row][column] = add(cells[row][column], scaled)
    return Matrix(tuple(map(tuple, cells)), node.shape)


def _placed(term: Product) -> list[tuple[int, int, Expression]] | None:
    """The entries of a term with fixed places, as (row, column, value); None for other terms."""
    match term.powers:
        case ((Placed(value=value, row=Number(value=row), column=Number(value=column)), 1),):
            return [(int(row) - 1, int(column) - 1, value)]
        case ((Matrix(rows=rows), 1),):
            return [(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    return None


def _entry_of_a_sum(node: Expression, known: Known) -> Expression:
    """Σ_k X_kj for the entry j of the column sums of X."""
    match node:
        case Item(base=Apply(function="sum", args=(x,), params=(axis,)), row=row, column=column):
            if axis is None or isinstance(row, Slice) or isinstance(column, Slice):
                return node
            index = Index(fresh("k", names_in(x, row, column)), 1, x.shape[axis])
            at = (index, column) if axis == 0 else (row, index)
            return summed(item(x, *at), index)
    return node


def _letters_in_order(node: Expression, known: Known) -> Expression:
    """δ_ij for δ_ji."""
    match node:
        case Apply(function="eq", args=(Index() as a, Index() | Number() as b)):
            if isinstance(b, Index) and b.name < a.name:
                return Apply("eq", (b, a), node.shape)
        case Apply(function="eq", args=(Number() as a, Index() as b)):
            return Apply("eq", (b, a), node.shape)
    return node


BY_NAME: tuple[Rule, ...] = (_called_by_name,)
"""The rule for what has no parts."""

RULES: tuple[Rule, ...] = (
    _called_by_name, _slope_worked_out, _transposed_inwards, _product_of_matrices,
    _constants_in_front, _in_normal_form, _norm, _chosen_first,
    _places_as_matrix, _entry_of_a_sum, _letters_in_order, _called_by_name,
)  # fmt: skip
