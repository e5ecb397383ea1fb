"""What of a program is run on one draw, and what its names hold in the end.

First come the lines of the top level. Then the functions and methods that these did not run: their
parameters are bound by name to what the problem gives, and `cache` to what a forward function returned.
"""

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from grader.program.budget import Budget
from grader.program.code_names import CodeNames, Derived, Pair
from grader.program.errors import Failed, Origin, ProgramError
from grader.program.given import Given, copied
from grader.program.machine import Frame, Machine, Program
from grader.program.memory import Memory
from grader.program.packing import FORWARD, stem_of
from grader.program.values import (
    BoundMethod,
    Class,
    Function,
    Instance,
    Kind,
    Named,
    Unknown,
)  # fmt: skip

TOP, ENTRY, INNER = 0, 1, 2
"""Where a name stands: at the top level, in a function that was run by itself, in one that these call."""
_DEPTH = 3  # containers inside one another
_EMPTIES = re.compile(r"zero|reset|clear|init", re.IGNORECASE)
_STEPS = 20_000  # steps that a function may take at least that is run by itself
_AFTER_CHANGES = 200  # steps that a program may go on for when it updates weights again


@dataclass(frozen=True, slots=True)
class Held:
    """What a name holds when the program has ended; `derived` is the derivative that it names."""

    path: str
    value: object
    line: int
    rank: int
    function: str = ""
    derived: Derived | None = None

    @property
    def place(self) -> tuple[str, str]:
        """What identifies the name on all draws."""
        return self.function, self.path


class Returned(NamedTuple):
    """What a function returned, by name, or the fault that ended it."""

    function: Function
    values: Mapping[str, object]
    fault: ProgramError | None = None


