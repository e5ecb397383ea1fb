"""Targets: where values are stored, how the place is named, and who is asked about watched names."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.program.errors import Failed, ProgramError, Refused, shown
from grader.program.machine.attributes import check_name, put_attribute
from grader.program.machine.calls import fetched
from grader.program.machine.context import CLASS, Context, Rule
from grader.program.machine.frame import Frame, Put, Run, State
from grader.program.machine.indexing import item, iterated, named_field, put_item
from grader.program.values import Named, Unknown, only_names

Place = tuple[Any, str, bool]
"""A value, the path that names it, and whether it is a part of what the path names."""

Locate = Callable[[Frame], Place]


def _log(state: State, path: str, line: int, is_part: bool = False) -> None:
    state.stores.append((path, line, state.entry, is_part))


def _name(context: Context, node: ast.Name) -> Put:
    name, line = node.id, node.lineno
    check_name(name, line)
    hops = context.scope.where(name)
    if hops is None:
        return _global(name, line, name in context.watched)
    if context.scope.kind == CLASS:
        return lambda frame, value: frame.locals.__setitem__(name, value)
    return _local(name, line, hops, name in context.watched)


def _global(name: str, line: int, watched: bool) -> Put:
    def put(frame: Frame, value: Any) -> None:
        state = frame.state
        if watched:
            value = state.given.stored(name, value, line, name)
        state.names[name] = value
        state.bound.add(name)
        state.stores.append((name, line, state.entry, False))

    return put


def _local(name: str, line: int, hops: int, watched: bool) -> Put:
    """A name of a function; those of functions that the program calls are nobody else's business."""

    def put(frame: Frame, value: Any) -> None:
        if frame.entry:
            if watched:
                value = frame.state.given.stored(name, value, line, name)
            frame.state.stores.append((name, line, frame, False))
        frame.locals[name] = value

    def put_outer(frame: Frame, value: Any) -> None:
        outer: Any = frame
        for _ in range(hops):
            outer = outer.outer
        put(outer, value)

    return put_outer if hops else put


def place(context: Context, node: ast.expr) -> Locate:
    """The value of an expression together with the path that names it."""
    match node:
        case ast.Name(id=name):
            run = context.expression(node)
            return lambda frame: (run(frame), name, False)
        case ast.Attribute(value=value, attr=attr):
            check_name(attr, node.lineno)
            return _attribute_place(place(context, value), attr)
        case ast.Subscript(value=value, slice=index):
            return _item_place(place(context, value), context.expression(index))
        case _:
            run = context.expression(node)
            return lambda frame: (run(frame), "", False)


def _attribute_place(base: Locate, attr: str) -> Locate:
    def locate(frame: Frame) -> Place:
        container, path, _ = base(frame)
        return fetched(frame, container, attr), f"{path}.{attr}", False

    return locate


def _item_place(base: Locate, index: Run) -> Locate:
    def locate(frame: Frame) -> Place:
        container, path, is_part = base(frame)
        key = index(frame)
        path, is_part = _item_path(container, path, is_part, key)
        return item(frame.budget, container, key), path, is_part

    return locate


def _item_path(container: Any, path: str, is_part: bool, key: Any) -> tuple[str, bool]:
    if is_part or type(container) is np.ndarray:
        return path, True
    if type(key) is str or type(key) is int or isinstance(key, np.integer):
        return f"{path}[{shown(key)}]", False
    return path, True


def _attribute(context: Context, node: ast.Attribute) -> Put:
    name, line = node.attr, node.lineno
    check_name(name, line)
    base = place(context, node.value)
    watched = name in context.watched

    def put(frame: Frame, value: Any) -> None:
        container, path, _ = base(frame)
        if watched:
            value = frame.state.given.stored(name, value, line, f"{path}.{name}")
        put_attribute(frame, container, name, value)
        if not frame.in_class:
            _log(frame.state, f"{path}.{name}", line)

    return put


def _subscript(context: Context, node: ast.Subscript) -> Put:
    base = place(context, node.value)
    index = context.expression(node.slice)
    line, watched = node.lineno, context.watched

    def put(frame: Frame, value: Any) -> None:
        container, path, is_part = base(frame)
        _store_item(frame, (container, path, is_part), index(frame), value, line, watched)

    return put


def _store_item(
    frame: Frame, where: Place, key: Any, value: Any, line: int, watched: frozenset[str]
) -> None:
    container, path, is_part = where
    state = frame.state
    path, is_part = _item_path(container, path, is_part, key)
    if watched:
        if type(key) is str and key in watched:
            value = state.given.stored(key, value, line, path)
        elif is_part and last_name(path) in watched:
            _watched_part(frame, container, key, value, path, line)
            _log(state, path, line, True)
            return
    if type(container) is np.ndarray:
        state.given.touching(container, line)
    put_item(frame.budget, container, key, value)
    _log(state, path, line, is_part)


def last_name(path: str) -> str:
    """The name at the end of a path: `W1` for `self.W1`, `params['W1']` and `W1`."""
    if path.endswith("']"):
        return path[path.rfind("['") + 2 : -2]
    return path[path.rfind(".") + 1 :]


def _watched_part(frame: Frame, container: Any, key: Any, value: Any, path: str, line: int) -> None:
    """Change a part of what a watched name holds; what `stored` returns is what it holds then."""
    before = _copy(container)
    put_item(frame.budget, container, key, value)
    after = frame.state.given.stored(last_name(path), container, line, path)
    if after is not container:
        _overwrite(container, after if _fits(container, after) else before)


