"""A student's own names in a paper.

An undeclared name may be the student's: `g = (W³)ᵀ δ`, or `∂l/∂h³ = σ` read from right to left. Then it
means that quantity in the whole paper. In `δ_k = ŷ_k − y_k` the letter k is an index; in `δ_n = ∂l/∂a_n`,
where n is no index, it is part of the name.
"""

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from grader.claims.plain import PlainEquation
from grader.claims.true_class import without_true_class
from grader.errors import StudentError, Unreadable
from grader.expression import (
    SCALAR,
    Derivative,
    Expression,
    Index,
    Symbol,
    free_indices,
    free_ranges,
    walk,
)
from grader.notation import Names, latex
from grader.notation.latex_tokens import Token
from grader.notation.names import LATEX_FUNCTIONS, Definition, OwnFunction, called
from grader.notation.names import Key as Spelling
from grader.notation.statements import Equation
from grader.primitives.build import tabulate

DEFINITION_LIMIT = 200  # of one paper
SIZE_LIMIT = 500  # nodes of one definition, others inside it counted in full

Definitions = Mapping[Spelling, Definition]


class OwnName(NamedTuple):
    """One reading of an undeclared name: its spelling, and its index letters."""

    spelling: Spelling
    letters: tuple[str, ...] = ()


def introduced(equation: Equation | PlainEquation | None, names: Names) -> set[Spelling]:
    """The names on the left of an equation, which its right side does not define."""
    if not isinstance(equation, Equation) or not equation.left:
        return set()
    return {way.spelling for way in own_names(equation.left, names)}


def defined(
    equation: Equation | PlainEquation,
    left: Expression | None,
    names: Names,
    given: Collection[Spelling] = (),
) -> Definitions:
    """The definitions of an equation, if any; `left` is its left side if that was read.

    `∂l/∂h = δ` gives δ a meaning, unless δ is one of the names that the paper itself has `given` one.
    A name whose definition cannot be read is kept with the error: the usual meaning of
    such a name must not replace it.
    """
    if isinstance(equation, PlainEquation):
        return _assigned(equation, names)
    if len(equation.members) < 2 or not equation.members[0] or not equation.answer:
        return {}
    function = _function(equation.members[0], names)
    if function is not None:
        key, parameters = function
        own = OwnFunction(parameters, tuple(equation.answer))
        return {called(key): own, key: _at_its_parameters(own, equation, names) or own}
    if introduced(equation, names):
        return introduced_by(equation, names)
    redefined = _redefined(equation, left, names)
    if redefined:
        return redefined
    if left is None or free_indices(left):
        return {}
    whole = [way.spelling for way in own_names(equation.answer, names) if not way.letters]
    is_new = whole and whole[0] not in given and not _has_value(equation, names, left)
    return _kept(whole[0], left) if is_new else {}


def _at_its_parameters(own: OwnFunction, equation: Equation, names: Names) -> Expression | None:
    """The f of `f(x) = …` without an argument, if the problem declares the x; else None."""
    if not all(parameter in names.spellings for parameter in own.parameters):
        return None
    try:
        value = _over((), latex.parse_left(equation.answer, names, equation.source))
    except StudentError:
        return None
    return value if value is not None and _is_short(value) else None


def _has_value(equation: Equation, names: Names, left: Expression) -> bool:
    """Whether the answer has a meaning by custom, as an I."""
    try:
        latex.read_tokens(equation.answer, replace(names, shape=left.shape), equation.source)
    except StudentError:
        return False
    return True


def is_own(equation: Equation | PlainEquation | None, names: Names) -> bool:
    """Whether the left side of an equation is an undeclared name."""
    if isinstance(equation, PlainEquation):
        return equation.own_name(names) is not None
    return equation is not None and bool(equation.left) and (
        _function(equation.members[0], names) is not None
        or any(True for _ in own_names(equation.members[0], names))
    )  # fmt: skip


