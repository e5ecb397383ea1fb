"""`x.name`: fields of the program's own objects, and the tables for everything else."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.program.budget import Budget
from grader.program.errors import Failed, Origin, ProgramError, Refused
from grader.program.library import Place
from grader.program.machine.frame import Frame, State, known
from grader.program.machine.indexing import named_field
from grader.program.machine.library import Library, Row
from grader.program.machine.operators import NUMBERS, kind
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
)  # fmt: skip

ALLOWED = frozenset(("__init__", "__call__", "__name__", "__len__", "__post_init__"))


def check_name(name: str, line: int) -> None:
    """Raise Refused for a name that means something to Python itself."""
    if name.startswith("__") and name not in ALLOWED:
        raise Refused(f"`{name}` is not run", line)


def rows_of(library: Library, value: Any) -> Mapping[str, Row]:
    """The methods of a value that is no object of the program."""
    if type(value) is np.ndarray:
        return library.methods
    if type(value) is list:
        return library.list_methods
    if type(value) is tuple:
        return library.tuple_methods
    if type(value) is Place:
        return library.place_methods
    if type(value) is dict:
        return library.dict_methods
    if type(value) is str:
        return library.str_methods
    if type(value) in NUMBERS:
        return library.scalar_methods
    return {}


def attribute(frame: Frame, value: Any, name: str) -> Any:
    """`value.name`. Raises Refused and Failed."""
    state = frame.state
    match value:
        case np.ndarray():
            return _array_attribute(state, value, name)
        case Instance():
            return instance_field(value, name)
        case Module():
            return member(state.library, value, name)
        case Named() if name == _SAVE:
            return BoundMethod(value, _saved)
        case Named():
            return named_field(value, name)
        case Class():
            return class_field(value, name)
        case Super():
            return super_field(value, name)
        case Quiet():
            return Quiet(f"{value.path}.{name}")
        case Function() if name == "__name__":
            return value.name
        case (first, second) if state.library.tensors and name in _EXTREMES:
            return second if name == "indices" else first
        case Builtin() if f"{value.path}.{name}" in state.library.functions:
            path = f"{value.path}.{name}"
            return Builtin(path, state.library.functions[path])
    known(value)
    if (
        type(value) in NUMBERS
        and isinstance(value, np.generic)
        and name in state.library.attributes
    ):
        return known(state.library.attributes[name](frame.budget, value))
    rows = rows_of(state.library, value)
    if name in rows:
        return BoundMethod(value, rows[name])
    raise Failed(f"{kind(value)} has no `{name}`")


_SAVE = "save_for_backward"


def _saved(budget: Budget, context: Named, *tensors: Any) -> None:
    """PyTorch: what a function keeps for its backward pass."""
    context.fields["saved_tensors"] = tensors


_EXTREMES = ("values", "indices")  # what PyTorch's `x.max(dim)` and the like give


def _array_attribute(state: State, array: np.ndarray, name: str) -> Any:
    attached = state.attached.get(id(array))
    if attached is not None and name in attached[1]:
        return known(attached[1][name])
    library = state.library
    if name in library.attributes:
        return known(library.attributes[name](state.budget, array))
    if name in library.methods:
        return BoundMethod(array, library.methods[name])
    if name == "grad":
        raise Refused("automatic differentiation is no derivation")
    if name in _OF_ARRAYS:
        raise Refused(f"`.{name}` of an array is not run")
    raise Failed(f"an array has no `{name}`")


_OF_ARRAYS = frozenset(dir(np.ndarray))


def member(library: Library, module: Module, name: str) -> Any:
    """A function, constant or module of a module. Raises Refused."""
    try:
        return known(library.member(module.path, name))
    except KeyError:
        raise unlisted(module.path, name) from None


def unlisted(module: str, name: str) -> ProgramError:
    """The fault of using what the tables do not list; of a course's module they list only a part."""
    fault = Refused(f"`{module}.{name}` is not known to the grader")
    return fault.of(Origin.OUTSIDE) if module.startswith("courses.") else fault


