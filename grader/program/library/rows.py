"""What a row of the tables is: NumPy's own function, behind a check of what goes in and comes out.

A row is called as `row(budget, *arguments, **keywords)`. Its arguments are values of a program. NumPy
gets numbers, arrays of numbers, types of a closed set, words of a closed set, and lists of these. The
memory of a result is counted before NumPy runs. What NumPy raises goes to the caller as it is.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from grader.program.budget import ARRAY, ITEMS, Budget
from grader.program.errors import Origin, Refused
from grader.program.library.dtypes import Type, unwrapped
from grader.program.values import Named, Unknown

Row = Callable[..., Any]
Guard = Callable[..., None]

SMALL = 1 << 14  # products of sizes up to this need no look at the shapes
WORK = 100_000_000  # multiplications of one call
DEPTH = 16
LONGEST = 1 << 63  # of a whole number; NumPy would go on with Python's own numbers

WORDS = frozenset(
    """C F A K fro nuc constant edge reflect symmetric wrap maximum minimum mean valid same full ij xy
    left right safe same_kind no equiv unsafe stable quicksort mergesort heapsort clip raise greedy trunc
    floor
    linear lower higher midpoint nearest float float16 float32 float64 double single int int8 int16
    int32 int64 uint8 uint16 uint32 uint64 bool sum none batchmean cpu tanh
    relu sigmoid""".split()
)
WORDS_OF_KINDS = {
    "dict": "a dictionary", "set": "a set", "slice": "a slice", "Function": "a function",
    "Builtin": "a function", "Instance": "an object", "Module": "a module", "Class": "a class",
    "Named": "a container of which only the names are known",
}  # fmt: skip
KEYWORDS = frozenset(
    """a a_max a_min array arr1 arr2 axis axes axisa axisb axisc axis1 axis2 assume_unique atol
    arr arrays arys array1 array2 b base bias bins casting choicelist condition condlist
    constant_values copy correction d ddof decimals default destination diagonal dtype edge_order
    endpoint equal_nan fill_value h hermitian id indexing indices_or_sections initial ind inplace
    integer int invert k keepdims kind kth m M M1 mask max min minlength mode N n nan neginf newshape
    ndmin num offset obj optimize ord order out p pad_width posinf prepend append q rcond
    return_counts return_index return_inverse reps repeats retstep rowvar rtol return_sign
    shape shift side size sorted sorter source src start stop step stable tol tup v val values vals v1
    weights where wrap x x1 x2 xi xp y z shapes num_rows index method interpolation dst
    compute_uv UPLO full_matrices sparse dA cache dout activation Z A W A_prev dZ tensor1 tensor2
    dim dim0 dim1 keepdim input other alpha beta rounding_mode unbiased dims shifts sections src index
    split_size_or_sections chunks tensors start_dim end_dim descending approximate negative_slope
    num_classes reduction normalized_shape weight eps device requires_grad data memory_format sizes
    value mask equation operands tensor target largest inplace non_blocking""".split()
)


def extent(shape: Iterable[int]) -> int:
    """The number of entries of a shape, empty axes counted as one: sums over them have as many."""
    size = 1
    for length in shape:
        size *= max(1, length)
    return size


def charge(budget: Budget, size: int, work: int = 0) -> None:
    """Count a result of `size` numbers, and the multiplications it takes. Raises Refused."""
    budget.array(size)
    if size > SMALL or work > SMALL:
        if work > WORK:
            raise Refused("a calculation that takes too long")
        budget.check_clock()


def plain(value: Any) -> Any:
    """A value that NumPy may have. Raises Refused for all others."""
    kind = type(value)
    if kind is np.ndarray:
        if not value.size and extent(value.shape) > ARRAY:
            raise Refused("an array of too many rows or columns")
        return value
    if kind is float or kind is bool or value is None:
        return value
    if kind is int:
        if -LONGEST <= value < LONGEST:
            return value
        raise Refused("a whole number of more than 64 bits")
    if kind is list or kind is tuple:
        entries(value)
        return value
    if isinstance(unwrapped(value), Type):
        return _dtype(unwrapped(value))
    if kind is str and value in WORDS:
        return value
    if kind is range:
        return listed(value)
    if isinstance(value, np.generic) and value.dtype.kind in "biuf":
        return value
    if kind is Unknown:
        raise value.refused()
    origin = Origin.OUTSIDE if kind is Named else Origin.INSIDE
    raise Refused(f"{described(value)} where a number or an array is expected").of(origin)


def _dtype(value: Type) -> Any:
    if value.dtype is None:
        raise Refused(f"`{value.name}` where a number or an array is expected")
    return value.dtype


def listed(values: range) -> list[int]:
    """The numbers of a range. Raises Refused if there are too many."""
    if len(values) > ITEMS:
        raise Refused(f"a list of more than {ITEMS:,} items")
    for end in values[:1], values[-1:]:
        for number in end:
            plain(number)
    return list(values)


def entries(values: Iterable[Any]) -> int:
    """How many numbers stand in nested lists. Raises Refused for lists that are too long.

    A list may hold itself, or another one many times.
    """
    left = [ITEMS, ARRAY]
    _count(values, left, DEPTH)
    return ARRAY - left[1]


def _count(values: Iterable[Any], left: list[int], depth: int) -> None:
    for value in values:
        left[0] -= 1
        if type(value) is list or type(value) is tuple:
            if depth == 0:
                raise Refused("lists that are nested too deep")
            _count(value, left, depth - 1)
        else:
            entry = plain(value)
            if entry is None or type(entry) is str:
                raise Refused(f"a list with {described(value)} as an array")
            left[1] -= entry.size if type(entry) is np.ndarray else 1
        if min(left) < 0:
            raise Refused(f"a list of more than {ITEMS:,} items")


def described(value: Any) -> str:
    """A value in a few words, for a refusal."""
    if value is None:
        return "`None`"
    if type(value) is str:
        return f"the text {value[:20]!r}"
    return WORDS_OF_KINDS.get(type(value).__name__, "something else")


def keywords(given: dict[str, Any]) -> dict[str, Any]:
    """Keywords with their values. Raises Refused for those that no row knows."""
    for name in given:
        if name not in KEYWORDS:
            raise Refused(f"the argument `{name}=`")
    return {name: plain(value) for name, value in given.items()}


def kept(result: Any) -> Any:
    """A result of NumPy as a value. Raises Refused for complex numbers, objects and texts."""
    if type(result) is np.ndarray or isinstance(result, np.generic):
        if result.dtype.kind in "biuf":
            return result
        raise Refused(f"an array of `{result.dtype.name}`")
    if isinstance(result, tuple):
        return tuple([kept(part) for part in result])
    if type(result) is list:
        return [kept(part) for part in result]
    return result


def size(value: Any) -> int:
    """The number of entries of an argument; a list counts with all that it holds."""
    kind = type(value)
    if kind is np.ndarray:
        return int(value.size)
    if kind is list or kind is tuple:
        return sum([size(part) for part in value])
    return 1


def shape(value: Any) -> tuple[int, ...]:
    """The shape of an argument as an array. Raises ValueError for lists of unequal length."""
    return value.shape if type(value) is np.ndarray else np.shape(value)


def inputs(budget: Budget, *args: Any, **kwargs: Any) -> None:
    """A guard: the result is no larger than what goes in."""
    charge(budget, sum([size(value) for value in (*args, *kwargs.values())]))


def nothing(budget: Budget, *args: Any, **kwargs: Any) -> None:
    """A guard: the result is a view, or a few numbers that are known already."""


def row(function: Callable[..., Any], guard: Guard = inputs) -> Row:
    """A row that calls a function of NumPy after its guard, which gets the same arguments."""

    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        args = tuple([plain(value) for value in args])
        if kwargs:
            kwargs = keywords(kwargs)
        guard(budget, *args, **kwargs)
        return kept(function(*args, **kwargs))

    return call


def rows(module: Any, names: str, guard: Guard = inputs, prefix: str = "numpy.") -> dict[str, Row]:
    """A row for each name that this version of a module has; all have the same guard."""
    return {
        prefix + name: row(getattr(module, name), guard)
        for name in names.split()
        if hasattr(module, name)
    }
