"""Statements: a closure for each, and blocks of them with or without recovery."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from grader.program.errors import RAISED, Exhausted, Failed, Origin, ProgramError, Refused, of
from grader.program.machine import aliases
from grader.program.machine.attributes import unlisted
from grader.program.machine.context import Context, Rule, own_nodes, root_of, weight
from grader.program.machine.expressions import holding
from grader.program.machine.frame import Frame, Run, Signal, builtin
from grader.program.machine.indexing import delete_item, iterated
from grader.program.machine.operators import augmented, truth
from grader.program.machine.recovery import Spoil, named, spoiled, spoiled_targets
from grader.program.machine.targets import changed
from grader.program.values import Builtin, Module, Quiet, Unknown

_NUMPY = "numpy"
_BUILTINS = ("builtins", "past.builtins", "six.moves")
_RECOVERIES = 30  # faults in the loops and functions that one statement runs
_EXITS = (ast.Return, ast.Raise)
_OF_LOOPS = (ast.Break, ast.Continue)


def block(context: Context, statements: list[ast.stmt]) -> Run:
    """Statements one after another; the first Signal ends them.

    A statement that fails leaves its names unknown, and the next one runs. In a function that the program
    calls it does so if it changes nothing in place: what the caller holds is not in reach.
    """
    steps = [(_compiled(context, each), each.lineno) for each in statements]
    recovering = _recovering(context, statements, steps)

    def run(frame: Frame) -> Any:
        if recovering is not None:
            return recovering(frame)
        for step, line in steps:
            try:
                signal = step(frame)
            except ProgramError as fault:
                fault.at(line)
                raise
            except RAISED as error:
                raise of(error).at(line) from None
            if signal is not None:
                return signal
        return None

    return run


def _compiled(context: Context, node: ast.stmt) -> Run:
    """A statement; one that cannot be compiled is refused when it is reached."""
    try:
        return context.statement(node)
    except ProgramError as fault:
        return refused(fault.at(node.lineno))


def refused(fault: ProgramError) -> Run:
    """What is refused each time that it is reached."""

    def run(frame: Frame) -> None:
        raise Refused(fault.message, fault.line, fault.hint)

    return run


def _recovering(context: Context, statements: list[ast.stmt], steps: list[tuple[Run, int]]) -> Any:
    if not context.recoverable:
        return None
    recovery = _Recovery(context, statements)

    def run(frame: Frame) -> Any:
        is_top = frame.recovers and not context.in_loop
        for at, (step, line) in enumerate(steps):
            if is_top:
                frame.state.recoveries = _RECOVERIES
            try:
                signal = step(frame)
            except (ProgramError, *RAISED) as error:
                signal = recovery.after(frame, at, of(error).at(line), is_top)
            if signal is not None:
                return signal
        return None

    return run


@dataclass(frozen=True, slots=True)
class _Recovery:
    """How a block goes on after a statement that failed."""

    context: Context
    statements: list[ast.stmt]
    compiled: dict[int, Spoil] = field(default_factory=dict)

    def after(self, frame: Frame, at: int, fault: ProgramError, is_top: bool) -> Signal | None:
        """Make unknown what a statement may have changed. Raises the fault if it is for the caller."""
        node = self.statements[at]
        stops = isinstance(fault, Failed) and fault.origin is Origin.INSIDE
        origin = Origin.STOPPED if stops else fault.origin
        unknown = Unknown(fault.message, fault.line, origin=origin)
        if is_top:
            frame.budget.resume()
        try:
            running = aliases.called(frame, node)
            touched = aliases.changed(frame, node, running)
            unknown = replace(unknown, held=aliases.held(frame, node, running))
            if not is_top and _is_for_the_caller(frame, node, fault, touched):
                raise fault from None
            rebound = aliases.rebound(frame, running)
            lost = self.spoil(frame, at, unknown)
            if lost and not frame.recovers:
                raise fault from None
            aliases.bind(rebound, unknown)
            touched |= aliases.reached(lost) | aliases.whole(lost)
            aliases.spoil(frame, touched, unknown)
        except aliases.TooMuch:
            if not is_top:
                raise fault from None
            self.spoil(frame, at, unknown)
            aliases.forget(frame, unknown)
        frame.state.faults.append(fault)
        if not _may_leave(node) and not (frame.entry and isinstance(fault, Failed)):
            return None
        frame.fault = fault
        for later in range(at + 1, len(self.statements)):  # whether they run is not known
            self.spoil(frame, later, unknown)
        return Signal.RETURN

    def spoil(self, frame: Frame, at: int, unknown: Unknown) -> list[Any]:
        """Make unknown what a statement binds; what it gives has parts that are not known."""
        if at not in self.compiled:
            self.compiled[at] = spoiled(self.context, self.statements[at])
        return self.compiled[at](frame, unknown)


def _is_for_the_caller(
    frame: Frame, statement: ast.stmt, fault: ProgramError, touched: aliases.Changed
) -> bool:
    """Whether what fails in a loop or in a function fails for what is around it.

    It does if how a loop or function goes on is not known, if what the caller holds may have changed, if
    Python itself would stop there, if a limit is reached, and if too much has failed.
    """
    frame.state.recoveries -= 1
    is_over = isinstance(fault, Failed | Exhausted)
    is_hidden = is_over or (bool(touched) and not frame.recovers)
    return is_hidden or _may_leave(statement) or frame.state.recoveries < 0


@lru_cache(maxsize=1_000)
def _may_leave(statement: ast.stmt) -> bool:
    """Whether a statement may end the block that it is in, for good or for this pass of a loop."""
    nodes = list(own_nodes([statement]))
    if any(isinstance(node, _EXITS) for node in nodes):
        return True
    if isinstance(statement, ast.For | ast.While):
        return False
    loops = [node for node in nodes if isinstance(node, ast.For | ast.While)]
    inside = {id(node) for loop in loops for node in ast.walk(loop)}
    return any(isinstance(node, _OF_LOOPS) and id(node) not in inside for node in nodes)


def _expression(context: Context, node: ast.Expr) -> Run:
    value = node.value
    if not any(isinstance(part, ast.Call) for part in ast.walk(value)):
        return nothing
    if (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in _PRINTED
    ):
        return nothing
    if isinstance(value, ast.Call) and (root := root_of(value.func)) is not None:
        return _unless_quiet(context.expression(value), context.expression(root))
    run = context.expression(value)

    def only(frame: Frame) -> None:
        run(frame)

    return only


def _unless_quiet(run: Run, root: Run) -> Run:
    """A call; what draws or prints is passed over with its arguments."""

    def only(frame: Frame) -> None:
        if type(root(frame)) is not Quiet:
            run(frame)

    return only


_PRINTED = frozenset(("print", "display", "pprint"))


def nothing(frame: Frame) -> None:
    """A statement that is passed over."""


def _delete(context: Context, node: ast.Delete) -> Run:
    """Deleted names are unknown from then on."""
    deletes = [_deleted(context, target) for target in node.targets]

    def run(frame: Frame) -> None:
        for delete in deletes:
            delete(frame)

    return run


def _deleted(context: Context, node: ast.expr) -> Run:
    match node:
        case ast.Name(id=name):
            load, put = context.expression(node), context.target(named(name, node))
            gone = Unknown(f"`{name}` was deleted", node.lineno, fails=True)
            return lambda frame: (load(frame), put(frame, gone))
        case ast.Subscript():
            container, index = context.expression(node.value), context.expression(node.slice)
            return lambda frame: delete_item(frame.budget, container(frame), index(frame))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            deletes = [_deleted(context, part) for part in parts]
            return lambda frame: [delete(frame) for delete in deletes]
        case _:
            raise Refused("`del` of an attribute is not run", node.lineno)


def _passed_over(context: Context, node: ast.stmt) -> Run:
    return nothing


def _assign(context: Context, node: ast.Assign) -> Run:
    is_tuple = isinstance(node.value, ast.Tuple)
    value = holding(context, node.value) if is_tuple else context.expression(node.value)
    puts = [context.target(target) for target in node.targets]
    if len(puts) == 1:
        put = puts[0]

        def run(frame: Frame) -> None:
            put(frame, value(frame))

        return run

    def run_all(frame: Frame) -> None:
        result = value(frame)
        for each in puts:
            each(frame, result)

    return run_all


def _annotated(context: Context, node: ast.AnnAssign) -> Run:
    if node.value is None:
        return nothing
    value, put = context.expression(node.value), context.target(node.target)

    def run(frame: Frame) -> None:
        put(frame, value(frame))

    return run


def _augmented(context: Context, node: ast.AugAssign) -> Run:
    value = context.expression(node.value)
    return changed(context, node.target, augmented(type(node.op)), value)


def _if(context: Context, node: ast.If) -> Run:
    test = context.expression(node.test)
    body, orelse = block(context, node.body), block(context, node.orelse)
    return lambda frame: body(frame) if truth(test(frame)) else orelse(frame)


def _for(context: Context, node: ast.For) -> Run:
    inner = context.inside(context.scope, in_loop=True)
    values, put = context.expression(node.iter), context.target(node.target)
    spoil = spoiled_targets(context, node.target)
    body, orelse = block(inner, node.body), block(inner, node.orelse)
    cost = weight(node.body)

    def run(frame: Frame) -> Any:
        step = frame.budget.step
        try:
            walked = values(frame)
            if isinstance(walked, Unknown):
                raise walked.refused()
        except ProgramError as fault:
            if fault.origin not in (Origin.OUTSIDE, Origin.DRAWN):
                raise
            return once(frame, fault.at(node.lineno))
        walks = frame.state.walks
        walks.append(walked)
        try:
            for value in iterated(frame.budget, walked):
                step(cost)
                put(frame, value)
                signal = body(frame)
                if signal is Signal.BREAK:
                    return None
                if signal is Signal.RETURN:
                    return signal
                if walks[-1] is not walked:  # what failed in the body may have changed it
                    raise walks[-1].refused()
        finally:
            walks.pop()
        return orelse(frame)

    def once(frame: Frame, fault: ProgramError) -> Any:
        """One pass over data that is not there, such as the batches of a loader."""
        frame.state.faults.append(fault)
        held = aliases.held(frame, node, aliases.called(frame, node))
        spoil(frame, Unknown(fault.message, fault.line, origin=fault.origin, held=held))
        signal = body(frame)
        return signal if signal is Signal.RETURN else None

    return run


def _while(context: Context, node: ast.While) -> Run:
    inner = context.inside(context.scope, in_loop=True)
    test = context.expression(node.test)
    body, orelse = block(inner, node.body), block(inner, node.orelse)
    cost = weight(node)

    def run(frame: Frame) -> Any:
        while truth(test(frame)):
            frame.budget.step(cost)
            signal = body(frame)
            if signal is Signal.BREAK:
                return None
            if signal is Signal.RETURN:
                return signal
        return orelse(frame)

    return run


def _with(context: Context, node: ast.With) -> Run:
    """The body runs; what the managers are is not looked at, and what they give is unknown."""
    puts = [context.target(part.optional_vars) for part in node.items if part.optional_vars]
    unknown = Unknown("what `with` opens is not run", node.lineno, origin=Origin.OUTSIDE)
    body = block(context, node.body)

    def run(frame: Frame) -> Any:
        for put in puts:
            put(frame, unknown)
        return body(frame)

    return run


def _try(context: Context, node: ast.Try) -> Run:
    """The body, as if nothing failed; if something does, the whole statement does."""
    inner = context.inside(context.scope, recoverable=False)
    parts = [block(inner, part) for part in (node.body, node.orelse, node.finalbody)]

    def run(frame: Frame) -> Any:
        left, frame.state.recoveries = frame.state.recoveries, 0  # Python would go to a handler
        try:
            return guarded(frame)
        finally:
            frame.state.recoveries = left

    def guarded(frame: Frame) -> Any:
        result: Signal | None = None
        for position, part in enumerate(parts):
            if position == 1 and result is not None:
                continue
            result = part(frame) or result
        return result

    return run


def _raise(context: Context, node: ast.Raise) -> Run:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = raised.id if isinstance(raised, ast.Name) else "an error"

    def run(frame: Frame) -> None:
        raise Failed(f"the program raises {name}")

    return run


def _return(context: Context, node: ast.Return) -> Run:
    value: Run = nothing
    if node.value is not None:
        is_tuple = isinstance(node.value, ast.Tuple)
        value = holding(context, node.value) if is_tuple else context.expression(node.value)

    def run(frame: Frame) -> Signal:
        frame.returned = value(frame)
        frame.return_node = node
        return Signal.RETURN

    return run


def _break(context: Context, node: ast.Break) -> Run:
    return lambda frame: Signal.BREAK


def _continue(context: Context, node: ast.Continue) -> Run:
    return lambda frame: Signal.CONTINUE


# Imports


def _import(context: Context, node: ast.Import) -> Run:
    library = context.library
    parts = []
    for alias in node.names:
        root = alias.name if alias.asname else alias.name.split(".")[0]
        value = library.imported(root)
        put = context.target(named(alias.asname or root, node))
        parts.append((put, value if value is not None else _unknown_module(root, node)))

    def run(frame: Frame) -> None:
        for put, value in parts:
            put(frame, value)

    return run


def _unknown_module(name: str, node: ast.stmt) -> Unknown:
    return Unknown(f"the module `{name[:60]}` is not run", node.lineno, origin=Origin.OUTSIDE)


def _import_from(context: Context, node: ast.ImportFrom) -> Run:
    library = context.library
    path = library.imported(node.module or "") if not node.level else None
    parts: list[tuple[Any, Any]] = []
    stars: list[Any] = []
    for alias in node.names:
        if alias.name == "*":
            is_known = isinstance(path, Module | Quiet)
            stars.append(path if is_known else _unknown_module(node.module or ".", node))
            continue
        put = context.target(named(alias.asname or alias.name, node))
        if isinstance(path, Module):
            try:
                value: Any = library.member(path.path, alias.name)
            except KeyError:
                fault = unlisted(path.path, alias.name)
                value = Unknown(fault.message, node.lineno, origin=fault.origin)
        elif isinstance(path, Quiet):
            value = path
        elif alias.name in library.builtins and node.module in _BUILTINS:
            value = builtin(library, alias.name)
        elif library.modules.get(alias.name) == _NUMPY:
            value = library.module(_NUMPY)  # as `from backend import xp`
        elif alias.name in library.helpers:
            value = Builtin(alias.name, library.helpers[alias.name])
        else:
            value = _unknown_module(node.module or ".", node)
        parts.append((put, value))

    def run(frame: Frame) -> None:
        frame.state.stars.extend(stars)
        for put, value in parts:
            put(frame, value)

    return run


STATEMENTS: Mapping[type[ast.AST], Rule] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.With: _with,
    ast.Try: _try,
    ast.Raise: _raise,
    ast.Return: _return,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Pass: _passed_over,
    ast.Assert: _passed_over,
    ast.Delete: _delete,
    ast.Global: _passed_over,
    ast.Nonlocal: _passed_over,
}