def naming_of(equation: Equation, names: Names, given: Collection[Spelling]) -> Equation | None:
    """`g = ∂l/∂h` for a chain `∂l/∂h = Wᵀ r = g` that ends in a new name; None for any other.

    A name that the paper itself has `given` a meaning, or that has one by custom, is an answer.
    """
    name = equation.answer[1:] if is_named_behind(equation) else equation.answer
    if len(equation.members) < (2 if is_named_behind(equation) else 3) or not name:
        return None
    ways = list(own_names(name, names))
    if (
        not ways
        or any(way.spelling in given for way in ways)
        or _is_readable(name, equation, names)
    ):
        return None
    first, value = equation.members[0], equation.members[-2]
    is_derivative = bool(first) and _is_readable(first, equation, names)
    return replace(equation, members=(name, first if is_derivative else value))


def is_named_behind(equation: Equation) -> bool:
    """Whether the last member begins with a colon, as `=: g` is cut."""
    return len(equation.members) > 1 and [t.text for t in equation.answer[:1]] == [":"]


def _is_readable(tokens: Sequence[Token], equation: Equation, names: Names) -> bool:
    try:
        latex.parse_left(tokens, names, equation.source)
    except StudentError:
        return False
    return True


def introduced_by(equation: Equation, names: Names) -> Definitions:
    """`name = … = value`, by the last member that can be read; nothing without a name on the left.

    The name is taken in the first way in which the value makes sense.
    """
    ways = list(own_names(equation.members[0], names))
    if not ways:
        return {}
    members = equation.members[1:]
    about = any(_is_about_the_model(member, names) for member in members)
    if not about and _is_kronecker(ways):
        return {}  # δ_ij = 1 if i = j: the usual meaning
    error: StudentError | None = None
    for member in reversed(members):
        try:
            body = latex.parse_left(member, names, equation.source)
        except StudentError as found:
            error = error or found
            continue
        for way in ways:
            value = without_true_class(body, _letters_in(ways), names)
            kept = _kept(way.spelling, _over(way.letters, value))
            if kept:
                return kept
        if _is_kronecker(ways) and free_indices(body) and free_indices(body) < {*ways[0].letters}:
            return {}  # t_j = δ_jc with the index c of the true class
    if not about:
        return {}
    name = equation.text(equation.members[0])
    reason = error.message if error is not None else "its letters do not fit, or it is too long"
    lost = Unreadable(f"the equation that defines `{name}` cannot be used: {reason}")
    return {way.spelling: lost for way in ways}


def _letters_in(ways: Sequence[OwnName]) -> set[str]:
    return {letter for way in ways for letter in way.letters}


def _is_about_the_model(tokens: Sequence[Token], names: Names) -> bool:
    """Whether tokens hold a name of the problem or of the student."""
    bases = names.bases()
    return any(token.text in bases for token in tokens)


def _is_kronecker(ways: Sequence[OwnName]) -> bool:
    base, sup, _ = ways[0].spelling
    return base in ("\\delta", "δ") and sup is None and len(ways[0].letters) == 2


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


def _redefined(equation: Equation, left: Expression | None, names: Names) -> Definitions:
    """A declared symbol that the student sets to a derivative of their own: `δ = 2 ∂l/∂h³`."""
    if not isinstance(left, Symbol) or names.symbols.get(left.name) != left:
        return {}
    try:
        value = _over((), latex.parse_left(equation.answer, names, equation.source))
    except StudentError:
        return {}
    if value is None or not any(isinstance(part, Derivative) for part in walk(value)):
        return {}
    spelled = (key for key, name in names.spellings.items() if name == left.name)
    return {key: value for key in spelled if _kept(key, value)}


def _kept(spelling: Spelling, value: Expression | None) -> Definitions:
    """A definition, unless it is so large that definitions of definitions would explode."""
    return {spelling: value} if value is not None and _is_short(value) else {}


def _is_short(value: Expression) -> bool:
    return sum(1 for _ in itertools.islice(walk(value), SIZE_LIMIT + 1)) <= SIZE_LIMIT


# Names


