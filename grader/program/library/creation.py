"""Functions that make arrays, of a shape or of numbers."""

import math
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.library.dtypes import Type
from grader.program.library.rows import Row, charge, extent, row, rows, shape, size
from grader.program.library.shapes import lengths


def _of_shape(budget: Budget, shape: Any, *_: Any, **__: Any) -> None:
    charge(budget, extent(lengths(shape)))


def _like(
    budget: Budget,
    array: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: Any = True,
    shape: Any = None,
    **_: Any,
) -> None:
    charge(budget, size(array) if shape is None else extent(lengths(shape)))


def _filled_like(budget: Budget, array: Any, fill_value: Any, *args: Any, **kwargs: Any) -> None:
    _like(budget, array, *args, **kwargs)
    charge(budget, size(fill_value))


def _filled(budget: Budget, shape: Any, fill_value: Any, *_: Any, **__: Any) -> None:
    charge(budget, max(extent(lengths(shape)), size(fill_value)))


def _square(budget: Budget, N: Any, M: Any = None, *_: Any, **__: Any) -> None:
    charge(budget, max(1, int(N)) * max(1, int(N if M is None else M)))


def _diagonal(budget: Budget, v: Any, k: Any = 0) -> None:
    long = size(v) + abs(int(k))
    charge(budget, size(v) if np.ndim(v) > 1 else long * long)


def _flat_diagonal(budget: Budget, v: Any, k: Any = 0) -> None:
    charge(budget, (size(v) + abs(int(k))) ** 2)


def _range(budget: Budget, *args: Any, **kwargs: Any) -> None:
    """The numbers of `arange(start, stop, step)` before they are made."""
    ends = [float(value) for value in args[:3] if not isinstance(value, np.dtype)]
    start, stop, step = kwargs.get("start"), kwargs.get("stop"), kwargs.get("step")
    begin = float(start if start is not None else ends[0] if len(ends) > 1 else 0)
    end = float(stop if stop is not None else ends[1] if len(ends) > 1 else (ends or [0.0])[0])
    by = float(step if step is not None else ends[2] if len(ends) > 2 else 1)
    count = (end - begin) / by if by else 0.0
    charge(budget, max(0, math.ceil(count) if math.isfinite(count) else 1 << 62))


def _spaced(
    budget: Budget,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    **_: Any,
) -> None:
    ends = extent(np.broadcast_shapes(shape(start), shape(stop), shape(base)))
    charge(budget, max(1, int(num)) * ends)


def unset(function: Any, guard: Any) -> Row:
    """`np.empty`: entries that were never set have no value, so they are NaN here."""
    made = row(function, guard)

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        array = made(budget, *args, **kwargs)
        array.fill(np.nan if array.dtype.kind == "f" else np.iinfo(array.dtype).min
                   if array.dtype.kind in "iu" else True)  # fmt: skip
        return array

    return call


def _vandermonde(budget: Budget, x: Any, N: Any = None, *_: Any, **__: Any) -> None:
    charge(budget, size(x) * max(1, int(size(x) if N is None else N)))


def _type(name: str) -> Type:
    scalar = getattr(np, name)
    return Type(f"numpy.{name}", np.dtype(scalar), (scalar,), row(scalar))


NAMES = """float64 float32 float16 double single half int64 int32 int16 int8 intp int_ uint8 uint16
    uint32 uint64 bool_""".split()
TYPES: dict[str, Type] = {f"numpy.{name}": _type(name) for name in NAMES}
TYPES["numpy.bool"] = TYPES["numpy.bool_"]
ABSTRACT = {
    "numpy.ndarray": Type("numpy.ndarray", None, (np.ndarray,)),
    "numpy.generic": Type("numpy.generic", None, (np.generic,)),
    "numpy.number": Type("numpy.number", None, (np.number,)),
    "numpy.integer": Type("numpy.integer", None, (np.integer,)),
    "numpy.floating": Type("numpy.floating", None, (np.floating,)),
}

TABLE: dict[str, Row] = {
    **rows(np, "zeros ones", _of_shape),
    **rows(np, "zeros_like ones_like", _like),
    "numpy.full_like": row(np.full_like, _filled_like),
    "numpy.full": row(np.full, _filled),
    "numpy.empty": unset(np.empty, _of_shape),
    "numpy.empty_like": unset(np.empty_like, _like),
    **rows(np, "eye identity tri", _square),
    "numpy.diag": row(np.diag, _diagonal),
    "numpy.diagflat": row(np.diagflat, _flat_diagonal),
    "numpy.arange": row(np.arange, _range),
    **rows(np, "linspace logspace geomspace", _spaced),
    "numpy.vander": row(np.vander, _vandermonde),
    **rows(np, "array asarray asanyarray ascontiguousarray asfortranarray copy asarray_chkfinite"),
    **TYPES,
}
