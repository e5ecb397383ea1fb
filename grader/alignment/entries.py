"""A paper as a run of equations, and what the student defines in it.

A name that the problem does not declare may be the student's own: `g = (W³)ᵀ δ`, or `∂l/∂h³ = σ`
read from right to left. It then means that quantity in the whole paper.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.alignment.joining import joined
from grader.alignment.plain import (
    NONE,
    PlainEquation,
    Products,
    is_infix,
    plain_equations,
    read_member,
    typeset_fractions,
)
from grader.errors import Span, StudentError, Unreadable
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Number,
    Slice,
    Symbol,
    free_indices,
    walk,
)
from grader.notation import Names, Reading, latex, macros
from grader.notation.equations import Equation, equations
from grader.notation.latex_tokens import Token
from grader.notation.names import Key as Spelling
from grader.primitives.build import derivative, tabulate
from grader.submission import Formula, Marker, Paper, Place, Prose

DEFINITION_LIMIT = 200  # of one paper
SIZE_LIMIT = 500  # nodes of one definition, others inside it counted in full

Definitions = Mapping[Spelling, Expression]


@dataclass(frozen=True, slots=True)
class Entry:
    """One equation of a paper: the markers above it, its place, its left side if that is readable.

    `equation` is None where the formula could not even be cut into equations, and `error` says why.
    `announced` tells that it stands right behind a marker or a colon, so that it may be an answer
    without any left side. `section` numbers the markers of the paper: two entries of the same labels
    may stand below two of them. `defines` tells that the left side is a name of the student's own;
    `definitions` are those that hold here.
    """

    labels: tuple[str, ...]
    formula: Formula
    equation: Equation | PlainEquation | None
    left: Expression | None = None
    error: StudentError | None = None
    announced: bool = False
    section: int = 0
    defines: bool = False
    definitions: Definitions = field(default_factory=dict)

    @property
    def derivative(self) -> Derivative | None:
        """The left side, if it is a derivative."""
        return self.left if isinstance(self.left, Derivative) else None

    @property
    def is_open(self) -> bool:
        """Whether the right side is missing."""
        return self.equation is not None and not self.equation.answer

    @property
    def answer_span(self) -> Span:
        """Where the answer stands in the text of the formula."""
        if isinstance(self.equation, PlainEquation):
            return self.equation.answer_span
        answer = self.equation.answer if self.equation else ()
        return Span(answer[0].start, answer[-1].end) if answer else Span(0, 1)

    def read(self, names: Names, other: Products = NONE) -> Reading:
        """What the answer says. Raises StudentError.

        `other` numbers ambiguous products that are to be read in the less usual way.
        """
        equation = self.equation
        if equation is None:
            raise self.error or Unreadable("this formula cannot be read", self.formula.text)
        if isinstance(equation, PlainEquation):
            return equation.read(names, other)
        try:
            return latex.read_tokens(equation.answer, names, equation.source, other)
        except Unreadable:
            if self.formula.notation == "latex":
                raise
            start, end = self.answer_span
            return read_member(equation.source[start:end], start, names, equation.source, other)

    def place(self, span: Span | None = None) -> Place:
        """Where the equation, or a part of it, stands in the file."""
        span = span or (self.equation.span if self.equation else Span(0, 1))
        before = self.formula.text[: span.start]
        lines = before.count("\n")
        start = self.formula.place
        column = len(before) - before.rfind("\n") if lines else start.column + len(before)
        return Place(start.path, start.line + lines, column, start.cell)


def entries(paper: Paper, names: Names, base: int = 1, *, code: bool = False) -> list[Entry]:
    """All equations of a paper in reading order, each with the definitions that hold for it.

    Of a name that is defined more than once the last definition before the equation counts; one
    that is only defined later ("where …") counts from the start. With `code` these are the equations
    in listings, whose names mean nothing outside of them. `base` is where NumPy-like text counts from.
    """
    names = names.with_macros(macros.definitions(paper.macros))
    found: list[Entry] = []
    for place in _formulas(paper):
        if (place.formula.notation == "code") == code:
            found.extend(_cut(place, names, base))
    definitions: Definitions = {}
    before: Entry | None = None
    for at, entry in enumerate(found):
        known = names.with_definitions(definitions)
        if entry.equation is not None and len(definitions) < DEFINITION_LIMIT:
            definitions = {**definitions, **_defined(entry.equation, known)}
        left = _left_of(entry, names.with_definitions(definitions))
        if before is not None and _continues(entry, before):
            left = before.left
        defines = left is not None and _is_own(entry.equation, names)
        before = found[at] = replace(entry, left=left, defines=defines, definitions=definitions)
    later: Definitions = {}
    for entry in reversed(found):
        later = {**later, **entry.definitions}
    return [replace(entry, definitions={**later, **entry.definitions}) for entry in found]


def _continues(entry: Entry, before: Entry) -> bool:
    """Whether an equation that begins with `=` goes on with the chain before it."""
    equation = entry.equation
    return equation is not None and equation.left is not None and not equation.left and (
        entry.section == before.section
    )  # fmt: skip


def _formulas(paper: Paper) -> Iterator[Entry]:
    """The formulas, each as an entry that knows where in the paper it stands."""
    labels: tuple[str, ...] = ()
    announced = False
    section = 0
    for item in joined(paper.items):
        match item:
            case Marker():
                labels, announced, section = item.labels, True, section + 1
            case Prose():
                announced = item.text.rstrip().endswith((":", "=", "is", "get", "answer"))
            case Formula():
                here = announced or item.display
                yield Entry(labels, item, None, announced=here, section=section)
                announced = False


def _cut(place: Entry, names: Names, base: int) -> Iterator[Entry]:
    """The equations of one formula; `place` is an entry without any."""
    for equation in _equations(place.formula, names, base):
        if isinstance(equation, StudentError):
            yield replace(place, error=equation)
        elif place.announced or equation.left is not None:
            yield replace(place, equation=equation)


def _equations(
    formula: Formula, names: Names, base: int
) -> Iterable[Equation | PlainEquation | StudentError]:
    """A formula cut into equations, in the notation that it is in, or why that is not possible."""
    is_plain = formula.notation != "latex"
    if is_plain and is_infix(formula.text):
        return plain_equations(formula.text, base)
    text = typeset_fractions(formula.text) if is_plain else formula.text
    try:
        return [replace(one, source=formula.text) for one in equations(text, names)]
    except StudentError as error:
        return plain_equations(formula.text, base) if is_plain else [error]


def _left_of(entry: Entry, names: Names) -> Expression | None:
    return None if entry.equation is None else read_left(entry.equation, names)


def read_left(equation: Equation | PlainEquation, names: Names) -> Expression | None:
    """The left side of an equation, None if there is none or it cannot be read."""
    if isinstance(equation, PlainEquation):
        return equation.read_left(names)
    if not equation.left:
        return None
    try:
        return _entry_by_entry(latex.parse_left(equation.left, names, equation.source))
    except StudentError:
        return None


def _entry_by_entry(left: Expression) -> Expression:
    """`(∂l/∂W)ᵢⱼ` as `∂l/∂Wᵢⱼ`, and an entry of a Jacobian as the derivative of an entry."""
    if not isinstance(left, Item) or not isinstance(left.base, Derivative):
        return left
    of, wrt, span = left.base.of, left.base.wrt, left.span
    if any(isinstance(index, Slice) for index in (left.row, left.column)):
        return left
    if of.shape == SCALAR and wrt.shape == left.base.shape:
        return derivative(of, Item(wrt, left.row, left.column, SCALAR), span)
    if of.shape[1] == 1 == wrt.shape[1]:
        above = of if of.shape == SCALAR else Item(of, left.row, Number(1.0), SCALAR)
        below = Item(wrt, left.column, Number(1.0), SCALAR)
        return derivative(above, below, span)
    return left


_AROUND = frozenset({"neg", "transpose", "mul", "div", "add", "sub", "pow"})


def is_multiple(left: Expression | None) -> bool:
    """Whether a left side is a derivative changed: `2 ∂l/∂W`, `(∂h/∂x)ᵀ`. A chain of them is not."""
    if not isinstance(left, Apply) or left.function not in _AROUND:
        return False
    held = [any(isinstance(part, Derivative) for part in walk(arg)) for arg in left.args]
    scalars = all(arg.shape == SCALAR for arg, has in zip(left.args, held, strict=True) if not has)
    changed = not all(held) and scalars
    return any(held) and (changed or left.function in ("neg", "transpose", "add", "sub"))


# Definitions


def _defined(equation: Equation | PlainEquation, names: Names) -> Definitions:
    """What an equation defines, if it defines anything."""
    if isinstance(equation, PlainEquation):
        return _assigned(equation, names)
    if len(equation.members) < 2 or not equation.members[0] or not equation.answer:
        return {}
    name = own_name(equation.members[0], names)
    if name is not None:
        return _kept(name[0], _value(equation.answer, name[1], names, equation.source))
    redefined = _redefined(equation, names)
    if redefined:
        return redefined
    name = own_name(equation.answer, names)
    if name is None or name[1]:
        return {}
    left = read_left(equation, names)
    return _kept(name[0], left if left is not None and not free_indices(left) else None)


def _is_own(equation: Equation | PlainEquation | None, names: Names) -> bool:
    """Whether the left side of an equation is a name that nobody declared."""
    if isinstance(equation, PlainEquation):
        return equation.own_name(names) is not None
    return equation is not None and bool(equation.left) and (
        own_name(equation.members[0], names) is not None
    )  # fmt: skip


def _assigned(equation: PlainEquation, names: Names) -> Definitions:
    """`dZ2 = A2 - Y`: a name of the student's own in NumPy-like text."""
    name = equation.own_name(names)
    if name is None or not equation.answer:
        return {}
    try:
        value = equation.read(names).node
    except StudentError:
        return {}
    return _kept((name, None, None), value if not free_indices(value) else None)


