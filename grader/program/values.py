"""The values of a program, besides numbers, strings, lists, dictionaries and arrays."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from grader.program.errors import Failed, Origin, ProgramError, Refused

Lookup = Callable[[str], object]
"""The value of a name; raises KeyError."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of a name that could not be worked out, with the reason.

    `fails`: Python would not know the name either. `held` are the values that it may be, or share memory
    with.
    """

    reason: str
    line: int | None = None
    fails: bool = False
    origin: Origin = Origin.INSIDE
    held: tuple[Any, ...] = field(default=(), compare=False, repr=False)

    def refused(self) -> ProgramError:
        """The fault of a statement that uses it."""
        if self.fails:
            return Failed(self.reason)
        return Refused(self.reason, self.line).of(self.origin)


LAYERS = 16  # iterators that walk one another


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """An iterator: what `zip` and the like give, or a generator. It is gone through once, and lazily.

    `sources` are the values that it walks, and the functions that it calls. Raises Refused for a walk
    over walks that is too deep: it would be walked without end, and Python's own stack has one.
    """

    parts: Iterator[Any]
    sources: tuple[Any, ...] = ()
    layers: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        below = [source.layers for source in self.sources if type(source) is Walk]
        if len(below) and max(below) >= LAYERS:
            raise Refused("iterators that are nested too deep")
        object.__setattr__(self, "layers", 1 + max(below, default=0))

    def __iter__(self) -> Iterator[Any]:
        return self.parts


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the library, such as `numpy` or `torch.nn.functional`."""

    path: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """A module or an object that only draws, prints or measures time: calls of it are passed over."""

    path: str


@dataclass(slots=True, eq=False)
class Named:
    """A container of which only the names are known: a `cache` or `params` that nobody fills.

    `fields` are the names that the program itself stores in it, and containers inside it. `order` is how
    another function packs it, "" for what has no name there.
    """

    lookup: Lookup
    order: tuple[str, ...] | None = None
    fields: dict[object, Any] = field(default_factory=dict)


_NUMBER = re.compile(r"\d+$")


def inside(lookup: Lookup, name: str) -> Lookup:
    """How names are looked up in a container that is called `name` itself.

    `W` in `l1` is `l1_W` or `W1`, if there is such a name.
    """
    number = _NUMBER.search(name)

    def find(inner: str) -> Any:
        for whole in (f"{name}_{inner}", f"{inner}{number[0]}" if number else inner):
            try:
                return lookup(whole)
            except KeyError:
                continue
        return lookup(inner)

    return find


def only_names() -> ProgramError:
    """The fault of what needs more of a `Named` than it is known to hold."""
    message = "only the names are known that this container holds"
    return Refused(message).of(Origin.OUTSIDE)


@dataclass(frozen=True, slots=True, eq=False)
class Builtin:
    """A function of the library: `row(budget, *arguments)`; `calls` if it calls functions."""

    path: str
    row: Callable[..., Any]
    calls: bool = False


class Kind(Enum):
    """How a function in a class is bound."""

    PLAIN = "plain"
    STATIC = "static"
    CLASS = "class"
    PROPERTY = "property"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The names that a function takes. The last of `names` have defaults."""

    names: tuple[str, ...] = ()
    rest: str | None = None
    keywords: tuple[str, ...] = ()
    others: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """All names, in the order of the text."""
        stars = [name for name in (self.rest,) if name], [name for name in (self.others,) if name]
        return (*self.names, *stars[0], *self.keywords, *stars[1])


@dataclass(slots=True, eq=False)
class Function:
    """A function of the program. `body` runs it in a frame; `outer` is the frame around it."""

    name: str
    qualified: str
    node: ast.FunctionDef | ast.Lambda | ast.GeneratorExp
    parameters: Parameters
    body: Callable[[Any], Any]
    weight: int = 1
    defaults: Mapping[str, Any] = field(default_factory=dict)
    outer: Any = None
    kind: Kind = Kind.PLAIN
    owner: "Class | None" = None


@dataclass(slots=True, eq=False)
class Class:
    """A class of the program. `unknown` names a base that the program does not define."""

    name: str
    node: ast.ClassDef
    fields: dict[str, Any]
    base: "Class | None" = None
    unknown: str | None = None

    def find(self, name: str) -> Any:
        """A field of the class or of the classes below it. Raises KeyError."""
        cls: Class | None = self
        while cls is not None:
            if name in cls.fields:
                return cls.fields[name]
            cls = cls.base
        raise KeyError(name)

    def outside(self) -> str | None:
        """The base that the program does not define, of this class or of one below it."""
        cls: Class | None = self
        while cls is not None:
            if cls.unknown is not None:
                return cls.unknown
            cls = cls.base
        return None


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the program, or `self` of a method that nobody called.

    A field that is not set is looked up with `fallback`; `borrowed` keeps what that gave.
    """

    cls: Any
    fields: dict[str, Any] = field(default_factory=dict)
    fallback: Lookup | None = None
    borrowed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod:
    """A method with the object that it belongs to; `function` is a Function, or a row with arrays."""

    receiver: Any
    function: Any


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """What `super()` means in a method: the fields below `cls`, for `receiver`."""

    cls: Class
    receiver: Any
