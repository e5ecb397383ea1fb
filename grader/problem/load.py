"""A problem's folder or file → `Problem`."""

from pathlib import Path

from grader.problem.build import build
from grader.problem.model import Problem
from grader.problem.source import read


def load(path: str | Path) -> Problem:
    """The problem in a folder or a `problem.yaml`. Raises AuthorError with all that is wrong."""
    source = read(Path(path))
    problem = build(source)
    if problem.source is not None:
        from grader.problem import variants

        variants.check(problem, source)
    return problem
