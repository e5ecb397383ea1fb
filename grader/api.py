"""The Python API: for notebooks and scripts.

>>> import grader
>>> problem = grader.load_problem("problems/cs1678-hw3")
>>> report = grader.grade(problem, {"q1": "delta*h2[1]", "q11": "delta*W3.T @ h1"})
>>> print(report["q1"].verdict, report["q11"].verdict, report.score)
correct incorrect 1.0
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from grader import key as keys
from grader.grading import grade as grade_submission
from grader.key import Key, published_values
from grader.notation import printing
from grader.primitives import Array
from grader.problem import Problem, load
from grader.result import Report
from grader.submission import ArrayAnswer, Place, Submission, TextAnswer, read
from grader.submission.arrays.npy import stored_precision

_KEYS_KEPT = 8  # problems whose keys are remembered
_keys: dict[tuple[str, str], Key] = {}
_HERE = Place("answers", 1)


def load_problem(path: str | Path) -> Problem:
    """The problem in a folder or a `problem.yaml`.

    Raises AuthorError with all that is wrong, FileNotFoundError if nothing is there.
    """
    return load(path)


def grade(
    problem: Problem | str | Path,
    answers: Mapping[str, Any] | str | Path,
    *,
    student: str = "student",
) -> "ShownReport":
    """Grade answers, given by question id, or a file or folder that a student hands in.

    An answer is text in infix, `{"latex": "…"}`, a SymPy object, a NumPy array (computed from the
    values that `draw(problem, student)` gives), or nested lists of texts or of numbers. Indices count
    from the problem's base; those of SymPy matrices are translated. Raises KeyError for a question
    that the problem does not have, TypeError for an answer of another kind.
    """
    problem = problem if isinstance(problem, Problem) else load(problem)
    if isinstance(answers, Mapping):
        given = tuple(_answer(problem[name].id, answer) for name, answer in answers.items())
        submission = Submission(student, "answers", "", answers=given)
    else:
        submission = read(Path(answers))
    return ShownReport(**vars(grade_submission(_key(problem), submission)))


def draw(problem: Problem, student: str = "student", count: int = 1) -> dict[str, Array]:
    """The symbols' values that arrays of this student are to be computed from, by name.

    A scalar has no axis, a column vector one; with `count` above 1 the draws are a leading axis.
    """
    return published_values(_key(problem).drawn_for(student, count))


def key_latex(problem: Problem) -> dict[str, str]:
    """The references as LaTeX by question id, for the author; those computed by Python left out."""
    found = {}
    for name, question in _key(problem).questions.items():
        if question.reference is not None:
            found[name] = printing.latex(question.reference, question.question.scope.names)
    return found


class ShownReport(Report):
    """A `Report` that shows itself in Jupyter."""

    def _repr_html_(self) -> str:
        from grader.reports import feedback_html

        return feedback_html.fragment(self)


def _key(problem: Problem) -> Key:
    name = (str(problem.path), problem.digest)
    if name not in _keys:
        while len(_keys) >= _KEYS_KEPT:
            del _keys[next(iter(_keys))]
        _keys[name] = keys.build(problem)
    return _keys[name]


def _answer(question: str, answer: Any) -> TextAnswer | ArrayAnswer:
    if isinstance(answer, str):
        return TextAnswer(question, answer, "infix", _HERE)
    if isinstance(answer, Mapping):
        return _latex_answer(question, answer)
    if type(answer).__module__.partition(".")[0] == "sympy":
        return TextAnswer(question, _sympy_text(answer), "infix", _HERE)
    if isinstance(answer, Sequence) and _holds_text(answer):
        return TextAnswer(question, _joined(answer), "infix", _HERE)
    return _array_answer(question, answer)


def _latex_answer(question: str, answer: Mapping[str, Any]) -> TextAnswer:
    if set(answer) != {"latex"}:
        raise TypeError(f"{question}: an answer in LaTeX is {{'latex': '…'}}, not {answer!r}")
    return TextAnswer(question, str(answer["latex"]), "latex", _HERE)


def _array_answer(question: str, answer: Any) -> ArrayAnswer:
    array = np.asarray(answer)
    if array.dtype.kind not in "iufb":
        raise TypeError(f"{question}: text, LaTeX, SymPy or numbers, not {type(answer).__name__}")
    written = stored_precision(array)
    return ArrayAnswer(question, array.astype(np.float64), written.digits, written.decimals, _HERE)


def _holds_text(answer: Sequence[Any]) -> bool:
    return any(
        isinstance(part, str)
        or type(part).__module__.startswith("sympy")
        or (isinstance(part, Sequence) and _holds_text(part))
        for part in answer
    )


def _joined(answer: Any) -> str:
    """Nested lists of text as one text, each entry in brackets of its own."""
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return f"[{', '.join(_joined(part) for part in answer)}]"
    return _sympy_text(answer) if type(answer).__module__.startswith("sympy") else str(answer)


def _sympy_text(node: Any) -> str:
    """A SymPy object as infix: matrix products with `@`, and SymPy's zero-based entries from 1."""
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        def _print_MatMul(self, expr: Any) -> str:
            return " @ ".join(f"({self._print(arg)})" for arg in expr.args)

        def _print_HadamardProduct(self, expr: Any) -> str:
            return "*".join(f"({self._print(arg)})" for arg in expr.args)

        def _print_MatrixElement(self, expr: Any) -> str:
            row, column = (self._print(index + 1) for index in (expr.i, expr.j))
            return f"{self._print(expr.parent)}[{row}, {column}]"

        def _print_Transpose(self, expr: Any) -> str:
            return f"({self._print(expr.arg)}).T"

    return str(Printer().doprint(node))
