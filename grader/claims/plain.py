"""Reads equations without delimiters, such as `dW2 = dZ2 @ A1.T`, in their notation.

There are two notations: NumPy or SymPy, with its own signs (`@`, `.T`, `[1,2]`, `W2`), and mathematics as
typeset. The signs show the likely one. The other one is tried only if the likely one fails; if both fail,
the error is that of the likely one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import Span, StudentError, Unreadable
from grader.expression import Derivative, Expression, Index, Number, Symbol
from grader.notation import USUAL, Conventions, Names, Reading, infix, latex
from grader.notation.builder import Builder
from grader.notation.latex_tokens import tokenize
from grader.notation.names import INFIX_FUNCTIONS

_INFIX_SIGN = re.compile(
    r"@|\*|\.(?:T|dot|sum|mean|grad|transpose)\b|\b(?:np|numpy|torch|jnp|sp)\.|[^\W\d]\w*\[|=="
    r"|[A-Za-z]\d|[A-Za-z]{2}_[A-Za-z]|\b(?:Derivative|Sum|Matrix|Piecewise|outer|where)\("
)
_TYPESET_SIGN = re.compile(r"[\\²³¹⁰-₟ᵢⱼᵏʲⁱ{]|(?<![A-Za-z0-9])[^\W\d][_^]")
_MARK = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<relation>[-+*/:]?=(?!=)|[≈≡←])|(?P<cut>[,;⇒])"
                   r"|[<>!=]=")  # fmt: skip
_NUMBERED = re.compile(r"[A-Za-z]+\d+")

_NAME = r"[^\W\d][^\W_]*(?:_\d+)?"
_ENTRY = r"(?:\[[\w\s,:]{1,20}\])?"
_D = r"(?:∂|d|D|partial\s?)"
_LEFT_SIDES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_D}\s?(?P<of>{_NAME}{_ENTRY})(?:\(\w{{1,10}}\))?\s?/\s?\(?{_D}\s?(?P<wrt>{_NAME}{_ENTRY})\)?",
        rf"(?:Derivative|diff|grad)\(\s?(?P<of>{_NAME}{_ENTRY})\s?,\s?(?P<wrt>{_NAME}{_ENTRY})\s?\)",
        rf"d(?P<of>[^\W\d_][^\W_]*?{_ENTRY})_?d(?P<wrt>{_NAME}{_ENTRY})",
        rf"(?:grad|nabla|Grad|∇|d|D|∂)_?(?P<wrt>{_NAME}{_ENTRY})",
        rf"(?P<wrt>{_NAME}{_ENTRY})(?:\.|_)grad",
    )
)
_FRACTION = re.compile(r"(?<![^\W\d_])d([^\W\d_][^\s/=]{0,20}\s?/\s?)d(?=[^\W\d_])")
_LOSSES = frozenset("l loss j cost c e objective".split())


@dataclass(frozen=True, slots=True)
class PlainEquation:
    """A chain of members, each a text that begins at an offset of `source`.

    It has the interface of `Equation`; `base` is where its indices count from.
    """

    members: tuple[str, ...]
    starts: tuple[int, ...]
    source: str
    base: int = 1
    before: str = ""
    behind: str = ""
    reason: bool = False

    @property
    def accumulates(self) -> bool:
        """Whether the value goes on from what the name was before: `dW += …`, `dW = dW + …`."""
        if self.left is None:
            return False
        between = self.source[self.starts[0] + len(self.left) : self.starts[1]].strip()
        again = re.search(rf"(?<![\w.]){re.escape(self.left)}(?!\w)", self.answer)
        return between[:1] in "+-*/" or (self.left.isidentifier() and again is not None)

    @property
    def left(self) -> str | None:
        """The member left of the first `=`; None if there is no `=`."""
        return self.members[0] if len(self.members) > 1 else None

    @property
    def answer(self) -> str:
        """The last member."""
        return self.members[-1]

    @property
    def answer_span(self) -> Span:
        """The span of the last member."""
        return Span(self.starts[-1], self.starts[-1] + len(self.answer))

    @property
    def span(self) -> Span:
        """From the first member to the last."""
        return Span(self.starts[0], max(self.answer_span.end, self.starts[0] + 1))

    def read(self, names: Names, conventions: Conventions = USUAL) -> Reading:
        """The reading of the last member. Raises Unreadable, Nonsense."""
        names = names.based(self.base)
        return read_member(self.answer, self.starts[-1], names, self.source, conventions)

    def read_left(self, names: Names) -> Expression | None:
        """The left side, None if there is none or it cannot be read."""
        if not self.left:
            return None
        try:
            own = names.own((self.left, None, None))
        except StudentError:
            return None
        if own is not None:
            return own
        names = names.based(self.base)
        found = _derivative(self.left, self.starts[0], names, self.source)
        return found or _expression(self.left, self.starts[0], names, self.source)

    def own_name(self, names: Names) -> str | None:
        """The left side, if it is an undeclared name."""
        name = self.left
        if not name or not name.isidentifier() or not name.isascii():
            return None
        declared = (names.symbols, names.functions, names.dimensions, INFIX_FUNCTIONS, _RESERVED)
        if any(name in known for known in declared) or (name, None, None) in names.spellings:
            return None
        return None if _derivative(name, 0, names, name) is not None else name


_RESERVED = frozenset({"pi", "E", "True", "False"})


def is_infix(text: str) -> bool:
    """Whether the signs in a text are those of NumPy or SymPy."""
    return bool(_INFIX_SIGN.search(text)) and not _TYPESET_SIGN.search(text)


def is_of_a_gradient(text: str, names: Names) -> bool:
    """Whether a text begins with `dz =`, one word for a gradient of the loss by a declared name."""
    name, sign, _ = text.partition("=")
    name = name.strip().rstrip("+-*/").rstrip()  # dW /= 2
    return bool(sign) and name.isidentifier() and _derivative(name, 0, names, name) is not None


def plain_equations(text: str, base: int) -> Iterator[PlainEquation]:
    """The equations of one text in reading order."""
    for start, end in _segments(text):
        bounds = [start, *(at for mark in _relations(text, start, end) for at in mark), end]
        members, starts = [], []
        for left, right in zip(bounds[::2], bounds[1::2], strict=True):
            body = text[left:right]
            starts.append(left + len(body) - len(body.lstrip()))
            members.append(body.strip().rstrip(".,;").rstrip())
        if any(members):
            yield PlainEquation(tuple(members), tuple(starts), text, base)


def _segments(text: str) -> Iterator[Span]:
    """Equations side by side, cut at commas behind which another one begins."""
    cuts = [mark.span() for mark in _outer(text) if mark["cut"]]
    start = 0
    for at, (left, right) in enumerate(cuts):
        stop = cuts[at + 1][0] if at + 1 < len(cuts) else len(text)
        follows = next(_relations(text, right, stop), None)
        if follows is not None and text[right : follows.start].strip():
            yield Span(start, left)
            start = right
    yield Span(start, len(text))


def _relations(text: str, start: int, end: int) -> Iterator[Span]:
    marks = (mark for mark in _outer(text[start:end]) if mark["relation"])
    return (Span(start + mark.start(), start + mark.end()) for mark in marks)


def _outer(text: str) -> Iterator[re.Match[str]]:
    """The marks outside of brackets."""
    depth = 0
    for mark in _MARK.finditer(text):
        depth = max(0, depth + bool(mark["open"]) - bool(mark["close"]))
        if depth == 0 and (mark["relation"] or mark["cut"]):
            yield mark


# Reading a member


def read_member(
    text: str, start: int, names: Names, source: str, conventions: Conventions = USUAL
) -> Reading:
    """The reading of `text`, which begins at `start` in `source`. Raises Unreadable, Nonsense."""
    is_word = len(text) > 1 and text.isidentifier() and text.isascii()  # dz is no product
    readers = (_as_infix, _as_typeset)
    if not is_infix(text) and not is_word:
        readers = readers[::-1]
    try:
        return readers[0](text, start, names, source, conventions)
    except Unreadable as error:
        try:
            return readers[1](text, start, names, source, conventions)
        except StudentError:
            raise error from None


def _as_infix(
    text: str, start: int, names: Names, source: str, conventions: Conventions
) -> Reading:
    if _TYPESET_SIGN.search(text):
        raise Unreadable("this is not infix text", source, Span(start, start + len(text)))
    # A name may end in a superscript T: `W3ᵀ` is written `W3'` in infix.
    padded = " " * start + re.sub(r"(?<=\w)[ᵀ⊤]", "'", text)
    try:
        return infix.read(padded, names, conventions)
    except StudentError as error:
        error.source = source
        raise


def _as_typeset(
    text: str, start: int, names: Names, source: str, conventions: Conventions
) -> Reading:
    padded = " " * start + text
    if not _is_all_declared(text, names):
        span = Span(start, start + len(text))
        raise Unreadable("a name with a number is not declared", source, span)
    try:
        return latex.read_tokens(tokenize(padded, names, plain=True), names, padded, conventions)
    except StudentError as error:
        error.source = source
        raise


def _is_all_declared(text: str, names: Names) -> bool:
    """Whether no `x1` is in a text that would be taken for x times 1."""
    known = {*names.symbols, *names.dimensions}
    return all(name in known or name[1:] in known for name in _NUMBERED.findall(text))


# Left sides


def _derivative(text: str, start: int, names: Names, source: str) -> Derivative | None:
    """`dW2`, `dl/dW2[i,j]`, `grad_W2`, `W2.grad`, `dL_dW2`: a derivative of declared names."""
    for pattern in _LEFT_SIDES:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        of = match.groupdict().get("of")
        build = Builder(names, source, open_indices=True)
        try:
            above = _quantity(of, names, build) if of else names.loss
            above = above or (names.loss if of and of.lower() in _LOSSES else None)
            below = _quantity(match["wrt"], names, build)
            if above is None or below is None:
                continue
            span = Span(start, start + len(text))
            node = build.closed(build.finish(build.derivative(above, below, span)))
        except StudentError:
            return None
        return node if isinstance(node, Derivative) else None
    return None


def _quantity(text: str, names: Names, build: Builder) -> Expression | None:
    """A declared name, or an entry of one at numbers and index letters."""
    base, _, inside = text.partition("[")
    symbol = _symbol(base.strip(), names)
    if symbol is None or not inside:
        return symbol
    selectors: list[Expression | Index] = []
    for part in inside.rstrip("]").split(","):
        index = build.selecting(part.strip())
        if part.strip().isdigit():
            selectors.append(Number(float(part) + 1 - names.base))
        elif index is not None:
            selectors.append(index)
        else:
            return symbol if part.strip() == ":" else None
    return build.item(symbol, selectors, Span(0, 0), row_first=True)


def _symbol(name: str, names: Names) -> Symbol | None:
    spelled = names.spellings.get((name, None, None), name)
    return names.symbols.get(spelled) or names.symbols.get(name.replace("_", ""))


def _expression(text: str, start: int, names: Names, source: str) -> Expression | None:
    """A left side that is a declared name, or typeset as `∂l/∂W³₁₁`."""
    try:
        tokens = tokenize(" " * start + typeset_fractions(text), names)
        return latex.parse_left(tokens, names, source)
    except StudentError:
        return None


def typeset_fractions(text: str) -> str:
    """`dl/dW` as `∂l/∂W`: in a line, a d above and below a stroke is that of a derivative."""
    return _FRACTION.sub(lambda match: f"∂{match[1]}∂", text)
