"""Calls: functions and classes of the program, and rows of the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from grader.program.errors import RAISED, Failed, Origin, ProgramError, Refused, of
from grader.program.machine.attributes import attribute, find, rows_of
from grader.program.machine.frame import DEPTH, Frame, State, known
from grader.program.machine.operators import check_key, formatted_fields, kind
from grader.program.values import (
    BoundMethod,
    Builtin,
    Class,
    Function,
    Instance,
    Kind,
    Module,
    Named,
    Quiet,
    Super,
    Unknown,
    only_names,
)  # fmt: skip

Keywords = Mapping[str, Any]
NONE: Keywords = {}


def call(frame: Frame, called: Any, args: Sequence[Any], keywords: Keywords = NONE) -> Any:
    """Call any value that can be called. Raises ProgramError, and what the library raises."""
    match called:
        case Function():
            return invoke(frame.state, called, args, keywords)
        case BoundMethod(receiver=receiver, function=Function() as function):
            return invoke(frame.state, function, (receiver, *args), keywords)
        case BoundMethod(receiver=receiver, function=row):
            return row(frame.budget, receiver, *args, **keywords)
        case Builtin(calls=True):
            return _call_with_functions(frame, called.row, args, keywords)
        case Builtin():
            return called.row(frame.budget, *args, **keywords)
        case Class():
            return instantiate(frame, called, args, keywords)
        case Instance():
            return _call_instance(frame, called, args, keywords)
        case Named():
            raise only_names()
        case Quiet():
            return Unknown(f"`{called.path[:60]}` is not run", origin=Origin.OUTSIDE)
        case Module():
            raise Failed("a module cannot be called")
    if callable(known(called)) and type(called).__module__.startswith("grader.program."):
        return called(frame.budget, *args, **keywords)  # a type of the library
    raise Failed(f"{kind(called)} cannot be called")


def _call_with_functions(frame: Frame, row: Any, args: Sequence[Any], keywords: Keywords) -> Any:
    wrapped = {name: _callable(frame, value) for name, value in keywords.items()}
    return row(frame.budget, *[_callable(frame, value) for value in args], **wrapped)


_CALLED = (Function, BoundMethod, Builtin, Class)


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """A value of the program as a function of Python, which the library calls."""

    value: Any
    frame: Frame = field(repr=False)

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """What the call gives. Raises ProgramError, and what the library raises."""
        return call(self.frame, self.value, args, keywords)


def _callable(frame: Frame, value: Any) -> Any:
    return Called(value, frame) if isinstance(value, _CALLED) else value


def method(frame: Frame, value: Any, name: str, args: Sequence[Any], keywords: Keywords) -> Any:
    """`value.name(...)` for a value that is no array and no module."""
    if isinstance(value, Instance):
        try:
            found, of_class = find(value, name)
        except KeyError:
            found, of_class = None, False
        if of_class and type(found) is Function and found.kind is Kind.PLAIN:
            return invoke(frame.state, found, (value, *args), keywords)
    elif isinstance(value, Super):
        if name == "__init__" and value.cls.base is None:
            return None
    else:
        if type(value) is str and name == "format":
            return formatted_fields(frame.budget, value, args, keywords)
        if type(value) is set and name in ("add", "discard", "remove"):
            return _change_set(frame, value, name, args)
        rows = rows_of(frame.state.library, value)
        if name in rows:
            row = rows[name]
            if type(value) in (list, dict):
                return _call_with_functions(
                    frame, partial(_after_budget, row, value), args, keywords
                )
            return row(frame.budget, value, *args, **keywords)
    return call(frame, fetched(frame, value, name), args, keywords)


def _after_budget(row: Any, value: Any, budget: Any, *args: Any, **keywords: Any) -> Any:
    return row(budget, value, *args, **keywords)


def _change_set(frame: Frame, values: set[Any], name: str, args: Sequence[Any]) -> None:
    if len(args) != 1:
        raise Failed(f"`{name}` takes one value")
    check_key(args[0])
    frame.budget.room(len(values))
    if name == "add":
        values.add(args[0])
    elif name == "remove":
        values.remove(args[0])
    else:
        values.discard(args[0])


def fetched(frame: Frame, value: Any, name: str) -> Any:
    """`value.name`; a property is worked out."""
    found = attribute(frame, value, name)
    if (
        type(found) is BoundMethod
        and isinstance(found.function, Function)
        and found.function.kind is Kind.PROPERTY
    ):
        return invoke(frame.state, found.function, (found.receiver,), NONE)
    return found


def invoke(state: State, function: Function, args: Sequence[Any], keywords: Keywords) -> Any:
    """Run a function of the program; what fails in it, fails in the caller. Raises ProgramError."""
    frame = Frame(function, state, {}, function.outer)
    bind(frame, function, args, keywords)
    state.budget.step(function.weight)
    if state.depth >= DEPTH:
        raise Refused(f"functions call one another more than {DEPTH} deep")
    state.depth += 1
    try:
        function.body(frame)
    except (ProgramError, *RAISED) as error:
        frame.fault = of(error)
        raise
    finally:
        state.depth -= 1
        state.last[function.qualified] = frame
    return frame.returned


def bind(frame: Frame, function: Function, args: Sequence[Any], keywords: Keywords) -> None:
    """Give the parameters of a function their values. Raises Failed as Python does."""
    parameters = function.parameters
    names = parameters.names
    values = frame.locals
    if len(args) == len(names) and not keywords and not parameters.keywords:
        values.update(zip(names, args, strict=True))
    else:
        _bind_others(values, function, args, keywords)
    if parameters.rest is not None:
        values[parameters.rest] = tuple(args[len(names) :])
    if parameters.others is not None:
        known_names = {*names, *parameters.keywords}
        values[parameters.others] = {k: v for k, v in keywords.items() if k not in known_names}


def _bind_others(
    values: dict[str, Any], function: Function, args: Sequence[Any], keywords: Keywords
) -> None:
    parameters = function.parameters
    names = parameters.names
    if len(args) > len(names) and parameters.rest is None:
        raise Failed(f"`{function.name}` takes {len(names)} values, and {len(args)} are given")
    values.update(zip(names, args, strict=False))
    for name, value in keywords.items():
        if name in names[: len(args)]:
            raise Failed(f"`{function.name}` is given `{name}` twice")
        if name in names or name in parameters.keywords:
            values[name] = value
        elif parameters.others is None:
            raise Failed(f"`{function.name}` has no parameter `{name}`")
    for name in (*names, *parameters.keywords):
        if name not in values:
            if name not in function.defaults:
                raise Failed(f"`{function.name}` is called without `{name}`")
            values[name] = function.defaults[name]


def instantiate(frame: Frame, cls: Class, args: Sequence[Any], keywords: Keywords) -> Instance:
    """An object of a class, initialised."""
    frame.budget.step()
    instance = Instance(cls)
    try:
        initialise = cls.find("__init__")
    except KeyError:
        if args or keywords:
            outside = cls.outside()
            if outside is not None:
                raise Refused(
                    f"values for `{outside}`, which the program does not define"
                ) from None
            raise Failed(f"`{cls.name}` takes no values") from None
        return instance
    if not isinstance(initialise, Function):
        raise Refused("a class whose `__init__` is no function")
    if invoke(frame.state, initialise, (instance, *args), keywords) is not None:
        raise Failed("`__init__` returns a value")
    return instance


def _call_instance(
    frame: Frame, instance: Instance, args: Sequence[Any], keywords: Keywords
) -> Any:
    """`layer(x)`; an `nn.Module` calls its `forward`."""
    cls = instance.cls
    if isinstance(cls, Class):
        outside = cls.outside() or ""
        names = ("__call__", "forward") if outside.split(".")[-1] == "Module" else ("__call__",)
        for name in names:
            try:
                found = cls.find(name)
            except KeyError:
                continue
            return call(frame, BoundMethod(instance, found), args, keywords)
    raise Failed("the object cannot be called")
