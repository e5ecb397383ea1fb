"""Makes expressions from what a parser reads, and checks that they make sense.

A text that cannot be read goes to a human; a text that makes no sense is incorrect. So a parser must read
to the end before it decides. The builder keeps the first `Nonsense` and goes on with a placeholder;
`finish` raises it.
"""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from types import MappingProxyType
from typing import Literal, NoReturn, TypeVar

from grader.errors import (
    Nonsense,
    ShapeMismatch,
    Span,
    TooLarge,
    UnknownName,
    Unreadable,
)
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Number,
    Symbol,
    children,
    depth_of,
    free_indices,
    shape_text,
)
from grader.notation.names import Names
from grader.primitives import TABLE, apply
from grader.primitives.build import derivative

NODE_LIMIT = 4_000  # far above any hand-written answer; a hostile one stays cheap
TREE_DEPTH = 150  # of operations; a walk of the tree takes a few frames a level
DEPTH_LIMIT = 80  # well inside Python's own recursion limit
BINDER_LIMIT = 12  # sums inside each other; each is an axis of the arrays
RANGE_LIMIT = 10_000  # values of one index variable
WRITTEN_OUT_LIMIT = 64  # factors of a product over an index, terms of a sum over listed values
CALL_LIMIT = 100  # calls of a paper's own functions, which may call each other
MOST_FACTORS = 16  # of a power of a matrix
NUMBER_LIMIT = 1e150  # its square is finite too
SIZE_LIMIT = 64  # most rows or columns of a matrix literal

Conventions = Mapping[str, str]
"""The meaning of ambiguous notation in a document, by the keys that `Builder.convention` asks for."""

Power = Literal["typed", "written", "entries"]
"""How a power is given: as `A**2`, as `A^2`, or entry by entry."""

USUAL: Conventions = MappingProxyType({})
EXTENT = "extent:"
OF_NAMES = ("layer:", "apart:")  # conventions under which an unknown name may be known

Made = TypeVar("Made")
NONSENSE = Symbol("", SCALAR)  # placeholder for what made no sense; never evaluated


@dataclass(frozen=True, slots=True)
class Reading:
    """The reading of a text: the expression, notes on how it was read, and what it contains.

    `used` are the question's index variables in it, `derivatives` its derivative terms and functions
    with a prime, `kinked` its functions and comparisons with a kink. `defined` says that the student's
    own definitions were available. `open` are the conventions that the reading depends on, each with its
    values, the usual one first. A `doubtful` reading needs a convention that only the document can give.
    One that `is_guess` can make an answer right, never wrong.
    """

    node: Expression
    notes: tuple[str, ...]
    used: frozenset[str]
    derivatives: tuple[Expression, ...]
    kinked: tuple[Apply, ...] = ()
    defined: bool = False
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubtful: bool = False
    is_guess: bool = False

    @property
    def extents(self) -> tuple[str, ...]:
        """The functions without brackets whose argument has no clear end."""
        return tuple(key for key in self.open if key.startswith(EXTENT))


