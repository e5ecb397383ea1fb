"""What a product means, by the shapes of its factors.

Every sign has a conventional reading; where only another reading fits the shapes, that one is taken
and noted. A vector may lie or stand where its entries alone decide the result, but an outer product
is never made out of two columns: the transpose is what is being asked for there.
"""

from collections.abc import Sequence

from grader.errors import ShapeMismatch, Span
from grader.expression import SCALAR, Apply, Expression, Shape, Symbol, shape_text, walk
from grader.notation.builder import NONSENSE, Builder

HADAMARD = "hadamard"  # ⊙ and \circ
MATRIX = "matrix"  # @
STAR = "star"  # * in infix: entry by entry as in NumPy
ASTERISK = "asterisk"  # * in LaTeX: entry by entry of one shape, a product of matrices otherwise
JUXTAPOSED = "juxtaposed"  # A B, A \times B
OUTER = "outer"  # ⊗
QUOTIENT = "quotient"  # \oslash: a division entry by entry
DOT = "dot"  # A \cdot B: juxtaposition, but the inner product of two columns


def product(build: Builder, a: Expression, b: Expression, how: str, span: Span) -> Expression:
    """a times b, where `how` is one of the signs above. Shapes that do not fit become nonsense."""
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
    readings = _readings(a, b, how)
    if readings is not None:
        return _chosen(build, a, b, readings, span)
    if how == HADAMARD:
        return _entrywise(build, a, b, span)
    if how == OUTER:
        return _outer(build, a, b, span)
    if how == STAR:
        return _star(build, a, b, span)
    if how == ASTERISK and a.shape == b.shape:
        return _entrywise(build, a, b, span)
    return _matrix(build, a, b, how, span)


def combine(build: Builder, function: str, a: Expression, b: Expression, span: Span) -> Expression:
    """An entrywise operation such as + on operands of which one may be a vector laid down."""
    if build.two_axes:
        _check_axes(build, a, b, span)
    if NONSENSE not in (a, b) and a.shape != b.shape:
        a, b = _aligned(build, *_sized(build, a, b, entrywise=True))
    return build.apply(function, a, b, span=span)


