"""Grading one submission, warm, on one core, against SymPy + NumPy on the same draws.

    python benchmarks/grading.py

Prints the minimum of ten interleaved runs of both, and their ratio. The submission answers all 17
questions of cs1678-hw3 in infix, matrices entry by entry; three answers are wrong.
"""

import time
from collections.abc import Callable
from pathlib import Path

import yardstick

from grader import key as keys
from grader.grading import grade
from grader.problem import load
from grader.result import Verdict
from grader.submission import Place, Submission, TextAnswer

ROOT = Path(__file__).parent.parent
RUNS = 10


def _matrix(rows: int, columns: int, entry: Callable[[int, int], str]) -> str:
    body = ("[" + ", ".join(entry(i, j) for j in range(1, columns + 1)) + "]" for i in range(1, rows + 1))
    return f"[{', '.join(body)}]"


def _back(i: int) -> str:
    return f"(delta*W3[1,1]*W2[1,{i}] + delta*W3[1,2]*W2[2,{i}])"


ANSWERS = {
    "q1": "delta*h2[1]",
    "q2": "delta*h2[2]",
    "q3": "[[delta*h2[1], delta*h2[2]]]",
    "q4": "delta*W3[1,1]",
    "q5": "[delta*W3[1,1], delta*W3[1,2]]",
    "q6": "Piecewise((1, x > 0), (0, True))",
    "q7": "[sigma(z1[1]), sigma(z1[2]), sigma(z1[3])]",
    "q8": "[sigma(z1[1]), sigma(z1[2]), z1[3]]",
    "q9": _matrix(2, 3, lambda i, j: f"sigma(z1[{j}])"),
    "q10": _matrix(2, 3, lambda i, j: f"delta*W3[1,{i}]*sigma(z1[{j}])"),
    "q11": _matrix(2, 3, lambda i, j: f"delta*W3[1,{i}]*sigma(z1[{j}])"),
    "q12": "[W2[1,1], W2[1,2], W2[1,3]]",
    "q13": _matrix(2, 3, lambda i, j: f"W2[{i},{j}]"),
    "q14": f"[{_back(1)}, {_back(2)}, {_back(3)}]",
    "q15": f"[-{_back(1)}, {_back(2)}, {_back(3)}]",
    "q16": _matrix(3, 4, lambda i, j: f"{_back(i)}*Heaviside(z1[{i}])*x[{j}]"),
    "q17": _matrix(3, 4, lambda i, j: f"{_back(i)}*x[{j}]"),
}


def main() -> None:
    """Time both, interleaved."""
    key = keys.build(load(ROOT / "problems" / "cs1678-hw3"))
    place = Place("answers.yaml", 1)
    answers = tuple(TextAnswer(name, text, "infix", place) for name, text in ANSWERS.items())
    submission = Submission("benchmark", "answers.yaml", "", answers=answers)
    entries = {name: yardstick.columns(key[name].draws.values) for name in ANSWERS}

    def ours() -> list[bool]:
        key.seen.clear()
        report = grade(key, submission)
        return [question.verdict is Verdict.CORRECT for question in report.questions]

    def theirs() -> list[bool]:
        return [
            yardstick.grade(text, key[name].draws.values, entries[name], key[name].expected)
            for name, text in ANSWERS.items()
        ]

    verdicts = ours()
    assert verdicts == theirs(), "both must come to the same verdicts"
    assert verdicts.count(False) == 3
    best = _interleaved(ours, theirs)
    print(f"grader            {best[0] * 1e3:8.2f} ms")
    print(f"sympify+lambdify  {best[1] * 1e3:8.2f} ms")
    print(f"ratio             {best[1] / best[0]:8.1f}   (at least 50)")


def _interleaved(*functions: Callable[[], object]) -> list[float]:
    best = [float("inf")] * len(functions)
    for _ in range(RUNS):
        for at, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[at] = min(best[at], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    main()