class Core:
    """Applies primitives and keeps the first error."""

    def __init__(
        self,
        names: Names,
        source: str,
        open_indices: bool = False,
        conventions: Conventions = USUAL,
        sizes_select: bool = False,
    ) -> None:
        self.names = names
        self._open_indices = open_indices
        self._conventions = conventions
        self._sizes_select = sizes_select
        self._to_the_end = False
        self.open: dict[str, tuple[str, ...]] = {}
        self.source = source
        self.notes: list[str] = []
        self.depth = 0
        self.bound = 0
        self.used: set[str] = set()
        self.bound_letters: set[str] = set()  # letters of an array made from its general entry
        self.derivatives: list[Expression] = []
        self.kinked: list[Apply] = []
        self.two_axes: set[Span | None] = set()  # spans of vectors with a new axis
        self._given = names.indices
        self._nodes = 0
        self._nonsense: Nonsense | None = None
        self._open: dict[str, set[int]] = {}
        self._held: frozenset[str] = frozenset()  # letters that are bound outside of a body
        self.doubtful = False
        self.guesses: list[tuple[str, Span]] = []  # names with a usual meaning that is not certain
        self._calls = 0  # of functions that the paper defines
        self._unbound: dict[str, Index] | None = None  # the letter of a sum without an index

    def finish(self, node: Expression) -> Expression:
        """The expression, if everything in it makes sense. Raises Nonsense otherwise."""
        if self._nonsense is not None:
            if self.guesses:
                self.unknown(*self.guesses[0], [*self.names.latex.values()])
            self._nonsense.open = self.open
            raise self._nonsense
        if 0 in node.shape:
            self.unsized(node)
        if self._nodes > TREE_DEPTH and depth_of(node) > TREE_DEPTH:
            raise TooLarge(f"operations nested more than {TREE_DEPTH} deep", self.source)
        return node

    def only(self, node: Expression) -> Expression:
        """The expression as its only reading. Raises Unreadable if another reading is possible."""
        if any(key.startswith(EXTENT) for key in self.open):
            hint = "put its argument in brackets"
            self.fail("it is not clear where the argument of this function ends", node.span, hint)
        return node

    def reading(self, node: Expression) -> Reading:
        """The reading of a text that was read to its end. Raises Nonsense like `finish`."""
        node = self.finish(node)
        notes = tuple(dict.fromkeys(self.notes))
        defined = bool(self.names.definitions)
        bound = self.bound_letters and self.bound_letters - free_indices(node)
        return Reading(
            node, notes, frozenset(self.used - bound), tuple(self.derivatives), tuple(self.kinked), defined,
            self.open, self.doubtful, bool(self.guesses),
        )  # fmt: skip

    def convention(self, key: str, values: tuple[str, ...]) -> str:
        """What ambiguous notation means in this document; the first value is the usual one.

        A key and all its values stand in `Reading.open`.
        """
        self.open[key] = tuple(dict.fromkeys((*self.open.get(key, ()), *values)))
        chosen = self._conventions.get(key)
        return chosen if chosen in values else values[0]

    def tried(self, build: Callable[[], Made]) -> Made | None:
        """What would be built; None if it makes no sense. Nothing of it is kept in the builder."""
        kept = self._nonsense, self.open, self.notes, self.kinked, self.derivatives, self._nodes
        self._nonsense, self.open = None, {}
        self.notes, self.kinked, self.derivatives = [], [], []
        try:
            made = build()
            return made if self._nonsense is None else None
        except Unreadable:
            return None
        finally:
            self._nonsense, self.open, self.notes, self.kinked, self.derivatives, self._nodes = kept

    def ends_here(self, at: int) -> bool:
        """Whether the argument of a function without brackets ends before the usual or after it.

        Each place has a convention of its own, since an argument ends where its line looks like an end.
        """
        return self.convention(f"{EXTENT}{at}", ("usual", "other")) == "other"

    def fail(self, message: str, span: Span | None, hint: str | None = None) -> NoReturn:
        """Raise Unreadable at a place."""
        raise Unreadable(message, self.source, span, hint)

    def unsized(self, node: Expression) -> NoReturn:
        """Refuse a bold 1 or an I of unknown size."""
        if node.shape == (0, 0):
            hint = "write I_{n} in a formula, eye(n) in an answer file"
            self.fail("the size of this identity matrix is not clear", node.span, hint)
        hint = "write \\mathbf{1}_{n} for n ones, \\mathbf{1}[z > 0] for an indicator"
        self.fail("the number of ones is not clear", node.span, hint)

    def nonsense(self, error: Nonsense, span: Span | None) -> Expression:
        """Keep the first error of meaning, and go on with a placeholder."""
        if self._nonsense is None:
            error.span = error.span or span
            error.source = self.source
            self._nonsense = error
        return NONSENSE

    def unknown(self, name: str, span: Span, known: Sequence[str]) -> NoReturn:
        """Raise UnknownName with the nearest declared names."""
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(f'`{match}`' for match in close)}?" if close else None
        if hint is None:
            declared = ", ".join([*self.names.symbols, *self.names.functions][:20])
            hint = f"declared names: {declared}"
        error = UnknownName(f"`{name}` is not declared in this problem", self.source, span, hint)
        error.open = {key: self.open[key] for key in self.open if key.startswith(OF_NAMES)}
        raise error

    def deeper(self, span: Span | None) -> None:
        """One bracket deeper. Raises TooLarge past the limit."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise TooLarge(f"brackets nested more than {DEPTH_LIMIT} deep", self.source, span)

    def apply(
        self,
        function: str,
        *args: Expression,
        params: tuple[int | None, ...] = (),
        span: Span | None = None,
    ) -> Expression:
        """A primitive applied, counted and checked."""
        self.count(1)
        for arg in args:
            if arg is NONSENSE:
                return NONSENSE
            if arg.shape != SCALAR:
                self._check_sized(function, args)
                break
        else:
            if function in _ENTRYWISE:
                return Apply(function, args, SCALAR, params, span)
        try:
            node = apply(function, *args, params=params, span=span)
            if TABLE[function].kink is not None:
                self.kinked.append(node)
            return node
        except ShapeMismatch as error:
            self.name_operands(error, args)
            return self.nonsense(error, span)
        except Nonsense as error:
            return self.nonsense(error, span)

    def _check_sized(self, function: str, args: Sequence[Expression]) -> None:
        """Refuse a constant without a size where no later operand can give it one."""
        still_open = [arg for arg in args if 0 in arg.shape]
        if still_open and not _keeps_open(function, args):
            self.unsized(still_open[0])

    def name_operands(self, error: ShapeMismatch, args: Sequence[Expression]) -> None:
        """Add the operands and their shapes to the error, in the student's own text."""
        if error.hint:
            return
        parts = []
        for arg in args:
            text = self.source[arg.span.start : arg.span.end].strip() if arg.span else ""
            if text and len(text) <= 60:
                parts.append(f"`{text}` is {shape_text(arg.shape)}")
        error.hint = "; ".join(parts) or None

    def condition(self, node: Expression, span: Span, example: str) -> Expression:
        """An indicator of something that must be true or false."""
        if node is not NONSENSE and not is_condition(node):
            self.fail(f"an indicator needs a condition, such as {example}", span)
        return node

    def number(self, text: str, span: Span) -> Expression:
        """A literal. Integers become floats, so that towers of powers cannot hang."""
        if not any(character.isdigit() for character in text):
            self.fail("a point alone is no number", span)
        value = float(text)
        if not abs(value) < NUMBER_LIMIT:
            raise TooLarge(f"the number {text[:20]} is too large", self.source, span)
        return Number(value, span)

    def power(
        self, base: Expression, exponent: Expression, span: Span | None, how: Power = "typed"
    ) -> Expression:
        """base ** exponent. Raises TooLarge where constants alone overflow.

        A whole power of a square matrix is a product by convention; typed as in NumPy, it usually is not.
        """
        a, b = _constant(base), _constant(exponent)
        if isinstance(base, Number) and base.name == "e" and b is None:
            self.notes.append(
                "e to a power was read as Euler's number, although e is a size in this problem"
            )
            return self.apply("exp", exponent, span=span)
        if a is not None and b is not None and _overflows(a, b):
            raise TooLarge("the value of this power is too large", self.source, span)
        if 1 not in base.shape and (b or 0.0) < 0:
            self.fail("the inverse of a matrix cannot be read", span)
        if exponent.shape != SCALAR:
            return self.nonsense(ShapeMismatch("an exponent must be a scalar"), span)
        if base.shape != SCALAR and base.shape[0] == base.shape[1] and base is not NONSENSE:
            if b in range(2, MOST_FACTORS + 1) and self._is_product(base, how):
                factors = [base] * int(b or 0)
                return reduce(
                    lambda one, other: self.apply("matmul", one, other, span=span), factors
                )
            if how != "entries":
                self.notes.append("a power of a matrix was read entry by entry")
        return self.apply("pow", base, exponent, span=span)

    def _is_product(self, base: Expression, how: Power) -> bool:
        """Whether the power of a square matrix is one of the matrix, not of its entries."""
        if how == "entries":
            return False
        by_entries = isinstance(base, Apply) and TABLE[base.function].entrywise  # σ(Z)²
        if by_entries or how == "typed":
            key, values = f"power:{'typed' if how == 'typed' else 'slope'}", ("entries", "product")
        else:
            key, values = "power", ("product", "entries")
        if self.convention(key, values) == "entries":
            return False
        self.notes.append("a power of a matrix was read as a product of matrices")
        return True

    def root(self, base: Expression, order: Expression, span: Span | None) -> Expression:
        """The real root of some order, entry by entry: negative numbers have one of an odd order."""
        n = _constant(order)
        if n == 0:
            self.fail("a root cannot have the order 0", span)
        if n is None or n % 2 != 1:
            return self.power(base, self.apply("div", Number(1.0), order, span=span), span)
        known = len(self.kinked)
        size = self.power(self.apply("abs", base, span=span), Number(1 / n), span)
        node = self.apply("mul", self.apply("sign", base, span=span), size, span=span)
        del self.kinked[known:]  # on both sides of zero it is one function
        return node

    def derivative(self, of: Expression, wrt: Expression, span: Span) -> Expression:
        """∂of/∂wrt as a value."""
        if of is NONSENSE or wrt is NONSENSE:
            return NONSENSE
        base = wrt.base if isinstance(wrt, Item) else wrt
        if isinstance(base, Apply) and base.function == "transpose":
            whole = self.derivative(
                of, base.args[0], span
            )  # the derivative of a vector is the Jacobian itself
            return self.apply("transpose", whole, span=span) if of.shape == SCALAR else whole
        if not isinstance(base, Symbol):
            hint = "write a name or an entry in the denominator"
            self.fail("a derivative must be by a symbol or by an entry of one", span, hint)
        rows = isinstance(wrt, Item) and wrt.shape != SCALAR and of.shape == SCALAR
        try:
            self.derivatives.append(derivative(of, base if rows else wrt, span))
            if isinstance(wrt, Item) and rows:  # ∂l/∂Z_{k,:} is row k of ∂l/∂Z
                return Item(self.derivatives[-1], wrt.row, wrt.column, wrt.shape, span)
            return self.derivatives[-1]
        except Nonsense as error:
            return self.nonsense(error, span)

    def count(self, nodes: int) -> None:
        """Count the nodes of a tree made elsewhere. Raises TooLarge."""
        self._nodes += nodes
        if self._nodes > NODE_LIMIT:
            raise TooLarge(f"more than {NODE_LIMIT} operations", self.source)