def _redefined(equation: Equation, names: Names) -> Definitions:
    """A declared symbol that the student sets to a derivative of their own: `δ = 2 ∂l/∂h³`."""
    left = read_left(equation, names)
    if not isinstance(left, Symbol) or names.symbols.get(left.name) != left:
        return {}
    value = _value(equation.answer, (), names, equation.source)
    if value is None or not any(isinstance(part, Derivative) for part in walk(value)):
        return {}
    spelled = (key for key, name in names.spellings.items() if name == left.name)
    return {key: value for key in spelled if _kept(key, value)}


def _kept(spelling: Spelling, value: Expression | None) -> Definitions:
    """A definition, unless it is so large that definitions of definitions would explode."""
    if value is None or sum(1 for _ in itertools.islice(walk(value), SIZE_LIMIT + 1)) > SIZE_LIMIT:
        return {}
    return {spelling: value}


def own_name(tokens: Sequence[Token], names: Names) -> tuple[Spelling, tuple[str, ...]] | None:
    """A run of tokens as one undeclared name, with the letters of its entries if it has any.

    `g`, `\\delta^{(2)}`, `u_i`; a function's name that stands without an argument is one too.
    """
    base, rest, mark = tokens[0], tokens[1:], ""
    if base.text == "d" and rest and ("d", None, None) not in names.spellings:
        base, rest, mark = rest[0], rest[1:], "d"  # dz^{[3]}, which the problem does not know
    if base.kind not in ("letter", "accent", "command", "word") or len(tokens) > 12:
        return None
    scripts = _scripts(rest)
    if scripts is None:
        return None
    sup, sub = scripts
    layer, subscript = latex.layer_of(sup), latex.layer_of(sub)
    letters = tuple(token.text for token in sub or () if token.text != ",")
    if sub and all(len(letter) == 1 and letter.isalpha() for letter in letters):
        spelling: Spelling = (base.text, layer, None)
        return None if _declared(spelling, names) else (_marked(spelling, mark), letters)
    whole: Spelling = (base.text, layer, subscript)
    return None if _declared(whole, names) else (_marked(whole, mark), ())


