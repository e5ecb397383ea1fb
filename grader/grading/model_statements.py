"""Statements of a paper about the model itself, such as `h^1 = z^1` or `σ'(z) = 1`.

An answer in terms of a quantity is judged with the quantity's true value. If the paper gives it another
value, the answer may be right or wrong only because of that: a human must look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.claims import Claim, PlainEquation
from grader.errors import StudentError
from grader.evaluation import Evaluator
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Matrix,
    Number,
    Symbol,
    children,
    free_indices,
    free_ranges,
    symbols_in,
    transform,
    walk,
)
from grader.key import QuestionKey
from grader.notation import Names, latex
from grader.notation.latex_tokens import Token
from grader.notation.statements import Equation
from grader.primitives.build import transpose
from grader.result import Kind, Message
from grader.submission import Place

TOLERANCE = 1e-8  # fixed, since statements are judged without their rounding noise
ARGUMENT = "argument"  # the name of t in a statement such as σ'(t) = 1


@dataclass(frozen=True, slots=True)
class Statement:
    """An equation about a symbol, a quantity, or the derivative of a function.

    `right` is None for a line of a listing whose value is not known.
    """

    left: Expression
    right: Expression | None
    place: Place

    @property
    def line(self) -> int:
        """Where it is in the paper."""
        return self.place.line


def contradiction(
    key: QuestionKey, node: Expression, entries: Sequence[Claim], names: Names, answer: Place
) -> Message | None:
    """The message about the first false statement about a name in a right answer.

    What cannot be read costs nothing, nor does what leaves the values of the answer as they are, nor the
    numbers of an example elsewhere.
    """
    for statement in _statements_about(node, entries, names):
        if _is_example(statement, answer):
            continue
        if not _holds(key, statement.left, statement.right, names) and _matters(
            key, node, statement
        ):
            text = (
                f"the values of the answer are right, but line {statement.line} of the paper "
                "contradicts the model about a name in the answer; a person will look at it"
            )
            return Message(Kind.ERROR, text, "stated-otherwise")
    return None


def _is_example(statement: Statement, answer: Place) -> bool:
    """Whether a statement gives a quantity or an entry a number, in another line than the answer.

    Of a derivative `σ'(z) = 1` is no example, but `σ'(z) = (1, 0)` is.
    """
    left, right, place = statement.left, statement.right, statement.place
    if right is None or symbols_in(right):
        return False
    numbers = {part.value for part in walk(right) if isinstance(part, Number)}
    if not isinstance(left, Symbol | Item) and not (isinstance(right, Matrix) and len(numbers) > 1):
        return False
    beside = (place.path, place.cell) == (answer.path, answer.cell)
    return not beside or abs(place.line - answer.line) > 1


def _matters(key: QuestionKey, node: Expression, statement: Statement) -> bool:
    """Whether an answer has other values with the stated value of a name in it.

    What cannot be put in, such as the value of an entry or of a function, may always matter.
    """
    left, right = statement.left, statement.right
    if not isinstance(left, Symbol) or right is None or left.shape != right.shape:
        return True
    if free_indices(right):
        return False
    try:
        one, other = key.evaluate(node), key.evaluate(_put_in(node, left.name, right))
    except (StudentError, ValueError):
        return True
    return not np.allclose(one, other, TOLERANCE, TOLERANCE)


def with_stated_values(
    key: QuestionKey, node: Expression, entries: Sequence[Claim], names: Names
) -> Iterator[tuple[Expression, Message]]:
    """A wrong answer with the false value that the paper gives a name in it, for each such name."""
    for statement in _statements_about(node, entries, names):
        left, right = statement.left, statement.right
        if not isinstance(left, Symbol) or right is None or free_indices(right):
            continue
        if _holds(key, left, right, names):
            continue
        text = (
            f"the answer is right only if {left.name} has the value in line {statement.line} of the "
            f"paper, but the problem uses {left.name} for something else; a person will look at it"
        )
        yield _put_in(node, left.name, right), Message(Kind.ERROR, text, "stated-otherwise")


def shorthand(node: Expression, entries: Sequence[Claim], names: Names) -> Message | None:
    """The message about a name that a wrong answer uses for one of its entries: `z = z_k` for short."""
    for statement in _statements_about(node, entries, names):
        left, right = statement.left, statement.right
        if isinstance(left, Symbol) and isinstance(right, Item) and right.base == left:
            text = (
                f"line {statement.line} of the paper lets {left.name} stand for one of its entries; a "
                "person will look at it"
            )
            return Message(Kind.ERROR, text, "stated-otherwise")
    return None


def _put_in(node: Expression, name: str, value: Expression) -> Expression:
    def change(part: Expression) -> Expression:
        is_it = isinstance(part, Symbol) and part.name == name and part.shape == value.shape
        return value if is_it else part

    return transform(node, change)


def _statements_about(
    node: Expression, entries: Sequence[Claim], names: Names
) -> Iterator[Statement]:
    """The statements about names and functions in an answer."""
    used = {_kind(part) for part in _valued(node)} - {None} if entries else set()
    for entry in entries:
        statement = _statement(entry, names.with_definitions(entry.definitions))
        if statement is not None and _kind(statement.left) in used:
            yield statement


def _valued(node: Expression) -> Iterator[Expression]:
    """The parts of an answer apart from its derivatives, whose values do not come from statements."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Derivative):
            yield part
            waiting += children(part)


