"""The sizes that a function is given: those with which the arrays that it makes are the problem's.

`def __init__(self, n_in, n_out): self.W = np.random.randn(n_out, n_in)` says what `n_in` is, as the
shape of W is known.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

Shape = Callable[[str], tuple[int, ...] | None]
"""The axes of an array that a name stands for; None if it stands for none."""

_MAKERS: Mapping[str, int | None] = {
    **dict.fromkeys("zeros ones empty full random standard_normal random_sample".split(), 0),
    **dict.fromkeys("randn rand".split(), None),
    **dict.fromkeys("normal uniform".split(), 2),
}
"""Functions that make arrays: the place of the shape, None if all arguments are the shape."""


class Sizes(NamedTuple):
    """The names in a function that stand for one size each, and the lines of the arrays that say so."""

    names: Mapping[str, int]
    lines: frozenset[int]


def sizes(function: ast.AST, shape: Shape) -> Sizes:
    """The sizes in a function, as far as its arrays say what they are."""
    same = _Same()
    lines: set[int] = set()
    found: dict[str, set[int]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if (name := _name(target)) and (other := _name(node.value)):
                same.join(name, other)
        lengths = shape(_last(node.targets[0]))
        for name, length in _matched(_axes(node.value), lengths or ()):
            found.setdefault(name, set()).add(length)
            lines.add(node.lineno)
    groups: dict[str, set[int]] = {}
    for name, lengths_of in found.items():
        groups.setdefault(same.of(name), set()).update(lengths_of)
    known = {group: lengths.pop() for group, lengths in groups.items() if len(lengths) == 1}
    names = {one: known[same.of(one)] for one in same.names | {*found} if same.of(one) in known}
    return Sizes(names, frozenset(lines))


class _Same:
    """Names that are assigned to one another."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    @property
    def names(self) -> set[str]:
        """All that are assigned, or assigned to something."""
        return {*self._parent, *self._parent.values()}

    def of(self, name: str) -> str:
        """One name for all that are the same."""
        passed = []
        while name in self._parent:
            passed.append(name)
            name = self._parent[name]
        self._parent |= dict.fromkeys(passed, name)
        return name

    def join(self, name: str, other: str) -> None:
        """From now on two names are the same."""
        if (one := self.of(name)) != (two := self.of(other)):
            self._parent[one] = two


def _axes(value: ast.expr) -> list[ast.expr]:
    """The axes of the array that a value is made from, as expressions."""
    for call in ast.walk(value):
        if isinstance(call, ast.Call) and (maker := _last(call.func)) in _MAKERS:
            named = [one.value for one in call.keywords if one.arg in ("size", "shape")]
            place = _MAKERS[maker]
            given = call.args if place is None else call.args[place : place + 1]
            parts = named or given
            is_one = len(parts) == 1 and isinstance(parts[0], ast.Tuple | ast.List)
            return parts[0].elts if is_one else parts  # type: ignore[attr-defined]
    return []


def _matched(axes: list[ast.expr], lengths: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    """The names of the axes with their lengths; axes of one entry do not matter."""
    longer = [one for one in axes if not (isinstance(one, ast.Constant) and one.value == 1)]
    wanted = [length for length in lengths if length != 1]
    if len(longer) == len(wanted):
        for one, length in zip(longer, wanted, strict=True):
            if name := _name(one):
                yield name, length


def _name(node: ast.expr) -> str | None:
    """A name, or a field of `self`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return f"self.{name}"
    return None


def _last(node: ast.expr) -> str:
    """The last name of a path such as `self.params['W1']`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""
