"""What the names of a program mean: symbols and quantities of a problem, and derivatives.

A program spells `W^1` as `W1`, `w1` or `W_1`, and the derivative of the loss by it as `dW1`, `dl_dW1`,
`grad_W1`, `W1_grad`, `grads["W1"]`, `self.dW1` or `W1.grad`.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from grader.problem import Scope
from grader.program.sizes import Sizes, sizes

Pair = tuple[str, str]
"""What is differentiated, and by what; the first is "" if the name does not say."""

_LOSSES = frozenset(
    {"l", "j", "e", "c", "loss", "cost", "error", "err", "obj", "objective", "f", "nll"}
)
_GRADIENT = (
    "grad|gradient|grads|gradients|nabla|delta|deltas|der|deriv|derivative|partial|del|g|d|bar|"
    "jac|jacobian"
)
_BEFORE = re.compile(rf"(?:{_GRADIENT})_?(?P<wrt>.+)", re.IGNORECASE)
_BEHIND = re.compile(rf"(?P<wrt>.+?)_?(?:{_GRADIENT})", re.IGNORECASE)
_QUOTIENT = re.compile(r"d_?(?P<of>\w+?)_?(?:by_?|over_?|wrt_?)?d_?(?P<wrt>\w+)", re.IGNORECASE)
_CONTAINER = re.compile(
    rf"(?:\w*_)?(?:{_GRADIENT})s?(?:_\w*)?|d_?(?:[a-z]|params?|parameters|weights?|theta)",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:{_GRADIENT})s?", re.IGNORECASE)
_STEPS = re.compile(r"\.(?P<field>\w+)|\[(?P<quote>['\"])(?P<key>[^'\"]*)(?P=quote)\]|\[[^\[\]]*\]")
# The gradient that comes from the layers above, as the courses call it.
UPSTREAM = frozenset(
    "dout doutput douts dy upstream upstreamgrad upstreamgradient gradoutput gradout outputgrad "
    "outputgradient dvalues dnext gradient gradients grad grads delta dlout dldout dloss d error".split()
)
# What says that a function is to do what it does in training.
TRAINING: Mapping[str, object] = {
    "mode": "train",
    **dict.fromkeys("train training istrain istraining trainflg trainmode".split(), True),
}
_WORD = re.compile(r"[^\W\d]\w*")
_MARKS = re.compile(r"[\\{}\[\]()^_,./\s]")


class Closeness(IntEnum):
    """How a program's name is spelled: in other letters, as in papers, as declared."""

    LETTERS = 0
    LATEX = 1
    SAME = 2


class Meaning(NamedTuple):
    """The declared name that a program's name stands for."""

    name: str
    closeness: Closeness

    @property
    def is_exact(self) -> bool:
        """Whether nothing but marks such as `_` differs from a declared spelling."""
        return self.closeness > Closeness.LETTERS


class Derived(NamedTuple):
    """The derivative that a name stands for, and how close its name is to what is declared."""

    pair: Pair
    closeness: Closeness

    @property
    def is_exact(self) -> bool:
        """Whether nothing but marks such as `_` differs from a declared spelling."""
        return self.closeness > Closeness.LETTERS


def is_gradient(path: str) -> bool:
    """Whether a name is that of some derivative: `grad_out`, `d_scores`, `delta2`, `self.dvalues`."""
    name = _parts(path)[-1]
    return any(pattern.fullmatch(name) for pattern in (_CONTAINER, _BEFORE, _BEHIND))


def plain(name: str) -> str:
    """A name without the marks that people leave out."""
    return _MARKS.sub("", name)