def own_names(tokens: Sequence[Token], names: Names) -> Iterator[OwnName]:
    """The ways to take a run of tokens as one undeclared name, the most usual first; none if it is not.

    `g`, `\\delta^{(2)}`, `u_i`, `\\delta_n`, `\\delta_{n,k}`; a function's name that stands without an
    argument is one too.
    """
    base, rest, mark = tokens[0], tokens[1:], ""
    if base.text == "d" and rest and ("d", None, None) not in names.spellings:
        base, rest, mark = rest[0], rest[1:], "d"  # dz^{[3]}, which the problem does not declare
    if base.kind not in ("letter", "accent", "command", "word") or len(tokens) > 12:
        return
    scripts = _scripts(rest)
    if scripts is None or (base.text == "e" and scripts[0]):
        return  # e^x is a power
    layer = latex.layer_of(scripts[0])
    whole = latex.layer_of(scripts[1])
    if whole is not None and len(whole) > 1 and (base.text, layer, whole) in names.spellings:
        return  # L_{MSE}, which is not L_M with two indices
    for subscript, letters in _ways(scripts[1]):
        if not _declared((base.text, layer, subscript), names):
            yield OwnName((mark + base.text, layer, subscript), letters)


def _function(
    tokens: Sequence[Token], names: Names
) -> tuple[Spelling, tuple[Spelling, ...]] | None:
    """`h_\\theta(x)` as an undeclared name and its parameters; None for anything else."""
    opened = next((at for at, token in enumerate(tokens) if token.text == "("), None)
    if not opened or tokens[-1].text != ")":
        return None
    inside = tokens[opened + 1 : -1]
    parameters = [token for token in inside[::2] if token.kind in ("letter", "accent", "command")]
    scripts, base = _scripts(tokens[1:opened]), tokens[0]
    is_list = len(inside) == 2 * len(parameters) - 1 and {t.text for t in inside[1::2]} <= {","}
    if scripts is None or not is_list or base.kind not in ("letter", "accent", "command", "word"):
        return None
    key = (base.text, latex.layer_of(scripts[0]), latex.layer_of(scripts[1]))
    known = base.text in names.function_bases or base.text[1:] in LATEX_FUNCTIONS
    if known or _declared(key, names) or base.text in names.calls:
        return None
    return key, tuple([(token.text, None, None) for token in parameters])


def _ways(sub: Sequence[Token] | None) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Splits of a subscript into a part of the name and index letters."""
    parts = [token.text for token in sub or () if token.text != ","]
    in_letters = [len(part) == 1 and part.isalpha() for part in parts]
    if parts and all(in_letters):
        yield None, tuple(parts)
    yield latex.layer_of(sub), ()
    for at in range(1, len(parts)):
        if all(in_letters[at:]):
            yield "".join(parts[:at]), tuple(parts[at:])


def _declared(spelling: Spelling, names: Names) -> bool:
    base, sup, sub = spelling
    nearby = (spelling, (base, sup, None), (base, None, None), (base, sub, None))
    known = [key for key in nearby if key in names.spellings]
    if any(
        key != (base, None, None)
        or _is_example(key, names, sup)
        or not (sup or _is_number(key, names, sub))
        for key in known
    ):
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


def _is_number(key: Spelling, names: Names, sub: str | None) -> bool:
    """Whether a subscript makes another name of a declared number, as in δ_r beside a threshold δ."""
    return (
        sub is not None
        and not sub.isdigit()
        and names.symbols[names.spellings[key]].shape == SCALAR
    )


def _is_example(key: Spelling, names: Names, sup: str | None) -> bool:
    """Whether a superscript is an index of a declared array, as in `z^{(k)}`."""
    is_letter = sup is not None and len(sup) == 1 and sup.isalpha()
    return is_letter and names.symbols[names.spellings[key]].shape != SCALAR


def _over(letters: Sequence[str], body: Expression) -> Expression | None:
    """The value of a definition, an array over its letters if it has any; None if they do not fit."""
    free = free_ranges(body)
    if not letters:
        return body if not free else None
    if body.shape != SCALAR or set(free) != set(letters) or len(letters) > 2:
        return None
    if any(free[letter].stop < free[letter].start for letter in letters):
        return None
    row = free[letters[0]]
    column = free[letters[1]] if len(letters) == 2 else Index("", 1, 1)
    return tabulate(body, row, column)
