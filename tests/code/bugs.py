"""Bugs as people make them, put into a program one at a time by rewriting its tree.

A bug is one changed statement; the rest of the text stays as it is. `KINDS` lists them.
"""

import ast
import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Simple = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Expr
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)
_GRADIENT = re.compile(r"d_?[A-Za-z]\w*|grad\w*|\w*grad|delta\w*|\w*error\w*|\w*_d", re.IGNORECASE)


@dataclass(frozen=True)
class Bug:
    """A changed program: the kind of bug, the line, its function, the text before and now."""

    kind: str
    line: int
    function: str
    backward: bool
    was: str
    now: str
    text: str


Change = Callable[[ast.AST], Iterator[ast.AST]]


def lost_mean(node: ast.AST) -> Iterator[ast.AST]:
    """`/ N` lost, or a sum for a mean."""
    match node:
        case ast.BinOp(left, ast.Div(), right) if not isinstance(right, ast.Constant):
            yield left
        case ast.Call(ast.Attribute(value, "mean"), args, keywords):
            yield ast.Call(ast.Attribute(value, "sum"), args, keywords)


def wrong_axis(node: ast.AST) -> Iterator[ast.AST]:
    """The other axis."""
    match node:
        case ast.keyword("axis", ast.Constant(0 | 1 as axis)):
            yield ast.keyword("axis", ast.Constant(1 - axis))


def lost_transpose(node: ast.AST) -> Iterator[ast.AST]:
    """A transpose lost."""
    match node:
        case ast.Attribute(value, "T") | ast.Call(ast.Attribute(value, "transpose"), []):
            yield value
        case ast.Call(ast.Attribute(_, "transpose"), [argument]):
            yield argument


def swapped_product(node: ast.AST) -> Iterator[ast.AST]:
    """The operands of a matrix product in the other order, or a product entry by entry."""
    match node:
        case ast.BinOp(left, ast.MatMult() as op, right):
            yield ast.BinOp(right, op, left)
            yield ast.BinOp(left, ast.Mult(), right)
        case ast.Call(
            ast.Attribute(_, "dot" | "matmul" | "outer") as func, [left, right], keywords
        ):
            yield ast.Call(func, [right, left], keywords)


def lost_mask(node: ast.AST) -> Iterator[ast.AST]:
    """A mask lost: as a factor, in `where`, or as an index."""
    match node:
        case ast.BinOp(left, ast.Mult(), right):
            for mask, other in ((left, right), (right, left)):
                if _is_mask(mask):
                    yield other
        case ast.Call(ast.Attribute(_, "where"), [_, left, right]):
            yield left
            yield right
        case ast.Assign([ast.Subscript(_, index)]) | ast.AugAssign(ast.Subscript(_, index)):
            if _is_mask(index):
                yield ast.Pass()
        case ast.AugAssign(_, ast.Mult(), value) if _is_mask(value):
            yield ast.Pass()


def _is_mask(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Compare) or (isinstance(part, ast.Name) and "mask" in part.id)
        for part in ast.walk(node)
    )


