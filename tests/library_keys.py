"""The problems of the library, each with one key for all tests of a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from grader.grading import incorrect
from grader.key import Key, build
from grader.problem import load

PROBLEMS = Path(__file__).parents[1] / "problems"
HOMEWORK = "cs1678-hw3"
NAMES = tuple(sorted(file.parent.name for file in PROBLEMS.glob("*/problem.yaml")))


@cache
def key_of(name: str) -> Key:
    """The key of a problem of the library."""
    return build(load(PROBLEMS / name))


@contextmanager
def undiagnosed(key: Key) -> Iterator[None]:
    """Grading without a search for mistakes, which costs most of the time, where a test asks for none."""
    key.seen.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incorrect, "with_diagnosis", lambda key, outcome, notation: outcome)
        yield
    key.seen.clear()
