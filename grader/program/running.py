"""What of a program is run on one draw, and what its names hold in the end.

First come the lines of the top level. Then the functions and methods that these did not run: their
parameters are bound by name to what the problem gives, and `cache` to what a forward function returned.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.program.budget import Budget
from grader.program.code_names import CodeNames, Derived
from grader.program.errors import ProgramError
from grader.program.given import Given
from grader.program.machine import Frame, Machine, Program
from grader.program.values import Class, Function, Instance, Kind, Named, Unknown

TOP, ENTRY, INNER = 0, 1, 2
"""Where a name stands: at the top level, in a function that was run by itself, in one that these call."""
_DEPTH = 3  # containers inside one another
_FORWARD = "forward"


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


@dataclass(slots=True)
class Ran:
    """One run of a program on one draw."""

    program: Program
    given: Given
    machine: Machine
    frames: list[Frame] = field(default_factory=list)
    first: dict[tuple[str, str], Held] = field(default_factory=dict)

    @property
    def faults(self) -> Sequence[ProgramError]:
        """What could not be run."""
        return self.machine.faults

    def held(self) -> Iterator[Held]:
        """The names with numbers, or with a reason why there are none."""
        lines = {(one.frame, one.path): one.line for one in self.machine.stores}
        anywhere = {path: line for (_, path), line in lines.items()}
        names = self.given.inputs.names
        for path, value in _walked(self._globals()):
            line = lines.get((None, path)) or anywhere.get(path)
            if line is not None:
                yield Held(path, value, line, TOP, "", names.derivative(path))
        for frame in self.frames:
            yield from self._in_frame(frame, ENTRY, lines, anywhere)
        for frame in self.machine.inner_frames():
            yield from self._in_frame(frame, INNER, lines, anywhere)

    def _globals(self) -> Mapping[str, object]:
        return self.machine.globals

    def _in_frame(
        self,
        frame: Frame,
        rank: int,
        lines: Mapping[tuple[Frame | None, str], int],
        anywhere: Mapping[str, int],
    ) -> Iterator[Held]:
        function, names = frame.function, self.given.inputs.names
        of_frame = frame if rank == ENTRY else None
        found: dict[str, Held] = {}
        for path, value in _walked(frame.locals):
            line = lines.get((of_frame, path)) or anywhere.get(path)
            if line is not None:
                derived = names.derivative(path)
                found[path] = Held(path, value, line, rank, function.qualified, derived)
        for path, value, line in returned(frame, names):
            derived = names.derivative(path)
            found[path] = Held(path, value, line, rank, function.qualified, derived)
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


def _paths(
    expression: ast.expr, key: str | None, frame: Frame, names: CodeNames
) -> Iterator[str]:
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
    machine.run()
    known: dict[str, object] = {}
    objects: dict[str, Instance] = {}
    for function, owner in _entries(program, machine, given.inputs.names):
        if owner is not None and function.kind is Kind.PLAIN:
            self = objects.setdefault(owner.name, Instance(owner, fallback=given.argument))
            arguments = _arguments(function, given, known, skip=1)
            frame = machine.call(function, arguments, receiver=self)
        else:
            frame = machine.call(function, _arguments(function, given, known))
        ran.frames.append(frame)
        known.update(_returned_names(frame))
    return ran


def _entries(
    program: Program, machine: Machine, names: CodeNames
) -> list[tuple[Function, Class | None]]:
    """The functions that nobody ran and that may compute a derivative; forward functions come first."""
    found: list[tuple[Function, Class | None]] = []
    executed = {frame.function.qualified for frame in machine.inner_frames()}
    for value in list(machine.globals.values()):
        if isinstance(value, Function):
            found.append((value, None))
        elif isinstance(value, Class):
            methods = [one for one in value.fields.values() if isinstance(one, Function)]
            found.extend((one, value) for one in methods)
    found = [
        (function, owner) for function, owner in found
        if function.qualified not in executed and isinstance(function.node, ast.FunctionDef)
    ]  # fmt: skip
    called = program.called
    wanted = [
        (function, owner) for function, owner in found
        if function.name not in called and _derives(function, names)
    ]  # fmt: skip
    if not wanted:
        wanted = [one for one in found if _derives(one[0], names)]
    partners = [
        one for one in found
        if _FORWARD in one[0].name.lower() and one not in wanted and one[0].name not in called
    ]  # fmt: skip
    return partners + sorted(wanted, key=lambda one: _FORWARD not in one[0].name.lower())


def _derives(function: Function, names: CodeNames) -> bool:
    """Whether a function binds, stores or returns something with the name of a derivative."""
    if names.derivative(function.name) is not None:
        return True
    for node in ast.walk(function.node):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                if names.derivative(name) is not None:
                    return True
    return False


def _arguments(
    function: Function, given: Given, known: Mapping[str, object], skip: int = 0
) -> dict[str, object]:
    """The values of the parameters by their names; those with defaults may be left out."""
    arguments: dict[str, object] = {}
    for name in (*function.parameters.names, *function.parameters.keywords)[skip:]:
        try:
            arguments[name] = given.argument(name)
        except KeyError:
            if name in known:
                arguments[name] = known[name]
            elif name not in function.defaults:
                arguments[name] = Named(given.argument)
    return arguments


def _returned_names(frame: Frame) -> Iterator[tuple[str, object]]:
    """What a function returned under names: `cache` of `return out, cache`."""
    node = frame.return_node
    if node is not None and node.value is not None:
        for expression, _, value in _parts(node.value, frame.returned):
            if isinstance(expression, ast.Name) and not isinstance(value, Unknown):
                yield expression.id, value