def returned_order(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbours exchanged in a tuple that is returned: each name keeps its value."""
    match node:
        case ast.Return(ast.Tuple() as value):
            for changed in swapped_order(value):
                assert isinstance(changed, ast.expr)
                yield ast.Return(changed)


def swapped_order(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbours exchanged in a tuple that is unpacked or stored."""
    plain = ast.Name | ast.Attribute | ast.Subscript
    match node:
        case ast.Tuple(elts, ctx) if all(isinstance(part, plain) for part in elts):
            for at in range(len(elts) - 1):
                yield ast.Tuple([*elts[:at], elts[at + 1], elts[at], *elts[at + 2 :]], ctx)


def sign(node: ast.AST) -> Iterator[ast.AST]:
    """A sign changed."""
    match node:
        case ast.BinOp(left, ast.Add(), right):
            yield ast.BinOp(left, ast.Sub(), right)
        case ast.BinOp(left, ast.Sub(), right):
            yield ast.BinOp(left, ast.Add(), right)
        case ast.UnaryOp(ast.USub(), operand) if not isinstance(operand, ast.Constant):
            yield operand


def sign_of_update(node: ast.AST) -> Iterator[ast.AST]:
    """`-=` for `+=`, and the other way round."""
    match node:
        case ast.AugAssign(target, ast.Add(), value):
            yield ast.AugAssign(target, ast.Sub(), value)
        case ast.AugAssign(target, ast.Sub(), value):
            yield ast.AugAssign(target, ast.Add(), value)


def stored_for_added(node: ast.AST) -> Iterator[ast.AST]:
    """`=` for `+=`."""
    match node:
        case ast.AugAssign(target, ast.Add(), value):
            yield ast.Assign([target], value, lineno=node.lineno)


def wrong_slice(node: ast.AST) -> Iterator[ast.AST]:
    """A slice, an index or a range off by one."""
    one = ast.Constant(1)
    match node:
        case ast.Slice(lower, upper, step):
            if lower is not None:
                yield ast.Slice(ast.BinOp(lower, ast.Add(), one), upper, step)
            if upper is not None:
                yield ast.Slice(lower, ast.BinOp(upper, ast.Add(), one), step)
        case ast.Subscript(value, ast.Constant(int(index)), ctx):
            yield ast.Subscript(value, ast.Constant(index + 1), ctx)
        case ast.Subscript(value, ast.BinOp(left), ctx):
            yield ast.Subscript(value, left, ctx)


_SLOPES = ("deriv", "prime", "_d", "grad", "backward")


def wrong_slope(node: ast.AST) -> Iterator[ast.AST]:
    """The wrong derivative of an activation: a square lost, or another function."""
    match node:
        case ast.BinOp(left, ast.Pow(), ast.Constant()):
            yield left
        case ast.Call(func, [argument, *_]):
            name = ast.unparse(func).lower()
            if name.endswith("square"):
                yield argument
            elif any(word in name for word in _SLOPES):
                tanh = ast.Call(ast.Attribute(ast.Name("np"), "tanh"), [argument], [])
                square = ast.BinOp(tanh, ast.Pow(), ast.Constant(2))
                yield ast.BinOp(ast.Constant(1), ast.Sub(), square)


def dropped(node: ast.AST) -> Iterator[ast.AST]:
    """A factor or a term dropped."""
    match node:
        case ast.BinOp(left, ast.Mult() | ast.Add(), right):
            yield left
            yield right


def wrong_number(node: ast.AST) -> Iterator[ast.AST]:
    """A factor changed: 2 for 1, 1 for any other."""
    match node:
        case ast.BinOp(ast.Constant(int() | float() as value), ast.Mult() | ast.Div() as op, right):
            yield ast.BinOp(ast.Constant(2 if value == 1 else 1), op, right)
        case ast.BinOp(left, ast.Mult() | ast.Div() as op, ast.Constant(int() | float() as value)):
            yield ast.BinOp(left, op, ast.Constant(2 if value == 1 else 1))


def wrong_operand(names: Sequence[str]) -> Change:
    """Another name of the same function."""

    def change(node: ast.AST) -> Iterator[ast.AST]:
        """Another name of the same function."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            for other in names:
                if other != node.id:
                    yield ast.Name(other, node.ctx)

    return change


KINDS: tuple[Change, ...] = (
    lost_mean, wrong_axis, lost_transpose, swapped_product, lost_mask, swapped_order, returned_order,
    sign, sign_of_update, stored_for_added, wrong_slice, wrong_slope, dropped, wrong_number,
)  # fmt: skip
OPERAND, UPDATE = "wrong_operand", "update_before_use"
NAMES = (*(kind.__name__ for kind in KINDS), OPERAND, UPDATE)


def bugs(text: str) -> Iterator[Bug]:
    """All bugs that can be put into a program. Raises SyntaxError if it is none."""
    tree = ast.parse(text)
    for function, body in _bodies(tree, ""):
        backward = _derives(body)
        names = _arrays(body)
        for node in body:
            for kind in (*KINDS, wrong_operand(names)):
                if kind is swapped_order and isinstance(node, ast.Return):
                    continue
                name = OPERAND if kind.__name__ == "change" else kind.__name__
                for changed in _changed(node, kind):
                    now = ast.unparse(ast.fix_missing_locations(changed))
                    yield _bug(text, node, name, function, backward, now)
        yield from _updates(text, tree, function, body)


def _bug(text: str, node: ast.stmt, kind: str, function: str, backward: bool, now: str) -> Bug:
    was = ast.get_source_segment(text, node) or ""
    return Bug(kind, node.lineno, function, backward, was, now, _replaced(text, node, now))


def _bodies(node: ast.AST, name: str) -> Iterator[tuple[str, list[Simple]]]:
    """Each function with its simple statements, at any depth but those of functions inside it."""
    own: list[Simple] = []
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop(0)
        if isinstance(child, ast.FunctionDef):
            yield from _bodies(child, child.name)
        elif isinstance(child, SIMPLE):
            own.append(child)
        elif isinstance(child, ast.stmt | ast.ExceptHandler):
            waiting[:0] = list(ast.iter_child_nodes(child))
    yield name, [node for node in own if not _is_text(node)]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def leaf(node: ast.AST) -> str:
    """The name that a place ends in: `W1` of `W1`, `self.W1`, `params['W1']`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return ""


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [
            part
            for target in node.targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _derives(body: Sequence[ast.stmt]) -> bool:
    """Whether a function computes derivatives, by the names that it binds."""
    return any(_GRADIENT.fullmatch(leaf(target)) for node in body for target in _targets(node))


def _arrays(body: Sequence[ast.stmt]) -> list[str]:
    """Names that stand in products and sums of a function."""
    names: dict[str, None] = {}
    for node in body:
        for part in ast.walk(node):
            if isinstance(part, ast.BinOp | ast.Call | ast.Attribute):
                for child in ast.iter_child_nodes(part):
                    if isinstance(child, ast.Name) and child.id not in ("np", "self", "numpy"):
                        names[child.id] = None
    called = {
        part.func.id
        for node in body
        for part in ast.walk(node)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
    }
    return [name for name in names if name not in called][:12]


def _changed(node: Simple, kind: Change) -> Iterator[ast.AST]:
    """A statement with one of its parts changed, in each way."""
    parts = list(ast.walk(node))
    for at, part in enumerate(parts):
        for new in kind(part):
            if at == 0:
                yield new
                continue
            whole = copy.deepcopy(node)
            old = list(ast.walk(whole))[at]
            yield _Replace(old, copy.deepcopy(new)).visit(whole)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        """The new part for the old one."""
        if node is self.old:
            return self.new
        self.generic_visit(node)
        return node


def _replaced(text: str, node: ast.stmt, now: str) -> str:
    """The text with a statement replaced; places count bytes of a line."""
    lines = text.splitlines(keepends=True)
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head = lines[first].encode()[: node.col_offset].decode()
    tail = lines[last].encode()[node.end_col_offset or 0 :].decode()
    return "".join([*lines[:first], head + now + tail, *lines[last + 1 :]])


def _updates(text: str, tree: ast.AST, function: str, body: list[Simple]) -> Iterator[Bug]:
    """Weights updated as soon as their gradient is there, though they are used below."""
    for at, node in enumerate(body):
        for target in _targets(node):
            name = leaf(target)
            for weight in _used(body[at + 1 :], name):
                now = f"{weight} = {weight} - 0.5 * {ast.unparse(target)}"
                line = text.splitlines()[node.lineno - 1]
                indent = line[: len(line) - len(line.lstrip())]
                whole = f"{ast.get_source_segment(text, node)}\n{indent}{now}"
                bug = _bug(text, node, UPDATE, function, True, whole)
                yield bug


def _used(body: Sequence[ast.stmt], gradient: str) -> list[str]:
    """The weights of a gradient, as they are written where they are used in a body."""
    if not _GRADIENT.fullmatch(gradient):
        return []
    names = {re.sub(r"^(?:d_?|grad_?)|_?grad$|_d$", "", gradient)} - {gradient, ""}
    found = {
        ast.unparse(part): None
        for node in body
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and leaf(part) in names
    }
    return list(found)
