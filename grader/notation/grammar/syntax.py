"""The syntax tree of a formula: what is written, before shapes and the symbol table give it a meaning.

Every node has a `span`. What cannot be parsed, but may have no meaning either (an argument list, a
script that is a name), is an `Unparsed` node, which raises its error only if it is needed.
"""

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import TypeAlias, get_args

from grader.errors import Span
from grader.notation.names import Function
from grader.record import record


@record
class Literal:
    """A literal."""

    text: str
    span: Span


@record
class Script:
    """A superscript or subscript.

    `text` is what is in it without spaces, outer brackets and the marks at its end: the name of a layer.
    `parts` are what commas separate, each a run of atoms (`ij` are two) or one expression; `value` is
    all of it as one expression. `transposes` and `primes` count the marks at the end of a superscript.
    `bracketed` says that it is in round or square brackets. `signs` are its tokens.
    """

    text: str
    parts: "tuple[tuple[Node, ...], ...]"
    value: "Node"
    span: Span
    signs: tuple[str, ...]
    transposes: int = 0
    primes: int = 0
    bracketed: bool = False


@record
class Name:
    """A letter, word, accented letter or command, with at most one script of each kind.

    `kind` is the kind of its token. `primes` were typed as signs. `function` is set if the name is that
    of a function. `word` is the place of the name alone.
    """

    text: str
    kind: str
    span: Span
    word: Span
    sub: Script | None = None
    sup: Script | None = None
    primes: int = 0
    function: Function | None = None

    @property
    def plain(self) -> bool:
        """Whether it has no scripts and primes."""
        return self.sub is None and self.sup is None and not self.primes


@record
class Suffix:
    """A script, prime or `!` after a complete factor; `bracketed` if it comes right after `)` or `]`."""

    sign: str
    span: Span
    script: Script | None = None
    bracketed: bool = False


@record
class Marked:
    """A complete factor with marks."""

    of: "Node"
    marks: tuple[Suffix, ...]
    span: Span


@record
class Bracket:
    """What is in brackets, between commas; `opened` is the bracket, `{` for a group."""

    opened: str
    parts: "tuple[Node, ...]"
    span: Span
    semicolons: bool = False


@record
class Bars:
    """`|a|` or `\\|a\\|`; `opened` is the place of the sign."""

    sign: str
    of: "Node"
    span: Span
    opened: Span


@record
class Call:
    """A function with its arguments; `order` is the 3 of `\\sqrt[3]{x}`."""

    name: Name
    function: Function
    args: "tuple[Node, ...]"
    span: Span
    order: "Node | None" = None


@record
class Bare:
    """A function without brackets, whose argument are some of the factors behind it: `\\sin 2x`."""

    name: Name
    function: Function
    span: Span


@record
class Negated:
    """`-a`."""

    of: "Node"
    span: Span


@record
class Terms:
    """Terms with the signs `+` and `-` between them."""

    terms: "tuple[Node, ...]"
    signs: tuple[str, ...]
    span: Span


@record
class Factors:
    """Factors with the signs between them; no sign is the empty one."""

    factors: "tuple[Node, ...]"
    signs: tuple[str, ...]
    span: Span


@record
class Relation:
    """`a < b = c`."""

    parts: "tuple[Node, ...]"
    signs: tuple[str, ...]
    span: Span


@record
class Logic:
    """Conditions joined by `and` or `or`."""

    function: str
    parts: "tuple[Node, ...]"
    span: Span


@record
class Quotient:
    """`\\frac{a}{b}`."""

    above: "Node"
    below: "Node"
    span: Span


@record
class DerivativeOf:
    """`\\frac{\\partial a}{\\partial b}`, `\\nabla_b a`, `∂a/∂b`; `greek` if it was written with δ.

    The variable of `\\nabla a(b)` is None. `is_prefix` is for an operator before what it differentiates.
    """

    of: "Node"
    wrt: "tuple[Node | None, ...]"
    span: Span
    greek: bool = False
    is_prefix: bool = False


@record
class Range:
    """One index variable of a sum, or a condition on one.

    Without `low`, `high`, `values` and `condition` the range is that of the indexed axis. A condition
    without a name filters the ranges of other parts. `members` is a set with unknown elements.
    """

    name: str
    low: "Node | None" = None
    high: "Node | None" = None
    values: "tuple[Node, ...]" = ()
    condition: "Node | None" = None
    members: Span | None = None


@record
class BigOperator:
    """`\\sum` or `\\prod` with its ranges; `sign` is the place of the sign."""

    operator: str
    ranges: tuple[Range, ...]
    body: "Node"
    span: Span
    sign: Span


@record
class Cases:
    """Values with their conditions: none means "otherwise", and the value None is undefined."""

    rows: "tuple[tuple[Node | None, Node | None], ...]"
    span: Span


@record
class Omitted:
    """Dots for what is left out of a list, a sum or a matrix; a blank cell has no sign."""

    sign: str
    span: Span


@record
class MatrixOf:
    """The cells of a matrix."""

    rows: "tuple[tuple[Node, ...], ...]"
    span: Span


@record
class Ones:
    """A bold 1 or a number with a subscript: `1_{n}`, `0_{m \\times n}`, `1_{z > 0}`.

    `script` is the subscript, None for a bold 1 alone.
    """

    text: str
    bold: bool
    span: Span
    script: Script | None = None


@record
class Indicator:
    """`\\mathbb{1}[z > 0]`."""

    of: "Node"
    span: Span


@record
class Ends:
    """A slice, `2:3`; a whole axis has no ends: `W_{:,1}`."""

    span: Span
    low: "Node | None" = None
    high: "Node | None" = None


@record
class GivenIndex:
    """The two indices of `p_{j|i}`."""

    first: "Node"
    second: "Node"
    span: Span


@record
class Unparsed:
    """What cannot be parsed, with the reason."""

    message: str
    span: Span
    hint: str | None = None


def walk(node: "Node") -> "Iterator[Node]":
    """A node and all nodes in it."""
    waiting: list[object] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, tuple):
            waiting += here
        elif names := _FIELDS.get(type(here)):
            if type(here) in _NODES:
                yield here  # type: ignore[misc]
            waiting += [getattr(here, name) for name in names]


Node: TypeAlias = (
    Literal | Name | Marked | Bracket | Bars | Call | Bare | Negated | Terms | Factors | Relation | Logic
    | Quotient | DerivativeOf | BigOperator | Cases | MatrixOf | Ones | Indicator | Ends | GivenIndex
    | Omitted | Unparsed
)  # fmt: skip

_NODES = frozenset(get_args(Node))
_HOLDING = re.compile("Node|Name|Script|Suffix|Range")  # types of fields that nodes are in
_FIELDS = {
    kind: tuple(field.name for field in fields(kind) if _HOLDING.search(str(field.type)))
    for kind in (*_NODES, Script, Suffix, Range)
}