@dataclass(slots=True)
class Ran:
    """One run of a program on one draw.

    `before` is what names held before the program changed a given name for the last time: what it derived
    before it updated the weights is about the given ones. `reads` are the given names that each function
    used that was run by itself, `gradients` the derivatives that it did not compute; "" is the top level.
    `others` are the functions with parameters of which the problem knows nothing: they are about other
    inputs.
    """

    program: Program
    given: Given
    machine: Machine
    frames: list[Frame] = field(default_factory=list)
    before: dict[tuple[str, str], Held] = field(default_factory=dict)
    objects: dict[str, Instance] = field(default_factory=dict)
    reads: dict[str, set[str]] = field(default_factory=dict)
    gradients: dict[str, set[Pair]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    @property
    def faults(self) -> Sequence[ProgramError]:
        """What could not be run, but for the data in whose place those of the problem came."""
        return [one for one in self.machine.faults if one.line not in self.given.replaced]

    def before_change(self, is_first: bool, memory: Memory) -> None:
        """Keep what names hold before a given name changes; when it changes again, end the loop soon.

        What shares the `memory` that changes in place changes with it, and is not kept.
        """
        if is_first:
            for one in self.held(is_live=True):
                if memory.is_shared(one.value):
                    self.before.pop(one.place, None)
                elif not isinstance(one.value, Unknown) or one.place not in self.before:
                    self.before[one.place] = replace(one, value=copied(one.value))
        else:
            self.machine.budget.hold(_AFTER_CHANGES)

    def outdated(self, held: Held) -> Held | None:
        """What a name held before the weights were updated, if the same line gave it its last value."""
        before = self.before.get(held.place)
        if before is None or isinstance(before.value, Unknown):
            return None
        if isinstance(held.value, Unknown):  # the program was ended, or fails afterwards
            later = [one.line for one in self.program.targets if one.path == held.path]
            return before if all(line <= before.line for line in later) else None
        return before if before.line == held.line else None

    def is_about_others(self, function: str) -> bool:
        """Whether a function, or its forward function, has parameters that the problem does not know."""
        stem = stem_of(function)
        return any(stem_of(one) == stem for one in self.others)

    def used_by(self, function: str) -> set[str] | None:
        """The given names that a function used that was run by itself, or its forward function did."""
        if function not in self.reads:
            return None
        stem = stem_of(function)
        return set().union(*[names for one, names in self.reads.items() if stem_of(one) == stem])

    def changed_through(self, held: Held) -> Held | None:
        """Another name of the same array through which a line below changed it."""
        mine = held.value
        if not isinstance(mine, np.ndarray):
            return None
        added = {
            node.lineno for node in ast.walk(self.program.tree) if isinstance(node, ast.AugAssign)
        }
        changes = {
            (one.path, one.line) for one in self.machine.stores if one.is_part or one.line in added
        }
        return next(
            (
                one for one in self.held()
                if one.path != held.path
                and one.line > held.line
                and (one.path, one.line) in changes
                and isinstance(one.value, np.ndarray)
                and np.may_share_memory(mine, one.value)
            ),
            None,
        )  # fmt: skip

    def held(self, *, is_live: bool = False) -> Iterator[Held]:
        """The names with numbers, or with a reason why there are none."""
        lines = {(one.frame, one.path): one.line for one in self.machine.stores}
        anywhere = {path: line for (_, path), line in lines.items()}
        names = self.given.inputs.names
        for path, value in _walked(self.machine.globals):
            line = lines.get((None, path)) or anywhere.get(path, 1)
            yield Held(path, value, line, TOP, "", names.derivative(path))
        running = [self.machine.entry] if is_live and self.machine.entry is not None else []
        for frame in (*self.frames, *running):
            yield from self._in_frame(frame, ENTRY, lines)
        run_alone = {frame.function.qualified for frame in self.frames}
        for name, frame in self.machine.last.items():
            if name not in run_alone and frame.fault is None:
                yield from self._in_frame(frame, INNER, lines)
        for cls, one in self.objects.items():
            for path, value in _walked({"self": one}):
                derived = names.derivative(path)
                yield Held(path, value, anywhere.get(path, 1), ENTRY, cls, derived)

    def _in_frame(
        self, frame: Frame, rank: int, lines: Mapping[tuple[Frame | None, str], int]
    ) -> Iterator[Held]:
        function, names = frame.function, self.given.inputs.names
        if not isinstance(function.node, ast.FunctionDef):
            return
        parameters = set(function.parameters.all)
        written = {
            one.path: one.line for one in self.program.targets if one.scope == function.qualified
        }
        found: dict[str, Held] = {}
        own = {
            name: value for name, value in frame.locals.items() if not isinstance(value, Instance)
        }
        for path, value in _walked(own):
            line = lines.get((frame, path)) or written.get(path)
            if line is not None or path not in parameters:
                line = line or function.node.lineno
                found[path] = Held(
                    path, value, line, rank, function.qualified, names.derivative(path)
                )
        for path, value, line in returned(frame, names):
            found[path] = Held(path, value, line, rank, function.qualified, names.derivative(path))
        yield from found.values()


def _walked(names: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """All numbers, arrays and unknown values below names, each with its path."""
    waiting: list[tuple[str, object, int]] = [(name, value, 0) for name, value in names.items()]
    seen: set[int] = set()
    for path, value, depth in waiting:
        if isinstance(value, bool | int | float | np.number | np.ndarray | Unknown):
            yield path, value
        elif depth < _DEPTH and id(value) not in seen:
            seen.add(id(value))
            waiting.extend((f"{path}{step}", one, depth + 1) for step, one in _below(value))


def _below(value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for key, one in value.items():
                if isinstance(key, str):
                    yield f"['{key}']", one
        case Instance():
            for key, one in value.fields.items():
                yield f".{key}", one
        case Named():
            for key, one in value.fields.items():
                yield f"['{key}']", one


def returned(frame: Frame, names: CodeNames) -> Iterator[tuple[str, object, int]]:
    """What a function returns, by name, with the line: `return dW / N` is the value of dW.

    A value without the name of a derivative has that of the function, as in `def dloss_dw(w):`.
    """
    node = frame.return_node
    if node is None or node.value is None:
        return
    for expression, key, value in _parts(node.value, frame.returned):
        yield from ((path, value, node.lineno) for path in _paths(expression, key, frame, names))


def _parts(node: ast.expr, value: object) -> Iterator[tuple[ast.expr, str | None, object]]:
    """The expressions of a returned tuple or dictionary with their values, and keys if there are any."""
    if isinstance(node, ast.Tuple | ast.List) and isinstance(value, tuple | list):
        if len(node.elts) == len(value):
            for expression, one in zip(node.elts, value, strict=True):
                yield from _parts(expression, one)
    elif isinstance(node, ast.Dict) and isinstance(value, dict):
        for key, expression in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield expression, key.value, value.get(key.value)
    else:
        yield node, None, value


def _paths(expression: ast.expr, key: str | None, frame: Frame, names: CodeNames) -> Iterator[str]:
    if key is not None:
        yield f"grads['{key}']"
        return
    inside = {
        node.id for node in ast.walk(expression)
        if isinstance(node, ast.Name) and names.derivative(node.id) is not None
    }  # fmt: skip
    if len(inside) == 1:
        yield inside.pop()
    elif not inside:
        yield frame.function.name


def run(program: Program, given: Given, budget: Budget | None = None) -> Ran:
    """Run a program on one draw. Faults of its statements are in the result, none is raised."""
    machine = Machine(program, given, budget)
    ran = Ran(program, given, machine)
    given.on_change = ran.before_change
    machine.run()
    machine.give_back(_lost_names(given, machine))
    ran.gradients[""] = given.gradients
    known: list[Returned] = []
    tried: set[str] = set()
    names = given.inputs.names
    while (entry := _next_entry(program, machine, names, tried)) is not None:
        function, owner = entry
        tried.add(function.qualified)
        called: Function | BoundMethod = function
        skip = 0
        if owner is not None and function.kind is Kind.PLAIN:
            if owner.name not in ran.objects:
                ran.objects[owner.name] = Instance(owner, _sizes(owner, names), given.field)
            self = ran.objects[owner.name]
            called, skip = BoundMethod(self, function), 1
        given.reads, given.gradients = set(), set()
        machine.budget.refill(_STEPS)
        arguments = _arguments(function, given, known, skip)
        if any(isinstance(one, Named) and one.order is None for one in arguments.values()):
            ran.others.add(function.qualified)
        try:
            frame = machine.call(called, arguments)
        except ProgramError as fault:
            machine.faults.append(fault)
            continue
        ran.frames.append(frame)
        ran.reads[function.qualified] = given.reads
        ran.gradients[function.qualified] = given.gradients
        known.append(Returned(function, dict(_returned_names(frame)), frame.fault))
    return ran


def _sizes(cls: Class, names: CodeNames) -> dict[str, object]:
    """The fields of an object that its constructor gives the sizes of arrays."""
    constructor = cls.fields.get("__init__")
    if not isinstance(constructor, Function):
        return {}
    found = names.sizes(constructor.node).names.items()
    return {name[len("self.") :]: size for name, size in found if name.startswith("self.")}


def _lost_names(given: Given, machine: Machine) -> dict[str, object]:
    """The problem's values of the symbols that are unknown when the top level has ended."""
    names, symbols = given.inputs.names, given.inputs.scope.symbols
    found: dict[str, object] = {}
    for name, value in machine.globals.items():
        meaning = names.meaning(name) if isinstance(value, Unknown) else None
        if meaning is not None and meaning.name in symbols:
            found[name] = given.value(name)
    return found


def _next_entry(
    program: Program, machine: Machine, names: CodeNames, tried: Collection[str]
) -> tuple[Function, Class | None] | None:
    """The next function to run by itself: one that may compute a derivative and has no known result so far.

    Constructors come first, then what sets gradients to zero, then forward functions, then those that no
    other function calls.
    """
    waiting: list[tuple[tuple[bool, ...], Function, Class | None]] = []
    for function, owner in _functions(machine):
        is_first = function.name == "__init__"
        is_forward = is_first or FORWARD.search(function.name) is not None
        last = machine.last.get(function.qualified)
        has_run = last is not None and last.fault is None and _is_known(last.returned)
        if (
            not has_run
            and function.qualified not in tried
            and (is_forward or names.derives(function.node))
        ):
            empties = _EMPTIES.search(function.name) is not None
            order = (not is_first, not empties, not is_forward, function.name in program.called)
            waiting.append((order, function, owner))
    if not waiting:
        return None
    return min(waiting, key=lambda one: one[0])[1:]


def _is_known(value: object, depth: int = _DEPTH) -> bool:
    """Whether nothing that a function returned is unknown; else it was called on data of the program."""
    match value:
        case Unknown():
            return False
        case tuple() | list():
            parts = [*value]
        case dict():
            parts = [*value.values()]
        case _:
            return True
    return depth == 0 or all(_is_known(part, depth - 1) for part in parts)


def _functions(machine: Machine) -> Iterator[tuple[Function, Class | None]]:
    """The functions of the top level, and the methods of its classes."""
    for value in list(machine.globals.values()):
        if isinstance(value, Function) and isinstance(value.node, ast.FunctionDef):
            yield value, None
        elif isinstance(value, Class):
            for one in value.fields.values():
                if isinstance(one, Function) and isinstance(one.node, ast.FunctionDef):
                    yield one, value


def _arguments(
    function: Function, given: Given, known: list[Returned], skip: int = 0
) -> dict[str, object]:
    """The values of the parameters by their names; those with defaults may be left out.

    What nobody gives is a container of which only the names are known, the same one for all functions.
    """
    arguments: dict[str, object] = {}
    sizes = given.inputs.names.sizes(function.node)
    for name in (*function.parameters.names, *function.parameters.keywords)[skip:]:
        if name in sizes.names:
            arguments[name] = sizes.names[name]
            given.first_values |= sizes.lines
            continue
        try:
            arguments[name] = given.argument(name)
        except KeyError:
            found = _latest(function, name, known)
            if found is not None:
                arguments[name] = found
            elif name not in function.defaults:
                arguments[name] = _unnamed(function, name, given, known)
                known.append(Returned(function, {name: arguments[name]}))
    return arguments


def _unnamed(
    function: Function, name: str, given: Given, known: Sequence[Returned]
) -> Named | Unknown:
    """A container of which only the names are known; unknown if Python would stop what packs it."""
    order = given.packed.order(name, function.qualified)
    stem = stem_of(function.qualified)
    for one in known if order is not None else ():
        fault, maker = one.fault, one.function
        if isinstance(fault, Failed) and maker is not function and stem_of(maker.qualified) == stem:
            return Unknown(fault.message, fault.line, origin=Origin.STOPPED)
    return Named(given.argument, order)


def _latest(function: Function, name: str, known: Sequence[Returned]) -> object | None:
    """What a function returned by a name: the one that this one belongs to, else one above it."""
    found = [one for one in known if name in one.values]
    stem = stem_of(function.qualified)
    own = [one for one in found if stem_of(one.function.qualified) == stem]
    above = [one for one in found if one.function.node.lineno < function.node.lineno]
    best = own or above or found
    return best[-1].values[name] if best else None


def _returned_names(frame: Frame) -> Iterator[tuple[str, object]]:
    """What a function returned under names: `cache` of `return out, cache`."""
    node = frame.return_node
    if node is not None and node.value is not None:
        for expression, _, value in _parts(node.value, frame.returned):
            if isinstance(expression, ast.Name) and not isinstance(value, Unknown):
                yield expression.id, value
