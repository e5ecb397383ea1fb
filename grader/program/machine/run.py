"""The machine: one run of a program on one set of given values."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import RAISED, ProgramError, Refused, of
from grader.program.machine.calls import bind
from grader.program.machine.frame import Frame, GivenNames, State, Store
from grader.program.machine.program import Program
from grader.program.values import BoundMethod, Function


class Machine:
    """Runs a program on given values.

    `given.value(name)` is asked for global names that the program does not bind, and
    `given.stored(name, value, line)` whenever a watched name is bound or changed in place: what it
    returns is what is stored. The value is an `Unknown` if the statement failed.
    """

    def __init__(self, program: Program, given: GivenNames, budget: Budget | None = None) -> None:
        self.program = program
        self.frames: list[Frame] = []
        self._state = State(given, budget or Budget(), program.library, program.defines)
        self.top = Frame(None, self._state, self._state.names, recovers=True)

    @property
    def globals(self) -> dict[str, Any]:
        """The global names that the program has bound, with their values."""
        names = self._state.names
        return {name: names[name] for name in names if name in self._state.bound}

    @property
    def borrowed(self) -> dict[str, Any]:
        """What `given.value` gave, as it is now: the program may have changed it in place."""
        return self._state.borrowed

    @property
    def stores(self) -> list[Store]:
        """All that was stored, in order."""
        return [Store(*store) for store in self._state.stores]

    @property
    def faults(self) -> list[ProgramError]:
        """What failed or was refused, in order."""
        return self._state.faults

    @property
    def read(self) -> set[str]:
        """The names whose values were asked of `given`."""
        return self._state.read

    @property
    def last(self) -> dict[str, Frame]:
        """The last frame of each function that the program called itself, by qualified name."""
        return self._state.last

    @property
    def budget(self) -> Budget:
        """The rest of what the program may use."""
        return self._state.budget

    @property
    def entry(self) -> Frame | None:
        """The function that `call` is running."""
        return self._state.entry

    def run(self) -> None:
        """Run all statements of the top level. A statement that fails leaves its names unknown."""
        with _quietly():
            self._guarded(self.top, self.program.body)

    def give_back(self, values: Mapping[str, object]) -> None:
        """Give global names other values before functions are run by themselves."""
        self._state.names.update(values)

    def call(self, function: Function | BoundMethod, arguments: Mapping[str, object]) -> Frame:
        """Run a function that nobody calls, or a method of an object, with the same recovery.

        Parameters are given by name; those that are missing have their defaults. Raises Refused if a
        parameter has no value.
        """
        own: tuple[Any, ...] = ()
        if isinstance(function, BoundMethod):
            own, function = (function.receiver,), function.function
        if not isinstance(function, Function):
            raise Refused("this is no function of the program")
        frame = Frame(function, self._state, {}, function.outer, recovers=True, entry=True)
        bind(frame, function, own, dict(arguments))
        self.frames.append(frame)
        self._state.entry = frame
        try:
            with _quietly():
                self._guarded(frame, function.body)
        finally:
            self._state.entry = None
        return frame

    def _guarded(self, frame: Frame, body: Any) -> None:
        self._state.depth = 0
        try:
            body(frame)
        except (ProgramError, *RAISED) as error:
            frame.fault = of(error)
            self._state.faults.append(frame.fault)


@contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
