"""The values of a program, besides numbers, strings, lists, dictionaries and arrays."""

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.program.errors import Refused

Lookup = Callable[[str], object]
"""The value of a name; raises KeyError."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of a name that could not be worked out, with the reason."""

    reason: str
    line: int | None = None

    def refused(self) -> Refused:
        """The fault of a statement that uses it."""
        return Refused(self.reason, self.line)


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the library, such as `numpy` or `torch.nn.functional`."""

    path: str


@dataclass(frozen=True, slots=True)
class Named:
    """A container of which only the names are known: a `cache` or `params` that nobody fills."""

    lookup: Lookup


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the program, or `self` of a method that nobody called.

    A field that is not set is looked up with `fallback`.
    """

    cls: object
    fields: dict[str, object] = field(default_factory=dict)
    fallback: Lookup | None = None
