"""What a statement that failed may have changed under another name.

A statement binds names, and `recovery` makes these unknown. It may also change arrays, lists,
dictionaries and objects in place: by itself, or in functions of the program that it calls. Such a value
is unknown wherever else it is held: under another name, as a view, in a dictionary, in a field.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.program.errors import ProgramError
from grader.program.machine.frame import Frame
from grader.program.values import BoundMethod, Class, Function, Instance, Named, Unknown

CHANGING = frozenset(
    """append extend insert pop popitem remove sort reverse clear update setdefault add discard fill
    partition put resize itemset setfield at copyto putmask place put_along_axis fill_diagonal shuffle
    byteswap setflags step zero_grad""".split()
)
FRESH = frozenset(
    """copy clone zeros zeros_like ones ones_like full full_like empty empty_like eye identity array dot
    matmul mm outer einsum exp log log1p sqrt square power tanh abs sign sum mean max min maximum
    minimum where multiply divide add subtract clip astype flatten concatenate stack hstack vstack
    arange linspace float int len str range softmax sigmoid relu""".split()
)
DEPTH = 8  # of functions that call one another, and of values inside values


@lru_cache(maxsize=1_000)
def _nodes(statement: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(statement))


def changed(frame: Frame, statement: ast.stmt) -> list[Any]:
    """The values that a statement may change in place."""
    nodes = _nodes(statement)
    functions = _called(frame, nodes)
    containers = [_container(frame, node) for node in nodes]
    roots = _roots([node for node, one in zip(nodes, containers, strict=True) if one is _UNSURE])
    loaded = {node.id for node in nodes if isinstance(node, ast.Name)}
    inside: set[str] = set()
    for function in functions:
        body = _nodes(function.node)
        own = _roots(body)
        if own:
            roots |= own | loaded  # what a parameter or another name in it stands for is not known
            inside |= {node.id for node in body if isinstance(node, ast.Name)}
    if roots & _bound(nodes):
        roots |= loaded
    values = [_given(frame, name) for name in roots]
    values += [_value(frame, name) for name in inside]
    values += [one for one in containers if one is not _UNSURE]
    values += [_value(function.outer, name) for function in functions for name in inside]
    return list(_mutable(values))


_UNSURE = object()


def _container(frame: Frame, node: ast.AST) -> Any:
    """What a target changes, if that is known: an array or a list, None for a key or a field alone.

    A key or a field that a statement would have set is unknown, and no other part of what holds it.
    """
    match node:
        case ast.AugAssign(target=ast.Subscript() | ast.Attribute() as target):
            return _looked_up(frame, target)
        case (
            ast.Subscript(value=value, ctx=ast.Store())
            | ast.Attribute(value=value, ctx=ast.Store())
        ):
            found = _looked_up(frame, value)
            return None if isinstance(found, dict | Instance | Named) else found
    return _UNSURE


def _looked_up(frame: Frame, node: ast.expr) -> Any:
    """The value of a name, a field or a key as it is now; `_UNSURE` if it is not simply there."""
    match node:
        case ast.Name(id=name):
            found = _value(frame, name)
            return _UNSURE if found is None or isinstance(found, Unknown) else found
        case ast.Attribute(value=value, attr=attr):
            found = _looked_up(frame, value)
            return found.fields.get(attr, _UNSURE) if isinstance(found, Instance) else _UNSURE
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            found = _looked_up(frame, value)
            return found.get(key, _UNSURE) if isinstance(found, dict) else _UNSURE
    return _UNSURE


def held(frame: Frame, statement: ast.stmt) -> tuple[Any, ...]:
    """The values that what a statement binds may be, or may share memory with."""
    nodes = _nodes(statement)
    if not _bound(nodes):
        return ()
    loaded = {node.id for node in nodes if isinstance(node, ast.Name)}
    found = _mutable([_value(frame, name) for name in loaded])
    return tuple({id(value): value for value in found}.values())


def _mutable(values: Iterable[Any]) -> Iterator[Any]:
    """The values that may be changed in place; for an unknown one, those that it may be."""
    for value in values:
        if isinstance(value, Unknown):
            yield from value.held
        elif isinstance(value, np.ndarray | list | tuple | dict | set | Instance):
            yield value


def _roots(nodes: Iterable[ast.AST]) -> set[str]:
    """The names whose values are changed in place."""
    found: list[ast.expr] = []
    for node in nodes:
        match node:
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                found.append(value)
            case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
                found.append(value)
            case ast.AugAssign(target=ast.Name() as target):
                found.append(target)
            case ast.Call(func=func, args=args, keywords=keywords):
                found += [keyword.value for keyword in keywords if keyword.arg == "out"]
                name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
                if name in CHANGING or (name.endswith("_") and not name.startswith("_")):
                    found += [*args[:1], *([func.value] if isinstance(func, ast.Attribute) else [])]
    return {name for node in found for name in _names(node)}


def _names(node: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


def _bound(nodes: Sequence[ast.AST]) -> set[str]:
    """The names that are bound to what may be held elsewhere too."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value) if not _is_fresh(value):
                names |= {name for target in targets for name in _names(target)}
            case ast.For(target=target) | ast.comprehension(target=target):
                names |= set(_names(target))
    return names


