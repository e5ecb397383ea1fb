"""What a statement that failed leaves behind: every name that it would have bound is unknown."""

import ast
from collections.abc import Callable
from typing import Any

from grader.program.errors import RAISED, ProgramError
from grader.program.machine.context import Context, own_nodes
from grader.program.machine.frame import Frame, Run
from grader.program.values import Unknown

Spoil = Callable[[Frame, Unknown], list[Any]]
"""Makes names unknown; gives what holds the places that are not known."""


def spoiled(context: Context, statement: ast.stmt) -> Spoil:
    """A function that makes all that a statement would have bound unknown."""
    return _all([_target(context, node) for node in bound_nodes(statement)])


def spoiled_targets(context: Context, target: ast.expr) -> Spoil:
    """A function that makes all names of one target unknown."""
    return _all([_target(context, node) for node in bound_nodes(ast.Expr(target))])


def _all(spoils: list[Spoil]) -> Spoil:
    def spoil(frame: Frame, unknown: Unknown) -> list[Any]:
        return [lost for each in spoils for lost in each(frame, unknown)]

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
        is_part = isinstance(node, ast.Attribute | ast.Subscript)
        holder = context.expression(node.value) if is_part else None  # type: ignore[attr-defined]
    except ProgramError:
        return lambda frame, unknown: []

    def spoil(frame: Frame, unknown: Unknown) -> list[Any]:
        try:
            put(frame, unknown)
        except (ProgramError, *RAISED):
            return [] if holder is None else _loaded(holder, frame)
        return []

    return spoil


def _loaded(run: Run, frame: Frame) -> list[Any]:
    try:
        return [run(frame)]
    except (ProgramError, *RAISED):
        return []
