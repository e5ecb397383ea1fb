"""What a statement that failed leaves behind: every name that it would have bound is unknown."""

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.program.errors import RAISED, ProgramError
from grader.program.machine.context import Context, own_nodes
from grader.program.machine.frame import Frame
from grader.program.values import Unknown

Spoil = Callable[[Frame, Unknown], None]


def spoiled(context: Context, statement: ast.stmt) -> Spoil:
    """A function that makes all that a statement would have bound unknown."""
    spoils = [_target(context, node) for node in bound_nodes(statement)]
    return _all([*spoils, *[_changed(context, name) for name in _handed_over(statement)]])


def spoiled_targets(context: Context, target: ast.expr) -> Spoil:
    """A function that makes all names of one target unknown."""
    return _all([_target(context, node) for node in bound_nodes(ast.Expr(target))])


def _all(spoils: list[Spoil]) -> Spoil:
    def spoil(frame: Frame, unknown: Unknown) -> None:
        for each in spoils:
            each(frame, unknown)

    return spoil


def bound_nodes(statement: ast.stmt) -> list[ast.expr]:
    """The targets inside a statement, names of functions, classes and imports included."""
    nodes: list[ast.expr] = []
    for node in own_nodes([statement]):
        match node:
            case ast.Name(ctx=ctx) | ast.Attribute(ctx=ctx) | ast.Subscript(ctx=ctx) if (
                not isinstance(ctx, ast.Load)
            ):
                nodes.append(node)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                nodes.append(named(name, node))
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                nodes += [named(alias.asname or alias.name.split(".")[0], node)
                          for alias in aliases if alias.name != "*"]  # fmt: skip
            case ast.ExceptHandler(name=str(name)):
                nodes.append(named(name, node))
    return nodes


def named(name: str, node: ast.AST) -> ast.Name:
    """A target that is a name, where `node` stands."""
    return ast.copy_location(ast.Name(id=name, ctx=ast.Store()), node)


def _target(context: Context, node: ast.expr) -> Spoil:
    """A target is unknown; if it is a part of an array, all of the array is."""
    try:
        put = context.target(node)
    except ProgramError:
        put = None
    around = (
        _target(context, node.value) if isinstance(node, ast.Attribute | ast.Subscript) else None
    )

    def spoil(frame: Frame, unknown: Unknown) -> None:
        try:
            if put is not None:
                put(frame, unknown)
                return
        except (ProgramError, *RAISED):
            pass
        if around is not None:
            around(frame, unknown)

    return spoil


def _handed_over(statement: ast.stmt) -> list[ast.Name]:
    """The names whose arrays and lists a call may have changed that is a statement of its own."""
    names: list[ast.Name] = []
    for node in own_nodes([statement]):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            call = node.value
            parts = [*call.args, *[keyword.value for keyword in call.keywords]]
            if isinstance(call.func, ast.Attribute):
                parts.append(call.func.value)
            names += [part for part in map(_root, parts) if part is not None]
    return names


def _root(node: ast.expr) -> ast.Name | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _changed(context: Context, node: ast.Name) -> Spoil:
    load = context.expression(node)
    put = context.target(named(node.id, node))

    def spoil(frame: Frame, unknown: Unknown) -> None:
        try:
            value: Any = load(frame)
        except ProgramError:
            return
        if isinstance(value, np.ndarray | list | dict):
            put(frame, unknown)

    return spoil
