"""What a statement that failed may have changed under another name.

A statement binds names, and `recovery` makes these unknown. It may also change arrays, lists,
dictionaries and objects in place: by itself, or in functions of the program that it calls. Such a value
is unknown wherever else it is held: under another name, as a view, in a dictionary, in a field, in a
function around another one, in what a loop walks. What is unknown keeps the values that it may be
(`Unknown.held`), so that a later statement that changes it changes these.
"""

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from grader.program.errors import ProgramError, Refused
from grader.program.machine.calls import Called
from grader.program.machine.context import bound_names, root_of, shared_names
from grader.program.machine.frame import DEPTH, Frame, enclosing, value_of
from grader.program.machine.functions import around, parameters_of, written
from grader.program.memory import Memory
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
    Walk,
)  # fmt: skip

CHANGING = frozenset(
    """append extend insert pop popitem remove sort reverse clear update setdefault add discard fill
    partition put resize itemset setfield at copyto putmask place put_along_axis fill_diagonal shuffle
    byteswap setflags step zero_grad setattr""".split()
)
FRESH = frozenset(
    """copy clone zeros zeros_like ones ones_like full full_like empty empty_like eye identity array dot
    matmul mm outer einsum exp log log1p sqrt square power tanh abs sign mean sum max min maximum minimum
    where multiply divide add subtract clip astype flatten concatenate stack hstack vstack arange linspace
    float int len str range softmax sigmoid relu""".split()
)
_IN_PLACE = ("out", "copy", "inplace")  # keywords by which a function changes or gives an argument
_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)
_CHANGED = (np.ndarray, list, dict, set, Instance, Named, Walk)
_HOLDING = (*_CHANGED, tuple, Class, Function, BoundMethod, Called)


@lru_cache(maxsize=4_000)
def _nodes(statement: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(statement))


class _Text(NamedTuple):
    """What stands in a statement or function, which is asked for again with every fault.

    `names` are those that a function does not bind itself, `called` those that are called, `calls` what
    is called at all, `made` the functions that it makes; `shared` are its global names, and `outer` its
    nonlocal ones; `writing` are the nodes that may change something.
    """

    names: Counter[str]
    called: Counter[str]
    calls: tuple[ast.expr, ...]
    attributes: frozenset[str]
    made: tuple[ast.FunctionDef | ast.Lambda, ...]
    shared: tuple[str, ...]
    outer: tuple[str, ...]
    writing: tuple[ast.AST, ...]


@lru_cache(maxsize=4_000)
def _text(node: ast.AST) -> _Text:
    nodes = _nodes(node)
    own = _own(node)
    calls = [one.func for one in nodes if isinstance(one, ast.Call)]
    return _Text(
        Counter([one.id for one in nodes if isinstance(one, ast.Name) and one.id not in own]),
        Counter([one.id for one in calls if isinstance(one, ast.Name) and one.id not in own]),
        tuple(calls),
        frozenset([one.attr for one in nodes if isinstance(one, ast.Attribute)]),
        tuple([one for one in nodes if isinstance(one, ast.FunctionDef | ast.Lambda)]),
        tuple([name for one in nodes if isinstance(one, ast.Global) for name in one.names]),
        tuple([name for one in nodes if isinstance(one, ast.Nonlocal) for name in one.names]),
        tuple([one for one in nodes if isinstance(one, _WRITING) and not _is_load(one)]),
    )


_WRITING = (ast.Subscript, ast.Attribute, ast.AugAssign, ast.Expr, ast.Call)


def _is_load(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)


class Running(NamedTuple):
    """What may run in a statement: functions of the program, and iterators that it may go on with."""

    functions: list[Function]
    walks: list[Walk]


Changed = dict[int, Any]
"""Values that may be changed in place, by identity."""


def changed(frame: Frame, statement: ast.stmt, running: Running) -> Changed:
    """The values that a statement may change, with all that they hold."""
    nodes, functions = _nodes(statement), running.functions
    bound = _stored(nodes)
    is_block = isinstance(statement, _BLOCKS)
    found = [_container(frame, node, bound, is_block) for node in nodes]
    roots = _roots(frame, [node for node, one in zip(nodes, found, strict=True) if one is _UNSURE])
    containers = [one for one in found if one is not _UNSURE and one is not None]
    values = [*containers]
    if _is_any_changing(functions) or roots & _bound(frame, nodes):
        roots |= _names(nodes)  # what a parameter or another name stands for is not known
        values += _inside(frame, functions)
    values += [_given(frame, name) for name in roots]
    return {**reached(values), **whole([*containers, *running.walks])}


