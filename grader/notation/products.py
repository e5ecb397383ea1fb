"""What a product means, by the shapes of its factors.

Every sign has a conventional reading; where only another reading fits the shapes, that one is taken
and noted. A vector may lie or stand where its entries alone decide the result, but an outer product
is never made out of two columns: the transpose is what is being asked for there.
"""

from grader.errors import ShapeMismatch, Span
from grader.expression import SCALAR, Expression, Shape, Symbol, shape_text
from grader.notation.builder import NONSENSE, Builder

HADAMARD = "hadamard"  # ⊙ and \circ
MATRIX = "matrix"  # @
STAR = "star"  # * in infix: entry by entry as in NumPy
JUXTAPOSED = "juxtaposed"  # A B, A \times B
OUTER = "outer"  # ⊗
DOT = "dot"  # A \cdot B: juxtaposition, but the inner product of two columns


def product(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    """a times b, where `how` is one of the signs above. Shapes that do not fit become nonsense."""
    if NONSENSE in (a, b):
        return NONSENSE
    if a.shape == SCALAR or b.shape == SCALAR:
        return build.apply("mul", a, b, span=span)
    if how == HADAMARD:
        return _entrywise(build, a, b, span)
    if how == OUTER:
        return _outer(build, a, b, span)
    if how == STAR:
        return _star(build, a, b, span)
    return _matrix(build, a, b, how, span)


def combine(build: Builder, function: str, a: Expression, b: Expression, span: Span) -> Expression:
    """An entrywise operation such as + on operands of which one may be a vector laid down."""
    if NONSENSE not in (a, b) and a.shape != b.shape:
        a, b = _aligned(build, a, b)
    return build.apply(function, a, b, span=span)


def divide(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    """The quotient a / b: by a scalar, or entry by entry of arrays of one shape."""
    if b is not NONSENSE and a is not NONSENSE and SCALAR not in (a.shape, b.shape):
        if a.shape == b.shape:
            return build.apply("div", a, b, span=span)
        error = ShapeMismatch("a division by an array of another shape")
        return build.nonsense(error, span)
    if b is not NONSENSE and b.shape != SCALAR:
        build.notes.append("a division by an array was read entry by entry")
    return build.apply("div", a, b, span=span)


def _aligned(build: Builder, a: Expression, b: Expression) -> tuple[Expression, Expression]:
    """Two vectors of one length, the row stood up as a column."""
    if _vector(a.shape) and _vector(b.shape) and a.shape == b.shape[::-1]:
        build.notes.append("a row and a column were combined entry by entry, as columns")
        if a.shape[0] == 1:
            a = build.apply("transpose", a, span=a.span)
        else:
            b = build.apply("transpose", b, span=b.span)
    elif _extends(a.shape, b.shape) or _extends(b.shape, a.shape):
        build.notes.append("a vector was repeated along a matrix (broadcasting)")
    return a, b


def _entrywise(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    return combine(build, "mul", a, b, span)


def _outer(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    """Of two vectors ⊗ makes a matrix; some write it for ⊙ on matrices of one shape."""
    if _vector(a.shape) and _vector(b.shape):
        build.notes.append("⊗ of two vectors was read as their outer product")
        return build.apply("outer", a, b, span=span)
    return _entrywise(build, a, b, span)


def _star(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    if a.shape == b.shape or _extends(a.shape, b.shape) or _extends(b.shape, a.shape):
        return _entrywise(build, a, b, span)
    if a.shape[1] == b.shape[0]:
        build.notes.append(f"{_pair(a, b)} with * was read as a matrix product")
        return build.apply("matmul", a, b, span=span)
    return _entrywise(build, a, b, span)


def _matrix(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    if a.shape[1] == b.shape[0]:
        return build.apply("matmul", a, b, span=span)
    if a.shape == b.shape:
        return _same_shape(build, a, b, how, span)
    flipped = _flipped(build, a, b, how)
    if flipped is not None:
        return build.apply("matmul", *flipped, span=span)
    return _mismatch(build, a, b, span)


def _same_shape(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    if how in (DOT, MATRIX) and _vector(a.shape):
        build.notes.append("the product of two vectors was read as their inner product")
        return build.apply("inner", a, b, span=span)
    if how == MATRIX:
        return _mismatch(build, a, b, span)
    build.notes.append(f"{_pair(a, b)} was read entry by entry, since no matrix product exists")
    return build.apply("mul", a, b, span=span)


def _flipped(
    build: Builder, a: Expression, b: Expression, how: str
) -> tuple[Expression, Expression] | None:
    """A matrix and a vector that fits once it is turned; None if neither or both fit."""
    if how == MATRIX or _vector(a.shape) == _vector(b.shape):
        return None
    thin = a if _vector(a.shape) else b
    if isinstance(thin, Symbol) and thin.name in build.names.matrices:
        return None
    if _vector(b.shape) and a.shape[1] == b.shape[1]:
        turned = (a, build.apply("transpose", b, span=b.span))
    elif _vector(a.shape) and a.shape[0] == b.shape[0]:
        turned = (build.apply("transpose", a, span=a.span), b)
    else:
        return None
    build.notes.append(f"in {_pair(a, b)} the vector was turned, since only so the product exists")
    return turned


def _mismatch(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
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
