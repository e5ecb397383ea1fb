"""The equations of a paper, each with its left side and the definitions that hold for it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader import lexicon
from grader.claims import true_class
from grader.claims.clauses import pieces_of
from grader.claims.definitions import (
    DEFINITION_LIMIT,
    Definitions,
    defined,
    introduced,
    is_own,
    naming_of,
)
from grader.claims.given import given_otherwise
from grader.claims.plain import (
    PlainEquation,
    is_infix,
    is_of_a_gradient,
    plain_equations,
    read_member,
    typeset_fractions,
)
from grader.claims.stances import Stance
from grader.claims.standing import PLAIN, FormulaStanding, standings
from grader.claims.statements import language_of_paper, statements
from grader.errors import Span, StudentError, Unreadable
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Number,
    Slice,
    Symbol,
)
from grader.lexicon import Role, language_of
from grader.notation import USUAL, Conventions, Names, Reading, latex, macros
from grader.notation.builder import constant
from grader.notation.latex_tokens import Token
from grader.notation.names import Key as Spelling
from grader.notation.statements import Equation, equations
from grader.primitives import apply
from grader.primitives.build import derivative
from grader.submission import Formula, Marker, Paper, Place, Prose

# After such words, a formula without a left side may be an answer.
_ANNOUNCE = frozenset(
    {Role.EQUALS, Role.CONCLUDE, Role.ANSWER, Role.THAT_IS, Role.BELIEF, Role.GUESS}
)
_GOES_ON = "goes on from its earlier value"
_CONCLUDING = ("\\boxed", "\\therefore", "∴")
_ENDING = 60  # characters
LISTED = ("code", "bound")  # notations of listings
PASSES = 2  # the second reads uses of later definitions


@dataclass(frozen=True, slots=True)
class Entry:
    """One equation of a paper: the markers above it, its place, its left side if that is readable.

    `equation` is None if the formula could not be split into equations, and `error` says why.
    `announced` means that it comes right after a marker or a colon, so that it may be an answer without
    a left side. `standing` is how it stands by the words around it; `changed` are those words if it is not
    asserted as it is written.
    `section` numbers the markers of the paper, since two markers may have the same labels, `heading` also
    the headings without a number. `concludes` means that words or signs call it the result. `defines`
    means that the left side is a name of the student's. `definitions` are those that hold here, `naming`
    is the one at the end of the equation. `rests_on` are earlier lines of a listing that change a name
    which this one uses, directly or through names of the student's.
    """

    labels: tuple[str, ...]
    formula: Formula
    equation: Equation | PlainEquation | None
    left: Expression | None = None
    error: StudentError | None = None
    announced: bool = False
    changed: str = ""
    standing: FormulaStanding = PLAIN
    section: int = 0
    heading: int = 0
    concludes: bool = False
    defines: bool = False
    definitions: Definitions = field(default_factory=dict)
    naming: Equation | None = None
    rests_on: "tuple[Entry, ...]" = ()

    @property
    def derivative(self) -> Derivative | None:
        """The left side, if it is a derivative; `δ = ∂l/∂z` gives a name and says nothing of it."""
        return self.left if isinstance(self.left, Derivative) and not self.defines else None

    @property
    def explains(self) -> bool:
        """Whether the words of its formula make it a reason, which is never an answer."""
        return self.equation is not None and self.equation.reason

    @property
    def is_open(self) -> bool:
        """Whether the right side is missing."""
        return self.equation is not None and not self.equation.answer

    @property
    def text(self) -> str:
        """The equation as in the paper."""
        span = self.equation.span if self.equation is not None else None
        return self.formula.text[span.start : span.end] if span else self.formula.text

    @property
    def answer_span(self) -> Span:
        """The span of the answer in the text of the formula."""
        if isinstance(self.equation, PlainEquation):
            return self.equation.answer_span
        answer = self.equation.answer if self.equation else ()
        return Span(answer[0].start, answer[-1].end) if answer else Span(0, 1)

    def read(self, names: Names, conventions: Conventions = USUAL) -> Reading:
        """The reading of the answer under some conventions. Raises StudentError."""
        equation = self.equation
        if self.changed:
            raise self.is_changed()
        if equation is None:
            raise self.error or Unreadable("this formula cannot be read", self.formula.text)
        if isinstance(equation, PlainEquation):
            return equation.read(names, conventions)
        if self.left is not None:
            names = replace(names, shape=self.left.shape)
        try:
            return latex.read_tokens(equation.answer, names, equation.source, conventions)
        except Unreadable:
            reading = true_class.read(equation.answer, names, equation.source, conventions)
            if reading is not None:
                return reading
            if self.formula.notation == "latex":
                raise
            start, end = self.answer_span
            return read_member(
                equation.source[start:end], start, names, equation.source, conventions
            )

    def signs(self, *, left: bool) -> str:
        """One side of the equation as signs with spaces between and around them."""
        equation = self.equation
        side = (equation.left if left else equation.answer) if equation is not None else None
        return f" {' '.join(_texts(side))} "

    def is_changed(self) -> Unreadable:
        """The error for a formula beside words that change its meaning."""
        message = f"the words “{self.changed}” beside this formula may change its meaning"
        if self.changed == _GOES_ON:
            message = "this name is changed from line to line, which cannot be followed"
        start, end = self.answer_span
        hint = "write it as one formula; a person will look at it"
        return Unreadable(message, self.formula.text, Span(start, end), hint=hint)

    def place(self, span: Span | None = None) -> Place:
        """The place of the equation, or of a part of it, in the file."""
        span = span or (self.equation.span if self.equation else Span(0, 1))
        before = self.formula.text[: span.start]
        lines = before.count("\n")
        start = self.formula.place
        column = len(before) - before.rfind("\n") if lines else start.column + len(before)
        return Place(start.path, start.line + lines, column, start.cell)


def _texts(side: Sequence[Token] | str | None) -> list[str]:
    """One side of an equation as a run of signs, without the braces that make no difference."""
    if isinstance(side, str):
        return re.findall(r"\w+|[^\w\s]", side)
    return [token.text for token in side or () if token.text not in ("{", "}")]


def entries(
    paper: Paper, names: Names, base: int = 1, *, code: bool = False, about: str = ""
) -> list[Entry]:
    """All equations of a paper in reading order, each with the definitions that hold for it.

    Of a name that is defined more than once the last definition before the equation counts; one
    that is only defined behind it counts below the same marker ("where …"). With `code` these are the
    equations in listings, whose names mean nothing outside of them. `base` is where NumPy-like text
    counts from; `about` is what the problem says of its names.
    """
    names = names.with_macros(macros.definitions(paper.macros))
    found: list[Entry] = []
    for place in _formulas(paper, names, about):
        if (place.formula.notation in LISTED) == code:
            found.extend(_cut(place, names, base))
    given: set[Spelling] = set().union(*(introduced(entry.equation, names) for entry in found))
    found = _with_changed_entries([_without_name(entry, names, given) for entry in found])
    given = given.union(*(introduced(entry.naming, names) for entry in found))
    later: dict[int, Definitions] = {}
    for _ in range(PASSES):
        found = _with_definitions(found, names, later, given)
        known, later = later, _known_at_the_end(found)
        if not any(is_own(entry.equation, names) for entry in found) or known == later:
            break
    found = [replace(e, definitions={**later[e.section], **e.definitions}) for e in found]
    return with_rebound(found, names) if code else found


def _without_name(entry: Entry, names: Names, given: Collection[Spelling]) -> Entry:
    """`∂l/∂h = Wᵀ r = g`: the chain without the new name at its end, which is a name for the result."""
    equation = entry.equation
    naming = naming_of(equation, names, given) if isinstance(equation, Equation) else None
    if naming is None or not isinstance(equation, Equation):
        return entry
    return replace(entry, equation=replace(equation, members=equation.members[:-1]), naming=naming)


def _with_changed_entries(found: Sequence[Entry]) -> list[Entry]:
    """Mark arrays with an entry that changes later, `dz[0] = 0`, for a human.

    Below another marker an entry is its own answer.
    """
    whole: dict[tuple[str, int], int] = {}
    changed: set[int] = set()
    for at, entry in enumerate(found):
        left = entry.equation.left if isinstance(entry.equation, PlainEquation) else None
        part = _PART.match(left) if left else None
        if entry.formula.notation == "bound":
            part = _NAME.match(entry.formula.text)
        before = whole.get((part[1], entry.section)) if part else None
        if before is not None:
            changed |= {before, at}
        elif left:
            whole[left, entry.section] = at
    return [replace(e, changed=_GOES_ON) if at in changed else e for at, e in enumerate(found)]


_PART = re.compile(r"(\w+)\s*\[")
_NAME = re.compile(r"(\w+)")


def with_rebound(found: Sequence[Entry], names: Names) -> list[Entry]:
    """The lines of listings, each with those before it that give a name of the problem another value."""
    spelled = {base for base, sup, sub in names.spellings if sup is None and sub is None}
    given = {*names.symbols, *names.dimensions, *spelled}
    behind: dict[str, dict[int, Entry]] = {}
    result = []
    for at, entry in enumerate(found):
        target, _, value = entry.text.partition("=")
        used = _WORD.findall(value) if value else []
        name = _NAME.match(target.strip())
        if name is not None and target.rstrip()[-1:] in ("+", "-", "*", "/", "@", "]"):
            used.append(name[1])
        rests = {i: one for word in used for i, one in behind.get(word, {}).items()}
        result.append(replace(entry, rests_on=tuple(rests.values())))
        if name is not None:
            is_changed = entry.formula.notation == "bound" and name[1] in behind
            mine = {at: entry} if name[1] in given or is_changed else {}
            behind[name[1]] = {**rests, **mine}
    return result


_WORD = re.compile(r"[^\W\d]\w*")


def _known_at_the_end(found: Sequence[Entry]) -> dict[int, Definitions]:
    """The definitions up to the end of each section, since "where …" may follow an answer."""
    known: dict[int, Definitions] = {}
    for entry in reversed(found):
        known[entry.section] = {**known.get(entry.section, {}), **entry.definitions}
    return known


def _with_definitions(
    found: Sequence[Entry],
    names: Names,
    later: Mapping[int, Definitions],
    given: Collection[Spelling],
) -> list[Entry]:
    """The entries with their left sides and the definitions up to each; `later` are known besides."""
    definitions: Definitions = {}
    before: Entry | None = None
    result = []
    for entry in found:
        behind = later.get(entry.section, {})
        known = names.with_definitions({**behind, **definitions})
        if entry.equation is not None and len(definitions) < DEFINITION_LIMIT:
            left = read_left(entry.equation, known)
            meant = defined(entry.equation, left, known, {*given, *definitions})
            if entry.standing.kind is Stance.CONDITION:
                meant = {}
            elif entry.changed:
                meant = dict.fromkeys(meant, entry.is_changed())
            named = defined(entry.naming, None, known, given) if entry.naming else {}
            definitions = {**definitions, **meant, **named}
        left = _left_of(entry, names.with_definitions({**behind, **definitions}))
        if before is not None and _continues(entry, before):
            left = before.left
        defines = left is not None and is_own(entry.equation, names)
        before = replace(entry, left=left, defines=defines, definitions=definitions)
        result.append(before)
    return result


def _continues(entry: Entry, before: Entry) -> bool:
    """Whether an equation that begins with `=` goes on with the chain before it."""
    equation = entry.equation
    return equation is not None and equation.left is not None and not equation.left and (
        entry.section == before.section
    )  # fmt: skip


def _formulas(paper: Paper, names: Names, about: str) -> Iterator[Entry]:
    """The formulas of a paper, each as an entry with its place."""
    labels: tuple[str, ...] = ()
    announced = False
    section = heading = 0
    concluded = False
    language = language_of_paper(paper.items)
    items = statements(paper.items, language)
    standing = standings(items, language)
    for at, item in enumerate(items):
        match item:
            case Marker():
                labels, announced, section = item.labels, True, section + 1
                heading += 1
            case Prose():
                heading += item.text.startswith("#")
                announced = _announces(item, items[at - 1] if at else None, language)
                concluded = _concludes(item.text, language)
            case Formula():
                here = item.display or (announced and not _leads_on(items[at : at + 2]))
                how = standing.get(at, PLAIN)
                otherwise = given_otherwise(how, item.text, names, about) if how.given else ""
                yield Entry(
                    labels,
                    item,
                    None,
                    announced=here,
                    changed=how.changes or otherwise,
                    standing=how,
                    section=section,
                    heading=heading,
                    concludes=concluded or any(sign in item.text for sign in _CONCLUDING),
                )
                announced = concluded = False


def _leads_on(items: Sequence[Marker | Formula | Prose]) -> bool:
    """Whether a sign behind a formula leads to what it is: `the rows are $h$: …`, `$m$ = the rows`."""
    first, *later = items
    leads = (
        bool(later) and isinstance(later[0], Prose) and later[0].text.startswith((":", "：", "="))
    )
    return leads and isinstance(first, Formula) and "=" not in first.text


def _announces(prose: Prose, before: Marker | Formula | Prose | None, language: str) -> bool:
    """Whether an answer may follow: after `so we get`, or the colon of `since $Σ y = 1$:`."""
    if prose.text in (":", "："):
        return isinstance(before, Formula) and "=" in before.text
    if prose.text.endswith((":", "：", "=")):
        return True
    text = prose.text[-_ENDING:]
    words = pieces_of(text, language_of(text, language))[-1:]
    return any(word.has(*_ANNOUNCE) for word in words)


def _concludes(said: str, language: str) -> bool:
    """Whether words end with one that calls what follows the result."""
    words = pieces_of(said[-_ENDING:], language_of(said, language))[-1:]
    return any(word.has(Role.CONCLUDE, Role.ANSWER) for word in words)


def _cut(place: Entry, names: Names, base: int) -> Iterator[Entry]:
    """The equations of one formula; `place` is an entry without any."""
    if place.formula.notation == "bound":
        yield place
        return
    for equation in _equations(place.formula, names, base):
        if isinstance(equation, StudentError):
            yield replace(place, error=equation)
        elif place.announced or equation.left is not None:
            going_on = isinstance(equation, PlainEquation) and equation.accumulates
            said = f"{equation.before} {equation.behind}"
            changed = _GOES_ON if going_on else place.changed or _changed_by(said)
            standing = (
                replace(place.standing, kind=Stance.REASON) if equation.reason else place.standing
            )
            yield replace(place, equation=equation, changed=changed, standing=standing)


_CHANGING = frozenset(
    {
        Role.NOT, Role.WRONG, Role.CORRECTION, Role.EXPECT, Role.GUESS, Role.OPERATION, Role.WITHOUT,
        Role.INSTEAD, Role.SWAP, Role.ONLY,
    }
)  # fmt: skip


def _changed_by(said: str) -> str:
    """The words in a formula that change its meaning: `p - y \\text{ is wrong}`; "" if none do."""
    changing = (mark.text for mark in lexicon.find(said) if not mark.roles.isdisjoint(_CHANGING))
    return next(changing, "")


def _equations(
    formula: Formula, names: Names, base: int
) -> Iterable[Equation | PlainEquation | StudentError]:
    """A formula cut into equations, in the notation that it is in, or why that is not possible."""
    is_plain = formula.notation != "latex"
    if is_plain and (is_infix(formula.text) or is_of_a_gradient(formula.text, names)):
        return plain_equations(formula.text, base)
    text = typeset_fractions(formula.text) if is_plain else formula.text
    try:
        found = equations(text, names.based(base), plain=is_plain)
        return [replace(one, source=formula.text) for one in found]
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
    """`(∂l/∂W)ᵢⱼ` as `∂l/∂Wᵢⱼ`, and an entry of a Jacobian as the derivative of an entry.

    A gradient by a vector may be a row or a column, so that `∂l/∂xᵀ` is `∂l/∂x`.
    """
    if isinstance(left, Apply) and left.function == "transpose" and 1 in left.shape:
        left = left.args[0]
    if isinstance(left, Apply) and left.shape == SCALAR and left.function.endswith("'"):
        function, s = left.function[:-1], left.args[0]
        if isinstance(s, Symbol | Item) and not function.endswith("'"):  # σ'(s) is ∂σ(s)/∂s
            return derivative(apply(function, s, span=left.span), s, left.span)
    if isinstance(left, Apply) and left.function in ("mul", "div"):
        return _with_factor_inside(left)
    if not isinstance(left, Item) or not isinstance(left.base, Derivative):
        return left
    of, wrt, span = left.base.of, left.base.wrt, left.span
    if any(isinstance(index, Slice) for index in (left.row, left.column)):
        whole = of.shape == SCALAR and wrt.shape == left.base.shape
        return derivative(of, Item(wrt, left.row, left.column, left.shape), span) if whole else left
    if of.shape == SCALAR and wrt.shape == left.base.shape:
        return derivative(of, Item(wrt, left.row, left.column, SCALAR), span)
    if of.shape[1] == 1 == wrt.shape[1]:
        above = of if of.shape == SCALAR else Item(of, left.row, Number(1.0), SCALAR)
        below = Item(wrt, left.column, Number(1.0), SCALAR)
        return derivative(above, below, span)
    return left


def _with_factor_inside(left: Apply) -> Expression:
    """`\\frac1n ∂(wᵀw)/∂w`, a number before an expression that is differentiated, as `∂(wᵀw/n)/∂w`."""
    first, *others = left.args
    by_number = len(others) == 1 and constant(others[0]) is not None
    if not by_number and left.function == "mul" and constant(first) is not None:
        first, others, by_number = others[-1], [first], len(others) == 1
    if not by_number or not isinstance(first, Derivative) or isinstance(first.of, Symbol | Item):
        return left
    return derivative(apply(left.function, first.of, *others), first.wrt, left.span)
