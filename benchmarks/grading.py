"""Grading one submission, warm, on one core, against SymPy + NumPy on the same draws.

    python benchmarks/grading.py

Prints the minimum of ten interleaved runs of both, and their ratio. The submission answers all 17
questions of cs1678-hw3 in infix, in the form of an answer file: arrays as nested lists of formulas.
Three answers are wrong. Nothing is remembered between runs. The yardstick sends each formula through
`sympify` and `lambdify`, and each formula in index variables once for every entry.
"""

import gc
import timeit
from collections.abc import Callable
from pathlib import Path

import yardstick

from grader import key as keys
from grader.grading import grade
from grader.problem import load
from grader.result import Verdict
from grader.submission import Place, Submission, TextAnswer

ROOT = Path(__file__).parent.parent
RUNS = 10  # of five timings each, the two graders in turn


def _matrix(rows: int, columns: int, entry: Callable[[int, int], str]) -> list[list[str]]:
    return [[entry(i, j) for j in range(1, columns + 1)] for i in range(1, rows + 1)]


def _joined(answer: yardstick.Answer) -> str:
    """Nested lists as one text, as the reader of answer files makes them."""
    if isinstance(answer, str):
        return answer
    return "[" + ", ".join(_joined(part) for part in answer) + "]"


def _back(i: int) -> str:
    return f"(delta*W3[1,1]*W2[1,{i}] + delta*W3[1,2]*W2[2,{i}])"


# As students write them: a formula where the question has indices, entries where it asks for an
# array. Three are wrong: q8 (the pre-activation), q15 (a sign), q17 (σ' dropped).
ANSWERS: dict[str, yardstick.Answer] = {
    "q1": "delta*h2[1]",
    "q2": "delta*h2[2]",
    "q3": [["delta*h2[1]", "delta*h2[2]"]],
    "q4": "delta*W3[1,1]",
    "q5": ["delta*W3[1,1]", "delta*W3[1,2]"],
    "q6": "Piecewise((1, x > 0), (0, True))",
    "q7": "sigma(z1[j])",
    "q8": "z1[j]",
    "q9": "sigma(z1[j])",
    "q10": "delta*W3[1,i]*sigma(z1[j])",
    "q11": _matrix(2, 3, lambda i, j: f"delta*W3[1,{i}]*sigma(z1[{j}])"),
    "q12": "W2[1,j]",
    "q13": _matrix(2, 3, lambda i, j: f"W2[{i},{j}]"),
    "q14": "Sum(delta*W3[1,k]*W2[k,j], (k, 1, n2))",
    "q15": [f"-{_back(1)}", _back(2), _back(3)],
    "q16": "Sum(delta*W3[1,k]*W2[k,i], (k, 1, n2))*Heaviside(z1[i])*x[j]",
    "q17": _matrix(3, 4, lambda i, j: f"{_back(i)}*x[{j}]"),
}


def main() -> None:
    """Time both, interleaved."""
    key = keys.build(load(ROOT / "problems" / "cs1678-hw3"))
    place = Place("answers.yaml", 1)
    answers = tuple(
        TextAnswer(name, _joined(answer), "infix", place) for name, answer in ANSWERS.items()
    )
    submission = Submission("benchmark", "answers.yaml", "", answers=answers)
    dimensions = key.problem.scope.names.dimensions
    known = {name: yardstick.names(key[name].draws.values, dimensions) for name in ANSWERS}
    entries = {name: yardstick.columns(key[name].draws.values) for name in ANSWERS}
    free = {name: [(i.name, i.size) for i in key[name].question.free] for name in ANSWERS}

    def ours() -> list[bool]:
        key.seen.clear()
        report = grade(key, submission)
        return [question.verdict is Verdict.CORRECT for question in report.questions]

    def theirs() -> list[bool]:
        return [
            yardstick.grade(answer, known[name], free[name], entries[name], key[name].expected)
            for name, answer in ANSWERS.items()
        ]

    verdicts = ours()
    assert verdicts == theirs(), "both must come to the same verdicts"
    assert verdicts.count(False) == 3
    best = _interleaved(ours, theirs)
    print(f"grader            {best[0] * 1e3:8.2f} ms")
    print(f"sympify+lambdify  {best[1] * 1e3:8.2f} ms")
    print(f"ratio             {best[1] / best[0]:8.1f}   (at least 50)")


def _interleaved(*functions: Callable[[], object]) -> list[float]:
    """The least time of each in seconds, the collector off as in `timeit`, caches warm."""
    best = [float("inf")] * len(functions)
    gc.disable()
    for _ in range(RUNS):
        for at, function in enumerate(functions):
            best[at] = min(best[at], min(timeit.repeat(function, number=1, repeat=5)))
    gc.enable()
    return best


if __name__ == "__main__":
    main()
