"""The problem's own grader, asked about answers whose verdict is known."""

from collections.abc import Iterator

import numpy as np

from grader.authoring.validation.finding import Finding, Level
from grader.expression import (
    SCALAR,
    Apply,
    Expression,
    Matrix,
    Number,
    Place,
    Tabulate,
    substitute,
    transform,
    walk,
)
from grader.grading import grade
from grader.grading.rules import BROKEN
from grader.key import Key, QuestionKey
from grader.notation import printing
from grader.primitives import TABLE
from grader.primitives.build import item, number
from grader.problem import Question
from grader.result import QuestionResult, Verdict
from grader.submission import ArrayAnswer, Submission, TextAnswer
from grader.submission import Place as At

CHECK = "notations"
MOST_ENTRIES = 64
_HERE = At("answer", 1)
_NOBODY = "validate"


def judged(key: Key, question: str, text: str, notation: str = "infix") -> QuestionResult:
    """The result of one answer, taken the whole way that a submission goes."""
    answer = TextAnswer(question, text, notation, _HERE)
    handed_in = Submission(_NOBODY, "answer", "", answers=(answer,))
    return grade(key, handed_in, only=[question])[question]


def printed(key: QuestionKey) -> Iterator[tuple[str, str, str]]:
    """The reference in every notation that it can be printed in: its name, the text, how it is read."""
    if key.reference is None:
        return
    names = key.question.names
    reference = _worked_out(key.question, key.reference)
    if not any(isinstance(part, Tabulate | Place) for part in walk(reference)):
        yield "infix", printing.infix(reference, names), "infix"
        yield "LaTeX", printing.latex(reference, names), "latex"
    whole = entries(key, reference)
    if whole is not None:
        yield "entry by entry", printing.infix(whole, names), "infix"
        yield "entry by entry in LaTeX", printing.latex(whole, names), "latex"


def _worked_out(question: Question, reference: Expression) -> Expression:
    """The reference; where a function's own derivative is asked for, naming it would be no answer."""
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
    """The entries that a formula in index variables has, laid out as the question's target is."""
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


def notations(key: Key, own: QuestionKey) -> Iterator[tuple[str, Verdict | None]]:
    """What the grader says to the reference in each notation; None where the author's rules refuse it."""
    for name, text, notation in printed(own):
        result = judged(key, own.question.id, text, notation)
        refused = BROKEN & {message.code for message in result.messages}
        yield name, None if refused else result.verdict
    yield "numbers", _numbers(key, own)


def _numbers(key: Key, own: QuestionKey) -> Verdict:
    """The verdict on the reference's values on a student's own draw."""
    name = own.question.id
    values = key.drawn_for(_NOBODY)[name].expected[0]
    answer = ArrayAnswer(name, values, 16, None, _HERE)
    handed_in = Submission(_NOBODY, "answer", "", answers=(answer,))
    return grade(key, handed_in, only=[name])[name].verdict


def findings(own: QuestionKey, verdicts: dict[str, Verdict | None]) -> Iterator[Finding]:
    """Where the grader does not know the reference when it sees it."""
    name = own.question.id
    for notation, verdict in verdicts.items():
        if verdict is None:
            text = f"the reference in {notation} breaks the question's own rules (forbid, require, form)"
            yield Finding(Level.NOTE, CHECK, name, text)
        elif verdict != Verdict.CORRECT:
            text = f"the reference itself, written in {notation}, is graded {verdict}"
            yield Finding(Level.ERROR, CHECK, name, text, _advice(notation))


def _advice(notation: str) -> str:
    if "LaTeX" in notation:
        return "look at the `latex` spellings: two that collide, or one that is also a function"
    return "look at the names: one may also be a function or an index"


def empty(key: Key) -> Iterator[Finding]:
    """An empty submission earns nothing, and nobody has to look at it."""
    report = grade(key, Submission(_NOBODY, "empty", ""))
    for question in report.questions:
        if question.verdict != Verdict.MISSING or question.score:
            text = f"an empty submission is graded {question.verdict}, {question.score:g} points"
            yield Finding(Level.ERROR, "empty", question.id, text)
