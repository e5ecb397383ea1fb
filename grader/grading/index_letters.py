"""Index letters in an answer to a question about a whole array.

`∂h²ᵢ/∂h¹ⱼ = W²ᵢⱼ` gives the whole Jacobian: its left side shows which letter counts rows and which
counts columns. `∂J/∂u_k` is row k of `∂J/∂u`, or its column k. Without a left side, i counts rows and j
counts columns by custom; a vector has one letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.claims import Claim, PlainEquation, aliases, left_under, own_names
from grader.expression import (
    SCALAR,
    Derivative,
    Expression,
    Index,
    Item,
    Number,
    Selector,
    Shape,
    fresh,
    symbols_in,
    walk,
)
from grader.notation import USUAL, Conventions, Names, Reading
from grader.notation.statements import Equation
from grader.primitives.build import derivative, item, tabulate
from grader.problem import Question
from grader.problem.target import letters as asked_letters

_ALONE = Index("", 1, 1)
_ONE = Number(1.0)
_CUSTOM = "ijk"


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters that an answer may use besides those of the question.

    `row` and `column` count the rows and columns of the array; None where the answer has that whole axis
    (`is_member`), or if there is no such letter. Any of `known` may count the entries of a vector.
    `named` are the question's own letters on the left side.
    """

    known: tuple[Index, ...] = ()
    row: Index | None = None
    column: Index | None = None
    is_member: bool = False
    named: frozenset[str] = frozenset()


NO_LETTERS = Letters()


def letters_of(
    question: Question, entry: Claim | None, conventions: Conventions = USUAL
) -> Letters:
    """The letters that stand for rows and columns."""
    if question.of is None or question.wrt is None:
        return _of_any(entry) if entry is not None and not question.free else NO_LETTERS
    left = left_under(entry.derivative, conventions) if entry is not None else None
    if left is not None:
        return _of_left(left, question)
    if question.free:
        return NO_LETTERS
    shape = derivative(question.of, question.wrt).shape
    if entry is not None and entry.equation is not None and entry.equation.left is not None:
        return _of_name(entry.equation, shape, question.names)
    return _by_custom(shape, question.names)


def _of_any(entry: Claim) -> Letters:
    """The letters of any left side in order, such as those of ∂²f/∂xₖ∂xₗ."""
    found = [one for one in walk(entry.left) if isinstance(one, Index)] if entry.left else []
    return _on_axes(tuple(found)) if len(set(found)) == len(found) <= 2 else NO_LETTERS


def _of_name(equation: Equation | PlainEquation, shape: Shape, names: Names) -> Letters:
    """The letters of a student's own name, as in `J_{ij} = …`, if there is one for each axis."""
    if not isinstance(equation, Equation) or not equation.left:
        return NO_LETTERS
    found = next((way.letters for way in own_names(equation.left, names) if way.letters), ())
    sizes = [size for size in shape if size > 1]
    if len(found) != len(sizes) or len(set(found)) != len(found):
        return NO_LETTERS
    return _on_axes(tuple(Index(name, 1, size) for name, size in zip(found, sizes, strict=True)))


def _of_left(left: Derivative, question: Question) -> Letters:
    """The letters of a left side in order; none if one repeats or there are more than two."""
    is_member = _is_member(left)
    if question.free:
        named = frozenset(index.name for index in aliases(left, question).values())
        return Letters(is_member=is_member, named=named)
    selectors = [selector for part in (left.of, left.wrt) for selector in _selectors(part)]
    found = [one for one in selectors if isinstance(one, Index)]
    if len(set(found)) != len(found) or len(found) > 2:
        return NO_LETTERS
    if not is_member:
        return _on_axes(tuple(found))
    row, column = _axes(left)
    return Letters(tuple(found), row, column, is_member=True)


def _is_member(left: Derivative) -> bool:
    """Whether a left side has one letter and one whole axis: `∂J/∂u_k`, `∂h/∂x_j`."""
    row, column = _axes(left)
    return (row is None) != (column is None) and 1 in left.shape and left.shape != SCALAR


def _axes(left: Derivative) -> tuple[Index | None, Index | None]:
    """The letters of the rows and columns of a gradient by a matrix, or of a Jacobian."""
    if left.of.shape == SCALAR and not isinstance(left.of, Item):
        picked: Sequence[Selector | None] = (*_selectors(left.wrt), None, None)
    else:
        picked = (_main(left.of), _main(left.wrt))
    rows, columns = (one if isinstance(one, Index) else None for one in picked[:2])
    return rows, columns


