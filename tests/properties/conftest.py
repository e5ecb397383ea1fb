"""Compiled problems go to a cache of this test run."""

import tempfile
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache_elsewhere() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE_DIR", name)
        yield