# Operations that two scalars allow without a check of shapes.
_ENTRYWISE = frozenset({"add", "sub", "mul", "div", "pow", "neg"})


def _keeps_open(function: str, args: Sequence[Expression]) -> bool:
    """Whether a constant without a size may get one from a later operand."""
    if function in ("mul", "div"):
        return any(arg.shape == SCALAR for arg in args)
    if function in ("add", "sub"):
        return args[0].shape == args[1].shape
    if function == "matmul":  # an outer product: p 1ᵀ
        return args[0].shape[1] == args[1].shape[0] == 1
    return function in ("transpose", "neg")


CONDITIONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"})


def is_condition(node: Expression) -> bool:
    """Whether an expression, or the array of an entry, is true or false and not a quantity."""
    while isinstance(node, Item):
        node = node.base
    return isinstance(node, Apply) and node.function in CONDITIONS


def sizes_of(nodes: Sequence[Expression]) -> list[int]:
    """One or two sizes of an array as whole numbers; none if they are anything else."""
    sizes = [constant(node) for node in nodes]
    whole = [int(size) for size in sizes if size in range(1, SIZE_LIMIT + 1) and size is not None]
    return whole if len(whole) == len(sizes) <= 2 else []


def constant(node: Expression) -> float | None:
    """The value of an expression of numbers only; None for any other."""
    return _constant(node)


def _constant(node: Expression) -> float | None:
    if isinstance(node, Number):
        return node.value
    if not isinstance(node, Apply) or node.function not in _FOLD:
        return None
    args = [_constant(arg) for arg in children(node)]
    if any(arg is None for arg in args):
        return None
    try:
        return float(_FOLD[node.function](*args))
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


_FOLD: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": lambda a, b: math.pow(a, b),
}


def _overflows(a: float, b: float) -> bool:
    try:
        return not abs(math.pow(a, b)) < NUMBER_LIMIT
    except OverflowError:
        return True
    except (ValueError, ZeroDivisionError):
        return False
