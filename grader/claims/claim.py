"""One statement of a paper: its left side, its members, how it stands, and where."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from grader.claims import true_class
from grader.claims.definitions import Definitions
from grader.claims.plain import PlainEquation, read_member
from grader.claims.standing import PLAIN, FormulaStanding
from grader.errors import Span, StudentError, Unreadable
from grader.expression import Derivative, Expression
from grader.notation import USUAL, Conventions, Names, Reading, latex
from grader.notation.latex_tokens import Token
from grader.notation.statements import Equation
from grader.submission import Formula, Place

GOES_ON = "goes on from its earlier value"


def words_beside(words: str) -> str:
    """What is said of a formula beside words that may change it."""
    return f"the words “{words}” beside this formula may change its meaning"


@dataclass(frozen=True, slots=True)
class Claim:
    """One equation of a paper: the markers above it, its place, its left side if that is readable.

    `equation` is None if the formula could not be split into equations, and `error` says why.
    `announced` means that it comes right after a marker or a colon, so that it may be an answer without
    a left side. `standing` is how it stands by the words around it; `changed` are those words if it is not
    asserted as it is written.
    `section` numbers the markers of the paper, since two markers may have the same labels, `heading`
    also the headings without a number. `defines` means that the left side is a name of the student's.
    `definitions` are those that hold here, `naming` is the one at the end of the equation. `meant` is
    the derivative that the name on the left is called elsewhere: `δ = ∂l/∂z`, later `δ = p - y`.
    """

    labels: tuple[str, ...]
    formula: Formula
    equation: Equation | PlainEquation | None
    left: Expression | None = None
    error: StudentError | None = None
    announced: bool = False
    changed: str = ""
    standing: FormulaStanding = PLAIN
    section: int = 0
    heading: int = 0
    defines: bool = False
    definitions: Definitions = field(default_factory=dict)
    naming: Equation | None = None
    meant: Derivative | None = None

    @property
    def derivative(self) -> Derivative | None:
        """The left side, if it is a derivative; `δ = ∂l/∂z` gives a name and says nothing of it."""
        return self.left if isinstance(self.left, Derivative) and not self.defines else None

    def is_beside(self, other: "Claim") -> bool:
        """Whether both are in the same part of the paper, below the same heading or number."""
        return self.heading == other.heading or (bool(self.labels) and self.labels == other.labels)

    @property
    def explains(self) -> bool:
        """Whether the words of its formula make it a reason, which is never an answer."""
        return self.equation is not None and self.equation.reason

    @property
    def is_bare(self) -> bool:
        """Whether there is no left side, or a name of the student's."""
        return self.equation is not None and (self.equation.left is None or self.defines)

    @property
    def is_open(self) -> bool:
        """Whether the right side is missing."""
        return self.equation is not None and not self.equation.answer

    @property
    def is_broken(self) -> bool:
        """Whether a member has a bracket without its other end, so that no reading of it is sure."""
        members = self.equation.members if isinstance(self.equation, Equation) else ()
        texts = [[token.text for token in member] for member in members]
        return any(
            one.count(first) != one.count(last) for one in texts for first, last in ("()", "[]")
        )

    @property
    def text(self) -> str:
        """The equation as in the paper."""
        span = self.equation.span if self.equation is not None else None
        return self.formula.text[span.start : span.end] if span else self.formula.text

    @property
    def answer_span(self) -> Span:
        """The span of the answer in the text of the formula."""
        if isinstance(self.equation, PlainEquation):
            return self.equation.answer_span
        answer = self.equation.answer if self.equation else ()
        return Span(answer[0].start, answer[-1].end) if answer else Span(0, 1)

    def read(self, names: Names, conventions: Conventions = USUAL) -> Reading:
        """The reading of the answer under some conventions. Raises StudentError."""
        equation = self.equation
        if self.changed:
            raise self.is_changed()
        if equation is None:
            raise self.error or Unreadable("this formula cannot be read", self.formula.text)
        if isinstance(equation, PlainEquation):
            return equation.read(names, conventions)
        if self.left is not None:
            names = replace(names, shape=self.left.shape)
        try:
            return latex.read_tokens(equation.answer, names, equation.source, conventions)
        except Unreadable:
            reading = true_class.read(equation.answer, names, equation.source, conventions)
            if reading is not None:
                return reading
            if self.formula.notation == "latex":
                raise
            start, end = self.answer_span
            return read_member(
                equation.source[start:end], start, names, equation.source, conventions
            )

    def signs(self, *, left: bool) -> str:
        """One side of the equation as signs with spaces between and around them."""
        equation = self.equation
        side = (equation.left if left else equation.answer) if equation is not None else None
        return signs_of(side)

    def is_changed(self) -> Unreadable:
        """The error for a formula beside words that change its meaning."""
        message = words_beside(self.changed or self.standing.words)
        if self.changed == GOES_ON:
            message = "this name is changed from line to line, which cannot be followed"
        start, end = self.answer_span
        hint = "write it as one formula; a person will look at it"
        return Unreadable(message, self.formula.text, Span(start, end), hint=hint)

    def place(self, span: Span | None = None) -> Place:
        """The place of the equation, or of a part of it, in the file."""
        span = span or (self.equation.span if self.equation else Span(0, 1))
        before = self.formula.text[: span.start]
        lines = before.count("\n")
        start = self.formula.place
        column = len(before) - before.rfind("\n") if lines else start.column + len(before)
        return Place(start.path, start.line + lines, column, start.cell)


def signs_of(side: Sequence[Token] | str | None) -> str:
    """One side of an equation as signs with spaces between and around them.

    Braces are left out, since they make no difference.
    """
    if isinstance(side, str):
        signs = re.findall(r"\w+|[^\w\s]", side)
    else:
        signs = [token.text for token in side or () if token.text not in ("{", "}")]
    return f" {' '.join(signs)} "
