"""The key of a problem: every reference with its values on the draws and their rounding noise.

It is built once a problem; then answers are only evaluated and compared.
"""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from grader.backprop import Backprop
from grader.draws import Draws, generator, kinks, modelled, per_draw, sample
from grader.errors import AuthorError, Fault, GraderError, Nonsense, ShapeMismatch
from grader.evaluation import DISTURBANCE, ROUNDOFF, Disturbance, Evaluator, Memory, arranged
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Index,
    Item,
    Shape,
    Symbol,
    free_indices,
    shape_text,
    symbols_in,
)
from grader.primitives import TABLE, Array
from grader.primitives.build import transpose
from grader.problem import Problem, Python, Question, Scope, variants
from grader.python_reference import AuthoredError, computed, natural

Kept = TypeVar("Kept")

MOST_VARIANTS = 64  # keys of variants that are kept for one problem
SAMPLES = 3  # disturbed evaluations for one estimate of the rounding noise
COMPUTATIONS = 8  # the same for everything from the symbols on, once for a reference


@dataclass(frozen=True)
class QuestionKey:
    """The reference of one question on the draws of its scope.

    `expected` and `noise` are (draws, rows, columns); with index variables they hold the array over them.
    `reference` is None if the author's Python computes it.
    """

    question: Question
    reference: Expression | None
    draws: Draws
    backprop: Backprop
    expected: Array
    noise: Array
    diagnoses: bool = True  # whether mistakes are looked for in wrong answers
    _remembered: dict[object, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def cached(self, kind: "Callable[[QuestionKey], Kept]") -> "Kept":
        """The value of `kind(key)`, computed once. For packages of higher layers."""
        if kind not in self._remembered:
            self._remembered[kind] = kind(self)
        return self._remembered[kind]  # type: ignore[return-value]

    def explaining(self, diagnoses: bool) -> "QuestionKey":
        """The same key, whether it explains wrong answers or not; what is worked out serves both."""
        other = replace(self, diagnoses=diagnoses)
        object.__setattr__(other, "_remembered", self._remembered)  # frozen, and made anew
        return other

    @property
    def grid(self) -> Shape:
        """Rows and columns of `expected`."""
        return self.expected.shape[1], self.expected.shape[2]

    def evaluate(self, node: Expression, memory: Memory | None = None) -> Array:
        """An answer's values laid out like `expected`; its shape must fit. Raises TooLarge.

        With a `memory`, what several answers share is computed once.
        """
        return self.laid_out(node, self.draws.values, self.draws.count, memory=memory)

    def noise_of(self, node: Expression, value: Array) -> Array:
        """The rounding noise of a `value` from `evaluate`, estimated by disturbed evaluations."""
        count = self.draws.count * SAMPLES
        disturbed = self.laid_out(node, self.draws.repeated(SAMPLES), count, Disturbance())
        with np.errstate(invalid="ignore"):
            spread = np.abs(disturbed.reshape(SAMPLES, *value.shape) - value).max(axis=0)
        return np.asarray(spread * (ROUNDOFF / DISTURBANCE))

    @cached_property
    def computed_noise(self) -> Array:
        """The rounding noise of `expected` if all of it is computed from the symbols, as in code.

        The symbols are rounded too, unless they have few bits: that is done to compute in float32.
        """
        if self.reference is None:
            return self.noise
        scope, lower, disturb = self.question.scope, self.backprop.lower, Disturbance()
        count = self.draws.count * COMPUTATIONS
        drawn = self.draws.repeated(COMPUTATIONS)
        symbols = {name: _rounded(drawn[name], disturb) for name in scope.symbols}
        values = modelled(scope, symbols, count, lower, disturb).values
        disturbed = self.laid_out(self.reference, values, count, disturb)
        with np.errstate(invalid="ignore"):
            spread = np.abs(disturbed.reshape(COMPUTATIONS, *self.expected.shape) - self.expected)
        return np.asarray(np.maximum(spread.max(axis=0) * (ROUNDOFF / DISTURBANCE), self.noise))

    @property
    def axes(self) -> tuple[int, ...]:
        """The sizes of the whole array as people lay it out: an axis for each index variable."""
        free = self.question.free
        if self.reference is None or not free:
            return self.grid
        body = tuple(size for size in self._body if size != 1)
        return (*(index.size for index in free), *body)

    def laid_out(
        self,
        node: Expression,
        values: Mapping[str, Array],
        count: int,
        disturb: Disturbance | None = None,
        memory: Memory | None = None,
    ) -> Array:
        """An expression's values on other draws, (count, rows, columns), laid out like `expected`.

        Raises TooLarge.
        """
        free = self.question.free if self.is_indexed(node) else ()
        with np.errstate(all="ignore"):
            value = Evaluator(values, self.backprop.lower, free, disturb, memory)(node)
        shape = (count, *self.grid)
        if value.shape == shape:
            return value
        return arranged(value, free, node, count).reshape(shape)

    def one_sided(self, kinked: Collection[Apply]) -> bool:
        """Whether a condition in an answer is the same on all draws, so that one case is never tested.

        The draws cover the kinks of the model itself.
        """
        for node in kinked:
            kink = TABLE[node.function].kink
            if kink is not None and self._is_one_sided(kink(node)):
                return True
        return False

    def _is_one_sided(self, kink: Expression) -> bool:
        names = symbols_in(kink)
        base = kink.base if isinstance(kink, Item) else kink
        if not names or (isinstance(base, Symbol) and base.name in self.covered):
            return False
        with np.errstate(all="ignore"):
            signs = np.sign(per_draw(kink, self.draws, self.backprop.lower))
        return bool((signs == signs[0]).all(axis=0).any())

    @cached_property
    def covered(self) -> frozenset[str]:
        """The symbols and quantities at whose zeros the model or the reference has a kink."""
        definitions = (q.definition for q in self.question.scope.model.values())
        nodes = [node for node in (*definitions, self.reference) if node is not None]
        return frozenset(kink.name for kink in kinks(nodes) if isinstance(kink, Symbol))

    def is_indexed(self, node: Expression) -> bool:
        """Whether an answer is one formula in the question's index variables."""
        return bool(self.question.free) and node.shape == self._body

    @cached_property
    def _body(self) -> Shape:
        """The shape of a formula in the index variables: a scalar, unless the question wants arrays."""
        indexed = self.reference is not None and free_indices(self.reference)
        return self.reference.shape if self.reference is not None and indexed else SCALAR

    def check_shape(self, node: Expression, used: Collection[str]) -> None:
        """Raise ShapeMismatch unless the shape of an answer is right; it uses the index variables `used`.

        A row may be given for a column and the reverse. One formula in the index variables is an answer
        for the whole array.
        """
        if self.is_indexed(node):
            return
        if used:
            raise self._unreduced(node, used)
        if not fits(node.shape, self.grid):
            raise ShapeMismatch(
                f"the answer is {shape_text(node.shape)}, the question asks for "
                f"{shape_text(self.grid)}"
            )

    def _unreduced(self, node: Expression, used: Collection[str]) -> ShapeMismatch:
        indices = ", ".join(index.name for index in self.question.free)
        return ShapeMismatch(
            f"the answer uses the index {', '.join(sorted(used))}, so it should be one entry, but it "
            f"is {shape_text(node.shape)}",
            span=node.span,
            hint=f"an array in it has no index: write an index ({indices}) at every array",
        )


def _rounded(array: Array, disturb: Disturbance) -> Array:
    """Values of a symbol with other roundings, except those that float32 holds exactly."""
    with np.errstate(over="ignore"):
        exact = array == array.astype(np.float32)
    return np.where(exact, array, array * disturb.factors(array.shape))


def fits(shape: Shape, grid: Shape) -> bool:
    """Whether an answer has the expected shape; a vector may be a row or a column."""
    return shape == grid or (1 in grid and shape == grid[::-1])


@dataclass(frozen=True)
class Key:
    """The references of a problem. `seen` keeps the results of answers by their text."""

    problem: Problem
    questions: Mapping[str, QuestionKey]
    seen: dict[object, object] = field(default_factory=dict, repr=False, compare=False)
    variants: dict[object, "Key"] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, question_id: str) -> QuestionKey:
        """The key of one question. Raises KeyError."""
        return self.questions[question_id]

    def of(self, student: str) -> "Key":
        """The key of one student's variant; this key if nothing varies."""
        if self.problem.source is None:
            return self
        choices = variants.chosen(self.problem, student)
        if choices not in self.variants:
            while len(self.variants) >= MOST_VARIANTS:
                del self.variants[next(iter(self.variants))]
            self.variants[choices] = build(variants.made(self.problem, choices))
        return self.variants[choices]

    def drawn_for(self, student: str, count: int = 1) -> "Key":
        """The student's key on `count` published draws of their own."""
        problem = variants.for_student(self.problem, student)
        name = unicodedata.normalize("NFC", student)  # file systems encode accents differently
        return _KeyBuild(problem, count, ("student", name)).key()


