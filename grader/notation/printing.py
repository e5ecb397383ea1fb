"""Expression → text: one walk by precedence, one writer for each notation.

Infix reads back to the same tree. LaTeX and MathML use the problem's own spellings.
"""

import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Matrix,
    Number,
    Place,
    Selector,
    Slice,
    Sum,
    Symbol,
    Tabulate,
)
from grader.notation.names import GREEK, Names, default_latex
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
    return _Infix(names.function_names()).text(node, 0)


class _Infix:
    def __init__(self, functions: dict[str, str]) -> None:
        self.functions = functions

    def text(self, node: Expression, power: int) -> str:
        written, own = self.written(node)
        return f"({written})" if own < power else written

    def written(self, node: Expression) -> tuple[str, int]:
        match node:
            case Number():
                return number_text(node.value), ATOM if node.value >= 0 else PREFIX
            case Symbol() | Index():
                return node.name, ATOM
            case Apply():
                return self.apply(node)
            case Item():
                return f"{self.text(node.base, ATOM)}[{self.selectors(node)}]", ATOM
            case Place():
                inside = f"{self.text(node.value, 0)}, {self.selectors(node)}"
                return f"place({inside}, {node.shape[0]}, {node.shape[1]})", ATOM
            case Sum(body=body, index=index):
                limits = f"({index.name}, {index.start}, {index.stop})"
                return f"Sum({self.text(body, 0)}, {limits})", ATOM
            case Tabulate(body=body, row=row, column=column):
                limits = ", ".join(f"({i.name}, {i.start}, {i.stop})" for i in (row, column))
                return f"table({self.text(body, 0)}, {limits})", ATOM
            case Matrix():
                rows = (", ".join(self.text(entry, 0) for entry in row) for row in node.rows)
                return "[" + ", ".join(f"[{row}]" for row in rows) + "]", ATOM
            case Derivative():
                return f"Derivative({self.text(node.of, 0)}, {self.text(node.wrt, 0)})", ATOM

    def selectors(self, node: Item | Place) -> str:
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
            return f"{self.text(args[0], ATOM)}.T", ATOM
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


class Writer(Protocol):
    """What the typesetting walk needs of a notation."""

    def name(self, text: str) -> str:
        """A letter or LaTeX command."""

    def word(self, text: str) -> str:
        """A function's name, set upright."""

    def number(self, text: str) -> str:
        """A number."""

    def sign(self, text: str) -> str:
        """An operator, given as its Unicode character."""

    def row(self, *parts: str) -> str:
        """Parts side by side."""

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        """Inside brackets."""

    def fraction(self, above: str, below: str) -> str:
        """A fraction."""

    def script(self, base: str, sub: str, sup: str) -> str:
        """A base with scripts, either of which may be empty."""

    def root(self, inside: str) -> str:
        """A square root."""

    def big_sum(self, below: str, above: str) -> str:
        """The sign of a sum with its range."""

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        """A matrix, or the rows of a case distinction."""


class LatexWriter:
    """Writes LaTeX."""

    signs = {
        "−": "-", "·": r"\cdot ", "⊙": r"\odot ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ",
        "∂": r"\partial ", "∧": r"\wedge ", "∨": r"\vee ", "⊤": r"\top ", "′": "'", "¬": r"\neg ",
        "×": r"\times ", "": "",
    }  # fmt: skip

    def name(self, text: str) -> str:
        return text + " " if text.startswith("\\") and not text.endswith("}") else text

    def word(self, text: str) -> str:
        return rf"\mathrm{{{text}}}"

    def number(self, text: str) -> str:
        return text

    def sign(self, text: str) -> str:
        return self.signs.get(text, text)

    def row(self, *parts: str) -> str:
        return "".join(parts)

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        return rf"\left{left}{inside}\right{right}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def script(self, base: str, sub: str, sup: str) -> str:
        if not sub and not sup:
            return base
        return base.rstrip() + (f"_{{{sub}}}" if sub else "") + (f"^{{{sup}}}" if sup else "")

    def root(self, inside: str) -> str:
        return rf"\sqrt{{{inside}}}"

    def big_sum(self, below: str, above: str) -> str:
        return rf"\sum_{{{below}}}^{{{above}}} "

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        name = "cases" if cases else "bmatrix"
        body = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{{name}}} {body} \end{{{name}}}"


