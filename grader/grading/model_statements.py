"""What a paper says about the model itself: `h^1 = z^1`, `σ'(z) = 1`.

An answer in terms of a quantity is judged with the quantity's true value. If the paper says that it is
something else, the answer may be right only by that: a human must look.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.alignment import Entry, PlainEquation
from grader.errors import StudentError, Unreadable
from grader.evaluation import Evaluator
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Item,
    Number,
    Symbol,
    free_ranges,
    transform,
    walk,
)
from grader.key import QuestionKey
from grader.notation import Names, latex
from grader.notation.equations import Equation
from grader.notation.latex_tokens import Token
from grader.primitives.build import transpose
from grader.result import Kind, Message

TOLERANCE = 1e-8  # a statement is judged by its values alone
ARGUMENT = "argument"  # of a function in a statement such as σ'(t) = 1


@dataclass(frozen=True, slots=True)
class Statement:
    """What an equation says of a symbol, a quantity, or the derivative of a function.

    `right` is None where the equation cannot be read.
    """

    left: Expression
    right: Expression | None
    line: int


def contradiction(
    key: QuestionKey, node: Expression, entries: Sequence[Entry], names: Names
) -> Message | None:
    """The first statement of a paper that an answer rests on and that is not true of the model."""
    for said in _about(node, entries, names):
        if said.right is None:
            text = (
                f"the answer is right as far as its values go, but what line {said.line} of the paper says "
                "about a name in it cannot be read; a person will look at it"
            )
            return Message(Kind.ERROR, text, "stated-unreadably")
        if not _holds(key, said.left, said.right, names):
            text = (
                f"the answer is right as far as its values go, but line {said.line} of the paper says "
                "something about the model that is not so, and the answer uses it; a person will "
                "look at it"
            )
            return Message(Kind.ERROR, text, "stated-otherwise")
    return None


def rebound(key: QuestionKey, entries: Sequence[Entry], names: Names) -> Message | None:
    """The first line of a listing that gives a name a value that is not surely that of the problem.

    Code is not run: a line that says what the model says is read, and from any other the name may mean
    anything. `entries` are the lines that an answer rests on.
    """
    for entry in entries:
        said = _assigned(entry, names.with_definitions(entry.definitions))
        if said.right is None or not _holds(key, said.left, said.right, names):
            text = (
                f"line {said.line} of the listing changes what a name means that this answer uses, and "
                "code is not run; a person will look at it"
            )
            return Message(Kind.ERROR, text, "rebound")
    return None


def _assigned(entry: Entry, names: Names) -> Statement:
    """What a line of a listing says of a name; nothing if it cannot be read or goes on from before."""
    target = entry.text.partition("=")[0].strip()
    symbol = names.symbols.get(names.spellings.get((target, None, None), target))
    size = names.dimensions.get(target)
    left = symbol or Number(float(size or 0))
    right = None
    if not entry.changed and (symbol is not None or size is not None):
        with contextlib.suppress(StudentError):
            right = entry.read(names).node
    return Statement(left, right, entry.place().line)


def as_stated(
    key: QuestionKey, node: Expression, entries: Sequence[Entry], names: Names
) -> Iterator[tuple[Expression, Message]]:
    """A wrong answer with what the paper says that a name in it is, where that is not so."""
    for said in _about(node, entries, names):
        left, right = said.left, said.right
        if not isinstance(left, Symbol) or right is None or _holds(key, left, right, names):
            continue
        text = (
            f"the answer is right only with what line {said.line} of the paper says about "
            f"{left.name}, which the problem uses for something else; a person will look at it"
        )
        yield _put_in(node, left.name, right), Message(Kind.ERROR, text, "stated-otherwise")


def _put_in(node: Expression, name: str, value: Expression) -> Expression:
    def change(part: Expression) -> Expression:
        is_it = isinstance(part, Symbol) and part.name == name and part.shape == value.shape
        return value if is_it else part

    return transform(node, change)


def _about(node: Expression, entries: Sequence[Entry], names: Names) -> Iterator[Statement]:
    """The statements about what stands in an answer."""
    used = {_kind(part) for part in walk(node)} - {None}
    for entry in entries:
        statement = _statement(entry, names.with_definitions(entry.definitions))
        if statement is not None and _kind(statement.left) in used:
            yield statement


def _kind(node: Expression) -> str | None:
    """What a statement is about: a quantity by its name, or the derivative of a function."""
    base = node.base if isinstance(node, Item) else node
    if isinstance(base, Symbol):
        return base.name
    primed = isinstance(node, Apply) and node.function.endswith("'")
    return node.function if primed and isinstance(node, Apply) else None


def _statement(entry: Entry, names: Names) -> Statement | None:
    """What an equation says about a name of the problem or the derivative of a function."""
    equation = entry.equation
    if isinstance(equation, PlainEquation):
        return _said_plainly(entry, names)
    if not isinstance(equation, Equation) or not equation.left or not equation.answer:
        return None
    known = _with_argument(names, equation.left)
    line = entry.place().line
    try:
        left = latex.parse_left(equation.left, known, equation.source)
    except StudentError:
        return None
    if _kind(left) is None:
        return None
    try:
        right = latex.parse_left(equation.answer, known, equation.source)
    except Unreadable:
        return Statement(left, None, line) if _is_lost(left, equation, names) else None
    except StudentError:
        return None  # `(X - μ) s`, whose shapes are not meant to the letter
    named = any(isinstance(part, Derivative) for part in walk(right))
    return None if named else Statement(left, right, line)


def _said_plainly(entry: Entry, names: Names) -> Statement | None:
    """What a line without delimiters says about a name of the problem; None if nobody can read it."""
    left = entry.left
    if not isinstance(left, Symbol | Item):
        return None
    try:
        right = entry.read(names).node
    except StudentError:
        return None
    named = any(isinstance(part, Derivative) for part in walk(right))
    return None if named else Statement(left, right, entry.place().line)


def _is_lost(left: Expression, equation: Equation, names: Names) -> bool:
    """Whether what is said of a quantity should have been read: more than its entries, or a remark.

    Of an entry nobody knows which values its letters take.
    """
    texts = {token.text for token in equation.answer}
    listed = "\\dots" in texts or any(token.kind == "prose" for token in equation.answer)
    return isinstance(left, Symbol) and left.name in names.depends and not listed


def _with_argument(names: Names, left: Sequence[Token]) -> Names:
    """The names, and the letter t of `σ'(t)` if nothing else has it."""
    letters = [token for token in left if token.kind == "letter"]
    called = [token.text for token in left[-3:]][::2] == ["(", ")"] and len(letters) == 1
    letter = letters[0].text if called else ""
    if not letter or (names.spelled(letter) and (letter, None, None) in names.spellings):
        return names
    symbols = {**names.symbols, ARGUMENT: Symbol(ARGUMENT, SCALAR)}
    return replace(
        names, symbols=symbols, spellings={**names.spellings, (letter, None, None): ARGUMENT}
    )


def _holds(key: QuestionKey, left: Expression, right: Expression, names: Names) -> bool:
    """Whether both sides have the same values on the draws; what has none is not held against it.

    Nor is another shape, where it is a quantity of the model that is repeated along an array.
    """
    if left.shape != right.shape and 1 in left.shape and right.shape == left.shape[::-1]:
        right = transpose(right)  # how a vector lies says nothing about it
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
        return bool(np.allclose(one, other, TOLERANCE, TOLERANCE))
    except (StudentError, ValueError):
        return True
