"""Tables of functions, each of which registers itself by what it reads."""

from collections.abc import Callable
from typing import Any, TypeVar

K = TypeVar("K")
F = TypeVar("F", bound=Callable[..., Any])


class Dispatch(dict[K, F]):
    """Functions by what they read."""

    def of(self, *keys: K) -> Callable[[F], F]:
        """A decorator that registers a function for these keys."""

        def register(read: F) -> F:
            self.update(dict.fromkeys(keys, read))
            return read

        return register
