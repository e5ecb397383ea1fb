"""Names of the problem to which words beside an answer give another value or meaning.

`with $N = 3$` where N is 5, `where $N$ is the number of features` where the problem counts examples,
`where $x$ is a vector of ones`: the answer may be right, but not of what its author says.
"""

import contextlib
import re

from grader.claims.standing import FormulaStanding, Given
from grader.errors import StudentError
from grader.expression import Apply, Expression, Item, Number, Symbol
from grader.lexicon import Role, find
from grader.notation import Names, latex
from grader.notation.statements import equations

_ANOTHER = frozenset({
    *(Role.CONSTANT, Role.OPERATION, Role.OPERATION_ON, Role.NOT, Role.AMENDS, Role.INSTEAD)
})  # fmt: skip
_COUNTED = frozenset({Role.EXAMPLES, Role.FEATURES, Role.CLASSES, Role.UNITS})


def given_otherwise(standing: FormulaStanding, text: str, names: Names, about: str) -> str:
    """The words that give a name in the formula `text` another meaning; "" if none do.

    `about` is what the problem says of its names.
    """
    for given in standing.given:
        name = given.text.partition("=")[0].strip()
        if name and _is_another(given, name, names, about, is_in=name in text):
            return f"{given.text} {given.words}".strip()
    return ""


def _is_another(given: Given, name: str, names: Names, about: str, *, is_in: bool) -> bool:
    """Whether words give a name another value or meaning; `is_in` means that the answer has the name."""
    members = _members(given.text, names)
    if not members or Role.ALSO in given.roles:  # `for $s = 0$ too`
        return False
    numbers = {member.value for member in members if isinstance(member, Number)}
    if len(members) > 1 and isinstance(members[0], Symbol):
        return bool(numbers)  # what the answer is made of may depend on it
    if not is_in:
        return False
    if len(members) > 1:
        return len(numbers) > 1 or (bool(numbers) and _is_declared(members[0]))
    if _is_declared(members[0]):
        return not _ANOTHER.isdisjoint(given.roles - _same(members[0], given.roles))
    meant, counted = given.roles & _COUNTED, _counted(name, about)
    return bool(meant and counted) and not meant & counted


def _same(name: Expression, roles: frozenset[Role]) -> frozenset[Role]:
    """The roles that say nothing new of a transposed name: `where $W^T$ is the transpose of $W$`."""
    is_said = isinstance(name, Apply) and Role.TRANSPOSE in roles
    return frozenset({Role.OPERATION, Role.OPERATION_ON}) if is_said else frozenset()


def _members(text: str, names: Names) -> list[Expression]:
    """The sides of `N = 5`, or a name alone; empty if they cannot be read."""
    with contextlib.suppress(StudentError):
        (equation,) = equations(text, names)[:1]
        return [latex.parse_left(member, names, text) for member in equation.members]
    return []


def _is_declared(node: Expression) -> bool:
    if isinstance(node, Apply) and node.function == "transpose":
        node = node.args[0]
    return isinstance(node, Symbol | Item)


def _counted(name: str, about: str) -> frozenset[Role]:
    """What a size counts by the description of the problem."""
    near = re.findall(rf"[^.;,:]*\${re.escape(name)}(?![A-Za-z_^])[^.;,:]*", about)
    marks = [mark for text in near for mark in find(text, "en")]
    return frozenset().union(*(mark.roles for mark in marks)) & _COUNTED
