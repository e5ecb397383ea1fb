"""Fixtures of the tests of the mathematical core."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader import key
from grader.problem import load

HOMEWORK = Path(__file__).parents[2] / "problems" / "cs1678-hw3"


@pytest.fixture(scope="session", autouse=True)
def cache_elsewhere() -> Iterator[None]:
    """Compiled problems go to a cache of this test run."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE_DIR", name)
        yield


@pytest.fixture
def built(tmp_path: Path) -> Callable[[str], key.Key]:
    """The key of a problem given as YAML text."""

    def build(text: str) -> key.Key:
        (tmp_path / "problem.yaml").write_text(text, encoding="utf-8")
        return key.build(load(tmp_path))

    return build


@pytest.fixture(scope="session")
def homework(cache_elsewhere: None) -> key.Key:
    """The key of the first problem of the project."""
    assert os.environ["GRADER_CACHE_DIR"]
    return key.build(load(HOMEWORK))
