"""What a paper says about the model itself: `h^1 = z^1`, `σ'(z) = 1`.

An answer in terms of a quantity is judged with the quantity's true value. If the paper says that it is
something else, the answer may be right only by that: a human must look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from grader.alignment import Entry
from grader.errors import StudentError
from grader.evaluation import Evaluator
from grader.expression import (
    SCALAR,
    Apply,
    Derivative,
    Expression,
    Index,
    Item,
    Symbol,
    free_indices,
    walk,
)
from grader.key import QuestionKey
from grader.notation import Names, latex
from grader.notation.equations import Equation
from grader.notation.latex_tokens import Token
from grader.result import Kind, Message

TOLERANCE = 1e-8  # a statement is judged by its values alone
ARGUMENT = "argument"  # of a function in a statement such as σ'(t) = 1


def contradiction(
    key: QuestionKey, node: Expression, entries: Sequence[Entry], names: Names
) -> Message | None:
    """The first statement of a paper that an answer rests on and that is not true of the model."""
    used = {_kind(part) for part in walk(node)} - {None}
    for entry in entries:
        for left, right in _statements(entry, names):
            if _kind(left) in used and not _holds(key, left, right):
                line = entry.place().line
                text = (
                    f"the answer is right as far as its values go, but line {line} of the paper says "
                    "something about the model that is not so, and the answer uses it; a person will "
                    "look at it"
                )
                return Message(Kind.ERROR, text, "stated-otherwise")
    return None


def _kind(node: Expression) -> str | None:
    """What a statement is about: a quantity by its name, or the derivative of a function."""
    base = node.base if isinstance(node, Item) else node
    if isinstance(base, Symbol):
        return base.name
    primed = isinstance(node, Apply) and node.function.endswith("'")
    return node.function if primed and isinstance(node, Apply) else None


def _statements(entry: Entry, names: Names) -> Iterator[tuple[Expression, Expression]]:
    """Both sides of an equation about a quantity of the model or the derivative of a function."""
    equation = entry.equation
    if not isinstance(equation, Equation) or not equation.left or not equation.answer:
        return
    known = _with_argument(names, equation.left)
    try:
        left = latex.parse_left(equation.left, known, equation.source)
        right = latex.parse_left(equation.answer, known, equation.source)
    except StudentError:
        return
    if _kind(left) is None or any(isinstance(part, Derivative) for part in walk(right)):
        return
    if isinstance(left, Symbol | Item) and _kind(left) not in names.depends:
        return  # a symbol that is given, not a quantity of the model
    yield left, right


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


def _holds(key: QuestionKey, left: Expression, right: Expression) -> bool:
    """Whether both sides have the same values on the draws; what has none is not held against it."""
    ranges = {p.name: p for side in (left, right) for p in walk(side) if isinstance(p, Index)}
    free = free_indices(left) | free_indices(right)
    indices = tuple(ranges[name] for name in sorted(free))
    count = key.draws.count
    argument = np.linspace(-3.0, 3.0, count + count % 2)[:count].reshape(count, 1, 1)
    values = {**key.draws.values, ARGUMENT: argument}
    try:
        with np.errstate(all="ignore"):
            one, other = (
                Evaluator(values, key.backprop.lower, indices)(side) for side in (left, right)
            )
        return bool(np.allclose(one, other, TOLERANCE, TOLERANCE))
    except (StudentError, ValueError):
        return True