def build(problem: Problem) -> Key:
    """Derive and evaluate every reference. Raises AuthorError if one fails."""
    return _KeyBuild(problem, problem.draws, ()).key()


class _KeyBuild:
    """Builds a key; `entropy` makes the draws of a student differ from those of grading."""

    def __init__(self, problem: Problem, count: int, entropy: tuple[str, ...]) -> None:
        self.problem = problem
        self.count = count
        self.entropy = entropy
        self.file = problem.path.name

    def key(self) -> Key:
        scopes: dict[object, list[Question]] = {}
        for question in self.problem.questions:
            scopes.setdefault(question.scope.key, []).append(question)
        keys = {}
        for at, questions in enumerate(scopes.values()):
            keys.update(self._of_scope(questions, str(at)))
        return Key(self.problem, {q.id: keys[q.id] for q in self.problem.questions})

    def _of_scope(self, questions: Sequence[Question], name: str) -> dict[str, QuestionKey]:
        scope = questions[0].scope
        backprop = Backprop(scope.model)
        references = {q.id: self._reference(q, backprop) for q in questions}
        draws = self._draws(scope, [r for r in references.values() if r], backprop, name)
        return {q.id: self._evaluated(q, references[q.id], draws, backprop) for q in questions}

    def _draws(
        self, scope: Scope, references: list[Expression], backprop: Backprop, name: str
    ) -> Draws:
        rng = generator(self.problem.seed, self.problem.id, name, *self.entropy)
        try:
            return sample(scope, references, self.count, rng, backprop.lower, self.file)
        except Nonsense as error:
            raise AuthorError([Fault(self.file, 0, 0, "questions", str(error))]) from error

    def _reference(self, question: Question, backprop: Backprop) -> Expression | None:
        if isinstance(question.reference, Python):
            return None
        if question.reference is not None:
            return question.reference
        assert question.of is not None
        assert question.wrt is not None
        try:
            return in_layout(question, backprop.derivative(question.of, question.wrt))
        except GraderError as error:
            raise self._fault(question, str(error)) from error

    def _fault(self, question: Question, reason: str) -> AuthorError:
        return AuthorError([Fault(self.file, 0, 0, f"question {question.id}", reason)])

    def _evaluated(
        self, question: Question, node: Expression | None, draws: Draws, backprop: Backprop
    ) -> QuestionKey:
        if node is None:
            expected = self._by_python(question, draws)
            noise = np.abs(expected) * ROUNDOFF * 16
            return QuestionKey(question, None, draws, backprop, expected, noise)
        shape = (draws.count, *target_grid(question.free, node.shape))
        blank = QuestionKey(question, node, draws, backprop, np.zeros(shape), np.zeros(shape))
        try:
            expected = blank.evaluate(node)
            noise = blank.noise_of(node, expected)
        except GraderError as error:
            raise self._fault(question, str(error)) from error
        return QuestionKey(question, node, draws, backprop, expected, noise)

    def _by_python(self, question: Question, draws: Draws) -> Array:
        assert isinstance(question.reference, Python)
        try:
            return computed(question.reference, draws)
        except AuthoredError as error:
            raise self._fault(question, str(error)) from error


