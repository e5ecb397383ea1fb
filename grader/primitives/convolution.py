"""Convolution of vectors: the convolutional layer (a cross-correlation), and its adjoints.

With yᵢ = Σₖ wₖ xᵢ₊ₖ₋₁ the adjoint of x is the full convolution of ȳ and w, and the adjoint of w the
correlation of x and ȳ (V. Dumoulin & F. Visin, "A guide to convolution arithmetic for deep learning",
2016, chapter 4). Names and defaults are NumPy's: `correlate` is "valid", `convolve` is "full".
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.errors import ShapeMismatch
from grader.expression import Apply, Expression, Shape, shape_text
from grader.primitives.build import transpose
from grader.primitives.registry import Array, BackwardRule, Params, Primitive, apply, register, same
from grader.primitives.symbolic import Exact

Adjoints = tuple[Expression | None, ...]


def _lengths(shapes: Sequence[Shape], what: str) -> tuple[int, int]:
    for shape in shapes:
        if 1 not in shape:
            raise ShapeMismatch(f"{what} needs vectors, not a {shape_text(shape)} matrix")
    return max(shapes[0]), max(shapes[1])


def _oriented(like: Shape, size: int) -> Shape:
    """The shape of a vector with the orientation of another; a column if that is a scalar."""
    return (1, size) if like[1] > 1 else (size, 1)


def _correlate_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    size, kernel = _lengths(shapes, "correlate")
    if kernel > size:
        raise ShapeMismatch(
            f"correlate slides the second vector along the first, but {kernel} entries do not fit "
            f"into {size}"
        )
    return _oriented(shapes[0], size - kernel + 1)


def _convolve_shape(shapes: Sequence[Shape], params: Params) -> Shape:
    first, second = _lengths(shapes, "convolve")
    return _oriented(shapes[0], first + second - 1)


def _flat(x: Array) -> Array:
    return x.reshape(*x.shape[:-2], -1)


def _correlate_value(x: Array, w: Array) -> Array:
    kernel = _flat(w)
    windows = np.lib.stride_tricks.sliding_window_view(_flat(x), kernel.shape[-1], axis=-1)
    value = (windows * kernel[..., None, :]).sum(axis=-1)
    return np.asarray(value[..., None, :] if x.shape[-1] > 1 else value[..., None])


def _convolve_value(a: Array, b: Array) -> Array:
    """The correlation of a, padded with zeros on both sides, with b reversed."""
    pad = _flat(b).shape[-1] - 1
    flat = np.pad(_flat(a), [(0, 0)] * (a.ndim - 2) + [(pad, pad)])
    is_row = a.shape[-1] > 1
    return _correlate_value(flat[..., None, :] if is_row else flat[..., None], _flip(b))


def _flip(x: Array) -> Array:
    return x[..., ::-1, ::-1]


def _correlate_by_sympy(sp: Any, node: Apply, x: Exact, w: Exact) -> Exact:
    flat, kernel = x.ravel(), w.ravel()
    count = len(flat) - len(kernel) + 1
    entries = [np.sum(flat[at : at + len(kernel)] * kernel) for at in range(count)]
    return np.array(entries, dtype=object).reshape(node.shape)


def _convolve_by_sympy(sp: Any, node: Apply, a: Exact, b: Exact) -> Exact:
    whole = np.zeros(a.size + b.size - 1, dtype=object)
    for at, factor in enumerate(a.ravel()):
        whole[at : at + b.size] += factor * b.ravel()
    return whole.reshape(node.shape)


def _like(adjoint: Expression, arg: Expression) -> Expression:
    return adjoint if adjoint.shape == arg.shape else transpose(adjoint)


def _correlate_vjp(g: Expression, node: Apply) -> Adjoints:
    x, w = node.args
    return _like(apply("convolve", g, w), x), _like(apply("correlate", x, g), w)


def _convolve_vjp(g: Expression, node: Apply) -> Adjoints:
    a, b = node.args
    return _like(apply("correlate", g, b), a), _like(apply("correlate", g, a), b)


def _vector(shapes: Sequence[Shape], params: Params) -> Shape:
    _lengths([shapes[0], shapes[0]], "flip")
    return same(shapes, params)


register(
    Primitive(
        "correlate", _correlate_shape, _correlate_value, _correlate_vjp, sympy=_correlate_by_sympy,
        arity=(2, 2), infix=("correlate",), latex=("correlate",),
        formula=r"\sum_k w_k x_{i+k-1}", formula_of="(x, w)_i",
        rule=BackwardRule(
            "correlation",
            "$\\sum_k {B}_k {A}_{{i+k-1}}$ hands convolve$({G}, {B})$ to ${A}$ "
            "and correlate$({A}, {G})$ to ${B}$",
        ),
    ),
    Primitive(
        "convolve", _convolve_shape, _convolve_value, _convolve_vjp, sympy=_convolve_by_sympy,
        arity=(2, 2), infix=("convolve",), latex=("convolve",),
        rule=BackwardRule("convolution", "it hands on the correlation of ${G}$ with the other factor"),
    ),
    Primitive(
        "flip", _vector, _flip, lambda g, node: (apply("flip", g),),
        sympy=lambda sp, node, x: _flip(x), linear=True, exact=True, infix=("flip",), latex=("flip",),
        rule=BackwardRule("flip", "it hands on the gradient, flipped back"),
    ),
)  # fmt: skip
