"""Linear algebra: products, transposes, reductions, constants, softmax, norm.

Adjoints of matrix functions: M. Giles, "Collected matrix derivative results for forward and reverse
mode algorithmic differentiation" (2008).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.errors import Nonsense, ShapeMismatch
from grader.expression import A_SIZE, SCALAR, Apply, Expression, Number, Shape, shape_text
from grader.primitives.arithmetic import product_in_words
from grader.primitives.build import div, matmul, mul, ones, sub, total, transpose
from grader.primitives.registry import (
    Array,
    BackwardRule,
    Params,
    Primitive,
    apply,
    broadcast,
    register,
    same,
)
from grader.primitives.symbolic import Exact, each, summed

Adjoints = tuple[Expression | None, ...]


def _matmul_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    (m, n), (p, q) = shapes
    if n != p:
        left, right = shape_text((m, n)), shape_text((p, q))
        raise ShapeMismatch(
            f"the matrix product of {left} and {right} does not exist: the left side has {n} columns, "
            f"the right side has {p} rows"
        )
    return m, q


def _matmul_vjp(g: Expression, node: Apply) -> Adjoints:
    a, b = node.args
    return matmul(g, transpose(b)), matmul(transpose(a), g)


def _matmul_value(a: Array, b: Array) -> Array:
    return np.asarray(np.matmul(a, b))


def _is_vector(shape: Shape) -> bool:
    return 1 in shape


def _vectors(shapes: Sequence[Shape], what: str) -> None:
    for shape in shapes:
        if not _is_vector(shape):
            raise ShapeMismatch(f"{what} needs vectors, not a {shape_text(shape)} matrix")


def _outer_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    _vectors(shapes, "outer")
    return max(shapes[0]), max(shapes[1])


def _as_column(node: Expression) -> Expression:
    return transpose(node) if node.shape[0] == 1 else node


def _outer(node: Apply) -> Expression:
    a, b = (_as_column(arg) for arg in node.args)
    return matmul(a, transpose(b))


def _inner_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    _vectors(shapes, "an inner product")
    if max(shapes[0]) != max(shapes[1]):
        sizes = f"{max(shapes[0])} and {max(shapes[1])}"
        raise ShapeMismatch(f"the inner product of vectors with {sizes} entries does not exist")
    return SCALAR


def _inner(node: Apply) -> Expression:
    a, b = (_as_column(arg) for arg in node.args)
    return matmul(transpose(a), b)


def _reduced(shapes: Sequence[Shape], params: Params) -> Shape:
    rows, columns = shapes[0]
    match params:
        case (0,):
            return 1, columns
        case (1,):
            return rows, 1
        case _:
            return SCALAR


def _reduce_axis(params: Params) -> tuple[int, ...]:
    return {0: (-2,), 1: (-1,)}.get(params[0] if params else None, (-2, -1))  # type: ignore[arg-type]


def _sum_value(x: Array, axis: int | None = None) -> Array:
    return np.asarray(np.sum(x, axis=_reduce_axis((axis,)), keepdims=True))


def spread(g: Expression, shape: Shape) -> Expression:
    """The adjoint of a sum, repeated for every entry that was summed."""
    return g if g.shape == shape else mul(g, ones(shape))


def _sum_vjp(g: Expression, node: Apply) -> Adjoints:
    return (spread(g, node.args[0].shape),)


def _mean(node: Apply) -> Expression:
    (x,) = node.args
    count = x.shape[0] * x.shape[1] // (node.shape[0] * node.shape[1])
    size = Number(float(count), name=A_SIZE)
    return div(total(x, node.params[0] if node.params else None), size)


def _transpose_value(x: Array) -> Array:
    return np.swapaxes(x, -1, -2)


def _diag_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    rows, columns = shapes[0]
    if _is_vector((rows, columns)):
        return max(rows, columns), max(rows, columns)
    if rows != columns:
        raise ShapeMismatch(f"diag needs a vector or a square matrix, not {rows}×{columns}")
    return rows, 1


def _diag_value(x: Array) -> Array:
    if _is_vector(x.shape[-2:]):
        vector = x.reshape(*x.shape[:-2], -1)
        return vector[..., :, None] * np.eye(vector.shape[-1])
    return np.diagonal(x, axis1=-2, axis2=-1)[..., None]


def _diag_vjp(g: Expression, node: Apply) -> Adjoints:
    (x,) = node.args
    back = apply("diag", g)
    return (transpose(back) if x.shape[0] == 1 else back,)


def _square_to_scalar(shapes: Sequence[Shape], params: Params) -> Shape:
    if shapes[0][0] != shapes[0][1]:
        raise ShapeMismatch(f"trace needs a square matrix, not {shape_text(shapes[0])}")
    return SCALAR


def _static_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    rows, columns = params
    if rows is None or columns is None:
        raise Nonsense("a size is missing")
    return rows, columns


def _softmax_axis(node: Apply) -> int | None:
    """The axis of softmax: all entries of a vector, each row of a matrix."""
    if node.params:
        return node.params[0]
    return None if _is_vector(node.shape) else 1


def _value_axis(x: Array, params: Params) -> tuple[int, ...]:
    if params or _is_vector(x.shape[-2:]):
        return _reduce_axis(params)
    return (-1,)


def _softmax_value(x: Array, *params: int | None) -> Array:
    axis = _value_axis(x, params)
    weights = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return np.asarray(weights / np.sum(weights, axis=axis, keepdims=True))


def _log_softmax_value(x: Array, *params: int | None) -> Array:
    axis = _value_axis(x, params)
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True)))


def _softmax_vjp(g: Expression, node: Apply) -> Adjoints:
    """s ⊙ (g − Σ g ⊙ s): the Jacobian diag(s) − s sᵀ times g."""
    return (mul(node, sub(g, total(mul(g, node), _softmax_axis(node)))),)


def _log_softmax_vjp(g: Expression, node: Apply) -> Adjoints:
    softmax = apply("softmax", *node.args, params=node.params)
    return (sub(g, mul(softmax, total(g, _softmax_axis(node)))),)


def _logsumexp_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    return _reduced(shapes, params) if params else SCALAR


def _logsumexp_value(x: Array, *params: int | None) -> Array:
    axis = _reduce_axis(params)
    top = np.max(x, axis=axis, keepdims=True)
    return np.asarray(top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)))


def _logsumexp_vjp(g: Expression, node: Apply) -> Adjoints:
    (x,) = node.args
    return (mul(g, apply("softmax", x, params=node.params or (None,))),)


def _norm(node: Apply) -> Expression:
    (x,) = node.args
    return apply("sqrt", total(mul(x, x)))


def _trace_value(x: Array) -> Array:
    return np.asarray(np.trace(x, axis1=-2, axis2=-1)[..., None, None])


def _matmul_or_scale(shapes: Sequence[Shape], params: Params) -> Shape:
    """The shape of `np.dot`: a scaling, an inner product of vectors, or else a matrix product."""
    a, b = shapes
    if SCALAR in (a, b):
        return broadcast(a, b)
    if _is_vector(a) and _is_vector(b) and a[1] != b[0]:
        return _inner_shape(shapes, params)
    return _matmul_shape(shapes, params)


def _dot(node: Apply) -> Expression:
    a, b = node.args
    if SCALAR in (a.shape, b.shape):
        return mul(a, b)
    return matmul(a, b) if a.shape[1] == b.shape[0] else _inner(node)


def _axis(params: Params) -> int | None:
    return params[0] if params else None


def _softmax_by_sympy(sp: Any, node: Apply, x: Exact) -> Exact:
    powers = each(sp.exp, x)
    return np.asarray(powers / summed(powers, _softmax_axis(node)), dtype=object)


def _log_softmax_by_sympy(sp: Any, node: Apply, x: Exact) -> Exact:
    total = summed(each(sp.exp, x), _softmax_axis(node))
    return np.asarray(x - each(sp.log, total), dtype=object)


def _logsumexp_by_sympy(sp: Any, node: Apply, x: Exact) -> Exact:
    return each(sp.log, summed(each(sp.exp, x), _axis(node.params)))


def _diag_by_sympy(sp: Any, node: Apply, x: Exact) -> Exact:
    return np.diag(x.ravel()) if _is_vector(x.shape) else np.diagonal(x)[:, None]


def _reduction_in_words(node: Apply) -> str:
    along = {0: "down each column of", 1: "along each row of"}
    return f"{node.function} {along.get(_axis(node.params), 'of all entries of')}"  # type: ignore[arg-type]


def _transpose_in_words(node: Apply) -> str:
    """A transpose with the same place in the text as its argument was added so that the shapes fit."""
    added = node.span is not None and node.span == node.args[0].span
    return "transpose, added so that the shapes fit, of" if added else "transpose of"


def _diag_in_words(node: Apply) -> str:
    return "diagonal matrix of" if _is_vector(node.args[0].shape) else "diagonal of"


def _dot_in_words(node: Apply) -> str:
    left, right = (arg.shape for arg in node.args)
    if SCALAR in (left, right):
        return product_in_words(node)
    return "matrix product" if left[1] == right[0] else "inner product"


def _constant(name: str, value: Callable[[int, int], Array], words: str) -> Primitive:
    """A constant array; `params` are its rows and columns."""
    return Primitive(
        name, _static_shape, lambda m, n: value(m, n)[None], lambda g, node: (),
        sympy=lambda sp, node: np.vectorize(sp.Integer, otypes=[object])(value(*node.shape)),
        arity=(0, 0), exact=True, words=words,
    )  # fmt: skip


register(
    Primitive(
        "matmul", _matmul_shape, _matmul_value, _matmul_vjp, sympy=lambda sp, node, a, b: a @ b,
        arity=(2, 2), linear=True, infix=("matmul", "MatMul"), words="matrix product",
        rule=BackwardRule(
            "matrix product",
            "${A}{B}$ hands ${G}{B}^\\top$ to ${A}$ and ${A}^\\top {G}$ to ${B}$",
        ),
    ),
    Primitive(
        "dot", _matmul_or_scale, expansion=_dot, arity=(2, 2), infix=("dot",), words=_dot_in_words,
        rule=BackwardRule(
            "dot product", "${A} \\cdot {B}$ hands ${G} {B}$ to ${A}$ and ${G} {A}$ to ${B}$"
        ),
    ),
    Primitive(
        "outer", _outer_shape, expansion=_outer, arity=(2, 2), infix=("outer",),
        words="outer product",
        rule=BackwardRule(
            "outer product", "${A} {B}^\\top$ hands ${G} {B}$ to ${A}$ and ${G}^\\top {A}$ to ${B}$"
        ),
    ),
    Primitive(
        "inner", _inner_shape, expansion=_inner, arity=(2, 2), infix=("inner", "vdot"),
        words="inner product",
        rule=BackwardRule(
            "inner product", "${A}^\\top {B}$ hands ${G} {B}$ to ${A}$ and ${G} {A}$ to ${B}$"
        ),
    ),
    Primitive(
        "transpose", lambda shapes, _: (shapes[0][1], shapes[0][0]), _transpose_value,
        lambda g, node: (transpose(g),), sympy=lambda sp, node, x: x.T, linear=True, exact=True,
        infix=("transpose", "Transpose"), words=_transpose_in_words,
        rule=BackwardRule("transpose", "${A}^\\top$ hands on ${G}^\\top$"),
    ),
    Primitive(
        "sum", _reduced, _sum_value, _sum_vjp,
        sympy=lambda sp, node, x: summed(x, _axis(node.params)), linear=True, axis=True,
        infix=("sum",), latex=("sum",), words=_reduction_in_words,
        rule=BackwardRule("sum of entries", "every entry that is summed gets the gradient of its sum"),
    ),
    Primitive(
        "mean", _reduced, expansion=_mean, linear=True, axis=True, infix=("mean", "average"),
        latex=("mean",), words=_reduction_in_words,
        rule=BackwardRule(
            "mean", "every entry gets the gradient of its mean, divided by how many there are"
        ),
    ),
    Primitive(
        "diag", _diag_shape, _diag_value, _diag_vjp, sympy=_diag_by_sympy, exact=True,
        infix=("diag", "Diag", "diagflat"), latex=("diag", "Diag"), words=_diag_in_words,
        rule=BackwardRule("diagonal", "only the diagonal gets a gradient"),
    ),
    Primitive(
        "trace", _square_to_scalar, _trace_value,
        lambda g, node: (mul(g, apply("identity", params=node.args[0].shape)),),
        sympy=lambda sp, node, x: np.full(SCALAR, np.trace(x), dtype=object), linear=True,
        infix=("trace", "tr", "Tr", "Trace"), latex=("tr", "Tr", "trace"), words="trace of",
        rule=BackwardRule("trace", "the gradient of a trace is the identity matrix"),
    ),
    Primitive(
        "norm", lambda *_: SCALAR, expansion=_norm, infix=("norm",), latex=("norm",),
        words="norm of", rule=BackwardRule("norm", "$\\|{A}\\|$ hands on ${G} {A} / \\|{A}\\|$"),
    ),
    Primitive(
        "softmax", same, _softmax_value, _softmax_vjp, sympy=_softmax_by_sympy, axis=True,
        infix=("softmax", "Softmax"), latex=("softmax", "Softmax"),
        formula=r"\frac{e^{u_i}}{\sum_k e^{u_k}}", formula_of="(u)_i",
        rule=BackwardRule(
            "softmax",
            "${A} = \\mathrm{{softmax}}({B})$ hands on ${A} \\odot ({G} - \\sum_k {G}_k {A}_k)$, "
            "since $\\partial {A}_k / \\partial {B}_j = {A}_k (\\delta_{{kj}} - {A}_j)$",
        ),
    ),
    Primitive(
        "log_softmax", same, _log_softmax_value, _log_softmax_vjp, sympy=_log_softmax_by_sympy,
        axis=True, infix=("log_softmax",), latex=("logsoftmax", "LogSoftmax"),
        formula=r"u_i - \log \sum_k e^{u_k}", formula_of="(u)_i",
        rule=BackwardRule(
            "log-softmax",
            "$\\log \\mathrm{{softmax}}({B})$ hands on ${G} - \\mathrm{{softmax}}({B}) \\sum_k {G}_k$",
        ),
    ),
    Primitive(
        "logsumexp", _logsumexp_shape, _logsumexp_value, _logsumexp_vjp, sympy=_logsumexp_by_sympy,
        axis=True, infix=("logsumexp",), latex=("logsumexp", "LSE"),
        formula=r"\log \sum_k e^{u_k}",
        rule=BackwardRule("log-sum-exp", "its derivative is softmax"),
    ),
    _constant("zeros", lambda m, n: np.zeros((m, n)), "array of zeros"),
    _constant("ones", lambda m, n: np.ones((m, n)), "array of ones"),
    _constant("identity", lambda m, n: np.eye(m, n), "identity matrix"),
)  # fmt: skip
