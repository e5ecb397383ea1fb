"""PyTorch's functions and methods, where they are spelt or mean otherwise than NumPy's.

A tensor is an array of double precision: `torch.float32` means double here, as after
`torch.set_default_dtype`, because rounding is no part of a derivation. There is one table of functions
of a tensor; `torch.f(x)` and `x.f()` are the same row.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library import special
from grader.program.library.arrays import view
from grader.program.library.creation import TABLE as CREATION
from grader.program.library.creation import TYPES as NUMPY_TYPES
from grader.program.library.dtypes import Type
from grader.program.library.elementwise import TABLE as ELEMENTWISE
from grader.program.library.elementwise import broadcasts
from grader.program.library.indexing import along, taken
from grader.program.library.linalg import TABLE as LINALG
from grader.program.library.products import TABLE as PRODUCTS
from grader.program.library.rows import (
    Guard,
    Row,
    charge,
    extent,
    inputs,
    nothing,
    plain,
    row,
    shape,
    size,
)
from grader.program.library.shapes import TABLE as SHAPES
from grader.program.library.shapes import joined, lengths, pieces


def _type(name: str, scalar: type, like: str) -> Type:
    return Type(f"torch.{name}", np.dtype(scalar), (), NUMPY_TYPES[f"numpy.{like}"].convert)


TYPES: dict[str, Type] = {
    **{n: _type(n, np.float64, "float64") for n in "float float32 float64 double".split()},
    **{n: _type(n, np.int64, "int64") for n in "long int64".split()},
    **{n: _type(n, np.int32, "int32") for n in "int int32".split()},
    "uint8": _type("uint8", np.uint8, "uint8"),
    "bool": _type("bool", np.bool_, "bool_"),
}


def _values(values: Any) -> tuple[Any, ...]:
    """`2, 3` and `(2, 3)` alike."""
    return tuple(values[0]) if len(values) == 1 and type(values[0]) in (list, tuple) else values


def _several(function: Callable[..., Any], guard: Guard, keyword: str) -> Row:
    """A row that takes several numbers one by one, in a tuple, or by a keyword."""
    made = row(function, guard)

    def call(budget: Budget, input: Any, *values: Any, **kwargs: Any) -> Any:
        if keyword in kwargs:
            values = (kwargs.pop(keyword),)
        return made(budget, input, *_values(values), **kwargs)

    return call


# Elementwise


def _add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return np.add(input, other if alpha == 1 else np.multiply(alpha, other))


def _sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    return np.subtract(input, other if alpha == 1 else np.multiply(alpha, other))


ROUNDED: dict[Any, Callable[..., Any]] = {
    None: np.true_divide,
    "floor": np.floor_divide,
    "trunc": lambda a, b: np.trunc(a / b),
}


def _div(input: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    return ROUNDED[rounding_mode](input, other)


def _clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    return np.clip(input, min, max)


def _masked_fill(input: Any, mask: Any, value: Any) -> Any:
    return np.where(mask, np.asarray(value, np.asarray(input).dtype), input)


def _where(condition: Any, *arrays: Any) -> Any:
    return np.where(condition, *arrays)


def sigmoid(input: Any) -> Any:
    """The logistic function."""
    return special.expit(input)


def relu(input: Any) -> Any:
    """The positive part."""
    return np.maximum(input, 0)


def _softplus(input: Any, beta: Any = 1.0) -> Any:
    return np.logaddexp(0.0, np.multiply(input, beta)) / beta


def _leaky_relu(input: Any, negative_slope: Any = 0.01) -> Any:
    return np.where(np.asarray(input) > 0, input, np.multiply(input, negative_slope))


def _elu(input: Any, alpha: Any = 1.0) -> Any:
    return np.where(np.asarray(input) > 0, input, alpha * np.expm1(np.minimum(input, 0)))


def _gelu(input: Any, approximate: Any = "none") -> Any:
    if approximate == "tanh":
        cubic = np.asarray(input) + 0.044715 * np.power(input, 3)
        return 0.5 * np.asarray(input) * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * cubic))
    return (
        0.5 * np.asarray(input) * (1.0 + special.each(math.erf)(np.asarray(input) / math.sqrt(2)))
    )


def _silu(input: Any) -> Any:
    return np.asarray(input) * special.expit(input)


SAME = """abs absolute negative positive exp exp2 expm1 log log2 log10 log1p sqrt square reciprocal sign
    sin cos tan arcsin arccos arctan asin acos atan sinh cosh tanh arcsinh arccosh arctanh asinh acosh
    atanh floor ceil trunc isnan isinf isfinite signbit logical_not logical_and logical_or logical_xor
    greater greater_equal less less_equal not_equal multiply true_divide floor_divide maximum
    minimum fmax fmin hypot arctan2 atan2 fmod logaddexp heaviside float_power deg2rad rad2deg
    nan_to_num isclose""".split()
RENAMED = {
    "neg": "negative", "gt": "greater", "ge": "greater_equal", "lt": "less", "le": "less_equal",
    "eq": "equal", "ne": "not_equal", "mul": "multiply", "pow": "power", "fix": "trunc",
    "remainder": "remainder", "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or",
    "bitwise_not": "bitwise_not", "sgn": "sign",
}  # fmt: skip


def _other(function: Row) -> Row:
    """A row of NumPy's under PyTorch's names for its arguments."""

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        named = [kwargs.pop(name) for name in ("input", "other", "exponent") if name in kwargs]
        return function(budget, *args, *named, **kwargs)

    return call


ELEMENTS: dict[str, Row] = {
    **{
        name: _other(ELEMENTWISE[f"numpy.{name}"])
        for name in SAME
        if f"numpy.{name}" in ELEMENTWISE
    },
    **{name: _other(ELEMENTWISE[f"numpy.{like}"]) for name, like in RENAMED.items()},
    "add": row(_add, broadcasts),
    "sub": row(_sub, broadcasts),
    "subtract": row(_sub, broadcasts),
    "div": row(_div, broadcasts),
    "divide": row(_div, broadcasts),
    "clamp": row(_clamp, broadcasts),
    "clip": row(_clamp, broadcasts),
    "masked_fill": row(_masked_fill, broadcasts),
    "rsqrt": row(lambda input: 1.0 / np.sqrt(input)),
    "sigmoid": row(sigmoid),
    "relu": row(relu),
    "erf": special.SCIPY["erf"],
    "erfc": special.SCIPY["erfc"],
    "xlogy": special.SCIPY["xlogy"],
    "logit": special.SCIPY["logit"],
    "round": row(lambda input, *, decimals=0: np.round(input, decimals)),
}

# Reductions


def _dims(function: Callable[..., Any]) -> Row:
    """A row of a function of `(input, dim, keepdim)`; NumPy's names for these are understood too."""
    slow = row(function)

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        for theirs, ours in (("axis", "dim"), ("keepdims", "keepdim")):
            if theirs in kwargs:
                kwargs[ours] = kwargs.pop(theirs)
        if "dim" in kwargs and type(kwargs["dim"]) is list:
            kwargs["dim"] = tuple(kwargs["dim"])
        return slow(budget, *args, **kwargs)

    return call


