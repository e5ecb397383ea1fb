"""Index letters in an answer to a question about a whole array.

`∂h²ᵢ/∂h¹ⱼ = W²ᵢⱼ` gives the whole Jacobian: its left side shows which letter counts rows and which
counts columns. Without a left side, i counts rows and j counts columns by custom; a vector has one letter.
"""

from dataclasses import replace

from grader.alignment import Entry, PlainEquation, own_names
from grader.expression import (
    SCALAR,
    Derivative,
    Expression,
    Index,
    Item,
    Shape,
)
from grader.notation import Names, Reading
from grader.notation.equations import Equation
from grader.primitives.build import derivative, tabulate
from grader.problem import Question

_ALONE = Index("", 1, 1)
_CUSTOM = "ijk"


def letters_of(question: Question, entry: Entry | None) -> tuple[Index, ...]:
    """The letters that stand for rows and columns; none if the question has letters of its own."""
    if question.free or question.of is None or question.wrt is None:
        return ()
    if entry is not None and entry.derivative is not None:
        return _of_left(entry.derivative)
    shape = derivative(question.of, question.wrt).shape
    if entry is not None and entry.equation is not None and entry.equation.left is not None:
        return _of_name(entry.equation, shape, question.names)
    return _by_custom(shape, question.names)


def _of_name(equation: Equation | PlainEquation, shape: Shape, names: Names) -> tuple[Index, ...]:
    """The letters of a student's own name, as in `J_{ij} = …`, if there is one for each axis."""
    if not isinstance(equation, Equation) or not equation.left:
        return ()
    found = next((way.letters for way in own_names(equation.left, names) if way.letters), ())
    sizes = [size for size in shape if size > 1]
    if len(found) != len(sizes) or len(set(found)) != len(found):
        return ()
    return tuple(Index(name, 1, size) for name, size in zip(found, sizes, strict=True))


def _of_left(left: Derivative) -> tuple[Index, ...]:
    """The letters of a left side in order; none if one repeats or there are more than two."""
    found = [index for part in (left.of, left.wrt) for index in _selectors(part)]
    distinct = tuple(dict.fromkeys(found))
    return distinct if len(distinct) == len(found) <= 2 else ()


def _selectors(node: Expression) -> list[Index]:
    if not isinstance(node, Item):
        return []
    return [index for index in (node.row, node.column) if isinstance(index, Index)]


def _by_custom(shape: Shape, names: Names) -> tuple[Index, ...]:
    free = [letter for letter in _CUSTOM if not _is_declared(letter, names)]
    if shape == SCALAR:
        return ()
    if 1 in shape:
        return tuple(Index(letter, 1, max(shape)) for letter in free)
    both = "i" in free and "j" in free
    return (Index("i", 1, shape[0]), Index("j", 1, shape[1])) if both else ()


def _is_declared(letter: str, names: Names) -> bool:
    known = letter in names.symbols or letter in names.dimensions or letter in names.indices
    own = any(subscript == letter for _, _, subscript in names.definitions)  # δ_i of an input gate
    return (
        known or own or any(base == letter for base, _, _ in (*names.spellings, *names.definitions))
    )


def with_letters(names: Names, letters: tuple[Index, ...]) -> Names:
    """The names of a question, with these letters added."""
    if not letters:
        return names
    return names.with_indices((), {**names.indices, **{index.name: index for index in letters}})


def over_letters(reading: Reading, letters: tuple[Index, ...], question: Question) -> Reading:
    """An answer in letters as the array over them; any other answer unchanged."""
    used = [index for index in letters if index.name in reading.used]
    if not used or reading.node.shape != SCALAR or question.of is None or question.wrt is None:
        return reading
    if 1 in derivative(question.of, question.wrt).shape:
        if len(used) > 1:
            return reading
        node, note = tabulate(reading.node, used[0], _ALONE), f"{used[0].name} counts the entries"
    else:
        if len(letters) != 2:
            return reading
        row, column = letters
        node = tabulate(reading.node, row, column)
        note = f"{row.name} counts the rows, {column.name} the columns"
    return replace(reading, node=node, used=frozenset(), notes=(*reading.notes, note))
