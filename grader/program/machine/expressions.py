"""Expressions: a closure for each node, made once, called on each draw."""

import ast
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from grader.program.budget import BITS
from grader.program.errors import Failed, ProgramError, Refused
from grader.program.machine.attributes import check_name
from grader.program.machine.calls import fetched
from grader.program.machine.context import CLASS, Context, Rule
from grader.program.machine.frame import Frame, Run, known, value_of
from grader.program.machine.indexing import item, listed
from grader.program.machine.operators import (
    BINARY,
    COMPARED,
    SMALL,
    check_key,
    in_text,
    inverted,
    negative,
    positive,
    truth,
)  # fmt: skip
from grader.program.values import Named, Unknown

ndarray = np.ndarray
_NOWHERE: Any = None  # constants need no frame
_CONSTANTS = (str, int, float, bool, type(None), type(Ellipsis))


def constant(value: Any) -> Run:
    """A value that is always the same."""
    return lambda frame: value


def _constant(context: Context, node: ast.Constant) -> Run:
    value = node.value
    if not isinstance(value, _CONSTANTS):
        raise Refused(f"a value of type {type(value).__name__} is not run", node.lineno)
    if isinstance(value, int) and value.bit_length() > BITS:
        raise Refused(f"an integer of more than {BITS:,} bits", node.lineno)
    return constant(value)


def _name(context: Context, node: ast.Name) -> Run:
    name = node.id
    if name != "__name__":
        check_name(name, node.lineno)
    elif context.scope.where(name) is None:
        return constant("__main__")
    hops = context.scope.where(name)
    if hops is None:
        return _global(name)
    if context.scope.kind == CLASS and not hops:
        return _in_class(name)
    return _local(name, hops)


def _global(name: str) -> Run:
    def load(frame: Frame) -> Any:
        names = frame.state.names
        if name in names:
            value = names[name]
            if type(value) is Unknown:
                raise value.refused()
            return value
        return known(frame.state.look_up(name))

    return load


def _in_class(name: str) -> Run:
    load_global = _global(name)

    def load(frame: Frame) -> Any:
        return known(frame.locals[name]) if name in frame.locals else load_global(frame)

    return load


def _local(name: str, hops: int) -> Run:
    def load(frame: Frame) -> Any:
        try:
            value = frame.locals[name]
        except KeyError:
            raise Failed(f"`{name}` is used before it has a value") from None
        if type(value) is Unknown:
            raise value.refused()
        return value

    def load_outer(frame: Frame) -> Any:
        outer: Any = frame
        for _ in range(hops):
            outer = outer.outer
        return load(outer)

    return load_outer if hops else load


def _binary(context: Context, node: ast.BinOp) -> Run:
    chain = [node]
    left = node.left
    while isinstance(left, ast.BinOp):
        chain.append(left)
        left = left.left
    if len(chain) > 12:
        return _long_chain(context, left, chain[::-1])
    run = context.expression(left)
    for each in reversed(chain):
        run = _operation(context, each, run)
    return run


def _long_chain(context: Context, first: ast.expr, chain: list[ast.BinOp]) -> Run:
    """A chain of many operators, from left to right, without depth."""
    start = context.expression(first)
    parts = [(_rule_of(each)[1], context.expression(each.right)) for each in chain]

    def run(frame: Frame) -> Any:
        value = start(frame)
        for operation, right in parts:
            value = operation(frame.budget, value, right(frame))
        return value

    return run


def _rule_of(node: ast.BinOp) -> Any:
    return BINARY[type(node.op)]


def _operation(context: Context, node: ast.BinOp, left: Run) -> Run:
    operation, guarded = _rule_of(node)
    if isinstance(node.right, ast.Constant) and type(node.right.value) in (int, float):
        return _with_constant(context, node, left)
    right = context.expression(node.right)
    floats = float if not isinstance(node.op, ast.Pow | ast.MatMult) else None

    def run(frame: Frame) -> Any:
        a = left(frame)
        b = right(frame)
        if type(a) is ndarray:
            if type(b) is ndarray:
                if a.size * b.size <= SMALL:
                    return operation(a, b)
            elif type(b) is floats and a.size <= SMALL:
                return operation(a, b)
        elif type(a) is floats and (type(b) is float or (type(b) is ndarray and b.size <= SMALL)):
            return operation(a, b)
        return guarded(frame.budget, a, b)

    return run


