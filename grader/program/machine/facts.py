"""What can be seen of a program without running it."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `kind` is `""`, `"*"` or `"**"`."""

    name: str
    has_default: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FunctionFact:
    """A function of the program, with its place."""

    name: str
    parameters: tuple[Parameter, ...]
    line: int
    node: ast.FunctionDef = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple([parameter.name for parameter in self.parameters])


@dataclass(frozen=True, slots=True)
class ClassFact:
    """A class of the program with its methods."""

    name: str
    methods: tuple[FunctionFact, ...]
    line: int
    node: ast.ClassDef = field(repr=False)


@dataclass(frozen=True, slots=True)
class TargetFact:
    """A place where the program stores: its text, and the function around it (`""` at the top)."""

    path: str
    line: int
    scope: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it.

    `calls` are the names of functions and methods that are called, by the scope of the call, `reads` the
    names that are loaded.
    """

    functions: tuple[FunctionFact, ...]
    classes: tuple[ClassFact, ...]
    calls: Mapping[str, frozenset[str]]
    targets: tuple[TargetFact, ...]
    reads: frozenset[str]


def facts_of(tree: ast.Module) -> Facts:
    """The facts of a program."""
    functions = tuple(_function(node) for node in tree.body if isinstance(node, ast.FunctionDef))
    classes = tuple(_class(node) for node in tree.body if isinstance(node, ast.ClassDef))
    calls: dict[str, set[str]] = {}
    reads: set[str] = set()
    targets: list[TargetFact] = []
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, scope = stack.pop()
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                calls.setdefault(scope, set()).add(name)
            case ast.Name(id=name, ctx=ast.Load()):
                reads.add(name)
            case (
                ast.Name(ctx=ast.Store())
                | ast.Attribute(ctx=ast.Store())
                | ast.Subscript(ctx=ast.Store())
            ):
                targets.append(TargetFact(path_text(node), node.lineno, scope))
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                scope = f"{scope}.{name}" if scope else name
        stack += [(child, scope) for child in reversed(list(ast.iter_child_nodes(node)))]
    by_scope = {scope: frozenset(names) for scope, names in calls.items()}
    return Facts(functions, classes, by_scope, tuple(targets), frozenset(reads))


def path_text(node: ast.expr) -> str:
    """The text of a target as stores name it; a computed key is `[…]`, a part of an array its root."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{path_text(value)}.{attr}"
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            return f"{path_text(value)}['{key[:60]}']"
        case ast.Subscript(
            value=value, slice=ast.JoinedStr() | ast.BinOp() | ast.Call() | ast.Name()
        ):
            return f"{path_text(value)}[…]"
        case ast.Subscript(value=value):
            return path_text(value)
        case _:
            return ""


def _function(node: ast.FunctionDef) -> FunctionFact:
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    first = len(plain) - len(arguments.defaults)
    parameters = [Parameter(arg.arg, i >= first) for i, arg in enumerate(plain)]
    if arguments.vararg:
        parameters.append(Parameter(arguments.vararg.arg, True, "*"))
    parameters += [
        Parameter(arg.arg, default is not None)
        for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        parameters.append(Parameter(arguments.kwarg.arg, True, "**"))
    return FunctionFact(node.name, tuple(parameters), node.lineno, node)


def _class(node: ast.ClassDef) -> ClassFact:
    methods = tuple(_function(part) for part in node.body if isinstance(part, ast.FunctionDef))
    return ClassFact(node.name, methods, node.lineno, node)
