"""Reading LaTeX, warm, on one core, against pylatexenc's walker over the same text.

    python benchmarks/reading.py [--profile]

Prints medians of interleaved runs: for a typical formula of each kind, and for a whole paper of 17
questions. Ours reads a formula to an expression with shapes; of a paper it finds the formulas, the
questions they answer and what they say. The walker only makes a tree of the macros and groups. The
document alone is the tree of a paper, whose time must grow with its length only.
Nothing is remembered between runs.
"""

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pylatexenc.latexwalker import LatexWalker

from grader import submission
from grader.document import reading as document
from grader.errors import StudentError
from grader.grading.collected import Written, collect
from grader.notation import latex
from grader.problem import Problem, load

ROOT = Path(__file__).parent.parent
PAPER = ROOT / "submissions" / "cs1678-hw3" / "student-01.md"
FORMULAS = 31  # runs of each formula
PAPERS = 21

# What students write to questions of cs1678-hw3.
TYPICAL: Mapping[str, tuple[str, str]] = {
    "product of entries": ("q1", r"\delta h^2_1"),
    "chain of derivatives": (
        "q10",
        r"\frac{\partial l(\theta)}{\partial h^3} \times \frac{\partial h^3}{\partial h^2_i} "
        r"\times \frac{\partial h^2_i}{\partial W^2_{i,j}}",
    ),
    "sum over an index": ("q14", r"\sum_{i=1}^{n_2} \delta W_{(1,i)}^3 W_{(i,j)}^2"),
    "cases": (
        "q6",
        r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{if } x \le 0 \end{cases}",
    ),
    "matrix form": (
        "q17",
        r"\left( (W^2)^\top (W^3)^\top \delta \odot \sigma'(z^1) \right) x^\top",
    ),
    "sum with an indicator": (
        "q16",
        r"\left( \sum_{m=1}^{n_2} \delta W^3_{1m} W^2_{mi} \right) \mathbb{1}[z^1_i > 0] \, x_j",
    ),
    "2×3 of entries": (
        "q11",
        r"\begin{bmatrix} \delta W_{(1,1)}^3 \sigma(z_1^1) & \delta W_{(1,1)}^3 \sigma(z_2^1) & "
        r"\delta W_{(1,1)}^3 \sigma(z_3^1) \\ \delta W_{(1,2)}^3 \sigma(z_1^1) & "
        r"\delta W_{(1,2)}^3 \sigma(z_2^1) & \delta W_{(1,2)}^3 \sigma(z_3^1) \end{bmatrix}",
    ),
}


def walked(text: str) -> object:
    """The walker's own tree of a text."""
    return LatexWalker(text, tolerant_parsing=True).get_latex_nodes()


def read_formula(problem: Problem, question: str, text: str) -> object:
    """A formula as an expression."""
    latex.syntax_tree.cache_clear()
    return latex.parse(text, problem[question].names)


def read_paper(problem: Problem) -> int:
    """A paper from its bytes to an expression for each question; how many were read."""
    latex.syntax_tree.cache_clear()
    found = 0
    for given in collect(problem, submission.read(PAPER)).given.values():
        assert isinstance(given, Written)
        try:
            given.read()
        except StudentError:
            continue
        found += 1
    return found


def medians(runs: int, *functions: Callable[[], object]) -> list[float]:
    """The median time of each in milliseconds, taken in turn after one run to warm up."""
    times: list[list[float]] = [[] for _ in functions]
    for run in range(-1, runs):
        for at, function in enumerate(functions):
            begin = time.perf_counter()
            function()
            if run >= 0:
                times[at].append(time.perf_counter() - begin)
    return [1e3 * statistics.median(some) for some in times]


def main() -> None:
    """Time both on every formula and on the paper."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", action="store_true", help="where reading the paper goes")
    asked = parser.parse_args()
    problem = load(ROOT / "problems" / "cs1678-hw3")
    if asked.profile:
        profile(problem)
        return
    print(f"{'':24}{'ours':>9}{'walker':>9}   ratio")
    typical = [line(name, *timed(problem, *of)) for name, of in TYPICAL.items()]
    print(f"{'median formula':24}{statistics.median(typical):9.3f} ms   (at most 1 ms)")
    text = PAPER.read_text(encoding="utf-8")
    assert read_paper(problem) >= 15, "the paper must really be read"
    paper = medians(PAPERS, lambda: read_paper(problem), lambda: walked(text))
    line("paper of 17 questions", *paper)
    print(f"{'':24}{'':9}      (at most 30 ms)")
    tree = medians(PAPERS, lambda: document.read([("markdown", text)]), lambda: walked(text))
    line("its document alone", *tree)
    print(f"{'':24}{'':9}      (at most 0.5)")
    for times in (10, 100):
        long = text * times
        (ours,) = medians(1, lambda long=long: document.read([("markdown", long)]))
        growth = ours / tree[0] / times
        print(
            f"{f'{len(long) / 1e6:.2f} MB':24}{ours:9.1f} ms   ({growth:.2f} of {times} times one)"
        )


def timed(problem: Problem, question: str, text: str) -> list[float]:
    """Both on one formula."""
    return medians(FORMULAS, lambda: read_formula(problem, question, text), lambda: walked(text))


def line(name: str, ours: float, theirs: float) -> float:
    """Print one row; ours in milliseconds."""
    print(f"{name:24}{ours:9.3f}{theirs:9.3f}{ours / theirs:8.2f}")
    return ours


def profile(problem: Problem) -> None:
    """The functions in which reading the paper spends its time."""
    read_paper(problem)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(20):
        read_paper(problem)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