@dataclass(frozen=True)
class CodeNames:
    """The names of one scope as programs spell them."""

    scope: Scope
    _deriving: dict[ast.AST, bool] = field(default_factory=dict, repr=False, compare=False)
    _sizes: dict[ast.AST, Sizes] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The axes of all symbols and quantities: rows and columns."""
        return {one.name: one.shape for one in self.scope.named()}

    @cached_property
    def declared(self) -> frozenset[str]:
        """All symbols, quantities and sizes."""
        return frozenset(self.shapes) | frozenset(self.scope.names.dimensions)

    def spelled_in(self, text: str) -> frozenset[str]:
        """The words of a program that stand for declared names."""
        return frozenset([word for word in set(_WORD.findall(text)) if self.meaning(word)])

    @cached_property
    def _plain(self) -> dict[str, set[str]]:
        """The declared names without underscores."""
        found: dict[str, set[str]] = {}
        for name in self.declared:
            found.setdefault(plain(name), set()).add(name)
        return found

    @cached_property
    def _spellings(self) -> dict[str, set[str]]:
        """The declared names by their spellings without underscores."""
        found = {spelling: set(names) for spelling, names in self._plain.items()}
        for (base, sup, sub), name in self.scope.names.spellings.items():
            for text in _spoken(base):
                found.setdefault(plain(f"{text}{sup or ''}{sub or ''}"), set()).add(name)
        return found

    @cached_property
    def _small(self) -> dict[str, set[str]]:
        """The declared names by their spellings in small letters."""
        found: dict[str, set[str]] = {}
        for spelling, names in self._spellings.items():
            found.setdefault(spelling.lower(), set()).update(names)
        return found

    def meaning(self, name: str) -> Meaning | None:
        """The declared name that a name of a program stands for; None if it is none or ambiguous."""
        if name in self.declared:
            return Meaning(name, Closeness.SAME)
        text = plain(name)
        for closeness, found in (
            (Closeness.SAME, self._plain.get(text, ())),
            (Closeness.LATEX, self._spellings.get(text, ())),
            (Closeness.LETTERS, self._small.get(text.lower(), ())),
        ):
            if len(found) == 1:
                return Meaning(next(iter(found)), closeness)
        return None

    def derivative(self, path: str) -> Derived | None:
        """The derivative that a path such as `grads['W1']` or `dl_dW1` names; None if it names none."""
        if path in self.declared:
            return None
        return next(self._derivatives(path), None)

    def derives(self, function: ast.AST) -> bool:
        """Whether a function has, binds, stores or returns something with the name of a derivative."""
        if function not in self._deriving:
            self._deriving[function] = any(
                self.derivative(name) is not None or is_gradient(name) for name in _names(function)
            )
        return self._deriving[function]

    def sizes(self, function: ast.AST) -> Sizes:
        """The names in a function that are sizes, with the ones of the problem."""
        if function not in self._sizes:
            self._sizes[function] = sizes(function, self._shape)
        return self._sizes[function]

    def _shape(self, name: str) -> tuple[int, ...] | None:
        """The axes of a declared name, or of the derivative by one."""
        found, derived = self.meaning(name), self.derivative(name)
        declared = (
            found.name if found is not None else derived.pair[1] if derived is not None else ""
        )
        return self.shapes.get(declared)

    def _derivatives(self, path: str) -> Iterator[Derived]:
        root, *steps = _parts(path)
        name = steps[-1] if steps else root
        containers = [root, *steps[:-1]]
        if steps and _CONTAINER.fullmatch(name) and (found := self.meaning(containers[-1])):
            yield Derived(("", found.name), found.closeness)  # `W1.grad`
        if quotient := _QUOTIENT.fullmatch(name):
            of, wrt = self._of(quotient["of"]), self.meaning(quotient["wrt"])
            if of is not None and wrt is not None:
                yield Derived((of, wrt.name), wrt.closeness)
        for pattern in (_BEFORE, _BEHIND):
            match = None if _BARE.fullmatch(name) else pattern.fullmatch(name)
            if match and (found := self.meaning(match["wrt"])):
                yield Derived(("", found.name), found.closeness)
        is_kept = bool(steps) and any(_CONTAINER.fullmatch(one) for one in containers)
        if is_kept and (found := self.meaning(name)):
            yield Derived(("", found.name), found.closeness)  # `grads['W1']`

    def _of(self, text: str) -> str | None:
        """What a quotient differentiates: a declared name, "" for a loss, None if it is unknown."""
        found = self.meaning(text)
        if found is not None:
            return found.name
        return "" if plain(text).lower() in _LOSSES else None


def _parts(path: str) -> list[str]:
    """The root of a path, its fields and its keys: `self.grads['W1']` is self, grads, W1."""
    root = re.match(r"\w*", path)
    assert root is not None
    found = [match["field"] or match["key"] for match in _STEPS.finditer(path, root.end())]
    parts = [root[0], *[one for one in found if one]]
    return (
        parts[1:] if parts[0] in ("self", "cls", "model", "net", "layer") and parts[1:] else parts
    )


def _names(function: ast.AST) -> Iterator[str]:
    """The name of a function, and the names, fields and texts in it."""
    if isinstance(function, ast.FunctionDef):
        yield function.name
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                yield name


def _spoken(base: str) -> Iterator[str]:
    r"""How a base is spelled in code: `\hat{y}` as `yhat` and `haty`, `\delta` as `delta`."""
    words = re.findall(r"\w+", base)
    yield "".join(words)
    yield "".join(reversed(words))
