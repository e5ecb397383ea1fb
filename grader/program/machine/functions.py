"""Calls, functions, lambdas, classes and comprehensions."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.program.errors import Failed, Refused
from grader.program.machine.attributes import attribute, check_name
from grader.program.machine.calls import NONE, Keywords, call, method
from grader.program.machine.context import (
    CLASS,
    FUNCTION,
    Context,
    Rule,
    Scope,
    weight,
)  # fmt: skip
from grader.program.machine.expressions import items
from grader.program.machine.frame import Frame, Run, known
from grader.program.machine.indexing import iterated
from grader.program.machine.library import Row
from grader.program.machine.operators import check_key, truth
from grader.program.values import (
    BoundMethod,
    Builtin,
    Class,
    Function,
    Instance,
    Module,
    Named,
    Parameters,
    Super,
    Unknown,
    Walk,
)  # fmt: skip

ndarray = np.ndarray


def _call(context: Context, node: ast.Call) -> Run:
    special = SPECIAL.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if special is not None and context.scope.where(node.func.id) is None:  # type: ignore[attr-defined]
        return _special(context, node, special)
    arguments = _arguments(context, node)
    if isinstance(node.func, ast.Attribute):
        return _method(context, node.func, arguments)
    called = context.expression(node.func)

    def run(frame: Frame) -> Any:
        function = called(frame)
        args, keywords = arguments(frame)
        return call(frame, function, args, keywords)

    return run


def _arguments(context: Context, node: ast.Call) -> Any:
    values = items(context, node.args)
    if not node.keywords:
        return lambda frame: (values(frame), NONE)
    if all(keyword.arg for keyword in node.keywords):
        named = [(keyword.arg, context.expression(keyword.value)) for keyword in node.keywords]
        return lambda frame: (values(frame), {name: value(frame) for name, value in named})
    pairs = [(keyword.arg, context.expression(keyword.value)) for keyword in node.keywords]

    def run(frame: Frame) -> tuple[list[Any], Keywords]:
        positional = values(frame)
        keywords: dict[str, Any] = {}
        for name, value in pairs:
            more = {name: value(frame)} if name else _spread(value(frame))
            if more.keys() & keywords.keys():
                raise Failed("a keyword is given twice")
            keywords.update(more)
        return positional, keywords

    return run


def _spread(value: Any) -> dict[str, Any]:
    if type(value) is not dict or not all(type(key) is str for key in value):
        raise Failed("`**` of what is no dictionary of names")
    return value


def _method(context: Context, node: ast.Attribute, arguments: Any) -> Run:
    """`value.name(...)`: the row of an array or module is found without making a value of it."""
    name = node.attr
    check_name(name, node.lineno)
    base = context.expression(node.value)
    library = context.library
    of_arrays = library.methods.get(name)
    rows: dict[int, tuple[Module, Row]] = {}

    def run(frame: Frame) -> Any:
        value = base(frame)
        if type(value) is ndarray and of_arrays is not None:
            args, keywords = arguments(frame)
            return of_arrays(frame.budget, value, *args, **keywords)
        if type(value) is Module:
            found = rows.get(id(value))
            if found is not None:
                args, keywords = arguments(frame)
                return found[1](frame.budget, *args, **keywords)
            row = library.functions.get(f"{value.path}.{name}")
            if row is not None and value is library.module(value.path):
                rows[id(value)] = (value, row)
                args, keywords = arguments(frame)
                return row(frame.budget, *args, **keywords)
        args, keywords = arguments(frame)
        if name == "backward" and type(value) is ndarray:
            raise Refused("automatic differentiation is no derivation")
        return method(frame, value, name, args, keywords)

    return run


# What only the machine knows of Python's own functions


def _special(context: Context, node: ast.Call, rule: Any) -> Run:
    name = node.func.id  # type: ignore[attr-defined]
    arguments = _arguments(context, node)

    def run(frame: Frame) -> Any:
        own = frame.state.names.get(name)
        args, keywords = arguments(frame)
        if own is not None and not isinstance(own, Builtin):
            return call(frame, known(own), args, keywords)
        return rule(frame, args, keywords)

    return run


def _super(frame: Frame, args: Any, keywords: Any) -> Any:
    inner: Any = frame
    while inner is not None and (inner.function is None or inner.function.owner is None):
        inner = inner.outer
    if inner is None or not inner.function.parameters.names:
        raise Failed("`super` outside a method")
    return Super(inner.function.owner, inner.locals[inner.function.parameters.names[0]])


def _getattr(frame: Frame, args: Any, keywords: Any) -> Any:
    value, name, *default = _named(args, 2, 3)
    try:
        return attribute(frame, value, name)
    except Failed:
        if default:
            return default[0]
        raise


def _hasattr(frame: Frame, args: Any, keywords: Any) -> Any:
    value, name = _named(args, 2, 2)
    try:
        attribute(frame, value, name)
    except Failed:
        return False
    return True


def _setattr(frame: Frame, args: Any, keywords: Any) -> Any:
    value, name, new = _named(args, 3, 3)
    if not isinstance(value, Instance | Named):
        raise Refused("`setattr` of what is no object of the program")
    value.fields[name] = new


def _named(args: Any, least: int, most: int) -> Any:
    if not least <= len(args) <= most or type(args[1]) is not str:
        raise Failed("an object and a name are needed")
    check_name(args[1], 0)
    return args


def _callable(frame: Frame, args: Any, keywords: Any) -> Any:
    return len(args) == 1 and isinstance(args[0], Function | BoundMethod | Builtin | Class)


def _isinstance(frame: Frame, args: Any, keywords: Any) -> Any:
    if len(args) == 2 and (isinstance(args[1], Class) or isinstance(args[0], Instance)):
        value, classes = args
        classes = classes if type(classes) is tuple else (classes,)
        cls = value.cls if isinstance(value, Instance) else None
        while isinstance(cls, Class):
            if any(cls is each for each in classes):
                return True
            cls = cls.base
        return False
    return _library(frame, "isinstance", args, keywords)


def _library(frame: Frame, name: str, args: Any, keywords: Any) -> Any:
    row = frame.state.library.builtins.get(name)
    if row is None:
        raise Refused(f"the program uses `{name}`, which it does not define")
    return call(frame, Builtin(name, row), args, keywords)


def _len(frame: Frame, args: Any, keywords: Any) -> Any:
    if len(args) == 1 and isinstance(args[0], Instance):
        length = method(frame, args[0], "__len__", (), NONE)
        if type(length) is not int or length < 0:
            raise Failed("`__len__` returns no length")
        return length
    return _library(frame, "len", args, keywords)


def _any(frame: Frame, args: Any, keywords: Any) -> Any:
    return any(truth(value) for value in iterated(frame.budget, *args))


def _all(frame: Frame, args: Any, keywords: Any) -> Any:
    return all(truth(value) for value in iterated(frame.budget, *args))


def _next(frame: Frame, args: Any, keywords: Any) -> Any:
    if not args or type(args[0]) is not Walk:
        raise Failed("`next` of what is no iterator")
    return next(args[0].parts, *args[1:])


SPECIAL: Mapping[str, Any] = {
    "any": _any, "all": _all, "next": _next,
    "super": _super, "getattr": _getattr, "hasattr": _hasattr, "setattr": _setattr,
    "callable": _callable, "isinstance": _isinstance, "len": _len,
}  # fmt: skip


# Functions


def parameters_of(arguments: ast.arguments) -> Parameters:
    """The names that a function takes."""
    return Parameters(
        tuple([arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]),
        arguments.vararg.arg if arguments.vararg else None,
        tuple([arg.arg for arg in arguments.kwonlyargs]),
        arguments.kwarg.arg if arguments.kwarg else None,
    )


def defaults_of(context: Context, arguments: ast.arguments) -> Any:
    """The defaults of a function, worked out where it is defined."""
    parameters = parameters_of(arguments)
    first = len(parameters.names) - len(arguments.defaults)
    pairs = [
        (name, context.expression(value))
        for name, value in zip(parameters.names[first:], arguments.defaults, strict=True)
    ]
    pairs += [
        (name, context.expression(value))
        for name, value in zip(parameters.keywords, arguments.kw_defaults, strict=True)
        if value is not None
    ]
    return lambda frame: {name: _default(frame, value) for name, value in pairs}


def _default(frame: Frame, value: Run) -> Any:
    """The value of a default; one that is refused is unknown, and the function is there."""
    try:
        return value(frame)
    except Refused as fault:
        frame.state.faults.append(fault)
        return Unknown(fault.message, fault.line, origin=fault.origin)


def _lambda(context: Context, node: ast.Lambda) -> Run:
    parameters = parameters_of(node.args)
    defaults = defaults_of(context, node.args)
    scope = inner_scope(context, frozenset(parameters.all), "<lambda>", parameters)
    value = context.inside(scope, recoverable=False).expression(node.body)
    cost = weight(node.body)

    def body(frame: Frame) -> None:
        frame.returned = value(frame)

    def run(frame: Frame) -> Function:
        return Function(
            "lambda", scope.path, node, parameters, body, cost, defaults(frame), around(frame)
        )

    return run


def written(node: Any, outer: Frame | None) -> Function:
    """A function of which only the text is known: what it may change can be seen, but not run."""
    return Function("", "", node, Parameters(), _not_run, outer=outer)


def _not_run(frame: Frame) -> None:
    raise Refused("this function is not run")


def around(frame: Frame) -> Frame | None:
    """The frame whose names a function sees that is made in `frame`."""
    return frame.outer if frame.in_class else frame


def inner_scope(
    context: Context, names: frozenset[str], name: str, parameters: Parameters
) -> Scope:
    """The scope of a function; the names of a class around it are not seen in it."""
    outer = context.scope
    path = f"{outer.path}.{name}" if outer.path else name
    for each in parameters.all:
        check_name(each, 0)
    parent = outer.parent if outer.kind == CLASS else outer
    return Scope(FUNCTION, names, parent, path=path, parameters=frozenset(parameters.all))


# Comprehensions


def _comprehension(context: Context, node: ast.ListComp | ast.SetComp) -> Run:
    source, run = _each(context, node, [node.elt])
    if isinstance(node, ast.ListComp):
        return lambda frame: [value for (value,) in _counted(frame, run(frame, source(frame)))]

    def as_set(frame: Frame) -> Any:
        values = [value for (value,) in _counted(frame, run(frame, source(frame)))]
        for value in values:
            check_key(value)
        return set(values)

    return as_set


def _generator(context: Context, node: ast.GeneratorExp) -> Run:
    """A generator; its first values are looked up at once, all others when they are asked for."""
    source, run = _each(context, node, [node.elt])

    def as_walk(frame: Frame) -> Any:
        values = source(frame)
        parts = (value for (value,) in run(frame, values))
        return Walk(parts, (values, written(node, around(frame))))

    return as_walk


def _counted(frame: Frame, values: Iterator[Any]) -> Iterator[Any]:
    for count, value in enumerate(values):
        frame.budget.room(count + 1)
        yield value


def _dict_comprehension(context: Context, node: ast.DictComp) -> Run:
    source, run = _each(context, node, [node.key, node.value])

    def as_dict(frame: Frame) -> Any:
        result: dict[Any, Any] = {}
        for key, value in _counted(frame, run(frame, source(frame))):
            check_key(key)
            result[key] = value
        return result

    return as_dict


def _each(context: Context, node: Any, results: list[ast.expr]) -> tuple[Run, Any]:
    """What a comprehension walks, and all its results of that; its names are its own."""
    names = frozenset(
        part.id
        for clause in node.generators
        for part in ast.walk(clause.target)
        if isinstance(part, ast.Name)
    )
    first = context.expression(node.generators[0].iter)
    outer = context.scope
    parent = outer.parent if outer.kind == CLASS else outer
    inner = context.inside(Scope(FUNCTION, names, parent, path=outer.path), recoverable=False)
    clauses = []
    for position, clause in enumerate(node.generators):
        if clause.is_async:
            raise Refused("`async` is not run", node.lineno)
        values = inner.expression(clause.iter) if position else None
        clauses.append(
            (values, inner.target(clause.target), [inner.expression(test) for test in clause.ifs])
        )
    parts = [inner.expression(result) for result in results]
    cost = weight(node)

    def go(own: Frame, position: int, values: Any) -> Iterator[tuple[Any, ...]]:
        if position == len(clauses):
            yield tuple([part(own) for part in parts])
            return
        source, put, tests = clauses[position]
        for value in values if source is None else iterated(own.budget, source(own)):
            own.budget.step(cost)
            put(own, value)
            if all(truth(test(own)) for test in tests):
                yield from go(own, position + 1, None)

    def run(frame: Frame, values: Any) -> Iterator[tuple[Any, ...]]:
        return go(Frame(None, frame.state, {}, around(frame)), 0, iterated(frame.budget, values))

    return first, run


CALLS: Mapping[type[ast.AST], Rule] = {
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _generator,
    ast.DictComp: _dict_comprehension,
}
