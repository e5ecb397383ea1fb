"""`x[index]`: what it means for each kind of container, and how many numbers it gives."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Failed, Refused
from grader.program.library import At, Place
from grader.program.machine.frame import known
from grader.program.machine.operators import (
    NUMBERS,
    SEQUENCES,
    SMALL,
    VIEWS,
    broadcast_shapes,
    check_key,
    check_numbers,
    kind,
)  # fmt: skip
from grader.program.values import Builtin, Class, Instance, Named, Unknown, Walk, inside, only_names

_VIEWS = frozenset((int, slice, type(None), type(Ellipsis), np.int64, np.int32))
_INDEXED = frozenset(("numpy.c_", "numpy.r_"))
_ITERABLE = frozenset((Walk, list, tuple, range, str, dict, *VIEWS))


def item(budget: Budget, container: Any, index: Any) -> Any:
    """`container[index]`. Raises ProgramError, and what Python and NumPy raise."""
    kind_of = type(container)
    if kind_of is np.ndarray:
        if type(index) not in _VIEWS:
            check_index(budget, container, index)
        return container[index]
    if kind_of in (list, tuple, str, range):
        value = container[_position(index)]
        if type(index) is slice and kind_of is not range:
            budget.items(len(value))
        return known(value)
    if kind_of is dict:
        check_key(index)
        return known(container[index])
    if kind_of is Named:
        return named_field(container, index)
    if kind_of is Builtin and container.path in _INDEXED:
        return container.row(budget, *(index if type(index) is tuple else (index,)))
    if kind_of is At:
        return Place(container.array, index)
    if _is_closed(container):
        raise only_names()
    if kind_of in NUMBERS and isinstance(container, np.generic):
        array = np.asarray(container)
        check_index(budget, array, index)
        return array[index]
    raise Failed(f"{kind(known(container))} has no items")


def _position(index: Any) -> Any:
    if type(index) in NUMBERS or type(index) is np.ndarray:
        return index
    if type(index) is slice:
        return index
    known(index)
    raise Failed(f"{kind(index)} is no position in a list")


def named_field(container: Named, name: Any) -> Any:
    """What a container gives for a name: another container if nothing says more. Raises Refused."""
    if type(name) in (str, int) and name in container.fields:
        return known(container.fields[name])
    if type(name) is not str:
        raise only_names()
    try:
        return known(container.lookup(name))
    except KeyError:
        return container.fields.setdefault(name, Named(inside(container.lookup, name)))


def check_index(budget: Budget, array: np.ndarray, index: Any) -> None:
    """Count the entries that an index chooses. Raises Refused, and Failed for what is no index."""
    parts = index if type(index) is tuple else (index,)
    arrays = 1
    advanced = False
    for part in parts:
        if type(part) in _VIEWS:
            continue
        advanced = True
        if type(part) is np.ndarray:
            arrays *= max(part.size, 1)
        elif type(part) in SEQUENCES or type(part) is range:
            arrays *= max(check_numbers(part, budget), 1)
        elif type(part) not in NUMBERS:
            known(part)
            raise Failed(f"{kind(part)} is no index of an array")
    if advanced and arrays * array.size > SMALL:
        budget.array(min(arrays * array.size, _chosen(array, parts)))


def _chosen(array: np.ndarray, parts: tuple[Any, ...]) -> int:
    """No fewer than the entries that advanced indices choose of an array."""
    shapes = []
    used = 0
    axes = 1
    for part in parts:
        if part is None or part is Ellipsis:
            continue
        if type(part) is slice:
            axes *= array.shape[used] if used < array.ndim else 1
            used += 1
            continue
        if type(part) in NUMBERS and type(part) not in (bool, np.bool_):
            used += 1
            continue
        shape = np.shape(part)
        if _is_mask(part):
            shapes.append((int(np.count_nonzero(part)),))
            used += max(len(shape), 0)
        else:
            shapes.append(shape)
            used += 1
    rest = math.prod(sorted(array.shape, reverse=True)[: max(array.ndim - used, 0)])
    if Ellipsis in [part for part in parts if type(part) is type(Ellipsis)]:
        axes, rest = 1, _largest(array, parts)
    return int(math.prod(broadcast_shapes(*shapes)) * axes * rest)


def _is_mask(part: Any) -> bool:
    return type(part) in (bool, np.bool_) or (np.asarray(part).dtype == bool and np.size(part) > 0)


def _largest(array: np.ndarray, parts: tuple[Any, ...]) -> int:
    """The entries of the largest axes that may stay, when an ellipsis says which do."""
    chosen = [part for part in parts if type(part) not in (slice, type(None), type(Ellipsis))]
    axes = sum([max(np.ndim(part), 1) if _is_mask(part) else 1 for part in chosen])
    kept = sorted(array.shape, reverse=True)[: max(array.ndim - axes, 0)]
    return int(math.prod(kept))


def put_item(budget: Budget, container: Any, index: Any, value: Any) -> None:
    """`container[index] = value`. Raises ProgramError, and what Python and NumPy raise."""
    kind_of = type(container)
    if kind_of is np.ndarray:
        if type(index) not in _VIEWS:
            check_index(budget, container, index)
        if type(value) is not np.ndarray and type(value) not in NUMBERS:
            check_numbers(value, budget)
        container[index] = value
    elif kind_of is dict:
        check_key(index)
        budget.room(len(container))
        container[index] = value
    elif kind_of is list:
        if type(index) is slice:
            values = listed(budget, value)
            budget.items(len(container) + len(values))
            container[index] = values
        else:
            container[_position(index)] = value
    elif kind_of is Named and type(index) in (str, int):
        budget.room(len(container.fields))
        container.fields[index] = value
    else:
        raise Failed(f"the items of {kind(known(container))} cannot be changed")


def delete_item(budget: Budget, container: Any, index: Any) -> None:
    """`del container[index]`. Raises ProgramError, and what Python raises."""
    if type(container) is dict:
        check_key(index)
        del container[index]
    elif type(container) is list:
        del container[_position(index)]
    elif type(container) is Named and index in container.fields:
        container.fields[index] = Unknown("it was deleted")
    else:
        raise Failed(f"the items of {kind(known(container))} cannot be deleted")


def iterated(budget: Budget, value: Any) -> Iterator[Any]:
    """The items of a value, one by one. Raises Refused and Failed."""
    if type(value) is np.ndarray or type(value) in _ITERABLE:
        return iter(value)
    if type(value) in (set, frozenset):
        if len(value) > 1 and any(type(part) is not int for part in value):
            raise Refused("the order of a set is not settled")
        return iter(value)
    if type(known(value)) is Named or _is_closed(value):
        raise only_names()
    raise Failed(f"{kind(value)} has no items")


def _is_closed(value: Any) -> bool:
    """Whether a value is an object of the library, such as a cache that only a helper opens."""
    return type(value) is Instance and not isinstance(value.cls, Class)


def listed(budget: Budget, value: Any) -> list[Any]:
    """All items of a value. Raises Refused and Failed."""
    result = []
    for part in iterated(budget, value):
        result.append(part)
        if len(result) % 256 == 0:
            budget.items(len(result))
    return result