def _is_fresh(value: ast.expr) -> bool:
    """Whether a value is surely a new array or a number."""
    match value:
        case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Constant() | ast.JoinedStr():
            return True
        case ast.Call(func=ast.Name(id="max" | "min")):
            return False  # Python's own gives one of its arguments
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in FRESH
    return False


def _called(frame: Frame, nodes: Sequence[ast.AST]) -> list[Function]:
    """The functions of the program that may run in a statement, with those that they may call."""
    found: dict[int, Function] = {}
    waiting = [(frame, nodes, 0)]
    while waiting:
        where, inner, depth = waiting.pop()
        attributes = {node.attr for node in inner if isinstance(node, ast.Attribute)}
        for name in {node.id for node in inner if isinstance(node, ast.Name)}:
            for function in _functions(_value(where, name), attributes):
                if id(function) not in found and depth < DEPTH:
                    found[id(function)] = function
                    body = _nodes(function.node)
                    waiting.append((function.outer or where, body, depth + 1))
    return [*found.values()]


def _functions(value: Any, attributes: set[str]) -> Iterator[Function]:
    """The functions that a value may run when it is used."""
    match value:
        case Function():
            yield value
        case BoundMethod(function=Function() as function, receiver=receiver):
            yield function
            yield from _functions(receiver, attributes)
        case Class():
            yield from _methods(value, {*attributes, "__init__"})
        case Instance(cls=Class() as cls):
            yield from _methods(cls, {*attributes, "__call__"})
        case list() | tuple() | dict():
            parts = value.values() if isinstance(value, dict) else value
            for part in [*parts][:100]:
                if isinstance(part, Function | BoundMethod | Class | Instance):
                    yield from _functions(part, attributes)


def _methods(cls: Class | None, names: set[str]) -> Iterator[Function]:
    """The methods of these names, of a class and those below it."""
    while cls is not None:
        for name, each in cls.fields.items():
            if isinstance(each, Function) and name in names:
                yield each
        cls = cls.base


def _given(frame: Frame, name: str) -> Any:
    """The value of a name, which is looked up in the given if the program has not used it so far."""
    value = _value(frame, name)
    if value is None and name not in frame.state.names:
        try:
            return frame.state.look_up(name)
        except ProgramError:
            return None
    return value


def _value(frame: Frame | None, name: str) -> Any:
    """The value of a name as it is now, None if it has none. Nothing is looked up in the given."""
    while frame is not None:
        if name in frame.locals:
            return frame.locals[name]
        if frame.outer is None:
            return frame.state.names.get(name)
        frame = frame.outer
    return None


def spoil(frame: Frame, values: list[Any], unknown: Unknown) -> None:
    """Make all of these values unknown wherever they are held. Raises nothing."""
    if not values:
        return
    reached: dict[int, Any] = {}
    for value in values:
        _collect(value, reached, 0)
    arrays = [value for value in reached.values() if isinstance(value, np.ndarray)]
    frame.state.given.spoiling(arrays, unknown.line or 0)
    spaces: list[dict[str, Any]] = [frame.state.names]
    where: Frame | None = frame
    while where is not None:
        spaces.append(where.locals)
        where = where.outer
    seen: set[int] = set()
    for space in spaces:
        for name, value in [*space.items()]:
            if _is_spoilt(value, reached, arrays, unknown, seen, 0):
                space[name] = unknown


def _collect(value: Any, reached: dict[int, Any], depth: int) -> None:
    """The value, and all that it holds."""
    if id(value) in reached or depth > DEPTH:
        return
    if isinstance(value, np.ndarray | list | dict | set | Instance):
        reached[id(value)] = value
    for part in _parts(value):
        _collect(part, reached, depth + 1)


def _parts(value: Any) -> list[Any]:
    match value:
        case list() | tuple():
            return [*value]
        case dict():
            return [*value.values()]
        case Instance(fields=fields):
            return [*fields.values()]
    return []


def _is_spoilt(
    value: Any,
    reached: dict[int, Any],
    arrays: list[Any],
    unknown: Unknown,
    seen: set[int],
    depth: int,
) -> bool:
    """Whether a value is unknown now; parts of dictionaries, lists and objects are put in their places."""
    if id(value) in reached:
        return True
    if isinstance(value, np.ndarray):
        return any(np.may_share_memory(value, array) for array in arrays)
    if depth > DEPTH:
        return isinstance(value, list | tuple | dict | Instance)
    if not isinstance(value, list | tuple | dict | Instance) or id(value) in seen:
        return False
    if not isinstance(value, tuple):
        seen.add(id(value))
    places: Any = value.fields if isinstance(value, Instance) else value
    keys = range(len(places)) if isinstance(places, list | tuple) else [*places]
    hit = False
    for key in keys:
        if _is_spoilt(places[key], reached, arrays, unknown, seen, depth + 1):
            if isinstance(places, tuple):
                hit = True
            else:
                places[key] = unknown
    return hit