def _reduced(function: Callable[..., Any]) -> Row:
    def call(input: Any, dim: Any = None, keepdim: Any = False, *, dtype: Any = None) -> Any:
        axis = tuple(dim) if type(dim) is list else dim
        kwargs = {} if dtype is None else {"dtype": dtype}
        return function(
            input, axis=axis or None if axis == () else axis, keepdims=keepdim, **kwargs
        )

    return _dims(call)


def _extreme(pick: Any, place: Any, both: Any) -> Row:
    """`x.max()`; `x.max(dim)` with values and places; `torch.max(x, y)`."""

    def call(input: Any, dim: Any = None, keepdim: Any = False, *, other: Any = None) -> Any:
        if other is not None or type(dim) is np.ndarray:
            return both(input, dim if other is None else other)
        if dim is None:
            return pick(input)
        return pick(input, axis=dim, keepdims=keepdim), place(input, axis=dim, keepdims=keepdim)

    return _dims(call)


def _spread(function: Any) -> Row:
    """`var` and `std` divide by n - 1 unless they are asked not to."""

    def call(
        input: Any, dim: Any = None, unbiased: Any = True, keepdim: Any = False,
        *, correction: Any = 1,
    ) -> Any:  # fmt: skip
        if type(dim) is bool:
            dim, unbiased = None, dim
        axis = tuple(dim) if type(dim) is list else dim
        return function(input, axis=axis, ddof=correction if unbiased else 0, keepdims=keepdim)

    return _dims(call)


