"""What a program gets: the problem's symbols and quantities on one draw, as NumPy arrays.

NumPy code may write a vector with one axis, as a column or as a row, and labels as one-hot vectors or as
integers. Such a `Layout` is a convention of the whole program.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from grader.backprop import Backprop
from grader.draws import Draws
from grader.errors import GraderError
from grader.evaluation import Evaluator
from grader.expression import SCALAR, Symbol, symbols_in
from grader.primitives import Array
from grader.problem import Scope
from grader.program.code_names import TRAINING, UPSTREAM, CodeNames, Pair, plain
from grader.program.errors import Origin
from grader.program.memory import Memory
from grader.program.packing import Packed
from grader.program.values import Named, Unknown, inside

_NOTHING = Memory()
_NUMBERED = re.compile(r"[^\W\d]+_?(?P<number>\d+)\.(?P<inner>[^\W\d]+)")


class Layout(NamedTuple):
    """How vectors and labels are written, and upstream gradients if these differ from other vectors."""

    vectors: str = "flat"  # or "column", "row"
    labels: str = "one-hot"  # or "integers"
    upstream: str = ""

    def way(self, is_upstream: bool) -> str:
        """How vectors are written that are upstream gradients, or are not."""
        return (self.upstream if is_upstream else "") or self.vectors


USUAL = Layout()
_VECTORS = ("flat", "column", "row")


class Lines(NamedTuple):
    """The lines of a program that use no given array.

    In `free` ones it assigns, walks or opens something, in `data` ones it calls something, in `settings` it
    gives names numbers.
    """

    free: frozenset[int] = frozenset()
    data: frozenset[int] = frozenset()
    settings: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Inputs:
    """The symbols, quantities and gradients of one scope on all draws."""

    scope: Scope
    draws: Draws
    backprop: Backprop
    _gradients: dict[Pair, Array | None] = field(default_factory=dict, repr=False)

    @cached_property
    def names(self) -> CodeNames:
        """The names of the scope as programs spell them."""
        return CodeNames(self.scope)

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """All layouts that differ for this scope, the usual one first."""
        has_vector = any(map(_is_vector, self.names.shapes.values()))
        vectors = _VECTORS if has_vector else ("flat",)
        labels = ("one-hot", "integers") if self._one_hot else ("one-hot",)
        return tuple(itertools.starmap(Layout, itertools.product(vectors, labels)))

    @cached_property
    def mixed_layouts(self) -> tuple[Layout, ...]:
        """Those in which upstream gradients are written in another way than the rest."""
        if not any(_is_vector(self.names.shapes[name]) for name in self._upstream):
            return ()
        pairs = itertools.product(self.layouts, _VECTORS)
        return tuple([one._replace(upstream=way) for one, way in pairs if way != one.vectors])

    @cached_property
    def _upstream(self) -> frozenset[str]:
        """The symbols that are upstream gradients, and what these are the gradients of."""
        losses = [one for one in self.scope.model.values() if one.upstream]
        nodes = [node for one in losses for node in one.upstream.values()]
        return frozenset(symbols_in(*nodes)) | {name for one in losses for name in one.upstream}

    @cached_property
    def _one_hot(self) -> frozenset[str]:
        symbols = self.scope.symbols.values()
        return frozenset([one.name for one in symbols if one.draw.kind == "one_hot"])

    @cached_property
    def _whole(self) -> frozenset[str]:
        symbols = self.scope.symbols.values()
        return frozenset([one.name for one in symbols if one.draw.kind == "integers"])

    def value(self, name: str, draw: int, layout: Layout) -> object:
        """A declared name's value on one draw; a fresh array. Raises KeyError."""
        if name in self.scope.names.dimensions:
            return self.scope.names.dimensions[name]
        array = self.draws.values[name][draw]
        if name in self._one_hot and layout.labels == "integers":
            return _integers(array)
        is_upstream = name in self._upstream and name in self.scope.symbols
        value = written(array, layout.way(is_upstream))
        if name in self._whole:
            return int(value) if isinstance(value, float) else np.asarray(value).astype(np.int64)
        return value

    def gradient(self, pair: Pair, draw: int, layout: Layout) -> object:
        """A derivative's value on one draw; a fresh array. Raises KeyError."""
        if pair not in self._gradients:
            self._gradients[pair] = self._evaluated(pair)
        array = self._gradients[pair]
        if array is None:
            raise KeyError(pair)
        return written(array[draw], layout.way(pair[1] in self._upstream))

    def _evaluated(self, pair: Pair) -> Array | None:
        named = {one.name: Symbol(one.name, one.shape) for one in self.scope.named()}
        of, wrt = (named.get(name) for name in pair)
        if of is None or wrt is None:
            return None
        try:
            node = self.backprop.derivative(of, wrt)
            with np.errstate(all="ignore"):
                value = Evaluator(self.draws.values, self.backprop.lower)(node)
        except GraderError:
            return None
        return np.broadcast_to(value, (self.draws.count, *node.shape))

    @cached_property
    def loss(self) -> str | None:
        """What gradients differentiate if they do not say."""
        loss = self.scope.names.loss
        return None if loss is None else loss.name

    @cached_property
    def upstream(self) -> Pair | None:
        """The gradient that the problem gives, if it gives just one."""
        given = [(q.name, name) for q in self.scope.model.values() for name in q.upstream]
        return given[0] if len(given) == 1 else None