def _copy(container: Any) -> Any:
    return container.copy() if isinstance(container, np.ndarray | list) else container


def _fits(container: Any, value: Any) -> bool:
    if isinstance(container, np.ndarray):
        return isinstance(value, np.ndarray) and value.shape == container.shape
    return type(container) is type(value)


def _overwrite(container: Any, value: Any) -> None:
    if isinstance(container, np.ndarray):
        container[...] = value
    elif isinstance(container, list):
        container[:] = value


def changed(context: Context, node: ast.expr, operation: Any, value: Run) -> Run:
    """`target op= value`: the target is looked up once, changed in place if it can be, and stored."""
    match node:
        case ast.Name():
            return _changed_name(context, node, operation, value)
        case ast.Attribute():
            return _changed_attribute(context, node, operation, value)
        case ast.Subscript():
            return _changed_item(context, node, operation, value)
        case _:
            raise Refused("this cannot be changed", node.lineno)


def _changed_name(context: Context, node: ast.Name, operation: Any, value: Run) -> Run:
    load, put = context.expression(node), context.target(node)
    watched, line = node.id in context.watched, node.lineno

    def run(frame: Frame) -> None:
        old = load(frame)
        other = value(frame)
        if watched and type(old) is np.ndarray:
            before = old.copy()
            put(frame, operation(frame.budget, old, other))
            if load(frame) is not old:
                old[...] = before
        else:
            if type(old) is np.ndarray:
                frame.state.given.touching(old, line)
            put(frame, operation(frame.budget, old, other))

    return run


def _changed_attribute(context: Context, node: ast.Attribute, operation: Any, value: Run) -> Run:
    name, line = node.attr, node.lineno
    check_name(name, line)
    base = place(context, node.value)
    watched = name in context.watched

    def run(frame: Frame) -> None:
        container, path, _ = base(frame)
        old = fetched(frame, container, name)
        other = value(frame)
        before = old.copy() if watched and type(old) is np.ndarray else None
        if type(old) is np.ndarray and not watched:
            frame.state.given.touching(old, line)
        new = operation(frame.budget, old, other)
        if watched:
            new = frame.state.given.stored(name, new, line, f"{path}.{name}")
            if before is not None and new is not old:
                old[...] = before
        put_attribute(frame, container, name, new)
        _log(frame.state, f"{path}.{name}", line)

    return run


def _changed_item(context: Context, node: ast.Subscript, operation: Any, value: Run) -> Run:
    base = place(context, node.value)
    index = context.expression(node.slice)
    line, watched = node.lineno, context.watched

    def run(frame: Frame) -> None:
        where = base(frame)
        key = index(frame)
        old = item(frame.budget, where[0], key)
        other = value(frame)
        kept = watched and type(old) is np.ndarray
        root = where[0] if type(where[0]) is np.ndarray else old
        before = root.copy() if kept and type(root) is np.ndarray else None
        new = operation(frame.budget, old, other)
        _store_item(frame, where, key, new, line, watched)
        if before is not None and root is old and item(frame.budget, where[0], key) is not old:
            old[...] = before

    return run


def _tuple(context: Context, node: ast.Tuple | ast.List) -> Put:
    starred = [i for i, part in enumerate(node.elts) if isinstance(part, ast.Starred)]
    if len(starred) > 1:
        raise Refused("this is not Python: two `*` in one target", node.lineno)
    parts = [part.value if isinstance(part, ast.Starred) else part for part in node.elts]
    puts = [context.target(part) for part in parts]
    by_name = _by_name(context, node)
    star = starred[0] if starred else None
    count = len(puts)

    def put(frame: Frame, value: Any) -> None:
        if type(value) is Named:
            by_name(frame, value)
            return
        values = value if type(value) in (tuple, list) else _few(frame, value)
        if star is not None:
            values = _gathered(values, star, count)
        elif len(values) != count:
            raise Failed(f"{count} values are needed, and there are {len(values)}")
        for store, part in zip(puts, list(values), strict=True):
            store(frame, part)

    return put


def _few(frame: Frame, value: Any) -> list[Any]:
    values = []
    for part in iterated(frame.budget, value):
        values.append(part)
        frame.budget.room(len(values))
    return values


def _gathered(values: Any, star: int, count: int) -> list[Any]:
    after = count - star - 1
    if len(values) < count - 1:
        raise Failed(f"at least {count - 1} values are needed, and there are {len(values)}")
    stop = len(values) - after
    return [*values[:star], list(values[star:stop]), *values[stop:]]


def _by_name(context: Context, node: ast.Tuple | ast.List) -> Callable[[Frame, Named], None]:
    """`x, w, b = cache` for a cache of which only the names are known.

    They are those by which another function packs it, or those of the targets.
    """
    puts: list[tuple[str | None, Any]] = []
    for part in node.elts:
        match part:
            case ast.Tuple() | ast.List():
                puts.append((None, _by_name(context, part)))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                puts.append((name, context.target(part)))
            case _:
                puts.append(("*", None))

    def put(frame: Frame, value: Named) -> None:
        order = value.order
        if order is not None and len(order) != len(puts):
            raise only_names()
        for at, (name, store) in enumerate(puts):
            packed = name if order is None else order[at]
            if name is None:
                store(frame, value)
            elif store is None or not packed:
                raise only_names()
            else:
                store(frame, _named(value, packed))

    return put


def _named(value: Named, name: str) -> Any:
    try:
        return named_field(value, name)
    except ProgramError as fault:
        return Unknown(fault.message, origin=fault.origin)


TARGETS: Mapping[type[ast.AST], Rule] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.List: _tuple,
}
