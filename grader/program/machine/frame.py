"""What there is while a program runs: the state of a run, and a frame for each call."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, Protocol

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Failed, Origin, ProgramError, Refused
from grader.program.machine.library import Library
from grader.program.memory import Memory
from grader.program.values import Builtin, Module, Unknown

DEPTH = 40  # calls inside one another


class Signal(Enum):
    """How a statement leaves the statements around it; None if it does not."""

    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"


class GivenNames(Protocol):
    """What a program is run on. What inherits it gives values, and notes nothing."""

    def value(self, name: str) -> object:
        """A fresh value of a name that the program does not bind. Raises KeyError."""

    def stored(self, name: str, value: object, line: int, path: str) -> object:
        """What is stored when the program gives `value` to a watched name; `path` is all of the target."""
        return value

    def touching(self, array: np.ndarray, line: int) -> None:
        """Called before an array that another name holds is changed in place."""

    def spoiling(self, memory: Memory, unknown: Unknown) -> None:
        """Called before the arrays of a memory become unknown: what may have changed them has failed."""


class Store(NamedTuple):
    """A name that was bound, or (`is_part`) whose array was changed.

    `path` is the text of the target, with the values of computed keys; `frame` is the frame of the
    function that `Machine.call` ran, None for the top level and what it calls.
    """

    path: str
    line: int
    frame: "Frame | None"
    is_part: bool = False


@dataclass(slots=True, eq=False)
class State:
    """All that a run has: `names` are the global ones, those that were looked up included."""

    given: GivenNames
    budget: Budget
    library: Library
    defines: frozenset[str]
    names: dict[str, Any] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    borrowed: dict[str, Any] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    attached: dict[int, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    stars: list[Any] = field(default_factory=list)  # the modules of `from … import *`
    recoveries: int = 0
    stands: dict[tuple[int, int], Any] = field(default_factory=dict)  # for what a fault hides
    walks: list[Any] = field(default_factory=list)  # what the loops walk that are running
    stores: list[tuple[str, int, "Frame | None", bool]] = field(default_factory=list)
    faults: list[ProgramError] = field(default_factory=list)
    last: dict[str, "Frame"] = field(default_factory=dict)
    entry: "Frame | None" = None
    depth: int = 0

    def look_up(self, name: str) -> Any:
        """The value of a global name that is not in `names`. Raises ProgramError."""
        value = self._found(name)
        self.names[name] = value
        return value

    def _found(self, name: str) -> Any:
        try:
            value = self.given.value(name)
        except KeyError:
            return self._standard(name)
        self.read.add(name)
        self.borrowed[name] = value
        return value

    def _standard(self, name: str) -> Any:
        library = self.library
        modules = [star for star in self.stars if isinstance(star, Module)]
        for module in modules:
            if f"{module.path}.{name}" in library.known:
                return library.member(module.path, name)
        if name in library.modules:
            return library.module(library.modules[name])
        if name in library.builtins:
            return builtin(library, name)
        if name in self.defines:
            raise Failed(f"`{name}` is used before it has a value")
        if name in library.helpers:
            return Builtin(name, library.helpers[name])
        fault = Refused(f"the program uses `{name}`, which it does not define")
        is_outside = any(isinstance(star, Unknown) for star in self.stars)
        raise fault.of(Origin.OUTSIDE) if is_outside else fault


def builtin(library: Library, name: str) -> Any:
    """A function of Python itself; a constant, if the table holds one."""
    row = library.builtins[name]
    return Builtin(name, row, calls=True) if callable(row) else row


@dataclass(slots=True, eq=False)
class Frame:
    """One run of a function; `function` is None for the top level.

    `recovers`: a statement that fails leaves its names unknown, and the next one runs. `entry`:
    `Machine.call` made it. `in_class`: it runs the body of a class, whose names are `locals`.
    """

    function: Any
    state: State
    locals: dict[str, Any]
    outer: "Frame | None" = None
    recovers: bool = False
    entry: bool = False
    in_class: bool = False
    returned: Any = None
    return_node: Any = None
    fault: ProgramError | None = None
    budget: Budget = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.budget = self.state.budget


Run = Callable[[Frame], Any]
"""A compiled expression (its value) or statement (a Signal or None). Raises what `errors.RAISED` lists."""

Put = Callable[[Frame, Any], None]
"""A compiled target: stores a value."""


def known(value: Any) -> Any:
    """The value, if it is one. Raises Refused for what is unknown."""
    if type(value) is Unknown:
        raise value.refused()
    return value


def enclosing(frame: Frame | None) -> Iterator[Frame]:
    """A frame and those around it."""
    while frame is not None:
        yield frame
        frame = frame.outer


def value_of(frame: Frame | None, name: str) -> Any:
    """The value of a name as it is now, None if it has none. Nothing is looked up in the given."""
    for each in enclosing(frame):
        if name in each.locals:
            return each.locals[name]
    return frame.state.names.get(name) if frame is not None else None
