"""Types as values: `float`, `np.float32`, `torch.long`, `x.dtype`, and what `isinstance` asks for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.program.errors import Refused


def _no_call(*args: Any, **kwargs: Any) -> Any:
    raise Refused("a value of this type is made")


@dataclass(frozen=True, slots=True)
class Type:
    """A type that a program may name. Types are equal if they have the same `dtype`.

    It can be called as a row is, and converts then. `kinds` are the values that `isinstance` means.
    A type without a `dtype` is good for nothing else.
    """

    name: str = field(compare=False)
    dtype: Any
    kinds: tuple[type, ...] = field(compare=False, default=())
    convert: Callable[..., Any] = field(compare=False, repr=False, default=_no_call)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The argument as a value of this type. Raises Refused, and what NumPy raises."""
        return self.convert(*args, **kwargs)


def type_of(array: Any) -> Type:
    """The dtype of an array as a value."""
    return Type(f"numpy.{array.dtype.name}", array.dtype, (array.dtype.type,))


def unwrapped(value: Any) -> Any:
    """A type as such; the machine holds `float` as a `Builtin` whose row is the type."""
    row = getattr(value, "row", None)
    return row if isinstance(row, Type) else value
