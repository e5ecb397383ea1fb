"""The value of an expression by plain loops over one draw, without the grader's evaluation.

Slow and simple. It checks that a rewritten answer is still right and that a changed one is really wrong,
so that a failing test means a fault of the grader.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.expression import (
    Apply,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Placed,
    Selector,
    Slice,
    Sum,
    Symbol,
    Tabulate,
)
from grader.key import QuestionKey

Array = NDArray[np.float64]
Values = Mapping[str, Array]


def _exp_share(z: Array) -> Array:
    e = np.exp(z - z.max())
    return e / e.sum()


def _total(x: Array, axis: int | None = None) -> Array:
    return np.asarray(x.sum(axis=axis, keepdims=True)).reshape(
        (1, 1) if axis is None else ((1, x.shape[1]) if axis == 0 else (x.shape[0], 1))
    )


def _truth(test: Callable[[Array, Array], Any]) -> Callable[[Array, Array], Array]:
    return lambda a, b: np.asarray(test(a, b), dtype=np.float64)


FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "pow": lambda a, b: a**b, "neg": lambda a: -a,
    "matmul": lambda a, b: a @ b, "transpose": lambda a: a.T, "exp": np.exp, "log": np.log,
    "log'": lambda a: 1 / a, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign,
    "tanh": np.tanh, "tanh'": lambda a: 1 / np.cosh(a) ** 2,
    "relu": lambda a: a * (a > 0), "relu'": lambda a: 1.0 * (a > 0), "step": lambda a: 1.0 * (a > 0),
    "maximum": np.maximum, "minimum": np.minimum, "where": lambda c, a, b: np.where(c != 0, a, b),
    "lt": _truth(np.less), "le": _truth(np.less_equal), "gt": _truth(np.greater),
    "ge": _truth(np.greater_equal), "eq": _truth(np.equal), "ne": _truth(np.not_equal),
    "not": lambda a: 1.0 * (a == 0), "and": lambda a, b: 1.0 * ((a != 0) & (b != 0)),
    "or": lambda a, b: 1.0 * ((a != 0) | (b != 0)), "softmax": _exp_share, "sum": _total,
    "norm": lambda a: np.sqrt(_total(a * a)), "outer": lambda a, b: np.outer(a, b),
    "inner": lambda a, b: _total(a.reshape(-1, 1) * b.reshape(-1, 1)),
    "diag": lambda a: np.diag(a.ravel()), "square": lambda a: a * a,
    "ones": lambda *size: np.ones(size), "zeros": lambda *size: np.zeros(size),
    "identity": lambda *size: np.eye(*size),
}  # fmt: skip


def value_of(node: Expression, values: Values, at: Mapping[str, int]) -> Array:
    """The value on one draw (rows, columns); `at` gives the index variables."""
    match node:
        case Number():
            return np.full((1, 1), node.value)
        case Symbol():
            return values[node.name]
        case Index():
            return np.full((1, 1), float(at[node.name]))
        case Apply():
            if node.function not in FUNCTIONS:
                raise NotImplementedError(node.function)
            args = [value_of(arg, values, at) for arg in node.args]
            return FUNCTIONS[node.function](*args, *node.params)
        case Item():
            base = value_of(node.base, values, at)
            return base[_picked(node.row, at)][:, _picked(node.column, at)]
        case Sum(body=body, index=index):
            steps = range(index.start, index.stop + 1)
            return np.sum([value_of(body, values, {**at, index.name: n}) for n in steps], axis=0)
        case Matrix():
            return np.array([[value_of(e, values, at)[0, 0] for e in row] for row in node.rows])
        case Tabulate(body=body, row=row, column=column):
            rows = range(row.start, row.stop + 1)
            columns = range(column.start, column.stop + 1)
            here = [[{**at, row.name: i, column.name: j} for j in columns] for i in rows]
            return np.array([[value_of(body, values, one)[0, 0] for one in line] for line in here])
        case Placed():
            whole = np.zeros(node.shape)
            whole[_picked(node.row, at), _picked(node.column, at)] = value_of(
                node.value, values, at
            )
            return whole
        case _:
            raise NotImplementedError(type(node).__name__)


def _picked(selector: Selector, at: Mapping[str, int]) -> slice:
    if isinstance(selector, Slice):
        return slice(selector.start - 1, selector.stop)
    n = int(value_of(selector, {}, at)[0, 0])
    assert n >= 1
    return slice(n - 1, n)


def everywhere(own: QuestionKey, node: Expression, draws: Sequence[Values]) -> Array:
    """An answer's values on some draws, (draws, entries), with index variables in order."""
    return np.array([_on(own, node, values) for values in draws])


def _on(own: QuestionKey, node: Expression, values: Values) -> Array:
    free = own.question.free if own.is_indexed(node) else ()
    ranges = [range(index.start, index.stop + 1) for index in free]
    with np.errstate(all="ignore"):
        found = [
            value_of(node, values, dict(zip((i.name for i in free), here, strict=True)))
            for here in itertools.product(*ranges)
        ]
    return np.concatenate([np.broadcast_to(one, node.shape).ravel() for one in found])


def draws_of(own: QuestionKey) -> list[Values]:
    """The draws of a question, with the quantities of its model computed here."""
    scope = own.question.scope
    found = []
    for at in range(own.draws.count):
        values = {name: np.asarray(own.draws.values[name][at]) for name in scope.symbols}
        for quantity in scope.model.values():
            if quantity.definition is not None:
                value = value_of(quantity.definition, values, {})
                values[quantity.name] = np.broadcast_to(value, quantity.definition.shape)
        found.append(values)
    return found


def differing(a: Array, b: Array) -> float:
    """The share of draws on which two values differ by more than a millionth anywhere."""
    if a.shape != b.shape:
        return 1.0
    apart = np.abs(a - b) > 1e-6 * np.maximum(1e-3, np.maximum(np.abs(a), np.abs(b)))
    return float((apart | np.isnan(a - b)).any(axis=1).mean())