class MathmlWriter:
    """Writes presentation MathML (Core)."""

    def name(self, text: str) -> str:
        text = re.sub(r"\\(?:hat|bar|tilde|vec)\{(.*)\}", r"\1", text)
        return f"<mi>{html.escape(GREEK.get(text.removeprefix(chr(92)), text))}</mi>"

    def word(self, text: str) -> str:
        return f"<mi>{html.escape(text)}</mi>"

    def number(self, text: str) -> str:
        return f"<mn>{html.escape(text)}</mn>"

    def sign(self, text: str) -> str:
        return f"<mo>{html.escape(text)}</mo>" if text else "<mo>&#x2062;</mo>"

    def row(self, *parts: str) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def fenced(self, inside: str, left: str = "(", right: str = ")") -> str:
        return f"<mrow><mo>{left}</mo>{inside}<mo>{right}</mo></mrow>"

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{_one(above)}{_one(below)}</mfrac>"

    def script(self, base: str, sub: str, sup: str) -> str:
        tag = {(True, True): "msubsup", (True, False): "msub", (False, True): "msup"}
        name = tag.get((bool(sub), bool(sup)))
        if name is None:
            return base
        parts = "".join(_one(part) for part in (base, sub, sup) if part)
        return f"<{name}>{parts}</{name}>"

    def root(self, inside: str) -> str:
        return f"<msqrt>{inside}</msqrt>"

    def big_sum(self, below: str, above: str) -> str:
        return f"<munderover><mo>∑</mo>{_one(below)}{_one(above)}</munderover>"

    def table(self, rows: Sequence[Sequence[str]], cases: bool = False) -> str:
        body = "".join(
            f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows
        )
        left, right = ("{", "") if cases else ("[", "]")
        closing = f"<mo>{right}</mo>" if right else ""
        return f"<mrow><mo>{left}</mo><mtable>{body}</mtable>{closing}</mrow>"


def _one(part: str) -> str:
    """A single element, which MathML wants for scripts and fractions."""
    return f"<mrow>{part}</mrow>"


def latex(node: Expression, names: Names) -> str:
    """An expression as LaTeX, in the problem's spellings."""
    return _Typeset(names, LatexWriter()).text(node, 0)


def mathml(node: Expression, names: Names) -> str:
    """An expression as a MathML element, safe to embed in HTML."""
    body = _Typeset(names, MathmlWriter()).text(node, 0)
    return f'<math display="block">{body}</math>'


_SIGNS = {
    "add": ("+", SUM), "sub": ("−", SUM), "matmul": ("", PRODUCT), "gt": (">", COMPARE),
    "ge": ("≥", COMPARE), "lt": ("<", COMPARE), "le": ("≤", COMPARE), "eq": ("=", COMPARE),
    "ne": ("≠", COMPARE), "and": ("∧", AND), "or": ("∨", OR),
}  # fmt: skip
_SPELLED = re.compile(
    r"(?P<base>\\[A-Za-z]+(?:\{[^{}]*\})?|[^\W\d_]+)(?P<scripts>(?:[_^](?:\{[^{}]*\}|.))*)"
)
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