def _with_constant(context: Context, node: ast.BinOp, left: Run) -> Run:
    operation, guarded = _rule_of(node)
    value: Any = _constant(context, cast(ast.Constant, node.right))(_NOWHERE)
    quick = not isinstance(node.op, ast.MatMult) and abs(value) < 2**31

    def run(frame: Frame) -> Any:
        a = left(frame)
        if type(a) is ndarray and quick and a.size <= SMALL:
            return operation(a, value)
        return guarded(frame.budget, a, value)

    return run


_UNARY: Mapping[type[ast.unaryop], Callable[..., Any]] = {
    ast.USub: negative,
    ast.UAdd: positive,
    ast.Invert: inverted,
    ast.Not: lambda budget, value: not truth(value),
}


def _unary(context: Context, node: ast.UnaryOp) -> Run:
    operation = _UNARY[type(node.op)]
    operand = context.expression(node.operand)
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return constant(-value)
    return lambda frame: operation(frame.budget, operand(frame))


def _compare(context: Context, node: ast.Compare) -> Run:
    first = context.expression(node.left)
    parts = [
        (*COMPARED[type(op)], context.expression(right))
        for op, right in zip(node.ops, node.comparators, strict=True)
    ]
    if len(parts) > 1:
        return _chained(first, parts)
    operation, guarded, second = parts[0]

    def run(frame: Frame) -> Any:
        a = first(frame)
        b = second(frame)
        if type(a) is ndarray and type(b) is float and a.size <= SMALL and operation is not None:
            return operation(a, b)
        return guarded(frame.budget, a, b)

    return run


def _chained(first: Run, parts: list[tuple[Any, Any, Run]]) -> Run:
    def run(frame: Frame) -> Any:
        a = first(frame)
        result: Any = True
        for position, (_, guarded, right) in enumerate(parts):
            b = right(frame)
            result = guarded(frame.budget, a, b)
            if position < len(parts) - 1 and not truth(result):
                return result
            a = b
        return result

    return run


def _boolean(context: Context, node: ast.BoolOp) -> Run:
    values = [context.expression(value) for value in node.values]
    stops = isinstance(node.op, ast.Or)

    def run(frame: Frame) -> Any:
        value: Any = None
        for position, part in enumerate(values):
            value = part(frame)
            if position < len(values) - 1 and truth(value) is stops:
                return value
        return value

    return run


def _conditional(context: Context, node: ast.IfExp) -> Run:
    test = context.expression(node.test)
    body = context.expression(node.body)
    orelse = context.expression(node.orelse)
    return lambda frame: body(frame) if truth(test(frame)) else orelse(frame)


def _attribute(context: Context, node: ast.Attribute) -> Run:
    name = node.attr
    check_name(name, node.lineno)
    base = context.expression(node.value)
    if name == "T":
        return _transposed(base)

    def run(frame: Frame) -> Any:
        return fetched(frame, base(frame), name)

    return run


def _transposed(base: Run) -> Run:
    def run(frame: Frame) -> Any:
        value = base(frame)
        return value.T if type(value) is ndarray else fetched(frame, value, "T")

    return run


def _subscript(context: Context, node: ast.Subscript) -> Run:
    base = context.expression(node.value)
    index = context.expression(node.slice)
    return lambda frame: item(frame.budget, base(frame), index(frame))


def _slice(context: Context, node: ast.Slice) -> Run:
    parts = [part and context.expression(part) for part in (node.lower, node.upper, node.step)]
    if all(
        part is None or isinstance(part, ast.Constant)
        for part in (node.lower, node.upper, node.step)
    ):
        return constant(slice(*[part and part(_NOWHERE) for part in parts]))

    def run(frame: Frame) -> Any:
        return slice(*[part and part(frame) for part in parts])

    return run


def _tuple(context: Context, node: ast.Tuple) -> Run:
    if not any(isinstance(part, ast.Starred) for part in node.elts):
        parts = [context.expression(part) for part in node.elts]
        if node.elts and all(_is_constant(part) for part in node.elts):
            return constant(tuple([part(_NOWHERE) for part in parts]))
        if len(parts) == 2:
            first, second = parts
            return lambda frame: (first(frame), second(frame))
        return lambda frame: tuple([part(frame) for part in parts])
    items = _items(context, node.elts)
    return lambda frame: tuple(items(frame))