def _running(function: Any) -> Row:
    return _dims(lambda input, dim: function(input, axis=dim))


def _norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: Any = False) -> Any:
    """The root of the sum of squares, or another p-norm of all entries."""
    axis = tuple(dim) if type(dim) is list else dim
    size = np.abs(np.asarray(input))
    if p in ("fro", 2):
        return np.sqrt(np.sum(size * size, axis=axis, keepdims=keepdim))
    if p == 1:
        return np.sum(size, axis=axis, keepdims=keepdim)
    if p == math.inf:
        return np.max(size, axis=axis, keepdims=keepdim)
    if p == "nuc" or not p > 0:
        raise Refused("a norm of this kind")
    return np.sum(size**p, axis=axis, keepdims=keepdim) ** (1.0 / p)


def _logsumexp(input: Any, dim: Any, keepdim: Any = False) -> Any:
    return special.logsumexp(input, axis=tuple(dim) if type(dim) is list else dim, keepdims=keepdim)


def softmax(input: Any, dim: Any = None, *, dtype: Any = None) -> Any:
    """Exponentials that sum to one along `dim`. Raises Refused if that is not given."""
    return special.softmax(input, axis=_given(dim, input))


def log_softmax(input: Any, dim: Any = None, *, dtype: Any = None) -> Any:
    """The logarithm of `softmax`. Raises Refused if `dim` is not given."""
    return special.log_softmax(input, axis=_given(dim, input))


def _given(dim: Any, input: Any) -> Any:
    if dim is None and np.ndim(input) > 1:
        raise Refused("`softmax` without `dim`")
    return 0 if dim is None else dim


REDUCTIONS: dict[str, Row] = {
    **{
        name: _reduced(getattr(np, name))
        for name in "sum mean prod amax amin all any nansum argmax argmin".split()
    },
    "max": _extreme(np.max, np.argmax, np.maximum),
    "min": _extreme(np.min, np.argmin, np.minimum),
    "var": _spread(np.var),
    "std": _spread(np.std),
    "cumsum": _running(np.cumsum),
    "cumprod": _running(np.cumprod),
    "norm": _dims(_norm),
    "logsumexp": _dims(_logsumexp),
    "softmax": _dims(softmax),
    "log_softmax": _dims(log_softmax),
    "count_nonzero": _dims(lambda input, dim=None: np.count_nonzero(input, axis=dim)),
}

# Products


def _of_axes(function: Row, *axes: int) -> Row:
    """A product that PyTorch defines for these numbers of axes alone."""

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        named = [
            kwargs.pop(name) for name in ("input", "mat2", "other", "vec2", "vec") if name in kwargs
        ]
        arrays = [plain(value) for value in (*args, *named)]
        if tuple([len(shape(array)) for array in arrays]) != axes:
            raise ValueError(f"arrays of {' and '.join(map(str, axes))} axes are expected")
        return function(budget, *arrays, **kwargs)

    return call


def _addmm(
    budget: Budget, input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1
) -> Any:
    times, plus = ELEMENTWISE["numpy.multiply"], ELEMENTWISE["numpy.add"]
    product = PRODUCTS["numpy.matmul"](budget, mat1, mat2)
    return plus(budget, times(budget, beta, input), times(budget, alpha, product))


def _tensordot(budget: Budget, a: Any, b: Any, dims: Any = 2) -> Any:
    return PRODUCTS["numpy.tensordot"](budget, a, b, dims)


def _einsum(budget: Budget, equation: Any, *operands: Any) -> Any:
    return PRODUCTS["numpy.einsum"](budget, equation, *_values(operands))