class _Typeset:
    def __init__(self, names: Names, writer: Writer) -> None:
        self.names = names
        self.writer = writer
        self.functions = names.function_latex()

    def text(self, node: Expression, power: int) -> str:
        written, own = self.written(node)
        return self.writer.fenced(written) if own < power else written

    def written(self, node: Expression) -> tuple[str, int]:
        write = self.writer
        match node:
            case Number():
                if math.isnan(node.value):
                    return write.word("undefined"), ATOM
                sign = write.sign("−") if node.value < 0 else ""
                body = write.number(number_text(abs(node.value)))
                return (write.row(sign, body), PREFIX) if sign else (body, ATOM)
            case Symbol():
                return self.symbol(node.name, ""), ATOM
            case Index():
                return write.name(node.name), ATOM
            case Apply():
                return self.apply(node)
            case Item(base=Symbol() as base):
                return self.symbol(base.name, self.selectors(node)), ATOM
            case Item():
                return write.script(self.text(node.base, ATOM), self.selectors(node), ""), ATOM
            case Sum():
                return self.sum(node), SUM + 1
            case Matrix():
                return write.table([[self.text(e, 0) for e in row] for row in node.rows]), ATOM
            case Derivative():
                above = write.row(write.sign("∂"), self.text(node.of, ATOM))
                below = write.row(write.sign("∂"), self.text(node.wrt, ATOM))
                return write.fraction(above, below), ATOM
            case Place():
                inside = self.text(node.value, 0)
                return write.script(write.fenced(inside, "[", "]"), self.selectors(node), ""), ATOM
            case Tabulate():
                below = write.row(self.text(node.row, 0), self.text(node.column, 0))
                return write.script(
                    write.fenced(self.text(node.body, 0), "[", "]"), below, ""
                ), ATOM

    def symbol(self, name: str, sub: str) -> str:
        """A symbol in the problem's spelling, the entry joined to its own scripts."""
        spelled = self.names.latex.get(name) or default_latex(name)[0]
        parts = _spelling(spelled)
        own = self.scripts(parts.sub)
        below = self.writer.row(own, self.writer.sign(","), sub) if own and sub else own or sub
        return self.writer.script(self.writer.name(parts.base), below, self.scripts(parts.sup))

    def scripts(self, text: str) -> str:
        if not text:
            return ""
        return self.writer.number(text) if text[0].isdigit() else self.writer.name(text)

    def selectors(self, node: Item | Place) -> str:
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
        if node.function in _SIGNS:
            sign, own = _SIGNS[node.function]
            left, right = self.text(args[0], own), self.text(args[1], own + 1)
            return write.row(left, write.sign(sign), right), own
        match node.function:
            case "mul":
                return self.product(node)
            case "neg":
                return write.row(write.sign("−"), self.text(args[0], PREFIX)), SUM + 1
            case "not":
                return write.row(write.sign("¬"), self.text(args[0], ATOM)), PREFIX
            case "div":
                return write.fraction(self.text(args[0], 0), self.text(args[1], 0)), ATOM
            case "pow":
                return write.script(self.text(args[0], ATOM), "", self.text(args[1], 0)), POWER
            case "transpose":
                return self.transposed(args[0]), POWER
            case "sqrt":
                return write.root(self.text(args[0], 0)), ATOM
            case "abs":
                return write.fenced(self.text(args[0], 0), "|", "|"), ATOM
            case "where":
                return self.piecewise(node), ATOM
            case "zeros" | "ones":
                digit = write.number("0" if node.function == "zeros" else "1")
                size = write.row(*(write.number(str(n)) for n in node.params[:1]))
                return write.script(digit, size, ""), ATOM
            case "identity":
                return write.name("I"), ATOM
            case _:
                return self.call(node), ATOM

    def product(self, node: Apply) -> tuple[str, int]:
        """A scaling is set side by side, a product entry by entry with ⊙."""
        left, right = node.args
        scales = SCALAR in (left.shape, right.shape)
        sign = "" if scales else "⊙"
        if scales and isinstance(right, Number):
            sign = "·"
        own = PRODUCT if scales else PRODUCT - 5
        return (
            self.writer.row(
                self.text(left, own), self.writer.sign(sign), self.text(right, own + 1)
            ),
            own,
        )

    def transposed(self, node: Expression) -> str:
        write = self.writer
        plain = isinstance(node, Symbol) and "^" not in self.names.latex.get(node.name, "^")
        base = self.text(node, 0) if plain else write.fenced(self.text(node, 0))
        return write.script(base, "", write.sign("⊤"))

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
            rows.append([self.text(value, 0), self.text(condition, 0)])
        if not (isinstance(rest, Number) and math.isnan(rest.value)):
            rows.append([self.text(rest, 0), write.word("otherwise")])
        return write.table(rows, cases=True)