def _is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Slice(lower=lower, upper=upper, step=step):
            return all(
                part is None or isinstance(part, ast.Constant) for part in (lower, upper, step)
            )
        case _:
            return False


def _list(context: Context, node: ast.List) -> Run:
    """A list, which may hold what is unknown: `params = [C, W1, b1]`."""
    if any(isinstance(part, ast.Starred) for part in node.elts):
        return _items(context, node.elts)
    parts = [holding(context, part) for part in node.elts]
    return lambda frame: [part(frame) for part in parts]


def holding(context: Context, node: ast.expr) -> Run:
    """An expression that is only kept: a name, or a tuple of names, may stand for what is unknown."""
    if isinstance(node, ast.Tuple) and not any(isinstance(x, ast.Starred) for x in node.elts):
        context.expression(node)  # refused if it cannot be compiled
        parts = [holding(context, part) for part in node.elts]
        return lambda frame: tuple([part(frame) for part in parts])
    run = context.expression(node)
    if not isinstance(node, ast.Name):
        return run
    name = node.id

    def held(frame: Frame) -> Any:
        try:
            return run(frame)
        except ProgramError:
            value = value_of(frame, name)
            if type(value) is Unknown:
                return value
            raise

    return held


def _set(context: Context, node: ast.Set) -> Run:
    items = _items(context, node.elts)

    def run(frame: Frame) -> Any:
        parts = items(frame)
        for part in parts:
            check_key(part)
        return set(parts)

    return run


def _items(context: Context, nodes: list[ast.expr]) -> Callable[[Frame], list[Any]]:
    """The items of a list or the arguments of a call, with `*`."""
    if not any(isinstance(node, ast.Starred) for node in nodes):
        parts = [context.expression(node) for node in nodes]
        return lambda frame: [part(frame) for part in parts]
    marked = [
        (isinstance(node, ast.Starred), context.expression(_unstarred(node))) for node in nodes
    ]

    def run(frame: Frame) -> list[Any]:
        result: list[Any] = []
        for starred, part in marked:
            result.extend(listed(frame.budget, part(frame)) if starred else (part(frame),))
            frame.budget.room(len(result))
        return result

    return run


def _unstarred(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node


def _dict(context: Context, node: ast.Dict) -> Run:
    pairs = [
        (context.expression(key) if key is not None else None, context.expression(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]

    def run(frame: Frame) -> Any:
        result: dict[Any, Any] = {}
        named: Named | None = None
        for key, value in pairs:
            if key is None:
                more = value(frame)
                if type(more) is Named and named is None:
                    named = more
                    result = {name: result[name] for name in result if not _has(more, name)}
                    more = more.fields
                if type(more) is not dict:
                    raise Failed("`**` of what is no dictionary")
                result.update(more)
            else:
                name = key(frame)
                check_key(name)
                result[name] = value(frame)
            frame.budget.room(len(result))
        return result if named is None else Named(named.lookup, None, result)

    return run


def _has(container: Named, name: Any) -> bool:
    """Whether a name may have a value in a container of which only the names are known."""
    try:
        return type(name) is str and container.lookup(name) is not None
    except KeyError:
        return False


def _joined(context: Context, node: ast.JoinedStr) -> Run:
    parts = [_field(context, part) for part in node.values]

    def run(frame: Frame) -> str:
        text = "".join([part(frame) for part in parts])
        frame.budget.room(len(text))
        return text

    return run


def _field(context: Context, node: ast.expr) -> Run:
    if isinstance(node, ast.Constant):
        return constant(str(node.value))
    if not isinstance(node, ast.FormattedValue):
        raise Refused("a format that is not plain", node.lineno)
    value = context.expression(node.value)
    conversion = node.conversion
    specification = ""
    if isinstance(node.format_spec, ast.JoinedStr):
        parts = [part.value for part in node.format_spec.values if isinstance(part, ast.Constant)]
        if len(parts) != len(node.format_spec.values):
            raise Refused("a format that is not plain", node.lineno)
        specification = "".join([str(part) for part in parts])
    return lambda frame: in_text(frame.budget, value(frame), specification, conversion)


def _starred(context: Context, node: ast.Starred) -> Run:
    raise Refused("`*` in this place is not run", node.lineno)


EXPRESSIONS: Mapping[type[ast.AST], Rule] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.Starred: _starred,
}

items = _items
