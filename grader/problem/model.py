"""A problem as the grader works with it: symbols, forward model, questions, all parsed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.expression import Expression, Index, Shape, base_name
from grader.notation import Names
from grader.problem.source import ProblemSource


@dataclass(frozen=True, slots=True)
class Draw:
    """How a symbol is drawn: a distribution and its parameters."""

    kind: str = "normal"
    params: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Declared:
    """A symbol: its name, shape, spellings in LaTeX (the first is printed), and how it is drawn.

    `axes` is the number of axes that it was declared with: a column vector has one.
    """

    name: str
    shape: Shape
    latex: tuple[str, ...] = ()
    draw: Draw = Draw()
    axes: int = 2


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of the forward model.

    `definition` gives its value. A loss without a formula has None, and `upstream` instead: its gradients
    by earlier quantities.
    """

    name: str
    shape: Shape
    definition: Expression | None
    upstream: Mapping[str, Expression] = field(default_factory=dict)
    latex: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question refers to: symbols, model, and the names that answers may use."""

    symbols: Mapping[str, Declared]
    model: Mapping[str, Quantity]
    names: Names

    def named(self) -> "list[Declared | Quantity]":
        """All symbols and quantities, in order."""
        return [*self.symbols.values(), *self.model.values()]

    @property
    def key(self) -> tuple[tuple[str, Shape, str], ...]:
        """The symbols with their shapes and distributions: scopes with the same key share draws."""
        return tuple((s.name, s.shape, repr(s.draw)) for s in self.symbols.values())


@dataclass(frozen=True, slots=True)
class Python:
    """A reference that the author's function computes, in a file beside the YAML."""

    file: Path
    function: str


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A wrong answer that the author foresaw, given by an expression or by the code of a mistake.

    `credit` is the part of the points that it earns, from 0 to 1.
    """

    message: str
    credit: float = 0.0
    code: str | None = None
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The author's rules for the answers to a question, beyond their value.

    `accept` are further right answers; `forbid` and `require` are names of symbols and quantities.
    `layout` is "gradient" (the shape of what is differentiated by), "numerator" (its transpose: a row for
    each entry of what is differentiated), "either", or None: gradient for a scalar, numerator for a
    Jacobian. `form` is "entries", "index" or "any".

    The others are parts of the points, from 0 to 1: `transposed` for an answer in the other layout,
    `steps_credit` for a right set-up, and `follow_through` for an answer that is right given the
    student's own answers to the questions in `follows`.
    """

    mistakes: tuple[KnownMistake, ...] = ()
    accept: tuple[Expression, ...] = ()
    forbid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    layout: str | None = None
    transposed: float = 0.0
    form: str = "any"
    steps_credit: float = 0.0
    follows: tuple[str, ...] = ()
    follow_through: float = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    It asks for the derivative of `of` by `wrt`, unless it has only a `reference`, which replaces the
    generated one. `free` are the index variables that the answer may use, in the order of their
    declaration; the reference is an array over them. `names` are the names that an answer may use.
    """

    id: str
    points: float
    scope: Scope
    of: Expression | None = None
    wrt: Expression | None = None
    free: tuple[Index, ...] = ()
    reference: Expression | Python | None = None
    prompt: str = ""
    labels: tuple[str, ...] = ()
    all_or_nothing: bool = False
    feedback: str = "hint"
    names: Names = Names()
    rules: Rules = Rules()


@dataclass(frozen=True)
class Problem:
    """One homework.

    `description` is Markdown for the handout. `handout` is the text of the `handout.md` beside the YAML,
    by which the author's words in a submission are recognised. A problem with variants keeps its
    `source`; the problem of one student has a `variant` that says in words what was chosen.
    """

    id: str
    title: str
    digest: str
    seed: int
    draws: int
    index_base: int
    scope: Scope
    questions: tuple[Question, ...]
    path: Path
    description: str = ""
    handout: str = field(default="", repr=False, compare=False)
    source: ProblemSource | None = field(default=None, repr=False, compare=False)
    variant: str = ""

    def __getitem__(self, question_id: str) -> Question:
        """One question. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    @cached_property
    def asked(self) -> frozenset[tuple[str, str]]:
        """The derivatives that an answer may use: those that questions ask for, and upstream gradients."""
        wanted = {bases(q.of, q.wrt) for q in self.questions if q.of and q.wrt}
        model = self.scope.model.values()
        return frozenset(wanted | {(q.name, name) for q in model for name in q.upstream})

    def show(self) -> None:
        """Print the questions, the names with their shapes and spellings, and how to write an answer."""
        from grader.problem.describe import describe

        print(describe(self))  # noqa: T201 - this is what `show` is for


def bases(of: Expression | None, wrt: Expression | None) -> tuple[str, str]:
    """The names of what is differentiated and by what, without indices; "" for an expression."""
    return base_name(of) or "", base_name(wrt) or ""
