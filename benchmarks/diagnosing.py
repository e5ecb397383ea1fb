"""Diagnosing a wrong answer against grading a right one, warm, on one core.

    python benchmarks/diagnosing.py

For every question of cs1678-hw3: the right answer, every mistake of the catalogue, two mistakes at once,
and answers that no mistake explains, all in infix. Prints for each kind the median over its answers of
the ratio of both times (medians of seven interleaved runs), the worst, and what it costs to work out the
faulty derivatives of a question once. Nothing is remembered between runs but those.
"""

import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from grader import key as keys
from grader.diagnosis import Diagnosing
from grader.expression import Expression, Matrix, Tabulate, walk
from grader.expression import Placed as Placed
from grader.grading import grade
from grader.key import Key, QuestionKey
from grader.notation import printing
from grader.primitives.build import add, mul, number
from grader.problem import load
from grader.submission import Place, Submission, TextAnswer

ROOT = Path(__file__).parent.parent
RUNS, EACH = 7, 8  # interleaved runs; answers of a kind for each question
LIMIT = 5.0


def main() -> None:
    """Time all kinds of wrong answers against right ones."""
    key = keys.build(load(ROOT / "problems" / "cs1678-hw3"))
    warm = [_warmed(own) for own in key.questions.values()]
    ratios: dict[str, list[float]] = {"one mistake": [], "two mistakes": [], "unexplained": []}
    for own in key.questions.values():
        for kind, nodes in _wrong(own).items():
            ratios[kind] += [_ratio(key, own, node) for node in nodes]
    for kind, found in ratios.items():
        middle, worst = statistics.median(found), max(found)
        print(
            f"{kind:<13} {len(found):>4} answers: {middle:.2f} times a right one, worst {worst:.2f}"
        )
    everything = sorted(itertools.chain(*ratios.values()))
    print(f"{'all':<13} median {statistics.median(everything):.2f} (limit {LIMIT:g})")
    print(f"faulty derivatives, once a question: {1e3 * statistics.median(warm):.1f} ms, "
          f"at most {1e3 * max(warm):.1f} ms")  # fmt: skip


def _warmed(own: QuestionKey) -> float:
    """Seconds to work out all faulty derivatives of a question, pairs and triples included."""
    start = time.perf_counter()
    mutants = own.cached(Diagnosing).mutants
    mutants.matching(own.expected * 1.2345 + 1.0, (own.expected == own.expected).any(axis=0))
    return time.perf_counter() - start


def _wrong(own: QuestionKey) -> dict[str, list[Expression]]:
    mutants = own.cached(Diagnosing).mutants
    alone = [mutant.expression for mutant in mutants.singles]
    pairs = itertools.combinations([mutant.faults[0] for mutant in mutants.singles], 2)
    made = (mutants.made(pair) for pair in pairs)
    twice = itertools.islice(
        (one.expression for one in made if one and _plain(one.expression)), EACH
    )
    return {
        "one mistake": [node for node in alone if _plain(node)][:EACH],
        "two mistakes": list(twice),
        "unexplained": list(_odd(own)),
    }


def _plain(node: Expression) -> bool:
    return not any(isinstance(part, Tabulate | Placed | Matrix) for part in walk(node))


def _odd(own: QuestionKey) -> Iterator[Expression]:
    """The reference with something added or multiplied that nobody would add."""
    assert own.reference is not None
    for value in (1.2345, 0.777):
        yield add(own.reference, number(value))
        yield add(mul(number(value), own.reference), number(1 / 7))


def _ratio(key: Key, own: QuestionKey, wrong: Expression) -> float:
    assert own.reference is not None
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for node, found in zip((own.reference, wrong), times, strict=True):
            found.append(_time(key, own, node))
    right, diagnosed = map(statistics.median, times)
    return diagnosed / right


def _time(key: Key, own: QuestionKey, node: Expression) -> float:
    name = own.question.id
    text = printing.infix(node, own.question.scope.names)
    answer = TextAnswer(name, text, "infix", Place("answers.yaml", 1))
    submission = Submission("benchmark", "answers.yaml", "", answers=(answer,))
    key.seen.clear()
    start = time.perf_counter()
    grade(key, submission, only=(name,))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