def _marked(spelling: Spelling, mark: str) -> Spelling:
    return (mark + spelling[0], *spelling[1:])


def _declared(spelling: Spelling, names: Names) -> bool:
    base, sup, sub = spelling
    nearby = (spelling, (base, sup, None), (base, None, None), (base, sub, None))
    if any(key in names.spellings for key in nearby if key != (base, None, None) or not sup):
        return True
    return base in names.dimensions or f"{base}{sub or ''}" in names.dimensions


def _scripts(
    tokens: Sequence[Token],
) -> tuple[Sequence[Token] | None, Sequence[Token] | None] | None:
    """The superscript and subscript that make up the rest of a name, None if there is more."""
    found: dict[str, Sequence[Token]] = {}
    at = 0
    while at < len(tokens):
        mark = tokens[at].text
        if mark not in ("^", "_") or mark in found or at + 1 == len(tokens):
            return None
        inside, at = _group(tokens, at + 1)
        found[mark] = inside
    return found.get("^"), found.get("_")


def _group(tokens: Sequence[Token], at: int) -> tuple[Sequence[Token], int]:
    if tokens[at].text != "{":
        return tokens[at : at + 1], at + 1
    depth = 0
    for end in range(at, len(tokens)):
        depth += (tokens[end].text == "{") - (tokens[end].text == "}")
        if depth == 0:
            return tokens[at + 1 : end], end + 1
    return tokens[at + 1 :], len(tokens)


def _value(
    tokens: Sequence[Token], letters: tuple[str, ...], names: Names, source: str
) -> Expression | None:
    """What a definition says: an array over its letters, if it has any."""
    try:
        body = latex.parse_left(tokens, names, source)
    except StudentError:
        return None
    ranges = {part.name: part for part in walk(body) if isinstance(part, Index)}
    if not letters:
        return body if not free_indices(body) else None
    free = free_indices(body)
    if body.shape != SCALAR or not free <= set(letters) or len(letters) > 2:
        return None
    if any(letter not in ranges for letter in letters):
        return None
    row = ranges[letters[0]]
    column = ranges[letters[1]] if len(letters) == 2 else Index("", 1, 1)
    return tabulate(body, row, column)
