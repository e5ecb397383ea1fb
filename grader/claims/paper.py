"""Finds the claims of a paper, each with the definitions that hold for it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from grader import lexicon
from grader.claims.claim import GOES_ON, Claim
from grader.claims.clauses import pieces_of
from grader.claims.definitions import (
    DEFINITION_LIMIT,
    Definitions,
    defined,
    introduced,
    is_named_behind,
    is_own,
    naming_of,
)
from grader.claims.given import given_otherwise
from grader.claims.left_sides import derivative_within, derivatives_called, read_left
from grader.claims.plain import (
    PlainEquation,
    is_infix,
    is_of_a_gradient,
    plain_equations,
    typeset_fractions,
)
from grader.claims.stances import Stance
from grader.claims.standing import PLAIN, standings
from grader.claims.statements import language_of_paper, statements
from grader.errors import StudentError, Unreadable
from grader.expression import Derivative, Expression, Item, Symbol
from grader.lexicon import Role, language_of
from grader.notation import Names, macros
from grader.notation.names import Definition
from grader.notation.names import Key as Spelling
from grader.notation.statements import Equation, equations
from grader.submission import Formula, Marker, Paper, Prose

# After such words, a formula without a left side may be an answer.
_ANNOUNCE = frozenset(
    {Role.EQUALS, Role.CONCLUDE, Role.ANSWER, Role.THAT_IS, Role.BELIEF, Role.GUESS}
)
_ENDING = 60  # characters
PASSES = 2  # the second reads uses of later definitions


def claims_of(paper: Paper, names: Names, base: int = 1, *, about: str = "") -> list[Claim]:
    """All equations of a paper in reading order, each with the definitions that hold for it.

    Of a name that is defined more than once the last definition before the equation counts; one
    that is only defined behind it counts below the same marker ("where …"). `base` is where NumPy-like text
    counts from; `about` is what the problem says of its names.
    """
    names = names.with_macros(macros.definitions(paper.macros))
    found: list[Claim] = []
    for place in _formulas(paper, names, about):
        found.extend(_cut(place, names, base))
    given: set[Spelling] = set().union(*(introduced(claim.equation, names) for claim in found))
    found = _with_changed_entries([_without_name(claim, names, given) for claim in found])
    given = given.union(*(introduced(claim.naming, names) for claim in found))
    later: dict[int, Definitions] = {}
    for _ in range(PASSES):
        found = _with_definitions(found, names, later, given)
        known, later = later, _known_at_the_end(found)
        if not any(is_own(claim.equation, names) for claim in found) or known == later:
            break
    found = [replace(e, definitions={**later[e.section], **e.definitions}) for e in found]
    return _with_meant(found, names)


def _without_name(claim: Claim, names: Names, given: Collection[Spelling]) -> Claim:
    """`∂l/∂h = Wᵀ r = g`: the chain without the new name at its end, which is a name for the result."""
    equation = claim.equation
    if not isinstance(equation, Equation):
        return claim
    naming = naming_of(equation, names, given)
    if naming is None and not is_named_behind(equation):
        return claim
    members = equation.members[:-1]
    if naming is None and len(members) == 1:
        members = (*members, ())  # `∂l/∂h =: δ` says nothing of either
    return replace(claim, equation=replace(equation, members=members), naming=naming)


def _with_changed_entries(found: Sequence[Claim]) -> list[Claim]:
    """Mark arrays with an claim that changes later, `dz[0] = 0`, for a human.

    Below another marker an claim is its own answer.
    """
    whole: dict[tuple[str, int], int] = {}
    changed: set[int] = set()
    for at, claim in enumerate(found):
        left = claim.equation.left if isinstance(claim.equation, PlainEquation) else None
        part = _PART.match(left) if left else None
        before = whole.get((part[1], claim.section)) if part else None
        if before is not None:
            changed |= {before, at}
        elif left:
            whole[left, claim.section] = at
    return [replace(e, changed=GOES_ON) if at in changed else e for at, e in enumerate(found)]


_PART = re.compile(r"(\w+)\s*\[")


def _known_at_the_end(found: Sequence[Claim]) -> dict[int, Definitions]:
    """The definitions up to the end of each section, since "where …" may follow an answer."""
    known: dict[int, Definitions] = {}
    for claim in reversed(found):
        known[claim.section] = {**known.get(claim.section, {}), **claim.definitions}
    return known


def _with_definitions(
    found: Sequence[Claim],
    names: Names,
    later: Mapping[int, Definitions],
    given: Collection[Spelling],
) -> list[Claim]:
    """The claims with their left sides and the definitions up to each; `later` are known besides."""
    definitions: Definitions = {}
    before: Claim | None = None
    result = []
    for claim in found:
        behind = later.get(claim.section, {})
        known = names.with_definitions({**behind, **definitions})
        if claim.equation is not None and len(definitions) < DEFINITION_LIMIT:
            left = read_left(claim.equation, known)
            meant = defined(claim.equation, left, known, {*given, *definitions})
            if claim.standing.kind is Stance.CONDITION:
                meant = {}
            elif claim.changed or claim.standing.is_doubted:
                meant = dict.fromkeys(meant, claim.is_changed())
            named = defined(claim.naming, None, known, given) if claim.naming else {}
            definitions = {**definitions, **meant, **named}
        left = _left_of(claim, names.with_definitions({**behind, **definitions}))
        if before is not None and _continues(claim, before):
            left = before.left
        defines = left is not None and is_own(claim.equation, names)
        if defines or not isinstance(left, Derivative | Symbol | Item):
            within = derivative_within(claim.equation, known)
            left, defines = within or left, defines and within is None
        before = replace(claim, left=left, defines=defines, definitions=definitions)
        result.append(before)
    return result


def _with_meant(found: Sequence[Claim], names: Names) -> list[Claim]:
    """The claims, those about a name that another one calls a derivative with what it means."""
    called: dict[Spelling, Definition] = {}
    calling: set[int] = set()
    for at, claim in enumerate(found):
        for equation in (claim.equation, claim.naming):
            for spelling, value in derivatives_called(equation, names):
                calling.add(at)
                same = called.setdefault(spelling, value) == value
                called[spelling] = value if same else _TWO_MEANINGS
    if not called:
        return list(found)
    known, result = names.with_definitions(called), []
    for at, claim in enumerate(found):
        is_about = claim.derivative is None and at not in calling
        left = read_left(claim.equation, known) if is_about and claim.equation else None
        result.append(replace(claim, meant=left) if isinstance(left, Derivative) else claim)
    return result


_TWO_MEANINGS = Unreadable("this name is that of several derivatives")


def _continues(claim: Claim, before: Claim) -> bool:
    """Whether an equation that begins with `=` goes on with the chain before it."""
    equation = claim.equation
    return equation is not None and equation.left is not None and not equation.left and (
        claim.section == before.section
    )  # fmt: skip


def _formulas(paper: Paper, names: Names, about: str) -> Iterator[Claim]:
    """The formulas of a paper, each as a claim with its place."""
    labels: tuple[str, ...] = ()
    announced = False
    section = heading = 0
    titled = 0  # the line of the last heading
    language = language_of_paper(paper.items)
    items = statements(paper.items, language)
    standing = standings(items, language)
    for at, item in enumerate(items):
        if not isinstance(item, Marker) and item.heading and item.place.line != titled:
            heading, titled = heading + 1, item.place.line
        match item:
            case Marker():
                labels, announced, section = item.labels, True, section + 1
                heading += 1
            case Prose():
                announced = _announces(item, items[at - 1] if at else None, language)
            case Formula():
                here = item.display or (announced and not _leads_on(items[at : at + 2]))
                how = standing.get(at, PLAIN)
                otherwise = given_otherwise(how, item.text, names, about) if how.given else ""
                yield Claim(
                    labels,
                    item,
                    None,
                    announced=here,
                    changed=how.changes or otherwise,
                    standing=how,
                    section=section,
                    heading=heading,
                )
                announced = False


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


def _cut(place: Claim, names: Names, base: int) -> Iterator[Claim]:
    """The equations of one formula; `place` is an claim without any."""
    for equation in _equations(place.formula, names, base):
        if isinstance(equation, StudentError):
            yield replace(place, error=equation)
        elif place.announced or equation.left is not None:
            going_on = isinstance(equation, PlainEquation) and equation.accumulates
            said = f"{equation.before} {equation.behind}"
            changed = GOES_ON if going_on else place.changed or _changed_by(said)
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


def _left_of(claim: Claim, names: Names) -> Expression | None:
    return None if claim.equation is None else read_left(claim.equation, names)
