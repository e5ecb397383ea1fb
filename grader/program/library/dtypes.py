"""Types as values: `float`, `np.float32`, `torch.long`, `x.dtype`, and what `isinstance` asks for."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.program.errors import Refused
from grader.program.values import Builtin


def _no_call(*args: Any, **kwargs: Any) -> Any:
    raise Refused("a value of this type is made")


_WORD = re.compile(r"[<>=|]?[A-Za-z]{1,12}\d{0,3}")


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A type that a program may name.

    It can be called as a row is, and converts then. `kinds` are the values that `isinstance` means.
    A type without a `dtype` is good for nothing else. `of_array`: it is what `x.dtype` gives.
    """

    name: str
    dtype: Any
    kinds: tuple[type, ...] = ()
    convert: Callable[..., Any] = field(repr=False, default=_no_call)
    of_array: bool = False

    def __eq__(self, other: object) -> bool:
        """The `dtype` of an array equals all that names it, and a type only itself. Raises Refused."""
        other = unwrapped(other)
        if isinstance(other, Type) and not (self.of_array or other.of_array):
            return bool((self.dtype, self.kinds) == (other.dtype, other.kinds))
        if isinstance(other, Type) and self.dtype is not None and other.dtype is not None:
            return bool(self.dtype == other.dtype)
        if not self.of_array and not isinstance(other, Type):
            return False
        if isinstance(other, str) and _WORD.fullmatch(other):
            return bool(self.dtype == other)
        raise Refused("a comparison of a dtype with what is no name of one")

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The argument as a value of this type. Raises Refused, and what NumPy raises."""
        return self.convert(*args, **kwargs)


def type_of(array: Any) -> Type:
    """The dtype of an array as a value."""
    return Type(f"numpy.{array.dtype.name}", array.dtype, (array.dtype.type,), of_array=True)


def unwrapped(value: Any) -> Any:
    """A type as such; the machine holds `float` as a `Builtin` whose row is the type."""
    return value.row if isinstance(value, Builtin) and isinstance(value.row, Type) else value