_MATMUL = PRODUCTS["numpy.matmul"]
MULTIPLIED: dict[str, Row] = {
    "matmul": _other(_MATMUL),
    "mm": _of_axes(_MATMUL, 2, 2),
    "bmm": _of_axes(_MATMUL, 3, 3),
    "mv": _of_axes(_MATMUL, 2, 1),
    "dot": _of_axes(PRODUCTS["numpy.dot"], 1, 1),
    "vdot": _of_axes(PRODUCTS["numpy.dot"], 1, 1),
    "outer": _of_axes(PRODUCTS["numpy.outer"], 1, 1),
    "ger": _of_axes(PRODUCTS["numpy.outer"], 1, 1),
    "inner": _other(PRODUCTS["numpy.inner"]),
    "kron": _other(PRODUCTS["numpy.kron"]),
    "trace": _other(PRODUCTS["numpy.trace"]),
    "addmm": _addmm,
    "inverse": LINALG["numpy.linalg.inv"],
    "det": LINALG["numpy.linalg.det"],
    "matrix_power": LINALG["numpy.linalg.matrix_power"],
}

# Shapes


def _t(input: Any) -> Any:
    if np.ndim(input) > 2:
        raise ValueError("t() of an array with more than two axes")
    return np.transpose(input)


def _transpose(input: Any, dim0: Any, dim1: Any) -> Any:
    """Two axes change places; in NumPy the numbers are the order of all axes."""
    return np.swapaxes(input, dim0, dim1)


def _permute(input: Any, *dims: Any) -> Any:
    return np.transpose(input, dims)


def _squeeze(input: Any, dim: Any = None) -> Any:
    """An axis that is not of length one stays, where NumPy raises."""
    if dim is None:
        return np.squeeze(input)
    axes = dim if type(dim) is tuple else (dim,)
    return np.squeeze(input, axis=tuple([axis for axis in axes if np.shape(input)[axis] == 1]))


def _unsqueeze(input: Any, dim: Any) -> Any:
    return np.expand_dims(input, dim)


def _flatten(input: Any, start_dim: Any = 0, end_dim: Any = -1) -> Any:
    lengths = np.shape(input) or (1,)
    start, end = start_dim % len(lengths), end_dim % len(lengths)
    return np.reshape(
        input, (*lengths[:start], math.prod(lengths[start : end + 1]), *lengths[end + 1 :])
    )


def _expanded(budget: Budget, input: Any, *sizes: Any) -> None:
    charge(budget, extent(_expansion(input, sizes)))


def _expansion(input: Any, sizes: Any) -> tuple[int, ...]:
    """The wanted shape; -1 keeps a length."""
    known = (*[1] * (len(sizes) - np.ndim(input)), *np.shape(input))
    return tuple([old if new == -1 else int(new) for old, new in zip(known, sizes, strict=True)])


def _expand(input: Any, *sizes: Any) -> Any:
    return np.broadcast_to(input, _expansion(input, sizes))


def _repeated(budget: Budget, input: Any, *repeats: Any) -> None:
    charge(budget, size(input) * extent(repeats))


def _repeat(input: Any, *repeats: Any) -> Any:
    """Copies beside one another, which NumPy calls `tile`."""
    return np.tile(input, repeats)


def _interleaved(budget: Budget, input: Any, repeats: Any, dim: Any = None) -> None:
    each = repeats if np.ndim(repeats) == 0 else np.max(repeats, initial=1)
    charge(budget, size(input) * max(1, int(each)))


def _cat(tensors: Any, dim: Any = 0, *, axis: Any = None) -> Any:
    return np.concatenate(tensors, axis=dim if axis is None else axis)


def _stack(tensors: Any, dim: Any = 0) -> Any:
    return np.stack(tensors, axis=dim)


def _split(input: Any, split_size_or_sections: Any, dim: Any = 0) -> tuple[Any, ...]:
    """Parts of a size, not a number of parts as in NumPy."""
    length = np.shape(input)[dim]
    given = split_size_or_sections
    if type(given) in (list, tuple):
        if sum(given) != length:
            raise ValueError("the parts do not have the length of the axis together")
        return tuple(np.split(input, np.cumsum(given)[:-1].tolist(), axis=dim))
    return tuple(np.split(input, list(range(given, length, given)), axis=dim))