def rebound(frame: Frame, running: Running) -> list[tuple[dict[str, Any], str]]:
    """The global names, and those of functions around others, that functions may bind."""
    places = []
    for function in running.functions:
        text = _text(function.node)
        places += [(frame.state.names, name) for name in text.shared]
        places += [
            (where.locals, name)
            for where in enclosing(function.outer)
            for name in text.outer
            if name in where.locals
        ]
    return places


def bind(places: list[tuple[dict[str, Any], str]], unknown: Unknown) -> None:
    """Make names unknown where they are bound."""
    for names, name in places:
        names[name] = unknown


_UNSURE = object()


def _container(frame: Frame, node: ast.AST, bound: set[str], is_block: bool) -> Any:
    """What a target changes, if that is known: an array or a list, None for a key or a field alone.

    A key or a field that a statement would have set is unknown, and no other part of what holds it; but
    whether a block sets a key that is not there is not known.
    """
    match node:
        case ast.AugAssign(target=ast.Subscript() | ast.Attribute() as target):
            return _looked_up(frame, target, bound)
        case ast.Subscript(value=value, slice=key, ctx=ast.Store()):
            found = _looked_up(frame, value, bound)
            if isinstance(found, dict) and is_block:
                return None if isinstance(key, ast.Constant) and key.value in found else found
            return None if isinstance(found, dict | Named) else found
        case ast.Attribute(value=value, ctx=ast.Store()):
            found = _looked_up(frame, value, bound)
            return None if isinstance(found, Class | Instance | Named) else found
    return _UNSURE


def _looked_up(frame: Frame, node: ast.expr, bound: set[str]) -> Any:
    """The value of a name, a field or a key as it is now; `_UNSURE` if it is not simply there."""
    found: Any = _UNSURE
    match node:
        case ast.Name(id=name) if name not in bound:
            found = value_of(frame, name)
        case ast.Attribute(value=value, attr=key):
            holder = _looked_up(frame, value, bound)
            if isinstance(holder, Instance):
                found = holder.fields.get(key, holder.borrowed.get(key))
            elif isinstance(holder, Named):
                found = holder.fields.get(key)
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            holder = _looked_up(frame, value, bound)
            if isinstance(holder, dict | Named):
                found = (holder if isinstance(holder, dict) else holder.fields).get(key)
    return _UNSURE if found is None or isinstance(found, Unknown) else found


def held(frame: Frame, statement: ast.stmt, running: Running) -> tuple[Any, ...]:
    """The values that what a statement binds or changes may be, may hold, or may share memory with."""
    nodes, functions = _nodes(statement), running.functions
    sources: list[ast.AST] = [part for node in nodes for part in _sources(frame, node)]
    values = _written(frame, statement)
    if isinstance(statement, _BLOCKS):  # what it does not bind is as it was
        values += [value_of(frame, name) for name in _stored(nodes)]
    if functions and (sources or _is_any_changing(functions)):
        sources = [statement]
        for function in functions:
            values += _written(function.outer or frame, function.node)
            values += [
                *function.defaults.values(),
                *_handed_on(function.outer or frame, function.node),
            ]
    values += [value for source in sources for value in _handed_on(frame, source)]
    return tuple([value for value in _known(values) if isinstance(value, _HOLDING)])


def _written(frame: Frame, node: ast.AST) -> list[Any]:
    """The functions that are made in a text."""
    outer = around(frame)
    return [
        _stand(frame, (made, outer), partial(written, made, outer)) for made in _text(node).made
    ]


def _stand(frame: Frame, of: tuple[Any, Any], make: Callable[[], Any]) -> Any:
    """What stands for a value that a fault hides, the same one each time; it holds what it is `of`."""
    stands, key = frame.state.stands, (id(of[0]), id(of[1]))
    if key not in stands:
        stands[key] = make()
    return stands[key]


def _handed_on(frame: Frame, node: ast.AST) -> Iterator[Any]:
    """The values of the names in a text; of a class that is called, an object."""
    text = _text(node)
    for name, count in text.names.items():
        value = value_of(frame, name)
        if isinstance(value, Class) and name in text.called:
            yield _stand(frame, (value, None), partial(Instance, value))
        if not isinstance(value, Function) or count > text.called[name]:
            yield value