def _is_vector(shape: tuple[int, ...]) -> bool:
    return shape != SCALAR and shape[1] == 1


def written(array: Array, way: str) -> object:
    """A matrix (rows, columns) as programs have it: a number, a vector in some way, or a matrix."""
    if array.shape == SCALAR:
        return float(array[0, 0])
    if array.shape[1] != 1 or way == "column":
        return array.copy()
    return array.T.copy() if way == "row" else array[:, 0].copy()


def _integers(array: Array) -> object:
    """The labels of one-hot vectors: one for a vector, one for each row of a matrix."""
    if 1 in array.shape:
        return int(array.argmax())
    return array.argmax(axis=1)


@dataclass
class Given:
    """What a program gets on one draw, and what it does to it.

    A derivative that the program computes itself, one of the `defined` names, is not given. A pinned
    run keeps the given values of all given names. Data that the program loads or draws give way to
    those of the problem (in the lines `replaced`), and in the lines `settings` so do its numbers.
    `changes` are the values that it gave other names, by name and line, each the first one there;
    `gradients` the derivatives that it used without computing them so far, `reads` the declared names.
    In the lines `first_values` a constructor fills arrays before anything is learnt. `on_change` is
    called before each change of a symbol, with whether it is the first one in its line and with the
    memory that it changes in place.
    """

    inputs: Inputs
    draw: int
    layout: Layout = USUAL
    defined: frozenset[str] = frozenset()
    lines: Lines = Lines()
    settings: frozenset[int] = frozenset()
    packed: Packed = Packed()
    is_pinned: bool = False
    guessed: set[str] = field(default_factory=set)
    changes: dict[tuple[str, int], object] = field(default_factory=dict)
    gradients: set[Pair] = field(default_factory=set)
    replaced: set[int] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    first_values: set[int] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    on_change: Callable[[bool, Memory], None] = lambda is_first, memory: None
    _values: dict[str, object] = field(default_factory=dict)
    _pairs: dict[str, Pair] = field(default_factory=dict)
    _arrays: dict[int, tuple[str, np.ndarray]] = field(default_factory=dict)

    def value(self, name: str) -> object:
        """The value of a name that the program does not define. Raises KeyError."""
        if name not in self._values:
            found = self._values[name] = self._found(name)
            if isinstance(found, np.ndarray) and name not in self._pairs:
                self._arrays[id(found)] = name, found
        if (meaning := self.inputs.names.meaning(name)) is not None:
            self.reads.add(meaning.name)
        elif name in self._pairs:
            self.gradients.add(self._pairs[name])
        return self._values[name]

    def _found(self, name: str) -> object:
        meaning = self.inputs.names.meaning(name)
        if meaning is not None:
            if not meaning.is_exact:
                self.guessed.add(name)
            return self.inputs.value(meaning.name, self.draw, self.layout)
        derived = self.inputs.names.derivative(name)
        if derived is None or name in self.defined:
            raise KeyError(name)
        pair = (derived.pair[0] or self.inputs.loss or "", derived.pair[1])
        value = self.inputs.gradient(pair, self.draw, self.layout)
        self._pairs[name] = pair
        return value

    def argument(self, name: str) -> object:
        """The value of a parameter: also the upstream gradient by its usual names. Raises KeyError.

        `layer1.W` may be `W1`. Derivatives are those of training: a parameter says so to functions that do
        two things.
        """
        try:
            return self.value(name)
        except KeyError:
            if (match := _NUMBERED.fullmatch(name)) is not None:
                self.guessed.add(name)
                return self.value(match["inner"] + match["number"])
            if (mode := TRAINING.get(plain(name).lower())) is not None:
                return mode
            pair = self.inputs.upstream
            if pair is None or plain(name).lower() not in UPSTREAM:
                raise
            self.gradients.add(pair)
            return self.inputs.gradient(pair, self.draw, self.layout)

    def field(self, name: str) -> object:
        """The value of a field that nobody sets: a given name, or a container of such."""
        try:
            return self.argument(name)
        except KeyError:
            return Named(inside(self.argument, name), self.packed.order(name))

    def stored(self, name: str, value: object, line: int, path: str) -> object:
        """What a store to a given name keeps: data and random weights of the program give way.

        `grads['W1'] = …` says nothing of W1.
        """
        meaning = self.inputs.names.meaning(name)
        if meaning is None or self.inputs.names.derivative(path) is not None:
            return value
        try:
            mine = self.inputs.value(meaning.name, self.draw, self.layout)
        except KeyError:
            return value
        if isinstance(value, Named) and meaning.name in self.inputs.scope.names.dimensions:
            return mine  # a size that the caller gives
        if isinstance(value, Unknown):
            if self._is_data(value, line):
                self.replaced.add(line)
                self.lost.discard(meaning.name)
                self._values.pop(name, None)  # the program may have changed the array that it had
                return self.value(name)
            self._lost(meaning.name, value)
            return value
        if line in self.first_values and meaning.name in self.inputs.scope.symbols:
            self.replaced.add(line)
            return mine
        if type(value) is int and isinstance(mine, np.ndarray):
            return value  # a size, by the letter of an array
        if line in self.settings and meaning.name not in self.inputs.scope.model:
            return mine
        if agrees(value, mine):
            return value
        if self.is_pinned:
            return mine
        if not meaning.is_exact and shape_of(value) != shape_of(mine):
            return value  # a letter that is used for something else
        is_first = (meaning.name, line) not in self.changes
        self._changing(meaning.name, is_first)
        if is_first:
            self.changes[meaning.name, line] = copied(value)
        return value

    def touching(self, array: np.ndarray, line: int) -> None:
        """Note that a symbol's array is changed in place through another name."""
        held = self._arrays.get(id(array)) or self._arrays.get(id(array.base))
        if held is None or (array is not held[1] and array.base is not held[1]):
            return
        name, mine = held
        is_first = (name, line) not in self.changes
        self._changing(name, is_first, Memory([array]))
        if is_first:
            self.changes[name, line] = copied(mine)

    def spoiling(self, memory: Memory, unknown: Unknown) -> None:
        """Note the symbols that become unknown with the arrays of a memory.

        What updates the weights gets the gradients too: what these were before stays known.
        """
        for name, value in self._values.items():
            if isinstance(value, np.ndarray) and memory.is_shared(value):
                meaning = self.inputs.names.meaning(name)
                if meaning is not None:
                    self._lost(meaning.name, unknown, Memory([value]))

    def _is_data(self, value: Unknown, line: int) -> bool:
        """Whether data without a value are the program's own: drawn, or made without a given array."""
        if value.origin is Origin.OUTSIDE:
            return line in self.lines.free
        return value.origin is Origin.DRAWN or line in self.lines.data

    def _lost(self, name: str, unknown: Unknown, memory: Memory = _NOTHING) -> None:
        """Note that a name is unknown from now on.

        Where a limit ends a loop that updates the weights, this changes nothing that it has not changed.
        """
        if unknown.origin is not Origin.ENDED:
            changed = {one for one, _ in self.changes}
            self._changing(name, name not in self.lost and name not in changed, memory)
        self.lost.add(name)

    def _changing(self, name: str, is_first: bool, memory: Memory = _NOTHING) -> None:
        if name in self.inputs.scope.symbols:
            self.on_change(is_first, memory)


def shape_of(value: object) -> tuple[int, ...] | None:
    """The axes of a value of numbers; None if it is none."""
    try:
        return np.asarray(value, np.float64).shape
    except (TypeError, ValueError):
        return None


def copied(value: object) -> object:
    """A value that no later change of an array reaches."""
    return value.copy() if isinstance(value, np.ndarray) else value


def agrees(value: object, mine: object) -> bool:
    """Whether two values are the same up to rounding and axes of one entry."""
    try:
        left, right = np.asarray(value, np.float64), np.asarray(mine, np.float64)
    except (TypeError, ValueError):
        return False
    if left.size != right.size:
        return False
    if [n for n in left.shape if n != 1] != [n for n in right.shape if n != 1]:
        return False
    return bool(np.allclose(left.ravel(), right.ravel(), rtol=1e-9, atol=1e-12, equal_nan=True))
