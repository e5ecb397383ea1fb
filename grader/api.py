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

_MAX_CACHED_KEYS = 8
_cached_keys: dict[tuple[str, str], Key] = {}
_PLACE = Place("answers", 1)


def load_problem(path: str | Path) -> Problem:
    """Load the problem from a folder or a `problem.yaml`.

    Raises AuthorError with all faults of the problem, FileNotFoundError if there is no such file.
    """
    return load(path)


def grade(
    problem: Problem | str | Path,
    answers: Mapping[str, Any] | str | Path,
    *,
    student: str = "student",
) -> "ShownReport":
    """Grade answers by question id, or the submission in a file or folder.

    An answer is text in infix, `{"latex": "…"}`, a SymPy object, a NumPy array, or nested lists of
    texts or numbers. Compute arrays from the values that `draw(problem, student)` returns. Indices
    count from the problem's base; the zero-based indices of SymPy matrices are translated. Raises
    KeyError for a question that the problem does not have, TypeError for an answer of another kind.
    """
    problem = problem if isinstance(problem, Problem) else load(problem)
    if isinstance(answers, Mapping):
        parsed = tuple(_answer(problem[name].id, answer) for name, answer in answers.items())
        submission = Submission(student, "answers", "", answers=parsed)
    else:
        submission = read(Path(answers))
    return ShownReport(**vars(grade_submission(_key(problem), submission)))


def draw(problem: Problem, student: str = "student", count: int = 1) -> dict[str, Array]:
    """The values of the symbols from which this student computes arrays, by name.

    A scalar has no axis, a column vector has one. With `count` above 1, the first axis counts draws.
    """
    return published_values(_key(problem).drawn_for(student, count))


def key_latex(problem: Problem) -> dict[str, str]:
    """The references in LaTeX by question id, for the author. Those computed by Python are left out."""
    references = {}
    for name, question in _key(problem).questions.items():
        if question.reference is not None:
            references[name] = printing.latex(question.reference, question.question.scope.names)
    return references


class ShownReport(Report):
    """A `Report` that Jupyter shows as a feedback page."""

    def _repr_html_(self) -> str:
        from grader.reports import feedback_html

        return feedback_html.fragment(self)


def _key(problem: Problem) -> Key:
    name = (str(problem.path), problem.digest)
    if name not in _cached_keys:
        while len(_cached_keys) >= _MAX_CACHED_KEYS:
            del _cached_keys[next(iter(_cached_keys))]
        _cached_keys[name] = keys.build(problem)
    return _cached_keys[name]


def _answer(question: str, answer: Any) -> TextAnswer | ArrayAnswer:
    if isinstance(answer, str):
        return TextAnswer(question, answer, "infix", _PLACE)
    if isinstance(answer, Mapping):
        return _latex_answer(question, answer)
    if type(answer).__module__.partition(".")[0] == "sympy":
        return TextAnswer(question, _sympy_text(answer), "infix", _PLACE)
    if isinstance(answer, Sequence) and _holds_text(answer):
        return TextAnswer(question, _joined(answer), "infix", _PLACE)
    return _array_answer(question, answer)


def _latex_answer(question: str, answer: Mapping[str, Any]) -> TextAnswer:
    if set(answer) != {"latex"}:
        raise TypeError(f"{question}: write an answer in LaTeX as {{'latex': '…'}}, not {answer!r}")
    return TextAnswer(question, str(answer["latex"]), "latex", _PLACE)


def _array_answer(question: str, answer: Any) -> ArrayAnswer:
    array = np.asarray(answer)
    if array.dtype.kind not in "iufb":
        kind = type(answer).__name__
        raise TypeError(f"{question}: an answer is text, LaTeX, SymPy or numbers, not {kind}")
    written = stored_precision(array)
    return ArrayAnswer.of(question, array.astype(np.float64), written, _PLACE)


def _holds_text(answer: Sequence[Any]) -> bool:
    return any(
        isinstance(part, str)
        or type(part).__module__.startswith("sympy")
        or (isinstance(part, Sequence) and _holds_text(part))
        for part in answer
    )


def _joined(answer: Any) -> str:
    """Nested lists of text as one text, each list in its own brackets."""
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