def in_layout(question: Question, derivative: Expression) -> Expression:
    """A derivative in the layout that the author asks for. A second call undoes the first.

    A gradient comes in the shape of what is differentiated by, a Jacobian with a row for each entry of
    what is differentiated. `layout: numerator` transposes gradients, `gradient` transposes Jacobians.
    Entries over index variables have no layout.
    """
    layout, of = question.rules.layout, question.of
    if question.free or of is None or layout in (None, "either"):
        return derivative
    flipped = layout == ("numerator" if of.shape == SCALAR else "gradient")
    return transpose(derivative) if flipped else derivative


def target_grid(free: tuple[Index, ...], shape: Shape) -> Shape:
    """Rows and columns of the array over index variables whose entries have a shape."""
    axes = [size for size in (*(index.size for index in free), *shape) if size != 1]
    if shape != SCALAR and not free:
        return shape
    rows = axes[0] if axes else 1
    return rows, int(np.prod(axes[1:], dtype=np.intp)) if len(axes) > 1 else 1


def published_values(key: Key) -> dict[str, Array]:
    """The symbols of a student's draws as they are published, by name.

    A scalar is a number, a vector has one axis; several draws are the first axis. The names of symbols
    that only one question has begin with its id.
    """
    values: dict[str, Array] = {}
    shared = key.problem.scope
    for question in key.questions.values():
        scope = question.question.scope
        for name, symbol in scope.symbols.items():
            own = shared.symbols.get(name) != symbol
            label = f"{question.question.id}_{name}" if own else name
            arrays = [np.asarray(natural(array)) for array in question.draws.values[name]]
            values.setdefault(label, arrays[0] if len(arrays) == 1 else np.stack(arrays))
    return values
