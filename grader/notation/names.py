"""Names in every notation: those that a problem declares, and those that a student defines.

One `Names` belongs to one question (or to a model while it is being read). It decides what `W^2` is: the
layer 2 of W if that was declared, else a power.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from grader.errors import StudentError, Unreadable
from grader.expression import Expression, Index, Item, Shape, Symbol
from grader.notation.macros import Macro
from grader.notation.signs import FONTS as FONTS
from grader.notation.signs import GREEK as GREEK
from grader.primitives import registry

Key = tuple[str, str | None, str | None]


class OwnFunction(NamedTuple):
    """A function that a student defines: `h_\\theta(x) = g(\\theta^T x)`, with the tokens of its body."""

    parameters: tuple[Key, ...]
    body: tuple[Any, ...]  # a lexer, which needs these names, makes the tokens


Definition = Expression | OwnFunction | StudentError  # the error if a definition cannot be read


# Every spelling of a function in the table; in LaTeX without its backslash.
INFIX_FUNCTIONS = registry.INFIX
LATEX_FUNCTIONS = registry.LATEX
LATEX_FUNCTIONS.update(clip="clip", clamp="clip")  # min and max, without a row in the table


@dataclass(frozen=True, slots=True)
class Function:
    """A function with a name in the problem: `sigma` is relu."""

    name: str
    primitive: str
    latex: tuple[str, ...] = ()
    extra: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The symbol table.

    `symbols` are the declared symbols and model quantities by infix name; `spellings` maps a LaTeX
    name, split into (base, superscript, subscript), to an infix name. `calls` are bases that may
    have an argument list without a meaning, such as `l(\\theta)`. `loss` is what `dW` differentiates;
    `matrices` are the symbols declared with two axes, whose entries take two indices.
    `definitions` and `macros` are the student's own; `depends` names the symbols that each model
    quantity is computed from. `one_hot` are the vectors drawn with a single 1. `shape` is that of the left
    side of what is read, if it is known. `entries` caches entries by their text.
    """

    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    dimensions: Mapping[str, int] = field(default_factory=dict)
    indices: Mapping[str, Index] = field(default_factory=dict)
    spellings: Mapping[Key, str] = field(default_factory=dict)
    function_bases: Mapping[str, Function] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()
    loss: Symbol | None = None
    matrices: frozenset[str] = frozenset()
    definitions: Mapping[Key, Definition] = field(default_factory=dict)
    latex: Mapping[str, str] = field(default_factory=dict)
    macros: Mapping[str, Macro] = field(default_factory=dict)
    depends: Mapping[str, frozenset[str]] = field(default_factory=dict)
    one_hot: tuple[str, ...] = ()
    base: int = 1
    shape: Shape | None = None
    entries: dict[str, Item] = field(default_factory=dict, compare=False, repr=False)

    def with_indices(self, indices: Iterable[Index], aliases: Mapping[str, Index]) -> "Names":
        """These names, with the free index variables and the student's names for them."""
        known = {index.name: index for index in indices}
        return replace(self, indices={**known, **aliases})

    def with_definitions(self, definitions: Mapping[Key, Definition]) -> "Names":
        """These names, with a student's definitions."""
        same = definitions == self.definitions
        return self if same else replace(self, definitions=definitions)

    def own(self, key: Key) -> Expression | None:
        """A student's definition; None if there is none. Raises StudentError if it cannot be read."""
        found = self.definitions.get(key)
        if isinstance(found, StudentError):
            raise Unreadable(found.message)
        return None if isinstance(found, OwnFunction) else found

    def own_function(self, key: Key) -> OwnFunction | None:
        """The function that a student defined under a name; its name alone has no meaning."""
        found = self.definitions.get(called(key))
        return found if isinstance(found, OwnFunction) else None

    def with_macros(self, macros: Mapping[str, Macro]) -> "Names":
        """These names, with a student's own commands."""
        return self if macros == self.macros else replace(self, macros=macros)

    def based(self, base: int) -> "Names":
        """These names, for a text whose indices count from `base`."""
        return self if base == self.base else replace(self, base=base, entries={})

    def known(self) -> list[str]:
        """All infix names, for "did you mean"."""
        return [*self.symbols, *self.functions, *self.dimensions, *self.indices, *INFIX_FUNCTIONS]

    def function_names(self) -> dict[str, str]:
        """The problem's names of primitives: relu is `sigma`."""
        return {function.primitive: function.name for function in self.functions.values()}

    def function_latex(self) -> dict[str, str]:
        """The problem's LaTeX for primitives."""
        functions = self.functions.values()
        return {function.primitive: function.latex[0] for function in functions if function.latex}

    def knows(self, key: Key) -> bool:
        """Whether a name is declared, or the student's own."""
        return key in self.spellings or key in self.definitions

    def bases(self) -> set[str]:
        """The letters, words and commands of all names, declared and the student's own."""
        return {base for base, _, _ in (*self.spellings, *self.definitions)}

    def spelled(self, base: str) -> "list[tuple[str | None, str | None]]":
        """The (superscript, subscript) pairs declared for a base letter."""
        return [(sup, sub) for known, sup, sub in self.spellings if known == base]


def called(key: Key) -> Key:
    """The key of a name with an argument list: h of `h(x)`, which is not the h of `h`."""
    return (f"{key[0]}(", *key[1:])


_DIGITS_AT_END = re.compile(r"([^\W\d_]+?)_?(\d+)$")


def default_latex(name: str) -> tuple[str, ...]:
    """Default spellings of a name: n2 is `n_2`, W1 is `W^1`, delta is `\\delta`."""
    digits = _DIGITS_AT_END.match(name)
    stem, number = digits.groups() if digits else (name, None)
    base = f"\\{stem}" if stem in GREEK else stem
    if number is None:
        return (base,)
    return (f"{base}^{{{number}}}",)
