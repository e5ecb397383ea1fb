"""A reference as a student would write it, in every notation."""

from collections.abc import Iterator

import numpy as np

from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Matrix,
    Number,
    Placed,
    Tabulate,
    substitute,
    transform,
    walk,
)
from grader.grading.index_letters import letters_of
from grader.key import QuestionKey
from grader.notation import printing
from grader.primitives import TABLE
from grader.primitives.build import item, number
from grader.problem import Question
from grader.simplification import simplest

MOST_ENTRIES = 64


def printed(key: QuestionKey) -> Iterator[tuple[str, str, str]]:
    """The reference in every notation that can print it: (name, text, notation to read it in)."""
    simple = key.cached(simplest)
    if simple is None:
        return
    names = key.question.names
    reference = _worked_out(key.question, simple)
    formula = by_letters(key.question, reference)
    if is_written(formula):
        yield "infix", printing.infix(formula, names), "infix"
        yield "LaTeX", printing.latex(formula, names), "latex"
    whole = entries(key, reference)
    if whole is not None:
        yield "entry by entry", printing.infix(whole, names), "infix"
        yield "entry by entry in LaTeX", printing.latex(whole, names), "latex"


def in_answer_file(key: QuestionKey, reference: Expression) -> str:
    """A reference as infix text that the grader reads and accepts."""
    reference = _worked_out(key.question, reference)
    formula = by_letters(key.question, reference)
    if not is_written(formula):
        formula = entries(key, reference) or formula
    return printing.infix(formula, key.question.names)


def by_letters(question: Question, reference: Expression) -> Expression:
    """The general entry, `W[i, j]*h[j]`, of an array that is given by its entries."""
    letters = {index.name for index in letters_of(question, None).known}
    match reference:
        case Tabulate(body=body, row=row, column=column):
            if {row.name, column.name} - {""} <= letters and _in_order(row.name, column.name):
                return body
    return reference


def _in_order(row: str, column: str) -> bool:
    """Whether the reader takes `row` for the row and `column` for the column."""
    return not column or (row, column) == ("i", "j")


def is_written(formula: Expression) -> bool:
    """Whether a notation can write all of an expression."""
    return not any(isinstance(part, Tabulate | Placed) for part in walk(formula))


def _worked_out(question: Question, reference: Expression) -> Expression:
    """The reference; a function's derivative is written out, since its name alone would be no answer."""
    of = question.of
    if not (isinstance(of, Apply) and of.args[:1] == (question.wrt,)):
        return reference
    return transform(reference, _expanded)


def _expanded(node: Expression) -> Expression:
    row = TABLE[node.function] if isinstance(node, Apply) else None
    if isinstance(node, Apply) and row and row.expansion and node.function.endswith("'"):
        return row.expansion(node)
    return node


def entries(key: QuestionKey, reference: Expression) -> Expression | None:
    """The reference as a matrix of its entries, each worked out."""
    rows, columns = key.grid
    if rows * columns > MOST_ENTRIES or key.grid == SCALAR:
        return None
    if key.question.free:
        return _tabulated(key, reference) if reference.shape == SCALAR else None
    cells = [
        [item(reference, number(i + 1), number(j + 1)) for j in range(columns)] for i in range(rows)
    ]
    return Matrix(tuple(map(tuple, cells)), key.grid)


def _tabulated(key: QuestionKey, formula: Expression) -> Expression:
    """The entries of a formula in index variables, in the shape of the question's target."""
    free = key.question.free
    cells = []
    for at in np.ndindex(*(index.size for index in free)):
        entry = formula
        for index, place in zip(free, at, strict=True):
            entry = substitute(entry, index.name, Number(float(index.start + place)))
        cells.append(entry)
    columns = key.grid[1]
    rows = tuple(tuple(cells[at : at + columns]) for at in range(0, len(cells), columns))
    return Matrix(rows, key.grid)