def divide(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    """The quotient a / b: by a scalar, or entry by entry of arrays that fit as they stand."""
    if b is not NONSENSE and a is not NONSENSE and SCALAR not in (a.shape, b.shape):
        _check_axes(build, a, b, span)
        if a.shape == b.shape or _extends(a.shape, b.shape) or _extends(b.shape, a.shape):
            return combine(build, "div", a, b, span)
        error = ShapeMismatch("a division by an array of another shape")
        return build.nonsense(error, span)
    _keep_axes(build, (a,), span)
    if b is not NONSENSE and b.shape != SCALAR:
        build.notes.append("a division by an array was read entry by entry")
    return build.apply("div", a, b, span=span)


# Vectors that were given a new axis, as `x[:, None]`, of which NumPy makes a matrix


def _keep_axes(build: Builder, parts: Sequence[Expression], span: Span) -> None:
    """A multiple of a vector with a new axis has it too."""
    if build.two_axes and any(part.span in build.two_axes for part in parts):
        build.two_axes.add(span)


def _spread(build: Builder, a: Expression, b: Expression) -> tuple[Expression, Expression] | None:
    """The factors of the outer product that `x[:, None]*y` is, that of the rows first."""
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
        build.fail("whether this is a matrix depends on the axes of both", a.span, hint)
    return None


def _check_axes(build: Builder, a: Expression, b: Expression, span: Span) -> None:
    """Refuse `x[:, None] + y`, a matrix in NumPy; of two with a new axis the result has it too."""
    given = [part for part in (a, b) if part.span in build.two_axes]
    alike = len(given) == 2 and a.shape == b.shape
    if given and alike:
        build.two_axes.add(span)
    elif given and all(_vector(part.shape) and part.shape != SCALAR for part in (a, b)):
        hint = "write it without the new axis, or say the matrix that is meant"
        build.fail("a vector with a new axis beside one without it", span, hint)


# Products that can be read in two ways

_WORDS = {
    "matmul": "as a matrix product",
    "mul": "entry by entry",
    "inner": "as their inner product",
    "outer": "as their outer product",
}


def _readings(a: Expression, b: Expression, how: str) -> tuple[str, str] | None:
    """The conventional meaning and the other one, where the shapes allow two.

    Of square matrices a transpose is there for a matrix product, and a derivative f'(Z) of a
    function of entries for a product entry by entry.
    """
    if a.shape != b.shape:
        return None
    if a.shape[0] == a.shape[1] and how in (JUXTAPOSED, DOT, STAR, ASTERISK):
        if any(_is_local_derivative(part) for part in (a, b)):
            return "mul", "matmul"
        matrix = how in (JUXTAPOSED, DOT) or (how == ASTERISK and any(map(_is_transpose, (a, b))))
        return ("matmul", "mul") if matrix else ("mul", "matmul")
    if _vector(a.shape) and how == DOT:
        return "inner", "mul"
    return ("outer", "mul") if _vector(a.shape) and how == OUTER else None


def _is_local_derivative(node: Expression) -> bool:
    return isinstance(node, Apply) and node.function.endswith("'")


def _is_transpose(node: Expression) -> bool:
    return isinstance(node, Apply) and node.function == "transpose"


def _chosen(
    build: Builder, a: Expression, b: Expression, readings: tuple[str, str], span: Span
) -> Expression:
    """The conventional reading, unless this very choice is to be tried the other way."""
    taken, other = readings[::-1] if build.chooses_other() else readings
    build.notes.append(
        f"{_pair(a, b)} was read {_WORDS[taken]}; {_WORDS[other]} would be possible too"
    )
    return build.apply(taken, a, b, span=span)


# Constants without a size

UNSIZED = Symbol("1", (0, 1))  # a bold 1: as many ones as what it meets asks for
IDENTITY = Symbol("I", (0, 0))  # an identity matrix of the size that it meets


def _sized(
    build: Builder, a: Expression, b: Expression, entrywise: bool
) -> tuple[Expression, Expression]:
    """A bold 1 or an I among two operands gets the size that the other one leaves it."""
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


def _is_open(node: Expression) -> bool:
    return 0 in node.shape


def _common(a: Expression, b: Expression) -> Shape:
    """The shape of two operands entry by entry: what one leaves open, the other tells.

    Beside an identity matrix all is square.
    """
    rows, columns = (max(sizes) for sizes in zip(a.shape, b.shape, strict=True))
    square = any(part.shape == (0, 0) and _holds_identity(part) for part in (a, b))
    return (rows or columns, columns or rows) if square else (rows, columns)


def _holds_identity(node: Expression) -> bool:
    return any(isinstance(part, Symbol) and part.name == IDENTITY.name for part in walk(node)
               if part.shape == (0, 0))  # fmt: skip


def _fitted(build: Builder, node: Expression, shape: Shape) -> Expression:
    """A constant without a size in the size that it now has, if that is known."""
    return _filled(build, node, shape) if _is_open(node) and 0 not in shape else node


def _filled(build: Builder, node: Expression, shape: Shape) -> Expression:
    """A constant without a size, perhaps times a number or turned, in the size that it now has."""
    match node:
        case Symbol(name="I") if shape[0] != shape[1]:
            return node  # an identity is square
        case Symbol(name="I"):
            build.notes.append(f"I was read as the {shape_text(shape)} identity matrix")
            return build.apply("identity", params=shape, span=node.span)
        case Symbol():
            build.notes.append(f"the bold 1 was read as {shape_text(shape)} ones")
            return build.apply("ones", params=shape, span=node.span)
        case Apply(function="transpose", args=(Symbol() as constant,)):
            return _filled(build, constant, shape)  # which is the same as it stands and as it lies
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


def fit_entrywise(a: Expression, b: Expression) -> bool:
    """Whether two operands can be combined entry by entry as they stand."""
    if SCALAR in (a.shape, b.shape) or 0 in a.shape + b.shape or a.shape == b.shape:
        return True
    lies = _vector(a.shape) and a.shape == b.shape[::-1]
    return lies or _extends(a.shape, b.shape) or _extends(b.shape, a.shape)


def _entrywise(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    return combine(build, "mul", a, b, span)


def _outer(build: Builder, a: Expression, b: Expression, span: Span) -> Expression:
    """Of two vectors ⊗ makes a matrix; some write it for ⊙ on matrices of one shape."""
    if _vector(a.shape) and _vector(b.shape):
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
        product = build.apply("matmul", *flipped, span=span)
        # A vector of one axis times a matrix has one axis again: it stands, as declared vectors do.
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
    """A matrix and a vector that fits once it is turned; None if neither or both fit."""
    if _vector(a.shape) == _vector(b.shape):
        return None
    if how == MATRIX and not (a.shape[1] == 1 and a.shape[0] == b.shape[0]):
        return None  # of what NumPy's @ takes, only a vector of one axis before a matrix lies down
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