def _main(node: Expression) -> Selector | None:
    """The index of an entry of a vector."""
    if not isinstance(node, Item):
        return None
    return node.row if node.base.shape[1] == 1 else node.column


def _on_axes(found: tuple[Index, ...]) -> Letters:
    if len(found) == 2:
        return Letters(found, *found)
    return Letters(found)


def _selectors(node: Expression) -> tuple[Selector, ...]:
    return (node.row, node.column) if isinstance(node, Item) else ()


def _by_custom(shape: Shape, names: Names) -> Letters:
    if shape == SCALAR:
        return NO_LETTERS
    free = [letter for letter in _CUSTOM if not _is_declared(letter, names)]
    if 1 in shape:
        return Letters(tuple(Index(letter, 1, max(shape)) for letter in free))
    both = "i" in free and "j" in free
    return _on_axes((Index("i", 1, shape[0]), Index("j", 1, shape[1]))) if both else NO_LETTERS


def _is_declared(letter: str, names: Names) -> bool:
    known = letter in names.symbols or letter in names.dimensions or letter in names.indices
    own = any(subscript == letter for _, _, subscript in names.definitions)  # δ_i of an input gate
    return known or own or letter in names.bases()


def with_letters(names: Names, letters: Letters) -> Names:
    """The names of a question, with these letters added."""
    if not letters.known:
        return names
    added = {index.name: index for index in letters.known}
    return names.with_indices((), {**names.indices, **added})


def over_letters(reading: Reading, letters: Letters, question: Question) -> Reading:
    """An answer in letters as the array over them; any other answer unchanged."""
    shape = _shape(question)
    if shape is None:
        return reading
    if letters.is_member and 1 in reading.node.shape:
        return _from_member(reading, letters, question)
    if question.free or reading.node.shape != SCALAR:
        return reading
    used = [index for index in letters.known if index.name in reading.used]
    if not used:
        return reading
    if 1 in shape:
        if len(used) > 1:
            return reading
        node, note = tabulate(reading.node, used[0], _ALONE), f"{used[0].name} counts the entries"
    else:
        row, column = letters.row, letters.column
        if row is None or column is None:
            return reading
        node = tabulate(reading.node, row, column)
        note = f"{row.name} counts the rows, {column.name} the columns"
    return replace(reading, node=node, used=frozenset(), notes=(*reading.notes, note))


def _shape(question: Question) -> Shape | None:
    """The shape of the array that is asked for; None if the author's Python computes it."""
    if question.of is not None and question.wrt is not None:
        return derivative(question.of, question.wrt).shape
    return question.reference.shape if isinstance(question.reference, Expression) else None


def _from_member(reading: Reading, letters: Letters, question: Question) -> Reading:
    """A vector for each value of a letter as the array of these rows or columns.

    Where the question asks for entries, the entry of the vector.
    """
    node, size = reading.node, max(reading.node.shape)
    if question.free:
        named = letters.named | reading.used
        rest = [one for one in asked_letters(question) if one.name not in named]
        if node.shape == SCALAR or len(rest) != 1 or rest[0].size != size:
            return reading
        entry = _entry(node, rest[0])
        return replace(reading, node=entry, used=reading.used | {rest[0].name})
    assert question.of is not None
    assert question.wrt is not None
    shape, letter = derivative(question.of, question.wrt).shape, letters.row or letters.column
    along = 0 if letters.row is not None else 1
    if letter is None or 1 in shape or (shape[along], shape[1 - along]) != (letter.size, size):
        return reading
    other = Index(fresh("j", {letter.name, *reading.used, *symbols_in(node)}), 1, size)
    body = _entry(node, other)
    stacked = tabulate(body, letter, other) if along == 0 else tabulate(body, other, letter)
    note = f"{letter.name} counts the {'columns' if along else 'rows'}"
    return replace(reading, node=stacked, used=frozenset(), notes=(*reading.notes, note))


def _entry(node: Expression, index: Index) -> Expression:
    """The entry of a vector, a row or a column."""
    return item(node, index, _ONE) if node.shape[1] == 1 else item(node, _ONE, index)
