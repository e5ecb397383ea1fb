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

    `axes` is how many it was declared with: a column vector has one.
    """

    name: str
    shape: Shape
    latex: tuple[str, ...] = ()
    draw: Draw = Draw()
    axes: int = 2


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of the forward model.

    Either `definition` gives its value, or the quantity is a loss known only through `upstream`:
    its gradients with respect to earlier quantities.
    """

    name: str
    shape: Shape
    definition: Expression | None
    upstream: Mapping[str, Expression] = field(default_factory=dict)
    latex: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is asked in: symbols, model, and the names that answers may use."""

    symbols: Mapping[str, Declared]
    model: Mapping[str, Quantity]
    names: Names

    def named(self) -> "list[Declared | Quantity]":
        """Everything that has a name and a shape, in order."""
        return [*self.symbols.values(), *self.model.values()]

    @property
    def key(self) -> tuple[tuple[str, Shape, str], ...]:
        """What tells two scopes apart: the symbols with their shapes and distributions."""
        return tuple((s.name, s.shape, repr(s.draw)) for s in self.symbols.values())


@dataclass(frozen=True, slots=True)
class Python:
    """A reference computed by the author's own function in a file beside the YAML."""

    file: Path
    function: str


@dataclass(frozen=True, slots=True)
class KnownMistake:
    """A wrong answer that the author foresaw, known by its value or by the code of a mistake.

    `credit` is the part of the points that it earns.
    """

    message: str
    credit: float = 0.0
    code: str | None = None
    expression: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What an author wants of the answers to a question beyond their value.

    `accept` are further right answers; `forbid` and `require` names of symbols and quantities.
    `layout` is "gradient" (the shape of what is differentiated by), "numerator" (its transpose, a row
    for each entry of what is differentiated), "either", or None: gradient for a scalar, numerator for a
    Jacobian. `transposed` is what an answer in the other layout earns. `form` is "entries", "index"
    or "any". `steps_credit` is what a right set-up earns, `follow_through` what an answer earns that is
    right given the student's own answers to the questions in `follows`; both are parts of the points.
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
    """One thing asked.

    `of` and `wrt` are the derivative that is asked for, if it is one. `reference` overrides the
    generated one. `free` are the index variables that the answer may use, in the order in which
    they are declared; the target is an array over them. `names` are those an answer may use.
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

    `description` is Markdown for the handout, `handout` the handout itself where it lies beside the YAML:
    what stands in it is not the student's own. `source` is kept where something varies from student to
    student (see `variants`); `variant` says in words what was chosen for one of them.
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
        """The derivatives that may stand in an answer: those that questions ask for, and upstream ones."""
        wanted = {bases(q.of, q.wrt) for q in self.questions if q.of and q.wrt}
        model = self.scope.model.values()
        return frozenset(wanted | {(q.name, name) for q in model for name in q.upstream})

    def show(self) -> None:
        """Print what is asked, the names with their shapes and spellings, and how to answer."""
        from grader.problem.describe import describe

        print(describe(self))  # noqa: T201 - this is what `show` is for


def bases(of: Expression | None, wrt: Expression | None) -> tuple[str, str]:
    """The names of what is differentiated by what, entries left out; "" for an expression."""
    return base_name(of) or "", base_name(wrt) or ""
