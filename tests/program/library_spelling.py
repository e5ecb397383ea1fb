"""Calls as people write them, made once with NumPy and once with the tables of `grader.program.library`.

A call is text such as `np.sum(A, axis=0)` or `A.sum(0)`. `theirs` gives it Python's and NumPy's meaning;
`ours` looks everything up in the tables. Both work on the same random arrays.
"""

import ast
import copy
import math
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from grader.program import library
from grader.program.budget import Budget
from grader.program.library import At, Place
from grader.program.values import Builtin, Module

USED: set[str] = set()  # paths of the rows that were called
BUDGETS = [Budget()]  # of the call that is made


class Spelling(ast.NodeTransformer):
    """Writes `x.name` as `attribute(x, "name")` and `x[index]` as `item(x, index)`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return _written("attribute", self.visit(node.value), ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return _written("item", self.visit(node.value), _slices(self.visit(node.slice)))


def _written(name: str, *args: ast.AST) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _slices(node: ast.AST) -> ast.AST:
    """An index as an expression."""
    if isinstance(node, ast.Tuple):
        return ast.Tuple([_slices(part) for part in node.elts], ast.Load())
    if isinstance(node, ast.Slice):
        return _written(
            "slice", *[part or ast.Constant(None) for part in (node.lower, node.upper, node.step)]
        )
    return node


class Tables:
    """What the names of a call mean in the tables."""

    def __init__(self, methods: Any) -> None:
        self.budget = BUDGETS[-1] = Budget()
        self.methods = methods

    def names(self) -> dict[str, Any]:
        return {
            **_names_of_the_library(), "special": Module("scipy.special"), "attribute": self.attribute,
            "item": self.item, "slice": slice, "Ellipsis": Ellipsis, "__builtins__": {},
        }  # fmt: skip

    def attribute(self, value: Any, name: str) -> Any:
        if type(value) is Module:
            return self.member(f"{value.path}.{name}")
        if type(value) is Place:
            USED.add(f"place {name}")
            return self.bound(library.PLACE_METHODS[name], value)
        if isinstance(value, _Row):
            return self.member(f"{value.path}.{name}")
        if name in library.ATTRIBUTES and (self.methods is library.METHODS or name != "size"):
            USED.add(f"attribute {name}")
            return library.ATTRIBUTES[name](self.budget, value)
        kind = {list: "list", tuple: "tuple", dict: "dict", str: "str"}.get(type(value), "method")
        table = getattr(library, f"{kind.upper()}_METHODS") if kind != "method" else self.methods
        USED.add(f"{kind} {name}")
        return self.bound(table[name], value)

    def member(self, path: str) -> Any:
        if path in library.CONSTANTS:
            USED.add(path)
            value = library.CONSTANTS[path]
            return _Row(path, value) if isinstance(value, library.Type) else value
        return _Row(path, library.FUNCTIONS[path]) if path in library.FUNCTIONS else Module(path)

    def bound(self, row: Callable[..., Any], value: Any) -> Callable[..., Any]:
        return lambda *args, **kwargs: row(self.budget, value, *args, **kwargs)

    def item(self, value: Any, index: Any) -> Any:
        return Place(value.array, index) if type(value) is At else value[index]


@cache
def _names_of_the_library() -> dict[str, Any]:
    modules = {name: Module(path) for name, path in library.MODULES.items() if "." not in name}
    builtins = {name: _Row(f"builtin {name}", row) for name, row in library.BUILTINS.items()}
    return {**modules, **builtins}


class _Row(Builtin):
    """A row with its path, as the machine holds it, that notes that it was called."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        USED.add(self.path)
        return self.row(BUDGETS[-1], *args, **kwargs)


def arrays(seed: int) -> dict[str, Any]:
    """Named values of random shapes: `A` and `B` are m × n, `M` is n × k, `S` n × n, `v` has n entries."""
    rng = np.random.default_rng(seed)
    m, n, k = (int(length) for length in rng.integers(2, 6, 3))
    S = rng.normal(size=(n, n))
    return {
        "m": m, "n": n, "k": k,
        "A": rng.normal(size=(m, n)), "B": rng.normal(size=(m, n)), "M": rng.normal(size=(n, k)),
        "P": rng.uniform(0.1, 0.9, size=(m, n)), "Q": rng.uniform(0.1, 0.9, size=(m, n)),
        "S": S @ S.T + np.eye(n), "v": rng.normal(size=n), "w": rng.normal(size=n),
        "u": rng.normal(size=m), "R": rng.normal(size=(1, n)), "C": rng.normal(size=(m, 1)),
        "T": rng.normal(size=(2, m, n)), "U": rng.normal(size=(2, n, k)), "V": rng.normal(size=(2, n, n)),
        "I": rng.integers(-4, 5, size=(m, n)), "J": rng.integers(1, 5, size=(m, n)),
        "y": rng.integers(0, n, size=m), "i": rng.integers(0, m, size=3), "mask": rng.normal(size=(m, n)) > 0,
        "one": np.array(1.5), "x": float(rng.normal()), "q": np.float64(rng.normal()),
        "p": np.sort(rng.normal(size=n)), "three": rng.normal(size=(m, 3)), "empty": np.zeros((0, n)),
    }  # fmt: skip


def theirs(text: str, values: dict[str, Any]) -> Any:
    """What Python and NumPy make of a call; an exception if they raise it."""
    return _outcome(
        lambda: eval(text, {"np": np, "math": math, "copy": copy, "xrange": range, **values})
    )


def ours(text: str, values: dict[str, Any], methods: Any = library.METHODS) -> Any:
    """What the tables make of a call; an exception if they raise it."""
    tree = ast.fix_missing_locations(Spelling().visit(ast.parse(text, mode="eval")))
    code = compile(tree, text, "eval")
    return _outcome(lambda: eval(code, {**Tables(methods).names(), **values}))


def _outcome(call: Callable[[], Any]) -> Any:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return call()
        except Exception as error:
            return error


def same(a: Any, b: Any) -> bool:
    """Equal to the bit, in type, shape and dtype; or both exceptions."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return isinstance(a, Exception) and isinstance(b, Exception)
    if isinstance(b, tuple):  # also NumPy's own kinds of tuples
        return isinstance(a, tuple) and len(a) == len(b) and all(map(same, a, b))
    if type(a) is not type(b):
        return False
    if isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(b, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and np.shape(a) == np.shape(b) and _bits(a) == _bits(b)
    return bool(a == b) or (a != a and b != b)


def _bits(array: Any) -> bytes:
    array = np.array(array)
    if array.dtype.kind == "f":
        array[np.isnan(array)] = np.nan
    return array.tobytes()


def close(a: Any, b: Any) -> bool:
    """Equal in shape and to the last digits."""
    if isinstance(a, Exception) or isinstance(b, Exception):
        return isinstance(a, Exception) and isinstance(b, Exception)
    if isinstance(b, (tuple, list)):
        return isinstance(a, (tuple, list)) and len(a) == len(b) and all(map(close, a, b))
    return np.shape(a) == np.shape(b) and bool(
        np.allclose(a, b, rtol=1e-13, atol=1e-14, equal_nan=True)
    )
