"""Definitions: functions, classes and their decorators."""

import ast
from collections.abc import Callable, Mapping

from grader.program.errors import ProgramError, Refused
from grader.program.machine.context import (
    CLASS,
    Context,
    Rule,
    Scope,
    bound_names,
    own_nodes,
    shared_names,
    weight,
)  # fmt: skip
from grader.program.machine.frame import Frame, Run
from grader.program.machine.functions import around, defaults_of, inner_scope, parameters_of
from grader.program.machine.recovery import named
from grader.program.machine.statements import block, nothing, refused
from grader.program.values import Builtin, Class, Function, Kind

_KINDS = {"staticmethod": Kind.STATIC, "classmethod": Kind.CLASS, "property": Kind.PROPERTY}


_SHOWN = ("__repr__", "__str__")  # methods that say how an object is printed


def _function(context: Context, node: ast.FunctionDef) -> Run:
    if context.scope.kind == CLASS and node.name in _SHOWN:
        return nothing
    kind = Kind.PLAIN
    others: list[ast.expr] = []
    for decorator in node.decorator_list:
        name = decorator.id if isinstance(decorator, ast.Name) else ""
        if name in _KINDS and context.scope.kind == CLASS and kind is Kind.PLAIN:
            kind = _KINDS[name]
        else:
            others.append(decorator)
    check = _decorated(context, others)
    parameters = parameters_of(node.args)
    defaults = defaults_of(context, node.args)
    shared = shared_names(node.body, ast.Global)
    names = bound_names(node.body) - shared_names(node.body, ast.Nonlocal) - shared
    scope = inner_scope(context, names | frozenset(parameters.all), node.name, parameters)
    scope.globals = shared
    body = block(context.inside(scope, recoverable=True, in_loop=False), node.body)
    if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in own_nodes(node.body)):
        body = refused(Refused("`yield` is not run", node.lineno, "Return a list."))
    cost = weight(node.body)
    put = context.target(named(node.name, node))

    def run(frame: Frame) -> None:
        check(frame)
        made = Function(
            node.name,
            scope.path,
            node,
            parameters,
            body,
            cost,
            defaults(frame),
            around(frame),
            kind,
        )
        put(frame, made)

    return run


_WITHOUT_EFFECT = frozenset(
    """torch.no_grad torch.enable_grad torch.inference_mode jax.jit dataclasses.dataclass""".split()
)


def _roots(decorators: list[ast.expr]) -> list[ast.expr]:
    """Decorators without their arguments."""
    return [each.func if isinstance(each, ast.Call) else each for each in decorators]


def _decorated(context: Context, decorators: list[ast.expr]) -> Callable[[Frame], None]:
    """Looks whether decorators change nothing. Raises Refused."""
    loads = [(context.expression(root), root.lineno) for root in _roots(decorators)]

    def check(frame: Frame) -> None:
        for load, line in loads:
            value = load(frame)
            if not (isinstance(value, Builtin) and value.path in _WITHOUT_EFFECT):
                raise Refused("this decorator is not run", line)

    return check


def _class(context: Context, node: ast.ClassDef) -> Run:
    if node.keywords:
        raise Refused("a class with keywords is not run", node.lineno)
    check = _decorated(context, node.decorator_list)
    if len(node.bases) > 1:
        raise Refused("a class with several bases is not run", node.lineno)
    base = node.bases[0] if node.bases else None
    load = context.expression(base) if isinstance(base, ast.Name) and base.id != "object" else None
    text = ast.unparse(base)[:60] if base is not None and ast.unparse(base) != "object" else None
    outer = context.scope
    scope = Scope(
        CLASS,
        bound_names(node.body),
        outer.parent if outer.kind == CLASS else outer,
        path=f"{outer.path}.{node.name}" if outer.path else node.name,
    )
    body = block(context.inside(scope, recoverable=False), node.body)
    put = context.target(named(node.name, node))

    def run(frame: Frame) -> None:
        check(frame)
        below = _base(load, frame)
        own = Frame(None, frame.state, {}, around(frame), in_class=True)
        body(own)
        cls = Class(node.name, node, own.locals, below, None if below is not None else text)
        for value in own.locals.values():
            if isinstance(value, Function) and value.node in node.body:
                value.owner = cls
        put(frame, cls)

    return run


def _base(load: Run | None, frame: Frame) -> Class | None:
    """The class below, if it is the program's own; one that nobody knows is allowed until it is used."""
    if load is None:
        return None
    try:
        value = load(frame)
    except ProgramError:
        return None
    return value if isinstance(value, Class) else None


# Data classes


def with_constructors(tree: ast.Module) -> ast.Module:
    """A program whose data classes have the `__init__` that Python would write for them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _is_data_class(node):
            node.body.append(_constructor(node))
    return tree


def _is_data_class(node: ast.ClassDef) -> bool:
    names = [ast.unparse(root).split(".")[-1] for root in _roots(node.decorator_list)]
    own = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
    return "dataclass" in names and "__init__" not in own and not node.bases


def _constructor(node: ast.ClassDef) -> ast.FunctionDef:
    """`__init__` with a parameter for each field, in order; those with a value have it as a default."""
    fields = [
        each for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]  # fmt: skip
    names = [each.target.id for each in fields if isinstance(each.target, ast.Name)]
    after = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
    lines = [f"self.{name} = {name}" for name in names]
    lines += ["self.__post_init__()"] if "__post_init__" in after else []
    head = f"def __init__({', '.join(['self', *names])}):"
    made = ast.parse("\n    ".join([head, *(lines or ["pass"])])).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.args.defaults = [each.value for each in fields if each.value is not None]
    for part in ast.walk(made):
        if part not in made.args.defaults:
            ast.copy_location(part, node)
    return made


DEFINITIONS: Mapping[type[ast.AST], Rule] = {ast.FunctionDef: _function, ast.ClassDef: _class}
