"""What the compiler knows while it goes through a tree: scopes, watched names, and its tables of rules."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.program.errors import Refused
from grader.program.machine.frame import Put, Run
from grader.program.machine.library import Library
from grader.program.source import NESTING

MODULE, FUNCTION, CLASS = "module", "function", "class"


@dataclass(slots=True)
class Scope:
    """The names that a block binds. `shared` are those that it says are global or not its own."""

    kind: str
    names: frozenset[str] = frozenset()
    parent: "Scope | None" = None
    globals: frozenset[str] = frozenset()
    path: str = ""
    parameters: frozenset[str] = frozenset()

    def where(self, name: str) -> int | None:
        """How many frames outwards the name is bound; None if it is global."""
        scope: Scope | None = self
        hops = 0
        while scope is not None and scope.kind != MODULE:
            if name in scope.globals:
                return None
            if name in scope.names:
                return hops
            scope = scope.parent
            hops += 1
        return None


Rule = Callable[["Context", Any], Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables of the compiler: a rule for each kind of node."""

    expressions: Mapping[type[ast.AST], Rule]
    statements: Mapping[type[ast.AST], Rule]
    targets: Mapping[type[ast.AST], Rule]


@dataclass(slots=True)
class Context:
    """Compiles nodes in a scope."""

    rules: Rules
    library: Library
    watched: frozenset[str]
    scope: Scope
    recoverable: bool = True
    in_loop: bool = False
    _depth: list[int] = field(default_factory=lambda: [0])  # shared by all contexts of a program

    def expression(self, node: ast.expr) -> Run:
        """An expression as a function of the frame. Raises Refused."""
        run: Run = self._ruled(self.rules.expressions, node)
        return run

    def statement(self, node: ast.stmt) -> Run:
        """A statement as a function of the frame. Raises Refused."""
        run: Run = self._ruled(self.rules.statements, node)
        return run

    def target(self, node: ast.expr) -> Put:
        """A target as a function of the frame and the value that is stored. Raises Refused."""
        put: Put = self._ruled(self.rules.targets, node)
        return put

    def _ruled(self, rules: Mapping[type[ast.AST], Rule], node: Any) -> Any:
        rule = rules.get(type(node))
        if rule is None:
            what, hint = REFUSED.get(type(node), (f"`{type(node).__name__}`", None))
            raise Refused(f"{what} is not run", getattr(node, "lineno", None), hint)
        self._depth[0] += 1
        try:
            if self._depth[0] > NESTING:
                raise Refused("the program is nested too deeply", node.lineno)
            return rule(self, node)
        finally:
            self._depth[0] -= 1

    def inside(self, scope: Scope, **changes: Any) -> "Context":
        """The context of a block inside this one."""
        return replace(self, scope=scope, **changes)


REFUSED: Mapping[type[ast.AST], tuple[str, str | None]] = {
    ast.NamedExpr: ("an assignment inside an expression", "Write it as a statement of its own."),
    ast.Await: ("`await`", None),
    ast.Yield: ("`yield`", "Return a list."),
    ast.YieldFrom: ("`yield`", "Return a list."),
    ast.AsyncFunctionDef: ("`async`", None),
    ast.AsyncFor: ("`async`", None),
    ast.AsyncWith: ("`async`", None),
    ast.Match: ("`match`", "Write it with `if`."),
}


def root_of(node: ast.expr) -> ast.Name | None:
    """The name from which a path of fields and items starts."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def own_nodes(statements: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of a block, without the insides of its functions, classes, lambdas and comprehensions.

    Of a function its decorators and defaults belong to the block.
    """
    stack: list[ast.AST] = list(reversed(statements))
    while stack:
        node = stack.pop()
        yield node
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner: list[Any] = [
                    *node.decorator_list,
                    *node.args.defaults,
                    *node.args.kw_defaults,
                ]
            case ast.Lambda():
                inner = [*node.args.defaults, *node.args.kw_defaults]
            case ast.ClassDef():
                inner = [*node.decorator_list, *node.bases]
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                inner = [node.generators[0].iter]
            case _:
                inner = list(ast.iter_child_nodes(node))
        stack.extend([child for child in reversed(inner) if child is not None])


def bound_names(statements: list[ast.stmt]) -> frozenset[str]:
    """The names that a block binds."""
    names: set[str] = set()
    for node in own_nodes(statements):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.split(".")[0])
            case ast.ExceptHandler(name=str(name)):
                names.add(name)
    return frozenset(names - {"*"})


def shared_names(
    statements: list[ast.stmt], kind: type[ast.Global] | type[ast.Nonlocal]
) -> frozenset[str]:
    """The names of the `global` or `nonlocal` statements of a block."""
    found = [node.names for node in own_nodes(statements) if isinstance(node, kind)]
    return frozenset(name for names in found for name in names)


def weight(node: ast.AST | list[ast.stmt]) -> int:
    """What one run of a block costs, in steps."""
    nodes = node if isinstance(node, list) else [node]
    return 1 + sum([1 for each in nodes for _ in ast.walk(each)]) // 4
