"""Expression → infix text, which reads back to the same tree."""

import math
from collections.abc import Collection

from grader.expression import (
    A_SIZE,
    Apply,
    Derivative,
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
    all_indices,
)
from grader.notation.names import Names
from grader.primitives import TABLE

SUM, PRODUCT, PREFIX, POWER, ATOM = 50, 60, 70, 80, 100
COMPARE, AND, OR = 40, 30, 20
_INFIX = {
    "add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT),
    "matmul": ("@", PRODUCT), "gt": (">", COMPARE), "ge": (">=", COMPARE), "lt": ("<", COMPARE),
    "le": ("<=", COMPARE), "eq": ("==", COMPARE), "ne": ("!=", COMPARE), "and": ("&", AND),
    "or": ("|", OR),
}  # fmt: skip


def infix(node: Expression, names: Names) -> str:
    """An expression as infix text, 1-based, in the problem's names."""
    return _Infix(names, all_indices(node)).text(node, 0)


def dimension(node: Number, names: Names, indices: Collection[str]) -> str:
    """The name of a size, unless it has another meaning here; empty for any other number."""
    called = [name for name, size in names.dimensions.items() if size == node.value]
    name = called[0] if node.name == A_SIZE and len(called) == 1 else node.name
    return name if name in called and name not in names.symbols and name not in indices else ""


class _Infix:
    def __init__(self, names: Names, indices: Collection[str]) -> None:
        self.names = names
        self.indices = indices
        self.functions = names.function_names()

    def text(self, node: Expression, power: int) -> str:
        written, own = self.written(node)
        return f"({written})" if own < power else written

    def written(self, node: Expression) -> tuple[str, int]:
        match node:
            case Number():
                text = dimension(node, self.names, self.indices) or number_text(node.value)
                return text, ATOM if node.value >= 0 else PREFIX
            case Symbol() | Index():
                return node.name, ATOM
            case Apply():
                return self.apply(node)
            case Item():
                return f"{self.text(node.base, ATOM)}[{self.selectors(node)}]", ATOM
            case Placed():
                inside = f"{self.text(node.value, 0)}, {self.selectors(node)}"
                return f"place({inside}, {node.shape[0]}, {node.shape[1]})", ATOM
            case Sum(body=body, index=index):
                limits = f"({index.name}, {index.start}, {index.stop})"
                return f"Sum({self.text(body, 0)}, {limits})", ATOM
            case Tabulate(body=body, row=row, column=column):
                letters = [index for index in (row, column) if index.name]
                limits = ", ".join(f"({i.name}, {i.start}, {i.stop})" for i in letters)
                return f"table({self.text(body, 0)}, {limits})", ATOM
            case Matrix():
                rows = (", ".join(self.text(entry, 0) for entry in row) for row in node.rows)
                return "[" + ", ".join(f"[{row}]" for row in rows) + "]", ATOM
            case Derivative():
                return f"Derivative({self.text(node.of, 0)}, {self.text(node.wrt, 0)})", ATOM

    def selectors(self, node: Item | Placed) -> str:
        base = node.base.shape if isinstance(node, Item) else node.shape
        if base[1] == 1 and node.column == Number(1.0):
            return self.selector(node.row, base[0])
        return f"{self.selector(node.row, base[0])}, {self.selector(node.column, base[1])}"

    def selector(self, selector: Selector, size: int) -> str:
        if not isinstance(selector, Slice):
            return self.text(selector, 0)
        whole = (selector.start, selector.stop) == (1, size)
        return ":" if whole else f"{selector.start}:{selector.stop}"

    def apply(self, node: Apply) -> tuple[str, int]:
        name, args = node.function, node.args
        if name in _INFIX:
            sign, own = _INFIX[name]
            left = self.text(args[0], own + (own == COMPARE))
            return f"{left} {sign} {self.text(args[1], own + 1)}".replace(" * ", "*"), own
        if name == "neg":
            return f"-{self.text(args[0], PREFIX)}", PREFIX
        if name == "not":
            return f"~{self.text(args[0], PREFIX)}", PREFIX
        if name == "pow":
            return f"{self.text(args[0], POWER + 1)}**{self.text(args[1], PREFIX)}", POWER
        if name == "transpose":
            base = self.text(args[0], ATOM)
            return f"({base}).T" if isinstance(args[0], Number) else f"{base}.T", ATOM
        if name == "where":
            return self.piecewise(node), ATOM
        if name in ("zeros", "ones", "identity"):
            rows, columns = node.params
            return f"{name}({rows}, {columns})", ATOM
        return self.call(node), ATOM

    def call(self, node: Apply) -> str:
        name = node.function.rstrip("'")
        primes = node.function[len(name) :]
        spelled = self.functions.get(name) or next(iter(TABLE[name].infix), name)
        args = [self.text(arg, 0) for arg in node.args]
        if node.params:
            args.append(f"axis={node.params[0]}")
        return f"{spelled}{primes}({', '.join(args)})"

    def piecewise(self, node: Apply) -> str:
        cases = []
        rest: Expression = node
        while isinstance(rest, Apply) and rest.function == "where":
            condition, value, rest = rest.args
            cases.append(f"({self.text(value, 0)}, {self.text(condition, 0)})")
        if not (isinstance(rest, Number) and math.isnan(rest.value)):
            cases.append(f"({self.text(rest, 0)}, True)")
        return f"Piecewise({', '.join(cases)})"


def number_text(value: float) -> str:
    """A number without a needless `.0`."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)