_INERT = frozenset(("object", "Module", "ABC", "Function"))  # what such classes are made from


def of_class(cls: Class, name: str) -> Any:
    """A field of a class. Raises KeyError, and Refused if an unknown base may make another one of it."""
    value = cls.find(name)
    outside = cls.outside()
    if outside is not None and outside.split(".")[-1] not in _INERT and type(value) is not Function:
        raise Refused(f"`{name}` of a kind of `{outside}`, which the program does not define")
    return value


def find(instance: Instance, name: str) -> tuple[Any, bool]:
    """A field of an object or of its class, as it is, and whether it is of the class. Raises KeyError."""
    if name in instance.fields:
        return instance.fields[name], False
    if isinstance(instance.cls, Class):
        try:
            return of_class(instance.cls, name), True
        except KeyError:
            pass
    if instance.fallback is None:
        raise KeyError(name)
    value = instance.fallback(name)  # asked each time: what is used is noted
    return instance.borrowed.setdefault(name, value), False


def instance_field(instance: Instance, name: str) -> Any:
    """`self.name`; methods are bound. Raises Refused and Failed."""
    try:
        value, of_class = find(instance, name)
    except KeyError:
        raise _missing(instance.cls, name, "the object") from None
    return bound(value, instance) if of_class else known(value)


def bound(value: Any, receiver: Any) -> Any:
    """A field of a class as an object has it."""
    if not isinstance(value, Function):
        return known(value)
    match value.kind:
        case Kind.STATIC:
            return value
        case Kind.CLASS:
            return BoundMethod(receiver.cls if isinstance(receiver, Instance) else receiver, value)
        case _:
            return BoundMethod(receiver, value)


def class_field(cls: Class, name: str) -> Any:
    """`Class.name`. Raises Refused and Failed."""
    if name == "__name__":
        return cls.name
    try:
        value = of_class(cls, name)
    except KeyError:
        raise _missing(cls, name, f"`{cls.name}`") from None
    if isinstance(value, Function) and value.kind is Kind.CLASS:
        return BoundMethod(cls, value)
    return known(value)


def super_field(value: Super, name: str) -> Any:
    """`super().name`. Raises Refused and Failed."""
    base = value.cls.base
    if base is None:
        raise _missing(value.cls, name, f"the class below `{value.cls.name}`")
    try:
        return bound(base.find(name), value.receiver)
    except KeyError:
        raise _missing(base, name, f"the class below `{value.cls.name}`") from None


def _missing(cls: Any, name: str, what: str) -> Refused | Failed:
    outside = cls.outside() if isinstance(cls, Class) else None
    if outside is not None:
        return Refused(f"`{name}` of `{outside}`, which the program does not define")
    return Failed(f"{what} has no `{name}`")


def put_attribute(frame: Frame, value: Any, name: str, new: Any) -> None:
    """`value.name = new`. Raises Refused and Failed."""
    match value:
        case Instance() | Class():
            found = (
                value.cls.find
                if isinstance(value, Instance) and isinstance(value.cls, Class)
                else None
            )
            if found is not None and _is_property(found, name):
                raise Failed(f"`{name}` cannot be set")
            value.fields[name] = new
        case Named():
            value.fields[name] = new
        case np.ndarray() if name == "grad" and frame.state.library.tensors:
            frame.state.attached.setdefault(id(value), (value, {}))[1][name] = new
        case np.ndarray() if name == "data" and new is value:
            pass
        case np.ndarray() if name == "requires_grad" and frame.state.library.tensors:
            pass
        case np.ndarray() if (
            name not in frame.state.library.attributes and not frame.state.library.tensors
        ):
            raise Failed(f"an array has no `{name}`")
        case np.ndarray():
            raise Refused(f"`.{name}` of an array is set")
        case _:
            raise Failed(f"`{name}` of {kind(known(value))} cannot be set")


def _is_property(find_in_class: Any, name: str) -> bool:
    try:
        value = find_in_class(name)
    except KeyError:
        return False
    return isinstance(value, Function) and value.kind is Kind.PROPERTY
