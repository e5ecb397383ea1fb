"""Typesets expressions in the problem's own spellings.

One walk by precedence; a writer for each notation.
"""

import math
import re
from dataclasses import dataclass

from grader.expression import (
    SCALAR,
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
    base_name,
)
from grader.notation.names import Names, default_latex
from grader.notation.printing.field import FieldWriter, bare
from grader.notation.printing.plain import (
    AND,
    ATOM,
    COMPARE,
    OR,
    POWER,
    PREFIX,
    PRODUCT,
    SUM,
    dimension,
    number_text,
)
from grader.notation.printing.writers import LatexWriter, MathmlWriter, Writer
from grader.primitives import TABLE, apply
from grader.primitives.build import ONE


def latex(node: Expression, names: Names) -> str:
    """An expression as LaTeX, in the problem's spellings."""
    return _Typeset(names, LatexWriter(), node).text(node, 0)


def field(node: Expression, names: Names) -> str:
    """An expression as a line of Unicode such as δ (W³)ᵀ, in the problem's spellings."""
    return bare(_Typeset(names, FieldWriter(), node).text(node, 0))


def mathml(node: Expression, names: Names) -> str:
    """An expression as a MathML element, safe to embed in HTML."""
    body = _Typeset(names, MathmlWriter(), node).text(node, 0)
    return f'<math display="block">{body}</math>'


_SIGNS = {
    "add": ("+", SUM), "sub": ("−", SUM), "matmul": ("", PRODUCT), "gt": (">", COMPARE),
    "ge": ("≥", COMPARE), "lt": ("<", COMPARE), "le": ("≤", COMPARE), "eq": ("=", COMPARE),
    "ne": ("≠", COMPARE), "and": ("∧", AND), "or": ("∨", OR),
}  # fmt: skip
_SPELLED = re.compile(
    r"(?P<base>\\[A-Za-z]+(?:\{[^{}]*\}|\s+\\?[A-Za-z]+)?|[^\W\d_]+)(?P<scripts>(?:[_^](?:\{[^{}]*\}|.))*)"
)
_DIMENSION = re.compile(r"([A-Za-z])(\d*|[a-z])")  # n, n0, dk
_ONE_SCRIPT = re.compile(r"([_^])(\{[^{}]*\}|.)")


@dataclass(frozen=True, slots=True)
class _Spelling:
    base: str
    sub: str
    sup: str


def _spelling(text: str) -> _Spelling:
    match = _SPELLED.match(text)
    if match is None:
        return _Spelling(text, "", "")
    scripts = {mark: inside.strip("{}") for mark, inside in _ONE_SCRIPT.findall(match["scripts"])}
    return _Spelling(match["base"], scripts.get("_", ""), scripts.get("^", ""))


def _begins_with_number(node: Expression) -> bool:
    """Whether the printed text begins with a digit, which would join a number before it."""
    while isinstance(node, Apply) and node.function in ("mul", "matmul", "pow", "transpose"):
        node = node.args[0]
    return isinstance(node, Number) or (isinstance(node, Apply) and not node.args)


def _needs_brackets(base: Expression) -> bool:
    """Whether a power of it needs brackets: (a/b)², or (n₀)², which has a subscript."""
    if isinstance(base, Number):
        return bool(base.name)
    return isinstance(base, Derivative) or (isinstance(base, Apply) and base.function in _OPEN)


_OPEN = frozenset({"div", "where", "sqrt"})


def _is_place(node: Expression) -> bool:
    """Whether an expression is an index, a number, or a sum of them."""
    match node:
        case Index():
            return True
        case Number(value=value):
            return value.is_integer()
        case Apply(function="add" | "sub", args=args):
            return all(map(_is_place, args))
        case _:
            return False


