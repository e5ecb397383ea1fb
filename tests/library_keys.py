"""The problems of the library, each with one key for all tests of a process."""

from functools import cache
from pathlib import Path

from grader.key import Key, build
from grader.problem import load

PROBLEMS = Path(__file__).parents[1] / "problems"
HOMEWORK = "cs1678-hw3"
NAMES = tuple(sorted(file.parent.name for file in PROBLEMS.glob("*/problem.yaml")))


@cache
def key_of(name: str) -> Key:
    """The key of a problem of the library."""
    return build(load(PROBLEMS / name))
