"""The meaning of a product, decided by the shapes of its factors.

Every sign has a conventional reading. If only another reading fits the shapes, that one is taken, with a
note. A row may be read as a column where the result depends on its entries only. Two columns are never
read as an outer product: there the transpose is what the question asks for.
"""

from collections.abc import Sequence
from functools import reduce

from grader.errors import ShapeMismatch, Span
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Item,
    Shape,
    Slice,
    Sum,
    Symbol,
    shape_text,
    walk,
)
from grader.notation.builder import NONSENSE, Builder
from grader.primitives import TABLE

HADAMARD = "hadamard"  # ⊙ and \circ
MATRIX = "matrix"  # @
STAR = "star"  # * in infix: entry by entry as in NumPy
ASTERISK = "asterisk"  # * in LaTeX: entry by entry of one shape, a product of matrices otherwise
JUXTAPOSED = "juxtaposed"  # A B, A \times B
OUTER = "outer"  # ⊗
QUOTIENT = "quotient"  # \oslash: a division entry by entry
DOT = "dot"  # A \cdot B: juxtaposition, but the inner product of two columns

_ENTRYWISE = frozenset({HADAMARD, OUTER, STAR})  # ⊗ between matrices of one shape: some mean ⊙


def product(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    """a times b, where `how` is one of the signs above. Shapes that do not fit are `Nonsense`."""
    if NONSENSE in (a, b):
        return NONSENSE
    if how == QUOTIENT:
        return divide(build, a, b, span)
    a, b = _sized(build, a, b, entrywise=how == HADAMARD)
    if a.shape == SCALAR or b.shape == SCALAR:
        _keep_axes(build, (a, b), span)
        return build.apply("mul", a, b, span=span)
    spread = _spread(build, a, b) if how == STAR else None
    if spread is not None:
        return build.apply("outer", *spread, span=span)
    if how in (JUXTAPOSED, DOT):
        a, b, how = _oriented(build, a, b, how)
    convention = _convention(a, b, how)
    if convention is not None:
        return _chosen(build, a, b, *convention, span)
    if how == OUTER and _vector(a.shape) and _vector(b.shape):
        return build.apply("outer", a, b, span=span)
    if how == STAR and not _broadcast(a.shape, b.shape) and a.shape[1] == b.shape[0]:
        build.notes.append(f"{_pair(a, b)} with * was read as a matrix product")
        return build.apply("matmul", a, b, span=span)
    if how in _ENTRYWISE or (how == ASTERISK and a.shape == b.shape):
        return combine(build, "mul", a, b, span)
    return _matrix(build, a, b, how, span)


def continued(build: Builder, factors: Sequence[Expression], span: Span) -> Expression:
    """The product of factors side by side."""
    return reduce(lambda one, other: product(build, one, other, JUXTAPOSED, span), factors)


def total(build: Builder, terms: Sequence[Expression], span: Span) -> Expression:
    """The sum of terms."""
    return reduce(lambda one, other: combine(build, "add", one, other, span), terms)


def combine(build: Builder, function: str, a: Expression, b: Expression, span: Span) -> Expression:
    """An entrywise operation such as +; one operand may be a row where a column fits."""
    if build.two_axes:
        _check_axes(build, a, b, span)
    if NONSENSE not in (a, b) and a.shape != b.shape:
        a, b = _aligned(build, *_sized(build, a, b, entrywise=True))
    return build.apply(function, a, b, span=span)


def divide(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    """The quotient a / b: by a scalar, or entry by entry if the shapes fit."""
    if b is not NONSENSE and a is not NONSENSE and SCALAR not in (a.shape, b.shape):
        _check_axes(build, a, b, span)
        if _broadcast(a.shape, b.shape):
            return combine(build, "div", a, b, span)
        error = ShapeMismatch("an array can only be divided by a scalar or an array of its shape")
        return build.nonsense(error, span)
    _keep_axes(build, (a,), span)
    if b is not NONSENSE and b.shape != SCALAR:
        build.notes.append("a division by an array was read entry by entry")
    return build.apply("div", a, b, span=span)


# Vectors with a new axis, such as `x[:, None]`, which are matrices in NumPy


def _keep_axes(build: Builder, parts: Sequence[Expression], span: Span) -> None:
    """Mark a multiple of a vector with a new axis as having it too."""
    if build.two_axes and any(part.span in build.two_axes for part in parts):
        build.two_axes.add(span)


def _spread(build: Builder, a: Expression, b: Expression) -> tuple[Expression, Expression] | None:
    """The factors of the outer product `x[:, None]*y`, the one of the rows first."""
    given = [part for part in (a, b) if part.span in build.two_axes]
    if not given or not _vector(a.shape) or not _vector(b.shape):
        return None
    columns = [part for part in (a, b) if part.shape[1] == 1]
    rows = [part for part in (a, b) if part.shape[1] != 1]
    unlike = max(a.shape) != max(b.shape)
    if len(columns) == 1 and (columns[0] in given or unlike):
        return columns[0], rows[0]
    if len(columns) == 2 and len(given) == 1 and unlike:
        return given[0], columns[given[0] is columns[0]]
    if len(given) == 1:
        hint = "write np.outer(a, b), or a product of entries without the new axis"
        build.fail("it is not clear whether this product is a matrix", a.span, hint)
    return None


def _check_axes(build: Builder, a: Expression, b: Expression, span: Span) -> None:
    """Refuse `x[:, None] + y`, a matrix in NumPy; two vectors with a new axis keep it."""
    given = [part for part in (a, b) if part.span in build.two_axes]
    alike = len(given) == 2 and a.shape == b.shape
    if given and alike:
        build.two_axes.add(span)
    elif given and all(_vector(part.shape) and part.shape != SCALAR for part in (a, b)):
        hint = "leave out the new axis, or write the matrix itself"
        build.fail("only one of these vectors has a new axis", span, hint)


# Members of a family: `u_k` is a vector, a row or a column


LOOKED_INTO = 20  # operations inside each other, so that a long product takes linear time


def _turns(node: Expression, depth: int = LOOKED_INTO) -> bool | None:
    """Whether a vector of members, such as `u_k` or `u_k - u_j`, is written transposed; None for others."""
    match node:
        case Item(row=row, column=column):
            return False if any(isinstance(s, Slice) and s.implied for s in (row, column)) else None
        case Sum(body=body):
            return _turns(body, depth - 1) if depth else None
        case Apply(function="transpose", args=(inside,)) if depth:
            turned = _turns(inside, depth - 1)
            return None if turned is None else not turned
        case Apply(args=args) if TABLE[node.function].entrywise and node.shape != SCALAR and depth:
            found = {_turns(arg, depth - 1) for arg in args if arg.shape != SCALAR}
            return found.pop() if len(found) == 1 else None
    return None


def _is_turned(node: Expression, depth: int = LOOKED_INTO) -> bool:
    """Whether the layout of a vector comes from a transposition that is written."""
    match node:
        case Apply(function="transpose"):
            return True
        case Sum(body=body) if depth:
            return _is_turned(body, depth - 1)
        case Apply(args=args) if depth:
            vectors = (arg for arg in args if arg.shape != SCALAR and _vector(arg.shape))
            return any(_is_turned(arg, depth - 1) for arg in vectors)
    return False


def _oriented(
    build: Builder, a: Expression, b: Expression, how: str
) -> tuple[Expression, Expression, str]:
    """Two factors, with members as rows or columns so that the product exists, and its sign."""
    turns = (_turns(a), _turns(b))
    if turns == (None, None) or not (_vector(a.shape) and _vector(b.shape)):
        return a, b, how
    written = _is_turned(a) or _is_turned(b)
    if how == DOT and not written and max(a.shape) == max(b.shape):
        as_row = _is_row(b if turns[1] is None else a)
        as_row = as_row and (None in turns or _declares_rows(build, max(a.shape)))
        return _as_vector(build, a, as_row), _as_vector(build, b, as_row), how
    if None not in turns:
        return *_alike(build, a, b, turns == (True, False), written), JUXTAPOSED
    if turns[1] is None:
        if written or not _is_row(b) or not _is_row(a):
            a = _as_vector(build, a, as_row=b.shape[1] == 1)
    elif written or not _is_row(a) or not _is_row(b):
        b = _as_vector(build, b, as_row=a.shape[1] == 1)
    return a, b, JUXTAPOSED


def _alike(
    build: Builder, a: Expression, b: Expression, is_inner: bool, written: bool
) -> tuple[Expression, Expression]:
    """Two members, `u_k^\\top u_j` or `u_k u_j^\\top`, both columns or both rows."""
    if not written or bool(_turns(a)) == bool(_turns(b)):
        return a, b
    if max(a.shape) == max(b.shape) and build.convention("vectors", ("columns", "rows")) == "rows":
        is_inner = not is_inner
    elif max(a.shape) != max(b.shape):
        is_inner = False
    return _as_vector(build, a, is_inner), _as_vector(build, b, not is_inner)


def _along(build: Builder, a: Expression, b: Expression, span: Span) -> Expression | None:
    """A row, not transposed, beside a matrix: times each row of it. None where a product is meant.

    In `A b` the row may also be a vector that is multiplied as a column; a problem that declares rows means
    broadcasting, as in batch normalization.
    """
    row, matrix = (a, b) if _is_row(a) else (b, a)
    if not _is_row(row) or not _extends(row.shape, matrix.shape) or _is_turned(row):
        return None
    declared, member = _declares_rows(build, row.shape[1]), _turns(row) is not None
    if member and not declared:
        return None
    if row is b and not (isinstance(row, Symbol) and row.name in build.names.matrices):
        vector = member or not declared
        key, values = ("broadcast", _OF_MATRICES) if vector else ("rows", _BY_ENTRIES)
        if build.convention(key, values) == "product":
            return None
    return combine(build, "mul", a, b, span)


def _declares_rows(build: Builder, size: int) -> bool:
    """Whether the problem declares a row of this size, with two axes."""
    names = build.names
    return any(names.symbols[name].shape == (1, size) for name in names.matrices)


def _is_of_rows(build: Builder, a: Expression, b: Expression) -> bool:
    """Whether `a^T b` of two vectors of unlike length exists because they are rows in this document.

    Only the document can say so: else it is the mistake of a transpose at the wrong factor.
    """
    is_transposed = isinstance(a, Apply) and a.function == "transpose"
    unlike = is_transposed and _is_row(a) and b.shape[1] == 1 and _turns(a) is _turns(b) is None
    return unlike and build.convention("vectors", ("columns", "rows")) == "rows"


def _as_vector(build: Builder, vector: Expression, as_row: bool) -> Expression:
    if (vector.shape[0] == 1) == as_row or vector.shape == SCALAR:
        return vector
    return build.apply("transpose", vector, span=vector.span)


def _is_row(node: Expression) -> bool:
    return node.shape[0] == 1


# Products that can be read in two ways

_WORDS = {
    "matmul": "as a matrix product",
    "mul": "entry by entry",
    "inner": "as their inner product",
    "outer": "as their outer product",
}
_OF_MATRICES, _BY_ENTRIES = ("product", "entries"), ("entries", "product")


def _convention(a: Expression, b: Expression, how: str) -> tuple[str, tuple[str, ...]] | None:
    """The convention that a product depends on, with its values; None if the shapes allow one meaning.

    With square matrices, a transpose suggests a matrix product, and the derivative f'(Z) of an entrywise
    function a product entry by entry.
    """
    if a.shape != b.shape:
        return None
    if a.shape[0] == a.shape[1] and how in (JUXTAPOSED, DOT, STAR, ASTERISK):
        if any(_is_local_derivative(part) for part in (a, b)):
            return "slope", _BY_ENTRIES
        if how in (STAR, ASTERISK):
            turned = how == ASTERISK and any(_is_transpose(part) for part in (a, b))
            return ("star:transpose", _OF_MATRICES) if turned else ("star", _BY_ENTRIES)
        return "dot" if how == DOT else "square", _OF_MATRICES
    if _vector(a.shape) and how == OUTER:
        return "outer", _OF_MATRICES
    if _vector(a.shape) and how == DOT:
        return ("rows", _BY_ENTRIES) if _is_row(a) else ("dot", _OF_MATRICES)
    return None


def _is_local_derivative(node: Expression) -> bool:
    return isinstance(node, Apply) and node.function.endswith("'")


def _is_transpose(node: Expression) -> bool:
    return isinstance(node, Apply) and node.function == "transpose"


def _chosen(
    build: Builder, a: Expression, b: Expression, key: str, values: tuple[str, ...], span: Span
) -> Expression:
    """The product under a convention."""
    whole = "outer" if key == "outer" else "inner" if _vector(a.shape) else "matmul"
    taken, other = whole, "mul"
    if build.convention(key, values) == "entries":
        taken, other = other, taken
        build.doubtful = build.doubtful or key == "outer"  # few mean a product entry by entry by ⊗
    build.notes.append(
        f"{_pair(a, b)} was read {_WORDS[taken]}; it could also be read {_WORDS[other]}"
    )
    return build.apply(taken, a, b, span=span)


# Constants without a size

UNSIZED = Symbol("1", (0, 1))  # a bold 1: as many ones as the other operand needs
IDENTITY = Symbol("I", (0, 0))  # an identity matrix of the size that the other operand needs


def _sized(
    build: Builder, a: Expression, b: Expression, entrywise: bool
) -> tuple[Expression, Expression]:
    """Give a bold 1 or an I the size that fits the other operand."""
    if not _is_open(a) and not _is_open(b):
        return a, b
    if SCALAR in (a.shape, b.shape):
        return a, b
    if entrywise:
        shape = _common(a, b)
        return _fitted(build, a, shape), _fitted(build, b, shape)
    if _is_open(a) and a.shape[1] == 0 and not _is_open(b):
        return _fitted(build, a, (a.shape[0] or b.shape[0], b.shape[0])), b
    if _is_open(b) and b.shape[0] == 0 and not _is_open(a):
        return a, _fitted(build, b, (a.shape[1], b.shape[1] or a.shape[1]))
    return a, b


def sized(build: Builder, node: Expression, shape: Shape | None) -> Expression:
    """A bold 1, an I or a multiple of them in the shape of the array that it equals, lying or standing."""
    if shape is None or shape == SCALAR or not _is_open(node):
        return node
    wanted = next((one for one in (shape, shape[::-1]) if _grows_to(node.shape, one)), (0, 0))
    return _fitted(build, node, wanted)


def _grows_to(shape: Shape, other: Shape) -> bool:
    return all(one in (0, size) for one, size in zip(shape, other, strict=True))


def _is_open(node: Expression) -> bool:
    return 0 in node.shape


def _common(a: Expression, b: Expression) -> Shape:
    """The common shape of two operands entry by entry, where one may have open sizes.

    With an identity matrix it is square.
    """
    rows, columns = (max(sizes) for sizes in zip(a.shape, b.shape, strict=True))
    square = any(part.shape == (0, 0) and _holds_identity(part) for part in (a, b))
    return (rows or columns, columns or rows) if square else (rows, columns)


def _holds_identity(node: Expression) -> bool:
    return any(isinstance(part, Symbol) and part.name == IDENTITY.name for part in walk(node)
               if part.shape == (0, 0))  # fmt: skip


def _fitted(build: Builder, node: Expression, shape: Shape) -> Expression:
    """A constant without a size, in its size if that is known now."""
    return _filled(build, node, shape) if _is_open(node) and 0 not in shape else node


def _filled(build: Builder, node: Expression, shape: Shape) -> Expression:
    """A constant without a size, perhaps scaled or transposed, in the size that it has now."""
    match node:
        case Symbol(name="I") if shape[0] != shape[1]:
            return node  # an identity is square
        case Symbol(name="I"):
            build.notes.append(f"I was read as the {shape_text(shape)} identity matrix")
            return build.apply("identity", params=shape, span=node.span)
        case Item(base=base, column=chosen):  # a unit vector
            identity = build.apply("identity", params=(shape[0], shape[0]), span=base.span)
            return build.item(identity, (Slice(1, shape[0]), chosen), node.span or Span(0, 1))
        case Symbol():
            build.notes.append(f"the bold 1 was read as {shape_text(shape)} ones")
            return build.apply("ones", params=shape, span=node.span)
        case Apply(function="transpose", args=(Symbol() as constant,)):
            return _filled(build, constant, shape)  # its transpose is the same
        case Apply(function="transpose", args=(inside,)):
            return build.apply("transpose", _filled(build, inside, shape[::-1]), span=node.span)
        case Apply(function="matmul", args=(left, right)):
            left = _fitted(build, left, (shape[0], left.shape[1]))
            right = _fitted(build, right, (right.shape[0], shape[1]))
            return build.apply("matmul", left, right, span=node.span)
        case Apply():
            args = [_fitted(build, x, shape) for x in node.args]
            return build.apply(node.function, *args, span=node.span)
    return node


def _aligned(build: Builder, a: Expression, b: Expression) -> tuple[Expression, Expression]:
    """Two vectors of one length, a row as a column."""
    if _vector(a.shape) and _vector(b.shape) and a.shape == b.shape[::-1]:
        build.notes.append("a row and a column were combined entry by entry, as columns")
        if a.shape[0] == 1:
            a = build.apply("transpose", a, span=a.span)
        else:
            b = build.apply("transpose", b, span=b.span)
    elif _extends(a.shape, b.shape) or _extends(b.shape, a.shape):
        build.notes.append("a vector was repeated along a matrix (broadcasting)")
    return a, b


def fit_entrywise(a: Expression, b: Expression) -> bool:
    """Whether two operands can be combined entry by entry without a change."""
    is_open = SCALAR in (a.shape, b.shape) or 0 in a.shape + b.shape
    as_row = _vector(a.shape) and a.shape == b.shape[::-1]
    return is_open or as_row or _broadcast(a.shape, b.shape)


def _matrix(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    if a.shape[1] == b.shape[0]:
        return build.apply("matmul", a, b, span=span)
    if a.shape == b.shape:
        return _same_shape(build, a, b, how, span)
    along = _along(build, a, b, span) if how != MATRIX else None
    if along is not None:
        return along
    if how != MATRIX and _is_of_rows(build, a, b):
        build.doubtful = True
        build.notes.append("two vectors were read as rows, whose product is a matrix")
        return build.apply("outer", a, b, span=span)
    flipped = _flipped(build, a, b, how)
    if flipped is not None:
        product = build.apply("matmul", *flipped, span=span)
        # A vector of one axis times a matrix has one axis again, so it is a column like declared vectors.
        return build.apply("transpose", product, span=span) if how == MATRIX else product
    return _mismatch(build, a, b, span)


def _same_shape(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    if how == MATRIX and _vector(a.shape):
        build.notes.append("the product of two vectors was read as their inner product")
        return build.apply("inner", a, b, span=span)
    if how == MATRIX:
        return _mismatch(build, a, b, span)
    build.notes.append(f"{_pair(a, b)} was read entry by entry, since no matrix product exists")
    return build.apply("mul", a, b, span=span)


def _flipped(
    build: Builder, a: Expression, b: Expression, how: str
) -> tuple[Expression, Expression] | None:
    """A matrix and a transposed vector that fit; None if neither or both transposes fit."""
    if _vector(a.shape) == _vector(b.shape):
        return None
    if how == MATRIX and not (a.shape[1] == 1 and a.shape[0] == b.shape[0]):
        return None  # as in NumPy's @, only a vector of one axis before a matrix is a row
    thin = a if _vector(a.shape) else b
    if isinstance(thin, Symbol) and thin.name in build.names.matrices:
        return None
    if _vector(b.shape) and a.shape[1] == b.shape[1]:
        turned = (a, build.apply("transpose", b, span=b.span))
    elif _vector(a.shape) and a.shape[0] == b.shape[0]:
        turned = (build.apply("transpose", a, span=a.span), b)
    else:
        return None
    build.notes.append(
        f"in {_pair(a, b)} the vector was transposed, since the product does not exist otherwise"
    )
    return turned


def _mismatch(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    for part in (a, b):
        if _is_open(part):
            build.unsized(part)
    message = (
        f"the product of {shape_text(a.shape)} and {shape_text(b.shape)} does not exist: "
        f"{a.shape[1]} columns meet {b.shape[0]} rows"
    )
    error = ShapeMismatch(message)
    build.name_operands(error, (a, b))
    return build.nonsense(error, span)


def _pair(a: Expression, b: Expression) -> str:
    return f"a product of {shape_text(a.shape)} and {shape_text(b.shape)}"


def _vector(shape: Shape) -> bool:
    return 1 in shape


def _extends(thin: Shape, full: Shape) -> bool:
    """Whether a column or row `thin` broadcasts along a matrix `full`."""
    if _vector(full) or not _vector(thin):
        return False
    return thin in ((full[0], 1), (1, full[1]))


def _broadcast(one: Shape, other: Shape) -> bool:
    """Whether shapes are equal, or one is a row or column along the other."""
    return one == other or _extends(one, other) or _extends(other, one)