def _kind(node: Expression) -> str | None:
    """The subject of a statement: the name of a quantity, or the derivative of a function."""
    base = node.base if isinstance(node, Item) else node
    if isinstance(base, Symbol):
        return base.name
    primed = isinstance(node, Apply) and node.function.endswith("'")
    return node.function if primed and isinstance(node, Apply) else None


def _statement(entry: Claim, names: Names) -> Statement | None:
    """An equation as a statement about a name of the problem or the derivative of a function."""
    equation = entry.equation
    if isinstance(equation, PlainEquation):
        return _plain_statement(entry, names)
    if not isinstance(equation, Equation) or not equation.left or not equation.answer:
        return None
    known = _with_argument(names, equation.left)
    try:
        left = latex.parse_left(equation.left, known, equation.source)
    except StudentError:
        return None
    if _kind(left) is None:
        return None
    try:
        right = latex.parse_left(equation.answer, known, equation.source)
    except StudentError:
        return None
    named = any(isinstance(part, Derivative) for part in walk(right))
    return None if named or _is_update(left, right) else Statement(left, right, entry.place())


def _is_update(left: Expression, right: Expression) -> bool:
    """Whether an equation is a step of gradient descent, `θ = θ - α g`, which says nothing of the name."""
    while isinstance(right, Apply) and right.function in ("add", "sub"):
        if left in right.args:
            return True
        right = right.args[0]
    return False


def _plain_statement(entry: Claim, names: Names) -> Statement | None:
    """A line without delimiters as a statement about a name of the problem; None if unreadable."""
    left = entry.left
    if not isinstance(left, Symbol | Item):
        return None
    try:
        right = entry.read(names).node
    except StudentError:
        return None
    named = any(isinstance(part, Derivative) for part in walk(right))
    return None if named or _is_update(left, right) else Statement(left, right, entry.place())


def _with_argument(names: Names, left: Sequence[Token]) -> Names:
    """The names, with the letter t of `σ'(t)` added if it is free."""
    letters = [token for token in left if token.kind == "letter"]
    called = [token.text for token in left[-3:]][::2] == ["(", ")"] and len(letters) == 1
    letter = letters[0].text if called else ""
    if not letter or (names.spelled(letter) and (letter, None, None) in names.spellings):
        return names
    symbols = {**names.symbols, ARGUMENT: Symbol(ARGUMENT, SCALAR)}
    return replace(
        names, symbols=symbols, spellings={**names.spellings, (letter, None, None): ARGUMENT}
    )


def _holds(key: QuestionKey, left: Expression, right: Expression | None, names: Names) -> bool:
    """Whether both sides have the same values on the draws; True if one has no value.

    Also True for the note on a shape `y = n \\times 1`, and for different shapes if the left side is a
    quantity of the model, repeated along an array.
    """
    if right is None or _is_size(right) or _is_labelled(left, names):
        return True
    if left.shape != right.shape and 1 in left.shape and right.shape == left.shape[::-1]:
        right = transpose(right)  # the layout of a vector does not matter
    indices = tuple(index for _, index in sorted(free_ranges(left, right).items()))
    count = key.draws.count
    argument = np.linspace(-3.0, 3.0, count + count % 2)[:count].reshape(count, 1, 1)
    values = {**key.draws.values, ARGUMENT: argument}
    try:
        with np.errstate(all="ignore"):
            one, other = (
                Evaluator(values, key.backprop.lower, indices)(side) for side in (left, right)
            )
        if left.shape != right.shape and SCALAR not in (left.shape, right.shape):
            return _kind(left) in names.depends
        known = np.isfinite(one) & np.isfinite(
            other
        )  # such as x = e^(log x), which holds for some x
        return bool((np.isclose(one, other, TOLERANCE, TOLERANCE) | ~known).all())
    except (StudentError, ValueError):
        return True


def _is_labelled(left: Expression, names: Names) -> bool:
    """Whether a letter of the left side is a label, as the o of `u_o` for the true word: no index."""
    labels = {sub for _, _, sub in names.spellings if sub is not None}
    return not labels.isdisjoint(free_indices(left))


def _is_size(node: Expression) -> bool:
    """Whether a value is a product of numbers, as a shape is written."""
    if isinstance(node, Apply) and node.function == "mul":
        return all(isinstance(part, Number) or _is_size(part) for part in node.args)
    return isinstance(node, Number) and bool(node.name)
