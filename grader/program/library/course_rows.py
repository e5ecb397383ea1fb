"""What the rows of courses share: how they are called, settings, and caches that nobody may open."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Refused
from grader.program.library.rows import DEPTH, Row, plain
from grader.program.values import Instance

_LONGEST = 1 << 20  # of a stride or a padding
_INSIDE = "what is inside"


def course(function: Callable[..., Any]) -> Row:
    """A row of a function that counts what it needs itself."""

    @wraps(function)
    def call(budget: Budget, *args: Any, **kwargs: Any) -> Any:
        named = {name: _given(value) for name, value in kwargs.items()}
        return function(budget, *[_given(value) for value in args], **named)

    return call


def _given(value: Any, depth: int = DEPTH) -> Any:
    """A value that a course's function may have: plain ones, settings and caches."""
    if type(value) is dict or type(value) is Instance:
        return value
    if type(value) is tuple and any(type(part) in (dict, Instance, tuple) for part in value):
        if depth == 0:
            raise Refused("tuples that are nested too deep")
        return tuple([_given(part, depth - 1) for part in value])
    return plain(value)


def setting(settings: Any, name: str, default: Any = None) -> Any:
    """A setting of a dictionary such as `conv_param`. Raises KeyError if there is none."""
    if type(settings) is not dict:
        raise Refused(f"`{name}` of settings that are no dictionary")
    found = settings.get(name, default)
    if found is None:
        raise KeyError(name)
    return plain(found)


def number(settings: Any, name: str, default: float) -> float:
    """A number of settings, such as `eps`."""
    return float(setting(settings, name, default))


def fits(shape: Sequence[int], *values: Any) -> None:
    """Raise ValueError if a value does not broadcast to a shape that is counted already."""
    if np.broadcast_shapes(tuple(shape), *[np.shape(value) for value in values]) != tuple(shape):
        raise ValueError("shapes that do not go together")


def whole(value: Any, least: int = 0) -> int:
    """A whole number, such as a stride. Raises TypeError and ValueError."""
    number = value.__index__()
    if not least <= number <= _LONGEST:
        raise ValueError(f"a number from {least} to {_LONGEST} is expected")
    return int(number)


def kept(by: str, **values: Any) -> Instance:
    """A cache of which each student decides what it holds: only the function `by` gets it back.

    The name of its field is no name of Python.
    """
    return Instance(by, {_INSIDE: values})


def opened(cache: Any, by: str) -> dict[str, Any]:
    """What `kept` put into a cache. Raises Refused for any other value."""
    if type(cache) is not Instance or cache.cls != by or type(cache.fields[_INSIDE]) is not dict:
        raise Refused(f"a cache that does not come from `{by}`")
    values: dict[str, Any] = cache.fields[_INSIDE]
    for value in values.values():
        _given(value)
    return values