class _Typeset:
    def __init__(self, names: Names, writer: Writer, node: Expression) -> None:
        self.names = names
        self.writer = writer
        self.indices = all_indices(node)
        self.functions = names.function_latex()

    def text(self, node: Expression, power: int) -> str:
        written, own = self.written(node)
        return self.writer.fenced(written) if own < power else written

    def written(self, node: Expression) -> tuple[str, int]:
        write = self.writer
        match node:
            case Number():
                return self.number(node)
            case Symbol():
                return self.symbol(node.name, ""), ATOM
            case Index():
                return write.name(node.name), ATOM
            case Apply():
                return self.apply(node)
            case Item(base=Symbol() as base):
                return self.symbol(base.name, self.selectors(node)), ATOM
            case Item(base=base):
                inside = self.text(base, ATOM)
                inside = write.fenced(inside) if isinstance(base, Derivative) else inside
                return write.script(inside, self.selectors(node), ""), ATOM
            case Sum():
                return self.sum(node), SUM + 1
            case Matrix():
                return write.table([[self.text(e, 0) for e in row] for row in node.rows]), ATOM
            case Derivative():
                above = write.row(write.sign("∂"), self.text(node.of, ATOM))
                below = write.row(write.sign("∂"), self.text(node.wrt, ATOM))
                return write.fraction(above, below), ATOM
            case Placed():
                return self.place(node)
            case Tabulate():
                letters = [index for index in (node.row, node.column) if index.name]
                below = write.row(*(self.text(index, 0) for index in letters))
                return write.script(
                    write.fenced(self.text(node.body, 0), "[", "]"), below, ""
                ), ATOM

    def number(self, node: Number) -> tuple[str, int]:
        """A number, or the name of a dimension: n₀ for n0."""
        write = self.writer
        if math.isnan(node.value):
            return write.word("undefined"), ATOM
        size = _DIMENSION.fullmatch(dimension(node, self.names, self.indices))
        if size and (size[1], None, None) not in self.names.spellings:
            return write.script(write.name(size[1]), self.scripts(size[2]), ""), ATOM
        sign = write.sign("−") if node.value < 0 else ""
        body = write.number(number_text(abs(node.value)))
        return (write.row(sign, body), PREFIX) if sign else (body, ATOM)

    def place(self, node: Placed) -> tuple[str, int]:
        """A value at one entry of zeros, printed as a product with a unit vector or matrix."""
        write = self.writer
        if isinstance(node.row, Slice) or isinstance(node.column, Slice):
            inside = write.fenced(self.text(node.value, 0), "[", "]")
            return write.script(inside, self.selectors(node), ""), ATOM
        unit = write.script(write.bold("e" if 1 in node.shape else "E"), self.selectors(node), "")
        if node.value == ONE:
            return unit, ATOM
        return write.row(self.text(node.value, PRODUCT), write.sign(""), unit), PRODUCT

    def symbol(self, name: str, sub: str) -> str:
        """A symbol in the problem's spelling, with the indices of an entry in its scripts."""
        spelled = self.names.latex.get(name) or default_latex(name)[0]
        parts = _spelling(spelled)
        own = self.scripts(parts.sub)
        below = self.writer.row(own, self.writer.sign(","), sub) if own and sub else own or sub
        return self.writer.script(self.writer.name(parts.base), below, self.scripts(parts.sup))

    def scripts(self, text: str) -> str:
        if not text:
            return ""
        return self.writer.number(text) if text[0].isdigit() else self.writer.name(text)

    def selectors(self, node: Item | Placed) -> str:
        base = node.base.shape if isinstance(node, Item) else node.shape
        parts = [
            self.selector(selector, size)
            for selector, size in zip((node.row, node.column), base, strict=True)
        ]
        if base[1] == 1:
            return parts[0]
        return self.writer.row(parts[0], self.writer.sign(","), parts[1])

    def selector(self, selector: Selector, size: int) -> str:
        if not isinstance(selector, Slice):
            return self.text(selector, 0)
        ends = (selector.start, selector.stop)
        inside = "" if ends == (1, size) else ends
        start, stop = (str(end) for end in inside) if inside else ("", "")
        return self.writer.row(
            *(self.writer.number(start),) * bool(start),
            self.writer.sign(":"),
            *(self.writer.number(stop),) * bool(stop),
        )

    def sum(self, node: Sum) -> str:
        index = node.index
        write = self.writer
        low = write.row(write.name(index.name), write.sign("="), write.number(str(index.start)))
        body = self.text(node.body, PRODUCT)
        return write.row(write.big_sum(low, write.number(str(index.stop))), body)

    def apply(self, node: Apply) -> tuple[str, int]:
        write, args = self.writer, node.args
        if node.function == "eq" and all(map(_is_place, args)):
            return self.kronecker(node)
        if node.function in _SIGNS:
            return self.operation(node)
        match node.function:
            case "mul":
                return self.product(node)
            case "neg":
                return write.row(write.sign("−"), self.text(args[0], PRODUCT - 5)), SUM + 1
            case "not":
                return write.row(write.sign("¬"), self.text(args[0], ATOM)), PREFIX
            case "div":
                return write.fraction(self.text(args[0], 0), self.text(args[1], 0)), ATOM
            case "pow":
                base = self.text(args[0], ATOM)
                if self.is_raised(args[0]) or _needs_brackets(args[0]):
                    base = write.fenced(base)
                exponent = self.text(args[1], 0)
                if node.shape != SCALAR and node.shape[0] == node.shape[1]:
                    exponent = write.row(write.sign("⊙"), exponent)  # A^2 would be A A
                return write.script(base, "", exponent), POWER
            case "transpose":
                return self.transposed(args[0]), POWER
            case _:
                return self.function(node)

    def function(self, node: Apply) -> tuple[str, int]:
        """A function in its own notation: a root, bars, cases, a sum, or a name with brackets."""
        write, args = self.writer, node.args
        match node.function:
            case "sqrt":
                return write.root(self.text(args[0], 0)), ATOM
            case "norm":
                return write.fenced(self.text(args[0], 0), "‖", "‖"), ATOM
            case "abs" if args[0].shape == SCALAR:
                return write.fenced(self.text(args[0], 0), "|", "|"), ATOM
            case "where":
                return self.piecewise(node), ATOM
            case "sum" if node.params in ((0,), (1,)):
                return self.axis_sum(node)
            case "mean" if node.params in ((0,), (1,)):
                expansion = TABLE["mean"].expansion
                assert expansion is not None
                return self.written(expansion(node))
            case "zeros" | "ones" | "identity":
                return self.constant(node), ATOM
            case _:
                return self.call(node), ATOM

    def operation(self, node: Apply) -> tuple[str, int]:
        """Two operands with a sign between them; conditions joined by ∧ and ∨ stay conditions."""
        sign, own = _SIGNS[node.function]
        part = self.condition if node.function in ("and", "or") else self.text
        left, right = part(node.args[0], own), part(node.args[1], own + 1)
        return self.writer.row(left, self.writer.sign(sign), right), own

    def condition(self, node: Expression, power: int) -> str:
        """The condition of a case, where i = j is not printed as a δ."""
        if not (isinstance(node, Apply) and node.function in _SIGNS):
            return self.text(node, power)
        written, own = self.operation(node)
        return self.writer.fenced(written) if own < power else written

    def kronecker(self, node: Apply) -> tuple[str, int]:
        """Kronecker's delta: δ_ij, or [i = j] if the problem has its own δ."""
        write = self.writer
        if any(base == r"\delta" for base, _, _ in self.names.spellings):
            return write.fenced(self.operation(node)[0], "[", "]"), ATOM
        left, right = (self.text(place, 0) for place in node.args)
        below = write.row(left, write.sign(","), right)
        return write.script(write.name(r"\delta"), below, ""), ATOM

    def axis_sum(self, node: Apply) -> tuple[str, int]:
        """A sum down the rows or along the columns, as a product with ones."""
        (x,) = node.args
        rows, columns = x.shape
        if node.params == (0,):
            ones = apply("transpose", apply("ones", params=(rows, 1)))
            return self.apply(apply("matmul", ones, x))
        return self.apply(apply("matmul", x, apply("ones", params=(columns, 1))))

    def constant(self, node: Apply) -> str:
        """A constant array with its size: a bold 0 or 1, or I."""
        write = self.writer
        rows, columns = (write.number(str(size)) for size in node.params)
        if node.function == "identity":
            return write.script(write.name("I"), rows, "")
        size = rows if node.shape[1] == 1 else write.row(rows, write.sign("×"), columns)
        return write.script(write.bold("0" if node.function == "zeros" else "1"), size, "")

    def product(self, node: Apply) -> tuple[str, int]:
        """A product: with a scalar side by side, entry by entry with ⊙."""
        left, right = node.args
        scales = SCALAR in (left.shape, right.shape)
        sign = "" if scales else "⊙"
        if scales and _begins_with_number(right):
            sign = "·"
        own = PRODUCT if scales else PRODUCT - 5
        matrices = isinstance(left, Apply) and left.function == "matmul"
        parts = self.text(left, PRODUCT + 1 if matrices else own), self.text(right, own + 1)
        if isinstance(right, Apply) and right.function == "matmul" and not scales:
            parts = parts[0], self.text(right, PRODUCT + 1)
        return self.writer.row(parts[0], self.writer.sign(sign), parts[1]), own

    def transposed(self, node: Expression) -> str:
        write = self.writer
        plain = isinstance(node, Symbol) and not self.is_raised(node)
        base = self.text(node, 0) if plain else write.fenced(self.text(node, 0))
        return write.script(base, "", write.sign("⊤"))

    def is_raised(self, node: Expression) -> bool:
        """Whether a name has a superscript, so that a power needs brackets: (W¹)²."""
        name = base_name(node)
        return name is not None and "^" in (self.names.latex.get(name) or default_latex(name)[0])

    def call(self, node: Apply) -> str:
        write = self.writer
        name = node.function.rstrip("'")
        spelled = self.functions.get(name)
        head = write.name(spelled) if spelled else write.word(next(iter(TABLE[name].latex), name))
        primes = len(node.function) - len(name)
        if primes:
            head = write.script(head, "", write.row(*(self.prime(),) * primes))
        parts: list[str] = []
        for at, arg in enumerate(node.args):
            if at:
                parts.append(write.sign(","))
            parts.append(self.text(arg, 0))
        return write.row(head, write.fenced(write.row(*parts)))

    def prime(self) -> str:
        return "\\prime " if isinstance(self.writer, LatexWriter) else self.writer.sign("′")

    def piecewise(self, node: Apply) -> str:
        write = self.writer
        rows: list[list[str]] = []
        rest: Expression = node
        while isinstance(rest, Apply) and rest.function == "where":
            condition, value, rest = rest.args
            rows.append([self.text(value, 0), self.condition(condition, 0)])
        if not (isinstance(rest, Number) and math.isnan(rest.value)):
            rows.append([self.text(rest, 0), write.word("otherwise")])
        return write.table(rows, cases=True)
