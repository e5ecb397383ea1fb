"""The arrays of student-06 and student-07, computed with NumPy alone from their published draws.

Backpropagation as a student would program it, without the grader's code: these arrays would not agree
with a wrong key. `python tests/content/array_answers.py` writes both submissions again after a change to
the problem or its draws.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROOT = Path(__file__).parents[2]
PROBLEM = ROOT / "problems/cs1678-hw3"
SUBMISSIONS = ROOT / "submissions/cs1678-hw3"

WRONG_IN_06 = "q13"  # the Jacobian of the second layer, transposed
MISSING_IN_07 = "q12"


def right_answers(drawn: Mapping[str, Array]) -> dict[str, Array]:
    """All 17 gradients. `drawn` is what `grader draw` published."""
    x, W1, W2, W3 = (drawn[name] for name in ("x", "W1", "W2", "W3"))
    delta = float(drawn["delta"])
    z1 = W1 @ x
    h1 = np.maximum(z1, 0.0)
    h2 = W2 @ h1
    at_h2 = delta * W3[0]
    at_h1 = W2.T @ at_h2
    at_z1 = np.where(z1 > 0, at_h1, 0.0)
    answers = [
        delta * h2[0],
        delta * h2[1],
        delta * h2[np.newaxis, :],
        at_h2[0],
        at_h2,
        1.0 if drawn["q6_x"] > 0 else 0.0,
        h1,
        h1,
        np.tile(h1, (2, 1)),
        np.outer(at_h2, h1),
        np.outer(at_h2, h1),
        W2[0],
        W2,
        at_h1,
        at_h1,
        np.outer(at_z1, x),
        np.outer(at_z1, x),
    ]
    return {f"q{n}": np.asarray(answer) for n, answer in enumerate(answers, start=1)}


def student_06(drawn: Mapping[str, Array]) -> dict[str, Array]:
    """At full precision, with one Jacobian transposed."""
    answers = right_answers(drawn)
    return {**answers, WRONG_IN_06: answers[WRONG_IN_06].T}


def student_07(drawn: Mapping[str, Array]) -> dict[str, str]:
    """CSV texts by file name, as `np.savetxt` prints them with six digits; one is missing."""
    return {
        f"{question}.csv": _csv(answer)
        for question, answer in right_answers(drawn).items()
        if question != MISSING_IN_07
    }


def _csv(array: Array) -> str:
    rows = np.atleast_2d(array)
    return "".join(",".join(f"{value:#.6g}" for value in row) + "\n" for row in rows)


def published(student: str) -> dict[str, Array]:
    """The draw that `grader draw` publishes for a student."""
    from grader import key
    from grader.problem import load

    return key.published_values(key.build(load(PROBLEM)).drawn_for(student))


def write() -> None:
    """Both submissions, computed again."""
    np.savez(
        SUBMISSIONS / "student-06.npz", allow_pickle=False, **student_06(published("student-06"))
    )
    folder = SUBMISSIONS / "student-07"
    folder.mkdir(exist_ok=True)
    for name, text in student_07(published("student-07")).items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write()