def _sources(frame: Frame, node: ast.AST) -> list[ast.expr]:
    """What a node hands on, so that it is held under one more name."""
    match node:
        case ast.Assign(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
            return [] if _is_fresh(frame, value) else [value]
        case ast.AugAssign(target=target, value=value):
            is_array = isinstance(_looked_up(frame, target, set()), np.ndarray)
            return [target] if is_array else [target, value]
        case (
            ast.For(iter=value)
            | ast.comprehension(iter=value)
            | ast.Return(value=ast.expr() as value)
        ):
            return [value]
        case ast.Call(args=args, keywords=keywords) if _changing(node):
            return [*args, *[keyword.value for keyword in keywords]]
    return []


def _known(values: Iterable[Any]) -> list[Any]:
    """The values, each once; for an unknown one, those that it may be."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    for value in values:
        if not isinstance(value, Unknown):
            found[id(value)] = value
        elif id(value.held) not in seen:
            seen.add(id(value.held))
            found.update([(id(one), one) for one in value.held])
    return [*found.values()]


def _roots(frame: Frame, nodes: Iterable[ast.AST], own: frozenset[str] = frozenset()) -> set[str]:
    """The names whose values are changed in place; `own` are those that are not of the frame."""
    found: list[ast.expr] = []
    for node in nodes:
        match node:
            case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
                found.append(value)
            case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
                found.append(value)
            case ast.AugAssign(target=ast.Name() as target):
                found.append(target)
            case ast.Expr(value=ast.Call() as call) if not _is_harmless(frame, call.func, own):
                given = [*call.args, *[keyword.value for keyword in call.keywords]]
                found += [one for one in given if not _is_fresh(frame, one)]
                found += _receiver(call.func)
            case ast.Call(func=func, args=args, keywords=keywords):
                found += [keyword.value for keyword in keywords if keyword.arg == "out"]
                if _changing(node) or any(keyword.arg in _IN_PLACE for keyword in keywords):
                    found += [*([] if _is_container(frame, func) else args[:1]), *_receiver(func)]
    return {name for node in found for name in _names(_nodes(node))}


def _changing(call: ast.Call) -> bool:
    """Whether a method or function changes what it is called on, by its name."""
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in CHANGING or (name.endswith("_") and not name.startswith("_"))


def _is_container(frame: Frame, func: ast.expr) -> bool:
    """Whether a function is a method of what changes itself alone."""
    found = [_looked_up(frame, value, set()) for value in _receiver(func)]
    return any(isinstance(value, np.ndarray | list | dict | set) for value in found)


def _is_harmless(frame: Frame, func: ast.expr, own: frozenset[str]) -> bool:
    """Whether a call that is a statement of its own changes nothing, or nothing but what else is seen."""
    name = root_of(func)
    if name is None or name.id in own or _is_container(frame, func):
        return _is_container(frame, func)
    value = value_of(frame, name.id)
    known = Function | Class | Instance | BoundMethod | Builtin | Quiet
    return isinstance(value, known) or (value is None and name is func)


def _is_any_changing(functions: Iterable[Function]) -> bool:
    """Whether one of the functions changes anything in place."""
    return any(
        _roots(function.outer, _text(function.node).writing, _own(function.node))
        for function in functions
    )


def _receiver(func: ast.expr) -> list[ast.expr]:
    return [func.value] if isinstance(func, ast.Attribute) else []


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    return _names([node for node in nodes if not _is_load(node)])


def _bound(frame: Frame, nodes: Sequence[ast.AST]) -> set[str]:
    """The names that are bound to what may be held elsewhere too."""
    targets: list[ast.expr] = []
    for node in nodes:
        match node:
            case ast.Assign(targets=several, value=value) if not _is_fresh(frame, value):
                targets += several
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                targets += [] if _is_fresh(frame, value) else [target]
            case ast.For(target=target) | ast.comprehension(target=target):
                targets.append(target)
    return _names([node for target in targets for node in _nodes(target)])


def _is_fresh(frame: Frame, value: ast.expr) -> bool:
    """Whether a value is surely a new array or a number, or new lists of these."""
    match value:
        case ast.UnaryOp() | ast.Compare() | ast.Constant() | ast.JoinedStr():
            return True
        case ast.BinOp(op=ast.Add() | ast.Mult(), left=left, right=right):  # lists have these too
            return _is_numeric(frame, left) or _is_numeric(frame, right)
        case ast.BinOp():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return all(_is_fresh(frame, part) for part in parts)
        case ast.Call(keywords=keywords) if any(one.arg in _IN_PLACE for one in keywords):
            return False
        case ast.Call(func=ast.Name(id=name)):
            # Python's own `max` gives one of its arguments, and its `sum` of lists their items
            is_own = isinstance(value_of(frame, name), _HOLDING) or name in ("max", "min", "sum")
            return name in FRESH and not is_own
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)):
            return name in FRESH and _is_numeric(frame, receiver, Module)
    return False


def _is_numeric(frame: Frame, node: ast.expr, *others: type) -> bool:
    """Whether a value is surely an array or a number of NumPy, or one of other types."""
    while isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(
        found := _looked_up(frame, node, set()), list | tuple
    ):
        if isinstance(found, np.ndarray | np.generic | float | Module):
            return True
        node = node.value
    if isinstance(node, ast.Name):
        value = value_of(frame, node.id)
        return isinstance(value, (np.ndarray, np.generic, float, *others))
    return isinstance(node, ast.BinOp | ast.Call) and _is_fresh(frame, node)


def _inside(frame: Frame, functions: Iterable[Function]) -> list[Any]:
    """The values that functions may use: of names, and of their defaults."""
    values: list[Any] = []
    for function in functions:
        values += function.defaults.values()
        where = function.outer or frame
        values += [_given(where, name) for name in _free(function.node)]
    return values


@lru_cache(maxsize=1_000)
def _own(node: Any) -> frozenset[str]:
    """The names that a function binds."""
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        return frozenset()
    body = node.body if isinstance(node.body, list) else []
    shared = shared_names(body, ast.Global) | shared_names(body, ast.Nonlocal)
    return (bound_names(body) | set(parameters_of(node.args).all)) - shared


@lru_cache(maxsize=1_000)
def _free(node: Any) -> frozenset[str]:
    """The names of a function that are bound around it."""
    inner = [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.arguments)]
    names: set[str] = set()
    while inner:
        one = inner.pop()
        if isinstance(one, ast.FunctionDef | ast.Lambda):
            names |= _free(one) | _names(_nodes(one.args))
        else:
            names |= {one.id} if isinstance(one, ast.Name) else set()
            inner += ast.iter_child_nodes(one)
    return frozenset(names - _own(node))


def called(frame: Frame, statement: ast.stmt) -> Running:
    """What may run in a statement, and in the functions that it may call."""
    text = _text(statement)
    attributes, values = {*text.attributes}, [value_of(frame, name) for name in text.names]
    is_calling = any(not _is_of_module(frame, func) for func in text.calls) or any(
        isinstance(value, Function | BoundMethod) for value in values
    )
    functions: list[Function] = []
    walks: list[Walk] = []
    holders: list[Any] = []
    seen = _Seen()
    for _ in range(DEPTH):
        found = _reachable(values, seen)
        walks += [value for value in found if type(value) is Walk]
        holders += [value for value in found if isinstance(value, _CALLED)]
        known = {id(function) for function in functions}
        found = _functions(holders, attributes, is_calling)
        new = [one for one in found if id(one) not in known]
        if not new:
            return Running(functions, walks)
        functions += new
        is_calling = True
        attributes.update(*[_text(one.node).attributes for one in new])
        values = [value_of(one.outer or frame, name) for one in new for name in _free(one.node)]
    raise TooMuch


_CALLED = (Function, Class, Instance)


def _is_of_module(frame: Frame, func: ast.expr) -> bool:
    """Whether a function is one of a module of the library, which calls none of the program."""
    root = root_of(func)
    return root is not None and isinstance(value_of(frame, root.id), Module | Quiet)


def _functions(values: Iterable[Any], attributes: set[str], is_calling: bool) -> list[Function]:
    """The functions among values, and the methods of these names of classes and objects.

    Where nothing is called, these are the properties.
    """
    found: dict[int, Function] = {}
    for value in values:
        if isinstance(value, Function):
            found[id(value)] = value
        made, cls = (False, value.cls) if isinstance(value, Instance) else (True, value)
        names = {*attributes, "__init__" if made else "__call__"}
        while isinstance(cls, Class):
            for name, each in cls.fields.items():
                if isinstance(each, Function) and name in names:
                    found[id(each)] = each
            cls = cls.base
    return [one for one in found.values() if is_calling or one.kind is Kind.PROPERTY]


@dataclass(slots=True)
class _Seen:
    """The values that were looked at, by identity, and how many parts they have."""

    ids: set[int] = field(default_factory=set)
    count: int = 0


def _reachable(values: Iterable[Any], seen: _Seen | None = None) -> list[Any]:
    """The values that were not seen before, and all that they hold but numbers and texts, each once."""
    seen = seen or _Seen()
    ids, waiting, found = seen.ids, [*values], []
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind in _LEAVES or id(value) in ids:
            continue
        ids.add(id(value))
        found.append(value)
        if kind is np.ndarray:
            continue
        parts = _parts(value)
        seen.count += len(parts)
        _check(seen.count)
        waiting += [part for part in parts if type(part) not in _LEAVES]
    return found


MOST = 10_000  # values that are looked at, and pairs of arrays that are compared


class TooMuch(Refused):
    """The program holds more values than can be looked at."""

    def __init__(self) -> None:
        super().__init__("the program holds too many values")


def _check(count: int) -> None:
    if count > MOST:
        raise TooMuch


def forget(frame: Frame, unknown: Unknown) -> None:
    """Make all that may be changed in place unknown. Raises nothing."""
    for each in enclosing(frame):
        each.locals.update({
            name: unknown for name, value in each.locals.items()
            if type(value) not in _LEAVES
        })  # fmt: skip
    frame.state.walks[:] = [unknown for _ in frame.state.walks]


_PLAIN = frozenset(
    (
        int,
        float,
        bool,
        str,
        slice,
        range,
        type(None),
        type(Ellipsis),
        np.float64,
        np.int64,
        np.bool_,
    )
)
_LEAVES = _PLAIN | {Module, Builtin, Quiet}
"""Types of values that hold no others, and that nothing changes."""


def _parts(value: Any) -> Collection[Any]:
    """What a value holds."""
    match value:
        case list() | tuple():
            return value
        case dict():
            return value.values()
        case Instance(fields=fields, borrowed=borrowed):
            return [*fields.values(), *borrowed.values()]
        case Named(fields=fields):
            return fields.values()
        case Walk(sources=sources):
            return sources
        case BoundMethod(receiver=receiver, function=function):
            return (receiver, function)
        case Super(receiver=receiver) | Called(value=receiver):
            return (receiver,)
        case Unknown(held=values):
            return values
        case Function(defaults=defaults):
            return defaults.values()
    return ()


def _given(frame: Frame, name: str) -> Any:
    """The value of a name, which is looked up in the given if the program has not used it so far."""
    value = value_of(frame, name)
    if value is None and name not in frame.state.names:
        try:
            return frame.state.look_up(name)
        except ProgramError:
            return None
    return value


def reached(values: Iterable[Any]) -> Changed:
    """All that may be changed in place in some values, those that unknown ones may be included."""
    return {id(value): value for value in _reachable(values) if isinstance(value, _CHANGED)}


def whole(values: Iterable[Any]) -> Changed:
    """These values themselves, whatever they are."""
    return {id(value): value for value in values}


def spoil(frame: Frame, changed: Changed, unknown: Unknown) -> None:
    """Make all of these values unknown wherever they are held. Raises TooMuch."""
    if not changed:
        return
    memory = Memory([value for value in changed.values() if isinstance(value, np.ndarray)])
    state = frame.state
    state.given.spoiling(memory, unknown)
    spaces: list[Any] = [state.names, state.walks, *[each.locals for each in enclosing(frame)]]
    spaces += [fields for _, fields in state.attached.values()]
    seen: set[int] = set()
    count = 0
    while spaces:
        space = spaces.pop()
        if id(space) in seen:
            continue
        seen.add(id(space))
        count += len(space)
        _check(count)
        for key, value in [*(space.items() if isinstance(space, dict) else enumerate(space))]:
            kind = type(value)
            if kind in _PLAIN or kind is Unknown:
                continue
            fixed = [value] if kind not in _FIXED else _fixed(value)
            if any(id(part) in changed or memory.is_shared(part) for part in fixed):
                space[key] = replace(unknown, held=(*unknown.held, value))
            elif kind is not np.ndarray:
                spaces += [inner for part in fixed for inner in _spaces(part)]


_FIXED = frozenset((tuple, Walk, BoundMethod, Called, Super))
"""What is made of its parts for good: nothing can be put in the place of one."""


def _fixed(value: Any) -> list[Any]:
    """A value, and what it is made of for good."""
    waiting, found = [value], {}
    while waiting:
        part = waiting.pop()
        if id(part) in found:
            continue
        found[id(part)] = part
        if type(part) in _FIXED:
            waiting += [one for one in _parts(part) if type(one) not in _LEAVES]
            _check(len(waiting))
    return [*found.values()]


def _spaces(value: Any) -> Iterator[Any]:
    """Where a value holds others that can be replaced."""
    match value:
        case list() | dict():
            yield value
        case Instance(fields=fields, borrowed=borrowed):
            yield from (fields, borrowed)
        case Named(fields=fields) | Class(fields=fields):
            yield fields
        case Function(defaults=defaults, outer=outer):
            yield from (defaults, *[each.locals for each in enclosing(outer)])