def _chunk(input: Any, chunks: Any, dim: Any = 0) -> tuple[Any, ...]:
    return _split(input, -(-np.shape(input)[dim] // chunks), dim)


def _parts(budget: Budget, input: Any, *_: Any, **__: Any) -> None:
    """Nothing is split into more parts than its longest axis has entries."""
    pieces(budget, max(shape(input), default=0))


def _unbind(input: Any, dim: Any = 0) -> tuple[Any, ...]:
    return tuple(np.moveaxis(input, dim, 0))


def _flip(input: Any, *dims: Any) -> Any:
    return np.flip(input, axis=dims)


def _roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    return np.roll(input, shifts, axis=dims)


ARRANGED: dict[str, Row] = {
    "t": row(_t),
    "transpose": row(_transpose),
    "swapaxes": row(_transpose),
    "swapdims": row(_transpose),
    "permute": _several(_permute, nothing, "dims"),
    "unsqueeze": row(_unsqueeze),
    "squeeze": row(_squeeze),
    "reshape": _several(lambda input, *shape: np.reshape(input, shape), inputs, "shape"),
    "flatten": row(_flatten),
    "ravel": row(np.ravel),
    "tile": _several(_repeat, _repeated, "dims"),
    "repeat_interleave": row(
        lambda input, repeats, dim=None: np.repeat(input, repeats, axis=dim), _interleaved
    ),
    "split": row(_split, _parts),
    "chunk": row(_chunk, _parts),
    "unbind": row(_unbind, _parts),
    "flip": _several(_flip, nothing, "dims"),
    "roll": row(_roll),
    "movedim": row(np.moveaxis),
    "moveaxis": row(np.moveaxis),
    "broadcast_to": SHAPES["numpy.broadcast_to"],
    "diag": CREATION["numpy.diag"],
    "diagonal": SHAPES["numpy.diagonal"],
    "tril": row(lambda input, diagonal=0: np.tril(input, diagonal)),
    "triu": row(lambda input, diagonal=0: np.triu(input, diagonal)),
    "clone": row(lambda input: np.array(input)),
    "numel": row(lambda input: int(np.size(input))),
    "sort": _dims(lambda input, dim=-1, descending=False: _sorted(input, dim, descending)),
    "argsort": _dims(lambda input, dim=-1, descending=False: _sorted(input, dim, descending)[1]),
}


def _sorted(input: Any, dim: Any, descending: Any) -> tuple[Any, Any]:
    order = np.argsort(np.negative(input) if descending else input, axis=dim, kind="stable")
    return np.take_along_axis(np.asarray(input), order, axis=dim), order


# Choosing entries


def _gather(input: Any, dim: Any, index: Any) -> Any:
    return np.take_along_axis(input, index, axis=dim)


def _select(input: Any, dim: Any, index: Any) -> Any:
    return np.take(input, index, axis=dim)


def _masked_select(input: Any, mask: Any) -> Any:
    if np.asarray(mask).dtype != bool:
        raise TypeError("a mask of truth values is expected")
    return np.asarray(input)[mask]


CHOSEN: dict[str, Row] = {
    "gather": row(_gather, lambda budget, input, dim, index: along(budget, input, index)),
    "index_select": row(
        _select, lambda budget, input, dim, index: taken(budget, input, index, dim)
    ),
    "masked_select": row(_masked_select, broadcasts),
    "nonzero": row(np.argwhere, lambda budget, a: charge(budget, size(a) * max(1, np.ndim(a)))),
}
TENSOR: dict[str, Row] = {**ELEMENTS, **REDUCTIONS, **MULTIPLIED, **ARRANGED, **CHOSEN}

# What changes a tensor in place


def _into(function: Callable[..., Any]) -> Row:
    """`x.add_(y)`: the result of a function put into its first argument."""

    def call(array: Any, *args: Any, **kwargs: Any) -> Any:
        array[...] = function(array, *args, **kwargs)
        return array

    return row(call, broadcasts)


def _indexed(budget: Budget, array: Any, dim: Any, index: Any, source: Any, **_: Any) -> None:
    taken(budget, array, index, dim)
    charge(budget, size(source))


def _index_add(array: Any, dim: Any, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    np.add.at(np.moveaxis(array, dim, 0), index, np.moveaxis(np.multiply(source, alpha), dim, 0))
    return array


def _index_copy(array: Any, dim: Any, index: Any, source: Any) -> Any:
    np.moveaxis(array, dim, 0)[index] = np.moveaxis(np.asarray(source), dim, 0)
    return array


def _places(array: Any, dim: Any, index: Any) -> tuple[Any, ...]:
    """The index of the entries that `scatter_` means."""
    grid = list(np.indices(np.shape(index), sparse=True))
    grid[dim] = index
    return tuple(grid)


def _scatter(array: Any, dim: Any, index: Any, src: Any = None, *, value: Any = None) -> Any:
    given = value if src is None else src
    array[_places(array, dim, index)] = _cut(given, index)
    return array


def _scatter_add(array: Any, dim: Any, index: Any, src: Any) -> Any:
    np.add.at(array, _places(array, dim, index), _cut(src, index))
    return array


def _cut(values: Any, index: Any) -> Any:
    """The part of the values that has the shape of the index."""
    if np.ndim(values) == 0:
        return values
    return values[tuple([slice(length) for length in np.shape(index)])]


CHANGED: dict[str, Row] = {
    "add_": _into(_add), "sub_": _into(_sub), "mul_": _into(np.multiply), "div_": _into(_div),
    "pow_": _into(np.power), "neg_": _into(np.negative), "exp_": _into(np.exp),
    "sqrt_": _into(np.sqrt), "clamp_": _into(_clamp), "relu_": _into(relu),
    "zero_": _into(np.zeros_like), "fill_": _into(lambda array, value: value),
    "copy_": _into(lambda array, src: src), "masked_fill_": _into(_masked_fill),
    "sigmoid_": _into(sigmoid), "tanh_": _into(np.tanh),
    "index_add_": row(_index_add, _indexed), "index_copy_": row(_index_copy, _indexed),
    "scatter_": row(_scatter), "scatter_add_": row(_scatter_add),
}  # fmt: skip

# Conversions


def _same(array: Any, *_: Any, **__: Any) -> Any:
    return array


def _to(array: Any, *args: Any, dtype: Any = None, **_: Any) -> Any:
    """`x.to(torch.long)`, `x.to(y)`, `x.to(device)`."""
    for value in args:
        if isinstance(value, np.dtype):
            dtype = value
        elif type(value) is np.ndarray:
            dtype = value.dtype
    return np.asarray(array) if dtype is None else np.asarray(array).astype(dtype, copy=False)


def _cast(name: str) -> Row:
    return row(lambda array: np.asarray(array).astype(TYPES[name].dtype, copy=False))


def _size(array: Any, dim: Any = None) -> Any:
    return np.shape(array) if dim is None else np.shape(array)[dim]


def _new(budget: Budget, array: Any, *size: Any, **_: Any) -> None:
    charge(budget, extent(lengths(size)))


def _no_derivation(*args: Any, **kwargs: Any) -> Any:
    raise Refused("automatic differentiation is no derivation")


ONLY_METHODS: dict[str, Row] = {
    **{name: row(_same) for name in "detach contiguous cpu cuda numpy requires_grad_ detach_".split()},
    "retain_grad": row(lambda array: None),
    **{name: _cast(name) for name in "float double long int bool".split()},
    "to": row(_to),
    "type": row(_to),
    "type_as": row(_to),
    "item": row(lambda array: np.asarray(array).item()),
    "size": row(_size),
    "dim": row(lambda array: int(np.ndim(array))),
    "ndimension": row(lambda array: int(np.ndim(array))),
    "nelement": TENSOR["numel"],
    "view": _several(view, nothing, "size"),
    "view_as": row(lambda array, other: view(array, np.shape(other))),
    "reshape_as": row(lambda array, other: np.reshape(array, np.shape(other))),
    "expand": _several(_expand, _expanded, "size"),
    "expand_as": row(
        lambda array, other: np.broadcast_to(array, np.shape(other)),
        lambda budget, array, other: charge(budget, extent(shape(other))),
    ),
    "repeat": _several(_repeat, _repeated, "repeats"),
    "new_zeros": _several(lambda array, *size, **_: np.zeros(size, array.dtype), _new, "size"),
    "new_ones": _several(lambda array, *size, **_: np.ones(size, array.dtype), _new, "size"),
    "index_add": row(lambda array, *args, **kwargs: _index_add(np.array(array), *args, **kwargs), _indexed),
    "scatter": row(lambda array, *args, **kwargs: _scatter(np.array(array), *args, **kwargs)),
    "scatter_add": row(lambda array, *args: _scatter_add(np.array(array), *args)),
    "backward": _no_derivation,
}  # fmt: skip
METHODS: dict[str, Row] = {**TENSOR, **CHANGED, **ONLY_METHODS}

# Functions that no tensor has as a method


def _made(function: Callable[..., Any]) -> Row:
    """`torch.zeros(2, 3)` and `torch.zeros((2, 3))`, of double precision."""

    def guard(budget: Budget, *size: Any, **_: Any) -> None:
        charge(budget, extent(lengths(_values(size))))

    def call(*size: Any, dtype: Any = None, requires_grad: Any = False, device: Any = None) -> Any:
        return function(_values(size), dtype=dtype or np.float64)

    return row(call, guard)


def _tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: Any = False) -> Any:
    """A new array. Whole numbers stay whole."""
    return np.array(data, dtype=dtype)


def _as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Any:
    return np.asarray(data, dtype=dtype)


def _without_device(function: Row) -> Row:
    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        for name in ("device", "requires_grad"):
            kwargs.pop(name, None)
        return function(budget, *args, **kwargs)

    return call


def _full(budget: Budget, size: Any, fill_value: Any, **kwargs: Any) -> Any:
    return CREATION["numpy.full"](budget, size, fill_value, **kwargs)


def _arange(budget: Budget, *args: Any, end: Any = None, **kwargs: Any) -> Any:
    named = {} if end is None else {"stop": end}
    return CREATION["numpy.arange"](budget, *args, **named, **kwargs)


def _linspace(budget: Budget, start: Any, end: Any, steps: Any, **kwargs: Any) -> Any:
    return CREATION["numpy.linspace"](budget, start, end, steps, **kwargs)


def _cross_product(input: Any, other: Any, dim: Any = -1) -> Any:
    return np.cross(input, other, axis=dim)


ONLY_FUNCTIONS: dict[str, Row] = {
    "zeros": _made(np.zeros),
    "ones": _made(np.ones),
    "empty": _made(lambda size, dtype: np.full(size, np.nan if dtype == np.float64 else -1, dtype)),
    "full": _without_device(_full),
    **{
        name: _without_device(_other(CREATION[f"numpy.{name}"]))
        for name in "zeros_like ones_like empty_like full_like eye".split()
    },
    "arange": _without_device(_arange),
    "linspace": _without_device(_linspace),
    "tensor": row(_tensor),
    "as_tensor": row(_as_tensor),
    "from_numpy": row(_same),
    "where": ELEMENTWISE["numpy.where"],
    "cat": row(_cat, joined),
    "concat": row(_cat, joined),
    "concatenate": row(_cat, joined),
    "stack": row(_stack, joined),
    "hstack": SHAPES["numpy.hstack"],
    "vstack": SHAPES["numpy.vstack"],
    "einsum": _einsum,
    "tensordot": _tensordot,
    "cross": row(_cross_product),
    "allclose": _other(ELEMENTWISE["numpy.allclose"]),
    "equal": _other(ELEMENTWISE["numpy.array_equal"]),
    "linalg.norm": LINALG["numpy.linalg.norm"],
    "linalg.inv": LINALG["numpy.linalg.inv"],
    "linalg.det": LINALG["numpy.linalg.det"],
    "linalg.solve": LINALG["numpy.linalg.solve"],
    "linalg.slogdet": LINALG["numpy.linalg.slogdet"],
    "autograd.grad": _no_derivation,
}

# torch.nn.functional


def _one_hot(tensor: Any, num_classes: Any = -1) -> Any:
    return np.equal.outer(tensor, np.arange(_classes(tensor, num_classes))).astype(np.int64)


def _classes(labels: Any, wanted: Any) -> int:
    return int(np.max(labels)) + 1 if wanted == -1 else int(wanted)


def _one_hot_size(budget: Budget, tensor: Any, num_classes: Any = -1) -> None:
    charge(budget, size(tensor) * max(1, _classes(tensor, num_classes)))


def _linear(budget: Budget, input: Any, weight: Any, bias: Any = None) -> Any:
    product = _MATMUL(budget, input, SHAPES["numpy.transpose"](budget, weight))
    return product if bias is None else ELEMENTWISE["numpy.add"](budget, product, bias)


REDUCTION: dict[str, Callable[..., Any]] = {
    "mean": np.mean,
    "sum": np.sum,
    "none": lambda loss: loss,
}


def _mse_loss(input: Any, target: Any, *, reduction: Any = "mean") -> Any:
    return REDUCTION[reduction](np.square(np.subtract(input, target)))


def _l1_loss(input: Any, target: Any, *, reduction: Any = "mean") -> Any:
    return REDUCTION[reduction](np.abs(np.subtract(input, target)))


def _nll_loss(input: Any, target: Any, *, reduction: Any = "mean") -> Any:
    """Classes stand in the second axis; a vector is one example."""
    rows, labels = np.atleast_2d(input), np.atleast_1d(target)
    if rows.ndim > 2 or labels.dtype.kind not in "iu":
        raise Refused("`nll_loss` of more than rows and labels")
    losses = -rows[np.arange(len(labels)), labels]
    return REDUCTION[reduction](losses if np.ndim(input) > 1 else losses[0])


def _cross_entropy(input: Any, target: Any, *, reduction: Any = "mean") -> Any:
    """Of scores: labels are whole numbers, probabilities have the shape of the scores."""
    axis = min(1, np.ndim(input) - 1)
    low = special.log_softmax(input, axis=axis)
    if np.shape(target) != np.shape(input):
        return _nll_loss(low, target, reduction=reduction)
    losses = -np.sum(target * low, axis=axis)
    return REDUCTION[reduction](losses)


def _binary(input: Any, target: Any, *, reduction: Any = "mean") -> Any:
    """The logarithms are no less than -100, as PyTorch has it."""
    target = np.asarray(target)
    yes, no = np.maximum(np.log(input), -100), np.maximum(np.log1p(np.negative(input)), -100)
    return REDUCTION[reduction](-(target * yes + (1 - target) * no))


def _binary_scores(input: Any, target: Any, *, reduction: Any = "mean") -> Any:
    return REDUCTION[reduction](np.logaddexp(0.0, input) - np.multiply(input, target))


def _scaled(budget: Budget, input: Any, normalized_shape: Any, *args: Any, **kwargs: Any) -> None:
    broadcasts(budget, input, *args, **kwargs)


def _normalised(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5
) -> Any:
    axes = tuple(range(-len(lengths(normalized_shape)), 0))
    mean, var = np.mean(input, axes, keepdims=True), np.var(input, axes, keepdims=True)
    result = (input - mean) / np.sqrt(var + eps)
    result = result if weight is None else result * weight
    return result if bias is None else result + bias


FUNCTIONAL: dict[str, Row] = {
    "relu": TENSOR["relu"],
    "sigmoid": TENSOR["sigmoid"],
    "tanh": TENSOR["tanh"],
    "softmax": TENSOR["softmax"],
    "log_softmax": TENSOR["log_softmax"],
    "softplus": row(_softplus),
    "leaky_relu": row(_leaky_relu),
    "elu": row(_elu),
    "gelu": row(_gelu),
    "silu": row(_silu),
    "logsigmoid": row(lambda input: -np.logaddexp(0.0, np.negative(input))),
    "one_hot": row(_one_hot, _one_hot_size),
    "linear": _linear,
    "mse_loss": row(_mse_loss, broadcasts),
    "l1_loss": row(_l1_loss, broadcasts),
    "nll_loss": row(_nll_loss),
    "cross_entropy": row(_cross_entropy),
    "binary_cross_entropy": row(_binary, broadcasts),
    "binary_cross_entropy_with_logits": row(_binary_scores, broadcasts),
    "layer_norm": row(_normalised, _scaled),
}

TABLE: dict[str, Row] = {
    **{f"torch.{name}": function for name, function in {**TENSOR, **ONLY_FUNCTIONS}.items()},
    **{f"torch.{name}": kind for name, kind in TYPES.items()},
    **{f"torch.nn.functional.{name}": function for name, function in FUNCTIONAL.items()},
}
